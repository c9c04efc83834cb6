from odoo import fields, models
from odoo.tools import SQL

from .bpm_record_view import naive

LIMIT_NAME = 200


class BpmInstance(models.Model):
    """Writing down what a step changed: state, history, tasks, waits, background steps."""

    _inherit = "bpm.instance"

    def _save(self, pairs, actor):
        """Keep the state of the tokens and bring tasks, waits and jobs in line with it.

        :param pairs: instances with what the engine made of them.
        :param actor: values of the history's lines about tokens that people completed.
        """
        pairs = [(instance.sudo(), execution) for instance, execution in pairs]
        lines = []
        for instance, execution in pairs:
            events = list(execution.events)
            lines += instance._prepare_event_lines(events, actor)
            # An action of the step may have ended it: by archiving the record, for instance.
            if instance.state != "cancelled":
                instance.write(instance._prepare_state_values(execution, events))
        self.env["bpm.log"].sudo().create(lines)
        pairs = [pair for pair in pairs if pair[0].state != "cancelled"]
        self._sync_tasks([(instance, execution.open_tasks()) for instance, execution in pairs])
        self._sync_waits(pairs)
        for instance, execution in pairs:
            instance._sync_jobs(execution.open_services())
            instance._deliver(execution.thrown)
            if instance.next_due:
                instance._wake_timers(instance.next_due)
            if execution.is_done:
                instance._ended()

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
        return self.env["bpm.log"].sudo().create(lines)

    def _prepare_log_values(self, event, element=None, process_key=None, **values):
        found = self._get_element(element, process_key) if element else None
        return {
            "instance_id": self.id,
            "process_id": self.process_id.id,
            "version_id": self.version_id.id,
            "company_id": self.company_id.id,
            "event": event,
            "element": element,
            "element_name": found.name if found else False,
            "element_type": found.type if found else False,
            **values,
        }

    def _prepare_event_lines(self, events, actor):
        """History of what the engine did, with the time spent in each element."""
        entered = self._get_entry_times(events)
        late = self._get_late_tokens(events)
        lines = []
        for event in events:
            at = naive(event.at)
            values = {"token": event.task_id, "at": at}
            if event.event == "entered":
                entered[event.task_id] = at
            elif event.task_id in entered:
                values["duration"] = (at - entered[event.task_id]).total_seconds()
            if event.event == "left":
                values["overdue"] = event.task_id in late
                values |= actor.get(event.task_id, {})
            lines.append(
                self._prepare_log_values(event.event, event.element, event.process, **values)
            )
        return lines

    def _get_entry_times(self, events):
        tokens = {event.task_id for event in events if event.event != "entered"}
        tokens -= {event.task_id for event in events if event.event == "entered"}
        if not tokens:
            return {}
        lines = self.env["bpm.log"].search_read(
            [
                ("instance_id", "=", self.id),
                ("token", "in", list(tokens)),
                ("event", "=", "entered"),
            ],
            ["token", "at"],
        )
        return {line["token"]: line["at"] for line in lines}

    def _get_late_tokens(self, events):
        left = {event.task_id for event in events if event.event == "left"}
        now = fields.Datetime.now()
        tasks = self.task_ids.filtered(lambda t: t.token in left and t.deadline)
        return {task.token for task in tasks if task.deadline < (task.date_done or now)}

    # ------------------------------------------------------------------ tasks, waits

    def _sync_tasks(self, pairs):
        """Create tasks for new tokens, withdraw those whose token is gone.

        :param pairs: instances with their tokens that wait for people.
        """
        gone = self.env["bpm.task"].sudo()
        new = []
        for instance, open_tasks in pairs:
            tokens = {task.id for task in open_tasks}
            gone |= instance.task_ids.filtered(
                lambda row, tokens=tokens: row.state in ("todo", "waiting")
                and row.token not in tokens
            )
            known = set(instance.task_ids.mapped("token"))
            new += [(instance, task) for task in open_tasks if task.id not in known]
        if gone:
            gone._withdraw()
        if new:
            created = self.env["bpm.task"]._create_batch(new)
            for instance, tasks in created.grouped("instance_id").items():
                instance._add_participants(tasks.user_id)

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

    def _sync_waits(self, pairs):
        """One row per event an instance waits for, so that an event finds it by an index."""
        gone = self.env["bpm.wait"].sudo()
        new = []
        for instance, execution in pairs:
            waits = [] if execution.is_done else execution.waits()
            wanted = {(w.task_id, w.kind, w.name): instance._prepare_wait_values(w) for w in waits}
            for row in instance.wait_ids:
                values = wanted.pop((row.token or "", row.kind, row.name or None), None)
                if values is None:
                    gone |= row
                elif row.due != values["due"]:
                    row.due = values["due"]
            new += wanted.values()
        gone._drop()
        gone.create(new)

    def _prepare_wait_values(self, wait):
        return {
            "instance_id": self.id,
            "element_id": self._get_element(wait.element, wait.process).id,
            "token": wait.task_id,
            "kind": wait.kind,
            "name": wait.name or False,
            "due": naive(wait.due) if wait.due else False,
            "res_model": self.res_model,
            "res_id": self.res_id,
        }

    # ------------------------------------------------------------------ background steps

    def _sync_jobs(self, services):
        """A row and a queued job for each service that runs in the background."""
        rows = self.job_ids.filtered(lambda job: job.state in ("waiting", "incident"))
        tokens = {service.id for service in services}
        rows.filtered(lambda job: job.token not in tokens and job.kind == "service").write(
            {"state": "cancelled", "date_done": fields.Datetime.now()}
        )
        known = set(rows.mapped("token"))
        new = [service for service in services if service.id not in known]
        jobs = self.env["bpm.job"].create([self._prepare_job_values(service) for service in new])
        errors = self.env.context.get("bpm_parked_errors") or {}
        for job in jobs:
            error = errors.get(job.element_id.element_id)
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
