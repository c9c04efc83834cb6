"""Rebuilding and verifying the ledger, for people, commands and integrations."""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# A rebuild sorts and hashes millions of rows; Odoo's servers keep work_mem small.
REBUILD_MEMORY = "128MB"
# Larger ledgers are rebuilt in the background: a request would be cut off.
BACKGROUND_DAYS = 200_000


class CrmOrderDay(models.Model):
    _inherit = "crm.order.day"

    # === PUBLIC METHODS === #

    @api.model
    def refresh_ledger(self):
        """Bring the ledger up to date now instead of within ten minutes.

        For heads of sales and integrations.

        :return: dict with ``days`` (ledger rows changed) and ``remaining``
            (changes that another server is working on)
        """
        self._check_head()
        return self.sudo()._refresh_all()

    @api.model
    def rebuild_ledger(self, company_ids=None):
        """Derive the whole ledger anew from orders, credit notes and transactions.

        Never needed in daily work: the ledger follows every change. For heads
        of sales.

        :param company_ids: ids of companies; default: all the user works in
        :return: dict with ``days``, the number of ledger rows
        """
        companies = self._check_head(company_ids)
        return {"days": self.sudo()._rebuild(companies)}

    @api.model
    def verify_ledger(self, company_ids=None, limit=1000):
        """Compare the ledger with orders, credit notes and transactions.

        Changes that wait are worked in first. For heads of sales.

        :param company_ids: ids of companies; default: all the user works in
        :param limit: most differences returned
        :return: list of dicts with ``company_id``, ``partner_id``, ``partner``
            (name), ``day`` (YYYY-MM-DD), ``expected`` and ``found``: dicts of
            orders, lines, quantity, amount, or False when there is no such day.
            An empty list means that the ledger is right.
        """
        companies = self._check_head(company_ids)
        self.sudo()._refresh_all()
        return self.sudo()._get_differences(companies, limit)

    @api.model
    def action_verify(self):
        """Menu of the head: verify the ledger and say what came out."""
        differences = self.verify_ledger()
        if not differences:
            return self._notify(
                "success", self.env._("The ledger agrees with all orders and transactions.")
            )
        worst = differences[0]
        return self._notify(
            "danger",
            self.env._(
                "%(count)s day(s) differ, e.g. %(partner)s on %(day)s: %(found)s instead of "
                "%(expected)s. 'Rebuild the ledger' puts it right.",
                count=len(differences),
                partner=worst["partner"],
                day=worst["day"],
                found=self._describe(worst["found"]),
                expected=self._describe(worst["expected"]),
            ),
        )

    @api.model
    def action_rebuild(self):
        """Menu of the head: rebuild the ledger, a large one in the background, and say so."""
        companies = self._check_head()
        if self.sudo().search_count([], limit=BACKGROUND_DAYS + 1) > BACKGROUND_DAYS:
            self.sudo()._queue_rebuild(companies)
            return self._notify(
                "info", self.env._("The ledger is being rebuilt; it takes some minutes.")
            )
        days = self.rebuild_ledger()["days"]
        return self._notify(
            "success", self.env._("The ledger was rebuilt: %(days)s order days.", days=days)
        )

    # === BUSINESS === #

    @api.model
    def _check_head(self, company_ids=None):
        """The companies asked for; refuses others than a head of these companies."""
        if not (self.env.su or self.env.user.has_group("crm_bpm_core.group_head")):
            raise AccessError(self.env._("Only a head of sales may work on the order ledger."))
        allowed = self.env["res.company"].search([]) if self.env.su else self.env.companies
        if company_ids is None:
            return allowed
        companies = self.env["res.company"].browse(company_ids)
        if companies - allowed:
            raise AccessError(
                self.env._(
                    "You do not work in company %(ids)s; choose it in the company menu first.",
                    ids=(companies - allowed).ids,
                )
            )
        return companies

    @api.model
    def _refresh_all(self):
        days = 0
        while True:
            result = self._refresh()
            days += result["days"]
            # Nothing done though something waits: another server is at it.
            if not result["remaining"] or not result["days"]:
                return {"days": days, "remaining": result["remaining"]}

    @api.model
    def _queue_rebuild(self, companies):
        self.env["crm.order.day.queue"].create([{"company_id": c.id} for c in companies])
        self.env.ref("crm_bpm_core.ir_cron_order_day_refresh")._trigger()

    @api.model
    def _rebuild(self, companies):
        """Derive the whole ledger of these companies anew; number of its rows."""
        self.env.flush_all()
        self._lock()
        return self._rebuild_rows(companies)

    @api.model
    def _rebuild_rows(self, companies):
        if not companies:
            return 0
        cr = self.env.cr
        cr.execute("SELECT current_setting('work_mem')")
        memory = cr.fetchone()[0]
        cr.execute("SELECT set_config('work_mem', %s, true)", [REBUILD_MEMORY])
        self._clear_rows(companies)
        # In order of days, so that the small index on days works.
        with self._keys_checked_once():
            cr.execute(
                SQL(
                    """
                    INSERT INTO crm_order_day (
                        company_id, partner_id, day, order_count, line_count, quantity, amount
                    ) SELECT * FROM (%s) AS fresh ORDER BY day, company_id, partner_id
                    """,
                    self._get_source_query(companies),
                )
            )
            count = cr.rowcount
        # All that they say is in the ledger now.
        cr.execute("DELETE FROM crm_order_day_queue WHERE company_id = ANY(%s)", [companies.ids])
        cr.execute("SELECT set_config('work_mem', %s, true)", [memory])
        cr.execute("ANALYZE crm_order_day")
        self.invalidate_model()
        return count

    @api.model
    def _clear_rows(self, companies):
        """Remove these companies' rows; where no other has any, without leaving dead space."""
        cr = self.env.cr
        others = "SELECT EXISTS (SELECT FROM crm_order_day WHERE company_id <> ALL(%s))"
        cr.execute(others, [companies.ids])
        if cr.fetchone()[0]:
            cr.execute("DELETE FROM crm_order_day WHERE company_id = ANY(%s)", [companies.ids])
        else:
            cr.execute("TRUNCATE crm_order_day")

    @contextmanager
    def _keys_checked_once(self):
        """Take keys and indexes off the ledger and put them back when it is filled.

        Checking millions of new rows one by one costs several times the filling.
        The table is locked meanwhile, as it is by any rebuild of its indexes.
        """
        cr = self.env.cr
        cr.execute(
            """
            SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
              FROM pg_constraint
             WHERE conrelid = 'crm_order_day'::regclass AND contype IN ('f', 'u')
            """
        )
        constraints = cr.fetchall()
        for name, _definition, _comment in constraints:
            cr.execute(SQL("ALTER TABLE crm_order_day DROP CONSTRAINT %s", SQL.identifier(name)))
        cr.execute(
            """
            SELECT c.relname, pg_get_indexdef(c.oid), obj_description(c.oid, 'pg_class')
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE i.indrelid = 'crm_order_day'::regclass AND NOT i.indisprimary
            """
        )
        indexes = cr.fetchall()
        for name, _definition, _comment in indexes:
            cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        yield
        for name, definition, comment in indexes:
            # PostgreSQL's own words for what it had.
            cr.execute(definition)
            cr.execute(SQL("COMMENT ON INDEX %s IS %s", SQL.identifier(name), comment))
        for name, definition, comment in constraints:
            add = "ALTER TABLE crm_order_day ADD CONSTRAINT %s " + definition.replace("%", "%%")
            cr.execute(SQL(add, SQL.identifier(name)))
            comment_on = "COMMENT ON CONSTRAINT %s ON crm_order_day IS %s"
            cr.execute(SQL(comment_on, SQL.identifier(name), comment))

    @api.model
    def _get_differences(self, companies, limit):
        self.env.flush_all()
        query = SQL(
            """
            WITH expected AS (%(source)s),
            found AS (
                SELECT company_id, partner_id, day, order_count, line_count, quantity, amount
                FROM crm_order_day WHERE company_id = ANY(%(companies)s)
            )
            SELECT company_id, partner_id, p.name, day,
                e.order_count, e.line_count, e.quantity, e.amount,
                f.order_count, f.line_count, f.quantity, f.amount
            FROM expected e FULL JOIN found f USING (company_id, partner_id, day)
            LEFT JOIN LATERAL (
                SELECT complete_name AS name FROM res_partner WHERE id = partner_id
            ) AS p ON true
            WHERE (e.order_count, e.line_count, e.quantity, e.amount) IS DISTINCT FROM
                (f.order_count, f.line_count, f.quantity, f.amount)
            ORDER BY day DESC, company_id, partner_id LIMIT %(limit)s
            """,
            source=self._get_source_query(companies),
            companies=companies.ids,
            limit=limit,
        )
        return [self._prepare_difference(row) for row in self.env.execute_query(query)]

    @api.model
    def _prepare_difference(self, row):
        company_id, partner_id, name, day, *measures = row
        names = ("orders", "lines", "quantity", "amount")
        expected, found = measures[:4], measures[4:]
        return {
            "company_id": company_id,
            "partner_id": partner_id,
            "partner": name,
            "day": day.isoformat(),
            "expected": expected[0] is not None and dict(zip(names, expected, strict=True)),
            "found": found[0] is not None and dict(zip(names, found, strict=True)),
        }

    @api.model
    def _describe(self, measures):
        if not measures:
            return self.env._("no order")
        return self.env._("%(orders)s order(s), %(lines)s line(s), %(amount).2f", **measures)

    @api.model
    def _notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.env._("Order ledger"),
                "message": message,
                "sticky": kind == "danger",
            },
        }
