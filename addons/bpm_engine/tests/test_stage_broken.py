from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageBroken(StageCommon):
    """EP-06: a field or a stage that is gone locks nobody out, and opens no gate."""

    def _forget_field(self, table, column="domain", value="[('x_gone', '=', 1)]"):
        """As if the addon that brought the field had been uninstalled."""
        self.env.flush_all()
        self.cr.execute(f"UPDATE {table} SET {column} = %s", [value])
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _told(self):
        return self.env["mail.message"].search(
            [("model", "=", "bpm.regulation"), ("res_id", "=", self.regulation.id),
             ("notified_partner_ids", "in", self.manager.partner_id.ids)]
        )  # fmt: skip

    def test_condition_of_a_step(self):
        """TN-30: in doubt the step is demanded; records are read, written and made as ever."""
        self._step(self.s_qualify, "Visit", domain="[('city', '=', 'Omsk')]")
        self._publish()
        customer = self._customer()
        self._forget_field("bpm_regulation_step")
        customer.with_user(self.seller).city = "Tomsk"
        self.assertTrue(
            self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        )
        with self.assertRaisesRegex(StageRefused, "Visit"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.present
        new = self._customer(name="New")
        self._steps(new).with_user(self.seller).action_done()
        new.with_user(self.seller).industry_id = self.present
        self.env["bpm.stage.case"]._cron_take_in()
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual(len(self._told()), 1)
        self.assertIn("x_gone", self._told().body)

    def test_facts(self):
        """EP-06: a fact that nobody can check is refused in words; the head may let it pass."""
        self._fact(self.s_qualify, "In town", kind="domain", domain="[('city', '=', 'Omsk')]")
        self._fact(self.s_qualify, "Phone known", field="phone")
        self._fact(self.s_qualify, "Contact", "related", field="child_ids",
                   domain="[('city', '=', 'Omsk')]")  # fmt: skip
        self._publish()
        customer = self._customer(city="Omsk", phone="1")
        self._forget_field("bpm_regulation_fact")
        self._forget_field("bpm_regulation_fact", "field_id", None)
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.present
        told = caught.exception.context["bpm_stage"][0]["missing"]
        self.assertEqual([item["name"] for item in told], ["In town", "Phone known", "Contact"])
        for item in told:
            self.assertIn("cannot be checked", item["text"])
            self.assertIn(self.manager.name, item["text"])
        self.assertTrue(
            self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        )
        head = customer.with_user(self.override)
        head.with_context(bpm_stage_override="Until it is corrected").industry_id = self.present

    def test_domain_of_the_regulation(self):
        """EP-06: whoever is under it stays under it; nobody else comes."""
        self._fact(self.s_qualify, "Phone known", field="phone")
        self._publish()
        customer = self._customer()
        self._forget_field("bpm_regulation")
        with self.assertRaisesRegex(StageRefused, "Phone known"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.present
        new = self._customer(name="New")
        new.with_user(self.seller).industry_id = self.present
        self.assertFalse(
            self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", new.id)
        )
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertIn(customer.id, self.env["bpm.stage.case"]._get_cases(customer))

    def test_field_that_is_asked_about(self):
        """EP-06: a field is not deleted as long as a regulation in force asks about it."""
        self._step(self.s_qualify, "Visit", domain="[('parent_id.function', '=', 'Clerk')]")
        self._fact(self.s_qualify, "Contact", "related", field="child_ids",
                   domain="[('city', '=', 'Omsk')]")  # fmt: skip
        self._publish()
        for name in ("ref", "parent_id", "function", "child_ids", "city", "industry_id"):
            with self.assertRaisesRegex(UserError, "“Sale” asks about"):
                self._field(name)._unlink_except_regulated()
        self._field("color")._unlink_except_regulated()
