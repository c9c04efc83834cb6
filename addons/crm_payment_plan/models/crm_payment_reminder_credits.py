from odoo import api, models
from odoo.tools import SQL


class CrmPaymentReminderRun(models.Model):
    """Money of customers that has come and stands against no invoice yet."""

    _inherit = "crm.payment.reminder.run"

    @api.model
    def _get_credits_sql(self, company, partner_ids=None):
        """Rows (partner_id, amount): money and credit notes that no invoice has taken yet.

        Lines of bank statements nobody has matched are money as well, as far as they are not
        the payments that were registered and wait for their line.
        """
        return SQL(
            """
            SELECT partner_id, sum(amount) AS amount FROM (
            SELECT rp.commercial_partner_id AS partner_id, sum(-l.balance - taken.amount) AS amount
              FROM account_move_line l
              JOIN account_account a ON a.id = l.account_id
                   AND a.account_type = 'asset_receivable'
              JOIN res_partner rp ON rp.id = l.partner_id
              JOIN LATERAL (
                    SELECT COALESCE(sum(p.amount), 0) AS amount
                      FROM account_partial_reconcile p
                      JOIN account_move_line d ON d.id = p.debit_move_id
                           AND d.parent_state = 'posted'
                     WHERE p.credit_move_id = l.id) taken ON TRUE
             WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance < 0
               AND %(of_partner)s AND (l.reconciled IS NOT TRUE OR EXISTS (
                    SELECT FROM account_partial_reconcile p
                      JOIN account_move_line d ON d.id = p.debit_move_id
                           AND d.parent_state <> 'posted'
                     WHERE p.credit_move_id = l.id))
          GROUP BY rp.commercial_partner_id
            UNION ALL
            %(bank)s
            ) money
          GROUP BY partner_id
            HAVING sum(amount) > 0
            """,
            company=company.id,
            of_partner=self._in(SQL("rp.commercial_partner_id"), partner_ids),
            bank=self._get_bank_credits_sql(company, partner_ids),
        )

    @api.model
    def _get_bank_credits_sql(self, company, partner_ids):
        """Rows (partner_id, amount): receipts on bank statements beyond registered payments."""
        return SQL(
            """
            SELECT partner_id, GREATEST(sum(amount), 0) AS amount FROM (
                SELECT rp.commercial_partner_id AS partner_id, -l.balance AS amount
                  FROM account_bank_statement_line s
                  JOIN account_journal j ON j.id = s.journal_id
                  JOIN account_move_line l ON l.move_id = s.move_id
                       AND l.parent_state = 'posted' AND l.account_id = j.suspense_account_id
                  JOIN res_partner rp ON rp.id = s.partner_id
                 WHERE s.company_id = %(company)s AND s.amount > 0
                   AND s.is_reconciled IS NOT TRUE AND %(of_partner)s
                UNION ALL
                SELECT rp.commercial_partner_id, -p.amount_company_currency_signed
                  FROM account_payment p
                  JOIN account_move m ON m.id = p.move_id AND m.state = 'posted'
                  JOIN res_partner rp ON rp.id = p.partner_id
                 WHERE p.company_id = %(company)s AND p.payment_type = 'inbound'
                   AND p.is_matched IS NOT TRUE AND %(of_partner)s
            ) line GROUP BY partner_id
            """,
            company=company.id,
            of_partner=self._in(SQL("rp.commercial_partner_id"), partner_ids),
        )
