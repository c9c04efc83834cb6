from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..lib.conversion import convert
from ..lib.splitting import Settling, by_largest_remainder

#: Reconciliations of invoices with a line of these contracts, seen from the invoice's
#: side. Only if both entries are posted: resetting one to draft leaves the
#: reconciliation where it is. What items repeat of their entries is read from them: with
#: every table less the database plans this faster, which takes longer than running it.
PARTIALS = """
SELECT p.id AS partial_id, inv.move_id, oth.move_id AS counterpart_move_id,
       p.own_amount AS amount, p.other_amount AS counterpart_amount,
       p.amount AS company_amount, cm.date, GREATEST(inv.date, cm.date) AS met_date,
       CASE WHEN taken.is_debt THEN 'opening' ELSE cm.move_type END AS counterpart_type,
       p.is_debit, cm.origin_payment_id, inv.id AS line_id,
       oth.id AS counterpart_line_id,
       CASE WHEN NOT taken.is_debt THEN oth.id END AS opening_line_id,
       inv.company_currency_id, named.contract_id AS named_contract_id,
       named.payment_id AS named_payment_id
  FROM account_move_line inv
  JOIN account_account acc ON acc.id = inv.account_id
       AND acc.account_type IN ('asset_receivable', 'liability_payable')
  JOIN LATERAL (
       SELECT id, amount, credit_move_id AS other_id, debit_amount_currency AS own_amount,
              credit_amount_currency AS other_amount, true AS is_debit
         FROM account_partial_reconcile WHERE debit_move_id = inv.id
        UNION ALL
       SELECT id, amount, debit_move_id, credit_amount_currency, debit_amount_currency, false
         FROM account_partial_reconcile WHERE credit_move_id = inv.id) p ON true
  JOIN account_move_line oth ON oth.id = p.other_id
  JOIN account_move cm ON cm.id = oth.move_id AND cm.state = 'posted'
  LEFT JOIN account_payment pay ON pay.id = cm.origin_payment_id
 CROSS JOIN LATERAL (
       -- What the money itself names, a payment or an advance of former accounting.
       SELECT COALESCE(pay.crm_contract_id, oth.crm_contract_id) AS contract_id,
              CASE WHEN pay.crm_contract_id IS NULL THEN oth.crm_contract_payment_id
                   ELSE pay.crm_contract_payment_id END AS payment_id) named
 CROSS JOIN LATERAL (
       -- Of former accounting: a debt that a credit note lowers is no money that went back.
       SELECT CASE WHEN cm.move_type = 'entry' AND oth.crm_contract_id IS NOT NULL
                   THEN (oth.balance > 0) = (acc.account_type = 'asset_receivable')
              END AS is_debt) taken
 WHERE inv.parent_state = 'posted' AND %(of_lines)s
"""
#: How much of an entry's receivable or payable came as money: a write-off in the
#: payment closes 100 with 95.
CASH = """
SELECT l.move_id,
       LEAST(1, COALESCE(abs(sum(l.balance) FILTER (
           WHERE acc.account_type = 'asset_cash' OR l.account_id = pay.outstanding_account_id))
         / NULLIF(abs(sum(l.balance) FILTER (
           WHERE acc.account_type IN ('asset_receivable', 'liability_payable')
             AND l.account_id IS DISTINCT FROM pay.outstanding_account_id)), 0), 0)) AS ratio
  FROM account_move_line l
  JOIN account_account acc ON acc.id = l.account_id
  JOIN account_move m ON m.id = l.move_id
  LEFT JOIN LATERAL (
       -- For each by the index: joined freely, all payments there are were read in order.
       SELECT outstanding_account_id FROM account_payment
        WHERE id = m.origin_payment_id OFFSET 0) pay ON true
 WHERE l.move_id IN %(moves)s
 GROUP BY l.move_id
"""
#: Open part of payments that name a contract: advances before there is an invoice.
ADVANCES = """
SELECT pay.id AS account_payment_id, pay.crm_contract_id, pay.crm_contract_payment_id,
       pay.payment_type, l.move_id, l.date, l.currency_id,
       abs(l.amount_currency) - COALESCE(r.amount, 0) AS amount,
       abs(l.balance) - COALESCE(r.company_amount, 0) AS company_amount,
       abs(l.amount_currency) AS whole, abs(l.balance) AS booked, pay.crm_contract_rate AS rate
  FROM account_payment pay
  JOIN account_move_line l ON l.move_id = pay.move_id AND l.parent_state = 'posted'
  JOIN account_account acc ON acc.id = l.account_id
       AND acc.account_type IN ('asset_receivable', 'liability_payable')
       AND l.account_id IS DISTINCT FROM pay.outstanding_account_id
  LEFT JOIN LATERAL (
       SELECT sum(CASE WHEN p.debit_move_id = l.id THEN p.debit_amount_currency
                       ELSE p.credit_amount_currency END) AS amount,
              sum(p.amount) AS company_amount
         FROM account_partial_reconcile p
         JOIN account_move_line o
           ON o.id = CASE WHEN p.debit_move_id = l.id
                          THEN p.credit_move_id ELSE p.debit_move_id END
          AND o.parent_state = 'posted'
        WHERE p.debit_move_id = l.id OR p.credit_move_id = l.id
  ) r ON true
 WHERE pay.crm_contract_id IN %(contracts)s
 ORDER BY l.date, pay.id
"""
#: What the lines of invoices give to each contract and planned payment, with the whole
#: invoice in its own and in the company's currency.
SHARES = """
SELECT l.move_id, l.crm_contract_id, l.crm_contract_payment_id,
       sum(l.price_total) AS amount, max(l.crm_contract_rate) AS rate,
       m.currency_id, m.move_type, m.amount_total, m.amount_total_signed,
       COALESCE(m.invoice_date, m.date) AS date
  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
 WHERE l.move_id IN %(moves)s AND l.display_type IN ('product', 'rounding')
 GROUP BY l.move_id, l.crm_contract_id, l.crm_contract_payment_id, m.id
 ORDER BY l.move_id, l.crm_contract_id NULLS LAST, l.crm_contract_payment_id
"""


