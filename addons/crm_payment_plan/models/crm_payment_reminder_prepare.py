from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_payer_discipline import CLASSES
from .crm_payment_reminder_level import CLASS_FIELDS

#: Reminders of one INSERT of the ORM.
CHUNK = 1000


class CrmPaymentReminderRun(models.Model):
    """Makes the review list: debts, their levels, what is held back and why.

    Debts are found and marked by statements over all of them in a temporary table; only
    what is decided once a customer is done in Python.
    """

    _inherit = "crm.payment.reminder.run"

    def _prepare(self):
        """Fill the list anew; ticks, levels and texts that a person set are kept."""
        self.ensure_one()
        run = self.with_company(self.company_id)
        run.date = run.company_id._get_local_today()
        run.env["crm.payment.promise"]._judge_company(run.company_id, run.date)
        own = run.reminder_ids.filtered(lambda one: one.state == "waiting")
        decided = {one.partner_id.id: one._get_decisions() for one in own if one._is_decided()}
        own.unlink()
        run._collect(run.partner_ids.ids or None)
        sent = set(run.reminder_ids.partner_id.ids)
        rows = [row for row in run._get_customer_rows() if row["partner_id"] not in sent]
        rows = run._complete_rows(rows)
        Reminder = run.env["crm.payment.reminder"]
        for start in range(0, len(rows), CHUNK):
            Reminder.create(
                [
                    {**row, "run_id": run.id, **decided.get(row["partner_id"], {})}
                    for row in rows[start : start + CHUNK]
                ]
            )
        run._insert_items()
        run._ask_accounting(rows)
        run.unknown_count = run._count_unknown()
        run.invalidate_recordset()

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
                                       AND (x.move_id = l.move_id OR x.item_id = l.item_id
                                            OR x.item_id = l.twin_id
                                            OR x.payment_id = l.payment_id)) THEN 'dispute'
                                WHEN l.blocked THEN 'blocked'
                                WHEN EXISTS (
                                    SELECT FROM crm_payment_promise x
                                     WHERE x.state = 'open' AND x.date + 1 >= %(day)s
                                       AND (x.move_id = l.move_id OR x.item_id = l.item_id
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
        """Which debts a reminder is sent for; the others only stand in its table."""
        return {
            "due": SQL("TRUE"),
            "week": SQL("document.days BETWEEN 1 AND 7"),
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

    def _complete_rows(self, rows):
        """Values of reminders: recipients, what holds them back, whether they are ticked."""
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
            level = levels[row["level_id"]]
            if level.days <= 0:
                # A notice before the day speaks of nothing that is overdue.
                row |= {"amount": row["coming_amount"], "document_count": row["coming_count"]}
            facts = {
                **row,
                "level": level,
                "foreign": partner.id in own_firms
                or bool(partner.company_id and partner.company_id != company),
                "unapplied": float(taken.get(partner.id, 0)),
                "emails": {mail.email_normalized for mail in recipients[partner.id]},
                "last": last.get(partner.id, {}),
            }
            hold = self._get_hold_reason(partner, facts)
            result.append(
                {
                    "partner_id": partner.id,
                    "payer_class": row["payer_class"],
                    "level_id": level.id,
                    "recipient_ids": [fields.Command.set(recipients[partner.id].ids)],
                    "amount": row["amount"] or row["held_amount"],
                    "document_count": row["document_count"],
                    "days": row["days"],
                    "unapplied_amount": facts["unapplied"],
                    "bounced_email": facts["last"].get("bounced") or False,
                    "last_date": facts["last"].get("date") or False,
                    "hold_reason": hold,
                    "chosen": not hold,
                }
            )
        return result

    def _get_hold_reason(self, partner, facts):
        """Code of what holds a customer's reminder back; False: nothing. Hook for more."""
        level, last = facts["level"], facts["last"]
        if facts["foreign"]:
            return "company"
        if partner.reminder_pause_until and partner.reminder_pause_until >= self.date:
            return "pause"
        if partner.reminder_mode == "stop":
            return "stop"
        if not facts["new"]:
            return "sent"
        if not facts["ready"]:
            return facts["hold"]
        if self.scope != "partners" and (reason := partner._get_by_hand_reason(self.company_id)):
            return reason
        if facts["unapplied"] >= float(facts["amount"]):
            return "unapplied"
        if level.min_amount and float(facts["amount"]) < level.min_amount:
            return "small"
        if level.channel == "mail" and not facts["emails"]:
            return "no_email"
        if level.channel == "mail" and facts["emails"] <= last.get("bounced_emails", set()):
            return "bounced"
        gap = timedelta(days=self.company_id.reminder_gap_days)
        if last.get("date") and self.date < last["date"] + gap and level.days <= last["level_days"]:
            return "recent"
        return False

    def _get_last_reminders(self, partner_ids):
        """{partner id: last reminder sent: date, days of its level, addresses that bounced}."""
        last = defaultdict(dict)
        for partner, date, level_days, bounced in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (r.partner_id) r.partner_id, r.sent_date, l.days, (
                       SELECT array_agg(rp.email_normalized)
                         FROM mail_notification n JOIN res_partner rp ON rp.id = n.res_partner_id
                        WHERE n.mail_message_id = r.message_id
                          AND n.notification_status IN ('bounce', 'exception')
                          AND strpos(r.sent_to, rp.email_normalized) > 0)
                  FROM crm_payment_reminder r
                  JOIN crm_payment_reminder_level l ON l.id = r.level_id
                 WHERE r.company_id = %s AND r.state = 'sent' AND r.partner_id = ANY(%s)
              ORDER BY r.partner_id, r.sent_date DESC, r.id DESC
                """,
                self.company_id.id,
                list(partner_ids),
            )
        ):
            emails = {email for email in bounced or () if email}
            last[partner] = {
                "date": date,
                "level_days": level_days,
                "bounced_emails": emails,
                "bounced": ", ".join(sorted(emails)),
            }
        return last

    # Documents ----------------------------------------------------------------

    def _insert_items(self, reminders=None):
        """The documents of the reminders: overdue ones, and those whose turn has come."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_payment_reminder_item
                       (reminder_id, company_id, key, document, date, due_date, days, currency_id,
                        amount, open_amount, company_amount, move_id, item_id, payment_id,
                        twin_id, level_id, is_new, hold_reason)
                SELECT r.id, r.company_id, d.key, d.document, d.date, d.due_date, d.days,
                       d.currency_id, d.amount, d.open_amount, d.company_amount, d.move_id,
                       d.item_id, d.payment_id, d.twin_id, d.level_id, d.is_new, d.hold
                  FROM crm_reminder_document d
                  JOIN crm_payment_reminder r ON r.partner_id = d.partner_id
                 WHERE r.run_id = %s AND r.state = 'waiting' AND %s AND (d.days > 0 OR d.is_new)
              ORDER BY r.id, d.due_date, d.key
                """,
                self.id,
                SQL("TRUE") if reminders is None else SQL("r.id = ANY(%s)", reminders.ids),
            )
        )
        self.env["crm.payment.reminder.item"].invalidate_model()
        self.env["crm.payment.reminder"].invalidate_model(["document_ids"])

    @api.model
    def _look_again(self, reminders):
        """Just before sending: what was paid, promised or disputed in the meantime counts.

        A reminder whose reason to be held appeared after the look at the list is not sent.
        """
        run = reminders.run_id.with_company(reminders.company_id)
        run.date = run.company_id._get_local_today()
        run._collect(reminders.partner_id.ids)
        rows = {row["partner_id"]: row for row in run._get_customer_rows()}
        known = run._complete_rows(
            [rows[one.partner_id.id] for one in reminders if one.partner_id.id in rows]
        )
        values = {row["partner_id"]: row for row in known}
        reminders.document_ids.unlink()
        for reminder in reminders:
            reminder._take_new_values(values.get(reminder.partner_id.id))
        run._insert_items(reminders.filtered(lambda one: one.state == "waiting"))
