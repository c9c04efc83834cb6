from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..lib.own_context import get_own
from .bpm_record_view import naive

LIMIT_NAME = 200
#: What most steps write of an instance; nobody follows it, nothing is computed from it.
TECHNICAL = {"engine_state", "next_due", "step_count"}
#: What a step reads of an instance's rows past the ORM.
READ = {
    "bpm.task": ("instance_id", "token", "state", "deadline", "date_done"),
    "bpm.wait": ("instance_id", "token", "kind", "name", "due"),
    "bpm.job": ("instance_id", "token", "kind", "state"),
}
#: Id, name and type of no element at all.
NOTHING = (False, False, False)


class Row(NamedTuple):
    """What a step has to know of an open row, or of a task that is done."""

    id: int
    token: str | None
    kind: str  # of waits and jobs; of tasks their state
    name: str | None = None
    due: datetime | None = None
    date_done: datetime | None = None


@dataclass
class Rows:
    """Rows of an instance as they are before its step is saved."""

    tasks: list = field(default_factory=list)
    waits: list = field(default_factory=list)
    jobs: list = field(default_factory=list)


class BpmInstance(models.Model):
    """Writing down what a step changed: state, history, tasks, waits, background steps."""

    _inherit = "bpm.instance"

    def _save(self, pairs, actor, fresh=False, lines=()):
        """Keep the state of the tokens and bring tasks, waits and jobs in line with it.

        :param pairs: instances with what the engine made of them.
        :param actor: values of the history's lines about tokens that people completed.
        :param fresh: they have just been created, so there are no rows of theirs yet.
        :param lines: of their history, to be written before those of the step.
        """
        pairs = [(instance.sudo(), execution) for instance, execution in pairs]
        rows = self._get_rows([] if fresh else pairs)
        lines, states = list(lines), []
        for instance, execution in pairs:
            events = list(execution.events)
            lines += instance._prepare_event_lines(events, actor, execution, rows[instance.id])
            # An action of the step may have ended it: by archiving the record, for instance.
            if instance.state != "cancelled":
                states.append((instance, instance._prepare_state_values(execution, events)))
        pairs = [pair for pair in pairs if pair[0].state != "cancelled"]
        dues = {values["next_due"] for _instance, values in states if values["next_due"]}
        minutes = sorted({self._get_wake_minute(due) for due in dues})
        planned = self._prepare_planned(minutes) if minutes else None
        found = self._run_together(
            [
                *self.env["bpm.log"].sudo()._prepare_append(lines),
                *self._prepare_states(states),
                *self._prepare_waits(pairs, rows),
                *([planned] if planned else []),
            ],
            answered=bool(planned),
        )
        self._tell_saved(pairs, states)
        missing = [at for at in minutes if (at,) not in found] if planned else []
        if missing:
            self._plan_timers(missing)
        self._sync_tasks(
            [(instance, execution.open_tasks()) for instance, execution in pairs], rows
        )
        for instance, execution in pairs:
            instance._sync_jobs(execution, rows[instance.id].jobs)
            instance._deliver(execution.thrown)
            if execution.is_done:
                instance._ended()

    def _get_rows(self, pairs):
        """Open rows of instances, and closed tasks of tokens that left in this step.

        :return: {instance id: Rows}, empty ones for instances that were not asked for.
        """
        result = defaultdict(Rows)
        if not pairs:
            return result
        for model, names in READ.items():
            self.env[model].flush_model(names)
        tokens = {
            event.task_id
            for _instance, execution in pairs
            for event in execution.events
            if event.event == "left"
        }
        for _instance, execution in pairs:
            tokens |= {task.id for task in execution.open_tasks()}
        found = self.env.execute_query(
            SQL(
                "SELECT instance_id, 'tasks', id, token, state, NULL, deadline, date_done"
                " FROM bpm_task WHERE instance_id = ANY(%(ids)s)"
                " AND (state IN ('todo', 'waiting') OR token = ANY(%(tokens)s))"
                " UNION ALL SELECT instance_id, 'waits', id, token, kind, name, due, NULL"
                " FROM bpm_wait WHERE instance_id = ANY(%(ids)s)"
                " UNION ALL SELECT instance_id, 'jobs', id, token, kind, NULL, NULL, NULL"
                " FROM bpm_job WHERE instance_id = ANY(%(ids)s)"
                " AND state IN ('waiting', 'incident') ORDER BY 3",
                ids=[instance.id for instance, _execution in pairs],
                tokens=list(tokens),
            )
        )
        for instance_id, kind, *row in found:
            getattr(result[instance_id], kind).append(Row(*row))
        return result

    def _run_together(self, statements, answered=False):
        """What a step writes goes to the database as one message.

        :param answered: the last one is a query.
        :return: rows of that query.
        """
        if statements:
            # Joined by hand: SQL.join() takes every parameter apart once more.
            params = [param for statement in statements for param in statement.params]
            self.env.cr.execute("; ".join(statement.code for statement in statements), params)
        return self.env.cr.fetchall() if answered else []

    def _prepare_states(self, states):
        """Statements that write what a step made of instances; mostly nothing people ask for.

        :param states: instances with values of _prepare_state_values().
        """
        quiet = [pair for pair in states if pair[1].keys() <= TECHNICAL]
        if not quiet:
            return
        params = []
        for instance, values in quiet:
            params += [instance.id, *(values[name] or None for name in sorted(TECHNICAL))]
        yield SQL(
            "UPDATE bpm_instance i SET engine_state = t.engine_state, next_due = t.next_due,"
            " step_count = t.step_count, write_uid = %s, write_date = now() AT TIME ZONE 'UTC'"
            " FROM (VALUES "
            + ", ".join(["(%s, %s, %s::timestamp, %s)"] * len(quiet))
            + ") AS t(id, engine_state, next_due, step_count) WHERE i.id = t.id",
            self.env.uid,
            *params,
        )

    def _tell_saved(self, pairs, states):
        """The ORM sees what was written past it; and writes itself what others look at."""
        instances = self.browse([instance.id for instance, _execution in pairs])
        instances.invalidate_recordset(["log_ids", "wait_ids"], flush=False)
        instances.modified(["wait_ids"])
        for instance, values in states:
            if not values.keys() <= TECHNICAL:
                instance.write(values)
                continue
            instance.invalidate_recordset(sorted(TECHNICAL), flush=False)
            for name in TECHNICAL:
                self._fields[name]._insert_cache(instance, [values[name] or None])

    def _prepare_state_values(self, execution, events):
        due = execution.next_due
        values = {
            "engine_state": execution.dump(),
            "step_count": execution.step_count,
            "next_due": naive(due) if due and not execution.is_done else False,
        }
        if execution.is_done:
            ends = [event.element for event in events if event.event == "left"]
            values |= {
                "state": "done",
                "date_end": fields.Datetime.now(),
                "result": self._result_name(ends),
                "single_key": False,
                "error": False,
            }
        return values

    def _result_name(self, element_ids):
        """Name of the end that was reached last; else of the last step."""
        elements = [self._get_element(element_id) for element_id in element_ids]
        ends = [e for e in elements if e.type == "endEvent" and not e.parent_element_id]
        for element in reversed(ends):
            if element.name:
                return element.name[:LIMIT_NAME]
        return self.env._("Done")

    def _ended(self):
        """Hook: an instance has reached its end (others may react)."""

    # ------------------------------------------------------------------ history

    def _log(self, event, element=None, **values):
        """Add a line to the history of each instance; nobody can take it away.

        :param event: a kind of bpm.log.event.
        :param element: id of the element in the diagram.
        :param values: more values of bpm.log (token, user_id, outcome, comment, duration).
        """
        lines = [instance._prepare_log_values(event, element, **values) for instance in self]
        return self.env["bpm.log"].sudo()._append(lines)

    def _prepare_log_values(self, event, element=None, process_key=None, **values):
        _id, name, kind = self._get_element_facts(element, process_key) if element else NOTHING
        return {
            "instance_id": self.id,
            "process_id": self._raw("process_id"),
            "version_id": self._raw("version_id"),
            "company_id": self._raw("company_id"),
            "event": event,
            "element": element,
            "element_name": name,
            "element_type": kind,
            **values,
        }

    def _prepare_event_lines(self, events, actor, execution, rows):
        """History of what the engine did, with the time spent in each element.

        :param execution: the engine, which knows when its tokens came where they stood.
        :param rows: rows of this instance, closed tasks of the tokens that left among them.
        """
        entered, late = {}, self._get_late_tokens(rows.tasks)
        lines = []
        for event in events:
            at = naive(event.at)
            values = {"token": event.task_id, "at": at}
            if event.event == "entered":
                entered[event.task_id] = event.at
            elif since := entered.get(event.task_id) or execution.since(event.task_id):
                # The engine counts moments apart that are the same to the clock.
                values["duration"] = round((at - naive(since)).total_seconds(), 3)
            if event.event == "left":
                values["overdue"] = event.task_id in late
                values |= actor.get(event.task_id, {})
            lines.append(
                self._prepare_log_values(event.event, event.element, event.process, **values)
            )
        return lines

    def _get_late_tokens(self, tasks):
        now = fields.Datetime.now()
        return {task.token for task in tasks if task.due and task.due < (task.date_done or now)}

    # ------------------------------------------------------------------ tasks, waits

    def _sync_tasks(self, pairs, rows):
        """Create tasks for new tokens, withdraw those whose token is gone.

        :param pairs: instances with their tokens that wait for people.
        :param rows: {instance id: Rows} as they were before.
        """
        gone, new = [], []
        for instance, open_tasks in pairs:
            tokens = {task.id for task in open_tasks}
            own = rows[instance.id].tasks
            gone += [
                row.id for row in own if row.kind in ("todo", "waiting") and row.token not in tokens
            ]
            known = {row.token for row in own}
            new += [(instance, task) for task in open_tasks if task.id not in known]
        if gone:
            self.env["bpm.task"].sudo().browse(gone)._withdraw()
        if new:
            self.env["bpm.task"]._create_batch(new)

    def _add_participants(self, users):
        """Whoever has a part in a process may see it."""
        if not self or not users:
            return
        # Without reading who is one already: that costs more than the rest of a step.
        query = SQL(
            "INSERT INTO bpm_instance_participant_rel (instance_id, user_id) "
            "SELECT i, u FROM unnest(%s) i, unnest(%s) u ON CONFLICT DO NOTHING",
            self.ids,
            users.ids,
        )
        self.flush_recordset(["participant_ids"])
        self.env.cr.execute(query)
        self.invalidate_recordset(["participant_ids"], flush=False)

    def _sync_waits(self, pairs, rows=None):
        """One row per event an instance waits for, so that an event finds it by an index.

        :param rows: {instance id: Rows} as they are; None: looked up.
        """
        rows = self._get_rows(pairs) if rows is None else rows
        self._run_together(list(self._prepare_waits(pairs, rows)))
        self._tell_saved(pairs, [])

    def _prepare_waits(self, pairs, rows):
        """Statements that bring the waits of instances in line with their tokens."""
        model = self.env["bpm.wait"].sudo()
        gone, new = [], []
        for instance, execution in pairs:
            waits = [] if execution.is_done else execution.waits()
            wanted = {(w.task_id, w.kind, w.name): instance._prepare_wait_values(w) for w in waits}
            for row in rows[instance.id].waits:
                values = wanted.pop((row.token or "", row.kind, row.name or None), None)
                if values is None:
                    gone.append(row.id)
                elif (row.due or False) != values["due"]:
                    model.browse(row.id).due = values["due"]
            new += wanted.values()
        if gone:
            model.browse(gone).invalidate_recordset(flush=False)
            yield SQL("DELETE FROM bpm_wait WHERE id IN %s", tuple(gone))
        if new and model._is_watched():
            model.create(new)
        elif new:
            yield model._prepare_insert(new)

    def _prepare_wait_values(self, wait):
        return {
            "instance_id": self.id,
            "element_id": self._get_element_facts(wait.element, wait.process)[0],
            "token": wait.task_id,
            "kind": wait.kind,
            "name": wait.name or False,
            "due": naive(wait.due) if wait.due else False,
            "res_model": self._raw("res_model"),
            "res_id": self._raw("res_id"),
        }

    # ------------------------------------------------------------------ background steps

    def _sync_jobs(self, execution, rows):
        """A row and a queued job for each service that runs in the background.

        :param rows: open jobs as they were before.
        """
        services = execution.open_services()
        if not services and not rows:
            return
        tokens = {service.id for service in services}
        # Once it has ended, nothing of it is left to be repaired.
        ended = execution.is_done
        gone = [
            row.id for row in rows if ended or (row.kind == "service" and row.token not in tokens)
        ]
        self.env["bpm.job"].browse(gone).write(
            {"state": "cancelled", "date_done": fields.Datetime.now()}
        )
        known = {row.token for row in rows}
        new = [
            service
            for service in services
            if service.id not in known and not execution.is_left_beside(service.id)
        ]
        jobs = self.env["bpm.job"].create([self._prepare_job_values(service) for service in new])
        errors = get_own(self.env, "bpm_parked_errors", {})
        for job, service in zip(jobs, new, strict=True):
            place = execution.place_of(service.id, service.process, service.element)
            error = errors.get(place)
            if error:
                job._set_incident(error)
            else:
                job._enqueue()

    def _prepare_job_values(self, service):
        element = self._get_element(service.element, service.process)
        action = self._find_action(element._get_action_settings())
        return {
            "instance_id": self.id,
            "element_id": element.id,
            "element_name": element.name or service.element,
            "token": service.id,
            "action_id": action.id,
        }
