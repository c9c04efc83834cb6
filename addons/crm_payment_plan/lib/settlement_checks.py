"""Queries that compare contracts with accounting; they share nothing with what they check.

All take ``ids``, the contracts to compare, and give ``contract_id``, ``kept`` (what the
contract shows) and ``told`` (what it should be). Where a share of an invoice cannot be told
to the coin by a query, ``slack`` says how far rounding may be away.
"""

#: Posted invoices of the contracts: what each contract's lines weigh, and the whole.
_INVOICES = """
moves AS (
    SELECT move_id FROM account_move_line WHERE crm_contract_id IN %(ids)s
     UNION
    SELECT move_id FROM crm_contract_settlement
     WHERE contract_id IN %(ids)s AND move_id IS NOT NULL
), weights AS (
    SELECT l.move_id, l.crm_contract_id AS contract_id, sum(l.price_total) AS weight,
           sum(sum(l.price_total)) OVER (PARTITION BY l.move_id) AS base,
           count(DISTINCT COALESCE(l.crm_contract_payment_id, 0)) AS keys,
           count(*) OVER (PARTITION BY l.move_id) AS contracts,
           bool_or(l.crm_contract_id IS NULL) OVER (PARTITION BY l.move_id) AS has_others,
           COALESCE(NULLIF(max(l.crm_contract_rate), 0), 1) AS rate
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type <> 'entry'
     WHERE l.move_id IN (SELECT move_id FROM moves)
       AND l.display_type IN ('product', 'rounding')
     GROUP BY l.move_id, l.crm_contract_id
), entries AS (
    SELECT l.move_id, p.id AS partial_id, p.amount AS booked,
           om.move_type = 'entry'
           AND (old.id IS NULL OR (o.balance > 0) <> (old.direction = 'income')) AS is_money,
           CASE WHEN l.id = p.debit_move_id THEN p.debit_amount_currency
                ELSE -p.credit_amount_currency END AS amount
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type <> 'entry'
      JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
      JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
      JOIN account_move om ON om.id = o.move_id AND om.state = 'posted'
      LEFT JOIN crm_contract old ON old.id = o.crm_contract_id
     WHERE l.move_id IN (SELECT move_id FROM moves) AND l.display_type = 'payment_term'
)
"""
#: Per invoice and contract: its share of the money reconciled. To the coin if the contract
#: has the invoice for itself, or if the invoice is paid in full. Credit notes on an invoice of
#: several contracts close what they name first: there only the sum is compared.
INVOICES = (
    "WITH "
    + _INVOICES
    + """, money AS (
    SELECT move_id, sum(amount) FILTER (WHERE is_money) AS amount,
           count(*) FILTER (WHERE NOT is_money) AS notes
      FROM entries GROUP BY move_id
), told AS (
    SELECT w.contract_id, w.move_id,
           round(CASE c.direction WHEN 'income' THEN 1 ELSE -1 END * COALESCE(e.amount, 0)
             * CASE WHEN w.contracts = 1 THEN 1 ELSE w.weight END * r.rate
             / CASE WHEN w.contracts = 1 THEN 1 ELSE NULLIF(w.base, 0) END, 6) AS amount,
           w.contracts > 1 AND e.notes > 0 AS is_unclear,
           CASE WHEN m.currency_id <> c.currency_id
                THEN k.rounding * w.keys * (0.51 + COALESCE(e.notes, 0)) ELSE 0 END
             + CASE WHEN w.contracts = 1
                      OR (abs(e.amount) = m.amount_total AND w.base = m.amount_total)
                    THEN 0 ELSE i.rounding * r.rate * 2 * w.keys * (1 + COALESCE(e.notes, 0)) END
           AS slack
      FROM weights w
      JOIN account_move m ON m.id = w.move_id
      JOIN crm_contract c ON c.id = w.contract_id
      JOIN res_currency i ON i.id = m.currency_id
      JOIN res_currency k ON k.id = c.currency_id
     CROSS JOIN LATERAL (SELECT CASE WHEN m.currency_id = c.currency_id THEN 1
           ELSE abs(m.amount_total_signed) / NULLIF(m.amount_total, 0) * w.rate END AS rate) r
      LEFT JOIN money e ON e.move_id = w.move_id
     WHERE w.contract_id IN %(ids)s
), kept AS (
    SELECT contract_id, move_id, sum(amount_settled) AS amount
      FROM crm_contract_settlement WHERE contract_id IN %(ids)s AND source = 'partial'
     GROUP BY contract_id, move_id
)
SELECT contract_id, m.name AS move, COALESCE(kept.amount, 0) AS kept,
       round(COALESCE(told.amount, 0), 2) AS told
  FROM told FULL JOIN kept USING (contract_id, move_id) JOIN account_move m ON m.id = move_id
 WHERE abs(COALESCE(kept.amount, 0) - COALESCE(told.amount, 0)) > COALESCE(told.slack, 0)
   AND told.is_unclear IS NOT TRUE
 ORDER BY contract_id, move_id
"""
)
#: Per reconciliation of an invoice all of whose lines have contracts: the shares add up to it,
#: in the invoice's currency and in the company's.
SHARES = (
    "WITH "
    + _INVOICES
    + """, whole AS (
    SELECT w.move_id, min(w.contract_id) FILTER (WHERE w.contract_id IN %(ids)s) AS contract_id,
           bool_and(c.currency_id = m.currency_id) AS same
      FROM weights w JOIN account_move m ON m.id = w.move_id
      JOIN crm_contract c ON c.id = w.contract_id
     WHERE NOT w.has_others
     GROUP BY w.move_id HAVING count(*) > 1
), kept AS (
    SELECT move_id, partial_id, sum(amount_settled) AS amount, sum(amount_company) AS booked
      FROM crm_contract_settlement WHERE move_id IN (SELECT move_id FROM whole)
     GROUP BY move_id, partial_id
)
SELECT w.contract_id, m.name AS move, abs(COALESCE(k.amount, 0)) AS kept, abs(e.amount) AS told
  FROM whole w JOIN entries e ON e.move_id = w.move_id AND e.is_money
  JOIN account_move m ON m.id = w.move_id
  LEFT JOIN kept k ON k.move_id = e.move_id AND k.partial_id = e.partial_id
 WHERE w.same AND abs(COALESCE(k.amount, 0)) <> abs(e.amount)
 ORDER BY w.contract_id, e.partial_id
"""
)
#: Per reconciliation: the company's money of all contracts together is what was booked; with
#: lines of no contract, or shares below a coin of the contract, it is at most that.
BOOKED = (
    "WITH "
    + _INVOICES
    + """, kept AS (
    SELECT s.move_id, s.partial_id, min(s.contract_id) FILTER (WHERE s.contract_id IN %(ids)s)
           AS contract_id, sum(s.amount_company) AS booked,
           bool_and(s.currency_id = m.currency_id) AS same
      FROM crm_contract_settlement s JOIN account_move m ON m.id = s.move_id
     WHERE s.move_id IN (SELECT move_id FROM moves) AND s.source = 'partial'
     GROUP BY s.move_id, s.partial_id
)
SELECT k.contract_id, m.name AS move, k.booked AS kept, COALESCE(e.booked, 0) AS told
  FROM kept k JOIN account_move m ON m.id = k.move_id
  LEFT JOIN entries e ON e.move_id = k.move_id AND e.partial_id = k.partial_id AND e.is_money
  LEFT JOIN (SELECT move_id, bool_or(has_others) AS has_others FROM weights GROUP BY move_id) w
         ON w.move_id = k.move_id
 WHERE k.contract_id IS NOT NULL
   AND (abs(k.booked) > COALESCE(e.booked, 0)
        OR (k.same AND NOT w.has_others AND abs(k.booked) < e.booked))
 ORDER BY k.contract_id, k.partial_id
"""
)
#: Payments that name a contract: what accounting still calls open of them, and what is
#: reconciled with entries that are drafts again.
ADVANCES = """
WITH told AS (
    SELECT pay.id AS account_payment_id, pay.crm_contract_id AS contract_id,
           CASE WHEN (pay.payment_type = 'inbound') = (c.direction = 'income') THEN 1 ELSE -1 END
             * (abs(l.amount_residual_currency) + COALESCE(d.amount, 0))
             * CASE WHEN l.currency_id = c.currency_id THEN 1
                    ELSE abs(l.balance) / NULLIF(abs(l.amount_currency), 0)
                         * COALESCE(NULLIF(pay.crm_contract_rate, 0), 1) END AS amount,
           CASE WHEN l.currency_id = c.currency_id THEN 0 ELSE k.rounding * 0.51 END AS slack
      FROM account_payment pay
      JOIN crm_contract c ON c.id = pay.crm_contract_id
      JOIN res_currency k ON k.id = c.currency_id
      JOIN account_move m ON m.id = pay.move_id AND m.state = 'posted'
      JOIN account_move_line l ON l.move_id = m.id
       AND l.account_id IS DISTINCT FROM pay.outstanding_account_id
      JOIN account_account a ON a.id = l.account_id
       AND a.account_type IN ('asset_receivable', 'liability_payable')
      LEFT JOIN LATERAL (
           SELECT sum(CASE WHEN p.debit_move_id = l.id THEN p.debit_amount_currency
                           ELSE p.credit_amount_currency END) AS amount
             FROM account_partial_reconcile p
             JOIN account_move_line o
               ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
            WHERE l.id IN (p.debit_move_id, p.credit_move_id) AND o.parent_state <> 'posted'
           ) d ON true
     WHERE pay.crm_contract_id IN %(ids)s
), kept AS (
    SELECT contract_id, account_payment_id, sum(amount_settled) AS amount
      FROM crm_contract_settlement WHERE contract_id IN %(ids)s AND source = 'payment'
     GROUP BY contract_id, account_payment_id
)
SELECT contract_id, COALESCE(pay.name, '#' || pay.id) AS payment,
       COALESCE(kept.amount, 0) AS kept, round(COALESCE(told.amount, 0), 2) AS told
  FROM told FULL JOIN kept USING (contract_id, account_payment_id)
  JOIN account_payment pay ON pay.id = account_payment_id
 WHERE abs(COALESCE(kept.amount, 0) - COALESCE(told.amount, 0)) > COALESCE(told.slack, 0)
 ORDER BY contract_id, account_payment_id
"""
#: How much of what an entry closed came as money: all but what its other lines, a write-off
#: say, carry. Entries of a take-over tell nothing of that; see opening_checks.
CASH = """
WITH kept AS (
    SELECT s.contract_id, s.partial_id, s.account_payment_id, s.counterpart_move_id,
           sum(s.amount_settled) AS settled, sum(s.amount_cash) AS cash, count(*) AS rows,
           max(k.rounding) AS coin
      FROM crm_contract_settlement s JOIN res_currency k ON k.id = s.currency_id
     WHERE s.contract_id IN %(ids)s AND s.source <> 'manual' AND s.opening_line_id IS NULL
     GROUP BY s.contract_id, s.partial_id, s.account_payment_id, s.counterpart_move_id
), parts AS (
    SELECT l.move_id, sum(l.balance) FILTER (WHERE NOT of.is_cash) AS others,
           sum(l.balance) FILTER (WHERE NOT of.is_cash
               AND a.account_type IN ('asset_receivable', 'liability_payable')) AS debts
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_account a ON a.id = l.account_id
      LEFT JOIN account_payment pay ON pay.id = m.origin_payment_id
     CROSS JOIN LATERAL (SELECT a.account_type = 'asset_cash'
           OR l.account_id IS NOT DISTINCT FROM pay.outstanding_account_id AS is_cash) of
     WHERE l.move_id IN (SELECT counterpart_move_id FROM kept)
     GROUP BY l.move_id
)
SELECT kept.contract_id, m.name AS move, kept.cash AS kept, round(t.cash, 2) AS told
  FROM kept JOIN account_move m ON m.id = kept.counterpart_move_id
  LEFT JOIN parts p ON p.move_id = m.id
 CROSS JOIN LATERAL (SELECT kept.settled
       * LEAST(1, COALESCE(abs(p.others) / NULLIF(abs(p.debts), 0), 0)) AS cash) t
 WHERE abs(kept.cash - t.cash) > kept.coin * (kept.rows + 1) * 0.51
 ORDER BY kept.contract_id, m.id
"""
#: Marks by hand: as much as was declared and entries do not bring.
MANUAL = """
WITH brought AS (
    SELECT payment_id, sum(amount_settled) AS amount FROM crm_contract_settlement
     WHERE contract_id IN %(ids)s AND source <> 'manual' GROUP BY payment_id
)
SELECT s.contract_id, p.name AS payment, s.amount_settled AS kept, t.amount AS told
  FROM crm_contract_settlement s
  JOIN crm_contract_payment p ON p.id = s.payment_id
  LEFT JOIN brought b ON b.payment_id = p.id
 CROSS JOIN LATERAL (SELECT CASE WHEN p.state = 'cancelled' THEN 0 WHEN p.kind = 'refund'
       THEN GREATEST(s.amount_declared, LEAST(p.amount - COALESCE(b.amount, 0), 0)) ELSE
       LEAST(s.amount_declared, GREATEST(p.amount - COALESCE(p.amount_credited, 0)
             - COALESCE(b.amount, 0), 0)) END AS amount) t
 WHERE s.contract_id IN %(ids)s AND s.source = 'manual'
   AND (s.amount_settled <> t.amount OR s.amount_cash <> t.amount)
 ORDER BY s.contract_id, s.id
"""
#: Planned payments against their receipts.
PAYMENTS = """
WITH sums AS (
    SELECT payment_id, sum(amount_settled) AS settled, sum(amount_cash) AS cash, max(date) AS day
      FROM crm_contract_settlement WHERE contract_id IN %(ids)s GROUP BY payment_id
)
SELECT p.contract_id, p.name AS payment, field, kept, told
  FROM crm_contract_payment p
  JOIN crm_contract c ON c.id = p.contract_id
  LEFT JOIN sums s ON s.payment_id = p.id
 CROSS JOIN LATERAL (SELECT COALESCE(s.settled, 0) AS settled,
       p.amount - COALESCE(p.amount_credited, 0) AS owed,
       CASE WHEN p.kind = 'refund' THEN p.amount < 0 AND COALESCE(s.settled, 0) <= p.amount
            ELSE p.amount > 0
                 AND COALESCE(s.settled, 0) + COALESCE(p.amount_credited, 0) >= p.amount
            END AS complete) d
 CROSS JOIN LATERAL (VALUES
      ('amount_received', COALESCE(p.amount_received, 0), d.settled),
      ('amount_cash', COALESCE(p.amount_cash, 0), COALESCE(s.cash, 0)),
      ('amount_remaining', COALESCE(p.amount_remaining, 0), CASE
           WHEN p.state = 'cancelled' OR c.state IN ('terminated', 'cancelled') THEN 0
           WHEN p.kind = 'refund' THEN LEAST(d.owed - d.settled, 0)
           ELSE GREATEST(d.owed - d.settled, 0) END),
      ('state', CASE WHEN p.state = 'received' THEN p.amount ELSE 0 END,
           CASE WHEN d.complete AND p.state <> 'cancelled' THEN p.amount ELSE 0 END),
      ('date_received', p.date_received - DATE '2000-01-01',
           CASE WHEN d.complete THEN s.day - DATE '2000-01-01' END)) v (field, kept, told)
 WHERE p.contract_id IN %(ids)s AND kept IS DISTINCT FROM told
 ORDER BY p.contract_id, p.id, field
"""
#: Totals of the contracts against the rows they sum up.
TOTALS = """
WITH live AS (
    -- Of the others nothing more is expected.
    SELECT id FROM crm_contract
     WHERE id IN %(ids)s AND state NOT IN ('terminated', 'cancelled')
), plan AS (
    SELECT contract_id, sum(amount) FILTER (WHERE state <> 'cancelled') AS planned,
           sum(CASE WHEN kind = 'refund' THEN least(amount - COALESCE(amount_received, 0), 0)
                    ELSE greatest(amount - COALESCE(amount_credited, 0)
                                  - COALESCE(amount_received, 0), 0) END)
               FILTER (WHERE state <> 'cancelled' AND contract_id IN (SELECT id FROM live))
               AS remaining,
           -COALESCE(sum(amount) FILTER (WHERE state <> 'cancelled' AND kind = 'refund'), 0)
               AS refunds,
           COALESCE(sum(amount_credited) FILTER (WHERE state <> 'cancelled'), 0) AS credited
      FROM crm_contract_payment WHERE contract_id IN %(ids)s GROUP BY contract_id
), coming AS (
    SELECT DISTINCT ON (contract_id) contract_id, date_planned AS day,
           sum(amount - COALESCE(amount_credited, 0) - COALESCE(amount_received, 0)) AS amount
      FROM crm_contract_payment
     WHERE contract_id IN (SELECT id FROM live) AND state = 'planned'
       AND CASE WHEN kind = 'refund' THEN amount < COALESCE(amount_received, 0)
           ELSE amount > COALESCE(amount_credited, 0) + COALESCE(amount_received, 0) END
     GROUP BY contract_id, date_planned ORDER BY contract_id, date_planned
), receipts AS (
    SELECT contract_id, sum(amount_settled) AS received, sum(amount_cash) AS cash,
           sum(amount_settled) FILTER (WHERE payment_id IS NULL) AS beyond
      FROM crm_contract_settlement WHERE contract_id IN %(ids)s GROUP BY contract_id
), agreements AS (
    SELECT parent_id AS contract_id, sum(amount_total) AS amount FROM crm_contract
     WHERE parent_id IN %(ids)s AND state IN ('approved', 'active', 'completed') GROUP BY parent_id
), advances AS (
    SELECT contract_id, max(date_received) AS day FROM crm_contract_payment
     WHERE contract_id IN %(ids)s AND kind = 'advance' AND state <> 'cancelled'
     GROUP BY contract_id HAVING bool_and(state = 'received')
), invoices AS (
    SELECT l.crm_contract_id AS contract_id, min(COALESCE(m.invoice_date, m.date)) AS day
      FROM account_move_line l JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
     WHERE l.crm_contract_id IN %(ids)s AND l.display_type = 'product' AND l.price_total > 0
       AND m.move_type NOT IN ('out_refund', 'in_refund', 'entry')
     GROUP BY l.crm_contract_id
)
SELECT c.id AS contract_id, field, kept, told
  FROM crm_contract c
  LEFT JOIN plan p ON p.contract_id = c.id
  LEFT JOIN coming n ON n.contract_id = c.id
  LEFT JOIN receipts s ON s.contract_id = c.id
  LEFT JOIN agreements g ON g.contract_id = c.id
  LEFT JOIN advances a ON a.contract_id = c.id
  LEFT JOIN invoices i ON i.contract_id = c.id
 CROSS JOIN LATERAL (SELECT c.amount_total + COALESCE(g.amount, 0) AS amount) e
 CROSS JOIN LATERAL (VALUES
      ('amount_effective', COALESCE(c.amount_effective, 0), COALESCE(e.amount, 0)),
      ('planned_total', COALESCE(c.planned_total, 0), COALESCE(p.planned, 0)),
      ('unplanned_total', COALESCE(c.unplanned_total, 0),
          CASE WHEN e.amount <> 0 AND c.parent_id IS NULL
               -- refunds of what the plan never asked for, or asks for no more
               THEN e.amount - COALESCE(p.planned, 0) - LEAST(GREATEST(COALESCE(p.refunds
                    - GREATEST(p.planned + p.refunds - e.amount, 0), 0), 0),
                    GREATEST(COALESCE(s.beyond, 0), 0)
                    + GREATEST(COALESCE(c.credited_total, 0) - COALESCE(p.credited, 0), 0))
               ELSE 0 END),
      ('remaining_total', COALESCE(c.remaining_total, 0), COALESCE(p.remaining, 0)),
      ('open_total', COALESCE(c.open_total, 0), GREATEST(COALESCE(p.remaining, 0),
          CASE WHEN c.parent_id IS NULL AND c.state IN ('draft', 'approved', 'active')
               THEN e.amount - COALESCE(c.credited_total, 0) - COALESCE(s.received, 0)
               ELSE 0 END)),
      ('received_total', COALESCE(c.received_total, 0), COALESCE(s.received, 0)),
      ('cash_total', COALESCE(c.cash_total, 0), COALESCE(s.cash, 0)),
      ('unallocated_total', COALESCE(c.unallocated_total, 0), COALESCE(s.beyond, 0)),
      ('next_amount', COALESCE(c.next_amount, 0), COALESCE(n.amount, 0)),
      ('next_date', c.next_date - DATE '2000-01-01', n.day - DATE '2000-01-01'),
      ('date_advance', c.date_advance - DATE '2000-01-01', a.day - DATE '2000-01-01'),
      ('date_invoiced', c.date_invoiced - DATE '2000-01-01', i.day - DATE '2000-01-01')
      ) v (field, kept, told)
 WHERE c.id IN %(ids)s AND kept IS DISTINCT FROM told
 ORDER BY c.id, field
"""
