"""The call "restore relations" of a recession alarm (PK-19, HU-16)."""

from odoo import models

from odoo.addons.bpm_engine.lib.own_context import INTERNAL


class CrmRecessionAlert(models.Model):
    _inherit = "crm.recession.alert"

    def _plan_calls(self, night, run=None, overdue=None):
        """Plan one call per alarm; alarms that get none stay listed.

        :param overdue: dict partner id -> days beyond the limit (for levelling)
        """
        overdue = overdue or {}
        for company, alerts in self.grouped("company_id").items():
            calls = [
                alert._prepare_call(overdue.get(alert.partner_id.id, alert._get_overdue()))
                for alert in alerts
            ]
            planned = self.env["crm.call.planner"]._plan_calls(company, night, calls, run=run)
            alerts._take_calls(planned)

    def _take_calls(self, planned):
        for alert in self.with_context(tracking_disable=True, recession_call_taken=INTERNAL):
            activity = planned.get(alert.partner_id.id)
            if activity:
                alert.write(
                    {
                        "state": "open",
                        "activity_call_id": activity.id,
                        "user_id": activity.user_id.id,
                    }
                )

    def _get_overdue(self):
        return max(0, int(self.silence - self.tolerated))

    def _prepare_call(self, overdue):
        """Values of the call for the planner, in the responsible person's language."""
        user = self.user_id or self.partner_id.user_id
        spoken = self.with_context(lang=user.lang or self.env.lang or "en_US")
        return {
            "partner_id": self.partner_id.id,
            "user_id": user.id,
            "reason": "recession",
            "summary": spoken._get_call_summary(),
            "note": spoken.explanation,
            "value": self.base_week_amount,
            "overdue": overdue,
            "alert_id": self.id,
        }

    def _get_call_summary(self):
        if self.kind == "volume":
            return self.env._("Restore relations: buys much less than usual")
        return self.env._(
            "Restore relations: silent %(days)s days, usually orders every %(gap)s",
            days=self.silence_days,
            gap=self._say_number(self.gap),
        )

    def _close_open_calls(self, note):
        """Calls about alarms that have ended are no longer needed."""
        calls = self._get_open_calls()
        if calls:
            calls._close_calls_obsolete(note)
