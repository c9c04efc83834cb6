#: Condition on an entry ``m`` that closes a debt: it is money. An exchange difference is none,
#: and what is closed without payment or bank line and with an expense is written off.
IS_MONEY = """m.move_type = 'entry'
   AND NOT EXISTS (SELECT FROM account_partial_reconcile x WHERE x.exchange_move_id = m.id)
   AND NOT (m.origin_payment_id IS NULL AND m.statement_line_id IS NULL AND EXISTS (
            SELECT FROM account_move_line e JOIN account_account k ON k.id = e.account_id
             WHERE e.move_id = m.id AND e.balance > 0 AND k.account_type LIKE 'expense%%'))"""
