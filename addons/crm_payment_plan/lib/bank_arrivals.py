"""Money that both accounting and the bank's statement tell of, before anybody matched the two.

A registered payment stands on an account of money on its way; the statement's line of the same
money stands on the bank's account. Until somebody matches them the ledger has it twice.
"""

#: Lines of statements nobody has matched, and posted payments that wait for theirs, with what is
#: left of them in company currency. A payment booked on the bank's account waits for nothing.
UNMATCHED_MONEY = """
SELECT s.id, 'line' AS what, s.company_id, p.commercial_partner_id AS partner_id,
       CASE WHEN s.amount > 0 THEN 'income' ELSE 'expense' END AS direction,
       abs(l.balance) AS value, l.date
  FROM account_bank_statement_line s
  JOIN account_journal j ON j.id = s.journal_id
  JOIN account_move_line l ON l.move_id = s.move_id AND l.parent_state = 'posted'
       AND l.account_id = j.suspense_account_id
  LEFT JOIN res_partner p ON p.id = s.partner_id
 WHERE s.company_id IN %(companies)s AND s.is_reconciled IS NOT TRUE
UNION ALL
SELECT pay.id, 'payment', pay.company_id, p.commercial_partner_id,
       CASE pay.payment_type WHEN 'inbound' THEN 'income' ELSE 'expense' END,
       way.value, m.date
  FROM account_payment pay
  JOIN account_move m ON m.id = pay.move_id AND m.state = 'posted'
 CROSS JOIN LATERAL (
       SELECT abs(sum(CASE WHEN a.reconcile THEN l.amount_residual ELSE l.balance END)) AS value
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id
        WHERE l.move_id = m.id AND l.account_id = pay.outstanding_account_id) way
  LEFT JOIN res_partner p ON p.id = pay.partner_id
 WHERE pay.company_id IN %(companies)s AND pay.is_matched IS NOT TRUE AND way.value > 0
"""
#: What of it is told twice, by company; money that came less money that went.
TOLD_TWICE = f"""
WITH money AS MATERIALIZED (
    SELECT * FROM ({UNMATCHED_MONEY}) found WHERE date <= %(today)s
), known AS (
    SELECT company_id, direction, partner_id,
           sum(value) FILTER (WHERE what = 'line') AS line,
           sum(value) FILTER (WHERE what = 'payment') AS payment
      FROM money WHERE partner_id IS NOT NULL
     GROUP BY company_id, direction, partner_id
), nameless AS (
    -- A line without a partner is a payment of that amount, of those who have no line.
    SELECT company_id, direction, value,
           count(*) FILTER (WHERE what = 'line') AS line,
           count(*) FILTER (WHERE what = 'payment') AS payment
      FROM money
     WHERE CASE what WHEN 'line' THEN partner_id IS NULL ELSE NOT EXISTS (
               SELECT FROM known
                WHERE known.company_id = money.company_id AND known.direction = money.direction
                  AND known.partner_id = money.partner_id AND known.line > 0) END
     GROUP BY company_id, direction, value
)
SELECT company_id, sum(CASE direction WHEN 'income' THEN value ELSE -value END)
  FROM (SELECT company_id, direction, LEAST(line, payment) AS value FROM known
         WHERE line > 0 AND payment > 0
         UNION ALL
        SELECT company_id, direction, LEAST(line, payment) * value FROM nameless) twice
 GROUP BY company_id
"""
#: Lines of a known partner beyond his registered payments: the rest is on his invoices already.
BEYOND_PAYMENTS = f"""
SELECT company_id, partner_id, direction,
       GREATEST(sum(CASE what WHEN 'line' THEN value ELSE -value END), 0) AS value
  FROM ({UNMATCHED_MONEY}) money
 WHERE partner_id IS NOT NULL
 GROUP BY company_id, partner_id, direction
"""
