from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

#: What of these documents is for which line of an order: a line that is credited and invoiced
#: again is owed as before.
SALES = """
SELECT l.move_id, l.crm_contract_id, l.crm_contract_payment_id, sale.order_line_id,
       sum(l.price_total) AS amount
  FROM account_move_line l
  JOIN sale_order_line_invoice_rel sale ON sale.invoice_line_id = l.id
 WHERE l.crm_contract_id IN %(contracts)s AND l.parent_state = 'posted'
   AND l.display_type = 'product'
 GROUP BY l.move_id, l.crm_contract_id, l.crm_contract_payment_id, sale.order_line_id
"""


class CrmContract(models.Model):
    """What posted documents ask of contracts, and what credit notes take off."""

    _inherit = "crm.contract"

    def _get_invoiced(self, documents):
        """What posted invoices ask of these contracts, credit notes taken off, by date.

        Debts of the former accounting come first; their "date" is not known.

        :return: {contract id: [{"units": coins of the contract's currency, "share": coins of
            the document's, "payment_id": linked planned payment, "date", "move_id", "is_note",
            "origin_id": invoice that a credit note takes back, "is_lasting": whether what a
            credit note takes off is owed no more}]}
        """
        contracts = {contract.id: contract for contract in self}
        shares = documents.shares
        found = defaultdict(list)
        self._add_opening_debts(documents.openings, found)
        origins = self._get_origins([one for one, known in shares.items() if known["sign"] < 0])
        for move_id, known in shares.items():
            for (contract_id, payment_id), share, rate in zip(
                known["keys"], known["shares"], known["rates"], strict=True
            ):
                contract = contracts.get(contract_id)
                if contract:
                    units = known["sign"] * contract._convert_units(share, known, rate)
                    found[contract_id].append(
                        {
                            "units": units,
                            "share": share,
                            "payment_id": payment_id,
                            "date": known["date"],
                            "move_id": move_id,
                            "is_note": known["sign"] < 0,
                            "origin_id": origins.get(move_id),
                        }
                    )
        for contract_id, credits in documents.credits.items():
            found[contract_id] += credits
        self._add_sales(found, shares)
        self._mark_lasting(found)
        return {key: _in_order(rows) for key, rows in found.items()}

    def _add_sales(self, found, shares):
        """Tell, of contracts with credit notes, which lines of orders documents are for.

        :param found: see _get_invoiced; each gets "sales" {id of the order's line: units}
        """
        noted = self.filtered(lambda one: any(row["is_note"] for row in found.get(one.id, ())))
        if not noted:
            return
        sales = defaultdict(dict)
        for row in self.env.execute_query_dict(SQL(SALES, contracts=tuple(noted.ids))):
            key = row["move_id"], row["crm_contract_id"], row["crm_contract_payment_id"]
            sales[key][row["order_line_id"]] = row["amount"]
        for contract in noted:
            for one in found[contract.id]:
                lines = sales.get((one["move_id"], contract.id, one["payment_id"]))
                if lines:
                    one["sales"] = contract._convert_sales(lines, shares[one["move_id"]], one)

    def _convert_sales(self, lines, known, one):
        place = known["keys"].index((self.id, one["payment_id"]))
        coin, rate = known["currency"].rounding, known["rates"][place]
        return {
            line: self._convert_units(round(amount / coin), known, rate)
            for line, amount in lines.items()
        }

    @api.model
    def _mark_lasting(self, found):
        """Tell credit notes whose sum is owed no more from those that take a whole invoice back.

        :param found: see _get_invoiced; each gets "is_lasting"
        """
        for invoiced in found.values():
            asked, back = defaultdict(int), defaultdict(int)
            for one in invoiced:
                # What takes no invoice of this contract back stands for itself.
                sums, key = (back, one["origin_id"]) if one["is_note"] else (asked, one["move_id"])
                sums[key] += one["share"]
            for one in invoiced:
                whole = asked.get(one["origin_id"], 0)
                one["is_lasting"] = one["is_note"] and not 0 < whole <= back[one["origin_id"]]


def _in_order(invoiced):
    """By date; a credit note never before the invoice that it takes back."""
    days = {one["move_id"]: one["date"] for one in invoiced if not one["is_note"]}

    def place(one):
        if not one["date"]:
            return (0,)
        move_id, day = one.get("note_id") or one["move_id"], one["date"]
        if one["is_note"] and days.get(one["origin_id"]):
            move_id, day = max(move_id, one["origin_id"]), max(day, days[one["origin_id"]])
        return (1, day, move_id, one["is_note"])

    return sorted(invoiced, key=place)
