from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.lib.plural import plural_text
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStagePreview(StageCommon):
    """EP-06: what a draft would do to the records that are there, beside what holds now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("industry_id", "!=", False)]).industry_id = False
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._step(cls.s_qualify, "Meeting")
        cls._step(cls.s_qualify, "Brochure", required=False)
        cls._publish()
        cls.ready = cls._customer(name="Ready", phone="1")
        cls.env["bpm.stage.case"]._get_cases(cls.ready)[cls.ready.id].step_ids.action_done()
        cls.waiting = cls._customer(name="Waiting", phone="1")
        cls.bare = cls._customer(name="Bare")
        cls.draft = cls.regulation.action_new_draft()
        cls.d_qualify = cls.draft.stage_ids[0]

    def _preview(self):
        found = self.env["bpm.regulation"].with_user(self.designer).preview(self.draft.id)
        facts = {fact["name"]: fact for fact in found["facts"]}
        steps = {step["name"]: step for step in found["steps"]}
        return found, facts, steps

    def test_required_steps_hold_back(self):
        """EP-06: who still has a required step before him is held back as well."""
        found, facts, steps = self._preview()
        self.assertEqual((found["open"], found["blocked"], found["now"]), (3, 2, 2))
        self.assertEqual(found["ids"], [self.waiting.id, self.bare.id])
        self.assertEqual((facts["Phone known"]["count"], facts["Phone known"]["now"]), (1, 1))
        self.assertEqual((steps["Meeting"]["undone"], steps["Meeting"]["now"]), (2, 2))
        self.assertEqual(steps["Meeting"]["ids"], [self.waiting.id, self.bare.id])
        self.assertEqual(steps["Brochure"]["undone"], 0)

    def test_fact_of_one_way_only(self):
        """EP-06: what is asked on the way to one of the next stages holds nobody back who may
        go on to another; only when each way has something missing one is held back."""
        self.d_qualify.step_ids.unlink()
        present, propose = self.draft.stage_ids[1], self.draft.stage_ids[2]
        self.d_qualify.next_ids = present | propose
        self._fact(self.d_qualify, "Mail known", field="email",
                   to_stage_ids=[Command.link(propose.id)])  # fmt: skip
        found, facts, _steps = self._preview()
        named = "Mail known (only on the way to “Proposal”)"
        self.assertEqual(facts[named]["count"], 3)
        self.assertEqual((found["blocked"], found["ids"]), (1, [self.bare.id]))
        self._fact(self.d_qualify, "Town known", field="city",
                   to_stage_ids=[Command.link(present.id)])  # fmt: skip
        self.ready.city = "Omsk"
        found, _facts, _steps = self._preview()
        self.assertEqual(found["ids"], [self.waiting.id, self.bare.id])

    def test_way_past_the_next_stage(self):
        """EP-06: where any stage may follow, the way past the next one asks what that demands."""
        self.d_qualify.step_ids.unlink()
        present = self.draft.stage_ids[1]
        self._fact(self.d_qualify, "Mail known", field="email",
                   to_stage_ids=[Command.link(present.id)])  # fmt: skip
        found, _facts, _steps = self._preview()
        self.assertEqual(found["ids"], [self.bare.id])
        self._step(present, "Demonstration")
        found, _facts, _steps = self._preview()
        self.assertEqual(found["ids"], [self.ready.id, self.waiting.id, self.bare.id])

    def test_what_a_change_adds(self):
        """EP-06: steps that are there start no second time; the figure of now stands beside."""
        self._fact(self.d_qualify, "Mail known", field="email")
        self._step(self.d_qualify, "Visit")
        found, facts, steps = self._preview()
        self.assertEqual((found["blocked"], found["now"]), (3, 2))
        self.assertEqual((facts["Mail known"]["count"], facts["Mail known"]["now"]), (3, 0))
        self.assertEqual((steps["Meeting"]["count"], steps["Visit"]["count"]), (0, 3))
        self.assertEqual((steps["Visit"]["undone"], steps["Visit"]["now"]), (3, 0))

    def test_ways(self):
        """EP-06: what changes about the ways is told in words."""
        present = self.draft.stage_ids[1]
        self.d_qualify.write({"next_ids": [Command.link(present.id)], "may_go_back": False})
        self.draft.stage_ids[2].unlink()
        found, _facts, _steps = self._preview()
        self.assertEqual(
            found["ways"],
            [
                "Qualification: Leads only to: Presentation",
                "Qualification: No way back",
                "“Proposal” is no stage of the way any more.",
            ],
        )

    def test_first_version(self):
        """EP-06: without a version in force there is nothing to compare with."""
        self.version.with_user(self.manager).action_retire()
        found, _facts, steps = self._preview()
        self.assertEqual((found["now"], found["ways"]), (0, []))
        self.assertEqual(steps["Meeting"]["now"], 0)

    def test_only_readable_ones_are_listed(self):
        """HU-23: counts are whole, lists hold what the person may read."""
        other = self.env["res.company"].create({"name": "Other"})
        self.bare.company_id = other
        found, _facts, _steps = self._preview()
        self.assertEqual((found["blocked"], found["ids"]), (2, [self.waiting.id]))

    def test_words(self):
        """TN-10: one day, two days; each language has its own forms."""
        self.env["res.lang"]._activate_lang("ru_RU")
        texts = [step._describe_card()["text"] for step in self.d_qualify.step_ids]
        self.assertEqual(texts[0], "Responsible of the record · 1 working day")
        self.d_qualify.step_ids[0].deadline_number = 2
        self.assertIn("2 working days", self.d_qualify.step_ids[0]._describe_card()["text"])
        russian = self.env(context={"lang": "ru_RU"})
        forms = "%s день|%s дня|%s дней"
        said = [plural_text(russian, forms, number) for number in (1, 2, 5, 11, 21, 22, 1.5)]
        self.assertEqual(
            said, ["1 день", "2 дня", "5 дней", "11 дней", "21 день", "22 дня", "1.5 дней"]
        )
