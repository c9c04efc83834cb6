import logging

from odoo import fields, models
from odoo.exceptions import AccessError

from .bpm_engine_words import said
from .bpm_instance_host import RETRIED

_logger = logging.getLogger(__name__)


class BpmMigration(models.Model):
    """Checks in the background: one that cannot go on holds up no other."""

    _inherit = "bpm.migration"

    stopped = fields.Text(readonly=True, help="Why the last check did not come to its end.")

    def _check_in_background(self):
        """Go on with a check where it was cut, as whoever asked for it."""
        while self.state == "checking":
            looked_at = self._check_apart()
            left = self.count_unchecked if self.state == "checking" else 0
            if not self.env["ir.cron"]._commit_progress(looked_at, remaining=left):
                return
        self._tell_checked()

    def _check_apart(self):
        """Look at the next; a check that cannot go on ends, and holds up no other change.

        Whoever asked for it may have lost his rights, or be gone, since.
        """
        user = self.checked_by_id
        if not user:
            self._stop_check(self.env._("Whoever asked for it is no user any more."))
            return 0
        try:
            with self.env.cr.savepoint():
                return self.with_user(user).with_context(lang=user.lang)._check_batch()
        except RETRIED:
            raise
        except AccessError:
            self._stop_check(
                self.env._("%s, who asked for it, does not manage processes any more.", user.name)
            )
            return 0
        except Exception as error:
            _logger.exception("Check of running instances %s cannot go on", self)
            self._stop_check(said(self.env, error) or type(error).__name__)
            return 0

    def _stop_check(self, reason):
        """Those looked at keep their verdicts; the person reads why there are no more."""
        self.write({"state": "checked", "stopped": reason})

    def _tell_checked(self):
        user = self.checked_by_id
        if not user or not self.env.context.get("cron_id"):
            return
        change = self.with_context(lang=user.lang)
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if change.stopped else "success",
                "title": change.process_id.name,
                "message": change.stopped
                or change.env._("Checked: %s instances can move.", change.count_moves),
            },
        )
