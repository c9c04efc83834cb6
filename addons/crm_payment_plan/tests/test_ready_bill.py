"""The ready process "Payment of a supplier's bill": contract, budget, forecast, payment (HU-08)."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyMixin

from .common import PlanCommon

#: Result of a process whose bill nobody has paid and nobody has to pay.
SETTLED = "Credited or cancelled"


class BillCommon(ReadyMixin, PlanCommon):
    """The process is published, with a person in each of its lanes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager, cls.head):
            user.group_ids += cls.env.ref("bpm_engine.group_manager")
            user.group_ids += cls.env.ref("account.group_account_invoice")
        template = cls.env.ref("crm_payment_plan.template_bill_payment")
        lanes = {
            "Lane_director": {"kind": "user", "user": cls.team_leader.login},
            "Lane_head": {"kind": "user", "user": cls.head.login},
            "Lane_accounting": {"kind": "user", "user": cls.accountant.login},
        }
        cls.team_leader.group_ids += cls.env.ref("account.group_account_invoice")
        cls.process = template._create_process(lanes, owner_id=cls.head.id)
        cls.process.draft_version_id.with_user(cls.head).action_publish()
        cls.supplier = cls.env["res.partner"].create({"name": "Steel works"})
        cls._set_accounts(cls.supplier)
        cls.category = cls.env.ref("crm_payment_plan.crm_cash_category_purchases")
        cls.purchase.cash_category_id = cls.category
        cls.env["crm.cash.budget"].search([]).action_cancel()

    @classmethod
    def _budget(cls, amount):
        budget = cls.env["crm.cash.budget"].create({
            "name": "2026", "company_id": cls.company.id, "date_from": "2026-01-01",
            "date_to": "2026-12-31", "line_ids": [Command.create(
                {"category_id": cls.category.id, "date": "2026-03-01", "amount": amount})],
        })  # fmt: skip
        budget.action_approve()
        return budget

    def _deal(self, amount=1000, payments=((1000, "2026-03-25"),)):
        return self._contract(
            amount, list(payments), kind=self.purchase, partner_id=self.supplier.id
        )

    def _bill(self, contract, amount, **values):
        return self._invoice(
            [(contract, amount)], kind="in_invoice", date="2026-03-02",
            partner_id=self.supplier.id, invoice_date_due="2026-03-16", **values,
        )  # fmt: skip

    def _start_bill(self, bill):
        return self._start(self.process, bill, self.manager)

    def _to_plan(self, bill):
        instance = self._start_bill(bill)
        self._do(instance, "Check", "correct", self.manager)
        self._do(instance, "Agree_head", "approved", self.head)
        return instance

    def _plan(self, instance, bill, day):
        bill.with_user(self.accountant).crm_payment_date = day
        self._do(instance, "Plan", "planned", self.accountant)

    def _told(self, instance, element, user):
        """What the form of the task shows of contract and budget, as the person reads it."""
        form = self._task(instance, element).with_user(user).get_form()
        self.assertIn("crm_bill_check", [field["name"] for field in form["fields"]])
        record = self.env[form["record"]["model"]].browse(form["record"]["id"])
        return record.with_user(user).crm_bill_check

    def _forecast(self):
        self.env.flush_all()
        Forecast = self.env["crm.cash.forecast"]
        Forecast.invalidate_model()
        rows = Forecast.search([("partner_id", "=", self.supplier.id)], order="date_contract, id")
        # What goes out is negative there.
        return [(row.source, -round(row.amount, 2), str(row.date_contract)) for row in rows]


