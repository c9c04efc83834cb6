from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .entry_money import IS_MONEY

#: What is paid within so many days after a reminder counts as its result.
RESULT_DAYS = 7
#: For so many days a result is looked at again: statements and files are entered late.
REVISED_DAYS = 31

#: Money, by document that was reminded of; an invoice, a credit note or a write-off is none.
MONEY = """
SELECT a.id, p.amount
  FROM asked a
  JOIN account_partial_reconcile p ON p.debit_move_id = a.source_id
  JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
       AND c.date BETWEEN a.sent_date AND a.sent_date + %(days)s
  JOIN account_move m ON m.id = c.move_id
 WHERE a.kind = 'o' AND %(is_money)s
 UNION ALL
SELECT a.id, p.amount * i.rate::numeric
  FROM asked a
  JOIN crm_receivable_item i ON i.id = a.source_id
  JOIN crm_receivable_payment p ON p.item_id = i.id AND p.reversed_import_id IS NULL
       AND p.date BETWEEN a.sent_date AND a.sent_date + %(days)s
 WHERE a.kind = 'f'
 UNION ALL
SELECT a.id, COALESCE(s.amount_company, s.amount_settled)
             * s.amount_cash / NULLIF(s.amount_settled, 0)
  FROM asked a
  JOIN crm_contract_settlement s ON s.payment_id = a.source_id
       AND s.date BETWEEN a.sent_date AND a.sent_date + %(days)s
 WHERE a.kind = 'p'
"""
RESULTS = """
WITH asked AS MATERIALIZED (
    SELECT s.id, s.reminder_id, r.sent_date, s.company_amount,
           left(s.key, 1) AS kind, substr(s.key, 2)::int AS source_id
      FROM crm_payment_reminder r
      JOIN crm_payment_reminder_item s ON s.reminder_id = r.id AND s.sent_date IS NOT NULL
     WHERE r.company_id = %(company)s AND r.state = 'sent' AND r.sent_date <= %(until)s
       AND (r.judged_date IS NULL OR r.sent_date >= %(revised)s)
), paid AS (
    SELECT id, sum(amount) AS amount FROM (%(money)s) money GROUP BY id
), result AS (
    SELECT a.reminder_id, sum(a.company_amount) AS asked,
           sum(LEAST(a.company_amount, GREATEST(COALESCE(paid.amount, 0), 0))) AS paid
      FROM asked a LEFT JOIN paid ON paid.id = a.id
     GROUP BY a.reminder_id
)
UPDATE crm_payment_reminder r
   SET asked_amount = result.asked, paid_amount = result.paid,
       judged_date = COALESCE(r.judged_date, %(day)s)
  FROM result
 WHERE result.reminder_id = r.id
   AND (r.judged_date IS NULL OR r.paid_amount IS DISTINCT FROM result.paid)
RETURNING r.id
"""


class CrmPaymentReminder(models.Model):
    """What a reminder brought: the money that came for its debts within a week."""

    _inherit = "crm.payment.reminder"

    asked_amount = fields.Monetary(
        string="Reminded Of", readonly=True, help="Debts whose turn it was, in company currency."
    )
    paid_amount = fields.Monetary(
        string="Paid Within a Week",
        readonly=True,
        help="Money for these debts, dated up to seven days after the reminder, from posted "
        "entries and files. A credit note, a write-off or a new invoice is no money.",
    )
    judged_date = fields.Date(string="Judged On", readonly=True)

    @api.model
    def _judge_results(self, company, day):
        """Sum the money that reminders of a company brought; by one statement.

        The figure depends on the days of the money, not on the day of judging.

        :return: number of reminders whose result is new or changed
        """
        self.env.flush_all()
        until = day - timedelta(days=RESULT_DAYS)
        rows = self.env.execute_query(
            SQL(
                RESULTS,
                company=company.id,
                day=day,
                until=until,
                revised=until - timedelta(days=REVISED_DAYS),
                money=SQL(MONEY, days=RESULT_DAYS, is_money=SQL(IS_MONEY)),
            )
        )
        self.invalidate_model(["asked_amount", "paid_amount", "judged_date"])
        return len(rows)
