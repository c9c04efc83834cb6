"""Recession alarms that start a process, in the night and by the head."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .recession_common import RecessionCommon


@tagged("post_install", "-at_install")
class TestRecessionProcess(RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.env["bpm.process"].search([("key", "=", "customer_recovery")])
        cls.rule.write({"process_id": cls.process.id, "user_id": cls.head.id})
        cls.night = cls._after(29)

    def _alarm(self):
        partner = self._weekly()
        self._night(self.night)
        return self._alerts(partner)

    def _do(self, alert, outcome):
        """The responsible does the one open task of the alarm's process."""
        task = alert.process_instance_id.sudo().task_ids.filtered(lambda t: t.state == "todo")
        task.with_user(self.manager).action_complete(outcome, "Asked him")
        task.date_done = self.night

    def test_instead_of_the_call(self):
        """PK-19, HU-16: the alarm starts the process; its call is the only one."""
        alert = self._alarm()
        instance = alert.process_instance_id
        self.assertEqual((alert.state, alert.user_id), ("open", self.manager))
        self.assertFalse(alert.activity_call_id)
        self.assertEqual(
            (instance.process_id, instance.res_id), (self.process, alert.partner_id.id)
        )
        self.assertEqual(instance.starter_id, self.head)
        calls = self.env["mail.activity"].search([("user_id", "=", self.manager.id)])
        self.assertEqual(calls.bpm_task_id.instance_id, instance)
        self.assertEqual(len(calls), 1)

    def test_beside_the_call(self):
        """PK-19: where the rule says so, the sweep plans its own call as well."""
        self.rule.process_instead = False
        alert = self._alarm()
        self.assertTrue(alert.process_instance_id)
        self.assertEqual(alert.activity_call_id.user_id, self.manager)

    def test_without_a_process_all_is_as_before(self):
        """PK-19: a rule without a process only plans the call."""
        self.rule.process_id = False
        alert = self._alarm()
        self.assertFalse(alert.process_instance_id)
        self.assertTrue(alert.activity_call_id)

    def test_orders_end_the_process(self):
        """PK-18, HU-04: the night that finds the order tells the process, which ends well."""
        alert = self._alarm()
        self._do(alert, "order")
        self._ledger(alert.partner_id, [self.night + timedelta(3)])
        self._night(self.night + timedelta(4))
        self.env.invalidate_all()
        self.assertEqual((alert.state, alert.outcome), ("closed", "recovered"))
        instance = alert.process_instance_id
        self.assertEqual((instance.state, instance.result), ("done", "Recovered"))

    def test_not_reached_is_no_call(self):
        """PK-18: nobody was reached and the customer came by himself: a false alarm."""
        alert = self._alarm()
        self._do(alert, "no_answer")
        self._ledger(alert.partner_id, [self.night + timedelta(3)])
        self._night(self.night + timedelta(4))
        self.assertEqual(alert.outcome, "false_alarm")

    def test_a_process_that_cannot_start_leaves_the_call(self):
        """PK-18: no customer is lost by a fault of the process; the sweep reports it."""
        self.process.published_version_id.sudo().state = "retired"
        self.env.flush_all()
        run = self.env["crm.nightly.run"].create(
            {"company_id": self.company.id, "night": self.night}
        )
        partner = self._weekly()
        with mute_logger("odoo.addons.crm_bpm_core.models.crm_recession_process"):
            self._night(self.night, run)
        alert = self._alerts(partner)
        self.assertFalse(alert.process_instance_id)
        self.assertTrue(alert.activity_call_id)
        self.assertIn("no published version", run.issue_ids.mapped("message")[0])

    def test_a_running_process_is_joined(self):
        """PK-19: a customer is not put twice into the same process."""
        partner = self._weekly()
        instance = self.process._start(partner, starter=self.head)
        self._night(self.night)
        self.assertEqual(self._alerts(partner).process_instance_id, instance)

    def test_daily_limit_counts_processes(self):
        """PK-18: alarms over the daily limit are listed and start nothing."""
        self.rule.daily_limit = 1
        partners = self._weekly("First") | self._weekly("Second")
        self._night(self.night)
        alerts = self._alerts().filtered(lambda alert: alert.partner_id in partners)
        self.assertEqual(sorted(alerts.mapped("state")), ["listed", "open"])
        self.assertEqual(len(alerts.process_instance_id), 1)

    def test_the_head_assigns_a_listed_alarm(self):
        """HU-16: the head's decision starts the process for a listed alarm."""
        self.rule.daily_limit = 1
        self._weekly("First")
        self._weekly("Second")
        self._night(self.night)
        listed = self._alerts().filtered(lambda alert: alert.state == "listed")
        listed.with_user(self.head).action_assign()
        self.assertEqual(listed.state, "open")
        self.assertTrue(listed.process_instance_id)
