"""Processes and the stages of leads: a stage starts one, and one moves the stage."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.run_common import RunCommon, chain, end, service, start, task
from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon


@tagged("post_install", "-at_install")
class TestProcessStage(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["crm.stage"]
        cls.early = stages.create({"name": "Talk of test", "sequence": 1})
        cls.late = stages.create({"name": "Offer of test", "sequence": 50})
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Fleet",
                "type": "opportunity",
                "user_id": cls.manager.id,
                "team_id": cls.team.id,
                "stage_id": cls.early.id,
            }
        )

    def make(self, key, *body, **values):
        maker = type("Maker", (RunCommon,), {"env": self.env, "manager": self.head})
        return maker.make(key, *body, model="crm.lead", **values)

    def started(self, process):
        self.env.flush_all()
        self.env.cr.flush()
        return self.env["bpm.instance"].search([("process_id", "=", process.id)])

    def starter(self, domain="[]"):
        process = self.make("staged", start(), task("Offer"), end(), chain("Start", "Offer", "End"))
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        self.env["bpm.process.trigger"].create(
            {
                "process_id": process.id,
                "kind": "change",
                "field_ids": field.ids,
                "domain": domain,
            }
        )
        return process

    def test_stage_change_starts_a_process(self):
        """PK-03, HU-14: the salesperson moves the stage; the process starts on the lead, once."""
        process = self.starter(f"[('stage_id', '=', {self.late.id})]")
        lead = self.lead.with_user(self.manager)
        lead.priority = "2"
        self.assertFalse(self.started(process), "another field changed")
        lead.stage_id = self.late
        instance = self.started(process)
        self.assertEqual((instance.res_model, instance.res_id), ("crm.lead", self.lead.id))
        self.assertEqual((instance.start_kind, instance.starter_id), ("change", self.manager))
        self.assertEqual(instance.task_ids.mapped("name"), ["Offer"])
        lead.stage_id = self.late
        self.assertEqual(len(self.started(process)), 1)

    def test_other_stage_starts_nothing(self):
        """HU-14: only the stage of the condition; there and back in one go is no change."""
        process = self.starter(f"[('stage_id', '=', {self.late.id})]")
        other = self.env["crm.stage"].create({"name": "Other of test"})
        self.lead.stage_id = other
        self.assertFalse(self.started(process))
        self.lead.stage_id = self.late
        self.lead.stage_id = other
        self.assertFalse(self.started(process))

    def test_many_leads_at_once(self):
        """HU-14: several cards dragged or edited together start one process each."""
        process = self.starter()
        leads = self.lead | self.lead.copy() | self.lead.copy()
        self.env.flush_all()
        self.env.cr.flush()
        leads.write({"stage_id": self.late.id})
        self.assertEqual(sorted(self.started(process).mapped("res_id")), sorted(leads.ids))

    def move(self, key, **parameters):
        self.env["bpm.action"].create({"name": key, "key": key, "kind": "stage"})
        process = self.make(
            f"p_{key}", start(), service("Move", key, **parameters), end(),
            chain("Start", "Move", "End"),
        )  # fmt: skip
        return process.sudo()._start(self.lead)

    def test_action_moves_the_stage(self):
        """HU-09: by the stage's name and by its id."""
        self.move("by_name", stage="Offer of test")
        self.assertEqual(self.lead.stage_id, self.late)
        self.move("by_id", stage=self.early.id)
        self.assertEqual(self.lead.stage_id, self.early)

    def test_action_to_an_unknown_stage(self):
        """HU-24: refused with the value and the field; the lead stays where it is."""
        with self.assertRaisesRegex(UserError, "“Nowhere” is no value"), self.cr.savepoint():
            self.move("nowhere", stage="Nowhere")
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.stage_id, self.early)
