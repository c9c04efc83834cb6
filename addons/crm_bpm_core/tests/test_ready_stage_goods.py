"""A producer with distributors, and an order before its invoice: played to their ends."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import Undone
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon


@tagged("post_install", "-at_install")
class TestReadyGoodsLead(ReadyStageCommon):
    ready = "goods_lead"

    def _enquiry(self, **values):
        return self._lead("goods", type="lead", phone="+7 496 1", **values)

    def _to_selection(self):
        lead = self._enquiry(contact_name="Petr", partner_name="Canteen")
        self._go(lead, "Qualification")
        self._do(lead, "Call and find out the need", "Check the company by its requisites")
        self._go(lead, "Selection of goods")
        self._do(lead, "Select the goods with the customer")
        return lead

    def test_tasks_go_to_the_responsible(self):
        """IP-03: the head chooses who qualifies; the tasks are that person's, not the head's."""
        lead = self._enquiry(user_id=False, user=self.head)
        self.assertWhyNot(
            lead, "Qualification", "Responsible chosen: choose who qualifies the lead",
            user=self.head,
        )  # fmt: skip
        lead.with_user(self.head).user_id = self.colleague
        self._go(lead, "Qualification", user=self.head)
        self.assertIn("Call and find out the need", self._schedule(lead, self.colleague))
        self.assertFalse(self._schedule(lead, self.head))
        lead.with_user(self.head).user_id = self.manager
        self.assertIn("Call and find out the need", self._schedule(lead, self.manager))

    def test_company_is_checked(self):
        """LV-13: requisites are asked of companies only, also when the company turns up."""
        lead = self._enquiry(contact_name="Petr")
        self._go(lead, "Qualification")
        self.assertEqual(list(self._schedule(lead)), ["Call and find out the need"])
        lead.with_user(self.manager).partner_name = "Canteen"
        self.assertIn("Check the company by its requisites", self._schedule(lead))

    def test_to_the_sale(self):
        """AT-06, EP-06: the lead becomes a sale by itself, with contact and company."""
        lead = self._to_selection()
        self.assertWhyNot(lead, "Transfer to sale", "Goods and amount noted: fill in what")
        lead.with_user(self.manager).expected_revenue = 70000
        self._go(lead, "Transfer to sale")
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id.parent_id.name, "Canteen")
        self.assertFalse(self._case(lead))

    def test_handed_to_a_distributor(self):
        """IP-07: an end of its own: the distributor is named and told, the lead is no sale."""
        lead = self._to_selection()
        self.assertWhyNot(lead, "Handed to distributor", "Distributor chosen: choose to whom")
        lead.with_user(self.manager).distributor_id = self.customer
        self._go(lead, "Handed to distributor")
        self.assertEqual((lead.type, lead.active), ("lead", True))
        self.assertEqual(list(self._schedule(lead)), ["Send the contact to the distributor"])
        self._do(lead, "Send the contact to the distributor")
        self.assertEqual(list(self._schedule(lead)), ["Ask the distributor how it ended"])

    def test_assortment_not_available(self):
        """IP-07: from selection it ends so with a comment, and purchasing hears of the demand."""
        lead = self._to_selection()
        self.assertWhyNot(lead, "Assortment not available", "Write a comment", comment=None)
        self._go(lead, "Assortment not available", "They want 300 litres")
        self.assertEqual(list(self._schedule(lead)), ["Report the demand to purchasing"])
        self.assertEqual(lead.bpm_stage_comment, "They want 300 litres")
        found = self._stage("Assortment not available", lead)
        self.assertTrue(found.is_lost and found.is_final)

    def test_lost(self):
        """IP-07, LV-09: an enquiry may be lost from the beginning and from selection."""
        for lead in (self._enquiry(), self._to_selection()):
            self._go(lead, "Lost")
            self.assertAt(lead, "Lost")
            self.assertEqual((lead.won_status, lead.active), ("lost", False))
            self.assertFalse(self._schedule(lead))
            self.assertNotIn("todo", self._case(lead).step_ids.mapped("state"))

    def test_nothing_is_passed_over(self):
        """EP-06: an enquiry does not end as handed over before it was qualified."""
        lead = self._enquiry()
        lead.distributor_id = self.customer
        self.assertWhyNot(lead, "Handed to distributor", "the way leads to: Qualification")


@tagged("post_install", "-at_install")
class TestReadyGoodsOrder(ReadyStageCommon):
    ready = "goods_order"

    def _new_order(self, price=100.0, **values):
        line = {"product_id": self.product.id, "product_uom_qty": 5, "price_unit": price}
        orders = self.env["sale.order"].with_user(self.manager)
        return orders.create({
            "partner_id": self.customer.id, "team_id": self.team.id, "user_id": self.manager.id,
            "order_line": [Command.create(line)], **values,
        })  # fmt: skip

    def _confirmed(self, **values):
        order = self._new_order(**values)
        order.action_confirm()
        return order

    def _ready_order(self, **values):
        order = self._confirmed(**values)
        self._do(order, "Reserve the goods", "Check the buyer's requisites")
        self._do(order, "Agree day and place of delivery")
        order.write({
            "payment_term_id": self.env.ref("account.account_payment_term_15days").id,
            "commitment_date": "2026-03-10 08:00:00",
        })  # fmt: skip
        order.order_line.qty_delivered = 5
        return order

    def _invoice_paths(self, order):
        """Every button and interface by which an order gets an invoice."""
        wizards = self.env["sale.advance.payment.inv"].with_user(self.head)
        ids = [Command.set(order.ids)]
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        link = {"sale_line_ids": [Command.set(order.order_line.ids)], "name": "Goods"}
        moves = self.env["account.move"].sudo()
        return [
            lambda: order.with_user(self.head)._create_invoices(),
            lambda: wizards.create({"sale_order_ids": ids}).create_invoices(),
            lambda: wizards.create({
                "sale_order_ids": ids, "amount": 30, "advance_payment_method": "percentage",
            }).create_invoices(),
            lambda: moves.create(values | {"invoice_line_ids": [Command.create(link)]}),
            lambda: self._go(order, "Invoiced", user=self.head),
        ]  # fmt: skip

    def test_no_invoice_before_the_steps(self):
        """IM-13: whichever button is used, what is missing is said and no invoice is made."""
        order = self._confirmed()
        order.order_line.qty_delivered = 5
        for path in self._invoice_paths(order):
            with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
                path()
            for text in ("Payment terms agreed", "Day of delivery known", "Reserve the goods",
                         "Check the buyer's requisites", "Agree day and place"):  # fmt: skip
                self.assertIn(text, str(refused.exception))
            self.env.invalidate_all()
            self.assertFalse(order.invoice_ids)
            self.assertAt(order, "Sales Order")

    def test_invoice_after_the_steps(self):
        """IM-13: after the order and its mandatory steps the invoice is issued."""
        order = self._ready_order()
        invoice = order.with_user(self.head)._create_invoices()
        self.assertEqual(order.invoice_ids, invoice)
        self.assertAt(order, "Invoiced")
        panel = self.env["bpm.stage.case"].with_user(self.manager)
        history = panel.get_history("sale.order", order.id)
        self.assertEqual(
            [change["to"] for change in history], ["Invoiced", "Sales Order", "Quotation"]
        )

    def test_invoice_cancelled(self):
        """IM-13: a cancelled invoice leads back to the order; a new one is judged again."""
        order = self._ready_order()
        invoice = order.with_user(self.head)._create_invoices()
        invoice.sudo().button_cancel()
        self.assertAt(order, "Sales Order")
        order.commitment_date = False
        with self.assertRaisesRegex(StageRefused, "Day of delivery known"), self.cr.savepoint():
            order.with_user(self.head)._create_invoices()
        self.env.invalidate_all()
        order.commitment_date = "2026-03-11 08:00:00"
        order.with_user(self.head)._create_invoices()
        self.assertAt(order, "Invoiced")

    def test_steps_of_the_order(self):
        """IM-13, TN-09: orders have a regulation too; large ones need the leader's approval."""
        order = self._confirmed()
        self.assertEqual(
            list(self._schedule(order)), ["Reserve the goods", "Check the buyer's requisites"]
        )
        self.assertDue(order, "Reserve the goods", hours=4)
        large = self._confirmed(price=200000)
        visa = self._row(large, "Approve the large order")
        self.assertEqual(visa.user_id, self.team_leader)
        with self.assertRaises(AccessError):
            visa.with_user(self.manager).action_approve()

    def test_invoice_waits_for_the_visa(self):
        """IM-13, AT-09: a large order gets no invoice by any button before its visa."""
        order = self._ready_order(price=200000)
        for path in self._invoice_paths(order):
            with self.assertRaisesRegex(StageRefused, "Approve the large"), self.cr.savepoint():
                path()
            self.env.invalidate_all()
        self.assertFalse(order.invoice_ids)
        self._approve(order, "Approve the large order")
        order.with_user(self.head)._create_invoices()
        self.assertAt(order, "Invoiced")

    def test_order_that_grows(self):
        """IM-13, AT-09: confirmed small and made large by its lines, it needs the visa at once."""
        order = self._ready_order()
        self.assertNotIn("Approve the large order", self._rows(order).mapped("name"))
        line = {"product_id": self.product.id, "product_uom_qty": 5, "price_unit": 900000.0}
        for values in (
            {"order_line": [Command.create(line)]},
            {"order_line": [Command.update(order.order_line.id, {"price_unit": 9e5})]},
        ):
            with Undone(self.env):
                order.with_user(self.manager).write(values)
                self._check_visa_first(order)
        with Undone(self.env):
            order.order_line.with_user(self.manager).price_unit = 900000.0
            self._check_visa_first(order)
        with Undone(self.env):
            lines = self.env["sale.order.line"].with_user(self.manager)
            lines.create({**line, "order_id": order.id})
            self._check_visa_first(order)
            self._approve(order, "Approve the large order")
            order.with_user(self.head)._create_invoices()
            self.assertAt(order, "Invoiced")

    def _check_visa_first(self, order):
        self.assertEqual(self._row(order, "Approve the large order").user_id, self.team_leader)
        with self.assertRaisesRegex(StageRefused, "Approve the large"), self.cr.savepoint():
            order.with_user(self.head)._create_invoices()
        self.env.invalidate_all()

    def test_empty_order_is_not_confirmed(self):
        """EP-06: a quotation without goods does not become an order by this way."""
        order = self._new_order(order_line=[])
        with self.assertRaisesRegex(StageRefused, "Goods in the order"), self.cr.savepoint():
            order.write({"state": "sale"})

    def test_buttons_of_the_panel(self):
        """EP-06: the panel confirms, takes back and cancels as Odoo's own buttons do."""
        order = self._new_order()
        self._go(order, "Quotation Sent")
        self._go(order, "Sales Order")
        self.assertEqual((order.state, bool(order.date_order)), ("sale", True))
        self._go(order, "Cancelled")
        self.assertEqual(order.state, "cancel")
        self._go(order, "Quotation")
        self.assertEqual(order.state, "draft")
