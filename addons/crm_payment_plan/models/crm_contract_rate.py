from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column


class CrmContractLinkMixin(models.AbstractModel):
    """The rate at which a document in another currency counts for its contract.

    The first half of the way, from the document's currency to the company's, is what
    accounting booked. The second half, to the contract's, stands nowhere in accounting: it
    is kept here as it was on the document's day, so that a rate corrected or entered later
    changes no receipt of the past.
    """

    _inherit = "crm.contract.link.mixin"

    crm_contract_rate = fields.Float(
        string="Rate to the Contract",
        compute="_compute_crm_contract_rate",
        store=True,
        digits=0,
        copy=False,
        help="Units of the contract's currency for one of the company's, on the document's "
        "day. 0: none is needed.",
    )

    def _auto_init(self):
        known = self._abstract or column_exists(self.env.cr, self._table, "crm_contract_rate")
        if not known:
            # Computing it for millions of rows without a contract takes minutes.
            create_column(self.env.cr, self._table, "crm_contract_rate", "numeric")
            self.pool.post_init(self._mark_missing_rates)
        return super()._auto_init()

    def _mark_missing_rates(self):
        records = self.sudo().search([("crm_contract_id", "!=", False)])
        self.env.add_to_compute(self._fields["crm_contract_rate"], records)

    def _compute_crm_contract_rate(self):
        for record in self:
            record.crm_contract_rate = record._get_contract_rate()

    def _get_contract_rate(self):
        """Rate from the company's currency to the contract's, 0 where none is needed."""
        contract = self.crm_contract_id.sudo()
        company = contract.company_id
        if not contract or contract.currency_id in (self.currency_id, company.currency_id):
            return 0
        day = self._get_rate_date() or fields.Date.context_today(self)
        return company.currency_id._get_conversion_rate(
            company.currency_id, contract.currency_id, company, day
        )

    def _get_rate_date(self):
        """Hook: day whose rate counts."""
        return self.date


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.depends("crm_contract_id.currency_id", "currency_id", "move_id.invoice_date")
    def _compute_crm_contract_rate(self):
        return super()._compute_crm_contract_rate()

    def _get_rate_date(self):
        return self.move_id.invoice_date or self.date


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.depends("crm_contract_id.currency_id", "currency_id", "date")
    def _compute_crm_contract_rate(self):
        return super()._compute_crm_contract_rate()


class CrmContract(models.Model):
    """A contract in a currency that nobody has given a rate would be counted one to one."""

    _inherit = "crm.contract"

    def _check_rates(self):
        """Refuse contracts whose receipts, forecast and margin nobody could count."""
        rated = {company: company.sudo()._get_rated_currencies() for company in self.company_id}
        unknown = self.filtered(lambda one: one.currency_id not in rated[one.company_id])
        if unknown:
            raise UserError(
                self.env._(
                    "%(contracts)s: there is no exchange rate of %(currencies)s for "
                    "%(companies)s, so that nobody can say what it is worth. Enter one under "
                    "Invoicing > Configuration > Currencies, then approve again.",
                    contracts=", ".join(unknown.mapped("display_name")),
                    currencies=", ".join(unknown.currency_id.mapped("name")),
                    companies=", ".join(unknown.company_id.mapped("name")),
                )
            )
