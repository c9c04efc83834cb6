from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from ..lib.allocation import count_unlinked


class CrmContractSettlement(models.Model):
    """What accounting knew when a person marked a payment as received.

    Money that comes later and names no payment is what the person meant; money that was there
    already closes other payments, and the mark counts beside it.
    """

    _inherit = "crm.contract.settlement"

    amount_known = fields.Monetary(
        string="Known When Marked",
        help="Of the contract's receipts that name no payment: what had come before the mark; "
        "of a refund, what had gone back.",
    )

    def _auto_init(self):
        cr = self.env.cr
        is_old = table_exists(cr, self._table) and not column_exists(
            cr, self._table, "amount_known"
        )
        result = super()._auto_init()
        if is_old:
            self._fill_known()
        return result

    def _fill_known(self):
        """Marks of before keep what counts beside them: receipts that are older than the mark."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_contract_settlement mark SET amount_known = GREATEST(0, (
                          SELECT sum(s.amount_settled) FROM crm_contract_settlement s
                           WHERE s.contract_id = mark.contract_id AND s.source <> 'manual'
                             AND s.id < mark.id))
                    WHERE mark.source = 'manual'"""
            )
        )


class CrmContract(models.Model):
    """Which marks stand against the money of contracts."""

    _inherit = "crm.contract"

    def _get_marks(self):
        """{planned payment marked by hand: coins of unlinked money known then}"""
        self.ensure_one()
        coin = self.currency_id.rounding
        marks = self.settlement_ids.filtered(lambda row: row.source == "manual")
        return {row.payment_id.id: round(row.amount_known / coin) for row in marks}

    def _get_known_amounts(self):
        """Money of accounting that names no payment, by now.

        :return: {contract id: (sum received, sum paid back), in its currency}
        """
        if not self:
            return {}
        contracts = self.sudo()
        contracts.env.flush_all()
        received, _invoiced = contracts._get_settling_entries()
        known = {}
        for contract in contracts:
            units = count_unlinked(
                [(one["units"], one["payment_id"]) for one in received.get(contract.id, ())],
                contract._get_rooms(contract._get_rows_to_close()),
                contract._get_marks(),
            )
            known[contract.id] = tuple(one * contract.currency_id.rounding for one in units)
        return known
