from odoo import models

#: Firms that one and the same firm may be: nothing that both say differs.
MAY_BE = """{one}.name_key = {other}.name_key
    AND COALESCE(NULLIF({one}.tax_key, ''), {other}.tax_key, '')
        = COALESCE(NULLIF({other}.tax_key, ''), {one}.tax_key, '')
    AND COALESCE(NULLIF({one}.ref, ''), {other}.ref, '')
        = COALESCE(NULLIF({other}.ref, ''), {one}.ref, '')"""


class CrmReceivableImport(models.Model):
    """Which known debt a row is: by its key, or by all of the key but how the firm is named.

    A column of tax IDs that appears, or goes, names every firm in another way. Its debts are
    the same as long as name, contract, document and currency are; taken for others, they
    would all be paid and all be owed again.
    """

    _inherit = "crm.receivable.import"

    def _find_items(self):
        self._execute(
            """UPDATE crm_receivable_row r SET item_id = x.item_id
                 FROM (SELECT s.id, i.id AS item_id
                         FROM crm_receivable_row s
                    LEFT JOIN crm_receivable_item i
                           ON i.source_id = %(source)s AND i.key = s.key
                        WHERE s.import_id = %(file)s) x
                WHERE x.id = r.id AND r.item_id IS DISTINCT FROM x.item_id"""
        )

    def _find_renamed_items(self):
        """Debts of a firm that earlier files named without, or with, its tax ID or reference."""
        self._execute(
            f"""WITH found AS (
                SELECT r.id, i.id AS item_id, count(*) OVER (PARTITION BY r.id) AS items,
                       count(*) OVER (PARTITION BY i.id) AS rows
                  FROM crm_receivable_row r
                  JOIN crm_receivable_firm f ON f.company_id = %(company)s
                       AND f.id <> r.firm_id AND {MAY_BE.format(one="f", other="r")}
                  JOIN crm_receivable_item i ON i.firm_id = f.id AND i.source_id = %(source)s
                       AND i.key LIKE '[%%' AND i.key::jsonb - 0 = r.key::jsonb - 0
                 WHERE r.import_id = %(file)s AND r.item_id IS NULL
                   AND NOT EXISTS (SELECT FROM crm_receivable_row x
                                    WHERE x.import_id = %(file)s AND x.item_id = i.id))
               UPDATE crm_receivable_row r SET item_id = found.item_id
                 FROM found WHERE found.id = r.id AND found.items = 1 AND found.rows = 1"""
        )

    def _continue_firms(self):
        """A firm whose debts were another's before is that customer too, and the other way.

        Unless the file tells its tax ID, the customer has another one, and nobody said that
        they are the same.
        """
        self.env["res.partner"].flush_model(["vat", "company_registry"])
        self._execute(
            """WITH found AS (
                SELECT f.id, min(old.partner_id) AS partner_id, min(old.matched_by) AS matched_by
                  FROM crm_receivable_row r
                  JOIN crm_receivable_item i ON i.id = r.item_id AND i.firm_id <> r.firm_id
                  JOIN crm_receivable_firm f ON f.id = r.firm_id AND f.partner_id IS NULL
                  JOIN crm_receivable_firm old ON old.id = i.firm_id
                  JOIN res_partner p ON p.id = old.partner_id
                 WHERE r.import_id = %(file)s
                   AND (old.matched_by = 'hand' OR COALESCE(f.tax_key, '') = ''
                        OR COALESCE(p.vat, '') = '' AND COALESCE(p.company_registry, '') = '')
              GROUP BY f.id HAVING count(DISTINCT old.partner_id) = 1)
               UPDATE crm_receivable_firm f SET partner_id = found.partner_id,
                      matched_by = found.matched_by, proposed_partner_id = NULL
                 FROM found WHERE found.id = f.id"""
        )
        # Debts of earlier files that are paid long since belong to the history of the customer.
        self._execute(
            """WITH found AS (
                SELECT old.id, min(f.partner_id) AS partner_id, min(f.matched_by) AS matched_by
                  FROM crm_receivable_row r
                  JOIN crm_receivable_item i ON i.id = r.item_id AND i.firm_id <> r.firm_id
                  JOIN crm_receivable_firm f ON f.id = r.firm_id AND f.partner_id IS NOT NULL
                  JOIN crm_receivable_firm old ON old.id = i.firm_id AND old.partner_id IS NULL
                 WHERE r.import_id = %(file)s
              GROUP BY old.id HAVING count(DISTINCT f.partner_id) = 1)
               UPDATE crm_receivable_firm old SET partner_id = found.partner_id,
                      matched_by = found.matched_by, proposed_partner_id = NULL
                 FROM found WHERE found.id = old.id
            RETURNING old.id"""
        )
        known = [row[0] for row in self.env.cr.fetchall()]
        Firm = self.env["crm.receivable.firm"]
        Firm.invalidate_model()
        Firm.browse(known)._assign_items()

    def _note_changes(self):
        """What happened to the debt of each row."""
        self._execute(
            """UPDATE crm_receivable_row r
                  SET old_open = x.old_open,
                      difference = r.open_amount - COALESCE(x.old_open, 0),
                      change = CASE
                          WHEN x.item_id IS NULL AND r.open_amount = 0 THEN 'settled'
                          WHEN x.item_id IS NULL THEN 'new'
                          WHEN r.open_amount = x.old_open THEN 'unchanged'
                          WHEN r.open_amount > x.old_open THEN 'grown'
                          WHEN r.open_amount = 0 THEN 'paid'
                          ELSE 'partial' END
                 FROM (
                     SELECT s.id, i.id AS item_id, i.open_amount AS old_open
                       FROM crm_receivable_row s
                  LEFT JOIN crm_receivable_item i ON i.id = s.item_id
                      WHERE s.import_id = %(file)s
                 ) x WHERE x.id = r.id"""
        )
