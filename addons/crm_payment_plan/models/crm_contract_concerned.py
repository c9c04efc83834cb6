from odoo import api, models
from odoo.tools import SQL


class CrmContract(models.Model):
    """Which contracts an entry concerns: those that are settled anew when it changes."""

    _inherit = "crm.contract"

    @api.model
    def _get_of_moves(self, moves):
        """Contracts whose receipts may depend on these entries.

        Those of their own lines, of documents reconciled with them, of documents that share
        a credit note with them, and those that their payments name; one query, usually
        answered from indexes. An entry by hand may bring the debts of a whole customer base:
        of it only the items reconciled matter.
        """
        if not moves.ids:
            return self.browse()
        rows = self.env.execute_query(
            SQL(
                """
                WITH lines AS (
                    SELECT l.id, m.move_type = 'entry' AS is_entry
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.move_id IN %(moves)s
                ), near AS (
                    SELECT o.id, o.move_id, lines.is_entry FROM account_partial_reconcile p
                      JOIN lines ON lines.id = p.debit_move_id
                      JOIN account_move_line o ON o.id = p.credit_move_id
                     UNION
                    SELECT o.id, o.move_id, lines.is_entry FROM account_partial_reconcile p
                      JOIN lines ON lines.id = p.credit_move_id
                      JOIN account_move_line o ON o.id = p.debit_move_id
                ), met AS (
                    SELECT DISTINCT near.move_id FROM near
                      JOIN account_move m ON m.id = near.move_id AND m.move_type <> 'entry'
                ), noted AS (
                    -- How a credit note is divided depends on all that it meets.
                    SELECT l.id FROM account_move_line l JOIN near ON near.id = l.id
                      JOIN account_move m ON m.id = l.move_id
                     WHERE NOT near.is_entry
                       AND (m.move_type <> 'entry' OR l.crm_contract_id IS NOT NULL)
                     UNION
                    SELECT l.id FROM near
                      JOIN account_move m ON m.id = near.move_id AND m.move_type <> 'entry'
                      JOIN account_move_line l ON l.move_id = m.id
                       AND l.display_type = 'payment_term'
                     WHERE NOT near.is_entry
                ), far AS (
                    -- For each by the index: there are none but where credit notes are.
                    SELECT other.id, other.move_id FROM noted
                     CROSS JOIN LATERAL (
                           SELECT o.id, o.move_id FROM account_partial_reconcile p
                             JOIN account_move_line o ON o.id = p.credit_move_id
                            WHERE p.debit_move_id = noted.id
                            UNION ALL
                           SELECT o.id, o.move_id FROM account_partial_reconcile p
                             JOIN account_move_line o ON o.id = p.debit_move_id
                            WHERE p.credit_move_id = noted.id
                           OFFSET 0) other
                ), documents AS (
                    SELECT move_id FROM met
                     UNION
                    SELECT far.move_id FROM far
                      JOIN account_move m ON m.id = far.move_id AND m.move_type <> 'entry'
                )
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL AND move_id IN %(moves)s
                 UNION
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL AND move_id IN (SELECT move_id FROM documents)
                 UNION
                SELECT crm_contract_id FROM account_move_line
                 WHERE crm_contract_id IS NOT NULL
                   AND id IN (SELECT id FROM near UNION SELECT id FROM far)
                 UNION
                SELECT crm_contract_id FROM account_payment
                 WHERE crm_contract_id IS NOT NULL
                   AND (move_id IN %(moves)s OR move_id IN (SELECT move_id FROM near))
                """,
                moves=tuple(moves.ids),
            )
        )
        return self.browse(row[0] for row in rows)
