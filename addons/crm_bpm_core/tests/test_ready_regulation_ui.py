"""The catalogue of ready regulations in the browser: seen, used, published."""

from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.test_lead_stage_ui import LeadStageUiCommon


class ReadyRegulationUiCommon(LeadStageUiCommon):
    def _use(self, tour):
        self.start_tour("/odoo/ready-regulations", tour, login=self.head.login, timeout=180)
        template = self.env.ref("crm_bpm_core.regulation_chain_sale")
        regulation = template.regulation_ids
        self.assertEqual(len(regulation), 1)
        self.assertEqual(regulation.owner_id, self.head)
        return regulation


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestReadyRegulationDesktop(ReadyRegulationUiCommon):
    browser_size = "1366x768"

    def test_use_and_publish(self):
        """AT-07, HU-07: from the catalogue to a regulation in force without a programmer."""
        regulation = self._use("crm_bpm_ready_regulation")
        self.assertEqual(regulation.state, "published")
        self.lead.with_user(self.seller).need_id = self.env.ref("crm_bpm_core.need_chain")
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        self.assertEqual((case.regulation_id, case.stage_id.name), (regulation, "New chain"))


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestReadyRegulationPhone(ReadyRegulationUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_use(self):
        """AT-07: the same by thumb; it stays a draft until somebody publishes it."""
        self.assertEqual(self._use("crm_bpm_ready_regulation_phone").state, "draft")
