from odoo.tests import tagged

from .stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageButtons(StageCommon):
    """What the screens of a regulation show and open."""

    def test_board(self):
        """TN-30: the row of stages has each stage's cards, and what is not ready yet."""
        self._fact(self.s_qualify, "Budget known", field="comment")
        self._step(self.s_qualify, "Call", required=False)
        self._step(self.s_present, "Ask the boss", kind="process")
        self.s_qualify.write({"may_go_back": False, "ask_comment": True})
        board = self.version.with_user(self.designer).get_board()
        first, second, *_rest = board["stages"]
        self.assertTrue(board["editable"])
        self.assertEqual((first["facts"][0]["name"], first["steps"][0]["name"]),
                         ("Budget known", "Call"))  # fmt: skip
        self.assertFalse(first["steps"][0]["required"])
        self.assertEqual(first["notes"], ["No way back", "Asks for a comment"])
        self.assertEqual(second["steps"][0]["kind"], "process")
        self.assertEqual(board["problems"], ["Ask the boss: choose the process."])

    def test_board_in_force(self):
        """TN-30: what is in force is looked at, not edited; workers never edit."""
        self.assertFalse(self.version.with_user(self.seller).get_board()["editable"])
        self._publish()
        board = self.version.with_user(self.designer).get_board()
        self.assertEqual((board["state"], board["editable"]), ("published", False))

    def test_first_draft_on_trial(self):
        """TN-30: a regulation of which nothing is in force yet is tried on a record."""
        self._step(self.s_qualify, "Call")
        partner = self._customer()
        regulations = self.env["bpm.regulation"].with_user(self.designer)
        bar = regulations.try_on(self.version.id, "res.partner", partner.id)
        self.assertEqual(bar["value"], str(self.qualify.id))
        self.assertEqual([step["name"] for step in bar["steps"]], ["Call"])

    def test_draft_has_its_stages(self):
        """TN-30: a first draft opens with the stages of the field; the next with those in force."""
        fresh = self._regulation("Fresh", domain="[('ref', '=', 'fresh')]")
        action = fresh.with_user(self.designer).action_open_draft()
        draft = self.env["bpm.regulation.version"].browse(action["res_id"])
        self.assertIn(self.qualify.name, draft.stage_ids.mapped("name"))
        self._publish()
        action = self.regulation.action_open_draft()
        draft = self.env["bpm.regulation.version"].browse(action["res_id"])
        self.assertEqual(draft.stage_ids.mapped("value"), self.version.stage_ids.mapped("value"))

    def test_overrides_are_counted(self):
        """EP-06: overrides are counted on the regulation and listed with what was missing."""
        self._fact(self.s_qualify, "Budget known", field="comment")
        self._publish()
        partner = self._customer()
        cases = self.env["bpm.stage.case"].with_user(self.override)
        cases.move("res.partner", partner.id, str(self.present.id), override_reason="An old friend")
        self.regulation.invalidate_recordset()
        self.assertEqual((self.regulation.change_count, self.regulation.override_count), (2, 1))
        action = self.regulation.action_open_overrides()
        self.assertEqual(action["context"], {"search_default_overrides": 1})
        change = self._changes(partner).filtered(lambda c: c.kind == "override")
        self.assertEqual(change.missing_names, "Budget known")
        self.assertEqual(change.action_open_record()["res_id"], partner.id)
