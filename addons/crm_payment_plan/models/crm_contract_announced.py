from collections import defaultdict
from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ..lib.allocation import allocate
from ..lib.splitting import by_largest_remainder

#: Payments under way whose entry the bank has yet to bring, of contracts that they name or whose
#: invoices they pay; of each invoice what is open of it and how its lines divide it. What is
#: open is counted from posted entries: a payment that was reset to draft leaves the residual.
ANNOUNCED = """
WITH near AS (
    SELECT id FROM account_payment
     WHERE crm_contract_id IN %(contracts)s AND state = 'in_process'
     UNION
    SELECT rel.payment_id FROM account_move_line l
      JOIN account_move__account_payment rel ON rel.invoice_id = l.move_id
     WHERE l.crm_contract_id IN %(contracts)s AND l.parent_state = 'posted'
)
SELECT pay.id, pay.company_id, pay.payment_type, pay.currency_id, pay.amount, pay.date,
       pay.crm_contract_id AS named_contract_id, pay.crm_contract_payment_id AS named_payment_id,
       inv.id AS move_id, inv.currency_id AS move_currency_id, debt.amount AS open_amount,
       share.contract_id, share.payment_id, share.amount AS weight
  FROM near JOIN account_payment pay ON pay.id = near.id AND pay.state = 'in_process'
  LEFT JOIN account_move entry ON entry.id = pay.move_id
  LEFT JOIN account_move__account_payment rel ON rel.payment_id = pay.id
  LEFT JOIN account_move inv ON inv.id = rel.invoice_id AND inv.state = 'posted'
  LEFT JOIN LATERAL (
       SELECT min(l.date_maturity) AS due,
              sum(abs(l.amount_currency) - COALESCE(met.amount, 0)) AS amount
         FROM account_move_line l
         LEFT JOIN LATERAL (
              SELECT sum(CASE WHEN p.debit_move_id = l.id THEN p.debit_amount_currency
                              ELSE p.credit_amount_currency END) AS amount
                FROM account_partial_reconcile p
                JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id)
                     AND o.id <> l.id AND o.parent_state = 'posted'
               WHERE l.id IN (p.debit_move_id, p.credit_move_id)) met ON TRUE
        WHERE l.move_id = inv.id AND l.display_type = 'payment_term') debt ON TRUE
  LEFT JOIN LATERAL (
       SELECT l.crm_contract_id AS contract_id, l.crm_contract_payment_id AS payment_id,
              sum(l.price_total) AS amount
         FROM account_move_line l
        WHERE l.move_id = inv.id AND l.display_type IN ('product', 'rounding')
        GROUP BY l.crm_contract_id, l.crm_contract_payment_id) share ON TRUE
 WHERE entry.state IS DISTINCT FROM 'posted'
 ORDER BY pay.date, pay.id, debt.due, inv.id, share.contract_id NULLS LAST, share.payment_id
"""


