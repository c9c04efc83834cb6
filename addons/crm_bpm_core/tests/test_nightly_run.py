"""PK-12: the sweep as a whole: when it runs, how it goes on, what it tells."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.crm_nightly_run_work import STAGES
from .nightly_common import NIGHT, NightlyCommon

WORK = "odoo.addons.crm_bpm_core.models.crm_nightly_run_work"


@tagged("post_install", "-at_install")
class TestNightlyRun(NightlyCommon):
    def _runs(self):
        return self.Run.search([("company_id", "=", self.company.id)], order="night")

    def _fail(self, stage):
        def fail(run, stage):
            raise ValueError("the disk is full")

        return patch.object(self.env.registry["crm.nightly.run"], f"_stage_{stage}", fail)

    # When -------------------------------------------------------------------------

    def test_cron_at_one_oclock(self):
        """PK-12: at 00:59 nothing of the day, at 01:00 its sweep, later none again."""
        with self._at_night(hours=0.98):
            self.Run._cron_run()
        self.assertEqual(self._runs().mapped("night"), [NIGHT - timedelta(days=1)])
        with self._at_night(hours=1):
            self.Run._cron_run()
        with self._at_night(hours=9):
            self.Run._cron_run()
        self.assertEqual(self._runs().mapped("night"), [NIGHT - timedelta(days=1), NIGHT])
        self.assertEqual(set(self._runs().mapped("state")), {"done"})

    def test_hour_that_occurs_twice_runs_once(self):
        """PK-12: in London 01:00 comes twice on 25 October; there is one sweep."""
        self.company.nightly_tz = "Europe/London"
        for minute in range(-30, 121, 10):
            with freeze_time(datetime(2026, 10, 25) + timedelta(minutes=minute)):
                self.Run._cron_run()
        self.assertEqual(self._runs().mapped("night"), [date(2026, 10, 24), date(2026, 10, 25)])

    def test_hour_that_does_not_exist_runs(self):
        """PK-12: in London 01:00 does not exist on 29 March; the sweep is at 02:00."""
        self.company.nightly_tz = "Europe/London"
        with freeze_time("2026-03-29 00:59:00"):
            self.Run._cron_run()
        with freeze_time("2026-03-29 01:00:00"):
            self.Run._cron_run()
        self.assertEqual(self._runs().mapped("night"), [date(2026, 3, 28), date(2026, 3, 29)])

    def test_triggers(self):
        """PK-12: the scheduler is woken at each company's next 01:00, once."""
        cron = self.env.ref("crm_bpm_core.ir_cron_nightly")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        with self._at_night(hours=12):
            self.Run._schedule_wake_ups()
            self.Run._schedule_wake_ups()
            moments = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertEqual(moments.mapped("call_at"), [datetime(2026, 3, 2, 22)])
            self.company.nightly_hour = 2.5
        moments = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(datetime(2026, 3, 2, 23, 30), moments.mapped("call_at"))

    def test_inactive_company(self):
        self.company.nightly_active = False
        with self._at_night():
            self.Run._cron_run()
        self.assertFalse(self._runs())

    def test_downtime_is_one_sweep(self):
        """PK-12: after a week without the server the last night is swept, not all."""
        self._sweep(NIGHT - timedelta(days=8))
        with self._at_night(hours=10):
            self.Run._cron_run()
        self.assertEqual(self._runs().mapped("night"), [NIGHT - timedelta(days=8), NIGHT])

    def test_really_as_a_cron(self):
        """PK-12: the scheduled action itself commits and finishes."""
        partner = self._due()
        self.env.flush_all()
        with self._at_night(), self.enter_registry_test_mode():
            self.env.ref("crm_bpm_core.ir_cron_nightly").method_direct_trigger()
        self.assertEqual(self._runs().state, "done")
        self.assertEqual(len(self._calls(partner)), 1)

    # Going on -----------------------------------------------------------------------

    def test_stages(self):
        """PK-12: all stages, in order, each done with its time."""
        run = self._sweep()
        # Other addons may put theirs in between.
        own = [code for code in run.stage_ids.mapped("code") if code in STAGES]
        self.assertEqual(own, list(STAGES))
        self.assertEqual(set(run.stage_ids.mapped("state")), {"done"})
        self.assertEqual(run.progress, 100.0)

    def test_interrupted_run_is_resumed(self):
        """PK-12: what is done stays, what is open is done."""
        partner = self._due()
        with self._at_night():
            run = self.Run._create_run(self.company, NIGHT, "cron")
            run.stage_ids.filtered(lambda s: s.code in ("ledger", "promotion")).state = "done"
            run.stage_ids.filtered(lambda s: s.code == "monitoring").state = "running"
            with self._fail("promotion"):
                self.Run._cron_run()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._calls(partner)), 1)

    def test_overtaken_run_is_closed(self):
        """PK-12: a night interrupted before the downtime is not made up for."""
        with self._at_night(NIGHT - timedelta(days=3)):
            old = self.Run._create_run(self.company, NIGHT - timedelta(days=3), "cron")
        with self._at_night():
            self.Run._cron_run()
        self.assertEqual(old.state, "failed")
        self.assertIn("2026-03-02", old.issue_ids.message)

    @mute_logger(WORK)
    def test_failed_stage_does_not_stop_the_night(self):
        """PK-12: the other stages go on; the next try makes up for the failed one."""
        partner = self._due()
        with self._fail("promotion"), self._at_night():
            run = self.Run._run_night(self.company, NIGHT)
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.issue_ids.message, "the disk is full")
        self.assertEqual(len(self._calls(partner)), 1)
        with self._at_night(hours=2):
            self.Run._cron_run()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.issue_ids)
        self.assertEqual(len(self._calls(partner)), 1)

    # By hand --------------------------------------------------------------------------

    def test_run_now(self):
        """PK-12: the head starts the last due night; a finished one is only shown."""
        Run = self.Run.with_user(self.head)
        with self._at_night(hours=11):
            action = Run.action_run_now()
            run = self.Run.browse(action["res_id"])
            self.assertEqual((run.night, run.trigger, run.state), (NIGHT, "manual", "running"))
            self.Run._cron_run()
            self.assertEqual(run.state, "done")
            again = Run.action_run_now()
            self.assertEqual(again["tag"], "display_notification")
            self.assertIn("2026-03-02", again["params"]["message"])
            run.with_user(self.head).action_run_again()
            self.assertEqual(run.state, "running")
            self.Run._cron_run()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._runs()), 1)

    def test_only_the_head(self):
        """EC-04: nobody else starts, repeats or previews a sweep."""
        run = self._sweep()
        for user in (self.viewer, self.manager, self.nobody):
            with self.assertRaises(AccessError):
                self.Run.with_user(user).action_run_now()
            with self.assertRaises(AccessError):
                run.with_user(user).action_run_again()
            with self.assertRaises(AccessError):
                self.env["crm.nightly.preview"].with_user(user).action_open()
            self.assertFalse(run.with_user(user).has_access("read"))
        self.assertFalse(run.with_user(self.head).has_access("write"))

    def test_dry_run(self):
        """PK-12: the preview shows promotions and calls by person and day, and changes nothing."""
        due = self._due("Due")
        nobody = self._due("Nobody's")
        nobody.user_id = False
        newcomer = self._customer("Newcomer", status=self.first_order)
        self._ledger(newcomer, NIGHT - timedelta(days=1), orders=4)
        with self._at_night():
            action = self.env["crm.nightly.preview"].with_user(self.head).action_open()
        preview = self.env["crm.nightly.preview"].browse(action["res_id"])
        self.assertEqual(preview.night, NIGHT)
        lines = preview.line_ids
        call = lines.filtered(lambda line: line.partner_id == due and line.kind == "call")
        self.assertEqual((call.user_id, call.day), (self.manager, NIGHT))
        self.assertEqual(
            lines.filtered(
                lambda line: line.kind == "promotion" and line.partner_id == newcomer
            ).partner_id,
            newcomer,
        )
        self.assertEqual(lines.filtered(lambda line: line.kind == "issue").partner_id, nobody)
        self.assertFalse(self._runs())
        self.assertFalse(self._calls(due))
        self.assertEqual(newcomer.customer_status_id, self.first_order)
        self.assertEqual(due.monitoring_next_date, NIGHT)

    # Dead feed -------------------------------------------------------------------------

    def _warnings(self):
        return self.Activity.search(
            [("activity_type_id", "=", self.env.ref("mail.mail_activity_data_warning").id)]
        )

    def test_dead_feed(self):
        """PK-18: when the feed of orders is down the administrator is told, once."""
        admin = self.env.ref("base.user_admin")
        type(self).feed_dead = True
        self.addCleanup(setattr, type(self), "feed_dead", False)
        before = self._warnings()
        first = self._sweep()
        second = self._sweep(NIGHT + timedelta(days=1))
        self.assertTrue(first.feed_dead and second.feed_dead)
        self.assertEqual((self._warnings() - before).user_id, admin)
        self.assertEqual(len(self._warnings() - before), 1)
        type(self).feed_dead = False
        self.assertFalse(self._sweep(NIGHT + timedelta(days=2)).feed_dead)
        type(self).feed_dead = True
        self.company.feed_alert_user_id = self.head
        self._sweep(NIGHT + timedelta(days=3))
        self.assertEqual(len(self._warnings() - before), 2)
        self.assertIn(self.head, (self._warnings() - before).user_id)
