"""Stage regulations in the browser: defined, run, refused, cured, overridden."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


class LeadStageUiCommon(HttpCase):
    """One opportunity at the first of three stages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["bpm.regulation"].search([("model", "=", "crm.lead")]).active = False
        cls.seller = cls._user("stage_ui_seller", "sales_team.group_sale_salesman")
        cls.head = cls._user(
            "stage_ui_head",
            "sales_team.group_sale_manager,bpm_engine.group_manager,bpm_engine.group_override",
        )
        cls.env["crm.lead"].search([]).unlink()
        stages = cls.env["crm.stage"].search([], limit=2)
        stages[0].name, stages[1].name = "First", "Second"
        cls.second = stages[1]
        cls.lead = cls.env["crm.lead"].create({
            "name": "Deal", "type": "opportunity", "user_id": cls.seller.id,
            "stage_id": stages[0].id, "expected_revenue": 0,
        })  # fmt: skip

    @classmethod
    def _user(cls, login, groups):
        user = new_test_user(cls.env, login, f"base.group_user,{groups}")
        user.password = login
        return user

    def _regulate(self):
        """A fact, a step, a demanded comment and short status before the second stage."""
        fields = self.env["ir.model.fields"]
        self.env["bpm.stage.status"].create({"name": "Will think"})
        regulation = self.env["bpm.regulation"].create({
            "name": "Sale",
            "model_id": self.env["ir.model"]._get("crm.lead").id,
            "stage_field_id": fields._get("crm.lead", "stage_id").id,
            "domain": "[('type', '=', 'opportunity')]",
        })  # fmt: skip
        version = regulation.action_new_draft()
        version.load_stages()
        revenue = fields._get("crm.lead", "expected_revenue").id
        version.stage_ids[0].write({
            "ask_comment": True, "ask_status": True,
            "fact_ids": [Command.create({"name": "Budget known", "field_id": revenue})],
            "norm_days": 2,
            "step_ids": [
                Command.create({"name": "Call"}),
                Command.create({"name": "Greeting", "required": False}),
                Command.create({"name": "Leaflet", "required": False}),
            ],
        })  # fmt: skip
        version.action_publish()
        self._pass_time()
        return regulation

    def _pass_time(self):
        """Two weeks later: one step is done, one is late, the norm is passed."""
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        steps = {step.name: step for step in case.step_ids}
        steps["Greeting"].with_user(self.seller).action_done("By the lift")
        earlier = self.env.cr.now() - timedelta(days=14)
        case.entered_at = earlier
        steps["Greeting"].date_done = earlier
        steps["Leaflet"].deadline = earlier

    def _last_change(self):
        return self.env["bpm.stage.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)], limit=1
        )

    def _run_tour(self, tour):
        self._regulate()
        self.start_tour(f"/odoo/crm/{self.lead.id}", tour, login=self.seller.login, timeout=180)
        change = self._last_change()
        self.assertEqual(self.lead.stage_id, self.second)
        self.assertEqual(self.lead.expected_revenue, 500)
        self.assertEqual(
            (change.comment, change.status_id.name, change.kind),
            ("They want it soon", "Will think", "normal"),
        )

    def _run_override(self):
        self._regulate()
        tour = "crm_bpm_stage_override"
        self.start_tour(f"/odoo/crm/{self.lead.id}", tour, login=self.head.login, timeout=180)
        change = self._last_change()
        self.assertEqual((change.kind, change.reason), ("override", "An old friend"))
        self.assertEqual(change.missing_names, "Budget known, Call")
        self.assertEqual(change.regulation_id.override_count, 1)


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestLeadStageDesktop(LeadStageUiCommon):
    browser_size = "1366x768"

    def test_define_and_publish(self):
        """TN-30, EP-06: a head of sales makes a regulation without a programmer."""
        self.start_tour(
            "/odoo/stage-regulations",
            "crm_bpm_stage_define",
            login=self.head.login,
            timeout=180,
        )
        regulation = self.env["bpm.regulation"].search([("name", "=", "Sale in steps")])
        first = regulation.published_version_id.stage_ids[:1]
        self.assertEqual(first.fact_ids.mapped("name"), ["Budget known"])
        self.assertEqual(first.step_ids.mapped("name"), ["Call"])
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        self.assertEqual(case.stage_id, first)

    def test_refused_cured_moved(self):
        """TN-10, EC-14: refused on the form, cured in the panel, comment and short status."""
        self._run_tour("crm_bpm_stage_run")

    def test_override(self):
        """EP-06: the override keeps its reason and what was missing, and is counted."""
        self._run_override()


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestLeadStagePhone(LeadStageUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_refused_cured_moved(self):
        """TN-10: the same by thumb, without scrolling sideways."""
        self._run_tour("crm_bpm_stage_run_phone")

    def test_override(self):
        """EP-06: pushed on with a reason by thumb as well, without scrolling sideways."""
        self._run_override()
