from odoo import fields, models


class CrmCustomerStatus(models.Model):
    """A stage of the customer's life cycle and the regulation of its monitoring."""

    _name = "crm.customer.status"
    _description = "Customer Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Stable technical name that integrations and rules refer to.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(help="Colour index of the badge; the name stands beside it.")
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True, help="What is expected of customers here.")
    is_default = fields.Boolean(help="New customers start with this status.")
    monitoring_interval = fields.Integer(
        default=1,
        string="Monitoring Interval",
        help="How often the responsible person calls a customer of this status, in "
        "units of the next field. 0: never.",
    )
    monitoring_interval_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")],
        default="month",
        required=True,
    )
    require_next_step = fields.Boolean(
        default=True,
        string="Next Step Required",
        help="A customer of this status must always have a planned activity (AL-05).",
    )

    _code_uniq = models.UniqueIndex("(code)", "The code of a status must be unique.")
    _default_uniq = models.UniqueIndex(
        "(is_default) WHERE is_default IS TRUE",
        "Only one status can be the one that new customers start with.",
    )
    _interval_positive = models.Constraint(
        "CHECK(monitoring_interval >= 0)",
        "The monitoring interval cannot be negative; 0 switches monitoring off.",
    )
