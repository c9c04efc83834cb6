from odoo import api, models
from odoo.fields import Domain

from .bpm_instance import OPEN_STATES

#: How many ended runs, and how many steps of each run, a record's card shows.
MAX_ENDED = 30
MAX_STEPS = 50
SHOWN = ("startEvent", "endEvent", "userTask", "manualTask", "task", "serviceTask", "sendTask")


class BpmInstance(models.Model):
    """Processes as they are shown on the record they run on (HU-06, EP-05)."""

    _inherit = "bpm.instance"

    @api.model
    def get_record_processes(self, res_model, res_id):
        """What runs and ran on a record, and what can be started; for its form.

        Whoever may read the record sees this, without a process group (HU-06).

        :return: {"instances": [...], "startable": [...]}: all that run, then the last that
            ended, of the companies the person works in; each with its steps, open tasks,
            waits, result, and in one sentence what happens next.
        :raise AccessError: the person may not read the record.
        :raise UserError: there is no such record.
        """
        record = self.env["bpm.process"]._check_readable(res_model, res_id)
        instances = self._find_on_card(record)
        steps = instances._get_card_steps()
        return {
            "instances": [i._prepare_card(steps.get(i.id, [])) for i in instances],
            "startable": self._get_startable(record),
        }

    def _find_on_card(self, record):
        """What runs is found first: years of ended runs must not hide it.

        The reader's rules do not apply here, yet what another company does with a shared
        customer is not told.
        """
        domain = self._get_card_domain(record)
        running = Domain("state", "in", OPEN_STATES)
        found = self.sudo().search(domain & running, order="id desc")
        return found + self.sudo().search(domain & ~running, order="id desc", limit=MAX_ENDED)

    def _get_card_domain(self, record):
        """Runs on a record that its card may tell of; hook for further limits."""
        return Domain(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    def _get_card_steps(self):
        """{instance id: steps that people know}, one query for all."""
        lines = (
            self.env["bpm.log"]
            .sudo()
            .search(
                [
                    ("instance_id", "in", self.ids),
                    (
                        "event",
                        "in",
                        ("left", "cancelled", "error", "repaired", "ended", "migrated"),
                    ),
                    "|",
                    ("element_type", "in", SHOWN),
                    ("element_type", "=", False),
                ]
            )
        )
        result = {}
        for line in lines:
            result.setdefault(line.instance_id.id, []).append(
                {
                    "id": line.id,
                    "element": line.element,
                    "name": line.element_name or line.element or "",
                    "event": line.event,
                    "at": line.at,
                    "user": line.user_id.name or "",
                    "outcome": line.outcome or "",
                    "comment": line.comment or "",
                    "overdue": line.overdue,
                }
            )
        return {key: steps[-MAX_STEPS:] for key, steps in result.items()}

    def _prepare_card(self, steps):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        open_tasks = self.task_ids.filtered(lambda t: t.state in ("todo", "waiting"))
        return {
            "id": self.id,
            "name": self.process_id.name,
            "process_id": self.process_id.id,
            "version_id": self.version_id.id,
            "version": self.version_id.number,
            "state": self.state,
            "state_label": labels[self.state],
            "result": self.result or "",
            "error": self.error or "",
            "date_start": self.date_start,
            "date_end": self.date_end,
            "starter": self.starter_id.name or "",
            "steps": steps,
            "tasks": [self._prepare_card_task(task) for task in open_tasks],
            "waits": [{"kind": w.kind, "name": w.name or "", "due": w.due} for w in self.wait_ids],
            "next": self.next_step,
        }

    def _prepare_card_task(self, task):
        return {
            "id": task.id,
            "name": task.name,
            "state": task.state,
            "element": task.element_id.element_id,
            "user": task.user_id.name or "",
            "user_id": task.user_id.id,
            "group": task.group_id.name or "",
            "mine": task.user_id == self.env.user,
            "deadline": task.deadline,
            "overdue": task.is_overdue,
            "instruction": task.instruction or "",
            "outcomes": task.outcomes if task.user_id == self.env.user else [],
        }

    # ------------------------------------------------------------------ what can be started

    def _get_startable(self, record):
        """Processes that the present person may start on a record now."""
        processes = (
            self.env["bpm.process"]
            .sudo()
            .search(
                [
                    ("model", "=", record._name),
                    ("state", "=", "published"),
                    ("start_by_hand", "=", True),
                    ("company_id", "in", [False, *self.env.companies.ids]),
                ]
            )
            .filtered(lambda process: process._can_start(self.env.user))
        )
        busy = self.sudo().search(
            [
                ("process_id", "in", processes.ids),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("state", "in", OPEN_STATES),
            ]
        )
        free = processes.filtered(lambda p: not p.one_per_record or p not in busy.process_id)
        return [
            {"id": p.id, "name": p.name, "description": p.description or "", "category": p.category}
            for p in free
        ]

    @api.model
    def _get_record_models(self):
        """Models on whose records processes run or ran; asked at every deletion."""
        return self.env["bpm.process.trigger"]._get_process_models()
