from datetime import timedelta

from odoo import fields, models

from .bpm_regulation_part import is_askable, read_domain


class BpmRegulationStep(models.Model):
    """Something to be done at a stage; made for each record that enters it."""

    _name = "bpm.regulation.step"
    _description = "Step of a Regulated Stage"
    _inherit = ["bpm.regulation.part"]
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(
        "bpm.regulation.stage", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("activity", "Activity"),
            ("approval", "Approval"),
            ("process", "Process"),
            ("record", "Create a record"),
            ("action", "Server action"),
        ],
        default="activity",
        required=True,
    )
    required = fields.Boolean(default=True, help="The stage cannot be left before it is done.")
    repeat = fields.Boolean(
        string="Anew on Each Entry",
        help="Done again whenever the record comes back to the stage; otherwise once is enough.",
    )
    instruction = fields.Text(translate=True)
    after_id = fields.Many2one(
        "bpm.regulation.step",
        ondelete="set null",
        copy=False,
        help="It starts when that step is done; empty: on entry.",
    )
    domain = fields.Char(string="Only If", help="Only for records that match; empty: always.")
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")
    field_ids = fields.Many2many(
        "ir.model.fields",
        "bpm_regulation_step_field_rel",
        string="Fill In",
        help="Fields of the record that are filled in by this step: one click opens them, and "
        "saving them is doing the step.",
    )
    assign_kind = fields.Selection(
        [
            ("responsible", "Responsible of the record"),
            ("role", "Role on the record"),
            ("user", "A person"),
            ("group", "A group"),
            ("mover", "Who moved the record"),
            ("leader", "Leader of the responsible's team"),
        ],
        string="Who",
        default="responsible",
        required=True,
    )
    assign_user_id = fields.Many2one("res.users", string="Person", ondelete="restrict")
    assign_group_id = fields.Many2one("res.groups", string="Group", ondelete="restrict")
    assign_path = fields.Char(
        string="Role",
        help="A person the record knows: the leader of its team, the salesperson of its customer.",
    )
    deadline_number = fields.Float(default=1, string="Within")
    deadline_unit = fields.Selection(
        [("hours", "working hours"), ("days", "working days"), ("calendar", "calendar days")],
        default="days",
        required=True,
    )
    remind_hours = fields.Float(
        string="Remind Before",
        default=4,
        help="So many hours before the deadline the person is reminded; 0: not.",
    )
    tell_late = fields.Boolean(
        string="Tell the Leader When Late",
        help="When the deadline has passed, the leader of the team gets a message.",
    )
    process_id = fields.Many2one("bpm.process", ondelete="restrict")
    server_action_id = fields.Many2one("ir.actions.server", ondelete="restrict")
    target_action_id = fields.Many2one(
        "bpm.action", ondelete="restrict", help="For 'Create a record': the action that makes it."
    )

    _check_deadline = models.Constraint(
        "CHECK(deadline_number >= 0)", "A step is not due before it begins."
    )
    _check_reminder = models.Constraint(
        "CHECK(remind_hours >= 0)",
        "Give the hours before the deadline without a minus.",
    )

    def _get_fitting(self, records):
        """Records for which the step is meant (its 'only if')."""
        domain = read_domain(self.domain)
        # A condition that asks about a field which is gone lets nobody off the step.
        if domain.is_true() or not is_askable(records, domain):
            return records
        return self.env["bpm.regulation"]._filter_fitting(records, domain)

    def _prepare_timing(self, company, start, user):
        """When a person who gets it now has to do it and is reminded of it."""
        deadline = self._get_deadline(company, start, user)
        timing = self._prepare_reminder(company, deadline, user, start)
        return {"date_start": start, "deadline": deadline, **timing}

    def _prepare_reminder(self, company, deadline, user, start=None):
        """When a person is reminded of a deadline, counted back in his working time.

        :param start: since when he has it, now if not given: of what is due at once nobody
            needs a reminder.
        """
        remind_at = self.remind_hours and self._get_moment_before(company, deadline, user)
        soon = not remind_at or remind_at <= (start or fields.Datetime.now())
        return {
            "remind_at": False if soon else remind_at,
            "reminded_at": False,
            "late_told_at": False,
        }

    def _get_moment_before(self, company, deadline, user):
        """So many hours before the deadline, in the time in which that is counted."""
        calendar, resource = user.sudo()._get_bpm_calendar(company)
        planned = False
        if self.deadline_unit != "calendar" and calendar:
            planned = calendar.plan_hours(
                -self.remind_hours, deadline, compute_leaves=True, resource=resource or None
            )
        # A calendar without working hours plans nothing.
        return planned or deadline - timedelta(hours=self.remind_hours)

    def _get_deadline(self, company, start, user):
        """When it is due, in the working time of the person, else of the company."""
        calendar, resource = user.sudo()._get_bpm_calendar(company)
        if self.deadline_unit == "calendar" or not calendar:
            return start + timedelta(days=self.deadline_number)
        hours = self.deadline_number
        if self.deadline_unit == "days":
            hours *= calendar.hours_per_day or 8
        planned = calendar.plan_hours(hours, start, compute_leaves=True, resource=resource or None)
        # A calendar without working hours plans nothing.
        return planned or start + timedelta(hours=hours)

    def _get_problems(self, model):
        """Why this step could not be done, in sentences."""
        self.ensure_one()
        problems = []
        needed = {
            "process": (self.process_id, self.env._("choose the process")),
            "action": (self.server_action_id, self.env._("choose the server action")),
            "record": (
                self.target_action_id or self.server_action_id,
                self.env._("choose the action that creates the record"),
            ),
        }
        what = dict(needed, **self._get_needed_for_assignment())
        for key in (self.kind, self.assign_kind):
            chosen, cure = what.get(key, (True, ""))
            if not chosen:
                problems.append(f"{self.name}: {cure}.")
        if self.after_id and self.after_id.stage_id != self.stage_id:
            problems.append(
                self.env._("%s: the step it comes after stands at another stage.", self.name)
            )
        return problems + self._get_domain_problems(model, self.domain)

    def _get_needed_for_assignment(self):
        return {
            "user": (self.assign_user_id, self.env._("choose the person")),
            "group": (self.assign_group_id, self.env._("choose the group")),
            "role": (self.assign_path, self.env._("choose the role")),
        }

    def _describe_passed(self):
        """The item of a refusal for a required step of a stage that was passed over."""
        self.ensure_one()
        stage = self.stage_id
        text = self.env._(
            "“%(step)s” belongs to the stage “%(stage)s”, which was passed over; go there first.",
            step=self.name,
            stage=stage.name,
        )
        return {
            "kind": "passed", "key": self.key, "name": self.name, "stage": stage.name,
            "text": text, "cure": {"type": "stage", "value": stage.value, "text": text},
        }  # fmt: skip
