from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageScreen(StageCommon):
    """What the bar, the panel and the designer ask (TN-30, AL-22, EP-06)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone", cure="Ask the reception")
        cls._fact(cls.s_present, "Site known", field="website")
        cls._step(cls.s_qualify, "Meeting", instruction="Bring samples")
        cls._step(cls.s_qualify, "Brochure", required=False)
        cls.s_qualify.ask_comment = True
        cls._publish()
        cls.customer = cls._customer()
        cls.panel = cls.env["bpm.stage.case"]

    def _bar(self, user, record=None):
        return self.panel.with_user(user).get_bar("res.partner", (record or self.customer).id)

    def test_bar(self):
        """AL-22: where it stands, what is to be done next, what is missing for each stage."""
        bar = self._bar(self.seller)
        states = {stage["name"]: (stage["state"], stage["missing"]) for stage in bar["stages"]}
        self.assertEqual(states["Qualification"], ("current", 0))
        self.assertEqual(states["Presentation"], ("next", 2))
        self.assertEqual(states["Proposal"], ("later", 3))
        self.assertEqual(states["Lost"], ("later", 0))
        steps = [(step["name"], step["next"], step["may_do"]) for step in bar["steps"]]
        self.assertEqual(steps, [("Meeting", True, True), ("Brochure", False, True)])
        self.assertEqual(bar["steps"][0]["instruction"], "Bring samples")
        self.assertEqual(bar["next"], str(self.present.id))
        self.assertTrue(bar["asks"]["comment"])
        self.assertEqual((bar["may_override"], bar["may_move"]), (False, True))
        self.assertTrue(self._bar(self.override)["may_override"])

    def test_why_not(self):
        """EP-06: the sentence of a missing fact is the cure its author wrote."""
        found = (
            self.env["bpm.regulation"]
            .with_user(self.seller)
            .why_not("res.partner", self.customer.ids, str(self.present.id))
        )
        texts = [item["text"] for item in found[0]["missing"]]
        self.assertEqual(texts[0], "Phone known: Ask the reception")
        self.assertIn("Meeting", texts[1])
        self.assertEqual(found[0]["missing"][0]["cure"]["field"], "phone")

    def test_unregulated(self):
        """EP-06: no bar where no regulation applies; moving there is an error in words."""
        outside = self._customer(name="Out", ref="outside")
        self.assertFalse(self._bar(self.seller, outside))
        with self.assertRaises(UserError):
            self.panel.move("res.users", self.env.uid, "1")
        with self.assertRaises(UserError):
            self.panel.get_bar("no.model", 1)

    def test_move_of_several(self):
        """TN-30: the panel of a list moves all or none."""
        other = self._customer(name="Other", phone="1")
        both = self.customer | other
        self._steps(other)._mark_done()
        with self.assertRaisesRegex(UserError, "Vector"), self.cr.savepoint():
            self.panel.move("res.partner", both.ids, str(self.present.id), comment="Fair")
        self._steps(self.customer)._mark_done()
        self.customer.phone = "2"
        self.panel.move("res.partner", both.ids, str(self.present.id), comment="Fair")
        self.assertEqual(both.industry_id, self.present)
        self.assertEqual(self._changes(other)[0].comment, "Fair")

    def test_override_in_the_panel(self):
        """EP-06: the reason given in the dialog is noted."""
        panel = self.panel.with_user(self.override)
        panel.move("res.partner", self.customer.id, str(self.present.id), override_reason="Fair")
        self.assertEqual(self._changes(self.customer)[0].kind, "override")

    def test_preview(self):
        """EP-06: how many open records would be blocked, by which fact, before publishing."""
        self._customer(name="Ready", phone="1")
        self._customer(name="Going", stage=self.present)
        self._customer(name="Done", stage=self.won)
        draft = self.regulation.action_new_draft()
        found = self.env["bpm.regulation"].with_user(self.designer).preview(draft.id)
        counts = {fact["name"]: fact["count"] for fact in found["facts"]}
        self.assertEqual(counts["Site known"], 1)
        inside = self.env["res.partner"].search(
            [("industry_id", "=", self.qualify.id), ("is_company", "=", True)]
        )
        self.assertEqual(counts["Phone known"], len(inside) - 1)
        # The ready one still has its required steps before it.
        self.assertEqual((found["open"], found["blocked"]), (len(inside) + 1, len(inside) + 1))
        self.assertIn(self.customer.id, found["ids"])
        with self.assertRaises(AccessError):
            self.env["bpm.regulation"].with_user(self.seller).preview(draft.id)

    def test_try_on(self):
        """TN-06: a draft is tried on a record; nothing is written."""
        draft = self.regulation.action_new_draft()
        stage = draft.stage_ids.filtered(lambda s: s.name == "Qualification")
        self._fact(stage, "Mail known", field="email")
        self._step(stage, "Second call")
        bar = (
            self.env["bpm.regulation"]
            .with_user(self.designer)
            .try_on(draft.id, "res.partner", self.customer.id)
        )
        missing = [item["name"] for item in bar["missing"][str(self.present.id)]]
        self.assertEqual(missing, ["Phone known", "Mail known"])
        names = [(step["name"], step["user"][0]) for step in bar["steps"]]
        self.assertEqual(names[-1], ("Second call", self.seller.id))
        self.assertEqual(len(self._steps(self.customer)), 2)

    def test_reminder(self):
        """TN-30: the person is told once more."""
        step = self._steps(self.customer)[0]
        before = self.customer.message_ids
        step.with_user(self.worker).action_remind()
        notes = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
        )
        self.assertEqual((notes - before).notified_partner_ids, self.seller.partner_id)