class CrmContract(models.Model):
    """Where receipts come from: reconciliations, and payments that name the contract."""

    _inherit = "crm.contract"

    def _get_settling_entries(self):
        """What was received and invoiced on these contracts, by contract and in the order of dates.

        :return: received {contract id: [{"units": coins of the contract's currency, "cash",
            "company", "payment_id": linked planned payment, "partial_id",
            "account_payment_id", "move_id", "counterpart_move_id", "date"}]}
            and invoiced, see _get_invoiced
        """
        found = defaultdict(list)
        documents = self._get_documents()
        ratios = self._get_cash_ratios(
            {row["counterpart_move_id"] for rows in documents.rows.values() for row in rows}
        )
        invoiced = self._get_invoiced(documents)
        for move_id, known in documents.shares.items():
            self._split_move(known, documents.rows.get(move_id, []), ratios, found,
                             documents.met.get(move_id))  # fmt: skip
        self._add_advances(found)
        self._add_openings(documents, ratios, found)
        for contract_id, receipts in documents.nettings.items():
            found[contract_id] += receipts
        _unlink_refunds(found, invoiced)
        for contract_id, receipts in found.items():
            found[contract_id] = sorted(
                _merge_same(receipts),
                key=lambda entry: (
                    entry["date"],
                    entry["partial_id"] or 0,
                    entry["account_payment_id"] or 0,
                    entry.get("opening_line_id") or 0,
                ),
            )
        return found, invoiced

    def _get_contract_moves(self):
        """Posted documents that name these contracts: ids of invoices, ids of entries by hand."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT l.move_id, m.move_type = 'entry'
                     FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                    WHERE l.crm_contract_id IN %s AND l.parent_state = 'posted'""",
                tuple(self.ids),
            )
        )
        return tuple(
            tuple(move_id for move_id, is_entry in rows if is_entry == kind)
            for kind in (False, True)
        )

    @api.model
    def _get_partials(self, of_lines):
        """Reconciliations with posted entries, in the order of dates.

        :param of_lines: condition on the items ``inv`` from whose side they are seen
        """
        rows = self.env.execute_query_dict(SQL(PARTIALS, of_lines=of_lines))
        for row in rows:
            currency = self.env["res.currency"].browse(row["company_currency_id"])
            row["company_coin"] = currency.rounding
        return sorted(rows, key=lambda row: (row["date"], row["partial_id"]))

    @api.model
    def _get_cash_ratios(self, moves):
        if not moves:
            return {}
        rows = self.env.execute_query(SQL(CASH, moves=tuple(moves)))
        return {move_id: float(ratio or 0) for move_id, ratio in rows}

    @api.model
    def _get_move_shares(self, moves):
        """Per invoice what its lines give to each contract and planned payment.

        The lines' totals are brought to the invoice's, from which they may differ
        by rounded taxes.
        """
        shares = {}
        for row in self.env.execute_query_dict(SQL(SHARES, moves=moves)):
            currency = self.env["res.currency"].browse(row["currency_id"])
            known = shares.setdefault(
                row["move_id"],
                {
                    "currency": currency,
                    "date": row["date"],
                    "sign": -1 if row["move_type"].endswith("refund") else 1,
                    "booked": abs(row["amount_total_signed"] or 0),
                    "amount": row["amount_total"],
                    "total": round(row["amount_total"] / currency.rounding),
                    "keys": [],
                    "weights": [],
                    "rates": [],
                },
            )
            known["keys"].append((row["crm_contract_id"], row["crm_contract_payment_id"]))
            known["weights"].append(round(row["amount"] / currency.rounding))
            known["rates"].append(row["rate"])
        for known in shares.values():
            known["shares"] = by_largest_remainder(known["total"], known["weights"])
        return shares

    def _split_move(self, known, rows, ratios, found, met):
        """Divide the money reconciled with one invoice among its contracts.

        :param met: how it meets other documents, None if it does not; these close it before
            money does
        """
        currency = known["currency"]
        settling = met.get_settling() if met else Settling(known["shares"])
        noted = met.get_noted() if met else [0] * len(known["keys"])
        contracts = {contract.id: contract for contract in self}
        converted = self._convert_parts(
            known, [sum(parts) for parts in zip(noted, settling.settled, strict=True)]
        )
        # Company money of parts too small for a coin of the contract waits for the next one.
        waiting = [0] * len(known["keys"])
        for row in rows:
            if row["counterpart_type"] != "entry":
                continue
            parts = settling.pay(round(row["amount"] / currency.rounding))
            booked = self._divide_booked(row["company_amount"], parts, row["company_coin"])
            for index, (key, part) in enumerate(zip(known["keys"], parts, strict=True)):
                contract = contracts.get(key[0])
                if not contract or not part:
                    continue
                before = converted[index]
                converted[index] = contract._convert_units(
                    noted[index] + settling.settled[index], known, known["rates"][index]
                )
                sign = contract._get_sign(row["is_debit"])
                received = (converted[index] - before) * sign
                waiting[index] += booked[index] * sign
                if received:
                    entry = {**row, "company_amount": waiting[index]}
                    waiting[index] = 0
                    found[contract.id].append(
                        contract._prepare_entry(entry, received, ratios, key[1])
                    )

    @api.model
    def _divide_booked(self, amount, parts, coin):
        """The company's money of one reconciliation by share, exact to the company's coin."""
        return [unit * coin for unit in by_largest_remainder(round(amount / coin), parts)]

    def _convert_units(self, units, known, rate):
        """Coins of a document's currency in coins of the contract's, at the document's rate.

        What is settled of a share is converted as a whole, so that its parts add up.

        :param known: "currency" of the document, its whole "amount" and what of it is "booked"
        :param rate: of the contract's currency on the document's day, see crm_contract_rate
        """
        self.ensure_one()
        currency = known["currency"]
        if currency == self.currency_id:
            return units
        return convert(
            units,
            currency.rounding,
            known["booked"],
            known["amount"],
            rate,
            self.currency_id.rounding,
        )

    def _get_sign(self, is_debit):
        """A customer's debt that shrinks is received; so is our debt for an expense."""
        return 1 if is_debit == (self.direction == "income") else -1

    def _get_named(self, row):
        """The planned payment that the money itself names, if it is one of this contract."""
        return (row.get("named_contract_id") == self.id and row["named_payment_id"]) or False

    def _prepare_entry(self, row, units, ratios, payment_id):
        opening = row.get("opening_line_id") or False
        # What was taken over as an advance was money; its entry tells nothing of that.
        ratio = 1 if opening else ratios.get(row["counterpart_move_id"], 0)
        return {
            "units": units,
            "cash": self.currency_id.round(units * self.currency_id.rounding * ratio),
            "company": row["company_amount"],
            "payment_id": payment_id or self._get_named(row),
            "partial_id": row["partial_id"],
            "account_payment_id": row["origin_payment_id"] or False,
            "opening_line_id": opening,
            "move_id": row["move_id"],
            "counterpart_move_id": row["counterpart_move_id"],
            "date": row["date"],
        }

    def _add_advances(self, found):
        if not self.ids:
            return
        rows = self.env.execute_query_dict(SQL(ADVANCES, contracts=tuple(self.ids)))
        ratios = self._get_cash_ratios({row["move_id"] for row in rows})
        contracts = {contract.id: contract for contract in self}
        for row in rows:
            contract = contracts[row["crm_contract_id"]]
            currency = self.env["res.currency"].browse(row["currency_id"])
            sign = contract._get_sign(row["payment_type"] == "inbound")
            known = {"currency": currency, "booked": row["booked"], "amount": row["whole"]}
            units = sign * contract._convert_units(
                round(float(row["amount"]) / currency.rounding), known, row["rate"]
            )
            if units:
                entry = {
                    **row,
                    "company_amount": sign * float(row["company_amount"]),
                    "partial_id": False,
                    "counterpart_move_id": row["move_id"],
                    "origin_payment_id": row["account_payment_id"],
                }
                found[contract.id].append(
                    {
                        **contract._prepare_entry(
                            entry, units, ratios, row["crm_contract_payment_id"]
                        ),
                        "move_id": False,
                    }
                )


def _unlink_refunds(found, invoiced):
    """Money paid back on what is owed no more opens no payment again.

    What was received of it beyond that went on to other payments: it comes from there.
    """
    for contract_id, receipts in found.items():
        lasting = {
            one["move_id"]
            for one in invoiced.get(contract_id, ())
            if one["is_lasting"] and "note_id" not in one
        }
        for receipt in receipts if lasting else ():
            if receipt["units"] < 0 and receipt["move_id"] in lasting:
                receipt["payment_id"] = False


def _merge_same(receipts):
    """One entry for what one reconciliation brings to one planned payment.

    Several lines of an invoice may be for it: those that name it, and those without a name.
    """
    merged = {}
    for receipt in receipts:
        key = tuple(
            receipt.get(name) or False
            for name in ("partial_id", "account_payment_id", "opening_line_id", "payment_id")
        )
        known = merged.setdefault(key, receipt)
        if known is not receipt:
            for name in ("units", "cash", "company"):
                known[name] += receipt[name]
    return list(merged.values())
