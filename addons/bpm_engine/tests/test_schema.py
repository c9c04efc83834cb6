from odoo.addons.bpm_engine.tests.common import BpmCommon


class TestSchema(BpmCommon):
    def test_counts_of_a_new_process(self):
        """HU-06: a new process has nothing running and is a draft."""
        process = self.env["bpm.process"].create({"name": "Visa", "key": "visa"})
        self.assertEqual(process.state, "draft")
        self.assertEqual(process.running_count, 0)
