from odoo import api, models
from odoo.fields import Domain

from ..lib.sections import SECTIONS


class CrmCustomerBoard(models.AbstractModel):
    """The receipts plan on the head's board."""

    _inherit = "crm.customer.board"

    @api.model
    @api.readonly
    def get_head_board(self):
        return {**super().get_head_board(), "receipts": self._get_receipts_tile()}

    @api.model
    def _get_receipts_domain(self):
        return (
            Domain("direction", "=", "income")
            & Domain("state", "=", "planned")
            & Domain("contract_state", "not in", ("terminated", "cancelled"))
            & Domain("company_id", "in", self.env.companies.ids)
        )

    @api.model
    def _get_receipts_tile(self):
        """Open receipts by section and currency, and what is overdue of them."""
        Payment = self.env["crm.contract.payment"]
        domain = self._get_receipts_domain()
        labels = self._get_labels("crm.contract.payment", "section")
        rows = {key: {"section": key, "label": labels[key], "sums": []} for key in SECTIONS}
        for section, currency, amount, count in Payment._read_group(
            domain, ["section", "currency_id"], ["amount_remaining:sum", "__count"]
        ):
            rows[section]["sums"].append(self._prepare_sum(currency, amount, count))
        overdue = [
            self._prepare_sum(currency, amount, count)
            for currency, amount, count in Payment._read_group(
                domain & Domain("is_overdue", "=", True),
                ["currency_id"],
                ["amount_remaining:sum", "__count"],
            )
        ]
        return {"rows": list(rows.values()), "overdue": overdue}

    @api.model
    def _prepare_sum(self, currency, amount, count):
        return {"currency_id": currency.id, "amount": amount, "count": count}
