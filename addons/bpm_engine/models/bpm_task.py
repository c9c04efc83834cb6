from pytz import UTC

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What a task without drawn outcomes ends with.
DONE = "done"
CLOSED_STATES = ("done", "cancelled")
#: Lists sort groups by these keys: the most urgent stand first.
OVERDUE, TODAY, LATER, CLOSED = "1_overdue", "2_today", "3_later", "4_closed"


class BpmTask(models.Model):
    """A piece of human work in a running process; shown to people as an activity.

    A task is for one person, or for a group of which anybody may take it. Its texts,
    outcomes and form are those of its element as they are now (HU-20). Rows are never
    deleted: they are the history of who decided what.
    """

    _name = "bpm.task"
    _description = "Task of a Process"
    _inherit = ["bpm.rows.mixin"]
    _order = "deadline, id"

    name = fields.Char(required=True, readonly=True)
    instance_id = fields.Many2one(
        "bpm.instance", required=True, readonly=True, ondelete="cascade", index=True
    )
    process_id = fields.Many2one(related="instance_id.process_id", store=True, precompute=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True, precompute=True)
    res_model = fields.Char(related="instance_id.res_model", store=True, precompute=True)
    res_id = fields.Many2oneReference(
        related="instance_id.res_id", model_field="res_model", store=True, precompute=True
    )
    record_name = fields.Char(
        compute="_compute_record_name",
        compute_sudo=True,
        string="Concerns",
        help="What the task is about.",
    )
    element_id = fields.Many2one("bpm.element", readonly=True, ondelete="set null", index=True)
    token = fields.Char(readonly=True, help="The engine's id of the token.")
    index = fields.Integer(readonly=True, help="Number within a multi-instance task.")
    user_id = fields.Many2one("res.users", string="Assigned To", readonly=True, index=True)
    group_id = fields.Many2one(
        "res.groups", readonly=True, help="Anybody of the group may take it.", index=True
    )
    original_user_id = fields.Many2one(
        "res.users", readonly=True, help="Who it was for before delegation or substitution."
    )
    drawn_holder = fields.Char(
        readonly=True, help="Whom the assignment named, as kind and id, whoever has it now."
    )
    substitution_id = fields.Many2one(
        "bpm.substitution",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The absence because of which a substitute has it; it goes back afterwards.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waits for another vote"),
            ("todo", "To do"),
            ("done", "Done"),
            ("cancelled", "Withdrawn"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
    is_vote = fields.Boolean(readonly=True, help="One of several approvals of the same element.")
    rank = fields.Integer(readonly=True, help="Order of sequential approvals.")
    outcome = fields.Char(readonly=True, help="Key of the outcome chosen.")
    outcome_label = fields.Char(readonly=True, string="Result")
    comment = fields.Text(readonly=True)
    instruction = fields.Text(compute="_compute_from_element", help="What is to be done.")
    outcomes = fields.Json(compute="_compute_from_element")
    form_fields = fields.Json(compute="_compute_from_element")
    date_start = fields.Datetime(readonly=True, default=fields.Datetime.now, string="Since")
    deadline = fields.Datetime(readonly=True, help="Exact moment; the activity shows its day.")
    remind_at = fields.Datetime(readonly=True, help="When its holder is reminded of it.")
    date_done = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    reminded_at = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime(readonly=True)
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")
    due = fields.Selection(
        [(OVERDUE, "Overdue"), (TODAY, "Today"), (LATER, "Later"), (CLOSED, "Closed")],
        compute="_compute_due",
        search="_search_due",
        help="Of open tasks: deadline passed, today, or later (or none).",
    )
    why = fields.Char(readonly=True, help="Why this person has it: the rule and what it gave.")
    activity_ids = fields.One2many("mail.activity", "bpm_task_id")

    # Who had tasks of a process, without reading years of them.
    _process_idx = models.Index("(process_id, user_id)")
    _todo_idx = models.Index("(user_id, deadline) WHERE state = 'todo'")
    _group_idx = models.Index("(group_id) WHERE state = 'todo' AND user_id IS NULL")
    _token_idx = models.Index("(instance_id, token)")
    _remind_idx = models.Index("(remind_at) WHERE state = 'todo' AND reminded_at IS NULL")
    _escalate_idx = models.Index("(deadline) WHERE state = 'todo' AND escalated_at IS NULL")

    @api.depends("element_id.settings", "is_vote")
    def _compute_from_element(self):
        """Texts, outcomes and form come from the element as it is now: hot (HU-20)."""
        for task in self:
            settings = task.sudo().element_id.settings or {}
            task.instruction = settings.get("instruction")
            task.outcomes = settings.get("outcomes") or task._default_outcomes(settings)
            task.form_fields = settings.get("fields") or False

    def _default_outcomes(self, settings):
        if self.is_vote or settings.get("approval"):
            return [
                {"key": "approved", "label": self.env._("Approve"), "style": "positive"},
                {
                    "key": "refused",
                    "label": self.env._("Refuse"),
                    "style": "negative",
                    "comment": True,
                },
            ]
        return [{"key": DONE, "label": self.env._("Done"), "style": "positive"}]

    @api.depends("res_model", "res_id", "instance_id.name")
    def _compute_record_name(self):
        for model, tasks in self.grouped("res_model").items():
            known = self.env[model] if model in self.env else None
            names = {}
            if known is not None:
                records = known.browse(tasks.mapped("res_id")).exists()
                names = {record.id: record.display_name for record in records}
            for task in tasks:
                task.record_name = names.get(task.res_id) or task.instance_id.name

    @api.depends("deadline", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for task in self:
            task.is_overdue = bool(task.state == "todo" and task.deadline and task.deadline < now)

    def _search_is_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("state", "=", "todo") & Domain("deadline", "<", fields.Datetime.now())

    # ------------------------------------------------------------ today, later

    def _get_end_of_today(self):
        """End of the person's day, in UTC as datetimes are stored."""
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        end = today.replace(hour=23, minute=59, second=59, microsecond=0)
        return end.astimezone(UTC).replace(tzinfo=None)

    @api.depends("deadline", "state")
    def _compute_due(self):
        now, end = fields.Datetime.now(), self._get_end_of_today()
        for task in self:
            if task.state in CLOSED_STATES:
                task.due = CLOSED
            elif task.deadline and task.deadline < now:
                task.due = OVERDUE
            elif task.deadline and task.deadline <= end:
                task.due = TODAY
            else:
                task.due = LATER

    def _search_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, end = fields.Datetime.now(), self._get_end_of_today()
        is_open = Domain("state", "not in", CLOSED_STATES)
        parts = {
            CLOSED: Domain("state", "in", CLOSED_STATES),
            OVERDUE: is_open & Domain("deadline", "<", now),
            TODAY: is_open & Domain("deadline", ">=", now) & Domain("deadline", "<=", end),
            LATER: is_open & (Domain("deadline", "=", False) | Domain("deadline", ">", end)),
        }
        return Domain.OR(parts[key] for key in value if key in parts)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Lists are grouped by ``due``, which depends on the clock and is not stored."""
        if field_expr != "due":
            return super()._field_to_sql(alias, field_expr, query)
        deadline, state = SQL.identifier(alias, "deadline"), SQL.identifier(alias, "state")
        return SQL(
            "CASE WHEN %(state)s IN %(states)s THEN %(closed)s WHEN %(deadline)s < %(now)s "
            "THEN %(overdue)s WHEN %(deadline)s <= %(end)s THEN %(today)s ELSE %(later)s END",
            state=state,
            states=CLOSED_STATES,
            closed=SQL("'4_closed'"),
            overdue=SQL("'1_overdue'"),
            today=SQL("'2_today'"),
            later=SQL("'3_later'"),
            deadline=deadline,
            now=fields.Datetime.now(),
            end=self._get_end_of_today(),
        )

    # ------------------------------------------------------------ helpers

    def _get_form_fields(self):
        """Fields of the record in the task's form: name, required, readonly."""
        return self.form_fields or []

    def _get_record(self):
        """The record the task is about, or an empty recordset of the instance's model."""
        self.ensure_one()
        return self.instance_id._get_record_or_none()

    def _log(self, event, comment=None, **values):
        """Write what happened to these tasks into the history of their processes."""
        self.env["bpm.log"].sudo()._append(
            [{**task._prepare_log_values(event, comment), **values} for task in self]
        )

    def _prepare_log_values(self, event, comment=None):
        self.ensure_one()
        element = self.element_id
        return {
            "instance_id": self.instance_id.id,
            "process_id": self.process_id.id,
            "version_id": self.instance_id.version_id.id,
            "company_id": self.company_id.id,
            "element": element.element_id,
            "element_name": self.name,
            "element_type": element.type,
            "token": self.token,
            "event": event,
            "user_id": self.env.uid,
            "outcome": self.outcome,
            "comment": comment,
            "overdue": bool(self.deadline and self.deadline < fields.Datetime.now()),
        }
