from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column


class ResPartner(models.Model):
    """Who may see a watched customer and his contacts.

    Record rules ask every row they filter, so the answer stands in a column of
    the row itself: looking it up at the commercial entity would make each search
    among a million partners join the table with itself.
    """

    _inherit = "res.partner"

    customer_user_id = fields.Many2one(
        "res.users",
        string="Responsible of the Customer",
        compute="_compute_customer_user_id",
        store=True,
        index="btree_not_null",
        help="Responsible person of the watched customer that this partner is or belongs "
        "to. Empty: not a watched customer, or one without responsible; such "
        "partners are visible to everybody.",
    )

    is_entrusted = fields.Boolean(
        string="Entrusted to Me",
        compute="_compute_is_entrusted",
        search="_search_is_entrusted",
        help="I have an open call to this customer, one of his alarms or one of his leads, "
        "whoever is responsible for him.",
    )

    def _auto_init(self):
        # Before the installation nobody is a watched customer: an empty column
        # is right, and computing a million partners would take minutes.
        if not column_exists(self.env.cr, self._table, "customer_user_id"):
            create_column(self.env.cr, self._table, "customer_user_id", "int4")
        return super()._auto_init()

    @api.depends("commercial_partner_id.user_id", "commercial_partner_id.customer_status_id")
    def _compute_customer_user_id(self):
        for partner in self:
            customer = partner.commercial_partner_id
            partner.customer_user_id = customer.user_id if customer.customer_status_id else False

    @api.depends_context("uid")
    def _compute_is_entrusted(self):
        domain = Domain("id", "in", self.ids) & Domain("is_entrusted", "=", True)
        entrusted = self.sudo().with_context(active_test=False).search(domain)
        for partner in self:
            partner.is_entrusted = partner._origin in entrusted

    @api.model
    def _search_is_entrusted(self, operator, value):
        if operator != "in":
            return NotImplemented
        # One hashed list for the whole search. A path over commercial_partner_id
        # would join partners with themselves and ask anew for every row.
        customers = SQL(
            """(SELECT res_id FROM mail_activity
                 WHERE res_model = 'res.partner' AND active IS TRUE AND user_id = %(me)s
                 UNION ALL
                SELECT partner_id FROM crm_recession_alert WHERE user_id = %(me)s
                 UNION ALL
                SELECT contact.commercial_partner_id FROM crm_lead lead
                  JOIN res_partner contact ON contact.id = lead.partner_id
                 WHERE lead.user_id = %(me)s)""",
            me=self.env.uid,
            to_flush=[
                self.env["mail.activity"]._fields[name] for name in ("user_id", "active", "res_id")
            ]
            + [self.env["crm.recession.alert"]._fields["user_id"]]
            + [self.env["crm.lead"]._fields[name] for name in ("user_id", "partner_id")]
            + [self._fields["commercial_partner_id"]],
        )
        found = Domain("commercial_partner_id", "in", customers)
        return found if True in value else ~found

    def write(self, vals):
        if vals.get("user_id"):
            self._check_hand_over(self.env["res.users"].browse(vals["user_id"]))
        return super().write(vals)

    def _check_hand_over(self, user):
        """Refuse, in words, to give a customer out of one's own sight.

        Without this the record would vanish in the middle of saving it.
        """
        customers = self.filtered(lambda p: p == p.commercial_partner_id and p.customer_status_id)
        if customers and not self._is_responsible_in_scope(user):
            raise AccessError(
                self.env._(
                    "You would no longer see %(customer)s once %(user)s is responsible. "
                    "Somebody who sees all customers has to hand over.",
                    customer=customers[0].display_name,
                    user=user.sudo().name,
                )
            )

    @api.model
    def _is_responsible_in_scope(self, user):
        """Whether the customers of that person are in the scope of the present user."""
        me = self.env.user
        bound = me.has_group("crm_bpm_core.group_scope_own")
        if self.env.su or not bound or me.has_group("crm_bpm_core.group_scope_all"):
            return True
        if user == me or not me.has_group("crm_bpm_core.group_scope_team"):
            return user == me
        teams = user.sudo().crm_team_member_ids.crm_team_id
        return me in teams.user_id | teams.crm_team_member_ids.user_id

    @api.model
    def _apply_customer_status(self, *args, **kwargs):
        partners = super()._apply_customer_status(*args, **kwargs)
        self._refresh_customer_users(partners)
        return partners

    @api.model
    def _refresh_customer_users(self, customers=None):
        """Derive the column anew in one statement, after statuses were set by SQL.

        :param customers: commercial entities; None for all
        """
        self.env.flush_all()
        among = SQL("AND c.id = ANY(%s)", customers.ids) if customers is not None else SQL()
        right = SQL("CASE WHEN c.customer_status_id IS NOT NULL THEN c.user_id END")
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p SET customer_user_id = %(right)s
                     FROM res_partner c
                    WHERE c.id = p.commercial_partner_id
                      AND p.customer_user_id IS DISTINCT FROM %(right)s %(among)s""",
                right=right,
                among=among,
            )
        )
        self.invalidate_model(["customer_user_id"])
