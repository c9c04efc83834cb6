from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: Most calls shown at once; the counts above them are of all.
CALL_LIMIT = 200
#: Working days until the next call that a result proposes; 0 = proposes none.
NEXT_CALL_DAYS = {"reached": 0, "order": 0, "no_answer": 1, "callback": 3, "refused": 0}
SCOPE_GROUPS = {"my": "group_view", "team": "group_scope_team", "all": "group_scope_all"}


class CrmCallsToday(models.AbstractModel):
    """What a salesperson has to do today, on one screen (PK-10, HU-12)."""

    _inherit = "crm.customer.board"

    @api.model
    @api.readonly
    def get_calls_today(self, scope=False):
        """Everything the screen "My calls" shows, in one call.

        :param scope: "my", "team" or "all"; without one, or with one wider than the
            user's groups allow: his own calls, or the widest if he makes none himself
        :return: dict with the calls (overdue and dearest first), their counts, the
            scopes that may be chosen and the dates that the results propose
        """
        self._check_group("group_view")
        scopes = self._get_call_scopes()
        scope = scope if scope in scopes else self._get_default_scope(scopes)
        today = self._get_today()
        rows = self._query_calls(self._get_scope_sql(scope), today)
        self._complete_calls(rows, today)
        return {
            "today": today,
            "scope": scope,
            "scopes": scopes,
            "calls": rows,
            "counts": self._query_call_counts(self._get_scope_sql(scope), today),
            "proposals": self._get_proposals(today),
            "results": self._get_call_results(),
            "reasons": self._get_labels("mail.activity", "call_reason"),
            "outcome_reasons": self._get_labels("crm.recession.alert", "outcome_reason"),
            "currency_id": self.env.company.currency_id.id,
            "can_write": self.env.user.has_group("crm_bpm_core.group_full"),
        }

    @api.model
    def _get_call_scopes(self):
        has_group = self.env.user.has_group
        return [
            scope for scope, group in SCOPE_GROUPS.items() if has_group(f"crm_bpm_core.{group}")
        ]

    @api.model
    def _get_default_scope(self, scopes):
        """A head who makes no calls himself opens the screen to see everybody's."""
        domain = [("user_id", "=", self.env.uid), ("call_reason", "!=", False)]
        own = self.env["mail.activity"].sudo().with_context(active_test=False)
        return "my" if len(scopes) == 1 or own.search_count(domain, limit=1) else scopes[-1]

    @api.model
    def _get_scope_sql(self, scope):
        """Condition on the activity: whose calls these are."""
        if scope == "all":
            return SQL("TRUE")
        if scope == "team":
            return SQL(
                """(a.user_id = %(uid)s OR a.user_id IN (
                    SELECT member.user_id
                      FROM crm_team_member member
                      JOIN crm_team team ON team.id = member.crm_team_id
                     WHERE member.active AND (team.user_id = %(uid)s OR team.id IN (
                         SELECT crm_team_id FROM crm_team_member
                          WHERE user_id = %(uid)s AND active))))""",
                uid=self.env.uid,
            )
        return SQL("a.user_id = %s", self.env.uid)

    @api.model
    def _get_calls_where(self, scope_sql):
        return SQL(
            """a.call_reason IS NOT NULL AND a.res_model = 'res.partner' AND %s
               AND (p.company_id IS NULL OR p.company_id IN %s)""",
            scope_sql,
            tuple(self.env.companies.ids),
        )

    @api.model
    def _query_calls(self, scope_sql, today):
        for model in ("mail.activity", "res.partner", "crm.recession.alert", "crm.team.member"):
            self.env[model].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT a.id, a.res_id AS partner_id, a.call_reason AS reason, a.summary,
                       a.date_deadline AS date, a.user_id, up.name AS user_name,
                       p.complete_name AS name, p.phone, p.city,
                       p.customer_status_id AS status_id, p.monitoring_next_date,
                       p.expected_pause_until, a.recession_alert_id AS alert_id,
                       r.kind, r.gap AS alert_gap, r.base_week_amount, r.recent_week_amount,
                       r.tolerated
                  FROM mail_activity a
                  JOIN res_partner p ON p.id = a.res_id
                  LEFT JOIN crm_recession_alert r ON r.id = a.recession_alert_id
                  LEFT JOIN res_users u ON u.id = a.user_id
                  LEFT JOIN res_partner up ON up.id = u.partner_id
                 WHERE %s AND a.active AND a.date_deadline <= %s
                 ORDER BY a.date_deadline < %s DESC,
                          array_position(
                              ARRAY['promised', 'recession', 'monitoring', 'next_step'],
                              a.call_reason::text),
                          r.base_week_amount DESC NULLS LAST, a.date_deadline, a.id
                 LIMIT %s
                """,
                self._get_calls_where(scope_sql),
                today,
                today,
                CALL_LIMIT,
            )
        )

    @api.model
    def _query_call_counts(self, scope_sql, today):
        """How many calls are due, overdue, done today, and when the next ones come."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT a.call_reason AS reason,
                       count(*) FILTER (WHERE a.active AND a.date_deadline <= %(today)s) AS due,
                       count(*) FILTER (WHERE a.active AND a.date_deadline < %(today)s) AS overdue,
                       count(*) FILTER (WHERE a.active IS NOT TRUE AND a.date_done = %(today)s
                           AND a.call_result IS DISTINCT FROM 'obsolete') AS done,
                       count(*) FILTER (WHERE a.active AND a.date_deadline > %(today)s) AS coming,
                       min(a.date_deadline) FILTER (
                           WHERE a.active AND a.date_deadline > %(today)s) AS next_date
                  FROM mail_activity a JOIN res_partner p ON p.id = a.res_id
                 WHERE %(where)s AND (a.active OR a.date_done = %(today)s)
                 GROUP BY a.call_reason
                """,
                today=today,
                where=self._get_calls_where(scope_sql),
            )
        )
        counts = {
            name: sum(row[name] for row in rows) for name in ("due", "overdue", "done", "coming")
        }
        counts["next_date"] = min((row["next_date"] for row in rows if row["next_date"]), default=0)
        counts["reasons"] = {row["reason"]: row["due"] for row in rows}
        return counts

    @api.model
    def _complete_calls(self, rows, today):
        """Add rhythm, people, last contact and the reason in words to the calls."""
        partner_ids = list({row["partner_id"] for row in rows})
        rhythms = self._get_week_rows(partner_ids, today)
        last_calls = self._get_last_calls(partner_ids)
        people = self._get_contact_people(partner_ids)
        statuses = {
            status["id"]: status
            for status in self.env["crm.customer.status"]
            .sudo()
            .with_context(active_test=False)
            .search_read([], ["name", "color", "monitoring_interval", "monitoring_interval_unit"])
        }
        alerts = self._get_alert_texts([row["alert_id"] for row in rows if row["alert_id"]])
        for row in rows:
            row["rhythm"] = rhythms[row["partner_id"]]
            row["last_call"] = (last_calls[row["partner_id"]] or [False])[0]
            row["people"] = people.get(row["partner_id"], [])
            row["status"] = statuses.get(row.pop("status_id"), False)
            row["overdue"] = (today - row["date"]).days
            row["reason_text"] = self._get_reason_text(row)
            row["explanation"] = self._get_explanation(row, alerts.get(row["alert_id"]))

    @api.model
    def _get_alert_texts(self, alert_ids):
        # Whoever has to make the call may know why.
        alerts = self.env["crm.recession.alert"].sudo().browse(alert_ids)
        return {alert.id: alert.explanation for alert in alerts}

    @api.model
    def _get_contact_people(self, partner_ids):
        """Persons of these customers with a number, most useful first."""
        if not partner_ids:
            return {}
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT commercial_partner_id AS partner_id, id, name, function, phone
                  FROM res_partner
                 WHERE commercial_partner_id IN %s AND parent_id IS NOT NULL
                   AND active AND type = 'contact' AND phone IS NOT NULL
                 ORDER BY id
                """,
                tuple(partner_ids),
            )
        )
        people = {}
        for row in rows:
            people.setdefault(row.pop("partner_id"), []).append(row)
        return people

    @api.model
    def _get_reason_text(self, row):
        """Why this call, in a few words that are read at a glance."""
        _ = self.env._
        rhythm = row["rhythm"]
        if row["reason"] == "recession" and row["kind"] == "volume":
            norm, recent = row["base_week_amount"] or 0.0, row["recent_week_amount"] or 0.0
            share = round(100 * recent / norm) if norm else 0
            return _("buys %(share)s%% of what was usual", share=share)
        if row["reason"] == "recession" and rhythm["silence"] is not None:
            return _(
                "silent for %(silence)s days, usually orders every %(gap)s",
                silence=rhythm["silence"],
                gap=round(row["alert_gap"] or rhythm["gap"] or 0) or "?",
            )
        if row["reason"] == "monitoring" and row["status"]:
            return self._get_interval_text(row["status"])
        if row["reason"] == "next_step":
            return _("nothing is planned with this customer")
        return row["summary"] or ""

    @api.model
    def _get_explanation(self, row, alert_text):
        """Why this call was planned by itself, and who may change that."""
        _ = self.env._
        status = row["status"]
        if row["reason"] == "recession":
            return alert_text or row["summary"] or False
        if row["reason"] == "monitoring" and status:
            return _(
                "Customers of the status %(status)s are called %(interval)s; the night plans it. "
                "The head of sales changes the interval in the statuses.",
                status=status["name"],
                interval=self._get_interval_text(status),
            )
        if row["reason"] == "next_step":
            return _(
                "No customer may be without a next step: the night found no activity planned "
                "with him, his contacts, leads and orders. Plan one with the call."
            )
        return False

    @api.model
    def _get_interval_text(self, status):
        _ = self.env._
        number, unit = status["monitoring_interval"], status["monitoring_interval_unit"]
        if number == 1:
            return {"day": _("daily"), "week": _("weekly"), "month": _("monthly")}[unit]
        return {
            "day": _("every %(number)s days", number=number),
            "week": _("every %(number)s weeks", number=number),
            "month": _("every %(number)s months", number=number),
        }[unit]

    @api.model
    def _get_call_results(self):
        """Results a person can choose, in the order of their keys 1 to 5."""
        labels = self._get_labels("mail.activity", "call_result")
        return [{"code": code, "label": labels[code]} for code in NEXT_CALL_DAYS]

    @api.model
    def _get_proposals(self, today):
        """Date of the next call that each result proposes."""
        days = self._get_working_days(today + timedelta(days=1), max(NEXT_CALL_DAYS.values()))
        return {code: days[ahead - 1] if ahead else False for code, ahead in NEXT_CALL_DAYS.items()}
