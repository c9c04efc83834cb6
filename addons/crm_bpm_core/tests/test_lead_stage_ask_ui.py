"""A required step that nobody was asked for yet, and an emptied stage, in the browser."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.test_lead_stage_ui import LeadStageUiCommon


class LeadStageAskCommon(LeadStageUiCommon):
    def _ask(self):
        regulation = self.env["bpm.regulation"].create({
            "name": "Sale", "model_id": self.env["ir.model"]._get("crm.lead").id,
            "stage_field_id": self.env["ir.model.fields"]._get("crm.lead", "stage_id").id,
        })  # fmt: skip
        version = regulation.action_new_draft()
        version.load_stages()
        visa = {"name": "Visa", "kind": "approval", "assign_kind": "user",
                "assign_user_id": self.head.id, "domain": "[('color', '>', 5)]"}  # fmt: skip
        version.stage_ids[0].step_ids = [Command.create(visa)]
        version.action_publish()
        self.env.flush_all()
        self.cr.execute("UPDATE crm_lead SET color = 9 WHERE id = %s", [self.lead.id])
        self.env.invalidate_all()
        url = f"/odoo/crm/{self.lead.id}"
        self.start_tour(url, "crm_bpm_stage_ask", login=self.seller.login, timeout=180)
        self.env.invalidate_all()
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        self.assertEqual((case.step_ids.name, case.step_ids.user_id), ("Visa", self.head))
        self.assertEqual(self.lead.stage_id.name, "First")


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestLeadStageAskDesktop(LeadStageAskCommon):
    browser_size = "1366x768"

    def test_ask(self):
        """AT-09, EP-06: what is missing is asked for by one click; no stage is emptied."""
        self._ask()


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestLeadStageAskPhone(LeadStageAskCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_ask(self):
        """AT-09, EP-06: the same by thumb."""
        self._ask()
