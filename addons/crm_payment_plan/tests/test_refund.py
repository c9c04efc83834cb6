"""Planned refunds: money that goes back to a customer, or comes back from a supplier."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .cash_common import TODAY, CashCommon, day

PLANNED, RECEIVED = "planned", "received"


class RefundCommon(CashCommon):
    def _refund(self, contract, amount, when=None, **values):
        return self.Payment.create(
            {
                "name": "Refund",
                "kind": "refund",
                "contract_id": contract.id,
                "amount": amount,
                "date_planned": when or day(3),
                **values,
            }
        )

    def _lowered(self):
        """A contract of 100 that was paid, and lowered by an agreement."""
        contract = self._contract(100, [(100, day(-20))])
        self._advance(100, contract, date=day(-20))
        self._contract(-80, parent_id=contract.id)
        return contract

    def _back(self, amount, contract, **values):
        return self._advance(amount, contract, kind="outbound", date=TODAY, **values)

    def assertPlan(self, contract, *rows, received, rest, unplanned=0):
        """(amount, received, remaining, status) of live payments, totals, and the self-check."""
        self.env.flush_all()
        self.env.invalidate_all()
        live = contract.payment_ids.filtered(lambda one: one.state != "cancelled")
        self.assertEqual(
            [
                (one.amount, one.amount_received, one.amount_remaining, one.state)
                for one in live.sorted(lambda one: (one.date_planned, one.sequence, one.id))
            ],
            list(rows),
        )
        self.assertEqual(contract.received_total, received)
        self.assertEqual(contract.open_total, rest)
        self.assertEqual(contract.unplanned_total, unplanned)
        self.assertEqual(contract._get_differences(), [])


@tagged("-at_install", "post_install")
class TestRefundSigns(RefundCommon):
    """TN-24: people type a sum, the type makes it negative."""

    def test_typed(self):
        contract = self._contract(100, [(100, day(-20))])
        refund = self._refund(contract, 30)
        self.assertEqual((refund.amount, refund.amount_remaining), (-30, -30))
        refund.amount = 40
        self.assertEqual(refund.amount, -40)
        refund.amount = -50
        self.assertEqual(refund.amount, -50)
        contract.payment_ids.write({"kind": "refund"})
        self.assertEqual(contract.payment_ids.mapped("amount"), [-100, -50])
        contract.payment_ids.write({"kind": "stage"})
        self.assertEqual(contract.payment_ids.mapped("amount"), [100, 50])

    def test_in_the_form(self):
        contract = self._contract(100, [(100, day(-20))])
        with Form(contract.with_user(self.manager)) as form, form.payment_ids.new() as row:
            row.amount = 25
            row.kind = "refund"
            self.assertEqual((row.amount, row.name), (-25, "Refund"))
            row.amount = 30
            self.assertEqual(row.amount, -30)
            row.date_planned = day(3)
        refund = contract.payment_ids.filtered(lambda one: one.kind == "refund")
        self.assertEqual((refund.amount, refund.basis), (-30, "fixed"))
        with Form(refund.with_user(self.manager)) as form:
            form.share = 10
        self.assertEqual((refund.amount, refund.basis), (-10, "fixed"))

    def test_wrong_sign(self):
        """PF-08: one error that names the payment and the cure; nothing half done."""
        contract = self._contract(100, [(100, day(-20))])
        columns = ["contract_id/.id", "name", "kind", "amount", "date_planned"]
        rows = [
            [str(contract.id), "Back", "Refund", "30", str(day(3))],
            [str(contract.id), "Wrong", "Stage", "-30", str(day(3))],
        ]
        result = self.Payment.load(columns, rows)
        self.assertFalse(result["ids"])
        (message,) = {one["message"] for one in result["messages"]}
        self.assertIn("Wrong", message)
        self.assertIn("of the type Refund", message)
        self.assertEqual(len(contract.payment_ids), 1)
        self.assertTrue(self.Payment.load(columns, rows[:1])["ids"])
        self.assertEqual(sum(contract.payment_ids.mapped("amount")), 70)
        with self.assertRaisesRegex(ValidationError, "Part 1.*type Refund"):
            contract.payment_ids.filtered(lambda one: one.kind != "refund").amount = -1

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses(self):
        contract = self._contract(100, [(100, day(-20))])
        for amount, kind in ((-1, "stage"), (1, "refund")):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE crm_contract_payment SET amount = %s, kind = %s WHERE id = %s",
                    (amount, kind, contract.payment_ids.id),
                )


@tagged("-at_install", "post_install")
class TestRefundMoney(RefundCommon):
    """TN-24, TN-25: what is planned to go back, and the money that does."""

    def test_agreed_less_than_received(self):
        """TN-24: 100 received, 80 taken off: a refund of 80 by one click, then paid back."""
        contract = self._lowered()
        self.assertEqual((contract.refund_due, contract.unplanned_total), (80, -80))
        action = contract.with_user(self.manager).action_plan_refund()
        refund = self.Payment.browse(action["res_id"])
        self.assertEqual((refund.kind, refund.date_planned), ("refund", TODAY))
        self.assertIn("Refund", contract.message_ids[0].body)
        self.assertFalse(contract.refund_due)
        first = (100, 100, 0, RECEIVED)
        self.assertPlan(contract, first, (-80, 0, -80, PLANNED), received=100, rest=-80)
        self.assertEqual((contract.next_date, contract.next_amount), (TODAY, -80))
        contract._sign(("company", "partner"), "esign", TODAY, self.env["ir.attachment"])
        with self.assertRaisesRegex(UserError, "80.* is to go back"):
            contract.action_complete()
        with self.assertRaisesRegex(UserError, "80.* is to go back"):
            contract.action_terminate()
        self._back(30, contract)
        self.assertPlan(contract, first, (-80, -30, -50, PLANNED), received=70, rest=-50)
        self._back(50, contract)
        self.assertPlan(contract, first, (-80, -80, 0, RECEIVED), received=20, rest=0)
        self.assertEqual(refund.date_received, TODAY)
        contract.action_complete()
        with self.assertRaisesRegex(UserError, "nothing was received beyond"):
            contract.copy().action_plan_refund()

    def test_open_payments_end(self):
        """TN-24: with a refund nothing else is asked of the contract."""
        contract = self._contract(100, [(30, day(-20)), (50, day(5)), (20, day(9))])
        self._advance(40, contract, date=day(-20))
        self._contract(-80, parent_id=contract.id)
        self.assertEqual(contract.refund_due, 20)
        contract.action_plan_refund()
        self.assertPlan(
            contract, (30, 30, 0, RECEIVED), (-20, 0, -20, PLANNED), (10, 10, 0, RECEIVED),
            received=40, rest=-20,
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "nothing was received beyond"):
            contract.action_plan_refund()

    def test_paid_too_much(self):
        """TN-25: money beyond the plan goes back; what is agreed stays planned."""
        contract = self._contract(100, [(100, day(-20))])
        self._advance(130, contract, date=day(-20))
        self.assertEqual(contract.refund_due, 30)
        contract.action_plan_refund()
        first = (100, 100, 0, RECEIVED)
        self.assertPlan(contract, first, (-30, 0, -30, PLANNED), received=130, rest=-30)
        self.assertTrue(contract._is_paid_in_full())
        self._back(30, contract)
        self.assertPlan(contract, first, (-30, -30, 0, RECEIVED), received=100, rest=0)
        self.assertTrue(contract._is_paid_in_full())

    def assertRefund(self, contract, back, rest):
        """What of the refund of a contract went back and is to go, and that its sums agree."""
        self.env.flush_all()
        self.env.invalidate_all()
        refund = contract.payment_ids.filtered(lambda one: one.kind == "refund")
        self.assertEqual((refund.amount_received, refund.amount_remaining), (-back, -rest))
        self.assertEqual((contract.received_total, contract.open_total), (100 - back, -rest))
        self.assertEqual((contract.unplanned_total, contract.refund_due), (0, 0))
        self.assertFalse(contract.overdue_total)
        self.assertEqual(contract._get_differences(), [])

    def test_credit_note(self):
        """TN-25: a credit note on a paid invoice, whose money is planned to go back."""
        contract = self._contract(100, [(100, day(-20))])
        self._pay(self._invoice([(contract, 100)], date=day(-20)), date=day(-19))
        note = self._invoice([(contract, 80)], kind="out_refund", date=day(-2))
        self.assertEqual(contract.refund_due, 80)
        contract.action_plan_refund()
        self.assertRefund(contract, 0, 80)
        self.assertEqual(contract.invoiced_total, 20)
        self._pay(note, 50, date=TODAY)
        self.assertRefund(contract, 50, 30)
        self._pay(note, date=TODAY)
        self.assertRefund(contract, 80, 0)

    def test_agreement_and_credit_note(self):
        """TN-25: the agreement and its credit note take the sum off once."""
        contract = self._contract(100, [(100, day(-20))])
        self._pay(self._invoice([(contract, 100)], date=day(-20)), date=day(-19))
        self._contract(-80, parent_id=contract.id)
        contract.action_plan_refund()
        self.assertRefund(contract, 0, 80)
        note = self._invoice([(contract, 80)], kind="out_refund", date=day(-2))
        self.assertRefund(contract, 0, 80)
        self._pay(note, 50, date=TODAY)
        self.assertRefund(contract, 50, 30)
        self._pay(note, date=TODAY)
        self.assertRefund(contract, 80, 0)

    def test_supplier_gives_back(self):
        """TN-23: of an expense contract money comes back."""
        contract = self._contract(100, [(100, day(-20))], kind=self.purchase)
        self._advance(100, contract, kind="outbound", partner_type="supplier", date=day(-20))
        self._refund(contract, 40)
        self._contract(-40, parent_id=contract.id, kind=self.purchase)
        self.assertEqual(self._rows(), [("plan", 40, day(3))])
        self._advance(15, contract, partner_type="supplier", date=TODAY)
        self.assertPlan(
            contract, (100, 100, 0, RECEIVED), (-40, -15, -25, PLANNED), received=85, rest=-25
        )
        self.assertEqual(self._rows(), [("plan", 25, day(3))])

    def test_named_refund(self):
        """EC-17: a payment that names its refund closes that one; what comes back opens it."""
        contract = self._contract(100, [(140, day(-20))])
        first, second = self._refund(contract, 20, day(2)), self._refund(contract, 20, day(4))
        self._advance(140, contract, date=day(-20))
        self._back(20, contract, crm_contract_payment_id=second.id)
        self.assertEqual((first.state, second.state), (PLANNED, RECEIVED))
        self._advance(5, contract, date=TODAY, crm_contract_payment_id=second.id)
        self.assertEqual((second.amount_received, second.state), (-15, PLANNED))
        self.assertPlan(
            contract, (140, 140, 0, RECEIVED), (-20, 0, -20, PLANNED), (-20, -15, -5, PLANNED),
            received=125, rest=-25,
        )  # fmt: skip

    def test_by_hand(self):
        """EC-23, IM-14: marked as paid back; what accounting brings later counts instead."""
        contract = self._lowered()
        contract.action_plan_refund()
        refund = contract.payment_ids[-1]
        refund.action_set_received()
        done = [(100, 100, 0, RECEIVED), (-80, -80, 0, RECEIVED)]
        self.assertPlan(contract, *done, received=20, rest=0)
        self._back(30, contract)
        self.assertPlan(contract, *done, received=20, rest=0)
        self.assertEqual(sorted(refund.settlement_ids.mapped("amount_settled")), [-50, -30])
        refund.action_set_planned()
        self.assertPlan(contract, done[0], (-80, -30, -50, PLANNED), received=70, rest=-50)

    def test_mark_of_another_type(self):
        """IM-14: a payment that becomes a refund was never received, nor the other way round."""
        contract = self._contract(100, [(100, day(-20)), (20, day(3))])
        second = contract.payment_ids[-1]
        for kind, amount in (("refund", -20), ("stage", 20)):
            second.action_set_received()
            second.kind = kind
            self.assertEqual((second.amount, second.amount_received), (amount, 0))
            self.assertEqual(second.state, PLANNED)
            self.assertEqual(contract._get_differences(), [])

    def test_mark_on_a_later_refund(self):
        contract = self._contract(100, [(140, day(-20))])
        self._advance(140, contract, date=day(-20))
        first, second = self._refund(contract, 20, day(2)), self._refund(contract, 20, day(4))
        second.action_set_received()
        self._back(20, contract)
        self.assertEqual((first.amount_received, second.amount_received), (0, -20))
        self.assertEqual(contract.received_total, 120)
        self.assertEqual(contract._get_differences(), [])

    def test_refusals(self):
        """What was paid back stays in the plan, as what was received does."""
        contract = self._lowered()
        contract.action_plan_refund()
        refund = contract.payment_ids[-1]
        self._back(80, contract)
        with self.assertRaisesRegex(UserError, "received by accounting"):
            refund.action_set_cancelled()
        with self.assertRaisesRegex(UserError, "undo the reconciliation"):
            refund.action_set_planned()
        with self.assertRaisesRegex(UserError, "its amount stands"):
            refund.amount = 70
        with self.assertRaisesRegex(UserError, "stays in the plan"):
            refund.unlink()


@tagged("-at_install", "post_install")
class TestRefundPlan(RefundCommon):
    """TN-24: plans that follow the amount, and refunds in them."""

    def _scheme(self):
        return self.env["crm.payment.scheme"].create(
            {
                "name": "Scheme",
                "line_ids": [
                    Command.create({"name": name, "kind": kind, "percent": percent})
                    for name, kind, percent in (("Advance", "advance", 30), ("Rest", "final", 70))
                ],
            }
        )

    def test_generated_again(self):
        """A refund is none of the scheme's payments: it stays, and its sum is planned again."""
        contract = self._contract(100, scheme_id=self._scheme().id)
        contract.action_generate_plan()
        refund = self._refund(contract, 10)
        contract.action_generate_plan()
        self.assertTrue(refund.exists())
        self.assertEqual(contract.unplanned_total, 0)
        self.assertEqual(contract.planned_total, 100)
        self._contract(50, parent_id=contract.id)
        self.assertEqual((refund.amount, contract.planned_total), (-10, 150))
        self.assertEqual(contract._get_differences(), [])

    def test_after_an_agreement(self):
        """TN-24: 30 of 30/70 received, 80 taken off: the rest is asked no more, 10 goes back."""
        contract = self._contract(100, scheme_id=self._scheme().id)
        contract.action_generate_plan()
        self._advance(30, contract, date=day(-20))
        self._contract(-80, parent_id=contract.id)
        contract.action_plan_refund()
        live = contract.payment_ids.filtered(lambda one: one.state != "cancelled")
        self.assertEqual(sorted(live.mapped("amount")), [-10, 30])
        self.assertEqual((contract.unplanned_total, contract.planned_total), (0, 20))
        self.assertTrue(contract.date_advance)
        contract.action_generate_plan()
        live = contract.payment_ids.filtered(lambda one: one.state != "cancelled")
        self.assertEqual(sorted(live.mapped("amount")), [-10, 30])

    def test_copied(self):
        contract = self._lowered()
        contract.action_plan_refund()
        self.assertEqual(contract.copy().payment_ids.mapped("kind"), ["stage"])

    def test_project(self):
        """A refund delivers nothing: no milestone."""
        contract = self._contract(100, [(100, day(5))])
        self._refund(contract, 10)
        project = self.env["project.project"].create({"name": "P", "allow_milestones": True})
        contract.payment_ids._make_milestones(project)
        self.assertEqual(project.milestone_ids.mapped("name"), ["Part 1"])


