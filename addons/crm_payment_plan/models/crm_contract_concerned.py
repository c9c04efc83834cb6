from odoo import api, models
from odoo.tools import SQL


class CrmContract(models.Model):
    """Which contracts an entry concerns: those that are settled anew when it changes."""

    _inherit = "crm.contract"

    @api.model
    def _get_of_moves(self, moves):
        """Contracts whose receipts may depend on these entries.

        Those of their own lines, of invoices reconciled with them, and those that
        their payments name; one query, usually answered from indexes. An entry by hand may
        bring the debts of a whole customer base: of it only the items reconciled matter.
        """
        if not moves.ids:
            return self.browse()
        rows = self.env.execute_query(
            SQL(
                """
                WITH lines AS (SELECT id FROM account_move_line WHERE move_id IN %(moves)s),
                near AS (
                    SELECT o.id, o.move_id FROM account_partial_reconcile p
                      JOIN account_move_line o ON o.id = p.credit_move_id
                     WHERE p.debit_move_id IN (SELECT id FROM lines)
                     UNION
                    SELECT o.id, o.move_id FROM account_partial_reconcile p
                      JOIN account_move_line o ON o.id = p.debit_move_id
                     WHERE p.credit_move_id IN (SELECT id FROM lines)
                ), met AS (
                    SELECT DISTINCT near.move_id FROM near
                      JOIN account_move m ON m.id = near.move_id AND m.move_type <> 'entry'
                )
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL AND move_id IN %(moves)s
                 UNION
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL AND move_id IN (SELECT move_id FROM met)
                 UNION
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL AND id IN (SELECT id FROM near)
                 UNION
                SELECT crm_contract_id FROM account_payment
                 WHERE crm_contract_id IS NOT NULL
                   AND (move_id IN %(moves)s OR move_id IN (SELECT move_id FROM near))
                """,
                moves=tuple(moves.ids),
            )
        )
        return self.browse(row[0] for row in rows)
