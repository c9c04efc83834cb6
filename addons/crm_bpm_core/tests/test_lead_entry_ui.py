from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.test_lead_stage_ui import LeadStageUiCommon


@tagged("post_install", "-at_install")
class TestLeadEntryUi(LeadStageUiCommon):
    """EP-06: in the browser a need chosen late is refused, and the deal begins anew."""

    def test_need_chosen_late(self):
        need = self.env["ir.model.fields"]._get("crm.lead", "need_id").relation
        need = self.env[need].create({"name": "Late choice"})
        regulation = self._regulate()
        regulation.domain = f"[('need_id', '=', {need.id})]"
        self.lead.stage_id = self.second
        path = f"/odoo/crm/{self.lead.id}"
        self.start_tour(path, "crm_bpm_stage_entry", login=self.seller.login, timeout=180)
        self.env.invalidate_all()
        self.assertEqual((self.lead.need_id, self.lead.stage_id.name), (need, "First"))
        [case] = self.env["bpm.stage.case"]._get_cases(self.lead).values()
        self.assertEqual(case.regulation_id, regulation)
