"""The lines of the developer's readme do what it says."""

import re
from pathlib import Path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon


@tagged("post_install", "-at_install")
class TestStageReadme(CrmBpmCommon):
    def test_another_model_in_five_lines(self):
        """EP-06: the five lines regulate quotations; a fact added to them is enforced."""
        readme = Path(get_module_path("bpm_engine"), "readme", "DEVELOP.md").read_text("utf-8")
        chapter = readme.split("### Another model in five lines")[1]
        lines = re.search(r"```python\n(.*?)```", chapter, re.DOTALL)[1]
        statements = [line for line in lines.splitlines() if not line.startswith(" ")]
        self.assertLessEqual(len(statements), 5)
        self.env["bpm.regulation"].search([]).active = False
        names = {"env": self.env}
        exec(lines, names)  # noqa: S102 -- our own readme
        regulation = names["regulation"]
        order = self.env["sale.order"].create({"partner_id": self._customer("Vector").id})
        bar = self.env["bpm.stage.case"].get_bar("sale.order", order.id)
        self.assertEqual((bar["regulation"]["id"], bar["value"]), (regulation.id, "draft"))
        draft = regulation.action_new_draft()
        field = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        fact = {"name": "Number of the customer's order", "field_id": field.id}
        draft.stage_ids[0].fact_ids = [Command.create(fact)]
        draft.action_publish()
        with self.assertRaisesRegex(UserError, "Number of the customer's order"):
            order.action_quotation_sent()
        order.client_order_ref = "17"
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
