"""Past nights played again, and how good their alarms were."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .recession_common import START, RecessionCommon


@tagged("post_install", "-at_install")
class TestReplay(RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Replay = cls.env["crm.recession.replay"]
        cls.lost = cls._weekly("Lost", weeks=40)
        # Orders on until long after, with one vacation of 5 weeks.
        cls.vacation = cls._customer("Vacation")
        cls._ledger(cls.vacation, cls._every(7, 30))
        cls._ledger(cls.vacation, cls._every(7, 20, START + timedelta(35 + 7 * 19)))

    def _replay(self, first, last, factor=None):
        rule = self.Replay._prepare_rule(self.company, factor)
        self.Replay._replay(self.company, first, last, whole=False)
        return rule

    def test_alarms_of_the_period(self):
        """PK-17: each night is played as of then: one alarm per silence, on its day."""
        self._replay(START, START + timedelta(80))
        alarms = self.Replay._get_alarms(self.company, START, START + timedelta(80))
        self.assertEqual(
            alarms, [(self.lost.id, self._after(29)), (self.vacation.id, self._after(29))]
        )

    def test_score_and_months(self):
        """PK-17: one alarm of two was right; by month what was raised and how it ended."""
        last = START + timedelta(100)
        self._replay(START, last)
        score = self.Replay._get_score(self.company, START, last)
        self.assertEqual((score.alarms, score.right), (2, 1))
        self.assertEqual((score.episodes, score.found), (1, 1))
        months = self.Replay._get_months(self.company, START, last)
        self.assertEqual([row["month"] for row in months], ["2026-04"])
        self.assertEqual((months[0]["alarms"], months[0]["came_back"]), (2, 1))

    def test_another_sensitivity(self):
        """PK-17: a replay may try another factor; a stricter one waits out the vacation."""
        rule = self._replay(START, START + timedelta(80), factor=5)
        self.assertEqual((rule.factor, rule.daily_limit), (5.0, 0))
        alarms = self.Replay._get_alarms(self.company, START, START + timedelta(80))
        self.assertEqual(alarms, [(self.lost.id, self._after(36))])

    def test_whole_sweep(self):
        """PK-12: the whole night may be played, from imported history: marked as replay."""
        self.env["crm.transaction"].create(
            [
                {"company_id": self.company.id, "partner_id": self.lost.id, "date": day,
                 "quantity": 6, "amount": 1000.0, "key": f"test-{day}"}
                for day in self._every(7, 40)
            ]
        )  # fmt: skip
        self.Replay._prepare_rule(self.company)
        night = self._after(29)
        self.Replay._replay(self.company, night, night)
        run = self.env["crm.nightly.run"].search([("night", "=", night)])
        self.assertEqual(run.mapped("trigger"), ["replay"])
        self.assertEqual(self._alerts(self.lost).activity_call_id.nightly_run_id, run)

    def test_period_of_the_ledger(self):
        """PK-17: from the night after the first order to that after the last; or a clear error."""
        first, last = self.Replay._get_period(self.company)
        self.assertEqual(first, START - timedelta(7 * 39 - 1))
        self.assertEqual(last, START + timedelta(35 + 7 * 19 + 1))
        self.env["crm.order.day"].search([]).unlink()
        with self.assertRaisesRegex(UserError, "import transactions"):
            self.Replay._get_period(self.company)
