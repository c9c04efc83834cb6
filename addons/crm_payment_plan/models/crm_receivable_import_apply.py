from odoo import fields, models
from odoo.tools import SQL

from .crm_receivable_import import CHANGES

#: A file in which more of the last file's debts are missing is taken for a part.
PARTIAL_SHARE = 0.5
PARTIAL_COUNT = 10


class CrmReceivableImport(models.Model):
    """What a file changes: compared and applied by statements over all its rows."""

    _inherit = "crm.receivable.import"

    def _compare(self):
        """Find firm, debt and change of each row; add rows for debts that are missing."""
        self.ensure_one()
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("ANALYZE crm_receivable_row")
        cr.execute(
            SQL(
                """DELETE FROM crm_receivable_row
                    WHERE import_id = %s AND number IS NULL""",
                self.id,
            )
        )
        self._find_firms()
        self.env["crm.receivable.firm"]._match(self.company_id)
        self._find_items()
        self._find_renamed_items()
        self._continue_firms()
        self._note_changes()
        self._add_gone_rows()
        self.env["crm.receivable.row"].invalidate_model()
        self._count()

    def _find_firms(self):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_receivable_firm
                          (company_id, key, name, tax_id, ref, name_key, tax_key,
                           create_uid, write_uid, create_date, write_date)
                   SELECT DISTINCT ON (firm_key) %(company)s, firm_key, name, tax_id, ref,
                          name_key, tax_key, %(uid)s::int, %(uid)s::int, now(), now()
                     FROM crm_receivable_row WHERE import_id = %(file)s
                 ORDER BY firm_key, number
              ON CONFLICT (company_id, key) DO NOTHING""",
                company=self.company_id.id,
                file=self.id,
                uid=self.env.uid,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_receivable_row r SET firm_id = f.id
                     FROM crm_receivable_firm f
                    WHERE r.import_id = %s AND f.company_id = %s AND f.key = r.firm_key""",
                self.id,
                self.company_id.id,
            )
        )
        self.env["crm.receivable.firm"].invalidate_model()

    def _add_gone_rows(self):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_receivable_row
                          (import_id, name, contract, document, doc_number, date, due_date,
                           due_source, amount, open_amount, old_open, difference, currency_id,
                           rate, key, firm_id, item_id, change)
                   SELECT %(file)s, f.name, i.contract, i.document, i.number, i.date, i.due_date,
                          i.due_source, i.amount, 0, i.open_amount, -i.open_amount, i.currency_id,
                          i.rate, i.key, i.firm_id, i.id, 'gone'
                     FROM crm_receivable_item i JOIN crm_receivable_firm f ON f.id = i.firm_id
                    WHERE i.source_id = %(source)s AND i.state = 'open'
                      AND NOT EXISTS (SELECT FROM crm_receivable_row r
                                       WHERE r.import_id = %(file)s AND r.item_id = i.id)""",
                source=self.source_id.id,
                file=self.id,
            )
        )

    def _count(self):
        """Numbers and sums of the changes, in company currency."""
        rows = self.env.execute_query(
            SQL(
                """SELECT change, count(*), round(sum(difference * rate::numeric), 2),
                          round(sum(open_amount * rate::numeric), 2),
                          count(*) FILTER (WHERE due_source = 'missing' AND open_amount > 0)
                     FROM crm_receivable_row WHERE import_id = %s GROUP BY change""",
                self.id,
            )
        )
        counts = {change: (count, diff) for change, count, diff, _open, _missing in rows}
        values = {f"{change}_count": counts.get(change, (0, 0))[0] for change in CHANGES}
        for change in ("new", "grown", "partial", "paid", "gone"):
            values[f"{change}_amount"] = counts.get(change, (0, 0))[1]
        values["total_amount"] = sum(row[3] for row in rows)
        values["no_due_count"] = sum(row[4] for row in rows)
        known = (
            sum(counts.get(change, (0, 0))[0] for change in CHANGES[1:]) - values["settled_count"]
        )
        gone_share = values["gone_count"] / known if known else 0
        # Whether a file without any debt is the whole report is asked instead.
        if self.row_count and known >= PARTIAL_COUNT and gone_share > PARTIAL_SHARE:
            values["is_partial"] = True
        self._note(values)

    # Applying -----------------------------------------------------------------

    def _apply(self):
        """Make the debts what the file shows; nothing when it is applied already."""
        self.ensure_one()
        self.check_access("write")
        self.source_id.sudo().lock_for_update()
        is_partial = self.is_partial
        self._compare()
        self.is_partial = is_partial
        if self._is_outdated():
            self._refuse(self.env._("A newer file was applied in the meantime."))
            return
        self.env.flush_all()
        self._insert_items()
        self._insert_payments()
        self._reverse_payments()
        self._update_items()
        if not is_partial:
            self._settle_gone()
        self._finish()

    def _execute(self, query, **values):
        values = {"file": self.id, "company": self.company_id.id, "source": self.source_id.id,
                  "date": self.date, **values}  # fmt: skip
        self.env.cr.execute(SQL(query, **values))
        return self.env.cr.rowcount

    def _insert_items(self):
        self._execute(
            """WITH added AS (
                INSERT INTO crm_receivable_item
                      (company_id, source_id, firm_id, partner_id, key, contract, document, number,
                       date, due_date, due_source, amount, open_amount, currency_id, rate, state,
                       settled_date, disputed, first_import_id, last_import_id)
               SELECT %(company)s, %(source)s, r.firm_id, p.commercial_partner_id, r.key,
                      r.contract, r.document, r.doc_number, r.date, r.due_date, r.due_source,
                      CASE WHEN r.open_amount > r.amount THEN r.open_amount ELSE r.amount END,
                      r.open_amount, r.currency_id, r.rate,
                      CASE WHEN r.open_amount = 0 THEN 'settled' ELSE 'open' END,
                      CASE WHEN r.open_amount = 0 THEN COALESCE(r.paid_date, %(date)s) END,
                      r.disputed, %(file)s, %(file)s
                 FROM crm_receivable_row r JOIN crm_receivable_firm f ON f.id = r.firm_id
            LEFT JOIN res_partner p ON p.id = f.partner_id
                WHERE r.import_id = %(file)s AND r.item_id IS NULL
            RETURNING id, key
               )
               UPDATE crm_receivable_row r SET item_id = added.id
                 FROM added WHERE r.import_id = %(file)s AND r.key = added.key"""
        )

    def _insert_payments(self):
        """What was paid since the last file; of new debts only what the file dates."""
        self._execute(
            """INSERT INTO crm_receivable_payment
                      (item_id, company_id, date, amount, inferred, since, import_id)
               SELECT r.item_id, %(company)s, COALESCE(r.paid_date, %(date)s),
                      CASE WHEN r.change IN ('new', 'settled') THEN r.amount - r.open_amount
                           ELSE r.old_open - r.open_amount END,
                      r.paid_date IS NULL, last.date, %(file)s
                 FROM crm_receivable_row r
                 JOIN crm_receivable_item i ON i.id = r.item_id
            LEFT JOIN crm_receivable_import last ON last.id = i.last_import_id
                WHERE r.import_id = %(file)s AND (
                      (r.change IN ('partial', 'paid') AND r.old_open > 0)
                      OR (r.change = 'gone' AND r.old_open > 0 AND NOT %(partial)s)
                      OR (r.change IN ('new', 'settled') AND r.paid_date IS NOT NULL
                          AND r.amount > r.open_amount))""",
            partial=self.is_partial,
        )

    def _update_items(self):
        """Amounts, dates and state; an estimated due date only moves back."""
        self._execute(
            """UPDATE crm_receivable_item i
                  SET open_amount = r.open_amount,
                      amount = GREATEST(i.amount, r.amount, r.open_amount),
                      state = CASE WHEN r.open_amount = 0 THEN 'settled' ELSE 'open' END,
                      settled_date = CASE WHEN r.open_amount <> 0 THEN NULL
                          ELSE COALESCE(i.settled_date, r.paid_date, %(date)s) END,
                      due_date = CASE
                          WHEN r.due_source IN ('file', 'term') THEN r.due_date
                          WHEN i.due_source IN ('file', 'term') THEN i.due_date
                          ELSE LEAST(i.due_date, r.due_date) END,
                      due_source = CASE
                          WHEN r.due_source IN ('file', 'term') THEN r.due_source
                          WHEN i.due_source <> 'missing' THEN i.due_source
                          ELSE r.due_source END,
                      disputed = i.disputed OR r.disputed,
                      key = r.key, firm_id = r.firm_id, partner_id = p.commercial_partner_id,
                      last_import_id = %(file)s
                 FROM crm_receivable_row r JOIN crm_receivable_firm f ON f.id = r.firm_id
            LEFT JOIN res_partner p ON p.id = f.partner_id
                WHERE r.import_id = %(file)s AND r.item_id = i.id AND r.change <> 'gone'
                  AND i.first_import_id <> %(file)s"""
        )

    def _settle_gone(self):
        self._execute(
            """UPDATE crm_receivable_item i
                  SET state = 'settled', open_amount = 0, settled_date = %(date)s
                 FROM crm_receivable_row r
                WHERE r.import_id = %(file)s AND r.item_id = i.id AND r.change = 'gone'"""
        )

    def _finish(self):
        self._execute(
            """DELETE FROM crm_receivable_row
                WHERE import_id = %(file)s AND (change IN ('unchanged', 'settled')
                   OR (change = 'gone' AND %(partial)s))""",
            partial=self.is_partial,
        )
        self.env.invalidate_all(flush=False)
        self._note(
            {
                "state": "done",
                "step": False,
                "applied_date": fields.Datetime.now(),
                "applied_user_id": self.env.uid,
            }
        )
