"""Queries that compare what contracts call invoiced and credited with their documents.

They share nothing with the code that keeps the figures; see settlement_checks.
"""

from .residual_checks import NET, RESIDUALS

#: What each document asks of a contract: by its lines, in the contract's currency. Credit notes
#: take off; those that are lasting leave something of their invoice.
_ASKED = (
    NET
    + """, lines AS (
    SELECT l.crm_contract_id AS contract_id, m.id AS move_id, l.crm_contract_payment_id,
           m.move_type LIKE '%%refund' AS is_note, l.price_total AS weight, m.reversed_entry_id,
           COALESCE(m.invoice_date, m.date) AS day,
           l.price_total * m.amount_total / NULLIF(b.base, 0)
             * CASE WHEN m.currency_id = c.currency_id THEN 1
                    ELSE abs(m.amount_total_signed) / NULLIF(m.amount_total, 0)
                         * COALESCE(NULLIF(l.crm_contract_rate, 0), 1) END AS amount,
           CASE WHEN m.currency_id = c.currency_id AND b.base = m.amount_total
                THEN 0 ELSE 1 END AS rounded,
           EXISTS (SELECT FROM sale_order_line_invoice_rel r WHERE r.invoice_line_id = l.id)
           AS is_sale
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type <> 'entry'
      JOIN crm_contract c ON c.id = l.crm_contract_id
      JOIN LATERAL (SELECT sum(x.price_total) AS base FROM account_move_line x
             WHERE x.move_id = m.id AND x.display_type IN ('product', 'rounding')) b ON TRUE
     WHERE l.crm_contract_id IN %(ids)s AND l.display_type IN ('product', 'rounding')
     UNION ALL
    SELECT i.contract_id, i.move_id, l.crm_contract_payment_id, FALSE, abs(i.amount_currency),
           NULL, NULL, abs(i.amount_currency) * i.rate, CASE WHEN i.coin > 0 THEN 1 ELSE 0 END,
           FALSE
      FROM items i JOIN account_move_line l ON l.id = i.id WHERE i.is_debt
), moves AS (
    SELECT contract_id, move_id, is_note, reversed_entry_id, sum(weight) AS weight,
           sum(amount) AS amount, max(rounded) AS rounded,
           count(DISTINCT COALESCE(crm_contract_payment_id, 0)) AS keys
      FROM lines GROUP BY contract_id, move_id, is_note, reversed_entry_id
), notes AS (
    SELECT m.contract_id, COALESCE(m.reversed_entry_id, met.move_id, -m.move_id) AS origin_id,
           m.weight, m.amount
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
     UNION ALL
    -- What notes of no contract close of an invoice.
    SELECT d.contract_id, d.move_id, abs(x.amount), abs(x.amount) * d.rate
      FROM debts d
      JOIN sides x ON x.id = d.id AND x.is_posted AND x.is_document
      JOIN whose o ON o.move_id = x.other_move_id AND o.contract_id IS NULL
     WHERE d.is_debt
), told AS (
    SELECT n.contract_id, sum(n.amount) FILTER (WHERE NOT n.is_whole) AS lasting,
           bool_or(n.is_whole) AS has_whole
      FROM (SELECT s.*, COALESCE(i.weight, 0) > 0 AND i.weight <= s.weight AS is_whole
              FROM (SELECT contract_id, origin_id, sum(weight) AS weight, sum(amount) AS amount
                      FROM notes GROUP BY 1, 2) s
              LEFT JOIN (SELECT contract_id, move_id, sum(weight) AS weight FROM moves
                          WHERE NOT is_note GROUP BY 1, 2) i
                     ON i.contract_id = s.contract_id AND i.move_id = s.origin_id) n
     GROUP BY n.contract_id
), sums AS (
    SELECT m.contract_id, bool_or(m.is_note) AS has_notes, bool_or(m.weight < 0) AS has_negative,
           sum(CASE WHEN m.is_note THEN -m.amount ELSE m.amount END) AS asked,
           sum(m.keys) * max(m.rounded) AS slack
      FROM moves m GROUP BY m.contract_id
), named AS (
    SELECT contract_id, bool_or(crm_contract_payment_id IS NOT NULL) AS has_named,
           bool_or(is_sale) AS has_sales
      FROM lines GROUP BY contract_id
), plan AS (
    SELECT contract_id, COALESCE(sum(GREATEST(amount, 0)) FILTER (WHERE state <> 'cancelled'), 0)
           AS planned,
           sum(GREATEST(amount - COALESCE(amount_invoiced, 0), 0))
               FILTER (WHERE state <> 'cancelled') AS room,
           sum(COALESCE(amount_invoiced, 0)) AS invoiced,
           sum(COALESCE(amount_credited, 0)) AS credited
      FROM crm_contract_payment WHERE contract_id IN %(ids)s GROUP BY contract_id
), facts AS (
    SELECT c.id AS contract_id, u.rounding, COALESCE(c.credited_total, 0) AS credited_total,
           COALESCE(p.planned, 0) AS planned, COALESCE(p.room, 0) AS room,
           COALESCE(p.invoiced, 0) AS invoiced, COALESCE(p.credited, 0) AS credited,
           GREATEST(COALESCE(c.amount_effective, 0) - COALESCE(p.planned, 0), 0) AS unplanned,
           COALESCE(s.asked, 0) - side.sign * COALESCE(closed.noted, 0) AS net,
           -- What a contract's own note closes counts at the rate of the invoice's day.
           COALESCE(t.lasting, 0) + side.sign * COALESCE(closed.noted - closed.nameless, 0)
           AS lasting,
           COALESCE(s.has_notes OR s.has_negative OR closed.nameless <> 0, FALSE) AS is_mixed,
           COALESCE(t.has_whole OR n.has_named OR n.has_sales OR s.has_negative, FALSE)
               AS is_loose,
           COALESCE(closed.nameless <> 0, FALSE) AS has_nameless,
           COALESCE(s.slack, 0) + COALESCE(closed.slack, 0) AS slack
      FROM crm_contract c
     CROSS JOIN LATERAL (SELECT CASE c.direction WHEN 'income' THEN 1 ELSE -1 END AS sign) side
      JOIN res_currency u ON u.id = c.currency_id
      LEFT JOIN plan p ON p.contract_id = c.id
      LEFT JOIN sums s ON s.contract_id = c.id
      LEFT JOIN told t ON t.contract_id = c.id
      LEFT JOIN named n ON n.contract_id = c.id
      LEFT JOIN closed ON closed.contract_id = c.id
     WHERE c.id IN %(ids)s AND c.id NOT IN (SELECT contract_id FROM unclear)
), running AS (
    SELECT l.contract_id, l.crm_contract_payment_id AS payment_id, l.is_note, l.amount,
           sum(CASE WHEN l.is_note THEN -l.amount ELSE l.amount END) OVER (
               PARTITION BY l.crm_contract_payment_id ORDER BY l.day, l.move_id) AS asked
      FROM lines l
), named_rows AS (
    SELECT p.contract_id, p.id, p.name, p.amount, COALESCE(p.amount_credited, 0) AS credited,
           p.state, COALESCE(max(r.asked), 0) AS most, COALESCE(min(r.asked), 0) AS least,
           COALESCE(sum(r.amount) FILTER (WHERE r.is_note), 0) AS noted,
           COALESCE(sum(CASE WHEN r.is_note THEN -r.amount ELSE r.amount END), 0) AS net
      FROM crm_contract_payment p
      LEFT JOIN running r ON r.payment_id = p.id
     WHERE p.contract_id IN %(ids)s
     GROUP BY p.id
), clear AS (
    SELECT contract_id FROM named_rows GROUP BY contract_id
    HAVING bool_and(least >= 0 AND most <= GREATEST(amount, 0)
                    AND (state <> 'cancelled' OR most = 0))
)
"""
)
#: What is invoiced of the planned payments: all that documents ask for, at most the plan. With
#: credit notes it may lie as well in what is agreed and not planned.
_INVOICED = """
SELECT f.contract_id, NULL AS payment, 'invoiced' AS field, f.invoiced AS kept,
       round(v.told, 2) AS told
  FROM facts f
 CROSS JOIN LATERAL (SELECT GREATEST(LEAST(f.planned, f.net), 0) AS most) m
 CROSS JOIN LATERAL (SELECT CASE WHEN f.is_mixed
       THEN GREATEST(LEAST(f.planned + f.unplanned, f.net) - f.unplanned, 0)
       ELSE m.most END AS least) l
 CROSS JOIN LATERAL (SELECT LEAST(GREATEST(f.invoiced, l.least), m.most) AS told) v
 WHERE abs(f.invoiced - v.told) > f.slack * f.rounding
"""
#: Whether a planned payment counts as invoiced: in whole, or because documents name it.
_IS_INVOICED = """
SELECT p.contract_id, p.name AS payment, 'is_invoiced' AS field,
       CASE WHEN p.is_invoiced THEN 1 ELSE 0 END AS kept, CASE WHEN v.told THEN 1 ELSE 0 END AS told
  FROM crm_contract_payment p
  JOIN facts f ON f.contract_id = p.contract_id AND NOT f.has_nameless AND f.slack = 0
  LEFT JOIN (SELECT crm_contract_payment_id,
                    sum(CASE WHEN is_note THEN -amount ELSE amount END) AS amount
               FROM lines GROUP BY crm_contract_payment_id) n
         ON n.crm_contract_payment_id = p.id
 CROSS JOIN LATERAL (SELECT COALESCE(n.amount, 0) > 0
       OR p.amount > 0 AND COALESCE(p.amount_invoiced, 0) >= p.amount AS told) v
 WHERE p.contract_id IN %(ids)s AND COALESCE(p.is_invoiced, FALSE) <> v.told
"""
#: Credited is what lasting credit notes took off, at most what is not invoiced again; and of the
#: planned payments as much as found room in them. What a credit note lowers and a document names
#: again, or sells again, is no longer credited: then it may be less.
_CREDITED = """
SELECT f.contract_id, NULL, field, round(kept, 2) AS kept, round(v.told, 2) AS told
  FROM facts f
 CROSS JOIN LATERAL (SELECT GREATEST(LEAST(f.lasting,
       GREATEST(f.planned + f.unplanned, 0) - f.net), 0) AS most) m
 CROSS JOIN LATERAL (VALUES
      ('contract', f.credited_total,
       CASE WHEN f.is_loose THEN LEAST(f.credited_total, m.most) ELSE m.most END),
      ('planned', f.credited, LEAST(GREATEST(f.credited, f.credited_total - f.unplanned),
          f.credited_total, f.room))
      ) v (field, kept, told)
 WHERE abs(v.kept - v.told) > f.slack * f.rounding
"""
#: Where every line names a planned payment and none is ever invoiced beyond its amount, each is
#: credited by its own credit notes alone, and not what is invoiced of it again.
_NAMED = """
SELECT r.contract_id, r.name AS payment, 'amount_credited' AS field, r.credited AS kept,
       round(v.told, 2) AS told
  FROM named_rows r
  JOIN facts f ON f.contract_id = r.contract_id AND f.slack = 0 AND NOT f.has_nameless
  JOIN clear ON clear.contract_id = r.contract_id
  LEFT JOIN told t ON t.contract_id = r.contract_id
 CROSS JOIN LATERAL (SELECT GREATEST(LEAST(r.noted, r.amount - r.net), 0) AS told) v
 WHERE t.has_whole IS NOT TRUE AND r.credited <> round(v.told, 2)
   AND NOT EXISTS (SELECT FROM lines l WHERE l.contract_id = r.contract_id
                    AND (l.crm_contract_payment_id IS NULL OR l.day IS NULL OR l.amount < 0))
"""
#: All of them in one statement, so that documents are read once.
DOCUMENTS = (
    "WITH "
    + _ASKED
    + " UNION ALL ".join(
        f"({query})" for query in (RESIDUALS, _INVOICED, _IS_INVOICED, _CREDITED, _NAMED)
    )
    + " ORDER BY contract_id, field, payment"
)
