from odoo import fields, models
from odoo.tools import SQL

from .crm_payer_discipline import CLASSES
from .crm_payment_reminder_level import CLASS_FIELDS
from .crm_payment_reminder_open import WEEK

#: Reminders of one INSERT of the ORM.
CHUNK = 1000


class CrmPaymentReminderRun(models.Model):
    """Makes the review list: debts, their levels, what is held back and why.

    Debts are found and marked by statements over all of them in a temporary table; only
    what is decided once a customer is done in Python.
    """

    _inherit = "crm.payment.reminder.run"

    def _prepare(self):
        """Look at the debts anew; ticks, levels, recipients and texts that a person set stay.

        Rows of customers who still owe are kept, so that whoever has one open can save it.
        """
        self.ensure_one()
        run = self.with_company(self.company_id)
        run.write({
            "date": run.company_id._get_local_today(), "looked_date": fields.Datetime.now(),
        })  # fmt: skip
        run.env["crm.payment.promise"]._judge_company(run.company_id, run.date)
        run._file_away()
        own = run.reminder_ids.filtered(lambda one: one.state == "waiting")
        run._collect(run.partner_ids.ids or None)
        worked = set((run.reminder_ids - own).partner_id.ids)
        rows, decisions = run._get_rows_to_decide(own)
        rows = run._complete_rows([r for r in rows if r["partner_id"] not in worked], decisions)
        run._fit_reminders(own, rows)
        run._insert_items()
        run._ask_accounting(rows)
        run.unknown_count = run._count_unknown()
        run.invalidate_recordset()

    def _fit_reminders(self, own, rows):
        """Make the waiting reminders those of these rows: change, drop, add."""
        own._delete_documents()
        known = {one.partner_id.id: one for one in own}
        fresh = []
        for row in rows:
            if reminder := known.pop(row["partner_id"], None):
                reminder._take_look(row)
            else:
                fresh.append({**row, "run_id": self.id})
        own.browse([one.id for one in known.values()]).unlink()
        self._leave_out(fresh)
        for start in range(0, len(fresh), CHUNK):
            own.create(fresh[start : start + CHUNK])

    def _count_unknown(self):
        return self.env["crm.receivable"].search_count(
            [("company_id", "=", self.company_id.id), ("partner_id", "=", False),
             ("due_date", "<", self.date)]
        )  # fmt: skip

    # Debts --------------------------------------------------------------------

    def _collect(self, partner_ids=None):
        """Temporary table ``crm_reminder_document``: debts with level and hold reason."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("DROP TABLE IF EXISTS crm_reminder_document")
        cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE crm_reminder_document ON COMMIT DROP AS
                WITH document AS (
                    SELECT d.*, %(day)s::date - d.due_date AS days,
                           COALESCE(p.payer_class, 'unrated') AS payer_class
                      FROM (%(documents)s) d
                 LEFT JOIN crm_payer_discipline p
                        ON p.company_id = %(company)s AND p.partner_id = d.partner_id
                     WHERE d.due_date <= %(day)s::date + %(ahead)s
                ), levelled AS (
                    SELECT document.*, v.id AS level_id, v.days AS level_days,
                           %(in_scope)s AND v.id IS NOT NULL AS in_scope
                      FROM document
                 LEFT JOIN LATERAL (%(level)s) v ON TRUE
                ), marked AS (
                    SELECT l.*, l.in_scope AND NOT EXISTS (
                               SELECT FROM crm_payment_reminder_item s
                                 JOIN crm_payment_reminder_level sl ON sl.id = s.level_id
                                WHERE s.company_id = %(company)s AND s.key = l.key
                                  AND s.sent_date IS NOT NULL AND sl.days >= l.level_days
                                  AND (s.due_date = l.due_date
                                       OR s.sent_date >= l.due_date + sl.days)) AS is_new,
                           CASE WHEN l.disputed OR EXISTS (
                                    SELECT FROM crm_payment_dispute x WHERE x.state = 'open'
                                       AND (x.move_id = l.move_id AND x.partner_id = l.partner_id
                                            OR x.item_id = l.item_id
                                            OR x.item_id = l.twin_id
                                            OR x.payment_id = l.payment_id)) THEN 'dispute'
                                WHEN l.blocked THEN 'blocked'
                                WHEN EXISTS (
                                    SELECT FROM crm_payment_promise x
                                     WHERE x.state = 'open' AND x.date + 1 >= %(day)s
                                       AND (x.move_id = l.move_id AND x.partner_id = l.partner_id
                                            OR x.item_id = l.item_id
                                            OR x.item_id = l.twin_id
                                            OR x.payment_id = l.payment_id)) THEN 'promise'
                           END AS hold
                      FROM levelled l
                ), promised AS (
                    SELECT partner_id, sum(amount_company - COALESCE(amount_received, 0)) AS amount
                      FROM crm_payment_promise
                     WHERE company_id = %(company)s AND state = 'open' AND date + 1 >= %(day)s
                       AND move_id IS NULL AND item_id IS NULL AND payment_id IS NULL
                  GROUP BY partner_id
                ), summed AS (
                    SELECT m.*, COALESCE(sum(CASE WHEN hold IS NULL THEN company_amount ELSE 0 END)
                               OVER (PARTITION BY m.partner_id ORDER BY m.due_date, m.key
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                      FROM marked m
                )
                SELECT s.key, s.partner_id, s.payer_class, s.document, s.date, s.due_date, s.days,
                       s.currency_id, s.amount, s.open_amount, s.company_amount, s.move_id,
                       s.item_id, s.payment_id, s.twin_id, s.level_id, s.level_days, s.in_scope,
                       s.is_new,
                       CASE WHEN s.hold IS NULL AND s.before < promised.amount THEN 'promise'
                            ELSE s.hold END AS hold
                  FROM summed s LEFT JOIN promised ON promised.partner_id = s.partner_id
                """,
                day=self.date,
                company=self.company_id.id,
                documents=self._get_documents_sql(self.company_id, self.date, partner_ids),
                ahead=self._get_days_ahead(),
                in_scope=self._get_scope_sql(),
                level=self._get_level_sql(),
            )
        )
        cr.execute("CREATE INDEX ON crm_reminder_document (partner_id)")
        cr.execute("ANALYZE crm_reminder_document")

    def _get_days_ahead(self):
        """How many days before the due date the first level begins."""
        first = self.env["crm.payment.reminder.level"].search(
            [("company_id", "=", self.company_id.id)], order="days", limit=1
        )
        return max(-first.days, 0)

    def _get_scope_sql(self):
        """Which debts a reminder is sent for; the others only stand in its table.

        The week is that before the day on which the list was made: a list that is sent after
        the weekend reminds of what it showed.
        """
        return {
            "due": SQL("TRUE"),
            "week": SQL(
                "document.days > 0 AND document.due_date >= %s::date - %s", self.scope_date, WEEK
            ),
            "partners": SQL("document.days > 0"),
        }[self.scope]

    def _get_level_sql(self):
        """The last level reached that is for payers of this class.

        A level that follows an earlier reminder is reached only so many days after one: a
        debt that is old already when reminding begins is first reminded of, then claimed.
        A person who asks for reminders gets the first level for payers of any class where
        their own begins later.
        """
        served = SQL(" ").join(
            SQL("WHEN %s THEN %s", name, SQL.identifier("v", CLASS_FIELDS[name]))
            for name, _label in CLASSES
        )
        by_class = SQL(
            """SELECT v.id, v.days, 0 AS fallback FROM crm_payment_reminder_level v
                WHERE v.company_id = %s AND v.active
                  AND CASE WHEN v.days <= 0 THEN document.days BETWEEN v.days AND 0
                           ELSE document.days >= v.days END
                  AND CASE document.payer_class %s END
                  AND (COALESCE(v.after_days, 0) = 0 OR EXISTS (
                       SELECT FROM crm_payment_reminder_item s
                         JOIN crm_payment_reminder_level sl ON sl.id = s.level_id
                        WHERE s.company_id = v.company_id AND s.key = document.key
                          AND s.sent_date <= %s::date - v.after_days
                          AND sl.days BETWEEN 1 AND v.days - 1
                          AND (s.due_date = document.due_date
                               OR s.sent_date > document.due_date)))""",
            self.company_id.id,
            served,
            self.date,
        )
        if self.scope == "due":
            return SQL("%s ORDER BY v.days DESC, v.sequence, v.id LIMIT 1", by_class)
        first = SQL(
            """(SELECT f.id, f.days, 1 FROM crm_payment_reminder_level f
                 WHERE f.company_id = %s AND f.active AND f.days > 0 AND document.days > 0
              ORDER BY f.days, f.sequence, f.id LIMIT 1)""",
            self.company_id.id,
        )
        return SQL(
            """SELECT x.id, x.days FROM (%s UNION ALL %s) x
             ORDER BY x.fallback, x.days DESC, x.id LIMIT 1""",
            by_class,
            first,
        )

    # Customers ----------------------------------------------------------------

    def _get_customer_rows(self):
        """Dicts of the customers with a debt whose turn has come, dearest first."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT partner_id, min(payer_class) AS payer_class,
                       COALESCE((array_agg(level_id ORDER BY level_days DESC, level_id)
                           FILTER (WHERE is_new AND hold IS NULL))[1],
                           (array_agg(level_id ORDER BY is_new DESC, level_days DESC, level_id)
                           FILTER (WHERE in_scope))[1]) AS level_id,
                       COALESCE(sum(company_amount) FILTER (
                           WHERE hold IS NULL AND days > 0), 0) AS amount,
                       COALESCE(sum(company_amount) FILTER (
                           WHERE days > 0 OR is_new), 0) AS held_amount,
                       COALESCE(sum(company_amount) FILTER (
                           WHERE hold IS NULL AND is_new AND days <= 0), 0) AS coming_amount,
                       count(*) FILTER (WHERE days > 0) AS document_count,
                       count(*) FILTER (WHERE is_new AND days <= 0) AS coming_count,
                       max(days) AS days,
                       count(*) FILTER (WHERE is_new AND hold IS NULL) AS ready,
                       count(*) FILTER (WHERE is_new) AS new,
                       (array_agg(hold ORDER BY days DESC, key) FILTER (
                           WHERE is_new AND hold IS NOT NULL))[1] AS hold
                  FROM crm_reminder_document
              GROUP BY partner_id
                HAVING %s
              ORDER BY amount DESC, partner_id
                """,
                SQL("count(*) FILTER (WHERE is_new) > 0")
                if self.scope == "due"
                else SQL("count(*) FILTER (WHERE in_scope) > 0"),
            )
        )

    def _complete_rows(self, rows, decisions=None):
        """Values of reminders: recipients, what holds them back, whether they are ticked.

        :param decisions: {customer id: level and recipients that a person chose}
        """
        company = self.company_id
        partner_ids = [row["partner_id"] for row in rows]
        partners = self.env["res.partner"].browse(partner_ids)
        recipients = partners._get_payment_recipients()
        taken = dict(self.env.execute_query(self._get_credits_sql(company, partner_ids)))
        own_firms = set(self.env["res.company"].sudo().search([]).partner_id.ids)
        last = self._get_last_reminders(partner_ids)
        levels = self.env["crm.payment.reminder.level"].browse({row["level_id"] for row in rows})
        levels = {level.id: level for level in levels}
        result = []
        for partner, row in zip(partners, rows, strict=True):
            decided = (decisions or {}).get(partner.id, {})
            level = decided.get("level") or levels[row["level_id"]]
            people = decided.get("recipients", recipients[partner.id])
            if level.days <= 0:
                # A notice before the day speaks of nothing that is overdue.
                row |= {"amount": row["coming_amount"], "document_count": row["coming_count"]}
            facts = {
                **row,
                "level": level,
                "foreign": partner.id in own_firms
                or bool(partner.company_id and partner.company_id != company),
                "unapplied": float(taken.get(partner.id, 0)),
                "emails": {mail.email_normalized for mail in people.sudo()} - {False},
                "last": last.get(partner.id, {}),
            }
            codes = self._get_hold_reasons(partner, facts)
            result.append(
                {
                    "partner_id": partner.id,
                    "payer_class": row["payer_class"],
                    "level_id": level.id,
                    "found_level_id": row["level_id"],
                    "recipient_ids": [fields.Command.set(people.ids)],
                    "amount": row["amount"] or row["held_amount"],
                    "document_count": row["document_count"],
                    "days": row["days"],
                    "unapplied_amount": facts["unapplied"],
                    "bounced_email": facts["last"].get("bounced") or False,
                    "last_date": facts["last"].get("date") or False,
                    "hold_codes": ",".join(codes) or False,
                    "chosen": not codes,
                }
            )
        return result
