from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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
    date_start = fields.Datetime(readonly=True)
    date_done = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    comment = fields.Text(readonly=True)
    activity_ids = fields.One2many("mail.activity", "bpm_case_step_id")
    instance_id = fields.Many2one("bpm.instance", ondelete="set null", readonly=True, index=True)
    is_passed_on = fields.Boolean(readonly=True, help="Given by somebody to another person.")
    why = fields.Char(readonly=True, help="Why this person has it.")

    _todo_idx = models.Index("(user_id, deadline) WHERE state = 'todo'")

    def _get_records(self):
        """The records these steps are for; of one model."""
        cases = self.sudo().case_id
        return self.env[cases[:1].res_model].browse(cases.mapped("res_id"))

    def _get_by_record(self):
        """{record id: step}"""
        return {step.sudo().case_id.res_id: step for step in self}

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
            for company, part in some.grouped(lambda s: s.case_id.company_id).items():
                deadline = step._get_deadline(company or self.env.company, now)
                part.write({"date_start": now, "deadline": deadline, "state": "todo"})
            for (user, why), part in some.grouped(lambda s, p=people: p[s.case_id.res_id]).items():
                part.write({"user_id": user.id, "why": why})
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
                "summary": case_step.name,
                "note": step.instruction,
                "user_id": case_step.user_id.id,
                "date_deadline": case_step._get_deadline_day(),
                "bpm_case_step_id": case_step.id,
                "automated": True,
            }
            for case_step in self
        ]
        # A thousand mails 'assigned to you' would be sent one by one.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(vals)

    def _get_deadline_day(self):
        """Day of the deadline where the person is."""
        person = self.user_id
        local = self.with_context(tz=person.tz or self.env.user.tz or "UTC")
        return fields.Datetime.context_timestamp(local, self.deadline).date()

    @api.model
    def _follow_responsible(self, records):
        """Open steps of the responsible go over to the new one, unless they were passed on."""
        cases = self.env["bpm.stage.case"]._get_cases(records).values()
        steps = self.search(
            [
                ("case_id", "in", [case.id for case in cases]),
                ("state", "=", "todo"),
                ("step_id.assign_kind", "=", "responsible"),
                ("is_passed_on", "=", False),
            ]
        )
        for step, some in steps.grouped("step_id").items():
            people = step._get_people(some._get_records())
            for row in some:
                user, why = people[row.case_id.res_id]
                if user != row.user_id:
                    row.write({"user_id": user.id, "why": why})
                    activities = row.activity_ids.filtered("active")
                    activities.with_context(bpm_step_checked=True).user_id = user

    # ------------------------------------------------------------ the end of a step

    def action_done(self, comment=None):
        """Mark steps as done, by the person who has it or whoever may change the record.

        :raise AccessError: neither. :raise UserError: it waits, or is an approval or a process.
        """
        for step in self:
            step._check_open(("activity", "record", "action"))
            step._check_may_act("write")
            step._finish(comment)
        return True

    def action_approve(self, comment=None):
        """Give the approval (AT-09): only the person, the group or a manager may."""
        for step in self:
            step._check_open(("approval",))
            step._check_may_act()
            step._finish(comment)
        return True

    def action_refuse(self, reason):
        """Refuse the approval with a reason; the stage cannot be left until it is asked anew."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is refused."))
        for step in self:
            step._check_open(("approval",))
            step._check_may_act()
            step.sudo()._close("refused", reason)
        return True

    def action_again(self):
        """Ask a refused approval (or start a failed process) anew; the former round stays."""
        for step in self:
            step._check_may_act("write")
            old = step.sudo()
            if old.state != "refused" or not old.is_current:
                raise UserError(self.env._("“%s” has not been refused.", step.name))
            old.is_current = False
            new = old.copy({
                "is_current": True, "state": "todo", "comment": False, "date_done": False,
                "done_by_id": False, "instance_id": False,
            })  # fmt: skip
            new._start()
        return True

    def _finish(self, comment):
        """Done, together with its activity, which may be done by anybody who may do the step."""
        activities = self.sudo().activity_ids.filtered("active")
        if activities:
            activities.with_context(bpm_step_checked=True).action_feedback(feedback=comment)
        else:
            self.sudo()._mark_done(comment)

    def _mark_done(self, comment=None):
        """These steps are done; what waited for them starts. Callers have checked rights."""
        self = self.filtered(lambda step: step.state in OPEN_STATES)
        self._close("done", comment)
        self._start_following()

    def _close(self, state, comment=None):
        """End open steps; activities that are left go away, the row stays as history."""
        if not self:
            return
        self.write(
            {
                "state": state,
                "comment": comment or False,
                "date_done": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        self.activity_ids.filtered("active").with_context(bpm_step_checked=True).unlink()

    def _withdraw(self):
        """Nobody has to do these any more."""
        steps = self.filtered(lambda step: step.state in OPEN_STATES)
        if steps:
            steps.write({"state": "withdrawn", "date_done": fields.Datetime.now()})
            steps.activity_ids.filtered("active").with_context(bpm_step_checked=True).unlink()
        return steps

    def _start_following(self):
        """Start steps that waited for these."""
        if not self:
            return
        done = {(step.case_id.id, step.key) for step in self}
        waiting = self.search(
            [
                ("case_id", "in", self.case_id.ids),
                ("state", "=", "waiting"),
                ("after_key", "in", self.mapped("key")),
            ]
        )
        waiting.filtered(lambda s: (s.case_id.id, s.after_key) in done)._start()

    # ------------------------------------------------------------ rights

    def _check_open(self, kinds):
        self.ensure_one()
        if self.kind not in kinds or self.state != "todo":
            raise UserError(
                self.env._(
                    "“%(step)s” cannot be ended this way: %(state)s, %(kind)s.",
                    step=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                    kind=self.kind,
                )
            )

    def _check_may_act(self, operation=None):
        """:raise AccessError: not one's own step, and no right to ``operation`` on the record."""
        for step in self:
            if not step._may_act(operation):
                raise AccessError(
                    self.env._(
                        "“%(step)s” is for %(who)s.",
                        step=step.name,
                        who=step.sudo().group_id.name or step.sudo().user_id.name,
                    )
                )

    def _may_act(self, operation=None):
        """Own step, own group's, a manager of processes, or who has a right on the record."""
        self.ensure_one()
        user, step = self.env.user, self.sudo()
        if self.env.su or step.user_id == user or step.group_id in user.all_group_ids:
            return True
        record = self._get_records().with_env(self.env)
        if user.has_group("bpm_engine.group_manager") and record.has_access("read"):
            return True
        return bool(operation and record.has_access(operation))

    # ------------------------------------------------------------ another wording

    def _adopt(self, version):
        """Go under a version: the same step there by key, else by kind and name.

        :return: the open ones that have no place there and were withdrawn.
        """
        by_key = {step.key: step for step in version.stage_ids.step_ids}
        by_name = {(step.kind, step.name): step for step in version.stage_ids.step_ids}
        groups = defaultdict(self.browse)
        for row in self:
            groups[by_key.get(row.key) or by_name.get((row.kind, row.name))] |= row
        for step, rows in groups.items():
            if step:
                rows.write({
                    "step_id": step.id, "key": step.key, "stage_id": step.stage_id.id,
                    "required": step.required, "after_key": step.after_id.key,
                })  # fmt: skip
        misplaced = self.filtered(lambda row: row.stage_id != row.case_id.stage_id)
        return (groups.get(None, self.browse()) | misplaced)._withdraw()

    # ------------------------------------------------------------ in words

    def _describe_missing(self):
        """The item of a refusal (see bpm.regulation.why_not) for this open step."""
        self.ensure_one()
        return {
            "kind": "step",
            "key": self.key,
            "name": self.name,
            "stage": self.stage_id.name,
            "text": self._describe_state(),
            "cure": {
                "type": self.kind,
                "step_id": self.id,
                "state": self.state,
                "activity_id": self.activity_ids.filtered("active")[:1].id,
                "user": [self.user_id.id, self.user_id.name],
                "text": "",
            },
        }

    def _describe_state(self):
        who = self.group_id.name or self.user_id.name or ""
        if self.state == "waiting":
            return self.env._("Step “%s” waits for another step.", self.name)
        if self.state == "refused":
            return self.env._(
                "“%(step)s” was refused by %(who)s: %(reason)s",
                step=self.name,
                who=self.done_by_id.name,
                reason=self.comment or "",
            )
        if self.kind == "approval":
            return self.env._(
                "“%(step)s” waits for the approval of %(who)s.", step=self.name, who=who
            )
        return self.env._("Step “%(step)s” is not done (%(who)s).", step=self.name, who=who)
