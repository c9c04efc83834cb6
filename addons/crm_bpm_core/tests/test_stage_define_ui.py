"""A head of sales writes a stage regulation in the browser, by clicks and names alone."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_lead_stage_ui import LeadStageUiCommon


class StageDefineUiCommon(LeadStageUiCommon):
    """Three stages and the ends; a need by which a regulation goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.stage"].search([], limit=3)[2].name = "Third"
        cls.need = cls.env["crm.need"].create({"name": "Machines"})

    def _make_draft(self):
        """A draft with a step and a fact at the first stage and a fact at the second."""
        fields = self.env["ir.model.fields"]
        regulation = self.env["bpm.regulation"].create({
            "name": "Sale", "model_id": self.env["ir.model"]._get("crm.lead").id,
        })  # fmt: skip
        draft = regulation.action_new_draft()
        draft.load_stages()
        first, second = draft.stage_ids[:2]
        revenue, phone = (fields._get("crm.lead", name) for name in ("expected_revenue", "phone"))
        first.write({
            "step_ids": [Command.create({"name": "Call"})],
            "fact_ids": [Command.create({"name": "Budget known", "field_id": revenue.id})],
        })  # fmt: skip
        second.fact_ids = [Command.create({"name": "Phone known", "field_id": phone.id})]
        return draft

    def _run(self, path, tour):
        self.start_tour(path, tour, login=self.head.login, timeout=240)
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestStageDefine(StageDefineUiCommon):
    browser_size = "1366x768"

    def test_whole_definition(self):
        """TN-30, LV-12, AT-09, HU-19: need, role, approval after a step, ways, versions."""
        self.lead.expected_revenue = 1
        self._run("/odoo/stage-regulations", "crm_bpm_stage_define_all")
        regulation = self.env["bpm.regulation"].search([("name", "=", "Equipment")])
        self.assertEqual(regulation.stage_field, "stage_id")
        self.assertEqual(self.env["crm.lead"].search_count(regulation._get_record_domain()), 0)
        again, second, first = regulation.version_ids.sorted("number", reverse=True)
        self.assertEqual(
            [v.state for v in (first, second, again)], ["retired", "published", "draft"]
        )
        self.assertEqual(second.change_note, "Nobody asked for discounts")
        stage = first.stage_ids[0]
        call, visa = stage.step_ids
        self.assertEqual((call.assign_kind, call.assign_path), ("role", "team_id.user_id"))
        self.assertEqual((visa.kind, visa.assign_kind, visa.after_id), ("approval", "leader", call))
        self.assertEqual(visa.domain, '[("expected_revenue", ">", 1000)]')
        self.assertEqual(stage.next_ids.mapped("name"), ["Second"])
        self.assertTrue(stage.ask_comment)
        self.assertFalse(second.stage_ids[0].ask_comment)
        self.assertEqual(second.stage_ids.step_ids.mapped("name"), ["Call"])
        self.assertEqual(again.get_changes(first.id), [])
        self._assert_works(first, again)

    def _assert_works(self, first, again):
        """What was clicked together is what holds: for the need, by the leader, if so much."""
        again.with_user(self.head).action_publish()
        team = self.env["crm.team"].create({"name": "Machines", "user_id": self.head.id})
        self.lead.write({
            "need_id": self.need.id, "team_id": team.id, "expected_revenue": 5000,
        })  # fmt: skip
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        self.assertEqual(case.version_id, again)
        call = case.step_ids.filtered(lambda step: step.state == "todo")
        self.assertEqual((call.name, call.user_id), ("Call", self.head))
        call.with_user(self.head).action_done()
        visa = case.step_ids - call
        self.assertEqual((visa.name, visa.state, visa.user_id.id),
                         ("Discount allowed", "todo", self.head.id))  # fmt: skip

    def test_arranged_by_hand(self):
        """TN-30: cards and stages by dragging and keys, a twin, a new stage in the pipeline."""
        draft = self._make_draft()
        before = self.env["crm.stage"].search_count([])
        self._run(f"/odoo/bpm.regulation.version/{draft.id}", "crm_bpm_stage_arrange")
        stages = draft.stage_ids.sorted()
        self.assertEqual(stages.mapped("name")[:4], ["First", "Third", "Second", "Trial delivery"])
        by_name = {stage.name: stage for stage in stages}
        self.assertEqual(by_name["First"].step_ids.mapped("name"), ["Call (copy)"])
        self.assertEqual(by_name["Second"].step_ids.mapped("name"), ["Call"])
        self.assertFalse(by_name["First"].fact_ids)
        self.assertEqual(
            set(by_name["Second"].fact_ids.mapped("name")), {"Budget known", "Phone known"}
        )
        self.assertEqual(self.env["crm.stage"].search_count([]), before + 1)
        pipeline = self.env["crm.stage"].search([]).mapped("name")
        self.assertEqual(pipeline.index("Trial delivery"), pipeline.index("Second") + 1)


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestStageDefinePhone(StageDefineUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_arranged_by_thumb(self):
        """TN-30: on a phone by the menus of cards and stages."""
        draft = self._make_draft()
        self._run(f"/odoo/bpm.regulation.version/{draft.id}", "crm_bpm_stage_arrange_phone")
        stages = draft.stage_ids.sorted()
        self.assertEqual(stages.mapped("name")[:3], ["First", "Third", "Second"])
        self.assertEqual(stages[2].step_ids.mapped("name"), ["Call"])

    def test_defined_by_thumb(self):
        """TN-30, EP-06, HU-19: fact, step, what is different, preview, trial and publishing."""
        first = self._make_draft()
        first.action_publish()
        draft = first.regulation_id.action_new_draft()
        self._run(f"/odoo/bpm.regulation.version/{draft.id}", "crm_bpm_stage_define_phone")
        self.assertEqual(draft.state, "published")
        stage = draft.stage_ids[0]
        self.assertEqual(stage.fact_ids.mapped("name"), ["Budget known", "Campaign known"])
        visit = stage.step_ids.filtered(lambda step: step.name == "Visit")
        self.assertEqual(visit.assign_kind, "leader")
        case = self.env["bpm.stage.case"].sudo()._get_cases(self.lead)[self.lead.id]
        self.assertEqual(case.version_id, draft)
        self.assertIn("Visit", case.step_ids.mapped("name"))
