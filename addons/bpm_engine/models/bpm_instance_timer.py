import logging
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .bpm_instance_host import RETRIED

_logger = logging.getLogger(__name__)

BATCH = 200


class BpmInstance(models.Model):
    """Timers: due instances go on one by one, each in a transaction of its own."""

    _inherit = "bpm.instance"

    def _wake_timers(self, moment):
        """Have the timers' cron run at a moment (whole minutes, once per minute)."""
        at = self._get_wake_minute(moment)
        query = self._prepare_planned([at])
        if query and not self.env.execute_query(query):
            self._plan_timers([at])

    def _get_wake_minute(self, moment):
        at = max(moment, fields.Datetime.now()).replace(second=0, microsecond=0)
        return at if at >= moment else at + timedelta(minutes=1)

    def _prepare_planned(self, minutes):
        """The statement that finds for which of these minutes a run of the cron is planned."""
        cron_id = self._get_timers_cron_id()
        if not cron_id:
            return None
        self.env["ir.cron.trigger"].flush_model(["cron_id", "call_at"])
        return SQL(
            "SELECT DISTINCT call_at FROM ir_cron_trigger WHERE cron_id = %s AND call_at = ANY(%s)",
            cron_id,
            minutes,
        )

    def _plan_timers(self, minutes):
        self.env["ir.cron"].sudo().browse(self._get_timers_cron_id())._trigger(minutes)

    def _get_timers_cron_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id("bpm_engine.ir_cron_timers")

    def _get_due_domain(self):
        now = fields.Datetime.now()
        return [("state", "=", "running"), ("next_due", "!=", False), ("next_due", "<=", now)]

    @api.model
    def _cron_fire_timers(self, limit=BATCH):
        """Let due timers fire, then start processes whose time has come.

        An instance at which somebody works just now is left for the next run.
        """
        instances = self.sudo().search(self._get_due_domain(), order="next_due, id", limit=limit)
        remaining = len(instances)
        cron = self.env["ir.cron"]
        for instance in instances:
            remaining -= 1
            instance._fire_apart()
            if not cron._commit_progress(1, remaining=remaining):
                return
        if len(instances) == limit:
            cron._commit_progress(remaining=self.sudo().search_count(self._get_due_domain()))
        self.env["bpm.process.trigger"].sudo()._start_due()

    def _fire_apart(self):
        """Fire unless somebody else works on the instance or has fired it already.

        Whatever fails here is a matter of this one instance: the clock of all others goes on.
        """
        try:
            with self.env.cr.savepoint():
                due = self._lock_free().filtered_domain(self._get_due_domain())
                if due:
                    due._fire_timers()
        except RETRIED as error:
            _logger.info("Timers of process instance %s wait for the next run: %s", self.id, error)
        except Exception as error:
            # The lock went with the savepoint.
            for instance in self._lock_free():
                instance._fail_step(error, "timer")

    def _fire_timers(self):
        """Let all timers go off that are due now; lock before."""
        self.ensure_one()
        if self._is_record_gone():
            return self._cancel(self.env._("The record does not exist any more."))
        now = fields.Datetime.now().replace(tzinfo=UTC)
        return self._advance(lambda execution: execution.fire_due(now), "timer")

    def _is_record_gone(self):
        """Whether the record it runs on was deleted; whoever may act on it, or nobody."""
        if not self.res_model:
            return False
        if self.res_model not in self.env:
            return True
        record = self.env[self.res_model].sudo().browse(self.res_id)
        return not self.env["bpm.process"]._find_existing(record)
