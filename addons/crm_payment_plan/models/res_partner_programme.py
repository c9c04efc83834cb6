"""The contact's page "Programmes and payments": what he studies, costs and pays."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import formatLang

SEEN_BY = "crm_bpm_core.group_view,crm_payment_plan.group_plan_all"


class ResPartner(models.Model):
    """Programmes and payments of a contact, whether he pays or another pays for him.

    Everybody finds there only those contracts that he may read.
    """

    _inherit = "res.partner"

    crm_programme_ids = fields.Many2many(
        "crm.contract",
        string="Programmes",
        compute="_compute_crm_programmes",
        groups=SEEN_BY,
        help="Contracts of enrolment, those that ended as well.",
    )
    crm_tuition_cost = fields.Char(
        string="Cost of Tuition",
        compute="_compute_crm_programmes",
        groups=SEEN_BY,
        help="Of all agreed programmes, by currency.",
    )
    crm_tuition_paid = fields.Char(
        string="Tuition Paid", compute="_compute_crm_programmes", groups=SEEN_BY
    )
    crm_tuition_unpaid = fields.Char(
        string="Tuition Left to Pay", compute="_compute_crm_programmes", groups=SEEN_BY
    )
    crm_payment_ids = fields.Many2many(
        "crm.contract.payment",
        string="Planned and Received Payments",
        compute="_compute_crm_payment_ids",
        groups=SEEN_BY,
    )
    crm_payment_terms_note = fields.Text(
        string="Rules of Payment",
        groups=SEEN_BY,
        help="For managers: how the price is reckoned and paid for this customer, e.g. "
        "discounts, instalments, who pays.",
    )

    @api.model
    def _get_crm_party_fields(self):
        """Fields of a contract that make it one of a contact."""
        return ("partner_id", "commercial_partner_id", "beneficiary_id")

    def _get_crm_contract_domain(self):
        """Contracts that these contacts, or their firms' people, pay or benefit from."""
        return Domain.OR(Domain(name, "in", self.ids) for name in self._get_crm_party_fields())

    def _group_by_crm_party(self, records, contract_name=None):
        """{contact id: records}; ``contract_name`` is the field that leads to the contract."""
        groups = defaultdict(records.browse)
        for record in records:
            contract = record[contract_name] if contract_name else record
            for partner_id in {contract[name].id for name in self._get_crm_party_fields()}:
                groups[partner_id] += record
        return groups

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_crm_programmes(self):
        contracts = self.env["crm.contract"].search(
            self._get_crm_contract_domain()
            & Domain([("type_id.is_enrolment", "=", True), ("parent_id", "=", False)])
        )
        groups = self._group_by_crm_party(contracts)
        for partner in self:
            programmes = groups[partner._origin.id]
            agreed = programmes.filtered(lambda one: one.state not in ("draft", "cancelled"))
            partner.crm_programme_ids = [Command.set(programmes.ids)]
            partner.crm_tuition_cost = agreed._get_sums_in_words("amount_effective")
            partner.crm_tuition_paid = agreed._get_sums_in_words("received_total")
            partner.crm_tuition_unpaid = agreed._get_sums_in_words("unpaid_total")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_payment_ids(self):
        payments = self.env["crm.contract.payment"].search(
            Domain("contract_id", "any", self._get_crm_contract_domain())
            & Domain([("direction", "=", "income"), ("state", "!=", "cancelled")]),
            order="date_planned desc, id desc",
        )
        groups = self._group_by_crm_party(payments, "contract_id")
        for partner in self:
            partner.crm_payment_ids = [Command.set(groups[partner._origin.id].ids)]

    def action_new_enrolment(self):
        """The form of a contract of enrolment for this contact."""
        self.ensure_one()
        kind = self.env["crm.contract.type"].search([("is_enrolment", "=", True)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New enrolment"),
            "res_model": "crm.contract",
            "view_mode": "form",
            "context": {"default_partner_id": self.id, "default_type_id": kind.id},
        }


class CrmContract(models.Model):
    _inherit = "crm.contract"

    def _get_sums_in_words(self, name):
        """A sum of money fields in words of figures: 120,000.00 ₽ + 900.00 €."""
        return " + ".join(
            formatLang(self.env, sum(contracts.mapped(name)), currency_obj=currency)
            for currency, contracts in self.grouped("currency_id").items()
        )
