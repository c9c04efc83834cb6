from datetime import timedelta

from odoo import models

from .crm_nightly_run import FINISHED


class CrmNightlyRun(models.Model):
    """Stages that others do the work of: the ledger and the recession rules."""

    _inherit = "crm.nightly.run"

    def _stage_ledger(self, stage):
        """Bring the daily ledger and the company calendar up to date; is the feed alive?"""
        Calendar = self.env["crm.order.calendar"]
        while True:
            result = self.env["crm.order.day"]._refresh()
            stage.processed += result["days"]
            stage.created = stage.total = stage.processed
            self._checkpoint(result["days"])
            if not result["remaining"]:
                break
        last_day = self.night - timedelta(days=1)
        Calendar._refresh(self.company_id, last_day)
        # A dry run may look at a day that is not over: nothing can be said of it.
        over = last_day < self.company_id._get_local_today()
        self.feed_dead = over and Calendar._is_feed_dead(self.company_id, last_day)
        if self.feed_dead:
            stage.message = self._get_dead_feed_message()
            self._tell_dead_feed()

    def _get_dead_feed_message(self):
        return self.env._(
            "Far fewer customers than usual ordered on %s: the feed of orders is probably "
            "down. No recession alarms tonight.",
            self.night - timedelta(days=1),
        )

    def _tell_dead_feed(self):
        """Tell the administrator, once for as long as the feed stays dead."""
        previous = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("night", "<", self.night),
                ("state", "in", FINISHED),
            ],
            order="night desc",
            limit=1,
        )
        user = self.company_id.feed_alert_user_id or self.env.ref("base.user_admin")
        domain = [("call_reason", "=", False), ("nightly_run_id", "=", self.id)]
        Activity = self.env["mail.activity"].with_context(active_test=False)
        if previous.feed_dead or Activity.search_count(domain, limit=1):
            return
        self.company_id.partner_id.activity_schedule(
            "mail.mail_activity_data_warning",
            date_deadline=self.company_id._get_local_today(),
            summary=self.with_context(lang=user.lang).env._("No orders arrived"),
            note=self.with_context(lang=user.lang)._get_dead_feed_message(),
            user_id=user.id,
            nightly_run_id=self.id,
        )

    def _stage_recession(self, stage):
        """Outcomes of open alarms and, unless the feed is dead, new alarms."""
        result = self.env["crm.recession.rule"]._run_night(self.company_id, self.night, self)
        stage.write(
            {
                "total": result.get("total", 0),
                "processed": result.get("total", 0),
                "created": result.get("created", 0),
                "message": result.get("message") or False,
            }
        )
