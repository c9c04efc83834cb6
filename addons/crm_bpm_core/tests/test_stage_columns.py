from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon

COLUMNS = {"bpm_next_step", "bpm_next_step_deadline", "bpm_stage_status_id", "bpm_stage_comment"}
FILTERS = COLUMNS - {"bpm_next_step_deadline"}
BUTTONS = {"bpm_next_step_none", "bpm_next_step_late"}
#: {model: [(list, search)]} in which people look for what is next and what was said.
VIEWS = {
    "crm.lead": [
        ("crm.crm_case_tree_view_oppor", "crm.view_crm_case_opportunities_filter"),
        ("crm.crm_case_tree_view_leads", "crm.view_crm_case_leads_filter"),
    ],
    "sale.order": [
        ("sale.view_quotation_tree", "sale.view_sales_order_filter"),
        ("sale.view_order_tree", "sale.sale_order_view_search_inherit_sale"),
    ],
}


@tagged("post_install", "-at_install")
class TestStageColumns(CrmBpmCommon):
    """EC-14: next step, short status and comment stand in lists and can be searched for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["bpm.regulation"].search([]).active = False
        cls.regulation = cls.env["bpm.regulation"].create({
            "name": "Orders", "model_id": cls.env["ir.model"]._get_id("sale.order"),
            "stage_field_id": cls.env["ir.model.fields"]._get("sale.order", "state").id,
        })  # fmt: skip
        version = cls.regulation.action_new_draft()
        version.load_stages()
        first = version.stage_ids.filtered(lambda stage: stage.value == "draft")
        first.write({
            "step_ids": [Command.create({"name": "Reserve the goods", "required": False})],
            "ask_status": True, "ask_comment": True,
        })  # fmt: skip
        cls.status = cls.env["bpm.stage.status"].create(
            {"name": "Price agreed", "regulation_ids": [Command.link(cls.regulation.id)]}
        )
        version.action_publish()
        customer = cls._customer("Vector")
        cls.order, cls.other = cls.env["sale.order"].create(
            [{"partner_id": customer.id, "user_id": cls.manager.id}] * 2
        )

    def _search(self, *condition):
        orders = self.env["sale.order"].with_user(self.manager)
        both = (self.order | self.other).ids
        return orders.search([("id", "in", both), condition]).sudo()

    def test_in_the_views(self):
        """EC-14: the columns can be shown, the search proposes what can be searched."""
        for model, views in VIEWS.items():
            for names in views:
                for kind, name, wanted in zip(
                    ("list", "search"), names, (COLUMNS, FILTERS), strict=True
                ):
                    lists = self.env[model].with_user(self.manager)
                    arch = lists.get_view(self.env.ref(name).id, kind)["arch"]
                    shown = {node.get("name") for node in etree.fromstring(arch).iter("field")}
                    self.assertLessEqual(wanted, shown, f"{name}: {wanted - shown}")
                search = lists.get_view(self.env.ref(names[1]).id, "search")["arch"]
                filters = {node.get("name") for node in etree.fromstring(search).iter("filter")}
                self.assertLessEqual(BUTTONS, filters, names[1])

    def test_next_step_of_an_order(self):
        """EC-14: an order shows and is found by its next step, as long as that is to be done."""
        self.assertEqual(self.order.bpm_next_step, "Reserve the goods")
        self.assertTrue(self.order.bpm_next_step_deadline)
        self.assertEqual(self._search("bpm_next_step", "ilike", "reserve"), self.order | self.other)
        self.order.activity_ids.action_done()
        self.env.invalidate_all()
        self.assertFalse(self.order.bpm_next_step)
        self.assertEqual(self._search("bpm_next_step", "ilike", "reserve"), self.other)

    def test_without_a_next_step(self):
        """EC-14: records without a next step are found, and only those."""
        self.order.activity_ids.action_done()
        self.env.invalidate_all()
        self.assertEqual(self._search("bpm_next_step", "=", False), self.order)
        self.assertEqual(self._search("bpm_next_step", "!=", False), self.other)
        self.assertEqual(self._search("bpm_next_step_deadline", "=", False), self.order)
        self.assertEqual(self._search("bpm_next_step", "not ilike", "reserve"), self.order)

    def test_found_by_what_is_shown(self):
        """EC-14: of several open steps the first counts, as in the column."""
        draft = self.regulation.action_new_draft()
        first = draft.stage_ids.filtered(lambda stage: stage.value == "draft")
        first.step_ids = [Command.create({"name": "Pack", "sequence": 20, "deadline_number": 9})]
        draft.action_publish()
        self.assertEqual(self._search("bpm_next_step", "ilike", "pack"), self.env["sale.order"])
        self.order.activity_ids.filtered(
            lambda activity: activity.summary == "Reserve the goods"
        ).action_done()
        self.env.invalidate_all()
        self.assertEqual(self.order.bpm_next_step, "Pack")
        self.assertEqual(self._search("bpm_next_step", "ilike", "pack"), self.order)

    def test_next_step_is_overdue(self):
        """EC-14: deals whose next step is overdue, and those due by a day."""
        step = self.order.activity_ids.bpm_case_step_id
        step.deadline = "2020-01-01 10:00:00"
        self.env.invalidate_all()
        self.assertEqual(self._search("bpm_next_step_deadline", "<", "now"), self.order)
        self.assertEqual(self._search("bpm_next_step_deadline", ">=", "now"), self.other)
        self.assertEqual(
            self._search("bpm_next_step_deadline", "<", "2020-01-01"), self.env["sale.order"]
        )

    def test_what_was_said_of_an_order(self):
        """EC-14: short status and comment of the last change, and who has none."""
        self.env["bpm.stage.case"].with_user(self.manager).move(
            "sale.order", self.order.id, "sent", "They wait for it", self.status.id
        )
        self.env.invalidate_all()
        said = self.order.bpm_stage_status_id, self.order.bpm_stage_comment
        self.assertEqual(said, (self.status, "They wait for it"))
        for condition in (
            ("bpm_stage_status_id", "=", self.status.id),
            ("bpm_stage_status_id.name", "ilike", "agreed"),
            ("bpm_stage_comment", "ilike", "wait"),
        ):
            self.assertEqual(self._search(*condition), self.order, condition)
        self.assertEqual(self._search("bpm_stage_status_id", "=", False), self.other)
