from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageVersions(StageCommon):
    """HU-07: what was published stays as it was; changes are new versions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact = cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls.first = cls._step(cls.s_qualify, "Meeting")
        cls.second = cls._step(cls.s_qualify, "Letter", after_id=cls.first.id)

    def test_published_does_not_change(self):
        """HU-07: on no path, not even as superuser."""
        self._publish()
        stage = self.s_qualify.sudo()
        field = self._field("email").id
        for change in (
            lambda: stage.write({"name": "Other"}),
            lambda: self.first.sudo().write({"required": False}),
            lambda: self.first.sudo().unlink(),
            lambda: self.fact.sudo().write({"name": "x"}),
            lambda: stage.fact_ids.create({"stage_id": stage.id, "name": "x", "field_id": field}),
            lambda: stage.write({"step_ids": [Command.clear()]}),
            lambda: self.version.sudo().write({"stage_ids": [Command.clear()]}),
            lambda: self.version.sudo().write({"state": "draft"}),
            lambda: self.version.sudo().unlink(),
            lambda: self.regulation.sudo().unlink(),
            lambda: self.regulation.sudo().write({"stage_field_id": self._field("type").id}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()

    def test_publishing_is_a_managers(self):
        """HU-07: a designer draws; publishing, and forging its marks, is not his."""
        version = self.version.with_user(self.designer)
        for act in (
            version.action_publish,
            lambda: version.write({"state": "published"}),
            lambda: version.with_context(bpm_regulation_edit=True).write({"state": "published"}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        self._publish()
        with self.assertRaises(AccessError):
            self.regulation.with_user(self.designer).domain = "[]"
        forged = (
            self.env["bpm.regulation.version"]
            .with_user(self.designer)
            .create(
                {"regulation_id": self._regulation("Other").id, "state": "published", "number": 9}
            )
        )
        self.assertEqual((forged.state, forged.number), ("draft", 1))

    def test_draft_is_a_copy(self):
        """HU-19: a draft has the same wording, keys and links, within itself."""
        self.s_qualify.next_ids = self.s_present
        self.fact.to_stage_ids = self.s_present
        self._publish()
        draft = self.regulation.action_new_draft()
        self.assertEqual(draft, self.regulation.action_new_draft())
        stage = draft.stage_ids.filtered(lambda s: s.name == "Qualification")
        first, second = stage.step_ids
        self.assertEqual((first.key, second.key), (self.first.key, self.second.key))
        self.assertEqual(second.after_id, first)
        self.assertEqual(stage.fact_ids.key, self.fact.key)
        linked = stage.next_ids | stage.fact_ids.to_stage_ids
        self.assertEqual(linked.version_id, draft)
        self.assertEqual(linked.mapped("name"), ["Presentation"])

    def test_what_is_different(self):
        """HU-19: a version says what it changed: new, gone and changed parts, in words."""
        self._publish()
        draft = self.regulation.action_new_draft()
        self.assertEqual(draft.get_changes(self.version.id), [])
        self.assertIn("Nothing is different", draft.changes_html)
        stage = draft.stage_ids[0]
        stage.may_go_back = False
        stage.step_ids[0].write({"required": False, "deadline_number": 2.5})
        stage.step_ids[1].stage_id = draft.stage_ids[1]
        stage.fact_ids.unlink()
        self._fact(draft.stage_ids[1], "Site known", field="website")
        changes = {(c["kind"], c["what"], c["name"]): c for c in draft.get_changes(self.version.id)}
        self.assertEqual(
            set(changes),
            {
                ("changed", "stage", "Qualification"), ("changed", "step", "Meeting"),
                ("changed", "step", "Letter"), ("added", "fact", "Site known"),
                ("removed", "fact", "Phone known"),
            },
        )  # fmt: skip
        details = changes["changed", "step", "Meeting"]["details"]
        self.assertIn({"label": "Required", "old": "yes", "new": "no"}, details)
        self.assertIn({"label": "Within", "old": "1", "new": "2.5"}, details)
        moved = {"label": "Stage", "old": "Qualification", "new": "Presentation"}
        self.assertIn(moved, changes["changed", "step", "Letter"]["details"])
        for word in ("Gone", "Phone known", "Site known", "2.5"):
            self.assertIn(word, draft.changes_html)
        self.assertFalse(self.version.changes_html)

    def test_another_regulation_is_not_compared(self):
        """HU-19: one clear error."""
        other = self._regulation("Other").action_new_draft()
        with self.assertRaisesRegex(UserError, "of one regulation"):
            self.version.get_changes(other.id)

    def test_back_to_a_former_wording(self):
        """HU-19: a former wording is taken back as a draft and put in force again."""
        self._publish()
        draft = self.regulation.action_new_draft()
        draft.stage_ids.fact_ids.unlink()
        draft.stage_ids.step_ids.filtered(lambda s: s.name == "Letter").unlink()
        self._publish(draft)
        customer = self._customer()
        self.assertEqual(self._steps(customer).mapped("name"), ["Meeting"])
        former = self.version.with_user(self.designer)
        again = self.env["bpm.regulation.version"].browse(former.action_take_wording()["res_id"])
        self.assertEqual((again.state, again.change_note), ("draft", "As version 1"))
        self.assertEqual(again.get_changes(self.version.id), [])
        self.assertEqual(self.regulation.published_version_id, draft)
        with self.assertRaisesRegex(UserError, "a draft already"):
            former.action_take_wording()
        self._publish(again)
        self.assertEqual(again.stage_ids.fact_ids.key, self.fact.key)
        with self.assertRaisesRegex(UserError, "Phone known"), self.cr.savepoint():
            customer.industry_id = self.present

    def test_new_version_takes_over(self):
        """HU-19: done and open steps stay by their key, obsolete ones go, new ones come."""
        self._publish()
        customer = self._customer()
        steps = self._steps(customer)
        steps.filtered(lambda s: s.name == "Meeting")._mark_done()
        draft = self.regulation.action_new_draft()
        stage = draft.stage_ids.filtered(lambda s: s.name == "Qualification")
        stage.step_ids[1].unlink()
        self._step(stage, "Offer")
        self._publish(draft)
        states = {step.name: step.state for step in self._steps(customer)}
        self.assertEqual(states, {"Meeting": "done", "Letter": "withdrawn", "Offer": "todo"})
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Offer"])
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        self.assertEqual((case.version_id, case.stage_id), (draft, stage))
        self.assertEqual(self.version.state, "retired")

    def test_open_records_are_taken_in(self):
        """TN-30: records that were there before get their steps when it comes into force."""
        old = self._customer(name="Old")
        won = self._customer(name="Won", stage=self.won)
        self.assertFalse(self._steps(old))
        self._publish()
        self.assertEqual(set(self._steps(old).mapped("name")), {"Meeting", "Letter"})
        self.assertFalse(self.env["bpm.stage.case"]._get_cases(won))

    def test_cron_takes_in(self):
        """TN-30: what came under it past the ORM is taken in at night, once."""
        self._publish()
        raw = self._customer(ref="outside")
        self.assertFalse(self._steps(raw))
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET ref = NULL WHERE id = %s", [raw.id])
        self.env.invalidate_all()
        for _night in range(2):
            self.env["bpm.stage.case"]._cron_take_in()
            self.assertEqual(len(self._steps(raw)), 2)

    def test_retired(self):
        """HU-07: retired, nothing is checked and nothing is open any more."""
        self._publish()
        customer = self._customer()
        self.version.with_user(self.manager).action_retire()
        self.assertFalse(customer.activity_ids)
        customer.industry_id = self.won
        self.assertEqual(self.regulation.state, "draft")

    def test_problems_are_named_together(self):
        """HU-07: what is not ready is named, all at once."""
        self._step(self.s_present, "Run", "process")
        self._step(self.s_present, "Ask", assign_kind="user")
        self._fact(self.s_present, "Odd", "domain", domain="[('no_field', '=', 1)]")
        self._stage(self.env["res.partner.industry"].create({"name": "Gone"})).value = "0"
        with self.assertRaises(UserError) as caught:
            self._publish()
        for words in ("choose the process", "choose the person", "Odd", "Gone"):
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(ValidationError):
            self.regulation.domain = "[('nothing', '=', 1)]"

    def test_one_stage_field_per_model(self):
        """TN-06: two regulations in force of a model go by one field."""
        self._publish()
        other = self._regulation("Other", stage_field_id=self._field("type").id)
        version = other.action_new_draft()
        version.load_stages()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._publish(version)


@tagged("post_install", "-at_install")
class TestStageSwitch(StageCommon):
    """LV-12, LV-13: choosing the need fixes the algorithm; changing it switches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation.domain = "[('is_company', '=', True), ('ref', '=', 'short')]"
        cls._step(cls.s_qualify, "Meeting")
        cls._step(cls.s_qualify, "Test lesson")
        cls._publish()
        cls.long = cls._regulation(
            "Long", domain="[('is_company', '=', True), ('ref', '=', 'long')]", sequence=20
        )
        cls.long_version = cls.long.action_new_draft()
        stages = [
            cls._stage(industry, cls.long_version)
            for industry in (cls.qualify, cls.present, cls.propose, cls.won)
        ]
        cls._step(stages[0], "Meeting")
        cls._step(stages[0], "Plan of study")
        cls._publish(cls.long_version)
        cls.customer = cls._customer(ref="short")

    def test_switch(self):
        """LV-12: done steps are kept, obsolete ones withdrawn, told in the chatter."""
        self._steps(self.customer).filtered(lambda s: s.name == "Meeting")._mark_done()
        self.customer.ref = "long"
        states = {step.name: step.state for step in self._steps(self.customer)}
        expected = {"Meeting": "done", "Test lesson": "withdrawn", "Plan of study": "todo"}
        self.assertEqual(states, expected)
        self.assertEqual(self.customer.activity_ids.mapped("summary"), ["Plan of study"])
        body = self.customer.message_ids[0].body
        for words in ("Long", "Sale", "Test lesson"):
            self.assertIn(words, body)

    def test_no_regulation_any_more(self):
        """LV-12: without a regulation nothing is open."""
        self.customer.ref = "other"
        self.assertFalse(self.env["bpm.stage.case"]._get_cases(self.customer))
        self.assertFalse(self.customer.activity_ids)

    def test_switch_and_move_at_once(self):
        """LV-12: the new regulation judges a move made in the same write."""
        with self.assertRaisesRegex(UserError, "Plan of study"), self.cr.savepoint():
            draft = self.long.action_new_draft()
            self._publish(draft)
            self.customer.ref = "long"
            self.customer.industry_id = self.present
