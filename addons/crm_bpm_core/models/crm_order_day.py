import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

REFRESH_LIMIT = 50_000
# Refreshes must come one after the other, each seeing what the former left. The
# row of this parameter is their lock, and tells when the ledger was refreshed.
REFRESHED_AT = "crm_bpm_core.ledger_refreshed_at"


class CrmOrderDay(models.Model):
    """Daily order ledger: what a customer bought on a day.

    One row a company, commercial partner and day of the company's calendar. It
    is derived from confirmed sales orders (less posted credit notes) and from
    imported transactions, kept up to date incrementally through
    ``crm.order.day.queue`` and can be rebuilt and verified at any time.
    """

    _name = "crm.order.day"
    _description = "Daily Order Ledger"
    _order = "day desc, id desc"
    _rec_name = "day"
    _log_access = False  # derived rows: audit columns would only make it larger

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    day = fields.Date(required=True)
    order_count = fields.Integer(string="Orders", required=True)
    line_count = fields.Integer(string="Lines", required=True)
    quantity = fields.Float(required=True)
    amount = fields.Float(
        required=True,
        help="Turnover of the day without tax, less credit notes, company currency.",
    )

    # A constraint, not a unique index: the merge of partners only heeds constraints.
    _company_partner_day_uniq = models.Constraint(
        "UNIQUE (company_id, partner_id, day)",
        "The ledger has this day of the customer already.",
    )
    _day_brin_idx = models.Index("USING brin (day)")
    # The search for silent customers relies on it and reads only the unique index.
    _order_count_positive = models.Constraint(
        "CHECK(order_count > 0)", "The ledger holds only days with an order."
    )

    # === REFRESH === #

    @api.model
    def _refresh(self, limit=REFRESH_LIMIT):
        """Derive anew the days that changed since the last refresh.

        Takes at most ``limit`` changes. Safe beside another server: who comes
        second does nothing and reports what remains; commit and call again.

        :return: dict with ``days`` (ledger rows changed) and ``remaining``
            (changes still waiting)
        """
        self.env.flush_all()
        waiting = self.env["crm.order.day.queue"]._count_waiting()
        if not waiting:
            return {"days": 0, "remaining": 0}
        if not self._try_lock():
            return {"days": 0, "remaining": waiting}
        taken = self._take_changes(limit)
        days = self._rebuild_rows(self._get_companies_to_rebuild())
        self._collect_keys()
        days += self._update_keys()
        self.invalidate_model()
        return {"days": days, "remaining": max(waiting - taken, 0)}

    @api.model
    def _cron_refresh(self):
        """Refresh until nothing waits or the time of the job is over."""
        progress = self.env["ir.cron"]._commit_progress
        progress()  # so that this transaction begins after the last refresh elsewhere
        remaining, time_left = True, True
        while remaining and time_left:
            result = self._refresh()
            remaining = result["remaining"]
            time_left = progress(result["days"], remaining=remaining)

    @api.model
    def _lock(self):
        """Wait for a refresh elsewhere; fails when this transaction is older than it."""
        self.env.cr.execute(
            """
            INSERT INTO ir_config_parameter (key, value) VALUES (%s, now()::text)
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
            """,
            [REFRESHED_AT],
        )

    @api.model
    def _try_lock(self):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self._lock()
        except psycopg2.errors.SerializationFailure:
            return False
        return True

    @api.model
    def _take_changes(self, limit):
        """Move changes from the queue to a temporary table; how many they were."""
        self.env.cr.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS crm_order_day_change
                (company_id int, partner_id int, moment timestamp, day date) ON COMMIT DROP;
            CREATE TEMPORARY TABLE IF NOT EXISTS crm_order_day_key
                (company_id int, partner_id int, day date) ON COMMIT DROP;
            CREATE TEMPORARY TABLE IF NOT EXISTS crm_order_day_sale (
                id int, company_id int, partner_id int, day date, amount numeric, rate numeric
            ) ON COMMIT DROP;
            CREATE TEMPORARY TABLE IF NOT EXISTS crm_order_day_fresh (
                company_id int, partner_id int, day date, order_count int, line_count int,
                quantity float8, amount float8
            ) ON COMMIT DROP;
            TRUNCATE crm_order_day_change, crm_order_day_key, crm_order_day_sale,
                crm_order_day_fresh;
            WITH taken AS (
                DELETE FROM crm_order_day_queue WHERE id IN (
                    SELECT id FROM crm_order_day_queue
                    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                ) RETURNING company_id, partner_id, moment, day
            )
            INSERT INTO crm_order_day_change SELECT * FROM taken;
            """,
            [limit],
        )
        return self.env.cr.rowcount

    @api.model
    def _get_companies_to_rebuild(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.id FROM crm_order_day_change ch
                JOIN res_company c ON c.id = ch.company_id WHERE ch.partner_id IS NULL
                """
            )
        )
        return self.env["res.company"].browse(row[0] for row in rows)

    @api.model
    def _collect_keys(self):
        """Which days of which customers the taken changes touch.

        A partner stands for himself and for his commercial entity: he may have
        been one when the ledger was written.
        """
        self.env.cr.execute(
            """
            WITH change AS (
                SELECT DISTINCT ch.company_id, who.id AS partner_id, ch.moment, ch.day
                FROM crm_order_day_change ch
                LEFT JOIN res_partner p ON p.id = ch.partner_id
                CROSS JOIN LATERAL (VALUES (ch.partner_id), (p.commercial_partner_id)) who (id)
                WHERE who.id IS NOT NULL
            ),
            whole AS (
                SELECT DISTINCT company_id, partner_id FROM change
                WHERE moment IS NULL AND day IS NULL
            )
            INSERT INTO crm_order_day_key
            SELECT c.id, ch.partner_id,
                COALESCE(ch.day, (ch.moment AT TIME ZONE 'UTC' AT TIME ZONE c.nightly_tz)::date)
            FROM change ch JOIN res_company c ON c.id = ch.company_id
            WHERE ch.moment IS NOT NULL OR ch.day IS NOT NULL
            UNION
            SELECT o.company_id, w.partner_id,
                (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE c.nightly_tz)::date
            FROM whole w JOIN res_partner p ON p.commercial_partner_id = w.partner_id
            JOIN sale_order o ON o.partner_id = p.id AND o.state = 'sale'
                AND o.company_id = COALESCE(w.company_id, o.company_id)
            JOIN res_company c ON c.id = o.company_id
            UNION
            SELECT t.company_id, w.partner_id, t.date
            FROM whole w JOIN res_partner p ON p.commercial_partner_id = w.partner_id
            JOIN crm_transaction t ON t.partner_id = p.id
                AND t.company_id = COALESCE(w.company_id, t.company_id)
            UNION
            SELECT d.company_id, w.partner_id, d.day
            FROM whole w JOIN crm_order_day d ON d.partner_id = w.partner_id
                AND d.company_id = COALESCE(w.company_id, d.company_id);
            ANALYZE crm_order_day_key;
            """
        )

    @api.model
    def _update_keys(self):
        """Write what differs on the collected days; number of rows changed.

        Step by step through temporary tables: the planner cannot estimate these
        joins, and one wrong guess costs minutes.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_order_day_sale %(sales)s;
                ANALYZE crm_order_day_sale;
                INSERT INTO crm_order_day_fresh %(fresh)s;
                ANALYZE crm_order_day_fresh;
                DELETE FROM crm_order_day d USING crm_order_day_key k
                WHERE (d.company_id, d.partner_id, d.day) = (k.company_id, k.partner_id, k.day)
                    AND NOT EXISTS (
                        SELECT FROM crm_order_day_fresh f
                        WHERE (f.company_id, f.partner_id, f.day)
                            = (k.company_id, k.partner_id, k.day)
                    );
                """,
                sales=self._get_sale_order_query(None),
                fresh=self._get_source_query(),
            )
        )
        gone = self.env.cr.rowcount
        self.env.cr.execute(
            """
            INSERT INTO crm_order_day AS d (
                company_id, partner_id, day, order_count, line_count, quantity, amount
            ) SELECT * FROM crm_order_day_fresh ORDER BY day
            ON CONFLICT (company_id, partner_id, day) DO UPDATE SET
                order_count = EXCLUDED.order_count, line_count = EXCLUDED.line_count,
                quantity = EXCLUDED.quantity, amount = EXCLUDED.amount
            WHERE (d.order_count, d.line_count, d.quantity, d.amount) IS DISTINCT FROM
                (EXCLUDED.order_count, EXCLUDED.line_count, EXCLUDED.quantity, EXCLUDED.amount)
            """
        )
        return gone + self.env.cr.rowcount
