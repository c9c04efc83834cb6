from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.bpm_engine.tests.test_stage_takeover import TakeoverCommon


@tagged("post_install", "-at_install")
class TestStageScope(TakeoverCommon):
    """EP-06: for which records a regulation is, before it is changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("industry_id", "!=", False)]).industry_id = False
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._step(cls.s_qualify, "Meeting")

    def _preview(self, version):
        return self.env["bpm.regulation"].with_user(self.designer).preview(version.id)

    def test_only_own_records_are_counted(self):
        """EP-06: records that a regulation before it applies to are none of its own; and those of
        one behind it are, once it is in force."""
        special = self._regulation("Special", domain="[('city', '=', 'Omsk')]", sequence=1)
        version = special.action_new_draft()
        self._stage(self.qualify, version)
        self._publish(version)
        self._customer(name="Special", city="Omsk")
        own = self._customer(name="Own")
        found = self._preview(self.version)
        self.assertEqual((found["open"], found["ids"]), (1, own.ids))
        self.assertEqual(found["facts"][0]["ids"], own.ids)
        self.assertEqual(found["steps"][0]["count"], 1)
        special.sequence = 20
        found = self._preview(self.version)
        self.assertEqual(found["open"], 2)

    def test_long_lists_say_so(self):
        """EP-06: how many are listed at most is told, so that nobody takes a part for the whole."""
        for index in range(3):
            self._customer(name=f"{index}")
        with patch("odoo.addons.bpm_engine.models.bpm_regulation_preview.LISTED", 2):
            found = self._preview(self.version)
        self.assertEqual((found["blocked"], len(found["ids"]), found["listed"]), (3, 2, 2))

    def test_changed_condition_is_told_before_it_is_saved(self):
        """EP-06: who comes in and who goes out, counted and named; nothing is written."""
        self._publish()
        near = self._customer(name="Near")
        self._customer(name="Far", ref="outside")
        won = self._customer(name="Ended", ref="outside", stage=self.won)
        self.assertFalse(self.regulation.scope_change)
        with Form(self.regulation.with_user(self.manager)) as form:
            form.domain = "[('ref', '=', 'outside')]"
            told = form.scope_change
            self.assertIn("1 open record comes under it at once: Far.", told)
            self.assertIn("1 open record leaves it at once", told)
            self.assertIn("Near", told)
            self.assertNotIn(won.name, told)
            self.assertTrue(self._case(near))
            form.domain = "[('is_company', '=', True), ('name', '!=', 'x')]"
            self.assertIn("1 open record comes", form.scope_change)
            self.assertNotIn("leaves", form.scope_change)
            form.domain = "[('is_company', '=', True), ('ref', '!=', 'outside'), ('id', '>', 0)]"
            self.assertIn("changes nothing", form.scope_change)
        self.assertFalse(self.regulation.scope_change)

    def test_order_is_told_before_it_is_saved(self):
        """EP-06: the same where another place in the order changes which one applies."""
        self._publish()
        self._customer(name="Near")
        general = self._regulation("General", domain="[]", sequence=20)
        version = general.action_new_draft()
        self._stage(self.qualify, version)
        with Form(general.with_user(self.manager)) as form:
            form.sequence = 1
            # Not in force yet: nothing changes for anybody.
            self.assertFalse(form.scope_change)
        general.sequence = 20
        self._publish(version)
        with Form(general.with_user(self.manager)) as form:
            form.sequence = 1
            self.assertIn("Near", form.scope_change)

    def test_kinds_of_steps_in_words(self):
        """TN-10: what cannot be ended this way is named in the words of the screen."""
        self._publish()
        meeting = self._row(self._customer(), "Meeting")
        with self.assertRaises(UserError) as refused:
            meeting.with_user(self.seller).action_approve()
        self.assertIn("To do, Activity.", str(refused.exception))
