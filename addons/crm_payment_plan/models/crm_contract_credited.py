from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, split_every
from odoo.tools.sql import column_exists, table_exists

from ..lib.invoicing import claim

#: What of a contract's amount no payment is planned for.
UNPLANNED = "unplanned"
#: The invoice that a credit note takes back: the one it was made from, else the first one
#: with which it is reconciled.
ORIGINS = """
SELECT note.id, COALESCE(note.reversed_entry_id, met.move_id) AS origin_id
  FROM account_move note
  LEFT JOIN LATERAL (
       SELECT o.move_id
         FROM account_move_line l
         JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
         JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
         JOIN account_move om ON om.id = o.move_id AND om.move_type <> 'entry'
        WHERE l.move_id = note.id
        ORDER BY p.id LIMIT 1) met ON TRUE
 WHERE note.id IN %(notes)s
"""


class CrmContract(models.Model):
    """What credit notes let go of: less is owed, though nothing was received.

    A credit note that takes the whole of an invoice back lets nothing go: what was planned
    waits for a new invoice. Nor does one whose sum is invoiced again.
    """

    _inherit = "crm.contract"

    credited_total = fields.Monetary(
        string="Credited",
        readonly=True,
        copy=False,
        help="What credit notes took off and is not owed any more. A credit note that takes a "
        "whole invoice back, or whose sum is invoiced again, is not in it.",
    )

    @api.model
    def _get_origins(self, notes):
        """{id of a credit note: id of the invoice that it takes back}"""
        if not notes:
            return {}
        return dict(self.env.execute_query(SQL(ORIGINS, notes=tuple(notes))))

    def _write_invoiced(self, rows, invoiced):
        """Give what is invoiced and credited to the planned payments.

        :param rows: its planned payments that are not cancelled
        :param invoiced: see _get_invoiced
        """
        coin = self.currency_id.rounding
        given, credited = claim(invoiced, self._get_claimed(rows))
        named = defaultdict(int)
        for one in invoiced:
            named[one["payment_id"]] += one["units"]
        for payment in self.payment_ids:
            payment._write_differing(
                {
                    **payment._prepare_invoiced(
                        self.currency_id.round(given.get(payment.id, 0) * coin),
                        named[payment.id] > 0,
                    ),
                    "amount_credited": self.currency_id.round(credited[payment.id] * coin),
                }
            )
        self._write_differing(
            {
                "credited_total": self.currency_id.round(sum(credited.values()) * coin),
                "date_invoiced": min(
                    (
                        one["date"]
                        for one in invoiced
                        if one["units"] > 0 and one["date"] and not one["is_note"]
                    ),
                    default=False,
                ),
            }
        )

    def _get_claimed(self, rows):
        """What invoices may ask for, in coins: planned payments, then what is not planned."""
        coin = self.currency_id.rounding
        amounts = [(row.id, max(round(row.amount / coin), 0)) for row in rows]
        planned = sum(units for _row, units in amounts)
        return [*amounts, (UNPLANNED, round((self.amount_effective or 0) / coin) - planned)]

    def _get_rooms(self, rows):
        """What money can close of planned payments, in coins: [(payment id, coins)]."""
        coin = self.currency_id.rounding
        return [(row.id, round((row.amount - row.amount_credited) / coin)) for row in rows]


class CrmContractPayment(models.Model):
    """What of a planned payment is not owed any more."""

    _inherit = "crm.contract.payment"

    amount_credited = fields.Monetary(
        string="Credited",
        readonly=True,
        copy=False,
        help="Taken off by credit notes: it is expected no more.",
    )

    def _auto_init(self):
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(cr, self._table, "amount_credited"):
            self.pool.post_init(self._fill_credited)
        return super()._auto_init()

    def _fill_credited(self):
        """Settle anew the contracts that have credit notes, once, when the column is made."""
        lines = self.env["account.move.line"].sudo()
        groups = lines._read_group(
            [
                ("crm_contract_id", "!=", False),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "in", ("out_refund", "in_refund")),
            ],
            ["crm_contract_id"],
        )
        for ids in split_every(1000, [contract.id for (contract,) in groups]):
            self.env["crm.contract"].sudo().browse(ids)._settle()
            self.env.flush_all()

    def _get_owed(self):
        """What is asked of this payment: its amount less what was credited."""
        self.ensure_one()
        return self.currency_id.round(self.amount - (self.amount_credited or 0))
