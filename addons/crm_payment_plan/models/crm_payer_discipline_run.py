import csv
import io
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.opening import DEBTOR, OPENING_DEBT
from ..lib.payer_discipline import DISLOYAL, RANKS, UNRATED, Figures, classify, next_class, score

TRUST = {"strict": "good", "hesitant": "normal", "disloyal": "bad", "unrated": "normal"}
FIGURES = (
    "count", "days_late", "on_time", "on_time_count", "max_overdue", "overdue_amount",
    "days_early", "written_off",
)  # fmt: skip
#: Columns that a night writes, with their types.
WRITTEN = {
    "payer_class": "varchar", "computed_class": "varchar", "class_date": "date",
    "pending_class": "varchar", "pending_count": "int", "week_date": "date",
    "figures_date": "date", "debt_count": "int", "days_late": "float8", "on_time": "float8",
    "on_time_count": "float8", "max_overdue": "int", "overdue_amount": "numeric",
    "days_early": "float8", "score": "int", "written_off": "bool",
}  # fmt: skip
WEEK = 7


class CrmPayerDiscipline(models.Model):
    """The nightly run: figures of all payers by one statement, then the classes."""

    _inherit = "crm.payer.discipline"

    @api.model
    def _run(self, company, day):
        """Bring figures and classes of a company up to date; a second run changes nothing.

        :return: (number of payers, number of classes changed)
        """
        self.flush_model()
        rule = self.env["crm.payer.rule"]._get_of_company(company)
        limits = rule._get_limits()
        figures = self._get_all_figures(company, day, rule, limits)
        self._add_missing(company, figures)
        rows = self._get_states(company)
        values, events, before = [], {}, {}
        for row in rows:
            seen = figures.get(row["partner_id"], Figures())
            new = self._prepare_state(row, seen, limits, day)
            values.append((row["id"], new))
            if event := self._get_event(row, new, day):
                events[row["id"]] = event
            if new["payer_class"] != row["payer_class"]:
                before[row["id"]] = row["payer_class"]
        self._write_states(values)
        changed = [key for key, event in events.items() if event == "class"]
        self._map_to_trust(changed)
        self._add_history(events, day)
        self._on_class_changed(before)
        return len(rows), len(changed)

    def _get_figures(self):
        self.ensure_one()
        return Figures(
            self.debt_count, self.days_late, self.on_time, self.on_time_count, self.max_overdue,
            self.overdue_amount, self.days_early, self.written_off,
        )  # fmt: skip

    # Figures ------------------------------------------------------------------

    @api.model
    def _get_all_figures(self, company, day, rule, limits):
        """{partner id: Figures}: what ``lib.payer_discipline.figures`` says, for all at once."""
        for model in ("account.move.line", "account.move", "account.partial.reconcile",
                      "crm.receivable.item", "crm.receivable.payment", "crm.payment.dispute",
                      "res.company"):  # fmt: skip
            self.env[model].flush_model()
        parts = self._get_parts_sql(company, day, rule)
        rows = self.env.execute_query(
            SQL(
                """
                WITH part AS (%(parts)s),
                counted AS (
                    SELECT *, COALESCE(paid, %(day)s::date) - due AS days,
                           LEAST(GREATEST(COALESCE(paid, %(day)s::date) - due - CASE WHEN inferred
                               THEN %(file_grace)s ELSE %(grace)s END, 0), %(cap)s) AS late
                      FROM part
                     WHERE due <= %(day)s AND (due > %(first)s OR paid IS NULL)
                       AND amount > %(tolerance)s AND NOT written_off
                ), debt AS (
                    SELECT partner_id, debt, sum(amount) AS amount, sum(amount * late) AS late,
                           sum(amount) FILTER (WHERE late = 0) AS on_time,
                           max(late) = 0 AS punctual,
                           max(days) FILTER (WHERE paid IS NULL AND days > 0) AS overdue,
                           sum(amount) FILTER (WHERE paid IS NULL AND days > 0) AS overdue_amount,
                           sum(amount * GREATEST(-days, 0)) AS early
                      FROM counted GROUP BY partner_id, debt
                ), lost AS (
                    SELECT DISTINCT partner_id FROM part
                     WHERE written_off AND paid > %(first)s AND paid <= %(day)s
                )
                SELECT COALESCE(d.partner_id, lost.partner_id), COALESCE(d.count, 0),
                       d.days_late, d.on_time, d.on_time_count, d.max_overdue, d.overdue_amount,
                       d.days_early, lost.partner_id IS NOT NULL
                  FROM (
                    SELECT partner_id, count(*) AS count, sum(late) / sum(amount) AS days_late,
                           COALESCE(sum(on_time), 0) / sum(amount) AS on_time,
                           avg(punctual::int) AS on_time_count, max(overdue) AS max_overdue,
                           sum(overdue_amount) AS overdue_amount,
                           sum(early) / sum(amount) AS days_early
                      FROM debt GROUP BY partner_id
                  ) d FULL JOIN lost ON lost.partner_id = d.partner_id
                """,
                parts=parts,
                day=day,
                first=day - timedelta(days=limits.window),
                tolerance=rule.tolerance,
                grace=limits.grace,
                file_grace=limits.file_grace,
                cap=limits.cap,
            )
        )
        return {
            partner: Figures(count, *(float(value or 0) for value in numbers[:3]),
                             int(numbers[3] or 0), float(numbers[4] or 0),
                             float(numbers[5] or 0), lost)
            for partner, count, *numbers, lost in rows
        }  # fmt: skip

    @api.model
    def _get_parts_sql(self, company, day, rule):
        """Hook: rows (partner_id, debt, amount, due, paid, inferred, written_off).

        ``paid`` is NULL for what is open on the day; amounts in company currency.
        """
        origins = {
            "odoo": [self._get_line_parts_sql],
            "file": [self.env["crm.receivable.item"]._get_parts_sql],
        }
        chosen = origins.get(rule.origin) or [*origins["odoo"], *origins["file"]]
        return SQL(" UNION ALL ").join(method(company, day) for method in chosen)

    @api.model
    def _get_line_parts_sql(self, company, day):
        """Parts of posted customer invoices, only by entries that are posted as well; and of
        debts that an entry by hand took over from former accounting.

        Credit notes and exchange differences reduce a debt without being a payment. An
        entry by hand that books the debt as an expense writes it off. Days that a dispute
        took are nobody's delay: the debt is due from the day on which it was solved.
        """
        return SQL(
            """
            (WITH line AS (
                SELECT l.id, %(debtor)s AS partner_id, l.balance,
                       l.date_maturity AS due, solved.date AS solved
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                       AND a.account_type = 'asset_receivable'
             LEFT JOIN (SELECT move_id, partner_id, max(date_solved) AS date
                          FROM crm_payment_dispute
                         WHERE state = 'solved' AND move_id IS NOT NULL AND date_solved <= %(day)s
                      GROUP BY move_id, partner_id) solved
                    ON solved.move_id = l.move_id AND solved.partner_id = %(debtor)s
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance > 0
                   AND (m.move_type IN ('out_invoice', 'out_receipt')
                        AND m.payment_state NOT IN ('blocked', 'reversed') OR %(opening)s)
                   AND l.no_followup IS NOT TRUE AND l.date_maturity <= %(day)s
                   AND %(debtor)s NOT IN (SELECT partner_id FROM res_company)
            ), partial AS (
                SELECT line.*, p.id AS partial_id, p.amount AS part, c.date, c.move_id,
                       cm.move_type,
                       cm.origin_payment_id IS NULL AND cm.statement_line_id IS NULL AS by_hand,
                       EXISTS (SELECT FROM account_partial_reconcile x
                                WHERE x.exchange_move_id = cm.id) AS exchange
                  FROM line JOIN account_partial_reconcile p ON p.debit_move_id = line.id
                  JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
                  JOIN account_move cm ON cm.id = c.move_id
            ), known AS (
                SELECT *, move_type = 'entry' AND by_hand AND NOT exchange AND EXISTS (
                        SELECT FROM account_move_line e
                          JOIN account_account a ON a.id = e.account_id
                         WHERE e.move_id = partial.move_id AND e.balance > 0
                           AND a.account_type LIKE 'expense%%') AS lost
                  FROM partial
            ), advance AS (%(advances)s)
            SELECT partner_id, 'o' || id AS debt, part - COALESCE(advance.amount, 0) AS amount,
                   CASE WHEN solved IS NULL THEN due
                        ELSE GREATEST(due, LEAST(solved, date)) END AS due,
                   CASE WHEN date <= %(day)s THEN date END AS paid, FALSE AS inferred,
                   lost AS written_off
              FROM known LEFT JOIN advance ON advance.partial_id = known.partial_id
             WHERE move_type <> 'out_refund' AND NOT exchange
            UNION ALL
            SELECT line.partner_id, 'o' || line.id, line.balance - COALESCE(k.amount, 0),
                   GREATEST(line.due, line.solved), NULL, FALSE, FALSE
              FROM line LEFT JOIN (SELECT id, sum(part) AS amount FROM known GROUP BY id) k
                ON k.id = line.id
             WHERE line.balance > COALESCE(k.amount, 0))
            """,
            company=company.id,
            day=day,
            debtor=SQL(DEBTOR),
            opening=SQL(OPENING_DEBT),
            advances=self._get_advances_sql(company, day),
        )

    @api.model
    def _get_advances_sql(self, company, day):
        """Hook: rows (partial_id, amount) of invoices that are judged elsewhere."""
        return SQL("SELECT NULL::int AS partial_id, NULL::numeric AS amount WHERE FALSE")

    # States -------------------------------------------------------------------

    @api.model
    def _add_missing(self, company, figures):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_payer_discipline
                          (company_id, partner_id, payer_class, computed_class)
                   SELECT %s, unnest(%s::int[]), 'unrated', 'unrated'
              ON CONFLICT (company_id, partner_id) DO NOTHING""",
                company.id,
                list(figures),
            )
        )

    @api.model
    def _get_states(self, company):
        return self.env.execute_query_dict(
            SQL("SELECT * FROM crm_payer_discipline WHERE company_id = %s ORDER BY id", company.id)
        )

    @api.model
    def _prepare_state(self, row, seen, limits, day):
        """Values of WRITTEN after a night. Classes move once a week, or at once for cause."""
        current = row["computed_class"]
        computed, pending, count = current, row["pending_class"], row["pending_count"] or 0
        week_date = row["week_date"]
        weekly = week_date is None or (day - week_date).days >= WEEK or current not in RANKS
        urgent = seen.written_off or seen.max_overdue > limits.disloyal_overdue
        if weekly or (urgent and current != DISLOYAL and classify(seen, limits) != UNRATED):
            computed, pending, count = next_class(current, pending, count, seen, limits)
        if weekly:
            week_date = day
        override = row["override_class"] if (row["override_until"] or day) >= day else None
        shown = override or computed
        return {
            "payer_class": shown,
            "computed_class": computed,
            "class_date": row["class_date"] if shown == row["payer_class"] else day,
            "pending_class": pending,
            "pending_count": count,
            "week_date": week_date,
            "figures_date": day,
            "debt_count": seen.count,
            **{name: getattr(seen, name) for name in FIGURES[1:]},
            "score": score(seen),
        }

    @api.model
    def _get_event(self, row, new, day):
        """What the history is told: a change, or once a week figures that moved."""
        if (
            new["payer_class"] != row["payer_class"]
            or new["computed_class"] != row["computed_class"]
        ):
            return "class"
        moved = any(
            round(float(new[name] or 0), 2) != round(float(row[name] or 0), 2)
            for name in ("days_late", "on_time", "max_overdue", "overdue_amount", "debt_count")
        )
        return "week" if moved and new["week_date"] != row["week_date"] else None

    @api.model
    def _write_states(self, values):
        """Copy the new states into the table, all by one statement."""
        text = io.StringIO()
        writer = csv.writer(text)
        for key, state in values:
            writer.writerow([key, *(state[name] for name in WRITTEN)])
        text.seek(0)
        columns = ", ".join(f"{name} {kind}" for name, kind in WRITTEN.items())
        # Names of this file only, nothing from outside.
        self.env.cr.execute(  # pylint: disable=sql-injection
            f"""DROP TABLE IF EXISTS crm_payer_state;
                CREATE TEMPORARY TABLE crm_payer_state (id int PRIMARY KEY, {columns})
                ON COMMIT DROP"""
        )
        self.env.cr.copy_expert("COPY crm_payer_state FROM STDIN WITH (FORMAT csv, NULL '')", text)
        names = ", ".join(WRITTEN)
        # Names of this file only, nothing from outside.
        self.env.cr.execute(  # pylint: disable=sql-injection
            f"""UPDATE crm_payer_discipline d SET ({names}) = ROW({
                ", ".join("s." + name for name in WRITTEN)
            }) FROM crm_payer_state s WHERE s.id = d.id
               AND ROW({", ".join("s." + name for name in WRITTEN)})
                   IS DISTINCT FROM ROW({", ".join("d." + name for name in WRITTEN)})"""
        )
        self.invalidate_model()

    @api.model
    def _add_history(self, events, day):
        """Rows of the history for {id: event}."""
        self.flush_model()
        by_event = defaultdict(list)
        for key, event in events.items():
            by_event[event].append(key)
        for event, ids in by_event.items():
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_payer_discipline_history
                              (discipline_id, company_id, partner_id, date, event, payer_class,
                               computed_class, debt_count, days_late, on_time, max_overdue,
                               overdue_amount, score, reason, user_id)
                       SELECT id, company_id, partner_id, %(day)s, %(event)s, payer_class,
                              computed_class, debt_count, days_late, on_time, max_overdue,
                              overdue_amount, score,
                              CASE WHEN %(by_hand)s THEN override_reason END,
                              CASE WHEN %(by_hand)s THEN %(uid)s END
                         FROM crm_payer_discipline WHERE id = ANY(%(ids)s)""",
                    day=day,
                    event=event,
                    by_hand=event in ("override", "override_end"),
                    uid=self.env.uid,
                    ids=ids,
                )
            )
        self.env["crm.payer.discipline.history"].invalidate_model()

    @api.model
    def _map_to_trust(self, ids):
        """Odoo's own degree of trust follows the class, so that other apps see it."""
        groups = defaultdict(list)
        for payer in self.browse(ids):
            groups[payer.company_id, TRUST[payer.payer_class]].append(payer.partner_id.id)
        for (company, trust), partner_ids in groups.items():
            partners = self.env["res.partner"].sudo().with_company(company).browse(partner_ids)
            partners.with_context(tracking_disable=True).write({"trust": trust})

    # Overrides that end -------------------------------------------------------

    @api.model
    def _end_overrides(self, company, day):
        """Classes set by hand whose time is over: the computed one counts, their author is told."""
        ended = self.search(
            [("company_id", "=", company.id), ("override_until", "<", day),
             ("override_class", "!=", False)]
        )  # fmt: skip
        for payer in ended:
            user, label = payer.override_user_id, payer.display_name
            payer._set_override(False, False, False)
            payer.partner_id.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.to_date(day),
                summary=self.env(context={"lang": user.lang})._(
                    "Payer class set by hand has ended"
                ),
                note=label,
                user_id=user.id if user.active else self.env.ref("base.user_admin").id,
            )
        return len(ended)
