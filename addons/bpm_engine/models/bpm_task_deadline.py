"""Until when: deadlines in working time, reminders before, escalation after."""

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.reader import keeping_env, reader_env
from .bpm_sight_words import moment_text

#: Tasks per transaction of the sweep.
BATCH = 200
HOURS = {"minute": 1 / 60, "hour": 1}


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def _set_deadlines(self):
        """Deadline and moment of the reminder, counted from now."""
        cache = {}
        for task in self:
            deadline = task._get_deadline(cache)
            values = {"deadline": deadline, **task._prepare_reminder(deadline, cache)}
            if any(task[name] != value for name, value in values.items()):
                task.write(values)

    def _prepare_reminder(self, deadline, cache=None):
        """When its holder is reminded, counted back in the time the deadline is counted in.

        :param cache: what was worked out for other tasks of the same people.
        """
        settings = (self.element_id.settings or {}).get("deadline") or {}
        hours = number_of(settings.get("remind"))
        remind_at = False
        if deadline and hours and settings.get("basis") == "calendar":
            remind_at = deadline - timedelta(hours=hours)
        elif deadline and hours:
            remind_at = self._get_planned("hour", -hours, deadline, {} if cache is None else cache)
        return {"remind_at": remind_at, "reminded_at": False, "escalated_at": False}

    def _get_deadline(self, cache, start=None):
        """As drawn: so long in working or calendar time, or a date of the record.

        :param start: moment to count from; None: now
        :return: naive UTC, or False
        """
        settings = (self.element_id.settings or {}).get("deadline") or {}
        if settings.get("path"):
            value = self._walk(self._get_record(), settings["path"])
            return self._end_of(value)
        amount = number_of(settings.get("amount"))
        if not amount:
            return False
        unit, start = settings.get("unit") or "hour", start or fields.Datetime.now()
        if settings.get("basis") == "calendar":
            return start + timedelta(**{f"{unit}s": amount})
        return self._get_planned(unit, amount, start, cache)

    def _get_planned(self, unit, amount, start, cache):
        """So much working time of the holder after a moment, or before it; naive UTC."""
        calendar, resource = self.user_id.sudo()._get_bpm_calendar(self.company_id)
        key = (calendar, resource, unit, amount, start)
        if key not in cache:
            cache[key] = self._plan(calendar, resource, unit, amount, start)
        return cache[key]

    def _end_of(self, value):
        """A date means the end of that day where the holder lives."""
        if isinstance(value, datetime):
            return value
        if not value or not hasattr(value, "year"):
            return False
        zone = pytz.timezone(self.user_id.tz or self.company_id.partner_id.tz or "UTC")
        end = zone.localize(datetime.combine(value, time(23, 59, 59)))
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _plan(self, calendar, resource, unit, amount, start):
        if not calendar:
            return start + timedelta(**{f"{unit}s": amount})
        day = calendar.hours_per_day or 8.0
        week = day * max(len({a.dayofweek for a in calendar.attendance_ids}), 1)
        hours = amount * {**HOURS, "day": day, "week": week}.get(unit, 1)
        planned = calendar.plan_hours(
            hours, pytz.utc.localize(start), compute_leaves=True, resource=resource or None
        )
        if not planned:
            return start + timedelta(**{f"{unit}s": amount})
        return planned.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

    def _reschedule(self, deadline, comment=None):
        """Another deadline, set by a person; reminder and escalation count anew.

        :raise UserError: the process is suspended; it would move the day again on resuming.
        """
        for task in self.sudo():
            task.instance_id._check_goes_on()
            task.write({"deadline": deadline, **task._prepare_reminder(deadline)})
            when = moment_text(self.env, deadline, stored=True)
            text = self.env._("Deadline moved to %s", when)
            task._log("assigned", f"{text}: {comment}" if comment else text)
        self._sync_activities()

    @api.model
    def _follow_deadlines(self, elements):
        """Open tasks of elements get the deadlines set now, counted from when they began.

        :return: the tasks whose deadline changed
        """
        tasks = self.sudo().search([("element_id", "in", elements.ids), ("state", "=", "todo")])
        cache, moved = {}, tasks.browse()
        for task in tasks:
            deadline = task._get_deadline(cache, task.date_start)
            if deadline != task.deadline:
                task.write({"deadline": deadline, **task._prepare_reminder(deadline, cache)})
                moved |= task
        moved._log("assigned", self.env._("Deadline as the process says now"))
        moved._sync_activities()
        return moved

    # ------------------------------------------------------------ sweep

    @api.model
    def _cron_deadlines(self, limit=BATCH):
        """Remind of deadlines that come, escalate those that passed; each once.

        What the process wants to be told again comes round, see _escalate_again(). What fails
        stops nothing else, see _apart().

        Rows that another server works on are skipped; those done leave the set.
        """
        reminded = self._take_due("remind_at", "reminded_at", limit)
        reminded._remind()
        late = self._take_due("deadline", "escalated_at", limit, self._get_escalating_sql())
        late._escalate()
        again = self._take_again(limit)
        again._escalate_again()
        counts = [len(tasks) for tasks in (reminded, late, again)]
        remaining = limit if max(counts) == limit else 0
        self.env["ir.cron"]._commit_progress(sum(counts), remaining=remaining)

    @api.model
    def _get_escalating_sql(self):
        return SQL(
            "EXISTS (SELECT 1 FROM bpm_element e WHERE e.id = t.element_id"
            " AND e.settings->'escalation' IS NOT NULL)"
        )

    @api.model
    def _take_due(self, due, stamp, limit, condition=None):
        """Mark a batch of due tasks in one statement, so that nobody else takes them.

        As an array they are chosen once; joined, they could be chosen anew for each row.

        :param due: field with the moment.
        :param stamp: field that keeps when it was done; None: the moment itself is emptied.
        """
        self.env.flush_all()
        names = [due, *([stamp] if stamp else [])]
        now, due = fields.Datetime.now(), SQL.identifier(due)
        mark, is_open = SQL("%s = NULL", due), SQL("TRUE")
        if stamp:
            mark = SQL("%s = %s", SQL.identifier(stamp), now)
            is_open = SQL("t.%s IS NULL", SQL.identifier(stamp))
        rows = self.env.execute_query(
            SQL(
                "UPDATE bpm_task SET %(mark)s WHERE id = ANY(ARRAY("
                " SELECT t.id FROM bpm_task t JOIN bpm_instance i ON i.id = t.instance_id"
                " WHERE t.state = 'todo' AND i.state <> 'suspended' AND %(is_open)s"
                " AND t.%(due)s <= %(now)s AND %(condition)s"
                " ORDER BY t.%(due)s LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED)) RETURNING id",
                mark=mark,
                is_open=is_open,
                due=due,
                now=now,
                limit=limit,
                condition=condition or SQL("TRUE"),
            )
        )
        tasks = self.sudo().browse(row[0] for row in rows)
        tasks.invalidate_recordset(names)
        return tasks

    def _remind(self):
        """One message per person with all tasks that are due soon."""
        for user, tasks in self._by_person().items():
            tasks._apart(lambda own, user=user: own._notify(user, _say_due_soon))

    def _by_person(self):
        """{person: tasks}; of free tasks of a group: its members."""
        result = {}
        for task in self:
            people = task.user_id or task.group_id.all_user_ids.filtered(
                lambda u: u.active and not u.share
            )
            for user in people:
                result[user] = result.get(user, self.browse()) | task
        return result

    def _list_names(self):
        return ", ".join(f"{task.name} ({task.record_name})" for task in self[:5])

    def _notify(self, user, say, explain=None):
        """An inbox message or mail, as the person prefers, naming and linking the tasks.

        :param say: tasks in the person's language and time zone -> subject
        :param explain: the same -> a sentence above the list of tasks
        """
        tasks = self.with_env(reader_env(self.env, user))
        text = explain(tasks) if explain else None
        body = tasks.env["ir.qweb"]._render(
            "bpm_engine.task_notice", {"tasks": tasks, "text": text, "user": user}
        )
        single = self.instance_id if len(self.instance_id) == 1 else self.env["mail.thread"]
        single.sudo().message_notify(
            partner_ids=user.partner_id.ids, subject=say(tasks), body=body, author_id=self._author()
        )

    def _author(self):
        return self.env.ref("base.partner_root").id

    def _escalate(self):
        """Overdue: tell somebody, or give it to somebody, as the element says (HU-24)."""
        for task in self:
            task._apart(lambda one: one._escalate_one())

    def _escalate_one(self):
        task = self.with_env(keeping_env(self.env, self.process_id))
        rule = (task.element_id.settings or {}).get("escalation") or {}
        found = self._find_holder(
            task.instance_id, task.element_id, {"kind": "starter_manager", **rule}
        )
        # Who votes on it already is told only, else one person would decide for two.
        if rule.get("action") == "reassign" and not task._find_second_votes(found.user):
            task._escalate_reassign(found)
        else:
            task._escalate_notify(found)
        task._plan_escalation(found.user)

    def _escalate_reassign(self, found):
        why = self.env._("Overdue, so passed on. %s", found.why)
        if found.group:
            self.group_id = found.group
        self._assign(found.user, why, event="escalated", substitution=found.substitution)

    def _escalate_notify(self, found):
        people = found.user or found.group.all_user_ids.filtered("active")
        for user in people:
            self._notify(user, say_overdue, say_since_when)
        self._log("escalated", self.env._("Told: %s", ", ".join(people.mapped("name"))))


def _say_due_soon(tasks):
    return tasks.env._("Due soon: %s", tasks._list_names())


def say_overdue(tasks):
    return tasks.env._("Overdue: %s", tasks._list_names())


def say_since_when(task):
    return task.env._(
        "%(who)s has had it since %(since)s.",
        who=task.user_id.name or task.group_id.display_name,
        since=moment_text(task.env, task.date_start),
    )


def number_of(value):
    """A number as drawn; 0 when it is none."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0
