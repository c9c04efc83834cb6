from collections import Counter
from datetime import datetime, time, timedelta
from itertools import chain

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.levelling import NotEnoughDays, spread

#: First look ahead for working days, doubled while they do not take all calls.
HORIZON = 64
MAX_HORIZON = HORIZON * 64


class CrmCallPlanner(models.AbstractModel):
    """Who makes a call, and on which of his working days (HU-10, HU-11)."""

    _inherit = "crm.call.planner"

    # People -------------------------------------------------------------------

    @api.model
    def _get_people(self, company, night, user_ids):
        """Who makes the calls of these responsible people.

        Whoever is archived, no internal user, or absent on the first working day
        from ``night`` on gives his calls to his substitute, else to his team leader,
        else to the person set on the company.

        :param user_ids: ids of ``res.users``; False stands for no responsible
        :return: dict of user id (or False) -> ``res.users``, empty if nobody can
        """
        self = self.sudo()._remembering_days()
        day = self._get_working_days(company, night)[0]
        # One recordset: what is read of one person is read of all.
        users = self.env["res.users"].browse(user_id for user_id in user_ids if user_id)
        people = {user.id: self._find_person(company, day, user) for user in users}
        if False in user_ids:
            people[False] = self._find_person(company, day, users.browse())
        return people

    @api.model
    def _find_person(self, company, day, user):
        seen = self.env["res.users"]
        for candidate in chain([user], self._get_fallback_users(company, user)):
            if not candidate or candidate in seen:
                continue
            seen |= candidate
            if self._is_available(company, day, candidate):
                return candidate
        return self.env["res.users"]

    @api.model
    def _get_fallback_users(self, company, user):
        """Hook: who is asked in turn when ``user`` cannot make his calls."""
        substitute, seen = user.substitute_user_id, user
        while substitute and substitute not in seen:
            yield substitute
            seen |= substitute
            substitute = substitute.substitute_user_id
        if user:
            yield self._get_team_leader(user)
        yield company.call_fallback_user_id

    @api.model
    def _get_team_leader(self, user):
        # An archived user's membership is archived with him.
        member = (
            self.env["crm.team.member"]
            .with_context(active_test=False)
            .search([("user_id", "=", user.id)], order="active desc, id", limit=1)
        )
        return member.crm_team_id.user_id

    @api.model
    def _is_available(self, company, day, user):
        if not user.active or user.share or user._is_absent(day):
            return False
        return not self._is_on_leave(company, day, user)

    @api.model
    def _is_on_leave(self, company, day, user):
        """Whether time off takes the person's first working day from ``day`` on."""
        resource = self._get_resource(company, user)
        if not resource:
            return False
        usual = self._compute_working_days(company, day, HORIZON, resource, personal=False)
        real = self._compute_working_days(company, day, HORIZON, resource)
        return bool(usual) and usual[0] not in real

    # Working days -------------------------------------------------------------

    @api.model
    def _get_resource(self, company, user):
        resources = user.resource_ids.filtered("active")
        return (resources.filtered(lambda r: r.company_id == company) or resources)[:1]

    @api.model
    def _get_working_days(self, company, start, user=None, horizon=HORIZON):
        """Working days from ``start`` on, ascending; never empty.

        By the person's own working hours and absence, else the company's; without
        any working hours Monday to Friday.
        """
        resource = self._get_resource(company, user or self.env["res.users"])
        days = self._compute_working_days(company, start, horizon, resource)
        if user:
            days = [day for day in days if not user._is_absent(day)]
        return days or [
            day for day in (start + timedelta(days=n) for n in range(horizon)) if day.weekday() < 5
        ]

    @api.model
    def _remembering_days(self):
        """This planner, which for one planning works out each calendar once.

        Three hundred people mostly share a few calendars.
        """
        if "planner_days" in self.env.context:
            return self
        return self.with_context(planner_days={})

    @api.model
    def _compute_working_days(self, company, start, horizon, resource=None, personal=True):
        """Days with working hours; ``personal``: less the person's own time off."""
        resource = resource or self.env["resource.resource"]
        calendar = resource.calendar_id or company.resource_calendar_id
        if not calendar:
            return []
        known = self.env.context.get("planner_days", {})
        own = bool(
            personal and resource and resource.id in self._get_resources_off(company, start, known)
        )
        key = (company, calendar, start, horizon, resource if own else bool(resource))
        if key not in known:
            known[key] = self._read_working_days(company, calendar, start, horizon, resource, own)
        return known[key]

    @api.model
    def _get_resources_off(self, company, start, known):
        """Ids of the resources with time off of their own, now or later."""
        key = (company, start)
        if key not in known:
            leaves = self.env["resource.calendar.leaves"].search(
                [
                    ("resource_id", "!=", False),
                    ("time_type", "=", "leave"),
                    ("company_id", "in", [False, company.id]),
                    # A day early: the zones of calendars are not known here.
                    ("date_to", ">=", datetime.combine(start, time.min) - timedelta(days=1)),
                ]
            )
            known[key] = set(leaves.resource_id.ids)
        return known[key]

    @api.model
    def _read_working_days(self, company, calendar, start, horizon, resource, personal):
        zone = pytz.timezone(calendar.tz or company.nightly_tz)
        end = start + timedelta(days=horizon)
        domain = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        if not personal:
            domain.append(("resource_id", "=", False))
        intervals = calendar._work_intervals_batch(
            zone.localize(datetime.combine(start, time.min)),
            zone.localize(datetime.combine(end, time.min)),
            resources=resource,
            domain=domain,
            tz=zone,
        )[resource.id]
        return sorted({begin.astimezone(zone).date() for begin, _end, _meta in intervals})

    @api.model
    def _get_next_working_day(self, company, user, after):
        """First working day of a person after a day."""
        return self._get_working_days(company, after + timedelta(days=1), user)[0]

    # Levelling ----------------------------------------------------------------

    @api.model
    def _level(self, company, night, counts, run=None):
        """Days of the calls of each person, in the order in which they are asked for.

        :param counts: dict of user -> number of calls
        :return: dict of user -> list of days, none of them in the past
        """
        self = self._remembering_days()
        start = night
        if not (run and run.trigger == "replay"):
            start = max(night, company._get_local_today())
        loads = self._get_loads(list(counts), start)
        return {
            user: self._level_person(company, start, user, count, loads[user.id])
            for user, count in counts.items()
        }

    @api.model
    def _level_person(self, company, start, user, count, load):
        limit = user.call_daily_limit or company.call_daily_limit
        horizon = HORIZON
        while True:
            days = self._get_working_days(company, start, user, horizon)
            try:
                return list(spread(count, days, Counter(load), limit))
            except NotEnoughDays:
                if horizon >= MAX_HORIZON:
                    raise
                horizon *= 2

    @api.model
    def _get_loads(self, users, start):
        """Planned calls that people have open, by user id and day."""
        self.env["mail.activity"].flush_model()
        query = SQL(
            """SELECT user_id, date_deadline, count(*) FROM mail_activity
                WHERE active AND call_reason IS NOT NULL AND date_deadline >= %s
                  AND user_id = ANY(%s)
             GROUP BY user_id, date_deadline""",
            fields.Date.to_date(start),
            [user.id for user in users],
        )
        loads = {user.id: Counter() for user in users}
        for user_id, day, count in self.env.execute_query(query):
            loads[user_id][day] = count
        return loads
