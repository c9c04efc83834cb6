from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageGuard(StageCommon):
    """EP-06: stages and short statuses are not taken away under what names them."""

    def test_stage_is_not_deleted(self):
        """TN-06: a stage of a regulation in force stays; the refusal says which regulation."""
        self._publish()
        with self.assertRaisesRegex(UserError, "“Proposal” is a stage of .*“Sale”"):
            (self.present.create({"name": "Free"}) | self.propose).unlink()
        self.assertTrue(self.propose.exists())
        draft = self.regulation.action_new_draft()
        draft.stage_ids.filtered(lambda stage: stage.name == "Proposal").unlink()
        self._publish(draft)
        self.propose.unlink()
        self.assertFalse(self.propose.exists())

    def test_stage_is_renamed(self):
        """TN-06: the bar calls a stage as the column does, unless it was given its own name."""
        self.s_won.name = "Sold at last"
        self._publish()
        draft = self.regulation.action_new_draft()
        self.present.name = "Demonstration"
        self.won.name = "Closed"
        customer = self._customer()
        bar = self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        names = [stage["name"] for stage in bar["stages"]]
        self.assertEqual(
            names, ["Qualification", "Demonstration", "Proposal", "Sold at last", "Lost"]
        )
        self.assertEqual(
            draft.stage_ids.mapped("name"),
            ["Qualification", "Demonstration", "Proposal", "Sold at last", "Lost"],
        )

    def test_stage_is_renamed_in_another_language(self):
        """TN-06: a name that is translated later is the bar's as well, in that language."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self._publish()
        self.present.update_field_translations("name", {"ru_RU": "Показ"})
        stage = self.s_present
        self.assertEqual(stage.name, "Presentation")
        self.assertEqual(stage.with_context(lang="ru_RU").name, "Показ")

    def test_ghost_of_a_stage(self):
        """EP-06: a stage that went past the program is told in words, and no copy falls over."""
        self._step(self.s_present, "Show")
        self._publish()
        customer, ghost = self._customer(), self._customer(name="Ghost")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE bpm_regulation_stage SET value = '999999' WHERE id = %s", [self.s_qualify.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        with self.assertRaisesRegex(UserError, "does not exist"), self.cr.savepoint():
            panel.move("res.partner", customer.id, "999999")
        self.assertEqual(ghost.copy().industry_id, self.present)
        self.env["bpm.regulation"]._cron_tell_problems()
        self.assertIn("Qualification", self.regulation.told_problems)

    def test_target_that_is_none(self):
        """EP-06: what a client calls a stage and is none is refused in words."""
        self._publish()
        customer = self._customer()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        for target in ("abc", "", "0", False, str(2**40), "-1"):
            with self.assertRaisesRegex(UserError, "does not exist"), self.cr.savepoint():
                panel.move("res.partner", customer.id, target)
        other = self.env["res.partner.industry"].create({"name": "Side track"})
        with self.assertRaisesRegex(UserError, "not part of the regulation"), self.cr.savepoint():
            panel.move("res.partner", customer.id, str(other.id))

    def test_short_status_stays_in_the_history(self):
        """EC-14: what was said on a change of stage is not deleted; it may be archived."""
        warm, cold = self.env["bpm.stage.status"].create([{"name": "Warm"}, {"name": "Cold"}])
        self._publish()
        customer = self._customer()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        panel.move("res.partner", customer.id, str(self.present.id), status_id=warm.id)
        with self.assertRaisesRegex(UserError, "“Warm” stands in the history"):
            (warm | cold).with_user(self.manager).unlink()
        cold.with_user(self.manager).unlink()
        warm.with_user(self.manager).active = False
        self.assertEqual(self._changes(customer)[0].status_id, warm)
