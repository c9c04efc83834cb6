"""PK-07: the funnel over time, from the nightly snapshots."""

from datetime import timedelta

from odoo.tests import tagged

from .nightly_common import NIGHT, NightlyCommon


@tagged("post_install", "-at_install")
class TestSnapshot(NightlyCommon):
    def _row(self, day, status, user=None):
        return self.env["crm.customer.snapshot"].search(
            [
                ("company_id", "=", self.company.id),
                ("day", "=", day),
                ("status_id", "=", status.id),
                ("user_id", "=", (user or self.manager).id),
            ]
        )

    def test_counts(self):
        """PK-07: customers, arrivals and departures by status and responsible."""
        self.company.next_step_daily_limit = 0
        with self._at_night(NIGHT - timedelta(days=1)):
            first, second, third = (self._customer(name) for name in "abc")
        self._customer("d", user=self.colleague, status=self.potential)
        self._call(first, day=NIGHT - timedelta(days=2))
        first_night = self._sweep()
        row = self._row(NIGHT, self.permanent)
        self.assertEqual(row.customer_count, 3)
        self.assertEqual((row.arrived_count, row.left_count), (3, 0))
        self.assertEqual(row.overdue_call_count, 1)
        self.assertEqual(row.without_step_count, 2)
        self.assertEqual(self._row(NIGHT, self.potential, self.colleague).customer_count, 1)
        self.assertTrue(first_night.date_end)
        with self._at_night(hours=15):
            second.customer_status_id = self.potential
            third.customer_status_id = False
        next_night = NIGHT + timedelta(days=1)
        self._sweep(next_night)
        row = self._row(next_night, self.permanent)
        self.assertEqual((row.customer_count, row.arrived_count, row.left_count), (1, 0, 2))
        row = self._row(next_night, self.potential)
        self.assertEqual((row.customer_count, row.arrived_count, row.left_count), (1, 1, 0))

    def test_twice_is_once(self):
        """PK-12: the same night again replaces the snapshot."""
        self._customer()
        run = self._sweep()
        with self._at_night():
            run._reset()
            run._work()
        self.assertEqual(self._row(NIGHT, self.permanent).customer_count, 1)

    def test_recession(self):
        """PK-19: customers in recession are counted, those only listed are not."""
        rule = self.env["crm.recession.rule"].create({"name": "Silence"})
        for state in ("open", "listed", "closed"):
            self.env["crm.recession.alert"].create(
                {"company_id": self.company.id, "rule_id": rule.id, "alarm_date": NIGHT,
                 "partner_id": self._customer(state).id, "state": state}
            )  # fmt: skip
        self._sweep()
        self.assertEqual(self._row(NIGHT, self.permanent).recession_count, 1)
