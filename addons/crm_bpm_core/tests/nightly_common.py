"""Nights, ledger rows and calls that the tests of the sweep share."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import SQL

from .common import CrmBpmCommon

#: A Monday; its night begins on Sunday, 22:00 UTC.
NIGHT = date(2026, 3, 2)


class NightlyCommon(CrmBpmCommon):
    """The sweep alone: ledger and recession stages do nothing unless a test says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["crm.nightly.run"]
        cls.Activity = cls.env["mail.activity"].with_context(active_test=False)
        cls.env["res.company"].search([("id", "!=", cls.company.id)]).nightly_active = False
        cls.company.resource_calendar_id.tz = "Europe/Moscow"
        cls.company.call_fallback_user_id = False
        cls.feed_dead = False
        cls._replace("crm.order.day", "_refresh", lambda self: {"days": 0, "remaining": 0})
        cls._replace("crm.order.calendar", "_refresh", lambda self, company, until: None)
        cls._replace(
            "crm.order.calendar", "_is_feed_dead", lambda self, company, day: cls.feed_dead
        )
        cls._replace(
            "crm.recession.rule",
            "_run_night",
            lambda self, company, night, run: {"total": 0, "created": 0, "message": ""},
        )

    @classmethod
    def _replace(cls, model, name, function):
        patcher = patch.object(cls.env.registry[model], name, function, create=True)
        cls.startClassPatcher(patcher)

    @classmethod
    def _ledger(cls, partner, day, orders=1, amount=100.0, company=None):
        cls.env.execute_query(
            SQL(
                """INSERT INTO crm_order_day
                          (company_id, partner_id, day, order_count, line_count, quantity, amount)
                   VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
                (company or cls.company).id,
                partner.id,
                day,
                orders,
                orders,
                orders,
                amount,
            )
        )

    def _at_night(self, night=NIGHT, hours=1.1):
        """The clock stands at 01:06 Moscow time of that day, or at another hour."""
        moment = datetime.combine(night, datetime.min.time()) + timedelta(hours=hours - 3)
        return freeze_time(moment)

    def _sweep(self, night=NIGHT, company=None):
        with self._at_night(night):
            run = self.Run._run_night(company or self.company, night)
        self.env.invalidate_all()
        return run

    def _due(self, name="Due", day=NIGHT, **values):
        """A monitored customer whose call is due."""
        partner = self._customer(name, **values)
        partner.write({"monitoring_active": True, "monitoring_next_date": day})
        return partner

    def _calls(self, partner, reason="monitoring"):
        return self.Activity.search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partner.ids),
                ("call_reason", "=", reason),
            ],
            order="id",
        )

    def _call(self, partner=None, user=None, reason="monitoring", day=NIGHT, **values):
        """An open planned call."""
        planner = self.env["crm.call.planner"]
        call = {"partner_id": (partner or self._customer()).id, "reason": reason}
        vals = planner._prepare_activity(call, user or self.manager, day)
        return planner._create_activities([{**vals, **values}])
