"""Queries of the cash forecast over what is booked: how far invoices and bills are still to come.

The rules stand in crm_cash_forecast_sources, which puts the queries together.
"""

from .bank_arrivals import BEYOND_PAYMENTS
from .opening import DEBTOR, DOCUMENT, OPENING_DEBT

#: Items that may be open: those that are not reconciled, by the index of these, and those that
#: met an entry which is not posted any more. To look at all items for the latter would cost a
#: second at 100 000 paid invoices; entries that are not posted are few and have an index.
OPEN_ITEMS = """
SELECT o.id
  FROM account_account a
  JOIN account_move_line o ON o.account_id = a.id AND o.reconciled IS NOT TRUE
 WHERE a.account_type IN ('asset_receivable', 'liability_payable')
   AND o.parent_state = 'posted' AND o.company_id IN %(companies)s
 UNION
SELECT p.debit_move_id + p.credit_move_id - c.id
  FROM account_move unposted
  JOIN account_move_line c ON c.move_id = unposted.id
 CROSS JOIN LATERAL (
       SELECT x.debit_move_id, x.credit_move_id FROM account_partial_reconcile x
        WHERE x.debit_move_id = c.id
        UNION ALL
       SELECT x.debit_move_id, x.credit_move_id FROM account_partial_reconcile x
        WHERE x.credit_move_id = c.id) p
 WHERE unposted.state <> 'posted'
"""
#: Open part of posted invoices and bills, and of debts that an entry by hand took over. A payment
#: that was reset to draft leaves the residual of its invoice at zero, so only reconciliations with
#: posted entries count.
LINES = f"""
SELECT l.id, l.move_id, l.company_id, {DEBTOR} AS partner_id, side.direction,
       {DOCUMENT} AS document, m.move_type = 'entry' AS is_opening,
       CASE WHEN m.move_type = 'entry' THEN l.crm_contract_id END AS own_contract_id,
       COALESCE(m.crm_payment_day, l.date_maturity, m.invoice_date, l.date) AS due, l.currency_id,
       abs(l.amount_currency) - paid.amount AS amount,
       l.no_followup IS TRUE OR m.payment_state = 'blocked' AS disputed
  FROM ({OPEN_ITEMS}) candidate
  JOIN account_move_line l ON l.id = candidate.id
  JOIN account_move m ON m.id = l.move_id
  JOIN account_account a ON a.id = l.account_id
       AND a.account_type IN ('asset_receivable', 'liability_payable')
 CROSS JOIN LATERAL (SELECT CASE WHEN m.move_type IN ('out_invoice', 'out_receipt')
                                   OR m.move_type = 'entry' AND a.account_type = 'asset_receivable'
                                 THEN 'income' ELSE 'expense' END AS direction) side
 CROSS JOIN LATERAL (
       SELECT COALESCE(sum(x.amount), 0) AS amount FROM (
              SELECT p.debit_amount_currency AS amount
                FROM account_partial_reconcile p
                JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
               WHERE p.debit_move_id = l.id AND side.direction = 'income'
               UNION ALL
              SELECT p.credit_amount_currency
                FROM account_partial_reconcile p
                JOIN account_move_line c ON c.id = p.debit_move_id AND c.parent_state = 'posted'
               WHERE p.credit_move_id = l.id AND side.direction = 'expense') x
       ) paid
  LEFT JOIN crm_payer_rule r ON r.company_id = l.company_id
 WHERE l.parent_state = 'posted' AND l.company_id IN %(companies)s
   AND abs(l.amount_currency) > paid.amount
   AND (m.move_type IN ('out_invoice', 'out_receipt') AND l.balance > 0
        AND COALESCE(r.origin, 'both') <> 'file'
        OR m.move_type IN ('in_invoice', 'in_receipt') AND l.balance < 0
        OR (side.direction = 'income' AND l.balance > 0 AND COALESCE(r.origin, 'both') <> 'file'
            OR side.direction = 'expense' AND l.balance < 0) AND {OPENING_DEBT})
"""
#: What of an invoice stands for which contract; NULL for lines without one.
SHARES = """
SELECT x.move_id, x.crm_contract_id AS contract_id,
       sum(x.price_total)
           / NULLIF(sum(sum(x.price_total)) OVER (PARTITION BY x.move_id), 0) AS share
  FROM account_move_line x
 WHERE x.move_id IN (SELECT move_id FROM line) AND x.display_type = 'product'
 GROUP BY x.move_id, x.crm_contract_id
"""
#: What is planned on contracts, and advances that name them: the same money as their invoices.
PLANNED_OF_CONTRACTS = """
SELECT contract_id, sum(value) AS value FROM (
       SELECT p.contract_id, p.amount_remaining * rate.factor AS value
         FROM crm_contract_payment p
         JOIN %(rates)s ON rate.key = p.company_id * 1000000::bigint + p.currency_id
        WHERE p.contract_id IN (SELECT contract_id FROM part) AND p.state = 'planned'
          AND p.amount_remaining > 0 AND p.contract_state NOT IN ('terminated', 'cancelled')
        UNION ALL
       SELECT pay.crm_contract_id, abs(c.amount_residual)
         FROM account_payment pay
         JOIN account_move_line c ON c.move_id = pay.move_id AND c.parent_state = 'posted'
         JOIN account_account a ON a.id = c.account_id
              AND a.account_type IN ('asset_receivable', 'liability_payable')
        WHERE pay.crm_contract_id IN (SELECT contract_id FROM part)
        UNION ALL
       SELECT l.crm_contract_id, abs(l.amount_residual)
         FROM account_move_line l
         JOIN account_move m ON m.id = l.move_id AND m.move_type = 'entry'
         JOIN account_account a ON a.id = l.account_id
        WHERE l.crm_contract_id IN (SELECT contract_id FROM part) AND l.parent_state = 'posted'
          AND (a.account_type = 'asset_receivable' AND l.amount_residual < 0
               OR a.account_type = 'liability_payable' AND l.amount_residual > 0)) x
 GROUP BY contract_id
"""
#: Money that has come or gone and waits for its invoice: payments, credit notes, and bank lines
#: of a known partner that are no registered payments.
CREDITS = f"""
SELECT company_id, partner_id, direction, sum(value) AS value FROM (
       SELECT c.company_id, p.commercial_partner_id AS partner_id,
              CASE a.account_type WHEN 'asset_receivable' THEN 'income' ELSE 'expense' END
                  AS direction,
              abs(c.amount_residual) AS value
         FROM account_move_line c
         JOIN account_account a ON a.id = c.account_id
         JOIN res_partner p ON p.id = c.partner_id
         JOIN account_move cm ON cm.id = c.move_id
         LEFT JOIN account_payment pay ON pay.id = cm.origin_payment_id
        WHERE c.company_id IN %(companies)s AND c.parent_state = 'posted'
          AND c.reconciled IS NOT TRUE AND pay.crm_contract_id IS NULL
          AND (cm.move_type <> 'entry' OR c.crm_contract_id IS NULL)
          AND (a.account_type = 'asset_receivable' AND c.amount_residual < 0
               OR a.account_type = 'liability_payable' AND c.amount_residual > 0)
        UNION ALL
        {BEYOND_PAYMENTS}
        UNION ALL
       -- A credit note whose money is planned to go back takes off no other invoice.
       SELECT refund.company_id, refund.partner_id, refund.direction,
              -LEAST(refund.value, note.value)
         FROM (SELECT p.contract_id, p.company_id, p.direction, c.commercial_partner_id
                      AS partner_id, sum(-p.amount_remaining * rate.factor) AS value
                 FROM crm_contract_payment p
                 JOIN crm_contract c ON c.id = p.contract_id
                 JOIN %(rates)s ON rate.key = p.company_id * 1000000::bigint + p.currency_id
                WHERE p.company_id IN %(companies)s AND p.kind = 'refund'
                  AND p.state = 'planned' AND p.amount_remaining < 0
                  AND p.contract_state NOT IN ('terminated', 'cancelled')
                GROUP BY p.contract_id, p.company_id, p.direction, c.commercial_partner_id) refund
        CROSS JOIN LATERAL (
              SELECT sum(abs(t.amount_residual)) AS value FROM account_move_line t
                JOIN account_move m ON m.id = t.move_id AND m.state = 'posted'
                     AND m.move_type IN ('out_refund', 'in_refund')
               WHERE t.display_type = 'payment_term' AND t.reconciled IS NOT TRUE
                 AND EXISTS (SELECT FROM account_move_line x WHERE x.move_id = t.move_id
                                AND x.crm_contract_id = refund.contract_id)) note
        WHERE note.value > 0) y
 GROUP BY company_id, partner_id, direction
"""
#: Invoices beyond what their contracts plan, then beyond what waits for them; the earliest
#: due are covered first.
INVOICES = """
WITH line AS (%(lines)s), share AS (%(shares)s),
part AS (
    SELECT line.*, COALESCE(line.own_contract_id, share.contract_id) AS contract_id, rate.factor,
           line.amount * COALESCE(share.share, 1) * rate.factor AS value
      FROM line
      JOIN %(rates)s ON rate.key = line.company_id * 1000000::bigint + line.currency_id
      LEFT JOIN share ON share.move_id = line.move_id AND NOT line.is_opening
), planned AS (%(planned)s), credit AS (%(credits)s),
beyond_plan AS (
    SELECT part.*, CASE WHEN part.contract_id IS NULL THEN part.value ELSE
               LEAST(part.value, GREATEST(sum(part.value) OVER (
                   PARTITION BY part.contract_id ORDER BY due, id ROWS UNBOUNDED PRECEDING)
               - COALESCE(planned.value, 0), 0)) END AS rest
      FROM part LEFT JOIN planned ON planned.contract_id = part.contract_id
), beyond AS (
    SELECT b.*, LEAST(b.rest, GREATEST(sum(b.rest) OVER (
               PARTITION BY b.company_id, b.partner_id, b.direction
               ORDER BY b.due, b.id, b.contract_id ROWS UNBOUNDED PRECEDING)
           - COALESCE(credit.value, 0), 0)) AS counted
      FROM beyond_plan b
      LEFT JOIN credit ON credit.company_id = b.company_id
            AND credit.partner_id = b.partner_id AND credit.direction = b.direction
)
SELECT b.id::bigint * 4 + 1 AS id, 'invoice' AS source, min(b.company_id) AS company_id,
       min(b.partner_id) AS partner_id, %(user)s AS user_id,
       min(b.direction) AS direction, min(b.document) AS document,
       CASE WHEN count(*) = 1 THEN min(b.contract_id) END AS contract_id, NULL::int AS payment_id,
       min(b.move_id) AS move_id, NULL::int AS item_id, %(category)s AS category_id,
       NULL::int AS journal_id, min(b.currency_id) AS currency_id,
       sum(b.counted / b.factor) AS amount, min(b.due) AS date_contract,
       CASE WHEN bool_or(b.disputed) THEN 'disputed' END AS certainty
  FROM beyond b
  %(described)s
 WHERE b.counted > 0
 GROUP BY b.id
"""
