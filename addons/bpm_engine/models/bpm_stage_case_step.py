from odoo import fields, models

from ..lib.own_context import INTERNAL

OPEN_STATES = ("waiting", "todo")
#: Kinds of steps that a program does.
AUTOMATIC = ("process", "record", "action")


class BpmStageCaseStep(models.Model):
    """A step of a stage on one record: who, until when, done or not."""

    _name = "bpm.stage.case.step"
    _description = "Step on a Record"
    _order = "case_id, sequence, id"

    case_id = fields.Many2one("bpm.stage.case", required=True, ondelete="cascade", index=True)
    step_id = fields.Many2one("bpm.regulation.step", ondelete="set null", index=True)
    key = fields.Char(index=True, readonly=True)
    after_key = fields.Char(readonly=True, help="Key of the step it waits for.")
    name = fields.Char(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    required = fields.Boolean(readonly=True)
    sequence = fields.Integer(readonly=True)
    stage_id = fields.Many2one("bpm.regulation.stage", ondelete="set null", readonly=True)
    is_current = fields.Boolean(
        default=True, readonly=True, help="Off for an earlier round of a step that is done anew."
    )
    state = fields.Selection(
        [
            ("waiting", "Waits for another step"),
            ("todo", "To do"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True, index=True)
    group_id = fields.Many2one("res.groups", readonly=True)
    deadline = fields.Datetime(readonly=True)
    remind_at = fields.Datetime(readonly=True)
    reminded_at = fields.Datetime(readonly=True)
    late_told_at = fields.Datetime(
        readonly=True, help="When the leader was told that it is overdue."
    )
    date_start = fields.Datetime(readonly=True)
    date_done = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    comment = fields.Text(readonly=True)
    activity_ids = fields.One2many("mail.activity", "bpm_case_step_id")
    instance_id = fields.Many2one("bpm.instance", ondelete="set null", readonly=True, index=True)
    is_passed_on = fields.Boolean(readonly=True, help="Given by somebody to another person.")
    why = fields.Char(readonly=True, help="Why this person has it.")
    substitution_id = fields.Many2one(
        "bpm.substitution",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
        help="The absence because of which somebody else has it; it goes back afterwards.",
    )

    _todo_idx = models.Index("(user_id, deadline) WHERE state = 'todo'")
    _remind_idx = models.Index("(remind_at) WHERE state = 'todo' AND reminded_at IS NULL")
    _late_idx = models.Index("(deadline) WHERE state = 'todo' AND late_told_at IS NULL")

    def _get_records(self):
        """The records these steps are for; of one model."""
        cases = self.sudo().case_id
        return self.env[cases[:1].res_model].browse(cases.mapped("res_id"))

    def _get_by_record(self):
        """{record id: step}"""
        return {step.sudo().case_id.res_id: step for step in self}

    def _get_redirect_suggested_company(self):
        """Which company is to be chosen on the screen, in words of Odoo's own refusal."""
        return self.case_id.company_id

    # ------------------------------------------------------------ starting

    def _start(self):
        """Give these steps to people, or do what is done by itself; in bulk."""
        now = self.env.cr.now()
        automatic = False
        for step, rows in self.sudo().grouped("step_id").items():
            if automatic:
                # What a program did may have ended the case or led on to another stage.
                rows = rows.exists().filtered(lambda s: s.state in OPEN_STATES)
            automatic = automatic or step.kind in AUTOMATIC
            some = rows - rows._skip_misfits(step)
            if not some:
                continue
            people = step._get_people(some._get_records())

            def key(row, people=people):
                return people[row.case_id.res_id], row.case_id.company_id

            for (holder, company), part in some.grouped(key).items():
                timing = step._prepare_timing(company or self.env.company, now, holder.user)
                part.write({"state": "todo", **holder.prepare_values(), **timing})
            getattr(some, f"_start_{step.kind}")(step)

    def _start_activity(self, step):
        self._plan_activities(step, step.activity_type_id)

    def _start_approval(self, step):
        approval = self.env.ref("bpm_engine.mail_activity_type_approval")
        self._plan_activities(step, step.activity_type_id or approval)

    def _plan_activities(self, step, activity_type):
        """They stand in people's schedules like any other activity (TN-10)."""
        records = self._get_records()
        if "activity_ids" not in records._fields:
            return
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(records._name)
        vals = [
            {
                "res_model_id": model_id,
                "res_id": case_step.case_id.res_id,
                "activity_type_id": (activity_type or todo).id,
                **step._get_words_for(case_step.user_id),
                "user_id": case_step.user_id.id,
                "date_deadline": case_step._get_deadline_day(),
                "bpm_case_step_id": case_step.id,
                "automated": True,
            }
            for case_step in self
        ]
        # A thousand mails 'assigned to you' would be sent one by one.
        activities = self.env["mail.activity"].sudo()
        activities.with_context(mail_activity_quick_update=True, bpm_step_checked=INTERNAL).create(
            vals
        )

    def _get_deadline_day(self):
        """Day of the deadline where the person is."""
        person = self.user_id
        local = self.with_context(tz=person.tz or self.env.user.tz or "UTC")
        return fields.Datetime.context_timestamp(local, self.deadline).date()
