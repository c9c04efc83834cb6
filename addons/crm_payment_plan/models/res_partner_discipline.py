from odoo import api, fields, models
from odoo.fields import Domain

from .crm_payer_discipline import CLASSES

#: Whoever works in invoicing has the latter.
SEEN_BY = "crm_bpm_core.group_view,crm_payment_plan.group_reminder_view"


class ResPartner(models.Model):
    """The payer's class on every card: that of the commercial entity, in this company."""

    _inherit = "res.partner"

    payer_discipline_id = fields.Many2one(
        "crm.payer.discipline",
        compute="_compute_payer_discipline",
        compute_sudo=True,
        groups=SEEN_BY,
    )
    payer_class = fields.Selection(
        CLASSES,
        string="Payer",
        compute="_compute_payer_discipline",
        compute_sudo=True,
        search="_search_payer_class",
        groups=SEEN_BY,
        help="How punctually this customer pays the current company.",
    )
    payer_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_payer_discipline",
        compute_sudo=True,
        search="_search_payer_overdue_amount",
        currency_field="payer_currency_id",
        groups=SEEN_BY,
    )
    payer_currency_id = fields.Many2one(
        "res.currency", compute="_compute_payer_currency_id", groups=SEEN_BY
    )
    payer_explanation = fields.Text(
        string="Why", compute="_compute_payer_explanation", compute_sudo=True, groups=SEEN_BY
    )

    @api.depends_context("company")
    def _compute_payer_currency_id(self):
        self.payer_currency_id = self.env.company.currency_id

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_payer_discipline(self):
        payers = self.env["crm.payer.discipline"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ],
            ["partner_id", "payer_class", "overdue_amount"],
        )
        by_partner = {payer.partner_id.id: payer for payer in payers}
        none = self.env["crm.payer.discipline"]
        for partner in self:
            payer = by_partner.get(partner.commercial_partner_id.id, none)
            partner.payer_discipline_id = payer
            partner.payer_class = payer.payer_class
            partner.payer_overdue_amount = payer.overdue_amount

    @api.depends_context("company", "lang")
    @api.depends("payer_discipline_id")
    def _compute_payer_explanation(self):
        for partner in self:
            payer = partner.payer_discipline_id
            partner.payer_explanation = payer and "\n".join(
                filter(None, [payer.override_note, payer.explanation])
            )

    @api.model
    def _search_payer_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._get_payer_domain([("payer_class", "in", [name for name in value if name])])
        if False in value:
            return found | ~self._get_payer_domain([])
        return found

    @api.model
    def _search_payer_overdue_amount(self, operator, value):
        if operator not in ("=", "!=", "<", "<=", ">", ">="):
            return NotImplemented
        found = self._get_payer_domain([("overdue_amount", operator, value)])
        # Who has no rating owes nothing that is overdue.
        if self._holds(0, operator, value):
            return found | ~self._get_payer_domain([])
        return found

    @api.model
    def _holds(self, amount, operator, value):
        return {
            "=": amount == value, "!=": amount != value, "<": amount < value,
            "<=": amount <= value, ">": amount > value, ">=": amount >= value,
        }[operator]  # fmt: skip

    @api.model
    def _get_payer_domain(self, domain):
        """Partners whose commercial entity is such a payer of the current company."""
        payers = self.env["crm.payer.discipline"].sudo()._search(
            Domain("company_id", "=", self.env.company.id) & Domain(domain)
        )  # fmt: skip
        return Domain("commercial_partner_id", "in", payers.subselect("partner_id"))

    def action_view_payer_discipline(self):
        """Button: figures, reasons and history of this payer."""
        self.ensure_one()
        payer = self.payer_discipline_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payer Discipline"),
            "res_model": "crm.payer.discipline",
            "res_id": payer.id,
            "view_mode": "form",
        }
