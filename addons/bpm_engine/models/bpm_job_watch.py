import logging

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.queue_job.job import ENQUEUED, FAILED, PENDING, STARTED, WAIT_DEPENDENCIES

from ..lib.reader import keeping_env
from .bpm_instance_host import RETRIED

_logger = logging.getLogger(__name__)

#: In these the queue will still do what it holds.
HELD = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, STARTED)
#: How the queue calls what it found undone too often after its server had been killed.
KILLED = "JobFoundDead"


class BpmJob(models.Model):
    """Background steps that the queue gave up or lost are not forgotten.

    The queue repeats conflicts and, a few times, what a killed server left. Everything else that
    ends outside of a step (the database was restarted, a connection was cut, the step takes so
    long or so much memory that its server is killed each time, somebody cancelled or deleted the
    queue's job) would leave a process that waits for ever without saying so.
    """

    _inherit = "bpm.job"

    def _queue_failed(self, exc_name=None, exc_message=None, **_rest):
        """The queue has given up the step: called by it, in a transaction of its own.

        Whatever goes wrong here must not undo that the queue's job counts as failed; the cron
        finds it then.
        """
        for job in self.sudo():
            try:
                with self.env.cr.savepoint():
                    job.instance_id._lock()
                    if job._is_due():
                        job._try_later(job._describe_queue_failure(exc_name, exc_message))
            except Exception:
                _logger.exception("Background step %s waits for the next look at the queue", job.id)

    def _describe_queue_failure(self, exc_name, exc_message):
        env = keeping_env(self.env, self.process_id)
        error = exc_message or exc_name or ""
        if exc_name == KILLED:
            error = env._("the server stopped each time while it was being done.")
        return env._(
            "“%(step)s” was broken off: %(error)s", step=self.element_name or "", error=error
        )

    @api.model
    def _cron_look_after(self):
        """Queue again what waits although the queue does not hold it any more."""
        jobs = self.sudo().browse(self._find_lost())
        remaining = len(jobs)
        for job in jobs:
            remaining -= 1
            job._bring_back_apart()
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    @api.model
    def _find_lost(self):
        """Ids of steps that are to be done, but by nobody."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT j.id FROM bpm_job j JOIN bpm_instance i ON i.id = j.instance_id"
                " WHERE j.state = 'waiting' AND i.state IN ('running', 'incident')"
                " AND NOT EXISTS (SELECT FROM queue_job q"
                " WHERE q.uuid = j.queue_uuid AND q.state IN %s) ORDER BY j.id",
                HELD,
            )
        )
        return [id_ for (id_,) in rows]

    def _bring_back_apart(self):
        """Bring back one, unless somebody works on its instance; others are not hindered."""
        try:
            with self.env.cr.savepoint():
                if self.instance_id._lock_free() and self._is_due():
                    self._bring_back()
        except RETRIED as error:
            _logger.info("Background step %s waits for the next look: %s", self.id, error)
        except Exception:
            _logger.exception("Background step %s could not be queued again", self.id)

    def _bring_back(self):
        """A failure counts as a try, so that it ends as an incident; a loss does not."""
        domain = [("uuid", "=", self.queue_uuid), ("state", "=", FAILED)]
        failed = self.env["queue.job"].sudo().search(domain, limit=1)
        if failed:
            self._try_later(self._describe_queue_failure(failed.exc_name, failed.exc_message))
        else:
            self._enqueue()
