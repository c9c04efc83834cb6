"""Who may do what with a task, and what stands in the way of completing it."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

MANAGER = "bpm_engine.group_manager"


class BpmTask(models.Model):
    _inherit = "bpm.task"

    can_complete = fields.Boolean(compute="_compute_rights", help="You may do this task.")
    can_claim = fields.Boolean(
        compute="_compute_rights",
        search="_search_can_claim",
        help="It is free and you may take it.",
    )
    can_release = fields.Boolean(compute="_compute_rights", help="You may give it back.")
    can_delegate = fields.Boolean(compute="_compute_rights", help="You may pass it on.")

    @api.depends("state", "user_id", "group_id", "process_id.owner_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        user = self.env.user
        absences = self._get_absences()
        second = self._find_second_votes(user)
        for task in self:
            mine = task.user_id == user
            is_open = task.state == "todo"
            right = is_open and bool(task._get_right(absences))
            task.can_complete = right and task not in second
            task.can_delegate = right
            task.can_claim = task.can_complete and not task.user_id
            task.can_release = is_open and mine and bool(task.sudo().group_id)

    def _search_can_claim(self, operator, value):
        """Free tasks for which the user has a right; see :meth:`_get_right`."""
        if operator != "in":
            return NotImplemented
        free = Domain([("state", "=", "todo"), ("user_id", "=", False)])
        user = self.env.user
        if not (self.env.su or user.has_group(MANAGER)):
            mine = Domain("process_id.owner_id", "=", user.id)
            free &= mine | Domain("group_id", "in", user.all_group_ids.ids)
        free &= Domain("id", "not in", self._get_free_second_votes())
        return free if True in value else ~free

    def _get_right(self, absences=None):
        """By what right the user may act on the task: "holder", "group", "substitute",
        "manager", or False.

        :param absences: see :meth:`_get_absences`, asked once for many tasks
        """
        self.ensure_one()
        user, task = self.env.user, self.sudo()
        if task.user_id == user:
            return "holder"
        if not task.user_id and task.group_id and task.group_id in user.all_group_ids:
            return "group"
        if self.env.uid == SUPERUSER_ID or user.has_group(MANAGER):
            return "manager"
        if task.process_id.owner_id == user:
            return "manager"
        if absences is None:
            absences = self._get_absences()
        if any(a.user_id == task.user_id and a._covers(task.process_id) for a in absences):
            return "substitute"
        return False

    @api.model
    def _get_to_take_domain(self):
        """Free tasks of the user's groups."""
        return Domain(
            [
                ("state", "=", "todo"),
                ("user_id", "=", False),
                ("group_id", "in", self.env.user.all_group_ids.ids),
                ("id", "not in", self._get_free_second_votes()),
            ]
        )

    def _get_absences(self):
        """Absences of those who have these tasks, in which the user stands in today."""
        user = self.env.user
        people = self.sudo().user_id - user
        absences = self.env["bpm.substitution"].sudo()._get_current(people)
        return absences.filtered(lambda absence: absence.substitute_id == user)

    # ------------------------------------------------------------ refusals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_purge(self):
        """Votes and comments are history: no code deletes them, the system included.

        They go only with their whole instance when the system removes it, as bpm.log does.
        """
        if self and not (self.env.su and self.env.context.get("bpm_purge")):
            raise UserError(self.env._("Tasks of processes are history; they cannot be deleted."))

    def _check_may_act(self):
        """Refuse, in words, a task that is closed, waiting or somebody else's."""
        absences = None if self.env.su else self._get_absences()
        for task in self:
            task._check_open()
            if not self.env.su and not task._get_right(absences):
                raise AccessError(task._not_yours_message())

    def _check_open(self):
        task = self.sudo()
        if task.state == "waiting":
            raise UserError(self.env._("“%s” waits until those before you have voted.", task.name))
        if task.state == "todo":
            return
        if task.state == "cancelled":
            raise UserError(
                self.env._(
                    "“%(task)s” was withdrawn: %(why)s",
                    task=task.name,
                    why=task.comment or self.env._("the process went another way."),
                )
            )
        raise UserError(
            self.env._(
                "“%(task)s” was already done by %(who)s at %(when)s: %(outcome)s.",
                task=task.name,
                who=task.done_by_id.name,
                when=format_datetime(self.env, task.date_done),
                outcome=task.outcome_label or task.outcome or self.env._("Done"),
            )
        )

    def _not_yours_message(self):
        task = self.sudo()
        if task.user_id:
            return self.env._(
                "“%(task)s” is not yours: %(who)s has it. Ask %(who)s or a manager of "
                "processes to pass it on to you.",
                task=task.name,
                who=task.user_id.name,
            )
        return self.env._(
            "“%(task)s” is for people of the group “%(group)s”, and you are not one of them.",
            task=task.name,
            group=task.group_id.display_name,
        )

    def _check_outcome(self, outcome, comment):
        """The chosen outcome as drawn.

        :raise UserError: unknown outcome, or a demanded comment is missing
        :raise RedirectWarning: none chosen of several; its button opens the task
        """
        self.ensure_one()
        outcomes = self.outcomes
        if not outcome and len(outcomes) > 1:
            raise RedirectWarning(
                self.env._(
                    "“%(task)s” can end in several ways: %(outcomes)s. Choose one.",
                    task=self.name,
                    outcomes=self._list_labels(),
                ),
                self._prepare_dialog_action(),
                self.env._("Choose"),
            )
        chosen = next((o for o in outcomes if o["key"] == outcome), None)
        if not outcome:
            chosen = outcomes[0]
        if not chosen:
            raise UserError(
                self.env._(
                    "“%(task)s” has no outcome “%(outcome)s”. It has: %(outcomes)s.",
                    task=self.name,
                    outcome=outcome,
                    outcomes=", ".join(f"{o['label']} ({o['key']})" for o in outcomes),
                )
            )
        if chosen.get("comment") and not (comment or "").strip():
            raise UserError(
                self.env._(
                    "“%(outcome)s” of “%(task)s” needs a comment: say why.",
                    outcome=chosen.get("label") or chosen["key"],
                    task=self.name,
                )
            )
        return chosen

    def _list_labels(self):
        return ", ".join(f"“{o.get('label') or o['key']}”" for o in self.outcomes)

    def _check_form(self):
        """Refuse while required fields of the task's form are empty; names each."""
        self.ensure_one()
        missing = self._get_missing_fields()
        if missing:
            raise UserError(
                self.env._(
                    "Before “%(task)s” is done, fill in on “%(record)s”: %(fields)s.",
                    task=self.name,
                    record=self.record_name,
                    fields=", ".join(missing),
                )
            )

    def _get_missing_fields(self):
        """Labels of required form fields that are empty on the record."""
        required = [f["name"] for f in self._get_form_fields() if f.get("required")]
        record = self.sudo()._get_record() if required else None
        if not record:
            return []
        missing = []
        for name in required:
            field = record._fields.get(name)
            # Nought is an answer, False of a check box is not ticked: neither is empty.
            if field and field.type not in ("boolean", "integer", "float", "monetary"):
                if not record[name]:
                    missing.append(field._description_string(self.env))
        return missing
