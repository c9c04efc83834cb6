"""The entry "Processes" in the menu of records: where there are some, and where there are none."""

from odoo.tests import HttpCase, tagged

from odoo.addons.crm_bpm_core.tests.ready_common import CrmReadyCommon


@tagged("post_install", "-at_install")
class TestRecordProcesses(HttpCase, CrmReadyCommon):
    browser_size = "1366x768"

    def test_entry_in_the_menu(self):
        """EP-05: a process is started from a sale; a tag, which has none, offers none."""
        self.head.password = self.head.login
        sale = self._lead(type="opportunity", expected_revenue=900000, user_id=self.head.id)
        self.start_tour(
            f"/odoo/crm.lead/{sale.id}", "crm_bpm_core_sale_processes", login=self.head.login
        )
        found = self._get_process("corporate_sale").instance_ids
        self.assertEqual(found.filtered(lambda one: one.res_id == sale.id).state, "running")
        tag = self.env["crm.tag"].create({"name": "Fleet"})
        self.start_tour(
            f"/odoo/crm.tag/{tag.id}", "crm_bpm_core_no_processes", login=self.head.login
        )
