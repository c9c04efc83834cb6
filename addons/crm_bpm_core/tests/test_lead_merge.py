from odoo.addons.bpm_engine.tests.run_common import RunCommon, chain, end, start, task


class TestLeadMerge(RunCommon):
    def test_processes_go_on(self):
        """EP-05: merged leads keep the running process, its task and what ended before."""
        self.worker.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        process = self.make(
            "lead_visa",
            start(),
            task("Visa"),
            end(),
            chain("Start", "Visa", "End"),
            model="crm.lead",
        )
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "lead", "user_id": self.worker.id, "probability": share}
                for name, share in (("Kept", 90), ("Twin", 10))
            ]
        )
        for lead in leads:
            self.do(self.launch(process, lead), "Visa")
        kept = leads._sort_by_confidence_level(reverse=True)[0]
        instance = self.launch(process, leads - kept)
        row = instance.task_ids
        merged = leads.with_user(self.worker).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(merged.ids, kept.ids)
        self.assertFalse((leads - kept).exists())
        self.assertEqual((instance.state, instance.res_id), ("running", kept.id))
        self.assertEqual(row.activity_ids.res_id, kept.id)
        found = self.Instance.search([("res_model", "=", "crm.lead"), ("res_id", "=", kept.id)])
        self.assertEqual(len(found), 3)
        self.do(instance, "Visa")
        self.assertEqual(instance.state, "done")
