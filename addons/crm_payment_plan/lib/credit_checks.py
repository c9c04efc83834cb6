"""The query that compares what contracts call credited with their credit notes.

It shares nothing with the code that keeps the figures; see settlement_checks.
"""

from .opening_checks import ITEMS

#: Per contract: its credit notes but those that take back all it has on an invoice, at most
#: what is not invoiced again; and how much of it found room in planned payments.
CREDITED = (
    "WITH "
    + ITEMS
    + """, lines AS (
    SELECT l.crm_contract_id AS contract_id, m.id AS move_id,
           m.move_type LIKE '%%refund' AS is_note, l.price_total AS weight, m.currency_id,
           m.reversed_entry_id, l.price_total * m.amount_total / NULLIF(b.base, 0)
             * CASE WHEN m.currency_id = c.currency_id THEN 1
                    ELSE abs(m.amount_total_signed) / NULLIF(m.amount_total, 0)
                         * COALESCE(NULLIF(l.crm_contract_rate, 0), 1) END AS amount,
           CASE WHEN m.currency_id = c.currency_id AND b.base = m.amount_total
                THEN 0 ELSE 1 END AS rounded
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type <> 'entry'
      JOIN crm_contract c ON c.id = l.crm_contract_id
      JOIN LATERAL (SELECT sum(x.price_total) AS base FROM account_move_line x
             WHERE x.move_id = m.id AND x.display_type IN ('product', 'rounding')) b ON TRUE
     WHERE l.crm_contract_id IN %(ids)s AND l.display_type IN ('product', 'rounding')
     UNION ALL
    SELECT contract_id, move_id, FALSE, abs(amount_currency), NULL, NULL,
           abs(amount_currency) * rate, CASE WHEN coin > 0 THEN 1 ELSE 0 END
      FROM items WHERE is_debt
), moves AS (
    SELECT contract_id, move_id, is_note, reversed_entry_id, sum(weight) AS weight,
           sum(amount) AS amount, max(rounded) AS rounded
      FROM lines GROUP BY contract_id, move_id, is_note, reversed_entry_id
), notes AS (
    SELECT m.*, COALESCE(m.reversed_entry_id, met.move_id) AS origin_id
      FROM moves m
      LEFT JOIN LATERAL (
           SELECT o.move_id, p.id
             FROM account_partial_reconcile p
             JOIN account_move_line l ON l.id IN (p.debit_move_id, p.credit_move_id)
              AND l.move_id = m.move_id
             JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id)
              AND o.id <> l.id
             JOIN account_move om ON om.id = o.move_id
              AND om.move_type IN ('out_invoice', 'in_invoice', 'out_refund', 'in_refund',
                                   'out_receipt', 'in_receipt')
            ORDER BY p.id LIMIT 1) met ON TRUE
     WHERE m.is_note
), told AS (
    SELECT n.contract_id, n.credited
      FROM (SELECT contract_id, COALESCE(origin_id, -move_id) AS origin_id,
                   sum(weight) AS weight, sum(amount) AS credited
              FROM notes GROUP BY 1, 2) n
      LEFT JOIN moves i ON i.contract_id = n.contract_id AND i.move_id = n.origin_id
       AND NOT i.is_note
     WHERE NOT (COALESCE(i.weight, 0) > 0 AND i.weight <= n.weight)
), sums AS (
    SELECT contract_id, sum(CASE WHEN is_note THEN -amount ELSE amount END) AS net,
           count(*) * max(rounded) AS slack
      FROM moves GROUP BY contract_id
), plan AS (
    SELECT contract_id, sum(amount) FILTER (WHERE state <> 'cancelled') AS planned,
           sum(GREATEST(amount - COALESCE(amount_invoiced, 0), 0))
               FILTER (WHERE state <> 'cancelled') AS room,
           sum(COALESCE(amount_credited, 0)) AS credited
      FROM crm_contract_payment WHERE contract_id IN %(ids)s GROUP BY contract_id
)
SELECT c.id AS contract_id, field, round(kept, 2) AS kept, round(v.told, 2) AS told
  FROM crm_contract c
  JOIN res_currency u ON u.id = c.currency_id
  LEFT JOIN (SELECT contract_id, sum(credited) AS amount FROM told GROUP BY 1) n
         ON n.contract_id = c.id
  LEFT JOIN sums s ON s.contract_id = c.id
  LEFT JOIN plan p ON p.contract_id = c.id
 CROSS JOIN LATERAL (SELECT GREATEST(LEAST(COALESCE(n.amount, 0),
       GREATEST(COALESCE(c.amount_effective, 0), COALESCE(p.planned, 0)) - COALESCE(s.net, 0)), 0)
       AS amount) t
 CROSS JOIN LATERAL (VALUES
      ('contract', COALESCE(c.credited_total, 0), t.amount),
      ('planned', COALESCE(p.credited, 0), LEAST(COALESCE(c.credited_total, 0),
          COALESCE(p.room, 0)))
      ) v (field, kept, told)
 WHERE c.id IN %(ids)s
   AND abs(v.kept - COALESCE(v.told, 0)) > COALESCE(s.slack, 0) * u.rounding
 ORDER BY c.id, field
"""
)
