"""Queries that begin with what accounting still calls open, and tell what was closed by what.

They share nothing with the code that keeps the figures; see settlement_checks. Where a document
of several contracts meets another document, a query cannot tell whose part closed whose: such
contracts are left to the sums of INVOICES, SHARES and BOOKED.
"""

from .opening_checks import ITEMS

#: Per item that a contract's documents and old debts leave open: whose it is, what is closed of
#: it, and how much of that by credit notes of nobody else.
NET = (
    ITEMS
    + """, own AS (
    SELECT DISTINCT l.move_id FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type <> 'entry'
     WHERE l.crm_contract_id IN %(ids)s AND l.display_type IN ('product', 'rounding')
), open_items AS (
    SELECT l.id, l.move_id, NULL::int AS contract_id
      FROM own JOIN account_move_line l ON l.move_id = own.move_id
       AND l.display_type = 'payment_term'
     UNION ALL
    SELECT id, move_id, contract_id FROM items WHERE is_debt
), sides AS (
    SELECT i.id, i.move_id, i.contract_id, o.id AS other_id, om.id AS other_move_id,
           om.state = 'posted' AS is_posted, om.move_type <> 'entry' AS is_document,
           o.crm_contract_id AS other_contract_id,
           CASE WHEN i.id = p.debit_move_id THEN p.debit_amount_currency
                ELSE -p.credit_amount_currency END AS amount
      FROM open_items i
      JOIN account_partial_reconcile p ON i.id IN (p.debit_move_id, p.credit_move_id)
      JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> i.id
      JOIN account_move om ON om.id = o.move_id
), whose AS (
    SELECT l.move_id, min(l.crm_contract_id) AS contract_id,
           count(DISTINCT COALESCE(l.crm_contract_id, 0)) > 1 AS is_shared,
           COALESCE(NULLIF(max(l.crm_contract_rate), 0), 1) AS rate
      FROM account_move_line l
     WHERE l.display_type IN ('product', 'rounding')
       AND l.move_id IN (SELECT move_id FROM own
                          UNION SELECT other_move_id FROM sides WHERE is_document)
     GROUP BY l.move_id
), unclear AS (
    SELECT DISTINCT l.crm_contract_id AS contract_id
      FROM sides s
      LEFT JOIN whose w ON w.move_id = s.move_id
      LEFT JOIN whose o ON o.move_id = s.other_move_id
      JOIN account_move_line l ON l.move_id = s.move_id AND l.crm_contract_id IS NOT NULL
     WHERE s.is_posted AND (s.is_document OR s.other_contract_id IS NOT NULL)
       AND (w.is_shared OR o.is_shared)
), debts AS (
    SELECT l.id, l.move_id, w.contract_id, l.amount_currency, l.amount_residual_currency,
           (l.amount_currency > 0) = (c.direction = 'income') AS is_debt,
           m.currency_id <> c.currency_id AS is_rounded,
           CASE WHEN m.currency_id = c.currency_id THEN 1
                ELSE abs(m.amount_total_signed) / NULLIF(m.amount_total, 0) * w.rate END AS rate
      FROM own
      JOIN whose w ON w.move_id = own.move_id AND NOT w.is_shared
      JOIN crm_contract c ON c.id = w.contract_id
      JOIN account_move m ON m.id = own.move_id
      JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'payment_term'
     UNION ALL
    SELECT id, move_id, contract_id, amount_currency, amount_residual_currency, TRUE, coin > 0,
           rate
      FROM items WHERE is_debt
), met AS (
    SELECT d.id, d.contract_id,
           sum(x.amount) FILTER (WHERE NOT x.is_posted) AS undone,
           sum(x.amount) FILTER (WHERE x.is_posted AND mine.is_own) AS noted,
           sum(x.amount) FILTER (WHERE x.is_posted AND mine.is_own AND x.is_document
                                   AND o.contract_id IS NULL) AS nameless,
           count(*) AS number
      FROM debts d
      JOIN sides x ON x.id = d.id
      LEFT JOIN whose o ON o.move_id = x.other_move_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN x.is_document
                       THEN o.contract_id = d.contract_id
                            OR d.is_debt AND o.contract_id IS NULL
                       ELSE NOT d.is_debt AND x.other_contract_id = d.contract_id
                            AND x.other_id IN (SELECT id FROM items WHERE is_debt)
                  END AS is_own) mine
     GROUP BY d.id, d.contract_id
), closed AS (
    SELECT d.contract_id,
           sum(d.rate * (d.amount_currency - d.amount_residual_currency
               - COALESCE(s.undone, 0) - COALESCE(s.noted, 0))) AS amount,
           sum(d.rate * COALESCE(s.noted, 0)) AS noted,
           sum(d.rate * COALESCE(s.nameless, 0)) AS nameless,
           sum(CASE WHEN d.is_rounded THEN 1 + COALESCE(s.number, 0) ELSE 0 END) AS slack
      FROM debts d
      LEFT JOIN met s ON s.id = d.id AND s.contract_id = d.contract_id
     GROUP BY d.contract_id
)"""
)
#: Receipts on documents that a contract has for itself: all that accounting calls closed but
#: what its own credit notes, or those of no contract, closed.
RESIDUALS = """
SELECT c.id AS contract_id, NULL AS payment, 'residual' AS field, COALESCE(k.amount, 0) AS kept,
       round(v.amount, 2) AS told
  FROM crm_contract c
  JOIN res_currency u ON u.id = c.currency_id
  LEFT JOIN closed ON closed.contract_id = c.id
  LEFT JOIN (SELECT s.contract_id, sum(s.amount_settled) AS amount
               FROM crm_contract_settlement s
              WHERE s.contract_id IN %(ids)s AND s.source IN ('partial', 'netting', 'opening')
                AND s.move_id IN (SELECT move_id FROM debts)
              GROUP BY s.contract_id) k ON k.contract_id = c.id
 CROSS JOIN LATERAL (SELECT CASE c.direction WHEN 'income' THEN 1 ELSE -1 END
       * COALESCE(closed.amount, 0) AS amount) v
 WHERE c.id IN %(ids)s AND c.id NOT IN (SELECT contract_id FROM unclear)
   AND abs(COALESCE(k.amount, 0) - v.amount) > COALESCE(closed.slack, 0) * u.rounding
"""
