import datetime as dt

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .cash_common import TODAY, CashCommon, day


@tagged("-at_install", "post_install")
class TestCashForecast(CashCommon):
    """TN-26, TN-27: what is to come and to go, the same money once."""

    def test_planned_payment(self):
        """TN-27: the open part of a plan, by its date, in its category."""
        contract = self._contract(100, [(60, day(3)), (40, day(20))])
        self.assertEqual(self._rows(), [("plan", 60, day(3)), ("plan", 40, day(20))])
        row = self.Forecast.search([("contract_id", "=", contract.id)], limit=1)
        self.assertEqual(row.category_id, self.sales_category)
        self.assertEqual((row.direction, row.certainty), ("income", "firm"))
        self._advance(25, contract)
        self.assertEqual(self._rows()[0], ("plan", 35, day(3)))
        contract.payment_ids[1].action_set_cancelled()
        self.assertEqual(self._rows(), [("plan", 35, day(3))])

    def test_expense_is_negative(self):
        """TN-23: what we pay stands below zero."""
        self._contract(70, [(70, day(5))], kind=self.purchase)
        self.assertEqual(self._rows(), [("plan", -70, day(5))])

    def test_draft_contract_is_not_counted(self):
        contract = self._contract(50, [(50, day(5))], approve=False)
        row = self.Forecast.search([("contract_id", "=", contract.id)])
        self.assertEqual(row.certainty, "draft")
        self._invoice([(contract, 50)], date=day(0))
        row.invalidate_recordset()
        self.assertEqual(row.certainty, "firm", "an invoice makes it binding")
        self.assertEqual(len(self._rows()), 1)

    def test_invoice_of_a_plan_is_the_same_money(self):
        """Trap: plan and invoice of one contract."""
        contract = self._contract(100, [(60, day(3)), (40, day(20))])
        invoice = self._invoice([(contract, 60)], date=day(-1))
        self.assertEqual(self._rows(), [("plan", 60, day(3)), ("plan", 40, day(20))])
        self._pay(invoice, 60, date=day(0))
        self.assertEqual(self._rows(), [("plan", 40, day(20))])

    def test_invoice_beyond_the_plan(self):
        """Only what is invoiced beyond the plan is added."""
        contract = self._contract(100, [(60, day(3))])
        self._invoice([(contract, 100)], date=day(1))
        self.assertEqual(self._rows(), [("invoice", 40, day(1)), ("plan", 60, day(3))])

    def test_invoice_of_a_terminated_contract(self):
        contract = self._contract(100, [(100, day(3))])
        self._invoice([(contract, 100)], date=day(1))
        contract.state = "terminated"
        self.assertEqual(self._rows(), [("invoice", 100, day(1))])

    def test_invoice_of_two_contracts(self):
        """One with a plan, one without, a line without any."""
        planned, bare = self._contract(100, [(100, day(9))]), self._contract(100)
        self._invoice([(planned, 100), (bare, 33.34), (None, 10)], date=day(2))
        self.assertEqual(self._rows(), [("invoice", 43.34, day(2)), ("plan", 100, day(9))])

    def test_advance_that_names_the_contract(self):
        """Trap: the advance closed the plan but not yet the invoice."""
        contract = self._contract(100, [(100, day(3))])
        self._advance(100, contract)
        self._invoice([(contract, 100)], date=day(1))
        self.assertEqual(self._rows(), [])

    def test_money_that_waits_for_its_invoice(self):
        """Trap: the payment is in the bank, the invoice still open."""
        self._invoice([(None, 100)], date=day(1))
        self._invoice([(None, 50)], date=day(8))
        self._advance(120)
        self.assertEqual(self._rows(), [("invoice", 30, day(8))])

    def test_bank_line_that_waits(self):
        """Trap: a bank line of a known partner that nobody has matched."""
        self._invoice([(None, 100)], date=day(1))
        self._bank_line(80, self.customer)
        self.assertEqual(self._rows(), [("invoice", 20, day(1))])

    def test_credit_note(self):
        self._invoice([(None, 100)], date=day(1))
        self._invoice([(None, 30)], kind="out_refund", date=day(1))
        self.assertEqual(self._rows(), [("invoice", 70, day(1))])

    def test_bill(self):
        """HU-08: an open bill goes out on its due date."""
        self._invoice([(None, 45)], kind="in_invoice", date=day(2))
        self.assertEqual(self._rows(), [("invoice", -45, day(2))])

    def test_payment_back_to_draft(self):
        """Trap: the reconciliation stays, the money is open again."""
        invoice = self._invoice([(None, 100)], date=day(1))
        payment = self._pay(invoice, date=day(0))
        self.assertEqual(self._rows(), [])
        payment.action_draft()
        self.assertEqual(self._rows(), [("invoice", 100, day(1))])

    def test_part_paid(self):
        invoice = self._invoice([(None, 100)], date=day(1))
        self._pay(invoice, 30, date=day(0))
        self.assertEqual(self._rows(), [("invoice", 70, day(1))])

    def _file_debt(self, amount, due, partner=None):
        """A debt as an applied file leaves it."""
        source = self.env["crm.receivable.source"].search(
            [("company_id", "=", self.company.id)], limit=1
        ) or self.env["crm.receivable.source"].create(
            {"name": "Ledger", "company_id": self.company.id}
        )
        firm = self.env["crm.receivable.firm"].create(
            {"name": f"Firm {amount}", "company_id": self.company.id, "key": f"k{amount}"}
        )  # fmt: skip
        return self.env["crm.receivable.item"].create(
            {
                "company_id": self.company.id,
                "source_id": source.id,
                "firm_id": firm.id,
                "partner_id": (partner or self.customer).id,
                "key": f"item {amount}",
                "document": f"Doc {amount}",
                "date": due,
                "due_date": due,
                "amount": amount,
                "open_amount": amount,
                "currency_id": self.currency.id,
            }
        )

    def test_debt_of_a_file(self):
        """PF-20: counts as far as the plan of that time does not hold it."""
        self._file_debt(50, day(2))
        self.assertEqual(self._rows(), [("file", 50, day(2))])
        self._contract(30, [(30, day(8))])
        self.assertEqual(self._rows(), [("file", 20, day(2)), ("plan", 30, day(8))])
        self._contract(500, [(500, day(60))])
        self.assertEqual(self._rows()[0], ("file", 20, day(2)), "a later plan is other money")
        self._file_debt(15, day(3))
        self.assertEqual(sum(row[1] for row in self._rows() if row[0] == "file"), 35)

    def test_disputed_and_source(self):
        item = self._file_debt(50, day(2))
        item.disputed = True
        self.assertEqual(self.Forecast.search([("item_id", "=", item.id)]).certainty, "disputed")
        rule = self.env["crm.payer.rule"].search([("company_id", "=", self.company.id)])
        rule = rule or rule.create({"company_id": self.company.id})
        rule.origin = "odoo"
        self.assertEqual(self._rows(), [])
        self._invoice([(None, 45)], date=day(2))
        rule.origin = "file"
        self.assertEqual(self._rows(), [("file", 50, day(2))])

    def test_doubtful(self):
        """Receipts overdue for long are not counted on; what we owe is."""
        self._contract(100, [(100, day(-91)), (100, day(-90))])
        self._contract(100, [(100, day(-200))], kind=self.purchase)
        self.env.flush_all()
        rows = self.Forecast.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            sorted(rows.mapped(lambda row: (row.date_contract, row.certainty))),
            [(day(-200), "firm"), (day(-91), "doubtful"), (day(-90), "firm")],
        )
        self.assertTrue(all(rows.mapped("is_overdue")))
        self.company.cash_doubtful_days = 0
        rows.invalidate_recordset()
        self.assertEqual(set(rows.mapped("certainty")), {"firm"})

    def test_expected_dates(self):
        """PF-17: later by the payer's own delay, else by that of all, and why."""
        other = self._customer("Nobody knows him")
        self._contract(100, [(100, day(5))])
        self._contract(100, [(100, day(5))], partner_id=other.id)
        self._contract(100, [(100, day(5))], kind=self.purchase)

        def seen(**context):
            self.Forecast.invalidate_model()
            rows = self.Forecast.with_context(**context).search(
                [("partner_id", "in", (self.customer | other).ids)], order="direction, id"
            )
            return [(row.delay_source, (row.date_behaviour - day(5)).days) for row in rows]

        self.assertEqual(seen(), [("own", 0), ("none", 0), ("none", 0)])
        self._delay(average=7, p50=3)
        self.assertEqual(seen(), [("own", 0), ("company", 7), ("company", 7)])
        self._delay(self.customer, average=12.4, p50=2, p75=20, p90=40)
        self.assertEqual(seen(), [("own", 0), ("payer", 12), ("company", 7)])
        self.assertEqual(seen(cash_delay_basis="p90")[1], ("payer", 40))
        self.company.cash_delay_basis = "p75"
        self.assertEqual(seen()[1], ("payer", 20))

    def test_promised_dates(self):
        """A promise dates the documents it begins to pay, the earliest first."""
        self._contract(100, [(40, day(-5)), (40, day(5)), (20, day(9))])
        other = self._contract(70, [(70, day(5))], partner_id=self._customer("Silent").id)
        self._promise(60, day(12))
        self._promise(30, day(30))
        self._promise(99, day(40)).action_withdraw()
        self.env.flush_all()
        rows = self.Forecast.search([("partner_id", "=", self.customer.id)], order="date_contract")
        self.assertEqual(rows.mapped("date_promised"), [day(12), day(12), day(30)])
        self.assertEqual(rows.mapped("is_promised"), [True] * 3)
        silent = self.Forecast.search([("contract_id", "=", other.id)])
        self.assertEqual((silent.date_promised, silent.is_promised), (day(5), False))

    def test_promise_that_names_its_document(self):
        """TN-27: it dates that document alone, however early the others are."""
        contract = self._contract(100, [(40, day(-5)), (60, day(5))])
        self._promise(60, day(20), payment_id=contract.payment_ids.sorted("date_planned")[-1].id)
        rows = self.Forecast.search([("partner_id", "=", self.customer.id)], order="date_contract")
        self.assertEqual(rows.mapped("date_promised"), [day(-5), day(20)])
        self.assertEqual(rows.mapped("is_promised"), [False, True])

    def _promise(self, amount, until, **values):
        promise = {"partner_id": self.customer.id, "amount": amount, "date": until, **values}
        promise = self.env["crm.payment.promise"].create(promise)
        self.env.flush_all()
        return promise

    def test_other_currency(self):
        """Documents in their currency, sums at today's rate."""
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        currency.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "company_id": self.company.id, "name": day(-3),
             "rate": 0.5}
        )  # fmt: skip
        contract = self._contract(100, [(100, day(3))], currency_id=currency.id)
        self._invoice([(contract, 130)], date=day(1), currency_id=currency.id)
        rows = self.Forecast.search([("contract_id", "=", contract.id)], order="date_contract")
        self.assertEqual([round(row.amount, 2) for row in rows], [30, 100])
        self.assertEqual([round(row.amount_company, 2) for row in rows], [60, 200])

    def test_open_and_move(self):
        """EC-22: dragged in the calendar: planned anew, with a comment, by those who may."""
        contract = self._contract(100, [(100, day(3))])
        payment = contract.payment_ids
        row = self.Forecast.search([("payment_id", "=", payment.id)])
        self.assertEqual(row.action_open()["res_model"], "crm.contract.payment")
        row.with_user(self.accountant).action_move_date(str(day(10)), "Director is away")
        self.assertEqual(payment.date_planned, day(10))
        self.assertIn("Director is away", payment.message_ids[0].body)
        self.assertIn("Moved from", payment.message_ids[0].body)
        self.assertEqual(payment.message_ids[0].author_id, self.accountant.partner_id)
        row.with_user(self.accountant).write({"date_contract": str(day(11))})
        self.assertEqual(payment.date_planned, day(11))
        with self.assertRaises(UserError):
            row.write({"amount": 5})
        self._invoice([(None, 10)], date=day(4))
        invoice = self.Forecast.search(
            [("source", "=", "invoice"), ("partner_id", "=", self.customer.id)]
        )
        with self.assertRaisesRegex(UserError, "change the due date in the invoice"):
            invoice.action_move_date(day(9))
        self.assertEqual(invoice.action_open()["res_model"], "account.move")
        payment.action_set_received()
        with self.assertRaisesRegex(UserError, "its date is history"):
            payment.action_move_date(day(12))
        with self.assertRaises(AccessError):
            payment.with_user(self.viewer).action_move_date(day(12))

    def test_other_company(self):
        """Money of companies the reader has not chosen is not there."""
        other = self.env["res.company"].create({"name": "Second"})
        self._contract(100, [(100, day(3))])
        self.assertFalse(
            self.Forecast.with_context(allowed_company_ids=other.ids).search(
                [("partner_id", "=", self.customer.id)]
            )
        )

    def test_sums_by_an_independent_count(self):
        """Over many contracts the forecast is what the plans leave open."""
        for number in range(12):
            contract = self._contract(90, [(30, day(number)), (60, day(40 + number))])
            if number % 3 == 0:
                self._pay(self._invoice([(contract, 45)], date=day(0)), date=day(0))
        planned = sum(
            self.Payment.search(
                [("partner_id", "=", self.customer.id), ("state", "=", "planned")]
            ).mapped("amount_remaining")
        )
        self.assertEqual(sum(row[1] for row in self._rows()), planned)
        self.assertEqual(planned, 12 * 90 - 4 * 45)

    def test_day_of_today(self):
        self.assertEqual(self.company._get_local_today(), TODAY)
        self.assertEqual(TODAY.isoweekday(), 3)
        self.assertIsInstance(TODAY, dt.date)
