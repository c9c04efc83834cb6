"""Queries that compare what was taken over from former accounting with the entries of it.

They share nothing with the code that keeps the figures; see settlement_checks.
"""

#: Items of entries by hand that name these contracts, neither reversed nor a reversal.
ITEMS = """
items AS (
    SELECT l.crm_contract_id AS contract_id, l.move_id, l.id, l.amount_currency,
           l.amount_residual_currency, (l.balance > 0) = (c.direction = 'income') AS is_debt,
           CASE WHEN l.currency_id = c.currency_id THEN 1
                ELSE abs(l.balance) / NULLIF(abs(l.amount_currency), 0)
                     * COALESCE(NULLIF(l.crm_contract_rate, 0), 1) END AS rate,
           CASE WHEN l.currency_id = c.currency_id THEN 0 ELSE k.rounding END AS coin
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type = 'entry'
      JOIN crm_contract c ON c.id = l.crm_contract_id
      JOIN res_currency k ON k.id = c.currency_id
      LEFT JOIN account_move back ON back.reversed_entry_id = m.id AND back.state = 'posted'
     WHERE l.crm_contract_id IN %(ids)s AND m.reversed_entry_id IS NULL AND back.id IS NULL
       AND m.origin_payment_id IS NULL AND m.statement_line_id IS NULL
)"""
#: Per contract and entry: money that closed its debts, and what accounting still calls open of
#: its advances, with what is reconciled with entries that are drafts again.
OPENINGS = (
    "WITH "
    + ITEMS
    + """, told AS (
    SELECT i.contract_id, i.move_id, sum(i.rate * CASE WHEN i.is_debt THEN COALESCE(met.money, 0)
               ELSE abs(i.amount_residual_currency) + COALESCE(met.undone, 0) END) AS amount,
           sum(i.coin * (0.51 + COALESCE(met.notes, 0))) AS slack
      FROM items i
      LEFT JOIN LATERAL (
           SELECT sum(side.amount) FILTER (WHERE om.state = 'posted' AND om.move_type = 'entry')
                      AS money,
                  sum(side.amount) FILTER (WHERE om.state <> 'posted') AS undone,
                  count(*) FILTER (WHERE om.move_type <> 'entry') AS notes
             FROM account_partial_reconcile p
             JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id)
              AND o.id <> i.id
             JOIN account_move om ON om.id = o.move_id
            CROSS JOIN LATERAL (SELECT CASE WHEN i.id = p.debit_move_id
                  THEN p.debit_amount_currency ELSE p.credit_amount_currency END AS amount) side
            WHERE i.id IN (p.debit_move_id, p.credit_move_id)) met ON TRUE
     GROUP BY i.contract_id, i.move_id
), kept AS (
    SELECT contract_id, COALESCE(move_id, counterpart_move_id) AS move_id,
           sum(amount_settled) AS amount
      FROM crm_contract_settlement WHERE contract_id IN %(ids)s AND source = 'opening'
     GROUP BY 1, 2
)
SELECT contract_id, m.name AS move, COALESCE(kept.amount, 0) AS kept,
       round(COALESCE(told.amount, 0), 2) AS told
  FROM told FULL JOIN kept USING (contract_id, move_id) JOIN account_move m ON m.id = move_id
 WHERE abs(COALESCE(kept.amount, 0) - COALESCE(told.amount, 0)) > COALESCE(told.slack, 0)
 ORDER BY contract_id, move_id
"""
)
#: What was taken over as an advance had been money: all of it counts so.
TAKEN_CASH = """
SELECT s.contract_id, m.name AS move, sum(s.amount_cash) AS kept, sum(s.amount_settled) AS told
  FROM crm_contract_settlement s JOIN account_move m ON m.id = s.counterpart_move_id
 WHERE s.contract_id IN %(ids)s AND s.opening_line_id IS NOT NULL
 GROUP BY s.contract_id, m.id HAVING sum(s.amount_cash) <> sum(s.amount_settled)
 ORDER BY s.contract_id, m.id
"""
