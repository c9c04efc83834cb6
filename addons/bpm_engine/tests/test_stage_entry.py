from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageEntry(StageCommon):
    """EP-06: whoever comes under a regulation at a later stage, because the field is changed
    that decides which one applies, has done what the stages before demand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation.domain = "[('is_company', '=', True), ('ref', '=', 'strict')]"
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._step(cls.s_qualify, "Meeting")
        cls._step(cls.s_present, "Visa", "approval", assign_kind="user",
                  assign_user_id=cls.head.id)  # fmt: skip
        cls._publish()
        cls.lax = cls._regulation("Lax", domain="[('ref', '=', 'lax')]", sequence=20)
        version = cls.lax.action_new_draft()
        first = cls._stage(cls.qualify, version)
        for industry in (cls.present, cls.propose):
            cls._stage(industry, version)
        cls._step(first, "Meeting")
        cls._step(first, "Chat", required=False)
        first.step_ids.required = False
        cls._publish(version)

    def _come(self, customer, ref="strict", **values):
        customer.with_user(self.seller).write({"ref": ref, **values})

    def _assert_refused(self, customer, *missing, **values):
        with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
            self._come(customer, **values)
        self.env.invalidate_all()
        [told] = refused.exception.context["bpm_stage"]
        self.assertEqual([item["name"] for item in told["missing"]], list(missing))
        return told, str(refused.exception)

    def _regulation_of(self, customer):
        case = self.env["bpm.stage.case"]._get_cases(customer).get(customer.id)
        return case.regulation_id if case else self.env["bpm.regulation"]

    def _do(self, customer, name):
        step = self._steps(customer).filtered(lambda s: s.name == name and s.is_current)
        step.with_user(step.user_id)._finish("")

    # ------------------------------------------------------------ from outside

    def test_chosen_late(self):
        """EP-06: made without a need at a later stage, then the need is chosen: refused."""
        customer = self._customer(industry_id=self.propose.id)
        told, text = self._assert_refused(customer, "Phone known", "Meeting", "Visa")
        self.assertEqual(customer.ref, False)
        self.assertFalse(self._changes(customer))
        self.assertTrue(told["entering"])
        self.assertEqual(told["first"], [str(self.qualify.id), "Qualification"])
        for words in ("Vector", "“Sale”", "“Proposal”", "Phone known", "Meeting"):
            self.assertIn(words, text)

    def test_chosen_with_the_next_stage(self):
        """EP-06: need and next stage in one write are no way round either."""
        customer = self._customer(industry_id=self.present.id)
        with self.assertRaisesRegex(StageRefused, "Meeting"), self.cr.savepoint():
            self._come(customer, industry_id=self.propose.id)
        with self.assertRaisesRegex(StageRefused, "Meeting"), self.cr.savepoint():
            call_kw(
                self.env["res.partner"].with_user(self.seller), "web_save",
                [customer.ids, {"ref": "strict", "industry_id": self.propose.id}],
                {"specification": {}},
            )  # fmt: skip

    def test_chosen_at_the_first_stage(self):
        """LV-12: at the first stage the need is chosen freely; there the way begins."""
        customer = self._customer()
        self._come(customer)
        self.assertEqual(self._regulation_of(customer), self.regulation)
        self.assertEqual(self._steps(customer).mapped("name"), ["Meeting"])

    def test_chosen_together_with_the_first_stage(self):
        """EP-06: the cure that the panel offers: begin at the first stage."""
        customer = self._customer(industry_id=self.propose.id)
        self._come(customer, industry_id=self.qualify.id)
        self.assertEqual(self._regulation_of(customer), self.regulation)

    def test_what_is_true_may_come(self):
        """EP-06: facts that hold are enough where no step was to be done."""
        self.version.with_user(self.manager).action_retire()
        draft = self.regulation.action_new_draft()
        draft.stage_ids.step_ids.unlink()
        self._publish(draft)
        customer = self._customer(industry_id=self.propose.id)
        self._assert_refused(customer, "Phone known")
        self._come(customer, phone="1")
        self.assertEqual(self._regulation_of(customer), self.regulation)

    def test_lost_ones_and_other_fields_are_free(self):
        """EP-06: nothing holds for an unsuccessful end, nor for another change."""
        lost = self._customer(industry_id=self.lost.id)
        self._come(lost)
        self.assertEqual(self._regulation_of(lost), self.regulation)
        late = self._customer(industry_id=self.propose.id)
        with self._undone():
            self.env.flush_all()
            self.cr.execute("UPDATE res_partner SET ref = 'strict' WHERE id = %s", [late.id])
            self.env.invalidate_all()
            late.write({"is_company": True, "user_id": self.head.id})
            self.assertEqual(self._regulation_of(late), self.regulation)

    def test_publishing_and_night_are_free(self):
        """EP-06: a regulation that comes into force takes records in where they stand."""
        self.version.with_user(self.manager).action_retire()
        late = self._customer(industry_id=self.propose.id, ref="strict")
        draft = self.regulation.action_new_draft()
        self._publish(draft)
        self.assertEqual(self._regulation_of(late), self.regulation)
        self._steps(late).case_id.unlink()
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual(self._regulation_of(late), self.regulation)

    # ------------------------------------------------------------ away and back

    def test_away_and_back(self):
        """EP-06: need taken away, moved freely, need given back: refused."""
        customer = self._customer(ref="strict")
        self._come(customer, ref=False)
        customer.industry_id = self.propose
        self._assert_refused(customer, "Phone known", "Meeting", "Visa")

    def test_by_a_laxer_regulation(self):
        """EP-06: over to a laxer regulation, moved there, and back: refused."""
        customer = self._customer(ref="strict")
        self._come(customer, ref="lax")
        customer.industry_id = self.propose
        self._assert_refused(customer, "Phone known", "Meeting", "Visa")
        self.assertEqual(self._regulation_of(customer), self.lax)

    def test_done_steps_count(self):
        """LV-12: what was done under the other regulation, by its kind and name, is done."""
        customer = self._customer(ref="lax", phone="1")
        self._do(customer, "Meeting")
        customer.industry_id = self.present
        self._come(customer)
        self.assertEqual(self._regulation_of(customer), self.regulation)
        self._come(customer, ref="lax")
        customer.industry_id = self.propose
        self._assert_refused(customer, "Visa")
        customer.industry_id = self.present
        self._come(customer)
        self._do(customer, "Visa")
        customer.industry_id = self.propose

    def test_several(self):
        """EP-06: of several none comes when one may not."""
        ready = self._customer(name="Ready")
        late = self._customer(name="Late", industry_id=self.propose.id)
        with self.assertRaisesRegex(StageRefused, "Late"), self.cr.savepoint():
            self._come(ready | late)
        self.env.invalidate_all()
        self.assertFalse(self._regulation_of(ready))

    # ------------------------------------------------------------ exceptions

    def test_override_and_bypass(self):
        """EP-06: with a reason by whoever may, or by a program; both are kept."""
        by_head = self._customer(industry_id=self.propose.id)
        reason = {"bpm_stage_override": "Old friend"}
        with self.assertRaises(StageRefused), self.cr.savepoint():
            by_head.with_user(self.seller).with_context(**reason).ref = "strict"
        by_head.with_user(self.override).with_context(**reason).ref = "strict"
        change = self._changes(by_head)
        self.assertEqual((change.kind, change.reason), ("override", "Old friend"))
        self.assertEqual(len(change.missing), 3)
        self.assertEqual((change.from_name, change.to_name), (False, "Proposal"))
        by_program = self._customer(industry_id=self.propose.id)
        by_program.sudo()._with_stage_bypass("Exchange").ref = "strict"
        self.assertEqual(self._changes(by_program).mapped("kind"), ["bypass"])

    def test_set_based(self):
        """TN-30: twice the records ask as much."""

        def count(number):
            records = self.env["res.partner"]
            for index in range(number):
                records |= self._customer(name=f"{index}", industry_id=self.lost.id)
            self.env.flush_all()
            before = self.cr.sql_log_count
            records.ref = "strict"
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(12), count(24)
        self.assertLessEqual(many, few + 3, f"{few} queries for 12, {many} for 24")
