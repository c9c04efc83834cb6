from odoo import api, models
from odoo.tools import SQL

#: Items reconciled with those of these entries, from the side of each.
NEAR = """
SELECT other.id, other.move_id, other.crm_contract_id,
       om.move_type <> 'entry' AS is_document, m.move_type <> 'entry' AS of_document
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN LATERAL (
       SELECT credit_move_id AS id FROM account_partial_reconcile WHERE debit_move_id = l.id
        UNION ALL
       SELECT debit_move_id FROM account_partial_reconcile WHERE credit_move_id = l.id) p ON true
  JOIN account_move_line other ON other.id = p.id
  JOIN account_move om ON om.id = other.move_id
 WHERE l.move_id IN %(moves)s
"""
#: Items reconciled with these, or with what else is owed of these documents. For each by the
#: index: there are none but where credit notes are.
FAR = """
SELECT other.move_id, other.crm_contract_id, m.move_type <> 'entry' AS is_document
  FROM (SELECT id FROM account_move_line WHERE id IN %(items)s
         UNION
        SELECT id FROM account_move_line
         WHERE move_id IN %(documents)s AND display_type = 'payment_term') noted
 CROSS JOIN LATERAL (
       SELECT o.id, o.move_id, o.crm_contract_id FROM account_partial_reconcile p
         JOIN account_move_line o ON o.id = p.credit_move_id
        WHERE p.debit_move_id = noted.id
        UNION ALL
       SELECT o.id, o.move_id, o.crm_contract_id FROM account_partial_reconcile p
         JOIN account_move_line o ON o.id = p.debit_move_id
        WHERE p.credit_move_id = noted.id
       OFFSET 0) other
  JOIN account_move m ON m.id = other.move_id
"""
#: Contracts that items of these documents name, and payments of these entries.
NAMED = """
SELECT crm_contract_id FROM account_move_line
 WHERE crm_contract_id IS NOT NULL AND move_id IN %(documents)s
 UNION
SELECT crm_contract_id FROM account_payment
 WHERE crm_contract_id IS NOT NULL AND move_id IN %(entries)s
"""


class CrmContract(models.Model):
    """Which contracts an entry concerns: those that are settled anew when it changes."""

    _inherit = "crm.contract"

    @api.model
    def _get_of_moves(self, moves):
        """Contracts whose receipts may depend on these entries.

        Those of their own lines, of documents reconciled with them, of documents that share
        a credit note with them, and those that their payments name. An entry by hand may bring
        the debts of a whole customer base: of it only the items reconciled matter.

        Small queries answered from indexes; one for all cases is planned longer than it runs,
        though nearly always an entry is reconciled with nothing or with money only.
        """
        if not moves.ids:
            return self.browse()
        near = self.env.execute_query_dict(SQL(NEAR, moves=tuple(moves.ids)))
        found = near + self._get_far(near)
        documents = {row["move_id"] for row in found if row["is_document"]}
        rows = self.env.execute_query(
            SQL(
                NAMED,
                documents=tuple({*moves.ids, *documents}),
                entries=tuple({*moves.ids, *(row["move_id"] for row in near)}),
            )
        )
        named = {row["crm_contract_id"] for row in found} | {row[0] for row in rows}
        return self.browse(sorted(named - {None}))

    @api.model
    def _get_far(self, near):
        """How a credit note is divided depends on all that it meets: items behind the nearest.

        :param near: rows of NEAR
        """
        noted = [
            row
            for row in near
            if row["of_document"] and (row["is_document"] or row["crm_contract_id"])
        ]
        if not noted:
            return []
        return self.env.execute_query_dict(
            SQL(
                FAR,
                items=tuple({row["id"] for row in noted}),
                # Of entries by hand only the item that names a contract.
                documents=tuple({row["move_id"] for row in noted if row["is_document"]}) or (0,),
            )
        )
