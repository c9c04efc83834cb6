"""From staged rows to transactions: customers found, known rows left out."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Values that make two rows without key the same transaction.
IDENTITY = ("partner_id", "date", "order_ref", "article", "quantity", "amount")
HASHED = "md5:"

MATCHES = {
    "ref": "p.ref = c.customer",
    "vat": """
        upper(regexp_replace(p.vat, '[^[:alnum:]]', '', 'g'))
            = upper(regexp_replace(c.customer, '[^[:alnum:]]', '', 'g'))
    """,
    "name": "lower(p.name) = lower(c.customer)",
    "external": """
        p.id IN (
            SELECT res_id FROM ir_model_data WHERE model = 'res.partner'
            AND (module, name) IN (
                (split_part(c.customer, '.', 1), substr(c.customer, strpos(c.customer, '.') + 1)),
                ('__import__', c.customer)
            )
        )
    """,
    "id": "p.id = CASE WHEN c.customer ~ '^[0-9]{1,9}$' THEN c.customer::int END",
}


class CrmTransactionBatch(models.Model):
    _inherit = "crm.transaction.batch"

    def _finish(self):
        """Make transactions of all good rows at once, and count."""
        self.ensure_one()
        self.env.flush_all()
        # All joins below are of many rows; a wrong estimate must not loop over them.
        self.env.cr.execute("SET LOCAL enable_nestloop = off; ANALYZE crm_transaction_row")
        self._match_customers()
        created_customers = self._create_missing_customers() if self.create_customers else 0
        self._mark_unmatched()
        self._mark_repeated_keys()
        created = self._insert_transactions()
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT; ANALYZE crm_transaction")
        rows, errors = self._clean_staged()
        self.write(
            {
                "state": "done",
                "row_count": rows,
                "created_count": created,
                "duplicate_count": rows - errors - created,
                "customer_count": created_customers,
                "error_count": errors,
                "processed_count": rows,
            }
        )
        self.env["crm.transaction"].invalidate_model()
        self.env["crm.transaction.row"].invalidate_model()
        if created:
            self.env.ref("crm_bpm_core.ir_cron_order_day_refresh").sudo()._trigger()

    def _match_customers(self):
        """Find the partner of each staged customer; -1 where several fit.

        Active partners go before archived ones and companies before their
        contacts; contacts of one company are no ambiguity.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH c AS (
                    SELECT DISTINCT customer FROM crm_transaction_row
                    WHERE batch_id = %(batch)s AND error IS NULL AND partner_id IS NULL
                ),
                fitting AS (
                    SELECT c.customer, p.id, p.commercial_partner_id, rank() OVER (
                        PARTITION BY c.customer
                        ORDER BY p.active DESC, (p.id = p.commercial_partner_id) DESC
                    ) AS rank
                    FROM c JOIN res_partner p ON %(match)s
                    WHERE p.company_id IS NULL OR p.company_id = %(company)s
                ),
                found AS (
                    SELECT customer, CASE WHEN count(DISTINCT commercial_partner_id) > 1 THEN -1
                        ELSE min(id) END AS partner_id
                    FROM fitting WHERE rank = 1 GROUP BY customer
                )
                UPDATE crm_transaction_row r SET partner_id = found.partner_id
                FROM found WHERE r.batch_id = %(batch)s AND r.customer = found.customer
                    AND r.error IS NULL
                """,
                batch=self.id,
                company=self.company_id.id,
                match=SQL(MATCHES[self.customer_by]),  # a constant of this file
            )
        )

    def _create_missing_customers(self):
        """Create customers by reference, tax ID or name; how many."""
        if self.customer_by not in ("ref", "vat", "name"):
            raise UserError(
                self.env._(
                    "Customers that are named by an ID of this database or by an external ID "
                    "cannot be created. Take the tick away, or find them by reference or name."
                )
            )
        self.env.cr.execute(
            """
            SELECT customer, max(customer_name) FROM crm_transaction_row
            WHERE batch_id = %s AND error IS NULL AND partner_id IS NULL
            GROUP BY customer ORDER BY min(number)
            """,
            [self.id],
        )
        missing = self.env.cr.fetchall()
        if not missing:
            return 0
        try:
            with self.env.cr.savepoint():
                created = self._create_customers(missing)
        except UserError:
            created = self._create_customers_one_by_one(missing)
        self._match_customers()
        return created

    def _create_customers(self, missing):
        partners = self.env["res.partner"].with_context(tracking_disable=True)
        partners.create([self._prepare_customer(*customer) for customer in missing])
        self.env.flush_all()
        return len(missing)

    def _create_customers_one_by_one(self, missing):
        """Some customer is refused: create the others, and say why with his rows."""
        created = 0
        for customer in missing:
            try:
                with self.env.cr.savepoint():
                    created += self._create_customers([customer])
            except UserError as error:
                what, cure = self._get_error_text("not_created", reason=error)
                self._mark(what, cure, SQL("customer = %s AND partner_id IS NULL", customer[0]))
        return created

    def _prepare_customer(self, customer, name):
        values = {"name": name or customer, "is_company": True}
        if self.customer_by == "name":
            return {**values, "name": customer}
        return {**values, self.customer_by: customer}

    def _mark(self, what, cure, condition, column="customer"):
        """Turn good rows into bad ones."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_transaction_row SET error = %s, error_cure = %s, error_column = %s,
                    error_value = %s
                WHERE batch_id = %s AND error IS NULL AND %s
                """,
                what,
                cure,
                self._get_target_label(column),
                SQL.identifier(column),
                self.id,
                condition,
            )
        )

    def _mark_unmatched(self):
        self._mark(*self._get_error_text("no_customer"), SQL("partner_id IS NULL"))
        self._mark(*self._get_error_text("several_customers"), SQL("partner_id = -1"))

    def _mark_repeated_keys(self):
        """A key that stands for different rows is no key."""
        condition = SQL(
            """
            EXISTS (
                SELECT FROM (
                    SELECT id, (%(values)s) IS DISTINCT FROM (%(first)s) AS differs
                    FROM crm_transaction_row
                    WHERE batch_id = %(batch)s AND error IS NULL AND key IS NOT NULL
                    WINDOW same AS (PARTITION BY key ORDER BY number)
                ) k WHERE k.id = crm_transaction_row.id AND k.differs
            )
            """,
            values=SQL(", ").join(map(SQL.identifier, IDENTITY)),
            first=SQL(", ").join(
                SQL("first_value(%s) OVER same", SQL.identifier(name)) for name in IDENTITY
            ),
            batch=self.id,
        )
        self._mark(*self._get_error_text("key_repeated"), condition, column="key")

    def _insert_transactions(self):
        """Insert what is not known yet; number of new transactions.

        Rows without key: as many equal ones as there are more of them in this
        file than in the database. Their key lets two servers import one file.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH good AS (
                    SELECT *, row_number() OVER (
                        PARTITION BY key IS NULL, %(identity)s ORDER BY number
                    ) AS nth
                    FROM crm_transaction_row WHERE batch_id = %(batch)s AND error IS NULL
                ),
                known AS (
                    SELECT %(identity)s, count(*) AS times FROM crm_transaction
                    WHERE company_id = %(company)s AND starts_with(key, %(hashed)s)
                        AND date BETWEEN (SELECT min(date) FROM good)
                            AND (SELECT max(date) FROM good)
                    GROUP BY %(identity)s
                )
                INSERT INTO crm_transaction (
                    company_id, import_id, partner_id, date, order_ref, article, quantity,
                    amount, key
                )
                SELECT %(company)s, %(batch)s, g.partner_id, g.date, g.order_ref, g.article,
                    g.quantity, g.amount, COALESCE(g.key, %(hashed)s || md5(concat_ws('|',
                        g.partner_id, g.date, COALESCE(g.order_ref, ''),
                        COALESCE(g.article, ''), g.quantity, g.amount, g.nth
                    )))
                FROM good g LEFT JOIN known k ON g.key IS NULL
                    AND k.partner_id = g.partner_id AND k.date = g.date
                    AND COALESCE(k.order_ref, '') = COALESCE(g.order_ref, '')
                    AND COALESCE(k.article, '') = COALESCE(g.article, '')
                    AND k.quantity = g.quantity AND k.amount = g.amount
                WHERE g.nth > COALESCE(k.times, 0) OR g.key IS NOT NULL
                ORDER BY g.date, g.number
                ON CONFLICT (company_id, key) DO NOTHING
                """,
                identity=SQL(", ").join(map(SQL.identifier, IDENTITY)),
                batch=self.id,
                company=self.company_id.id,
                hashed=HASHED,
            )
        )
        return self.env.cr.rowcount

    def _clean_staged(self):
        """Forget good rows; (number of all rows, of bad rows)."""
        self.env.cr.execute(
            "DELETE FROM crm_transaction_row WHERE batch_id = %s AND error IS NULL", [self.id]
        )
        good = self.env.cr.rowcount
        self.env.cr.execute(
            "SELECT count(*) FROM crm_transaction_row WHERE batch_id = %s", [self.id]
        )
        bad = self.env.cr.fetchone()[0]
        return good + bad, bad
