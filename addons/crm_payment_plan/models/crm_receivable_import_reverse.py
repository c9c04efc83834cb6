from odoo import models


class CrmReceivableImport(models.Model):
    """Debts that are more again than the last file showed."""

    _inherit = "crm.receivable.import"

    def _reverse_payments(self):
        """Payments that earlier files seemed to show were none as far as a debt grew back.

        The newest go first, and of the last one only as much as the debt grew: what is left
        of it stands as a payment of its own. Growth of the document itself, which the file
        tells by its amount, is no payment; nor does a balance without document undo one, as
        it grows by new sales. Payments that a file dated stand.
        """
        self._execute(
            """WITH growth AS (
                SELECT i.id, r.open_amount - i.open_amount
                       - GREATEST(r.amount - i.amount, 0) AS amount
                  FROM crm_receivable_row r JOIN crm_receivable_item i ON i.id = r.item_id
                 WHERE r.import_id = %(file)s AND r.change = 'grown'
                   AND COALESCE(r.document, '') <> ''
            ), newest AS (
                SELECT p.*, growth.amount AS growth, sum(p.amount) OVER (
                           PARTITION BY p.item_id ORDER BY p.date DESC, p.id DESC) AS running
                  FROM crm_receivable_payment p JOIN growth ON growth.id = p.item_id
                 WHERE p.inferred AND p.reversed_import_id IS NULL AND growth.amount > 0
            ), undone AS (
                UPDATE crm_receivable_payment p SET reversed_import_id = %(file)s
                  FROM newest n
                 WHERE n.id = p.id AND n.running - n.amount < n.growth
            )
            INSERT INTO crm_receivable_payment
                   (item_id, company_id, date, amount, inferred, since, import_id)
            SELECT item_id, company_id, date, running - growth, TRUE, since, import_id
              FROM newest WHERE running > growth AND running - amount < growth"""
        )
