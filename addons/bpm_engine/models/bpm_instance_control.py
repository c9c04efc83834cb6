from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.reader import keeping_env
from .bpm_instance import OPEN_STATES

#: Fields of mail that people write on an instance: messages, followers.
WRITABLE = ("message_", "activity_", "website_message_")


class BpmInstance(models.Model):
    """Suspending, resuming, cancelling; nobody writes an instance by hand."""

    _inherit = "bpm.instance"

    can_control = fields.Boolean(
        compute="_compute_can_control",
        help="You manage processes or own this one: you may suspend, cancel and repair it.",
    )

    @api.depends("process_id.owner_id")
    @api.depends_context("uid")
    def _compute_can_control(self):
        user = self.env.user
        manages = user.has_group("bpm_engine.group_manager")
        for instance in self:
            instance.can_control = manages or instance.sudo().process_id.owner_id == user

    def write(self, vals):
        """State and history come from the engine only, whatever the rights (HU-06)."""
        if not self.env.su and any(not key.startswith(WRITABLE) for key in vals):
            raise AccessError(
                self.env._(
                    "A running process is not edited by hand. Use its buttons: suspend, resume, "
                    "cancel, or move it to another version."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """History stays: an instance is never deleted, it can be cancelled."""
        if not (self.env.su and self.env.context.get("bpm_purge")):
            raise UserError(
                self.env._("A process that ran stays in the history; cancel it instead.")
            )
        self.log_ids.unlink()

    # ------------------------------------------------------------------ buttons

    def action_suspend(self, reason=None):
        """Stop the clock and all work on these instances until they are resumed.

        :param reason: why, for the history.
        :raise AccessError: neither manager of processes nor owner of the process.
        """
        self._check_controls()
        self.sudo()._lock()
        for instance in self.sudo().filtered(lambda i: i.state in ("running", "incident")):
            instance.state = "suspended"
            instance._stop_clock()
            instance._log(
                "repaired", comment=reason or self.env._("Suspended"), user_id=self.env.uid
            )
        return True

    def action_resume(self):
        """Let suspended instances go on; deadlines move by the pause, see _start_clock().

        Timers that fell due meanwhile fire now.
        """
        self._check_controls()
        self.sudo()._lock()
        suspended = self.sudo().filtered(lambda i: i.state == "suspended")
        suspended._start_clock()
        for instance in suspended:
            broken = instance.job_ids.filtered(lambda job: job.state == "incident")
            instance.state = "incident" if broken else "running"
            instance._log("repaired", comment=self.env._("Resumed"), user_id=self.env.uid)
            instance.job_ids.filtered(lambda job: job.state == "waiting")._enqueue()
            if instance.next_due:
                instance._wake_timers(instance.next_due)
        return True

    def action_cancel(self, reason=None):
        """End these instances before their end; open tasks are withdrawn, history stays.

        :param reason: why, shown in the history.
        :raise AccessError: neither manager of processes nor owner of the process.
        """
        self._check_controls()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the process is cancelled."))
        self.sudo()._cancel(reason, self.env.uid)
        return True

    def _check_controls(self):
        self.check_access("read")
        others = self.filtered(lambda instance: not instance.can_control)
        if others and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only a process manager or the owner of “%s” may do this.",
                    others[0].sudo().process_id.name,
                )
            )

    def _cancel(self, reason, user_id=False):
        """End what is open, whoever asked: tasks, waits, background steps."""
        self._lock()
        instances = self.sudo().filtered(lambda i: i.state in OPEN_STATES)
        tasks = instances.task_ids.filtered(lambda t: t.state in ("todo", "waiting"))
        waits = instances.wait_ids
        jobs = instances.job_ids.filtered(lambda j: j.state in ("waiting", "incident"))
        for row in (*tasks, *waits, *jobs):
            row.instance_id._log("cancelled", row.element_id.element_id, token=row.token)
        if tasks:
            tasks._withdraw()
        waits.unlink()
        now = fields.Datetime.now()
        jobs.write({"state": "cancelled", "date_done": now, "reason": reason})
        ended = {"state": "cancelled", "date_end": now, "next_due": False, "single_key": False}
        for process, own in instances.grouped("process_id").items():
            result = keeping_env(self.env, process)._("Cancelled: %s", reason)
            own.write({**ended, "result": result})
        instances._log("ended", comment=reason, user_id=user_id)
