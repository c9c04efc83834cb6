from odoo import api, fields, models
from odoo.fields import Domain

from .crm_payer_discipline import CLASSES
from .res_partner_discipline import SEEN_BY


class CrmPayerSeenMixin(models.AbstractModel):
    """How punctually the customer of a document pays the company of that document.

    The card of a customer shows what the current company knows of him; somebody who works
    in several companies sees documents of all of them in one list.
    """

    _name = "crm.payer.seen.mixin"
    _description = "Payer's Class on a Document"

    payer_class = fields.Selection(
        CLASSES,
        string="Payer",
        compute="_compute_payer_class",
        compute_sudo=True,
        search="_search_payer_class",
        groups=SEEN_BY,
        help="How punctually this customer pays the company of the document.",
    )

    def _get_payer_company(self):
        """Documents that belong to no company are seen by the current one."""
        return self.company_id or self.env.company

    def _get_payers(self):
        """{(company, commercial entity): crm.payer.discipline} of these documents."""
        companies = self.company_id | self.env.company
        payers = (
            self.env["crm.payer.discipline"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "in", companies.ids),
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ],
                ["company_id", "partner_id", "payer_class", "overdue_amount"],
            )
        )
        return {(payer.company_id, payer.partner_id): payer for payer in payers}

    def _get_payer(self, payers):
        key = self._get_payer_company(), self.partner_id.commercial_partner_id
        return payers.get(key, self.env["crm.payer.discipline"])

    @api.depends_context("company")
    @api.depends("company_id", "partner_id.commercial_partner_id")
    def _compute_payer_class(self):
        payers = self._get_payers()
        for document in self:
            document.payer_class = document._get_payer(payers).payer_class

    @api.model
    def _search_payer_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._get_payers_domain([("payer_class", "in", [name for name in value if name])])
        if False in value:
            return found | ~self._get_payers_domain([])
        return found

    @api.model
    def _get_payers_domain(self, domain):
        """Documents whose customer is such a payer of their company."""
        Payer = self.env["crm.payer.discipline"].sudo()
        domains = []
        for company in self.env.companies:
            payers = Payer._search(Domain("company_id", "=", company.id) & Domain(domain))
            owners = [company.id, False] if company == self.env.company else [company.id]
            domains.append(
                Domain("company_id", "in", owners)
                & Domain(
                    "partner_id",
                    "any!",
                    Domain("commercial_partner_id", "in", payers.subselect("partner_id")),
                )
            )
        return Domain.OR(domains)


class CrmPayerOverdueMixin(models.AbstractModel):
    """What the customer of a document owes its company beyond the due date."""

    _name = "crm.payer.overdue.mixin"
    _description = "Payer's Overdue Sum on a Document"
    _inherit = "crm.payer.seen.mixin"

    payer_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_payer_overdue_amount",
        compute_sudo=True,
        search="_search_payer_overdue_amount",
        currency_field="payer_currency_id",
        groups=SEEN_BY,
    )
    payer_currency_id = fields.Many2one(
        "res.currency", compute="_compute_payer_currency_id", compute_sudo=True, groups=SEEN_BY
    )

    @api.depends_context("company")
    @api.depends("company_id")
    def _compute_payer_currency_id(self):
        for document in self:
            document.payer_currency_id = document._get_payer_company().currency_id

    @api.depends_context("company")
    @api.depends("company_id", "partner_id.commercial_partner_id")
    def _compute_payer_overdue_amount(self):
        payers = self._get_payers()
        for document in self:
            document.payer_overdue_amount = document._get_payer(payers).overdue_amount

    @api.model
    def _search_payer_overdue_amount(self, operator, value):
        if operator not in ("=", "!=", "<", "<=", ">", ">="):
            return NotImplemented
        found = self._get_payers_domain([("overdue_amount", operator, value)])
        # Who has no rating owes nothing that is overdue.
        if self.env["res.partner"]._holds(0, operator, value):
            return found | ~self._get_payers_domain([])
        return found
