from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageUnasked(StageCommon):
    """AT-09, IM-13, TN-09: a required step "only if" is demanded, whenever its condition holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._step(
            cls.s_qualify, "Visa", "approval", assign_kind="user", assign_user_id=cls.head.id,
            domain="[('color', '>', 5)]",
        )  # fmt: skip
        cls._step(cls.s_qualify, "Ask the clerk", domain="[('complete_name', 'ilike', 'Omsk')]")
        cls._publish()
        cls.customer = cls._customer()

    def _row(self, customer, name="Visa"):
        rows = self._steps(customer).filtered(lambda row: row.name == name and row.is_current)
        return rows.filtered(lambda row: row.state != "withdrawn")

    def _refusal(self, customer, user=None, **values):
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            customer.with_user(user or self.seller).write(values)
        self.env.invalidate_all()
        [told] = caught.exception.context["bpm_stage"]
        return [(item["kind"], item["name"]) for item in told["missing"]]

    def test_in_the_same_write(self):
        """AT-09: what makes the condition hold may come together with the stage."""
        told = self._refusal(self.customer, color=9, industry_id=self.present.id)
        self.assertEqual(told, [("unasked", "Visa")])
        self.customer.with_user(self.seller).color = 9
        self.assertEqual(self._row(self.customer).user_id, self.head)
        self.assertEqual(
            self._refusal(self.customer, industry_id=self.present.id), [("step", "Visa")]
        )
        self._row(self.customer).with_user(self.head).action_approve("Fine")
        self.customer.with_user(self.seller).industry_id = self.present

    def test_in_one_row_of_an_import(self):
        """AT-09: nor is it got past by an import."""
        partners = self.env["res.partner"].with_user(self.seller)
        found = partners.load(
            [".id", "color", "industry_id/.id"],
            [[str(self.customer.id), "9", str(self.present.id)]],
        )
        self.assertIn("“Visa”", found["messages"][0]["message"])
        self.assertEqual(self.customer.industry_id, self.qualify)

    def test_seen_late_and_asked(self):
        """AT-09: what changed unseen is demanded before the night, and asked by one click."""
        self.env.flush_all()
        self.cr.execute("UPDATE res_partner SET color = 9 WHERE id = %s", [self.customer.id])
        self.env.invalidate_all()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        bar = panel.get_bar("res.partner", self.customer.id)
        [item] = bar["missing"][str(self.present.id)]
        self.assertEqual((item["kind"], item["cure"]["type"]), ("unasked", "ask"))
        told = self._refusal(self.customer, industry_id=self.present.id)
        self.assertEqual(told, [("unasked", "Visa")])
        panel.ask_steps("res.partner", [self.customer.id])
        [item] = panel.get_bar("res.partner", self.customer.id)["missing"][str(self.present.id)]
        self.assertEqual((item["kind"], item["cure"]["user"][0]), ("step", self.head.id))

    def test_computed_field(self):
        """AT-09: conditions on computed fields hold from the write on that changes them."""
        self.customer.with_user(self.seller).name = "Omsk Oil"
        self.assertEqual(self._row(self.customer, "Ask the clerk").state, "todo")
        self.customer.with_user(self.seller).name = "Perm Oil"
        self.assertFalse(self._row(self.customer, "Ask the clerk"))

    def test_raised_again_behind_the_stage(self):
        """AT-09: lowered, led past, raised again: it is asked at the stage where it stands."""
        customer = self.customer.with_user(self.seller)
        customer.color = 9
        customer.color = 1
        customer.industry_id = self.present
        customer.color = 9
        visa = self._row(customer)
        self.assertEqual((visa.state, visa.required, visa.user_id), ("todo", True, self.head))
        self.assertEqual(visa.stage_id, self.s_present)
        bar = self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        self.assertEqual([step["name"] for step in bar["steps"]], ["Visa"])
        self.assertEqual(self._refusal(customer, industry_id=self.won.id), [("step", "Visa")])
        customer.color = 1
        self.assertFalse(self._row(customer))
        told = self._refusal(customer, color=9, industry_id=self.won.id)
        self.assertEqual(told, [("unasked", "Visa")])
        customer.industry_id = self.lost
        customer.color = 9
        customer.industry_id = self.present
        self.assertEqual(self._row(customer).stage_id, self.s_present)
        self._row(customer).with_user(self.head).action_approve("Fine")
        customer.industry_id = self.won

    def test_by_night(self):
        """AT-09: what changed behind a stage and unseen is asked by the nightly job."""
        self.customer.industry_id = self.present
        self.env.flush_all()
        self.cr.execute("UPDATE res_partner SET color = 9 WHERE id = %s", [self.customer.id])
        self.env.invalidate_all()
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual(self._row(self.customer).stage_id, self.s_present)

    def test_let_off(self):
        """EP-06: what the head let pass, and what never lay on the way, is not asked again."""
        head = self.customer.with_user(self.override)
        reason = {"bpm_stage_override": "Old friend"}
        self.customer.color = 9
        head.with_context(**reason).industry_id = self.present
        self.customer.color = 8
        self.assertFalse(self._row(self.customer))
        other = self._customer(name="Other", stage=self.present)
        other.color = 9
        self.assertFalse(self._row(other), "a program led it past")
        (self.customer | other).industry_id = self.won

    def test_new_version(self):
        """AL-15: what is asked late stays so under the next version."""
        self.customer.industry_id = self.present
        self.customer.color = 9
        self._publish(self.regulation.action_new_draft())
        rows = self._steps(self.customer).filtered(lambda row: row.state == "todo")
        self.assertEqual((rows.name, rows.stage_id.value), ("Visa", str(self.present.id)))
        self.assertEqual(rows.activity_ids.user_id, self.head)

    def test_not_enrolled_yet(self):
        """EP-06: before the job has taken a record in its required steps hold as well."""
        draft = self.regulation.action_new_draft()
        self._step(draft.stage_ids[0], "Meeting")
        self._publish(draft)
        self._steps(self.customer).case_id.unlink()
        told = self._refusal(self.customer, industry_id=self.present.id)
        self.assertEqual(told, [("unasked", "Meeting")])
        self.env["bpm.stage.case"].with_user(self.seller).ask_steps(
            "res.partner", self.customer.ids
        )
        self.assertEqual(self._steps(self.customer).mapped("name"), ["Meeting"])

    def test_lines(self):
        """IM-13: lines from which a computed field comes are watched, whoever writes them."""
        draft = self.regulation.action_new_draft()
        self._step(draft.stage_ids[0], "Name it", domain="[('parent_name', 'ilike', 'Omsk')]")
        self._publish(draft)
        parent = self.env["res.partner"].create({"name": "Perm"})
        customer = self._customer(name="Child", parent_id=parent.id)
        parent.with_user(self.seller).name = "Omsk"
        self.assertTrue(self._row(customer, "Name it"))
        parent.write({"name": "Perm", "child_ids": [Command.update(customer.id, {"color": 2})]})
        self.assertFalse(self._row(customer, "Name it"))

    def test_set_based(self):
        """TN-30: twice the records ask as much, behind the stage as well."""

        def count(number):
            records = self.env["res.partner"]
            for index in range(number):
                records |= self._customer(name=f"{index}")
            records.industry_id = self.present
            self.env.flush_all()
            before = self.cr.sql_log_count
            records.color = 9
            self.env.flush_all()
            made = self.env["bpm.stage.case.step"].search_count(
                [("name", "=", "Visa"), ("case_id.res_id", "in", records.ids)]
            )
            self.assertEqual(made, number)
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(12), count(24)
        self.assertLessEqual(many, few + 3, f"{few} queries for 12, {many} for 24")