class CrmContract(models.Model):
    """Money that is announced: its payment is registered, but no entry books it yet.

    Odoo leaves payments without an entry where the bank's statement brings it. Such money is
    shown and counts for nothing: until it is booked the contract asks for it.
    """

    _inherit = "crm.contract"

    announced_total = fields.Monetary(
        string="Announced, Not Booked",
        compute="_compute_announced_total",
        help="Payments registered on the contract or on its invoices that accounting has not "
        "booked yet. They are not received: the bank's statement brings them.",
    )

    @api.depends("received_total")
    def _compute_announced_total(self):
        announced = self._origin._get_announced()
        for contract in self:
            units = sum(one["units"] for one in announced.get(contract._origin.id, ()))
            contract.announced_total = contract.currency_id.round(
                units * contract.currency_id.rounding
            )

    def _get_announced(self):
        """Announced money of these contracts, found by one query.

        :return: {contract id: [{"units": coins of its currency, negative when money is to go
            back, "payment_id": planned payment that invoice or payment names}]}
        """
        if not self.ids:
            return {}
        for name in ("account.payment", "account.move", "account.move.line",
                     "account.partial.reconcile"):  # fmt: skip
            self.env[name].flush_model()
        # Who sees a contract may know what is announced of it, without a right to payments.
        contracts = self.sudo()
        rows = self.env.execute_query_dict(SQL(ANNOUNCED, contracts=tuple(self.ids)))
        by_id = {contract.id: contract for contract in contracts}
        found = defaultdict(list)
        taken = defaultdict(float)
        for _id, parts in groupby(rows, itemgetter("id")):
            shares = list(parts)
            payment = shares[0]
            rest = contracts._announce_on_invoices(payment, shares, taken, found)
            named = by_id.get(payment["named_contract_id"])
            if named and rest > 0:
                currency = self.env["res.currency"].browse(payment["currency_id"])
                named._announce(payment, currency, rest, payment["named_payment_id"], found)
        return dict(found)

    def _announce_on_invoices(self, payment, shares, taken, found):
        """Give one payment to its invoices, the earliest due first, and to their contracts.

        :param shares: rows of ANNOUNCED for this payment, in the order of its invoices
        :param taken: {invoice id: what earlier payments announce of it}, goes on being filled
        :return: what no invoice takes, in the payment's currency
        """
        Currency = self.env["res.currency"]
        currency = Currency.browse(payment["currency_id"])
        company, day = self.env["res.company"].browse(payment["company_id"]), payment["date"]
        rest = payment["amount"]
        for move_id, rows in groupby(shares, itemgetter("move_id")):
            of_move = list(rows)
            asked = Currency.browse(of_move[0]["move_currency_id"])
            still_open = (of_move[0]["open_amount"] or 0) - taken[move_id]
            if not move_id or still_open <= 0 or rest <= 0:
                continue
            amount = min(currency._convert(rest, asked, company, day), asked.round(still_open))
            taken[move_id] += amount
            rest = currency.round(rest - asked._convert(amount, currency, company, day))
            self._announce_shares(payment, asked, amount, of_move, found)
        return rest

    def _announce_shares(self, payment, currency, amount, shares, found):
        """Divide what is announced of one invoice among the contracts of its lines."""
        coin = currency.rounding
        pieces = by_largest_remainder(
            round(amount / coin), [round((share["weight"] or 0) / coin) for share in shares]
        )
        contracts = {contract.id: contract for contract in self}
        for share, piece in zip(shares, pieces, strict=True):
            contract = contracts.get(share["contract_id"])
            if contract and piece:
                named = payment["named_contract_id"] == contract.id and payment["named_payment_id"]
                contract._announce(
                    payment, currency, piece * coin, share["payment_id"] or named, found
                )

    def _announce(self, payment, currency, amount, payment_id, found):
        """Note one announced sum for this contract, in coins of its currency."""
        own = self.currency_id
        amount = currency._convert(amount, own, self.company_id, payment["date"])
        sign = self._get_sign(payment["payment_type"] == "inbound")
        found[self.id].append(
            {"units": sign * round(amount / own.rounding), "payment_id": payment_id or False}
        )

    def _get_announced_rows(self):
        """What is announced of planned payments: {payment id: sum in the contract's currency}.

        The money is given to them as it will be when it is booked. What was marked as received
        by hand takes its place until then, so it closes nothing here.
        """
        announced = self._get_announced()
        given = defaultdict(float)
        for contract in self.sudo().filtered(lambda one: one.id in announced):
            coin = contract.currency_id.rounding
            booked = contract.settlement_ids.filtered(lambda row: row.source != "manual")
            closed = defaultdict(float)
            for row in booked:
                closed[row.payment_id.id] += row.amount_settled
            rooms = contract._get_rooms(contract._get_rows_to_close())
            # It comes after every mark, so the marked payments are what it is meant for.
            marks = dict.fromkeys(contract._get_marks(), 0)
            # What comes closes payments, what goes back refunds; it opens nothing.
            for sign in (1, -1):
                entries = [
                    (one["units"], one["payment_id"])
                    for one in announced[contract.id]
                    if one["units"] * sign > 0
                ]
                rows = [
                    (row_id, sign * max(sign * (room - round(closed[row_id] / coin)), 0))
                    for row_id, room in rooms
                    if room * sign > 0
                ]
                for pieces in allocate(entries, rows, marks):
                    for row_id, units in pieces:
                        given[row_id] += units * coin
        return given


class CrmContractPayment(models.Model):
    """Which planned payments the announced money would close."""

    _inherit = "crm.contract.payment"

    amount_announced = fields.Monetary(
        string="Announced, Not Booked",
        compute="_compute_amount_announced",
        help="Of payments that are registered and not booked yet. Not received: the bank's "
        "statement brings them.",
    )

    @api.depends("amount_remaining")
    def _compute_amount_announced(self):
        given = self._origin.contract_id._get_announced_rows()
        for payment in self:
            amount = given.get(payment._origin.id, 0)
            payment.amount_announced = payment.currency_id.round(amount) if amount else 0
