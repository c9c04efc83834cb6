from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.monitoring_date import next_date

#: Fields that belong to the commercial entity, whoever they are written on.
LIFE_CYCLE_FIELDS = frozenset(
    {"customer_status_id", "monitoring_active", "monitoring_next_date", "expected_pause_until"}
)


class ResPartner(models.Model):
    """Life cycle and monitoring of a customer.

    They belong to the commercial entity: what is set on a contact is set on the
    contact's company, and a person who gets a company hands his over to it.
    The responsible person of a customer is Odoo's salesperson, ``user_id``.
    """

    _inherit = "res.partner"

    customer_status_id = fields.Many2one(
        "crm.customer.status",
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
        "of the customer's status when the call is planned. A date set by hand also "
        "sets the day of the month that the following calls keep to.",
    )
    monitoring_anchor_day = fields.Integer(
        copy=False,
        help="Day of the month that monthly monitoring keeps to, so that 31 January is "
        "followed by 28 February and 31 March.",
    )
    monitoring_last_date = fields.Date(
        string="Last Monitoring", copy=False, help="Night that planned the last monitoring call."
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

    # Which sweep a customer belongs to ----------------------------------------

    @api.model
    def _get_sweep_company_sql(self, partner="p", user="u"):
        """Company in whose sweep a partner is, given its row and its responsible's."""
        return SQL(
            "COALESCE(%s, %s, (SELECT min(id) FROM res_company))",
            SQL.identifier(partner, "company_id"),
            SQL.identifier(user, "company_id"),
        )

    def _get_sweep_company(self):
        """Company in whose sweep this customer is."""
        companies = self.env["res.company"].sudo()
        partner = self.sudo()
        return (
            partner.company_id
            or partner.user_id.company_id
            or companies.search([], order="id", limit=1)
        )

    # Every path of the ORM ----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not LIFE_CYCLE_FIELDS.isdisjoint(vals):
                company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
                vals.update(self.browse()._prepare_monitoring(vals, company._get_local_today()))
        partners = super().create(vals_list)
        customers = partners.filtered("customer_status_id")
        customers._log_customer_status({})
        customers._hand_over_life_cycle()
        return partners

    def write(self, vals):
        if LIFE_CYCLE_FIELDS.isdisjoint(vals):
            result = super().write(vals)
        else:
            others = {name: vals[name] for name in vals if name not in LIFE_CYCLE_FIELDS}
            result = super().write(others) if others else True
            life = {name: vals[name] for name in vals if name in LIFE_CYCLE_FIELDS}
            self.commercial_partner_id._write_life_cycle(life)
        if "parent_id" in vals or "is_company" in vals:
            self._hand_over_life_cycle()
        return result

    def _write_life_cycle(self, life):  # pylint: disable=missing-return
        """Write on commercial entities, each with its own next monitoring date."""
        before = {partner.id: partner.customer_status_id for partner in self}
        groups = defaultdict(self.browse)
        for partner in self:
            today = partner._get_sweep_company()._get_local_today()
            values = {**life, **partner._prepare_monitoring(life, today)}
            groups[tuple(sorted(values.items()))] |= partner
        for values, partners in groups.items():
            super(ResPartner, partners).write(dict(values))  # pylint: disable=super-method-mismatch
        self._log_customer_status(before)

    def _prepare_monitoring(self, life, today):
        """What follows for the monitoring of one customer (or a new one) from ``life``.

        Switched on: the first call is due one interval after today. A date set
        by hand switches it on and becomes the anchor. Another status: the dates go
        on from the last monitoring (or today) with the new interval, the next one
        always after today. Without a status nobody is monitored.
        """
        Status = self.env["crm.customer.status"]
        status = self.customer_status_id
        if "customer_status_id" in life:
            status = Status.browse(life["customer_status_id"] or ())
        by_hand = life.get("monitoring_next_date")
        monitored = life.get("monitoring_active", self.monitoring_active or bool(by_hand))
        if not monitored or ("customer_status_id" in life and not status):
            return {"monitoring_active": False, "monitoring_next_date": False}
        values = {"monitoring_active": True}
        if not status:
            status = Status._get_default_status()
            values["customer_status_id"] = status.id
        if by_hand:
            return {**values, "monitoring_anchor_day": fields.Date.to_date(by_hand).day}
        kept = self.monitoring_active and status == self.customer_status_id
        if kept and "monitoring_next_date" not in life:
            return values
        return {**values, **self._prepare_next_monitoring(status, today)}

    def _prepare_next_monitoring(self, status, today):
        last = self.monitoring_last_date if self.monitoring_active else False
        anchor = (last and self.monitoring_anchor_day) or (last or today).day
        interval, unit = status.monitoring_interval, status.monitoring_interval_unit
        day = next_date(last or today, anchor, interval, unit, today)
        return {"monitoring_next_date": day or False, "monitoring_anchor_day": anchor}

    def _hand_over_life_cycle(self):
        """A person who became a contact leaves his life cycle to the company.

        The company keeps its own if it has one.
        """
        for contact in self.filtered("customer_status_id"):
            entity = contact.commercial_partner_id
            if entity == contact:
                continue
            if not entity.customer_status_id:
                entity.write(contact._convert_to_write({n: contact[n] for n in LIFE_CYCLE_FIELDS}))
            contact._write_life_cycle({"customer_status_id": False, "expected_pause_until": False})

    # History ------------------------------------------------------------------

    def _log_customer_status(self, before):
        """Write the history of changes made through the ORM.

        :param before: former status by partner id; absent: there was none
        """
        Status = self.env["crm.customer.status"]
        changed = self.filtered(lambda p: p.customer_status_id != before.get(p.id, Status))
        # Nobody has the right to write history but the system.
        self.env["crm.customer.status.history"].sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "from_status_id": before.get(partner.id, Status).id,
                    "to_status_id": partner.customer_status_id.id,
                    "user_id": self.env.uid,
                }
                for partner in changed
            ]
        )
