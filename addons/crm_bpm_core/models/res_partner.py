from odoo import api, fields, models


class ResPartner(models.Model):
    """Life cycle and monitoring of a customer.

    They belong to the commercial entity; contacts show the values of theirs.
    The responsible person of a customer is Odoo's salesperson, ``user_id``.
    """

    _inherit = "res.partner"

    customer_status_id = fields.Many2one(
        "crm.customer.status",
        string="Customer Status",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        group_expand="_read_group_customer_status_ids",
        help="Stage of the customer's life cycle. Empty: not a watched customer.",
    )
    status_history_ids = fields.One2many("crm.customer.status.history", "partner_id")
    monitoring_active = fields.Boolean(
        string="Monitored",
        tracking=True,
        help="The nightly sweep plans a call whenever the next monitoring date comes.",
    )
    monitoring_next_date = fields.Date(
        string="Next Monitoring",
        copy=False,
        help="Day from which the next monitoring call is due; moves on by the interval "
        "of the customer's status when the call is planned.",
    )
    monitoring_anchor_day = fields.Integer(
        copy=False,
        help="Day of the month that monthly monitoring keeps to, so that 31 January is "
        "followed by 28 February and 31 March.",
    )
    monitoring_last_date = fields.Date(
        string="Last Monitoring", copy=False, help="Day of the last monitoring call planned."
    )
    expected_pause_until = fields.Date(
        tracking=True,
        help="The customer said he will not order until this day: no recession alarm before.",
    )

    # Sweeps look for due dates among millions of partners.
    _monitoring_due_idx = models.Index("(monitoring_next_date) WHERE monitoring_active IS TRUE")

    @api.model
    def _read_group_customer_status_ids(self, statuses, domain):
        return statuses.search([])

    @api.model
    def _init_customer_status(self):
        """Classify partners that were customers before this addon was installed."""
