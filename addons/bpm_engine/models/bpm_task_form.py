"""What the client needs to let a person do a task."""

from odoo import api, models

from .bpm_sight_words import moment_text


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def _describe_for_buttons(self):
        """Outcomes of a task for the buttons in activities, lists and dialogs."""
        self.ensure_one()
        task = self.sudo()
        return {
            "id": self.id,
            "name": task.name,
            "process": task.process_id.name,
            "outcomes": task.outcomes,
            "can_complete": self._may("can_complete"),
            "can_delegate": self._may("can_delegate"),
            "has_form": bool(task.form_fields),
        }

    def _may(self, right):
        """A right of the person, also on tasks that only their record lets one see."""
        return self.sudo()[right]

    def _complete_from_activity(self, feedback=False, attachment_ids=None):
        """The activity was marked done: with several outcomes one has to be chosen."""
        self._lock()
        self._check_may_act()
        chosen = self._check_outcome(None, feedback)
        self._check_form()
        self._check_one_vote_each(self.env.user)
        return self.sudo()._complete(chosen, feedback or None, attachment_ids)

    @api.readonly
    def get_form(self):
        """All that the dialog of a task shows: texts, outcomes, fields of the record,
        and what was decided before. Readable by whoever may read the task."""
        self.ensure_one()
        self.check_access("read")
        task = self.sudo()
        record = task._get_record()
        return {
            **self._describe_for_buttons(),
            "instruction": self.instruction or "",
            "why": task.why or "",
            "state": task.state,
            "deadline": self._say(task.deadline),
            "is_overdue": self.is_overdue,
            "holder": task.user_id.name or task.group_id.display_name or "",
            "can_claim": self._may("can_claim"),
            "record": self._describe_record(record),
            "fields": self._describe_fields(record),
            "history": task._describe_history(),
        }

    @api.readonly
    def get_diagram(self):
        """The diagram of the task's process with where it stands and what is done."""
        self.ensure_one()
        self.check_access("read")
        instance = self.sudo().instance_id
        marks = {}
        for task in instance.task_ids:
            if task.state in ("todo", "waiting"):
                state = "late" if task.is_overdue else "active"
                badge = task.user_id.name or task.group_id.name or ""
                marks[task.element_id.element_id] = {"state": state, "badge": badge}
            elif task.state == "done":
                marks.setdefault(task.element_id.element_id, {"state": "done"})
        return {
            "xml": instance.version_id.bpmn_xml or "",
            "marks": [{"element": key, **mark} for key, mark in marks.items() if key],
        }

    def _describe_record(self, record):
        if not record:
            return False
        own = record.with_env(self.env)
        return {
            "model": record._name,
            "id": record.id,
            "name": record.display_name,
            "can_read": own.has_access("read"),
            "can_write": own.has_access("write"),
        }

    def _describe_fields(self, record):
        """Fields of the form that exist and that the person may read."""
        if not record or not record.with_env(self.env).has_access("read"):
            return []
        known = self.env[record._name].fields_get()
        return [
            {
                "name": field["name"],
                "required": bool(field.get("required")),
                "readonly": bool(field.get("readonly") or known[field["name"]]["readonly"]),
            }
            for field in self._get_form_fields()
            if field.get("name") in known
        ]

    def _say(self, moment):
        """A moment as the person reads it, to the minute."""
        return moment_text(self.env, moment) if moment else ""

    def _describe_history(self, limit=20):
        """What was decided in this run before: who, what, when, with which words."""
        done = self.search(
            [("instance_id", "=", self.instance_id.id), ("state", "=", "done")],
            order="date_done desc, id desc",
            limit=limit,
        )
        return [
            {
                "id": task.id,
                "name": task.name,
                "who": task.done_by_id.name or "",
                "when": self._say(task.date_done),
                "outcome": task.outcome_label or "",
                "comment": task.comment or "",
            }
            for task in done
        ]
