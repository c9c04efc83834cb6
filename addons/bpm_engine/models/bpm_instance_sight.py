from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..sight import FlowMap
from .bpm_instance import OPEN_STATES
from .bpm_sight_words import moment_text

#: How many open steps the sentence "what happens next" names.
NAMED_STEPS = 3


class BpmInstance(models.Model):
    """How a running process is seen: where it stands, what comes next, what happened."""

    _inherit = "bpm.instance"

    open_task_ids = fields.One2many(
        "bpm.task",
        "instance_id",
        string="Open Tasks",
        domain=[("state", "in", ("todo", "waiting"))],
    )
    incident_job_ids = fields.One2many(
        "bpm.job", "instance_id", string="Incidents", domain=[("state", "=", "incident")]
    )
    holder_ids = fields.Many2many(
        "res.users",
        string="Held By",
        compute="_compute_holder_ids",
        search="_search_holder_ids",
        help="Who has an open task in it.",
    )
    standing_at = fields.Char(
        compute="_compute_standing_at",
        search="_search_standing_at",
        help="Names of the elements where it stands: open tasks, waits, background steps.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="A task in it is past its deadline.",
    )
    next_step = fields.Char(
        string="What Happens Next",
        compute="_compute_next_step",
        help="Who does what until when, and what follows.",
    )
    record_name = fields.Char(
        string="On",
        compute="_compute_record_name",
        search="_search_record_name",
        help="The record that it runs on.",
    )

    @api.depends("task_ids.state", "task_ids.user_id")
    def _compute_holder_ids(self):
        for instance in self:
            tasks = instance.sudo().task_ids.filtered(lambda t: t.state == "todo")
            instance.holder_ids = tasks.user_id

    def _search_holder_ids(self, operator, value):
        if operator not in ("in", "any", "ilike", "=ilike"):
            return NotImplemented
        if operator == "in" and False in value:
            return NotImplemented
        return Domain(
            "task_ids", "any", Domain("state", "=", "todo") & Domain("user_id", operator, value)
        )

    @api.depends("task_ids.state", "wait_ids", "job_ids.state")
    def _compute_standing_at(self):
        for instance in self:
            names = [row["name"] for row in instance.sudo()._get_open_steps()]
            instance.standing_at = ", ".join(dict.fromkeys(names))

    def _search_standing_at(self, operator, value):
        if operator not in ("in", "ilike", "=ilike", "like"):
            return NotImplemented
        element = Domain("element_id.name", operator, value)
        task = Domain("state", "=", "todo") & (element | Domain("name", operator, value))
        job = Domain("state", "in", ("waiting", "incident"))
        return Domain("state", "in", OPEN_STATES) & (
            Domain("task_ids", "any", task)
            | Domain("wait_ids", "any", element)
            | Domain("job_ids", "any", job & Domain("element_name", operator, value))
        )

    @api.depends("task_ids.state", "task_ids.deadline")
    def _compute_is_overdue(self):
        for instance in self:
            instance.is_overdue = any(instance.sudo().task_ids.mapped("is_overdue"))

    def _search_is_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        late = Domain("state", "=", "todo") & Domain("deadline", "<", fields.Datetime.now())
        return Domain("task_ids", "any", late)

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        """Readers of an instance need not be readers of its record: then only its kind."""
        for instance in self:
            record = instance._get_seen_record()
            if record is None:
                instance.record_name = False
            elif record.has_access("read"):
                instance.record_name = record.display_name
            else:
                instance.record_name = self.env["ir.model"]._get(record._name).name

    def _search_record_name(self, operator, value):
        """By the name that a record has now, among those that the reader may see."""
        if operator not in ("ilike", "like", "=ilike", "=like", "in"):
            return NotImplemented
        if operator == "in" and not all(isinstance(one, str) and one for one in value):
            return NotImplemented
        found = Domain.FALSE
        for name in sorted(self.env["bpm.process.trigger"]._get_process_models()):
            model = self.env.get(name)
            if model is None or model._abstract or not model.has_access("read"):
                continue
            records = model.with_context(active_test=False)._search(
                Domain("display_name", operator, value)
            )
            found |= Domain("res_model", "=", name) & Domain("res_id", "in", records)
        return found

    def _get_seen_record(self):
        """The record it runs on; None without one, or when it was deleted."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def action_open_record(self):
        """The form of the record that it runs on.

        :raises UserError: the record is gone, or the reader may not see it
        """
        self.ensure_one()
        record = self._get_seen_record()
        if record is None:
            raise UserError(
                self.env._("The record of “%(name)s” does not exist any more.", name=self.name)
            )
        if not record.has_access("read"):
            raise AccessError(
                self.env._("You see the process, but have no right to see its record.")
            )
        return record.get_formview_action()

    # What happens next

    def _get_open_steps(self) -> list[dict]:
        """Where it stands: tasks, then waits, then background steps.

        Keys: kind, element (id in the diagram), name, holder, deadline or due, late.
        """
        self.ensure_one()
        steps = []
        for task in self.task_ids.filtered(lambda t: t.state == "todo"):
            kind = "task" if task.user_id or not task.group_id else "group"
            holder = task.user_id.name or task.group_id.name or ""
            steps.append(
                self._prepare_step(kind, task, task.name, holder, task.deadline, task.is_overdue)
            )
        for wait in self.wait_ids:
            name = wait.element_id.name or wait.name or wait.kind
            steps.append(self._prepare_step(wait.kind, wait, name, wait.name, wait.due, False))
        for job in self.job_ids.filtered(lambda j: j.state in ("waiting", "incident")):
            kind = "incident" if job.state == "incident" else "job"
            steps.append(self._prepare_step(kind, job, job.element_name, "", False, False))
        return steps

    @staticmethod
    def _prepare_step(kind, record, name, holder, until, late) -> dict:
        return {
            "kind": kind,
            "element": record.element_id.element_id or "",
            "name": name or record.element_id.name or "",
            "holder": holder or "",
            "until": until,
            "late": late,
        }

    @api.depends("state", "task_ids.state", "task_ids.user_id", "task_ids.deadline", "wait_ids")
    def _compute_next_step(self):
        maps = {
            version: FlowMap.of(version.bpmn_xml)
            for version in self.filtered(lambda i: i.state == "running").sudo().version_id
        }
        for instance in self:
            instance.next_step = instance._tell_next(maps.get(instance.sudo().version_id))

    def _tell_next(self, flow_map: FlowMap | None = None) -> str:
        """One sentence for everybody: state, then who does what until when, then what follows."""
        self.ensure_one()
        told = self.sudo()
        _ = self.env._
        when = moment_text(self.env, told.date_end) if told.date_end else ""
        if told.state == "done":
            if told.result:
                return _("Ended with “%(result)s” on %(when)s.", result=told.result, when=when)
            return _("Ended on %(when)s.", when=when)
        if told.state == "cancelled":
            return _("Cancelled on %(when)s; nothing more happens.", when=when)
        if told.state == "suspended":
            return _("Suspended: nothing happens until a manager resumes it.")
        steps = told._get_open_steps()
        broken = [step for step in steps if step["kind"] == "incident"]
        if told.state == "incident":
            name = broken[0]["name"] if broken else told.name
            return _(
                "Stopped at “%(name)s” by an error: a manager repeats or skips the step.", name=name
            )
        return self._tell_steps(steps, flow_map) or _(
            "Nothing is open; the engine goes on by itself."
        )

    def _tell_steps(self, steps: list[dict], flow_map: FlowMap | None) -> str:
        flow_map = flow_map or FlowMap.of(self.sudo().version_id.bpmn_xml)
        told = [self._tell_step(step, flow_map) for step in steps[:NAMED_STEPS]]
        more = len(steps) - NAMED_STEPS
        if more > 0:
            told.append(self.env._("And %(count)s more", count=more))
        return ". ".join(told) + "." if told else ""

    def _tell_step(self, step: dict, flow_map: FlowMap) -> str:
        _ = self.env._
        until = moment_text(self.env, step["until"]) if step["until"] else ""
        values = {"name": step["name"], "who": step["holder"], "until": until}
        if step["kind"] == "group":
            text = _("Anybody of “%(who)s” may take “%(name)s”", **values)
        elif step["kind"] == "task" and not step["holder"]:
            text = _("Nobody has “%(name)s” yet", **values)
        elif step["kind"] == "task" and step["late"]:
            text = _("%(who)s is late with “%(name)s”, due %(until)s", **values)
        elif step["kind"] == "task" and until:
            text = _("%(who)s does “%(name)s” until %(until)s", **values)
        elif step["kind"] == "task":
            text = _("%(who)s does “%(name)s”", **values)
        elif step["kind"] == "timer":
            text = _("It waits until %(until)s (“%(name)s”)", **values)
        elif step["kind"] in ("message", "signal"):
            text = _("It waits for “%(name)s”", **values)
        else:
            text = _("“%(name)s” runs in the background", **values)
        return text + self._tell_after(step["element"], flow_map)

    def _tell_after(self, element: str, flow_map: FlowMap) -> str:
        names, forks = flow_map.after(element)
        quoted = [f"“{name}”" for name in names[:NAMED_STEPS]]
        if not quoted:
            return ""
        joint = self.env._(" and ") if forks else self.env._(" or ")
        return self.env._(", then %(names)s", names=joint.join(quoted))

    # Buttons that ask for a reason

    def action_ask_cancel(self):
        """Ask why, then cancel."""
        return self.env["bpm.reason"]._prepare_ask_action(
            "cancel", self.env._("Cancel the Process"), self
        )

    def action_ask_suspend(self):
        """Ask why, then suspend."""
        return self.env["bpm.reason"]._prepare_ask_action(
            "suspend", self.env._("Suspend the Process"), self
        )