@tagged("post_install", "-at_install")
class TestReadyBill(BillCommon):
    def test_fits_and_ends_by_itself(self):
        """HU-08: fits, the head agrees; the day lands in the forecast; the payment ends it."""
        self._budget(500)
        contract = self._deal()
        bill = self._bill(contract, 400)
        instance = self._start_bill(bill)
        self._do(instance, "Check", "correct", self.manager)
        told = self._told(instance, "Agree_head", self.head)
        self.assertRegex(told, r"1,000.00 agreed, .*1,000.00 left; this bill of .*400.00 fits")
        self.assertRegex(told, r"March 2026: .*500.00, spent .*0.00; this bill of .*400.00 fits")
        self._do(instance, "Agree_head", "approved", self.head)
        with self.assertRaises(UserError):
            bill.with_user(self.accountant).crm_payment_date = False
            self._do(instance, "Plan", "planned", self.accountant)
        self._plan(instance, bill, "2026-03-12")
        self.assertEqual(
            self._forecast(), [("plan", 400, "2026-03-12"), ("plan", 600, "2026-03-25")]
        )
        self.assertEqual(contract.planned_total, 1000)
        self.assertEqual(self._open(instance), ["Pay"])
        self._pay(bill, date="2026-03-12")
        self.assertEnded(instance, "Paid")
        paid = bill.line_ids.crm_contract_payment_id
        self.assertEqual((paid.state, paid.amount), ("received", 400))
        self.assertEqual(self._forecast(), [("plan", 600, "2026-03-25")])

    def test_beyond_the_contract_goes_to_the_director(self):
        """HU-08: over the remainder: told, and the director decides even if the head agrees."""
        contract = self._deal()
        self._bill(contract, 800)
        instance = self._start_bill(self._bill(contract, 300))
        self._do(instance, "Check", "correct", self.manager)
        told = self._told(instance, "Agree_head", self.head)
        self.assertRegex(told, r"200.00 left; this bill of .*300.00 is .*100.00 beyond that")
        self._do(instance, "Agree_head", "approved", self.head)
        self.assertEqual(self._open(instance), ["Agree_director"])
        self.assertIn("beyond", self._told(instance, "Agree_director", self.team_leader))
        self._do(instance, "Agree_director", "refused", self.team_leader, "Not agreed")
        self.assertEnded(instance, "Refused by the director")

    def test_beyond_the_budget(self):
        """HU-08: what was paid in the month counts against the budget."""
        self._budget(500)
        contract = self._deal()
        self._pay(self._bill(contract, 300), date="2026-03-02")
        bill = self._bill(contract, 400)
        self.assertTrue(bill.is_crm_bill_over)
        self.assertRegex(bill.crm_bill_check, r"spent .*300.00; .*exceeds it by .*200.00")
        bill.crm_payment_date = "2026-04-02"
        self.assertFalse(bill.is_crm_bill_over)
        self.assertIn("no approved budget in April 2026", bill.crm_bill_check)

    def test_two_bills_of_one_budget(self):
        """HU-08: what is agreed and unpaid is spent: the second bill goes to the director."""
        self._budget(500)
        contract = self._deal()
        first = self._bill(contract, 400)
        self._plan(self._to_plan(first), first, "2026-03-12")
        second = self._bill(contract, 400)
        instance = self._start_bill(second)
        self._do(instance, "Check", "correct", self.manager)
        told = self._told(instance, "Agree_head", self.head)
        self.assertRegex(
            told, r"spent .*0.00 and .*400.00 in other bills to be paid; .*by .*300.00"
        )
        self._do(instance, "Agree_head", "approved", self.head)
        self.assertEqual(self._open(instance), ["Agree_director"])
        self._pay(first, amount=100, date="2026-03-12")
        second.invalidate_recordset()
        self.assertRegex(second.crm_bill_check, r"spent .*100.00 and .*300.00 in other")
        self._pay(first, amount=300, date="2026-03-12")
        first.invalidate_recordset()
        self.assertFalse(first.is_crm_bill_over, "what is paid asks for nothing more")

    def test_bills_of_other_months_and_categories(self):
        """HU-08: only what is to be paid in that month, of that category, counts."""
        self._budget(500)
        contract = self._deal()
        self._bill(contract, 400).crm_payment_date = "2026-04-10"
        self._bill(None, 400)
        bill = self._bill(contract, 400)
        bill.crm_payment_date = "2026-03-12"
        self.assertFalse(bill.is_crm_bill_over, bill.crm_bill_check)

    def test_two_drafts_of_one_contract(self):
        """HU-08: a draft that is being agreed has its part; without a process it has none."""
        contract = self._deal()
        first = self._bill(contract, 600, post=False)
        second = self._bill(contract, 600, post=False)
        self.assertFalse(second.is_crm_bill_over)
        self._start_bill(first)
        second.invalidate_recordset()
        self.assertTrue(second.is_crm_bill_over)
        self.assertRegex(second.crm_bill_check, r"400.00 \(without .*600.00 of bills that are")
        instance = self._start_bill(second)
        first.invalidate_recordset()
        self.assertFalse(first.is_crm_bill_over, "the first one was there first")
        self._do(instance, "Check", "correct", self.manager)
        self._do(instance, "Agree_head", "approved", self.head)
        self.assertEqual(self._open(instance), ["Agree_director"])

    def test_limit_of_heads(self):
        """HU-08: above the company's limit the director decides, contract and budget or not."""
        self.company.crm_bill_limit = 1000
        within = self._bill(None, 1000)
        self.assertFalse(within.is_crm_bill_over)
        self.assertNotIn("above", within.crm_bill_check)
        bill = self._bill(None, 1001)
        self.assertRegex(bill.crm_bill_check, r"1,001.00 is above .*1,000.00")
        instance = self._start_bill(bill)
        self._do(instance, "Check", "correct", self.manager)
        self._do(instance, "Agree_head", "approved", self.head)
        self.assertEqual(self._open(instance), ["Agree_director"])

    def test_plan_is_taken_as_needed(self):
        """HU-08: the plan keeps its total: rows are divided, joined, or one is added."""
        contract = self._deal(1000, [(100, "2026-03-10"), (300, "2026-04-10"), (600, "2026-05-10")])
        self._bill(contract, 250).crm_payment_date = "2026-03-20"
        self.assertEqual(
            [(one.amount, str(one.date_planned)) for one in contract.payment_ids.sorted(
                "date_planned")],
            [(250, "2026-03-20"), (150, "2026-04-10"), (600, "2026-05-10")],
        )  # fmt: skip
        self._bill(contract, 600).crm_payment_date = "2026-03-21"
        self.assertEqual(contract.planned_total, 1000)
        open_ended = self._deal(0, [])
        bill = self._bill(open_ended, 70, ref="INV 7")
        bill.crm_payment_date = "2026-03-22"
        self.assertEqual(
            (open_ended.payment_ids.amount, open_ended.payment_ids.name), (70, "INV 7")
        )
        bill.crm_payment_date = "2026-03-23"
        self.assertEqual(open_ended.payment_ids.date_planned, date(2026, 3, 23))

    def test_without_contract(self):
        """HU-08: a bill without a contract: its day is in the forecast, its payment ends it."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        self.assertIn("names no contract", bill.crm_bill_check)
        self.assertEqual(self._forecast(), [("invoice", 90, "2026-03-19")])
        self._do(instance, "Pay", "later", self.accountant, "No money this week")
        self._plan(instance, bill, "2026-03-26")
        self.assertEqual(self._forecast(), [("invoice", 90, "2026-03-26")])
        self._pay(bill, amount=40)
        self.assertEqual(self._open(instance), ["Pay"])
        self._pay(bill)
        self.assertEnded(instance, "Paid")

    def test_paid_before_it_was_planned(self):
        """HU-08: what accounting has paid already asks nobody to pay again."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._pay(bill)
        self._plan(instance, bill, "2026-03-19")
        self.assertEnded(instance, "Paid")

    def test_credited_or_cancelled(self):
        """HU-08: a bill that is credited or cancelled asks nobody to pay, and is not “Paid”."""
        for cause in ("credited", "cancelled"):
            with self.subTest(cause):
                bill = self._bill(None, 90)
                instance = self._to_plan(bill)
                self._plan(instance, bill, "2026-03-19")
                self.assertEqual(self._open(instance), ["Pay"])
                if cause == "credited":
                    bill._reverse_moves(
                        [{"date": bill.date, "invoice_date": bill.invoice_date}], cancel=True
                    )
                    self.assertEqual(bill.payment_state, "reversed")
                else:
                    bill.button_draft()
                    bill.button_cancel()
                self.assertEnded(instance, SETTLED)

    def test_cancelled_before_it_was_planned(self):
        """HU-08: a bill that is cancelled while it is being agreed ends at once when planned."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        bill.button_draft()
        bill.button_cancel()
        self._plan(instance, bill, "2026-03-19")
        self.assertEnded(instance, SETTLED)

    def test_late_then_paid(self):
        """HU-08: the supplier is warned after five working days; told, or paid meanwhile."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        self._pass(days=8)
        self.assertEqual(self._open(instance), ["Explain", "Pay"])
        self._do(instance, "Explain", "told", self.manager)
        self._pay(bill)
        self.assertEnded(instance, "Paid")
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        self._pass(days=8)
        self._pay(bill)
        self.assertEnded(instance, "Paid")

    def test_wrong_and_refused(self):
        """HU-08: sent back, or refused by the head."""
        instance = self._start_bill(self._bill(None, 90))
        self._do(instance, "Check", "wrong", self.manager)
        self.assertEnded(instance, "Sent back to the supplier")
        instance = self._start_bill(self._bill(None, 90))
        self._do(instance, "Check", "correct", self.manager)
        self._do(instance, "Agree_head", "clarify", self.head, "Which site?")
        self._do(instance, "Check", "correct", self.manager)
        self._do(instance, "Agree_head", "refused", self.head, "Not needed")
        self.assertEnded(instance, "Refused by the head")
