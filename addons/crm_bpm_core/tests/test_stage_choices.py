from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon


@tagged("post_install", "-at_install")
class TestStageChoices(CrmBpmCommon):
    """HU-07: a regulation for a team's records knows that team's stages, as tasks know those of
    their project."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team, cls.other = cls.env["crm.team"].create([{"name": "Shop"}, {"name": "Export"}])
        cls.own, cls.others, cls.common = cls.env["crm.stage"].create([
            {"name": "Own", "team_ids": [Command.link(cls.team.id)]},
            {"name": "Others", "team_ids": [Command.link(cls.other.id)]},
            {"name": "Common"},
        ])  # fmt: skip

    def _draft(self, domain):
        regulation = self.env["bpm.regulation"].create({
            "name": "Deals", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "stage_field_id": self.env["ir.model.fields"]._get("crm.lead", "stage_id").id,
            "domain": domain,
        })  # fmt: skip
        return regulation.action_new_draft()

    def test_stages_of_the_team(self):
        """HU-07: what cannot be a stage of these records is not offered."""
        for domain in (
            f"[('team_id', '=', {self.team.id}), ('type', '=', 'opportunity')]",
            f"[('team_id', 'in', [{self.team.id}])]",
            "[('team_id.name', '=', 'Shop')]",
        ):
            draft = self._draft(domain)
            offered = {choice["name"] for choice in draft.get_addable_stages()["choices"]}
            self.assertLessEqual({"Own", "Common", "Lost"}, offered, domain)
            self.assertNotIn("Others", offered, domain)
            draft.load_stages()
            self.assertNotIn("Others", draft.stage_ids.mapped("name"))

    def test_all_stages(self):
        """HU-07: a condition that does not demand a team leaves all stages."""
        for domain in (
            "[]",
            f"[('team_id', '!=', {self.team.id})]",
            f"['|', ('team_id', '=', {self.team.id}), ('type', '=', 'lead')]",
        ):
            names = {c["name"] for c in self._draft(domain).get_addable_stages()["choices"]}
            self.assertLessEqual({"Own", "Others", "Common"}, names, domain)

    def test_new_stage_is_the_teams(self):
        """HU-07: a stage made for these records stands in their pipeline, in no other."""
        draft = self._draft(f"[('team_id', '=', {self.team.id})]")
        draft.add_stage(name="Measure")
        stage = self.env["crm.stage"].search([("name", "=", "Measure")])
        self.assertEqual(stage.team_ids, self.team)

    def test_beyond_what_is_offered(self):
        """HU-07: what is there is a stage, also where there are more than are offered; what was
        deleted is named."""
        draft = self._draft(f"[('team_id', '=', {self.team.id})]")
        draft.load_stages()
        for index in range(210):
            self.env["crm.stage"].create({"name": f"S{index}", "sequence": -1})
        self.assertEqual(draft._get_problems(), [])
        self.own.unlink()
        self.assertEqual(len(draft._get_problems()), 1)
        self.assertIn("Own", draft._get_problems()[0])
