"""What entries by hand bring of debts and advances, as a take-over from other accounting does.

Conditions of SQL on an item ``l`` of an entry ``m`` on an account ``a``.
"""

#: Neither of a payment, a bank line or an exchange difference; a reversed entry and its
#: reversal bring nothing.
OPENING = """(
    m.move_type = 'entry' AND m.origin_payment_id IS NULL AND m.statement_line_id IS NULL
    AND m.reversed_entry_id IS NULL
    AND NOT EXISTS (SELECT FROM account_move undone
                     WHERE undone.reversed_entry_id = m.id AND undone.state = 'posted')
    AND NOT EXISTS (SELECT FROM account_partial_reconcile difference
                     WHERE difference.exchange_move_id = m.id))"""
#: A debt only if somebody is named who owes it, and the day on which it is due. Accounts for
#: loans, staff and the like are marked as no trade in the chart of accounts.
OPENING_DEBT = f"""(
    l.date_maturity IS NOT NULL AND l.partner_id IS NOT NULL AND a.non_trade IS NOT TRUE
    AND {OPENING})"""
#: The customer of an item: one entry by hand may bring debts of many.
DEBTOR = """(CASE WHEN m.move_type = 'entry'
                  THEN (SELECT o.commercial_partner_id FROM res_partner o WHERE o.id = l.partner_id)
                  ELSE m.commercial_partner_id END)"""
#: What people call the debt: the number of the old document, if the entry says it.
DOCUMENT = """(CASE WHEN m.move_type = 'entry'
                    THEN COALESCE(NULLIF(l.name, ''), m.name) ELSE m.name END)"""
