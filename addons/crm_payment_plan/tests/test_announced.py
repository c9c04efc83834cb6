from odoo.tests import HttpCase, tagged

from .common import ForeignCommon


class AnnouncedCommon(ForeignCommon):
    """Payments that have no entry until the bank brings them, as some addons leave them."""

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda self: "in_payment",
        )
        self.bank_journal.inbound_payment_method_line_ids.payment_account_id = False
        self.bank_journal.outbound_payment_method_line_ids.payment_account_id = False

    def _bank_brings(self, amount, *moves, date="2026-02-12"):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": date,
                "payment_ref": "Transfer",
                "partner_id": self.customer.id,
                "amount": amount,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.receivable
        (suspense | self._terms(*moves)).reconcile()
        return line

    def _book(self, payment):
        """The accountant books a payment that had no entry."""
        self.assertFalse(payment.move_id)
        payment.outstanding_account_id = self.bank
        payment.action_post()
        self.assertEqual(payment.move_id.state, "posted")

    def assertAnnounced(self, contract, total, rows=None):
        """What is announced of a contract and of its payments, in the order of dates."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(contract.announced_total, total)
        self.assertEqual(contract.money_summary["announced"], total)
        if rows is not None:
            payments = contract.payment_ids.sorted(lambda p: (p.date_planned, p.sequence, p.id))
            self.assertEqual(payments.mapped("amount_announced"), rows)
        self.assertEqual(contract._get_differences(), [])


@tagged("-at_install", "post_install")
class TestAnnounced(AnnouncedCommon):
    """TN-25, TN-26: money that is announced and not booked is shown, and counts for nothing."""

    def test_until_the_bank_brings_it(self):
        """TN-25: of an invoice and of an advance; gone as soon as each of them is booked."""
        contract = self._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        invoice = self._invoice([(contract, 60)])
        self.assertAnnounced(contract, 0, [0, 0])
        self.assertFalse(self._pay(invoice).move_id)
        self.assertAnnounced(contract, 60, [60, 0])
        advance = self._advance(40, contract)
        self.assertAnnounced(contract, 100, [60, 40])
        self.assertReceived(contract, 0, rows=[(0, "planned"), (0, "planned")])
        self.assertEqual((contract.open_total, contract.remaining_total), (100, 100))
        self._bank_brings(60, invoice)
        self.assertAnnounced(contract, 40, [0, 40])
        self.assertReceived(contract, 60, rows=[(60, "received"), (0, "planned")])
        self._book(advance)
        self.assertAnnounced(contract, 0, [0, 0])
        self.assertReceived(contract, 100, rows=[(60, "received"), (40, "received")])

    def test_refused_by_the_bank(self):
        """TN-25: what was rejected, cancelled or not confirmed yet is not announced."""
        contract = self._contract(100, [(100, "2026-02-01")])
        invoice = self._invoice([(contract, 60)])
        payment, advance = self._pay(invoice), self._advance(40, contract)
        self.assertAnnounced(contract, 100, [100])
        payment.action_reject()
        self.assertAnnounced(contract, 40, [40])
        advance.action_cancel()
        self.assertAnnounced(contract, 0, [0])
        advance.action_draft()
        self.assertAnnounced(contract, 0, [0])
        advance.action_post()
        self.assertAnnounced(contract, 40, [40])

    def test_payment_that_is_named(self):
        """EC-22: the payment that the money names is marked first, else the earliest."""
        contract = self._contract(100, [(30, "2026-02-01"), (30, "2026-03-01"), (40, "2026-04-01")])
        last = contract.payment_ids.sorted("date_planned")[2]
        self._advance(50, contract, crm_contract_payment_id=last.id)
        self.assertAnnounced(contract, 50, [10, 0, 40])
        self._advance(5, contract, kind="outbound")
        # What is to go back closes nothing.
        self.assertAnnounced(contract, 45, [10, 0, 40])

    def test_marked_by_hand(self):
        """EC-22: a mark stands for the same money: it does not push it to the next payment."""
        contract = self._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        self._advance(60, contract)
        contract.payment_ids.sorted("date_planned")[0].action_set_received()
        self.assertAnnounced(contract, 60, [60, 0])
        self.assertReceived(contract, 60)

    def test_two_contracts_two_invoices(self):
        """TN-23: one payment of several invoices, which serve several contracts."""
        first, second = (self._contract(100, [(100, "2026-02-01")]) for _n in range(2))
        early = self._invoice([(first, 10), (second, 20), (None, 3.33)], date="2026-02-01")
        late = self._invoice([(second, 50)], date="2026-02-20")
        self._pay(early | late, 63.33)
        # 33.33 for the earlier one, what is left for the later one.
        self.assertAnnounced(first, 10)
        self.assertAnnounced(second, 20 + 30)
        # More than is open announces no more than that.
        self._pay(late, 50)
        self.assertAnnounced(second, 20 + 50, [70])

    def test_bank_brings_less(self):
        """TN-25: bank charges: of an invoice no more is announced than it still asks for."""
        contract = self._contract(100, [(100, "2026-02-01")])
        invoice = self._invoice([(contract, 60)])
        payment = self._pay(invoice)
        self._bank_brings(55, invoice)
        self.assertEqual(payment.state, "in_process")
        self.assertReceived(contract, 55)
        self.assertAnnounced(contract, 5, [5])

    def test_beyond_the_invoice(self):
        """TN-25: what a payment is more than its invoice goes to the contract that it names."""
        contract, other = (self._contract(100, [(100, "2026-02-01")]) for _n in range(2))
        payment = self._pay(self._invoice([(contract, 60)]), 90)
        self.assertAnnounced(contract, 60, [60])
        payment.crm_contract_id = other
        self.assertAnnounced(contract, 60, [60])
        self.assertAnnounced(other, 30, [30])

    def test_expense(self):
        """TN-23: what we told the bank to pay to a supplier, and what he is to pay back."""
        contract = self._contract(100, [(100, "2026-02-01")], kind=self.purchase)
        bill = self._invoice([(contract, 60)], kind="in_invoice", ref="B-8")
        self._pay(bill)
        self.assertAnnounced(contract, 60, [60])
        self._advance(30, contract, kind="outbound", partner_type="supplier")
        self._advance(10, contract, kind="inbound", partner_type="supplier")
        self.assertAnnounced(contract, 80, [90])

    def test_currencies(self):
        """TN-25: in the contract's currency, by the rate of the payment's day."""
        contract = self._contract(100, [(100, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 60)], currency_id=self.foreign.id, date="2026-02-01")
        self._pay(invoice, date="2026-02-10", currency_id=self.foreign.id)
        self.assertAnnounced(contract, 60, [60])
        # 40 of the company's currency are 36 of the contract's in February.
        self._advance(40, contract, date="2026-02-10")
        self.assertAnnounced(contract, 96, [96])

    def test_salesperson_sees_it(self):
        """EC-19: the sum, without a right to payments or invoices; not of others' contracts."""
        contract = self._contract(100, [(100, "2026-02-01")])
        self._advance(40, contract)
        self.env.flush_all()
        self.env.invalidate_all()
        mine = contract.with_user(self.manager)
        self.assertFalse(self.env["account.payment"].with_user(self.manager).has_access("read"))
        [values] = mine.web_read({"announced_total": {}, "money_summary": {}})
        self.assertEqual(values["announced_total"], 40)
        [row] = mine.payment_ids.web_read({"amount_announced": {}, "state": {}})
        self.assertEqual((row["amount_announced"], row["state"]), (40, "planned"))

    def test_queries_do_not_grow(self):
        """A page of many contracts asks no more often than one of few."""
        contracts = self.Contract
        for _n in range(12):
            contracts |= self._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        for contract in contracts:
            self._advance(70, contract)

        def queries(some):
            # As a list fetches them; what was read through contracts prefetches by these.
            page = self.Payment.browse(some.payment_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            page.web_read({"name": {}, "amount_announced": {}})
            before = self.cr.sql_log_count
            self.env.invalidate_all()
            page.web_read({"name": {}, "amount_announced": {}})
            self.assertEqual(set(page.mapped("amount_announced")), {60, 10})
            return self.cr.sql_log_count - before

        few, many = queries(contracts[:2]), queries(contracts)
        self.assertEqual(few, many)
        nothing = self._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        nothing = self.Payment.browse(nothing.payment_ids.ids)
        self.env.flush_all()

        def asked(fields):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            nothing.web_read(fields)
            return self.cr.sql_log_count - before

        plain = {"name": {}, "contract_id": {}, "currency_id": {}}
        asked({**plain, "amount_announced": {}})
        self.assertEqual(asked({**plain, "amount_announced": {}}) - asked(plain), 1)


@tagged("-at_install", "post_install")
class TestAnnouncedScreen(HttpCase, AnnouncedCommon):
    """What the person who sells sees of it."""

    def _play(self):
        self.manager.password = self.manager.login
        contract = self._contract(
            100, [(60, "2026-02-01"), (40, "2099-03-01")], title="Announced tour"
        )
        self._pay(self._invoice([(contract, 60)]))
        self.start_tour(
            f"/odoo/contracts/{contract.id}",
            "crm_payment_plan_announced",
            login=self.manager.login,
        )
        self.assertReceived(contract, 0)

    def test_desktop(self):
        """TN-26: under Received and beside the row, on a wide screen."""
        self.browser_size = "1366x768"
        self._play()

    def test_phone(self):
        """TN-26: and on a phone, without scrolling sideways."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._play()
