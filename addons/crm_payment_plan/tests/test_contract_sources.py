from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestContractSources(PlanCommon):
    """AL-15, SK-05, EC-13: contracts made from orders and opportunities lose nothing."""

    def _ordered(self, amount=1000, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.manager.id,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {"name": "Doors", "product_id": self.product.id, "price_unit": amount,
                         "tax_ids": False}
                    )
                ],
                **values,
            }
        )  # fmt: skip

    def _term(self, *lines):
        return self.env["account.payment.term"].create(
            {
                "name": "Ours",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
                    for percent, days in lines
                ],
            }
        )

    def _made(self, record):
        return self.Contract.browse(record.action_create_crm_contract()["res_id"])

    def _plan(self, contract):
        rows = contract.payment_ids.sorted("sequence")
        return [(row.kind, row.amount, str(row.date_planned)) for row in rows]

    # Orders ----------------------------------------------------------------------------

    @freeze_time("2026-03-01 09:00:00")
    def test_terms_become_the_plan(self):
        """EC-16: the plan names the sums and days that the order's invoice will name."""
        term = self._term((33.33, 0), (33.33, 30), (33.34, 60))
        order = self._ordered(100.01, payment_term_id=term.id)
        contract = self._made(order)
        self.assertEqual(
            self._plan(contract),
            [
                ("advance", 33.33, "2026-03-01"),
                ("stage", 33.33, "2026-03-31"),
                ("final", 33.35, "2026-04-30"),
            ],
        )
        self.assertEqual(contract.unplanned_total, 0)
        order.action_confirm()
        self.product.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-01"
        due = invoice.line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual(
            [(line.amount_currency, str(line.date_maturity)) for line in due],
            [(amount, day) for _kind, amount, day in self._plan(contract)],
        )

    @freeze_time("2026-03-01 09:00:00")
    def test_prepayment_comes_first(self):
        order = self._ordered(
            1000,
            require_payment=True,
            prepayment_percent=0.3,
            payment_term_id=self._term((100, 30)).id,
        )
        self.assertEqual(
            self._plan(self._made(order)),
            [("advance", 300, "2026-03-01"), ("final", 700, "2026-03-31")],
        )

    def test_without_terms_the_scheme_is_offered(self):
        scheme = self.env.ref("crm_payment_plan.crm_payment_scheme_monthly")
        self.supply.scheme_id = scheme
        contract = self._made(self._ordered(payment_term_id=False))
        self.assertFalse(contract.payment_ids)
        self.assertEqual(contract.scheme_id, scheme)

    def test_order_loses_nothing(self):
        """AL-15: payer, receiver, responsible, currency, subject, terms, tags, lines."""
        tag = self.env["crm.tag"].create({"name": "Export"})
        payer = self._customer("Payer Ltd")
        lead = self.env["crm.lead"].create({"name": "Doors", "partner_id": self.customer.id})
        order = self._ordered(
            partner_invoice_id=payer.id,
            client_order_ref="PO 7",
            note="<p>Ex works</p>",
            tag_ids=[Command.set(tag.ids)],
            opportunity_id=lead.id,
        )
        contract = self._made(order)
        self.assertEqual((contract.partner_id, contract.beneficiary_id), (payer, self.customer))
        self.assertEqual((contract.user_id, contract.currency_id), (self.manager, self.currency))
        self.assertEqual((contract.title, contract.lead_id, contract.tag_ids), ("PO 7", lead, tag))
        self.assertIn("Ex works", contract.note)
        self.assertEqual(contract.order_line_ids, order.order_line)
        order._action_cancel()
        self.assertFalse(contract.order_line_ids)

    def test_order_has_one_contract(self):
        order = self._ordered()
        self._made(order)
        with self.assertRaisesRegex(UserError, "belongs to contract"):
            order.action_create_crm_contract()

    # Opportunities -----------------------------------------------------------------------

    def _lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "200 t of wheat",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "expected_revenue": 5000,
                "user_id": self.manager.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def test_second_click_shows_the_first(self):
        """SK-05: pressing twice makes one contract; another one is asked for by its button."""
        lead = self._lead().with_user(self.manager)
        contract = self._made(lead)
        self.assertEqual(self._made(lead), contract)
        another = self.Contract.browse(lead.action_create_another_crm_contract()["res_id"])
        self.assertEqual(lead.crm_contract_ids, contract | another)

    def test_cancelled_contract_makes_room(self):
        lead = self._lead()
        first = self._made(lead)
        first.action_cancel()
        self.assertNotEqual(self._made(lead), first)

    def test_contract_of_a_colleague_is_one(self):
        """SK-05: a contract that the person may not see is named, not doubled."""
        lead = self._lead()
        contract = self._made(lead)
        other = self._customer("Of a colleague", user=self.colleague)
        contract.write({"user_id": self.colleague.id, "partner_id": other.id})
        with self.assertRaisesRegex(UserError, "has a contract already"):
            lead.with_user(self.manager).action_create_crm_contract()
        self.assertEqual(self.Contract.search([("lead_id", "=", lead.id)]), contract)

    def test_lead_with_one_order_takes_its_terms(self):
        tag = self.env["crm.tag"].create({"name": "Export"})
        lead = self._lead(tag_ids=[Command.set(tag.ids)])
        order = self._ordered(700, opportunity_id=lead.id, payment_term_id=self._term((100, 15)).id)
        order.action_confirm()
        contract = self._made(lead)
        self.assertEqual((contract.amount_total, contract.title), (700, "200 t of wheat"))
        self.assertEqual((contract.planned_total, contract.tag_ids), (700, tag))
        self.assertEqual((order.crm_contract_id, contract.lead_id), (contract, lead))

    def test_lead_with_several_orders_adds_them(self):
        lead = self._lead()
        orders = self._ordered(700, opportunity_id=lead.id)
        orders |= self._ordered(300, opportunity_id=lead.id)
        orders.action_confirm()
        contract = self._made(lead)
        self.assertEqual((contract.amount_total, contract.order_ids), (1000, orders))

    def test_lead_without_a_name(self):
        lead = self.env["crm.lead"].create({"name": "?", "partner_id": False})
        with self.assertRaisesRegex(UserError, "has no customer"):
            lead.action_create_crm_contract()
        self.assertFalse(lead.crm_contract_ids)
