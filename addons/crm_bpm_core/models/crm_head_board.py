from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Recessions shown on the board; the total above them is of all.
RECESSION_LIMIT = 10
LOAD_DAYS = 10
FUNNEL_WEEKS = 26
OPEN_STATES = ("listed", "open", "called")


class CrmHeadBoard(models.AbstractModel):
    """What the head of sales sees of all customers and people (PK-07, HU-16)."""

    _inherit = "crm.customer.board"

    @api.model
    @api.readonly
    def get_head_board(self):
        """Everything the head's board shows, in one call."""
        self._check_group("group_head")
        today = self._get_today()
        return {
            "today": today,
            "currency_id": self.env.company.currency_id.id,
            "recessions": self._get_recession_tile(today),
            "people": self._get_people_tile(today),
            "funnel": self._get_funnel_tile(today),
            "without_step": self._get_without_step_tile(),
            "sweep": self._get_sweep_tile(),
            "won_back": self._get_won_back_tile(today),
        }

    # Recessions

    @api.model
    def _get_open_alert_domain(self):
        return Domain("state", "in", OPEN_STATES) & Domain(
            "company_id", "in", self.env.companies.ids
        )

    @api.model
    def _get_recession_tile(self, today):
        domain = self._get_open_alert_domain()
        alerts = self.env["crm.recession.alert"].search(
            domain, order="base_week_amount desc, id desc", limit=RECESSION_LIMIT
        )
        ((count, amount),) = alerts._read_group(domain, [], ["__count", "base_week_amount:sum"])
        unassigned = alerts.search_count(domain & Domain("user_id", "=", False))
        silences = self._get_last_order_days(alerts.partner_id.ids)
        labels = self._get_labels("crm.recession.alert", "state")
        return {
            "count": count,
            "week_amount": amount,
            "unassigned": unassigned,
            "domain": list(domain),
            "rows": [
                self._prepare_recession_row(alert, silences, labels, today) for alert in alerts
            ],
        }

    @api.model
    def _prepare_recession_row(self, alert, silences, labels, today):
        last = silences.get(alert.partner_id.id) or alert.last_order_day
        return {
            "id": alert.id,
            "partner_id": alert.partner_id.id,
            "name": alert.partner_id.display_name,
            "user_id": alert.user_id.id,
            "user_name": alert.user_id.name,
            "kind": alert.kind,
            "state": alert.state,
            "state_label": labels[alert.state],
            "week_amount": alert.base_week_amount,
            "silence": (today - last).days if last else alert.silence_days,
            "gap": round(alert.gap),
            "explanation": alert.explanation,
        }

    @api.model
    def _get_last_order_days(self, partner_ids):
        groups = self.env["crm.order.day"]._read_group(
            [
                ("partner_id", "in", partner_ids),
                ("order_count", ">", 0),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["partner_id"],
            ["day:max"],
        )
        return {partner.id: day for partner, day in groups}

    @api.model
    def assign_recessions(self, alert_ids, user_id):
        """Give recession alarms, and the calls planned for them, to a person.

        An alarm that was only listed gets its call now. A person who is absent may be
        replaced by his substitute, so the answer names who really calls.

        :raise UserError: the person is archived or no salesperson
        """
        self._check_group("group_head")
        user = self.env["res.users"].browse(user_id)
        if not user.active or not user.has_group("crm_bpm_core.group_full"):
            raise UserError(
                self.env._(
                    "%(user)s cannot make calls: choose an active person with full access.",
                    user=user.name,
                )
            )
        alerts = self.env["crm.recession.alert"].browse(alert_ids)
        alerts.write({"user_id": user.id})
        listed = alerts.filtered(lambda alert: alert.state == "listed")
        if listed:
            listed.action_assign()
        return {
            "user_name": ", ".join(alerts.user_id.mapped("name")),
            "names": alerts.partner_id.mapped("display_name"),
        }

    # People

    @api.model
    def _get_people_tile(self, today):
        """Calls per person: overdue, today, and on each of the next working days."""
        tomorrow = today + timedelta(days=1)
        days = [today, *self._get_working_days(tomorrow, LOAD_DAYS - 1)]
        loads = self._query_loads(today, days[-1])
        users = self._get_people(loads)
        sums = {user: sum(loads[user.id].values()) for user in users}
        users = users.sorted(lambda user: (-loads[user.id][None], -sums[user], user.name))
        return {
            "days": days,
            "rows": [self._prepare_person(user, loads[user.id], days) for user in users],
        }

    @api.model
    def _query_loads(self, today, end):
        """{user id: {day or None for overdue: calls}}"""
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.user_id, CASE WHEN a.date_deadline < %(today)s THEN NULL
                                       ELSE a.date_deadline END AS day, count(*)
                  FROM mail_activity a JOIN res_partner p ON p.id = a.res_id
                 WHERE a.active AND a.call_reason IS NOT NULL AND a.res_model = 'res.partner'
                   AND (p.company_id IS NULL OR p.company_id IN %(companies)s)
                   AND a.date_deadline <= %(end)s
                 GROUP BY 1, 2
                """,
                today=today,
                end=end,
                companies=tuple(self.env.companies.ids),
            )
        )
        loads = defaultdict(lambda: defaultdict(int))
        for user_id, day, count in rows:
            loads[user_id][day] += count
        return loads

    @api.model
    def _get_people(self, loads):
        """Salespeople of these companies, and whoever else has calls."""
        group = self.env.ref("crm_bpm_core.group_full")
        return (
            self.env["res.users"]
            .with_context(active_test=False)
            .search(
                Domain("share", "=", False)
                & (
                    Domain("id", "in", [user_id for user_id in loads if user_id])
                    | Domain("all_group_ids", "in", group.ids)
                    & Domain("company_ids", "in", self.env.companies.ids)
                    & Domain("active", "=", True)
                    & Domain("id", "!=", self.env.ref("base.user_root").id)
                )
            )
        )

    @api.model
    def _prepare_person(self, user, load, days):
        limit = user.call_daily_limit or self.env.company.call_daily_limit
        return {
            "id": user.id,
            "name": user.name,
            "active": user.active,
            "overdue": load[None],
            "limit": limit,
            "days": [
                {"date": day, "calls": load[day], "absent": self._is_absent(user, day)}
                for day in days
            ],
        }

    @api.model
    def _is_absent(self, user, day):
        start, end = user.absence_from, user.absence_to
        return bool((start or end) and (not start or start <= day) and (not end or day <= end))

    # Funnel

    @api.model
    def _get_funnel_tile(self, today):
        """Customers per status, one day a week, and the share that moved on."""
        rows = self._query_snapshots(today)
        days = sorted({row["day"] for row in rows})
        shown = [day for day in days if (days[-1] - day).days % 7 == 0]
        counts = {(row["day"], row["status_id"]): row for row in rows}
        statuses = self.env["crm.customer.status"].search([])
        return {
            "days": shown,
            "statuses": [
                {
                    "id": status.id,
                    "name": status.name,
                    "color": status.color,
                    "counts": [
                        counts.get((day, status.id), {}).get("customers", 0) for day in shown
                    ],
                    **self._get_moved_on(status, days, counts),
                }
                for status in statuses
            ],
        }

    @api.model
    def _query_snapshots(self, today):
        self.env["crm.customer.snapshot"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT day, status_id, sum(customer_count) AS customers,
                       sum(arrived_count) AS arrived, sum(left_count) AS gone
                  FROM crm_customer_snapshot
                 WHERE company_id IN %s AND day > %s AND day <= %s
                 GROUP BY day, status_id
                """,
                tuple(self.env.companies.ids),
                today - timedelta(weeks=FUNNEL_WEEKS),
                today,
            )
        )

    @api.model
    def _get_moved_on(self, status, days, counts):
        """Of those who had the status at first or got it since: how many left it."""
        rows = [counts[day, status.id] for day in days if (day, status.id) in counts]
        if not rows:
            return {"now": 0, "moved": 0, "moved_share": False}
        arrived = sum(row["arrived"] or 0 for row in rows[1:])
        gone = sum(row["gone"] or 0 for row in rows[1:])
        base = rows[0]["customers"] + arrived
        return {
            "now": rows[-1]["customers"],
            "moved": gone,
            "moved_share": round(100 * gone / base) if base else False,
        }

    # Next step, sweep, money

    @api.model
    def _get_without_step_domain(self):
        return (
            Domain("customer_status_id.require_next_step", "=", True)
            & Domain("parent_id", "=", False)
            & Domain("has_next_step", "=", False)
        )

    @api.model
    def _get_without_step_tile(self):
        domain = self._get_without_step_domain()
        groups = self.env["res.partner"]._read_group(domain, ["user_id"], ["__count"])
        return {
            "count": sum(count for _user, count in groups),
            "domain": list(domain),
            "people": [
                {"id": user.id, "name": user.name, "count": count}
                for user, count in sorted(groups, key=lambda group: -group[1])
            ],
        }

    @api.model
    def _get_sweep_tile(self):
        """The last sweep: what each stage made, how long it took, what it skipped."""
        run = self.env["crm.nightly.run"].search(
            [("company_id", "in", self.env.companies.ids), ("trigger", "!=", "replay")], limit=1
        )
        if not run:
            return False
        stages = run.stage_ids.sorted("sequence")
        states = self._get_labels("crm.nightly.run", "state")
        codes = self._get_labels("crm.nightly.run.stage", "code")
        ended = run.date_end or fields.Datetime.now()
        return {
            "id": run.id,
            "night": run.night,
            "state": run.state,
            "state_label": states[run.state],
            "seconds": (ended - run.date_start).total_seconds(),
            "feed_dead": run.feed_dead,
            "issues": sum(stages.mapped("issue_count")),
            "stages": [
                {
                    "id": stage.id,
                    "name": codes[stage.code],
                    "state": stage.state,
                    "total": stage.total,
                    "created": stage.created,
                    "issues": stage.issue_count,
                    "message": stage.message,
                }
                for stage in stages
            ],
        }

    @api.model
    def _get_won_back_tile(self, today):
        """Money of customers who ordered again after a call, and how alarms ended."""
        month = today.replace(day=1)
        company = Domain("company_id", "in", self.env.companies.ids)
        won = company & Domain("resumed_date", ">=", month) & Domain("won_back_amount", ">", 0)
        closed = company & Domain("closed_date", ">=", month)
        Alert = self.env["crm.recession.alert"]
        ((amount, count),) = Alert._read_group(won, [], ["won_back_amount:sum", "__count"])
        outcomes = dict(Alert._read_group(closed, ["outcome"], ["__count"]))
        labels = self._get_labels("crm.recession.alert", "outcome")
        return {
            "amount": amount,
            "count": count,
            "domain": list(won),
            "closed_domain": list(closed),
            "outcomes": [
                {"code": code, "label": label, "count": outcomes.get(code, 0)}
                for code, label in labels.items()
            ],
        }
