from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

#: Reasons of which a customer has one open call at a time; see the unique index.
SINGLE_REASONS = ("monitoring", "recession", "next_step")


class CrmCallPlanner(models.AbstractModel):
    """Plans calls in bulk: for whom, on which day, each customer once (PK-10, PK-13).

    People and working days are found in ``crm_call_planner_people.py``.
    """

    _name = "crm.call.planner"
    _description = "Planner of Calls"

    @api.model
    def _plan_calls(self, company, night, calls, run=None):
        """Plan calls for the customers of a company.

        A customer who has an open call of the same reason gets no second one; a
        recession call replaces his open monitoring call. A call that nobody can
        make is reported to ``run`` and not planned.

        :param night: local calendar day of the sweep; no call is due before it
        :param calls: list of dicts: partner_id, user_id (or False), reason, summary,
            note, value (money at stake), overdue (days), alert_id (optional)
        :return: dict of partner id -> ``mail.activity`` of what was planned
        """
        # The system plans for everybody, whoever started it.
        self = self.sudo()
        calls = sorted(self._drop_planned(calls), key=self._get_call_sort_key)
        people = self._get_people(company, night, {call["user_id"] for call in calls})
        assigned = [(call, people[call["user_id"]]) for call in calls if people[call["user_id"]]]
        if run:
            run._add_issues(self._prepare_issues(calls, people))
        values = self._prepare_activities(company, night, assigned, run)
        activities = self._create_activities(values)
        self._replace_monitoring(activities)
        return {activity.res_id: activity for activity in activities}

    @api.model
    def _get_call_sort_key(self, call):
        """Whom to call first: recession by value, then the most overdue and valuable."""
        if call["reason"] == "recession":
            return (0, 0, -(call.get("value") or 0), call["partner_id"])
        return (1, -(call.get("overdue") or 0), -(call.get("value") or 0), call["partner_id"])

    @api.model
    def _drop_planned(self, calls):
        """Leave out second calls for one reason."""
        planned = self._get_planned({call["partner_id"] for call in calls})
        kept = []
        for call in calls:
            key = (call["partner_id"], call["reason"])
            if key not in planned:
                kept.append(call)
            if call["reason"] in SINGLE_REASONS:
                planned.add(key)
        return kept

    @api.model
    def _get_planned(self, partner_ids):
        """Set of (partner id, reason) with an open call."""
        self.env["mail.activity"].flush_model()
        query = SQL(
            """SELECT res_id, call_reason FROM mail_activity
                WHERE res_model = 'res.partner' AND active AND call_reason = ANY(%s)
                  AND res_id = ANY(%s)""",
            list(SINGLE_REASONS),
            list(partner_ids),
        )
        return set(self.env.execute_query(query))

    @api.model
    def _prepare_issues(self, calls, people):
        Users = self.env["res.users"]
        return [
            {
                "stage": call["reason"],
                "partner_id": call["partner_id"],
                "message": self._get_nobody_message(Users.browse(call["user_id"] or ())),
            }
            for call in calls
            if not people[call["user_id"]]
        ]

    @api.model
    def _get_nobody_message(self, user):
        if not user:
            return self.env._(
                "No responsible. Set a salesperson on the customer, or in the settings the "
                "person who gets calls without a responsible."
            )
        return self.env._(
            "%s is archived, absent or no internal user, and so are the substitute and the team "
            "leader. Give the customer to somebody else, or set in the settings the person "
            "who gets calls without a responsible.",
            user.name,
        )

    # Activities ---------------------------------------------------------------

    @api.model
    def _prepare_activities(self, company, night, assigned, run=None):
        """Values of the activities, each on the first working day with room."""
        queues = defaultdict(list)
        for call, person in assigned:
            queues[person].append(call)
        days = self._level(
            company, night, {user: len(queue) for user, queue in queues.items()}, run
        )
        reasons = {call["reason"] for call, _person in assigned}
        types = {reason: self._get_activity_type(reason) for reason in reasons}
        values = {}
        for person, queue in queues.items():
            for call, day in zip(queue, days[person], strict=True):
                activity_type = types[call["reason"]]
                values[id(call)] = self._prepare_activity(call, person, day, activity_type, run)
        return [values[id(call)] for call, _person in assigned]

    @api.model
    def _prepare_activity(self, call, person, day, activity_type=None, run=None):
        activity_type = activity_type or self._get_activity_type(call["reason"])
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": call["partner_id"],
            "activity_type_id": activity_type.id,
            "user_id": person.id,
            "date_deadline": day,
            "summary": call.get("summary") or self._get_summary(call["reason"], person),
            "note": call.get("note") or False,
            "automated": True,
            "call_reason": call["reason"],
            "recession_alert_id": call.get("alert_id") or False,
            "nightly_run_id": run.id if run else False,
        }

    @api.model
    def _get_activity_type(self, reason):
        name = "todo" if reason == "next_step" else "call"
        found = self.env.ref(f"mail.mail_activity_data_{name}", raise_if_not_found=False)
        return found or self.env["mail.activity"]._default_activity_type_for_model("res.partner")

    @api.model
    def _get_summary(self, reason, person):
        """Subject of a call in the language of the person who makes it."""
        env = self.with_context(lang=person.lang or None).env
        return {
            "monitoring": env._("Monitoring call"),
            "recession": env._("Restore relations"),
            "promised": env._("Call as promised"),
            "next_step": env._("Plan the next step"),
        }[reason]

    @api.model
    def _create_activities(self, values):
        """Create planned calls without a mail for each: the digest tells of them."""
        return (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True, tracking_disable=True, mail_notrack=True)
            .create(values)
        )

    @api.model
    def _replace_monitoring(self, activities):
        """One call serves both: the recession call takes the monitoring call's place."""
        partners = activities.filtered(lambda a: a.call_reason == "recession").mapped("res_id")
        if not partners:
            return
        replaced = self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partners),
                ("call_reason", "=", "monitoring"),
            ]
        )
        replaced._close_calls_obsolete(self.env._("The recession call serves for it."), log=False)