@tagged("-at_install", "post_install")
class TestRefundPlaces(RefundCommon):
    """PF-21, EC-21, TN-26, TN-27: refunds where plans are read."""

    def test_forecast(self):
        """TN-27: what goes back to a customer goes out, on the day planned, and is not doubtful."""
        contract = self._lowered()
        contract.action_plan_refund()
        refund = contract.payment_ids[-1]
        refund.date_planned = day(-40)
        self._delay(contract.commercial_partner_id, average=11, p50=11, p75=11, p90=11)
        self.assertEqual(self._rows(), [("plan", -80, day(-40))])
        row = self.Forecast.search([("payment_id", "=", refund.id)])
        self.assertEqual((row.direction, row.delay_source, row.delay_days), ("expense", "own", 0))
        self.assertEqual((row.certainty, row.is_overdue), ("firm", True))
        board = self.Board.get_board()
        out = board["weeks"][0]["out"] - self.before["weeks"][0]["out"]
        self.assertEqual(out, 80)
        self.assertFalse(refund.date_expected)

    def test_forecast_once(self):
        """TN-27: the invoice does not count beside what is planned."""
        contract = self._contract(200, [(100, day(-20)), (100, day(5))])
        self._invoice([(contract, 200)], date=day(-20))
        self._advance(100, contract, date=day(-20))
        self._refund(contract, 30)
        self.assertEqual(self._rows(), [("plan", -30, day(3)), ("plan", 100, day(5))])

    def test_forecast_of_a_credit_note(self):
        """TN-27: a credit note whose money is planned to go back takes off no other invoice."""
        contract = self._contract(100, [(100, day(-20))])
        self._pay(self._invoice([(contract, 100)], date=day(-20)), date=day(-19))
        self._invoice([(contract, 80)], kind="out_refund", date=day(-2))
        self._invoice([(self._contract(50), 50)], date=day(-1))
        self.assertEqual(self._rows(), [])
        contract.action_plan_refund()
        self.assertEqual(self._rows(), [("invoice", 50, day(-1)), ("plan", -80, TODAY)])

    def test_sections(self):
        """EC-21: the section's sum is less by what goes back; the refund stands in it."""
        tile = self.env["crm.customer.board"]._get_receipts_tile()
        contract = self._contract(100, [(100, day(1))])
        refund = self._refund(contract, 30, day(1))
        self.assertEqual(refund.section, "3_week")
        groups = self.Payment._read_group(
            [("contract_id", "=", contract.id)], ["section"], ["amount_remaining:sum", "__count"]
        )
        self.assertEqual(groups, [("3_week", 70, 2)])

        def week(rows):
            return sum(
                one["amount"] for row in rows["rows"] if row["section"] == "3_week"
                for one in row["sums"] if one["currency_id"] == self.currency.id
            )  # fmt: skip

        after = self.env["crm.customer.board"]._get_receipts_tile()
        self.assertEqual(week(after) - week(tile), 70)
        months = contract.money_summary["months"]
        self.assertEqual([month["amount"] for month in months], [70])

    def test_overdue(self):
        """A refund that is late is red in the plan, and no debt of the customer."""
        contract = self._contract(100, [(100, day(-20))])
        self._advance(100, contract, date=day(-20))
        refund = self._refund(contract, 30, day(-1))
        self.assertTrue(refund.is_overdue)
        self.assertIn(refund, self.Payment.search([("is_overdue", "=", True)]))
        self.assertFalse(contract.overdue_total)
        self.assertNotIn(contract, self.Contract.search([("overdue_total", ">", 0)]))
        self.env.flush_all()
        documents = self.env["crm.payment.reminder.run"]._get_documents_sql(
            self.company, TODAY, self.customer.ids
        )
        self.assertEqual(self.env.execute_query(documents), [])
        rule = self.env["crm.payer.rule"]._get_of_company(self.company)
        parts = self.env.execute_query(
            self.env["crm.payer.discipline"]._get_plan_parts_sql(self.company, TODAY, rule)
        )
        mine = [part[1] for part in parts if part[0] == self.customer.id]
        self.assertEqual(mine, [f"p{contract.payment_ids[0].id}"])
        refund.action_set_received()
        self.assertFalse(refund.is_overdue)

    def test_processes(self):
        """Processes that wait for money hear nothing of what goes back."""
        contract = self._lowered()
        contract.action_plan_refund()
        refund = contract.payment_ids[-1]
        refund.date_planned = day(-5)
        night = self.env["crm.nightly.run"].new({"company_id": self.company.id, "night": TODAY})
        self.assertNotIn(refund, night._get_untold())
        self._back(80, contract)
        self.assertEqual((refund.state, refund.is_receipt_told), (RECEIVED, False))

    def test_promise(self):
        """PF-13: nobody promises to pay what we owe him."""
        contract = self._lowered()
        contract.action_plan_refund()
        domain = self.env["crm.payment.promise"]._fields["payment_id"].domain
        self.assertIn("('kind', '!=', 'refund')", domain)
        with self.assertRaisesRegex(ValidationError, "does not owe"):
            self.env["crm.payment.promise"].create(
                {
                    "partner_id": self.customer.id,
                    "payment_id": contract.payment_ids[-1].id,
                    "amount": 80,
                    "date": day(9),
                }
            )

    def test_report(self):
        """TN-26: plan and fact are less by it in the month and category of the contract."""
        contract = self._lowered()
        contract.action_plan_refund()
        self._back(80, contract)
        self.env.flush_all()
        rows = self.env["crm.cash.report"].search([("contract_id", "=", contract.id)])
        this = rows.filtered(lambda row: row.date == TODAY)
        self.assertEqual(sorted(this.mapped("amount")), [-80, -80])
        self.assertEqual(this.category_id, self.sales_category)

    def test_printed(self):
        """HU-02: the schedule says that it is a refund; no invoice asks for it."""
        contract = self._lowered()
        contract.action_plan_refund()
        refund = contract.payment_ids[-1]
        rows = contract._prepare_schedule()["rows"]
        self.assertEqual([row["name"] for row in rows], ["Part 1", "Refund"])
        self.assertIn("80", rows[-1]["amount"])
        self.assertTrue(rows[-1]["amount"].startswith(("-", "−")), rows[-1]["amount"])
        refund.name = "Price of the last delivery"
        self.assertIn("(Refund)", contract._prepare_schedule()["rows"][-1]["name"])
        self.assertTrue(contract._get_schedule_form())
        with self.assertRaisesRegex(UserError, "no invoice asks for it"):
            refund._get_form()

    def test_bill_takes_no_refund(self):
        """HU-08: a supplier's bill is planned beside the refund, not in its place."""
        contract = self._contract(100, [(60, day(5)), (40, day(9))], kind=self.purchase)
        refund = self._refund(contract, 10, day(1))
        taken = contract._take_planned(50, "Bill")
        self.assertEqual((taken.amount, refund.amount, contract.planned_total), (50, -10, 90))

    def test_button_is_seen(self):
        """Who plans has the button, who looks has not; the portal knows the word."""
        arch = self.Contract.with_user(self.manager).get_view(view_type="form")["arch"]
        self.assertIn("action_plan_refund", arch)
        self.assertIn("refund_due", arch)
        portal = self.env["ir.qweb"]._render(
            "crm_payment_plan.portal_contract_payments",
            {"payments": self._refund(self._contract(100), 30, day(-1))},
        )
        self.assertIn("fa-undo", str(portal))
        self.assertNotIn("text-danger", str(portal))


@tagged("-at_install", "post_install")
class TestRefundRights(RefundCommon):
    """HU-23: planning a refund is planning."""

    def test_rights(self):
        contract = self._lowered()
        with self.assertRaises(AccessError):
            contract.with_user(self.viewer).action_plan_refund()
        self.assertFalse(contract.payment_ids.filtered(lambda one: one.kind == "refund"))
