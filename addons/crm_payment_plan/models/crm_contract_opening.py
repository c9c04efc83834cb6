from odoo import api, models
from odoo.tools import SQL

from ..lib.opening import OPENING

#: Receivable and payable items of entries by hand that name these contracts.
OPENINGS = f"""
SELECT l.id AS line_id, l.move_id, m.date, l.crm_contract_id, l.crm_contract_payment_id,
       l.currency_id, abs(l.amount_currency) AS whole, abs(l.balance) AS booked,
       l.balance > 0 AS is_debit, l.crm_contract_rate AS rate
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
  JOIN account_account a ON a.id = l.account_id
       AND a.account_type IN ('asset_receivable', 'liability_payable')
 WHERE l.move_id IN %(moves)s AND l.crm_contract_id IN %(contracts)s AND {OPENING}
 ORDER BY m.date, l.id
"""


class CrmContract(models.Model):
    """What of the former accounting is taken over, by entries that name the contract.

    An item that the partner owes stands for an invoice of that time: money reconciled with it
    is received. An item that we owe him is an advance that he had paid: what of it is open is
    received, the rest counts where it was reconciled.
    """

    _inherit = "crm.contract"

    def _get_openings(self, moves):
        """Rows of OPENINGS in these entries, with the contract and whether it is a debt.

        :param moves: ids of posted entries by hand
        """
        if not moves:
            return []
        contracts = {contract.id: contract for contract in self}
        rows = self.env.execute_query_dict(SQL(OPENINGS, moves=moves, contracts=tuple(self.ids)))
        for row in rows:
            contract = contracts[row["crm_contract_id"]]
            row["contract"] = contract
            row["is_debt"] = contract._get_sign(row["is_debit"]) > 0
            row["known"] = {
                "currency": self.env["res.currency"].browse(row["currency_id"]),
                "booked": row["booked"],
                "amount": row["whole"],
            }
        return rows

    @api.model
    def _add_openings(self, documents, ratios, found):
        """Receipts of what was taken over; see _get_settling_entries."""
        advances = [row for row in documents.openings if not row["is_debt"]]
        met = self._get_document_rows([-row["line_id"] for row in advances])
        for row in advances:
            contract = row["contract"]
            found[contract.id] += contract._get_open_advance(row, met[-row["line_id"]])
        for row in documents.openings:
            if row["is_debt"]:
                contract = row["contract"]
                found[contract.id] += contract._get_debt_receipts(row, documents, ratios)

    def _get_debt_receipts(self, row, documents, ratios):
        """What money closed of one debt that was taken over."""
        receipts = []
        known, document = row["known"], -row["line_id"]
        settled = sum(documents.met[document].met) if document in documents.met else 0
        before = self._convert_units(settled, known, row["rate"])
        for partial in documents.rows.get(document, ()):
            # A credit note makes it less, but is no receipt.
            if partial["counterpart_type"] != "entry":
                continue
            settled += round(partial["amount"] / known["currency"].rounding)
            after = self._convert_units(settled, known, row["rate"])
            if after != before:
                receipts.append(
                    {
                        **self._prepare_entry(
                            partial, after - before, ratios, row["crm_contract_payment_id"]
                        ),
                        "source": "opening",
                    }
                )
            before = after
        return receipts

    def _get_open_advance(self, row, partials):
        """The part of one advance that was taken over and stands for no invoice yet."""
        rest = row["whole"] - sum(partial["amount"] for partial in partials)
        units = self._convert_units(
            round(rest / row["known"]["currency"].rounding), row["known"], row["rate"]
        )
        if not units:
            return []
        entry = {
            "partial_id": False,
            "origin_payment_id": False,
            "opening_line_id": row["line_id"],
            "move_id": False,
            "counterpart_move_id": row["move_id"],
            "date": row["date"],
            "company_amount": row["booked"] - sum(one["company_amount"] for one in partials),
        }
        receipt = self._prepare_entry(entry, units, {}, row["crm_contract_payment_id"])
        return [{**receipt, "source": "opening"}]

    @api.model
    def _add_opening_debts(self, openings, found):
        """What was taken over as owed was invoiced at that time; see _get_invoiced."""
        for row in openings:
            if row["is_debt"]:
                contract, known = row["contract"], row["known"]
                share = round(row["whole"] / known["currency"].rounding)
                found[contract.id].append(
                    {
                        "units": contract._convert_units(share, known, row["rate"]),
                        "share": share,
                        "payment_id": row["crm_contract_payment_id"],
                        # The day of the entry is not that of the invoice.
                        "date": False,
                        "move_id": row["move_id"],
                        "is_note": False,
                        "origin_id": None,
                    }
                )
