from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageArrange(StageCommon):
    """TN-30: cards and stages of a draft are put in their places by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls._step(cls.s_qualify, "Call")
        cls.visit = cls._step(cls.s_qualify, "Visit", after_id=cls.call.id)
        cls.letter = cls._step(cls.s_qualify, "Letter", after_id=cls.visit.id)
        cls.offer = cls._step(cls.s_present, "Offer")
        cls.phone = cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls.site = cls._fact(cls.s_qualify, "Site known", field="website")
        cls.draft = cls.version.with_user(cls.designer)

    def _as_designer(self, record):
        return record.with_user(self.designer)

    def _names(self, stage, what="step_ids"):
        stage.invalidate_recordset([what])
        return stage[what].mapped("name")

    def test_inside_a_stage(self):
        """TN-30: a card goes up or down; the board shows the new order."""
        stage = self._as_designer(self.s_qualify)
        notes = stage.arrange_parts("step", [self.letter.id, self.call.id, self.visit.id])
        self.assertEqual(notes, [])
        self.assertEqual(self._names(self.s_qualify), ["Letter", "Call", "Visit"])
        self.assertEqual(self.visit.after_id, self.call, "inside a stage they wait as before")
        # What a screen does not know yet stays, behind the others.
        stage.arrange_parts("fact", [self.site.id])
        self.assertEqual(self._names(self.s_qualify, "fact_ids"), ["Site known", "Phone known"])
        board = self.draft.get_board()
        shown = [part["name"] for part in board["stages"][0]["steps"]]
        self.assertEqual(shown, ["Letter", "Call", "Visit"])
        self.assertEqual(board["stages"][0]["steps"][2]["notes"], ["After “Call”"])

    def test_to_another_stage(self):
        """TN-30: what waited for a moved step waits for what that waited for, and one is told."""
        notes = self._as_designer(self.s_present).arrange_parts(
            "step", [self.visit.id, self.offer.id]
        )
        self.assertEqual(self._names(self.s_present), ["Visit", "Offer"])
        self.assertEqual(self._names(self.s_qualify), ["Call", "Letter"])
        self.assertEqual((self.letter.after_id, self.visit.after_id.id), (self.call, False))
        self.assertEqual(
            notes,
            [
                "“Letter” waited for “Visit”; it now starts after “Call”.",
                "“Visit” does not wait for “Call” any more; it starts on entry.",
            ],
        )
        self.assertEqual(self.version._get_problems(), [])

    def test_fact_with_a_way(self):
        """TN-30: a fact takes along only the ways that lead on from its new stage."""
        ways = self.s_present | self.s_won | self.s_lost
        self.phone.to_stage_ids = [Command.set(ways.ids)]
        notes = self._as_designer(self.s_present).arrange_parts("fact", [self.phone.id])
        self.assertEqual(self.phone.to_stage_ids, self.s_won | self.s_lost)
        self.assertIn("Presentation", notes[0])
        self.assertEqual(self._names(self.s_qualify, "fact_ids"), ["Site known"])

    def test_where_a_card_cannot_stand(self):
        """TN-30: one error that names the place; nothing is moved."""
        for stage, what, card, text in (
            (self.s_lost, "step", self.call, "no steps start there"),
            (self.s_won, "fact", self.phone, "nothing has to be true"),
        ):
            with self.assertRaisesRegex(UserError, text):
                self._as_designer(stage).arrange_parts(what, [card.id])
            self.assertEqual(card.stage_id, self.s_qualify)
        other = self._stage(self.qualify, self._regulation("Other").action_new_draft())
        with self.assertRaisesRegex(UserError, "one draft only"):
            self._as_designer(other).arrange_parts("step", [self.call.id])
        with self.assertRaisesRegex(UserError, "Only steps and facts"):
            self._as_designer(self.s_present).arrange_parts("stage", [])

    def test_stages(self):
        """TN-30: the order of the stages is the order of the way."""
        self.draft.arrange_stages([self.s_present.id, self.s_qualify.id])
        names = self.version.stage_ids.sorted().mapped("name")
        self.assertEqual(names, ["Presentation", "Qualification", "Proposal", "Won", "Lost"])
        self._publish()
        # Qualification is passed over no more by who begins at the new first stage.
        with self.assertRaisesRegex(UserError, "Offer"), self.cr.savepoint():
            self._customer()
        customer = self._customer(industry_id=self.present.id)
        self.assertEqual(self._steps(customer).mapped("name"), ["Offer"])

    def test_duplicate(self):
        """TN-30: the twin stands behind its original and is a part of its own."""
        self.visit.write({"deadline_number": 3, "required": False})
        twin = self.env["bpm.regulation.step"].browse(
            self._as_designer(self.s_qualify).duplicate_part("step", self.visit.id)
        )
        self.assertEqual(self._names(self.s_qualify), ["Call", "Visit", "Visit (copy)", "Letter"])
        self.assertEqual((twin.deadline_number, twin.required), (3, False))
        self.assertEqual(twin.after_id, self.call)
        self.assertNotEqual(twin.key, self.visit.key)
        self.phone.to_stage_ids = self.s_present
        fact = self.env["bpm.regulation.fact"].browse(
            self._as_designer(self.s_qualify).duplicate_part("fact", self.phone.id)
        )
        self.assertEqual((fact.field_id, fact.to_stage_ids), (self.phone.field_id, self.s_present))
        self.assertNotEqual(fact.key, self.phone.key)
        with self.assertRaisesRegex(UserError, "any more"):
            self._as_designer(self.s_present).duplicate_part("step", self.visit.id)

    def test_add_a_stage_that_is_there(self):
        """TN-30: a stage the records know is added where one says, once."""
        pilot = self.env["res.partner.industry"].create({"name": "Pilot"})
        choices = {c["value"]: c["name"] for c in self.draft.get_addable_stages()["choices"]}
        self.assertEqual(choices[str(pilot.id)], "Pilot")
        self.assertNotIn(str(self.won.id), choices)
        self.draft.add_stage(str(pilot.id), after_id=self.s_qualify.id)
        names = self.version.stage_ids.sorted().mapped("name")
        self.assertEqual(names[:3], ["Qualification", "Pilot", "Presentation"])
        with self.assertRaisesRegex(UserError, "“Pilot” stands in this draft already"):
            self.draft.add_stage(name=" pilot ")
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.draft.add_stage("0")

    def test_add_a_new_stage(self):
        """TN-30: a new stage is made for the records too, by who may; others are told."""
        with self.assertRaisesRegex(UserError, "You may not make a new stage"):
            self.draft.add_stage(name="Pilot")
        self.assertFalse(self.draft.get_addable_stages()["may_create"])
        self.designer.group_ids += self.env.ref("base.group_system")
        self.assertTrue(self.draft.get_addable_stages()["may_create"])
        with self.assertRaisesRegex(UserError, "a name"):
            self.draft.add_stage(name="  ")
        stage = self.env["bpm.regulation.stage"].browse(self.draft.add_stage(name="Pilot"))
        self.assertEqual(self.version.stage_ids.sorted()[0], stage)
        made = self.env["res.partner.industry"].browse(int(stage.value))
        self.assertEqual(made.name, "Pilot")

    def test_states_are_not_made(self):
        """TN-30: where the stages are a fixed list, none is made."""
        field = self.env["ir.model.fields"]._get("res.partner", "type")
        draft = self._regulation("Kinds", stage_field_id=field.id).action_new_draft()
        draft.load_stages()
        self.assertEqual(
            (draft.get_addable_stages()["choices"], draft.get_board()["may_add"]), ([], False)
        )
        draft.stage_ids[0].unlink()
        self.assertTrue(draft.get_board()["may_add"])

    def test_only_drafts_by_designers(self):
        """TN-30: what is in force does not change, and workers change nothing."""
        stage = self.s_qualify.with_user(self.seller)
        with self.assertRaises(AccessError):
            stage.arrange_parts("step", [self.letter.id, self.call.id])
        with self.assertRaises(AccessError):
            stage.duplicate_part("step", self.call.id)
        with self.assertRaises(AccessError):
            self.version.with_user(self.seller).arrange_stages([self.s_won.id])
        self._publish()
        before = self.env["res.partner.industry"].search_count([])
        for act in (
            lambda: self.draft.arrange_stages([self.s_won.id]),
            lambda: self.draft.add_stage(name="Pilot"),
            lambda: self._as_designer(self.s_qualify).duplicate_part("step", self.call.id),
            lambda: self._as_designer(self.s_present).arrange_parts("step", [self.call.id]),
        ):
            with self.assertRaisesRegex(UserError, "has been published"), self.cr.savepoint():
                act()
        self.assertEqual(self.env["res.partner.industry"].search_count([]), before)

    def test_order_is_compared(self):
        """HU-19: another order is told once, not as a change of each card."""
        self._publish()
        draft = self.regulation.action_new_draft()
        first, second = draft.stage_ids[0], draft.stage_ids[1]
        steps = first.step_ids
        first.arrange_parts("step", [steps[1].id, steps[0].id, steps[2].id])
        first.duplicate_part("fact", first.fact_ids[0].id)
        changes = draft.get_changes(self.version.id)
        self.assertEqual(
            [(c["kind"], c["what"], c["name"]) for c in changes],
            [("changed", "stage", "Qualification"), ("added", "fact", "Phone known (copy)")],
        )
        detail = {"label": "Order of the steps", "old": "Call, Visit, Letter",
                  "new": "Visit, Call, Letter"}  # fmt: skip
        self.assertEqual(changes[0]["details"], [detail])
        draft.arrange_stages([second.id, first.id])
        way = draft.get_changes(self.version.id)[0]
        self.assertEqual((way["what"], way["name"]), ("way", "Order of the stages"))
        self.assertTrue(way["details"][0]["new"].startswith("Presentation, Qualification"))
        draft.invalidate_recordset(["changes_html"])
        self.assertIn("Order of the stages", draft.changes_html)


@tagged("post_install", "-at_install")
class TestStageChoice(StageCommon):
    """TN-30: kinds of records, fields and roles are chosen by their names."""

    def test_offered_kinds(self):
        """TN-30: what is offered has stages and a chatter; no technical model is."""
        fields = self.env["bpm.regulation"].with_user(self.designer).fields_get(["model_id"])
        offered = self.env["ir.model"].with_user(self.designer)
        found = offered.search(fields["model_id"]["domain"]).mapped("model")
        self.assertFalse([m for m in found if m.startswith(("ir.", "bpm.", "res."))])

    def test_field_of_the_stages(self):
        """TN-30: the field of the stages is proposed; a given one stays."""
        found = {}
        for model in ("bpm.task", "res.partner"):
            regulation = self.env["bpm.regulation"].new({
                "name": "New", "model_id": self.env["ir.model"]._get(model).id,
            })  # fmt: skip
            found[model] = regulation.stage_field_id.name
        self.assertEqual(found, {"bpm.task": "state", "res.partner": False})
        # Where no field is called so, all that can be are offered.
        self.assertIn("industry_id", self.regulation.choice_field_ids.mapped("name"))
        self.assertEqual(set(regulation.choice_field_ids.mapped("store")), {True})
        self.assertEqual(self.regulation.stage_field, "industry_id")

    def test_role(self):
        """TN-30: a role is read in words, and one that leads to nobody is told before."""
        step = self._step(self.s_qualify, "Call", assign_kind="role", assign_path="user_id")
        self.assertFalse(step.role_problem)
        step.assign_path = "parent_id.user_id"
        card = self.version.get_board()["stages"][0]["steps"][0]
        self.assertEqual(card["text"], "Related Company › Salesperson · 1 working day")
        for path, text in (
            ("country_id", "leads to “Country”, not to a person"),
            ("phone", "is not a person"),
            ("was_removed", "does not exist"),
        ):
            step.assign_path = path
            self.assertIn(text, step.role_problem)
            self.assertIn(text, " ".join(self.version._get_problems()))
        with self.assertRaisesRegex(UserError, "does not exist"), self.cr.savepoint():
            self._publish()
        step.assign_path = False
        self.assertEqual(self.version._get_problems(), ["Call: choose the role."])
