from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.bpm_engine.models import bpm_regulation_worth
from odoo.addons.bpm_engine.tests.stage_worth_common import StageWorthCommon


@tagged("post_install", "-at_install")
class TestStageWorth(StageWorthCommon):
    """HU-19: does an obligation pay? Exact figures of a known history."""

    def _worth(self):
        return self.env["bpm.regulation"].with_user(self.viewer).get_worth(self.regulation.id)

    def test_step_and_fact(self):
        """HU-19: win rate, working days and lateness with and without."""
        self._history(3, won=True, step=True, days=4.0)
        self._history(1, won=False, step=True, days=8.0, late=True)
        self._history(1, won=True, step=False, fact=False, days=1.0)
        self._history(3, won=False, step=False, days=2.0)
        self._customer(name="Open")
        worth = self._worth()
        step = worth["steps"][0]
        self.assertEqual(
            step["with"], {"count": 4, "won": 3, "win_rate": 0.75, "days": 5.0, "late": 0.25}
        )
        self.assertEqual(
            step["without"], {"count": 4, "won": 1, "win_rate": 0.25, "days": 1.75, "late": 0.0}
        )
        self.assertEqual((step["gain"], step["small"]), (0.5, True))
        fact = worth["facts"][0]
        # Those lost from the first stage never had to prove the fact.
        self.assertEqual((fact["with"]["count"], fact["without"]["count"]), (3, 1))
        self.assertEqual(worth["overrides"], 1)

    def test_lost_before(self):
        """HU-19: who was lost before a stage tells nothing about what that stage demands."""
        draft = self.regulation.action_new_draft()
        stage = draft.stage_ids[1]
        later = self._step(stage, "Catalogue")
        self._fact(stage, "Site known", field="website")
        self._publish(draft)
        self._history(3, won=False, step=True, version=draft)
        self._history(2, won=True, step=True, version=draft)
        worth = self._worth()
        by_key = {step["key"]: step for step in worth["steps"]}
        self.assertEqual(by_key[later.key]["without"]["count"], 2)
        self.assertEqual(by_key[self.step.key]["with"]["count"], 5)
        counts = {fact["name"]: fact["with"]["count"] for fact in worth["facts"]}
        self.assertEqual(counts, {"Phone known": 2, "Site known": 2})

    def test_dropped_and_by_version(self):
        """HU-19: was it right to drop it? Its figures stay, together and by version."""
        self._history(3, won=True, step=True)
        self._history(1, won=False, step=False)
        draft = self.regulation.action_new_draft()
        draft.stage_ids.step_ids.unlink()
        self._publish(draft)
        self._history(4, won=False, step=False, version=draft)
        step = self._worth()["steps"][0]
        self.assertEqual((step["name"], step["until"]), ("Meeting", 1))
        self.assertEqual((step["with"]["count"], step["without"]["count"]), (3, 5))
        by_version = [
            (row["number"], row["with"]["count"], row["without"]["count"], row["gain"])
            for row in step["versions"]
        ]
        self.assertEqual(by_version, [(1, 3, 1, 1.0), (2, 0, 4, None)])
        self.assertEqual(self._worth()["facts"][0]["until"], 0)

    def test_never_done_is_late_too(self):
        """HU-19: a step given up undone after its deadline was late."""
        customers = [self._customer(name=name, phone="1") for name in ("Late", "In time")]
        for customer, passed in zip(
            customers, (timedelta(days=-1), timedelta(days=1)), strict=True
        ):
            self._steps(customer).deadline = datetime.now() + passed
            customer.sudo()._with_stage_bypass("test").industry_id = self.lost
        without = self._worth()["steps"][0]["without"]
        self.assertEqual((without["count"], without["late"]), (2, 0.5))

    def test_small_sample(self):
        """HU-19: with so many records on each side the sample is no small one any more."""
        self.startPatcher(patch.object(bpm_regulation_worth, "SMALL_SAMPLE", 3))
        self._history(2, won=True, step=True)
        self._history(3, won=False, step=False)
        worth = self._worth()
        self.assertEqual((worth["steps"][0]["small"], worth["versions"][0]["small"]), (True, False))
        self._history(1, won=True, step=True)
        self.assertFalse(self._worth()["steps"][0]["small"])

    def test_versions(self):
        """HU-19: before and after a change."""
        self._history(2, won=True, step=True)
        self._history(2, won=False, step=True)
        self._publish(self.regulation.action_new_draft())
        self._history(1, won=True, step=True)
        rates = [
            (row["number"], row["figures"]["count"], row["figures"]["win_rate"])
            for row in self._worth()["versions"]
        ]
        self.assertEqual(rates, [(1, 4, 0.5), (2, 1, 1.0)])

    def test_reopened_is_not_closed(self):
        """HU-19: who came back from an end does not count as ended."""
        self._history(1, won=False, step=True)
        partner = self.env["bpm.stage.change"].search([], limit=1)
        partner = self.env["res.partner"].browse(partner.res_id)
        partner.industry_id = self.qualify
        self.assertEqual(self._worth()["steps"][0]["with"]["count"], 0)

    def test_time_in_stages(self):
        """TN-12: mean, median and how many stayed over the norm."""
        for days in (1.0, 2.0, 9.0):
            self._history(1, won=True, step=True, days=days)
        stage = self._worth()["stages"][0]
        self.assertEqual((stage["count"], stage["days"]), (3, 4.0))
        self.assertEqual((stage["median_days"], stage["over_norm"]), (2.0, 1))
        self.assertEqual(self._worth()["stages"][1]["count"], 0)
