from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: What is paid within so many days after a reminder counts as its result.
RESULT_DAYS = 7


class CrmPaymentReminder(models.Model):
    """What a reminder brought: how much of its debts was gone a week later."""

    _inherit = "crm.payment.reminder"

    asked_amount = fields.Monetary(
        string="Reminded Of", readonly=True, help="Debts whose turn it was, in company currency."
    )
    paid_amount = fields.Monetary(
        string="Paid Within a Week",
        readonly=True,
        help="Of these debts, seven days after the reminder; the night after it says so.",
    )
    judged_date = fields.Date(string="Judged On", readonly=True)

    @api.model
    def _judge_results(self, company, day):
        """Compare debts with what is open now, once a reminder; by one statement.

        :return: number of reminders that were judged
        """
        self.env.flush_all()
        partner_ids = self._get_to_judge(company, day).partner_id.ids
        if not partner_ids:
            return 0
        documents = self.env["crm.payment.reminder.run"]._get_documents_sql(
            company, day, partner_ids
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH document AS (%(documents)s), result AS (
                    SELECT s.reminder_id, sum(s.company_amount) AS asked,
                           sum(LEAST(s.company_amount, GREATEST(
                               s.company_amount - COALESCE(d.company_amount, 0), 0))) AS paid
                      FROM crm_payment_reminder_item s
                      JOIN crm_payment_reminder r ON r.id = s.reminder_id
                 LEFT JOIN document d ON d.key = s.key
                     WHERE r.company_id = %(company)s AND r.state = 'sent'
                       AND r.judged_date IS NULL AND r.sent_date <= %(until)s
                       AND s.sent_date IS NOT NULL
                  GROUP BY s.reminder_id
                )
                UPDATE crm_payment_reminder r
                   SET asked_amount = result.asked, paid_amount = result.paid,
                       judged_date = %(day)s
                  FROM result WHERE result.reminder_id = r.id
             RETURNING r.id
                """,
                documents=documents,
                company=company.id,
                until=day - timedelta(days=RESULT_DAYS),
                day=day,
            )
        )
        self.invalidate_model(["asked_amount", "paid_amount", "judged_date"])
        return len(rows)

    @api.model
    def _get_to_judge(self, company, day):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("judged_date", "=", False),
                ("sent_date", "<=", day - timedelta(days=RESULT_DAYS)),
            ]
        )
