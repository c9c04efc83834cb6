"""What people do with tasks; each a single call, also for other systems (JSON-2)."""

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.reader import keeping_env


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def action_complete(self, outcome=None, comment=None):
        """Do tasks: the process moves on.

        :param str outcome: key of the outcome; may be left out if there is only one
        :param str comment: what one wants to say to it; some outcomes demand it
        :raise UserError: already done (by whom and when), not yours, outcome unknown,
            comment or required fields missing; nothing has changed then
        """
        self._read_whole()
        self.check_access("read")
        self._lock()
        self._check_may_act()
        for task in self:
            chosen = task._check_outcome(outcome, comment)
            task._check_form()
            task._check_one_vote_each(self.env.user)
            # The engine acts for the process; who may, was checked above.
            task.sudo()._complete(chosen, comment)
        return True

    def _read_whole(self):
        """Read tasks with all that doing them looks at, and whether they have activities."""
        tasks = self.sudo()
        if not tasks:
            return
        names, query = tasks._get_reading()
        self.env["mail.activity"].flush_model(["bpm_task_id"])
        caches = [tasks._fields[name]._get_cache(tasks.env) for name in names]
        for id_, busy, *values in self.env.execute_query(SQL(query, self._ids)):
            for cache, value in zip(caches, values, strict=True):
                cache.setdefault(id_, value)
            if not busy:
                tasks._fields["activity_ids"]._insert_cache(tasks.browse(id_), [()])

    @api.model
    @tools.ormcache()
    def _get_reading(self):
        """(fields, statement) of _read_whole()."""
        rows = self.env["bpm.rows.mixin"]
        names = [name for name, field in self._fields.items() if rows._is_plain(field)]
        names.remove("id")
        columns = ", ".join(f't."{name}"' for name in names)
        return names, (
            "SELECT t.id, EXISTS (SELECT FROM mail_activity a WHERE a.bpm_task_id = t.id), "
            f"{columns} FROM bpm_task t WHERE t.id IN %s"
        )

    def _lock(self):
        """Wait for others who are moving these processes, then see their result.

        The instance's row is touched, so that of two last votes at once the second is
        repeated with the first in sight.
        """
        tasks = self.sudo()
        tasks.instance_id._lock()
        for task in tasks:
            task.instance_id.version_id._remember_element(task.element_id)

    def _complete(self, chosen, comment=None, attachments=None):
        """Write the decision, close the activity, and move the token when it is decided."""
        self.ensure_one()
        holder = self.user_id
        self._write_past_orm(self._prepare_done_values(chosen, comment))
        if self.user_id | self.done_by_id != holder:
            self._add_participants()
        messages = self._close_activity(attachments)
        outcome = chosen["key"]
        if self.is_vote:
            # Of a single task the engine's history says who did it and how.
            self._log("decided", comment)
            outcome = self._decide_vote()
        if outcome:
            self.instance_id._complete_task(self, outcome, comment, locked=True)
        return messages

    def _prepare_done_values(self, chosen, comment):
        return {
            "state": "done",
            "outcome": chosen["key"],
            "outcome_label": chosen.get("label") or chosen["key"],
            "comment": (comment or "").strip() or False,
            "date_done": fields.Datetime.now(),
            "done_by_id": self.env.uid,
            "user_id": (self.user_id or self.env.user).id,
        }

    def _add_participants(self):
        """Whoever has a part in a process may see it."""
        for instance, tasks in self.sudo().grouped("instance_id").items():
            instance._add_participants(tasks.user_id | tasks.done_by_id)

    # ------------------------------------------------------------ groups

    def action_claim(self):
        """Take free tasks of one's group.

        :raise UserError: somebody else has taken it meanwhile
        """
        self.check_access("read")
        self._check_may_act()
        for task in self.sudo():
            if task.user_id:
                raise UserError(
                    self.env._(
                        "“%(task)s” is taken already: %(who)s has it.",
                        task=task.name,
                        who=task.user_id.name,
                    )
                )
        self._check_one_vote_each(self.env.user)
        self.sudo()._assign(
            self.env.user, self.env._("Taken by %s from the group.", self.env.user.name)
        )
        return True

    def action_release(self):
        """Give tasks back to the group they came from."""
        self.check_access("read")
        self._check_may_act()
        for task in self.sudo():
            if not task.group_id:
                raise UserError(
                    self.env._(
                        "“%s” was not taken from a group; pass it on to a person instead.",
                        task.name,
                    )
                )
        self.sudo()._assign(
            self.env["res.users"], self.env._("Given back by %s.", self.env.user.name)
        )
        return True

    # ------------------------------------------------------------ delegation

    def action_delegate(self, user, comment=None):
        """Pass tasks on to another person, who gets the activity; the history keeps it.

        :param int user: the person's id
        :param str comment: why, or what to look at
        """
        self.check_access("read")
        self._check_may_act()
        user = self._check_delegate(user)
        why = self.env._("Passed on by %s", self.env.user.name)
        self.sudo()._assign(user, f"{why}: {comment}" if comment else f"{why}.", comment=comment)
        return True

    def _check_delegate(self, user):
        """The person as a record, if a task can go there."""
        user = self.env["res.users"].browse(int(user)).sudo().exists()
        if not user or not user.active or user.share:
            raise UserError(self.env._("Tasks go to active employees only; choose another person."))
        for task in self.sudo():
            if task.user_id == user:
                raise UserError(
                    self.env._("%(who)s has “%(task)s” already.", who=user.name, task=task.name)
                )
            if task.company_id not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(who)s does not work for %(company)s, whose task this is.",
                        who=user.name,
                        company=task.company_id.name,
                    )
                )
        self._check_one_vote_each(user)
        return user

    def _assign(self, user, why, event="assigned", comment=None, substitution=None):
        """Give open tasks to a person (or, empty, back to their group) and tell so."""
        for holder, tasks in self.grouped("user_id").items():
            tasks.write(
                {
                    "user_id": user.id,
                    "why": why,
                    "substitution_id": substitution.id if substitution else False,
                    **({"original_user_id": holder.id} if holder and user else {}),
                }
            )
        self._log(event, comment or why)
        self._add_participants()
        self._sync_activities()
        self._tell_groups()

    # ------------------------------------------------------------ going on

    def action_open_record(self):
        """Open what the task is about."""
        self.ensure_one()
        record = self.sudo()._get_record()
        if not record:
            return self._prepare_dialog_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_open_delegate(self):
        """Ask to whom tasks are passed on."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pass On"),
            "res_model": "bpm.task.delegate",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_task_ids": self.ids},
        }

    def _prepare_dialog_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "bpm.task",
            "res_id": self.id,
            "views": [(self.env.ref("bpm_engine.bpm_task_view_form").id, "form")],
            "target": "new",
        }

    def _withdraw(self, reason=None):
        """Take back open tasks that a process no longer needs, with their activities."""
        tasks = self.sudo().filtered(lambda t: t.state in ("todo", "waiting"))
        now = fields.Datetime.now()
        for process, own in tasks.grouped("process_id").items():
            why = reason or keeping_env(self.env, process)._("The process went another way.")
            own.write({"state": "cancelled", "comment": why, "date_done": now})
        tasks._sync_activities()
        tasks._tell_groups()
