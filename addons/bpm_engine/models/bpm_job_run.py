from odoo import fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..engine import BpmnError
from ..lib.reader import keeping_env
from .bpm_engine_words import said
from .bpm_instance_host import RETRIED

#: Waiting before the next try, seconds: doubled after each failure, at most an hour.
FIRST_PAUSE = 60
LONGEST_PAUSE = 3600
#: Before what met a conflict is repeated; no try is counted.
CONFLICT_PAUSE = 5
#: So often the queue begins anew a step whose server was killed; then it counts as a failed try.
MAX_KILLED = 10


class BpmJob(models.Model):
    """Background steps: run with retries, then an incident that people resolve."""

    _inherit = "bpm.job"

    def _enqueue(self, pause=0):
        """Queue the step; the queue holds it once, however often it is asked."""
        for job in self.sudo():
            if job.instance_id.state == "suspended":
                continue
            delayed = job.with_delay(
                eta=pause or None,
                description=f"{job.instance_id.name}: {job.element_name}",
                identity_key=f"bpm.job:{job.id}:{job.tries}",
                max_retries=MAX_KILLED,
            )._perform()
            job.queue_uuid = getattr(delayed, "uuid", False)

    def _perform(self):
        """Run the service and go on behind it; called by the queue, safe to call twice.

        :return: what happened, for the list of jobs.
        """
        self.ensure_one()
        try:
            return self.sudo()._perform_locked()
        except ConcurrencyError as error:
            # Of conflicts the queue knows by itself only those that the database tells.
            raise RetryableJobError(
                str(error), seconds=CONFLICT_PAUSE, ignore_retry=True
            ) from error

    def _perform_locked(self):
        job, instance = self, self.instance_id
        instance._lock()
        if not job._is_due():
            return self.env._("Nothing to do: the step is %s.", job.state)
        try:
            with self.env.cr.savepoint():
                job._run_service()
        except RETRIED:
            raise
        except Exception as error:
            return job._failed(error)
        instance._advance(lambda execution: None, "continue")
        instance._leave_incident()
        return self.env._("Done")

    def _is_due(self):
        """Whether the step is still to be done; lock its instance before."""
        return self.state == "waiting" and self.instance_id.state in ("running", "incident")

    def _run_service(self, skip=False):
        """Only this service, not what follows: its effect stays even if that fails."""
        instance = self.instance_id
        with instance._stepping():
            execution = instance._load()
            if skip:
                execution.skip_service(self.token, run_on=False)
            else:
                execution.run_service(self.token, run_on=False)
            self._save_service(execution)
        instance._receive_later()

    def _save_service(self, execution):
        instance = self.instance_id
        self.write(
            {
                "state": "done",
                "tries": self.tries + 1,
                "date_done": fields.Datetime.now(),
                # What went wrong before stands in the history, not on what is in order.
                "error": False,
            }
        )
        rows = instance._get_rows([(instance, execution)])[instance.id]
        lines = instance._prepare_event_lines(list(execution.events), {}, execution, rows)
        self.env["bpm.log"]._append(lines)
        instance.write({"engine_state": execution.dump(), "step_count": execution.step_count})
        instance._deliver(execution.thrown)

    def _failed(self, error):
        """Try again later, or give up: an incident."""
        message = said(keeping_env(self.env, self.process_id), error) or type(error).__name__
        hopeless = isinstance(error, BpmnError) or getattr(error, "permanent", False)
        denied = isinstance(error.__cause__, AccessError)
        return self._try_later(message, hopeless or denied)

    def _try_later(self, message, hopeless=False):
        """Count a try that failed; the next one after a pause, after the last an incident."""
        self.write({"tries": self.tries + 1, "error": message})
        if hopeless or self.tries >= (self.action_id.max_tries or 1):
            self._set_incident(self.error)
        else:
            self._enqueue(min(FIRST_PAUSE * 2 ** (self.tries - 1), LONGEST_PAUSE))
        return self.error

    def _set_incident(self, message):
        for job in self:
            job.write({"state": "incident", "error": message})
            job.instance_id._set_incident(message, job.element_id.element_id)

    # ------------------------------------------------------------------ people repair

    def action_retry(self):
        """Run failed steps again, from the first try.

        :raise AccessError: neither manager of processes nor owner of the process.
        :raise UserError: a process is suspended; then nothing is tried.
        """
        self._check_repair()
        for job in self.sudo().filtered(lambda j: j.state == "incident"):
            if not job._lock_to_repair():
                continue
            job._log_repair(self.env._("Tried again"))
            if job.kind == "service":
                job.write({"state": "waiting", "tries": 0})
                job._enqueue()
            else:
                job._repeat_step()
            job.instance_id._leave_incident()
        return True

    def action_skip(self, reason):
        """Go on behind failed steps without doing them.

        :param reason: why that is right; kept in the history.
        :raise UserError: no reason, the step is no service, or its process is suspended.
        """
        self._check_repair(reason)
        for job in self.sudo().filtered(lambda j: j.state == "incident"):
            if job.kind != "service":
                raise UserError(
                    self.env._(
                        "“%s” cannot be skipped: it decides how the process goes on. Correct the "
                        "record or the diagram and retry, or cancel.",
                        job.element_name,
                    )
                )
            if not job._lock_to_repair():
                continue
            job._log_repair(reason)
            error = job.error
            job._run_service(skip=True)
            job.write(
                {
                    "state": "skipped",
                    "reason": reason,
                    "done_by_id": self.env.uid,
                    # What was given up stays to be read beside the reason.
                    "error": error,
                }
            )
            job.instance_id._advance(lambda execution: None, "continue")
            job.instance_id._leave_incident()
        return True

    def action_cancel(self, reason):
        """Cancel the processes of these steps: the step cannot be done any more.

        :param reason: why; kept in the history.
        """
        self._check_repair(reason)
        jobs = self.sudo().filtered(lambda j: j.state in ("waiting", "incident"))
        jobs.done_by_id = self.env.uid
        jobs.instance_id._cancel(reason, self.env.uid)
        return True

    def _check_repair(self, reason=True):
        """Refuse who neither manages processes nor owns this one; the owner is told of it."""
        self.check_access("read")
        self.instance_id._check_controls()
        if reason is not True and not (reason or "").strip():
            raise UserError(self.env._("Say why; the reason is kept in the history."))

    def _lock_to_repair(self):
        """Nothing moves while its process is suspended, a repair neither.

        :return: whether there is still something to repair; the step before may have ended it.
        :raise UserError: suspended.
        """
        self.instance_id._lock()
        if self.state != "incident":
            return False
        self.instance_id._check_goes_on()
        return True

    def _log_repair(self, comment):
        self.instance_id._log(
            "repaired",
            self.element_id.element_id,
            token=self.token,
            user_id=self.env.uid,
            comment=comment,
        )

    def _repeat_step(self):
        """Take a whole failed step again; it fails into the same incident."""
        instance = self.instance_id
        self.write({"state": "done", "date_done": fields.Datetime.now(), "error": False})
        if self.kind == "start":
            variables = self.variables or {}
            start_event = instance.start_event or None
            instance._advance(
                lambda execution: execution.start(variables, start_event),
                "start",
                fresh=True,
                keep=variables,
            )
        elif self.kind == "timer":
            instance._fire_timers()
        elif self.kind == "event":
            for event in self.variables or []:
                instance._receive(*event, apart=True)
        else:
            instance._advance(lambda execution: None, self.kind)
