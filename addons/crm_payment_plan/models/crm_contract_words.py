from odoo import api, fields, models

from ..lib import AmountError, amount_in_words, has_words


class CrmContract(models.Model):
    """The amount in words, as it stands in the contract."""

    _inherit = "crm.contract"

    amount_words = fields.Char(
        string="In Words",
        compute="_compute_amount_words",
        help="The amount as the printed contract writes it, in its language.",
    )

    @api.depends("amount_total", "currency_id", "document_lang")
    @api.depends_context("lang")
    def _compute_amount_words(self):
        for contract in self:
            language = contract.document_lang or self.env.lang or "en_US"
            currency = contract.currency_id.name or ""
            contract.amount_words = ""
            if not has_words(currency, language):
                continue
            try:
                words = amount_in_words(contract.amount_total, currency, language)
            except AmountError:
                # An agreement that lowers the amount has a sign and no words.
                words = ""
            contract.amount_words = words[:1].upper() + words[1:]
