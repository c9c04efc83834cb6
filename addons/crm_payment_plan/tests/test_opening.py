from lxml import etree

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ForeignCommon


class OpeningCommon(ForeignCommon):
    """Entries that bring debts and advances of former accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.equity = cls.env["account.account"].create(
            {"code": "T800", "name": "Taken over", "account_type": "equity"}
        )

    @classmethod
    def _take_over(cls, *items, date="2026-01-31", post=True):
        """An entry of items (amount, contract or None, values); below zero: we owe it."""
        lines = []
        for amount, contract, values in items:
            lines.append(
                {
                    "account_id": cls.receivable.id,
                    "partner_id": cls.customer.id,
                    "balance": amount,
                    "crm_contract_id": contract and contract.id,
                    "date_maturity": "2026-01-15",
                    **values,
                }
            )
        total = sum(line["balance"] for line in lines)
        lines.append({"account_id": cls.equity.id, "balance": -total})
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.misc.id,
                "date": date,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        if post:
            move.action_post()
        return move

    def _meet(self, *lines):
        """Reconcile items, given themselves or as what holds them."""
        items = self.env["account.move.line"]
        for line in lines:
            items |= line if line._name == items._name else self._terms(line)
        items.filtered(lambda item: not item.reconciled).reconcile()


@tagged("-at_install", "post_install")
class TestOpening(OpeningCommon):
    """TN-25, TN-26: what was taken over from former accounting counts for its contract."""

    def test_debt(self):
        """TN-25: owed on the day of the take-over; what is paid of it is received."""
        contract = self._contract(100, [(60, "2026-01-15"), (40, "2026-03-01")])
        move = self._take_over((100, contract, {"name": "Invoice 17"}))
        self.assertReceived(contract, 0, rows=[(0, "planned"), (0, "planned")])
        self.assertEqual((contract.invoiced_total, contract.move_count), (100, 1))
        self.assertEqual(contract.payment_ids.mapped("is_invoiced"), [True, True])
        # When it was invoiced the entry does not say.
        self.assertFalse(contract.date_invoiced)
        payment = self._advance(70)
        self._meet(move, payment)
        self.assertReceived(contract, 70, rows=[(60, "received"), (10, "planned")])
        receipt = contract.settlement_ids[0]
        self.assertEqual(
            (receipt.source, receipt.move_id, receipt.counterpart_move_id, receipt.date),
            ("opening", move, payment.move_id, payment.date),
        )
        payment.action_draft()
        self.assertReceived(contract, 0, rows=[(0, "planned"), (0, "planned")])
        payment.action_post()
        self.assertReceived(contract, 70)
        self._terms(payment).remove_move_reconcile()
        self.assertReceived(contract, 0)

    def test_written_off(self):
        """TN-26: an entry by hand closes what was taken over, and brings no money."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}))
        self._meet(move, self._advance(60))
        loss = self._take_over(
            (-40, None, {}), (40, None, {"account_id": self.write_off.id, "partner_id": False})
        )
        self._meet(move, loss)
        self.assertReceived(contract, 100, cash=60, rows=[(100, "received")])

    def test_planned_payment_that_is_named(self):
        """TN-25: the item says which planned payment it is."""
        contract = self._contract(100, [(60, "2026-01-15"), (40, "2026-03-01")])
        last = contract.payment_ids.sorted("date_planned")[1]
        move = self._take_over((40, contract, {"crm_contract_payment_id": last.id}))
        self.assertEqual(contract.payment_ids.sorted("date_planned").mapped("is_invoiced"),
                         [False, True])  # fmt: skip
        self._meet(move, self._advance(40))
        self.assertReceived(contract, 40, rows=[(0, "planned"), (40, "received")])

    def test_advance(self):
        """AL-16: an advance that he had paid is received, before and after its invoice."""
        contract = self._contract(100, [(100, "2026-02-01")])
        move = self._take_over((-30, contract, {}), (-5, contract, {}), (-7, None, {}))
        self.assertReceived(contract, 35, rows=[(35, "planned")])
        self.assertEqual(contract.settlement_ids.mapped("source"), ["opening"] * 2)
        invoice = self._invoice([(contract, 100)])
        items = self._terms(move).filtered("crm_contract_id").sorted("balance")
        self._meet(items[0], invoice)
        self.assertReceived(contract, 35)
        self._pay(invoice)
        self.assertReceived(contract, 105, rows=[(100, "received")])
        self.assertEqual(contract.unallocated_total, 5)
        # Back to its former accounting: nothing of it counts.
        move.button_draft()
        self.assertReceived(contract, 70, rows=[(70, "planned")])

    def test_debt_met_by_advance(self):
        """TN-23: both taken over; what is met by the other one is received once."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}), (-30, contract, {}))
        self.assertReceived(contract, 30)
        self._terms(move).reconcile()
        self.assertReceived(contract, 30, rows=[(30, "planned")])
        self._meet(move, self._advance(70, contract))
        self.assertReceived(contract, 100, rows=[(100, "received")])

    def test_one_entry_of_many(self):
        """TN-23: debts of many contracts in one entry; a receipt concerns its own only."""
        first, second = (self._contract(100, [(100, "2026-01-15")]) for _n in range(2))
        other = self._customer("Other buyer")
        move = self._take_over(
            (100, first, {}),
            (100, second, {}),
            (55, None, {"partner_id": other.id}),
        )
        payment = self._advance(80)
        item = self._terms(move).filtered(lambda line: line.crm_contract_id == first)
        self._meet(item, payment)
        self.assertReceived(first, 80)
        self.assertReceived(second, 0)
        self.assertEqual(item.matched_credit_ids._get_crm_contracts(), first)
        Contract = self.env["crm.contract"]
        self.assertEqual(Contract._get_of_moves(payment.move_id), first)
        self.assertEqual(Contract._get_of_moves(move), first | second)

    def test_reversed(self):
        """TN-25: an entry that was wrong and is reversed leaves nothing."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}), (-30, contract, {}))
        self.assertReceived(contract, 30)
        move._reverse_moves([{"date": "2026-02-01"}], cancel=True)
        self.assertReceived(contract, 0, rows=[(0, "planned")])
        self.assertEqual(contract.invoiced_total, 0)

    def test_credit_note(self):
        """TN-25: a credit note on what was taken over lowers what is owed, and brings nothing."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}))
        note = self._invoice([(contract, 20)], kind="out_refund")
        self._meet(move, note)
        self._meet(move, self._advance(80))
        self.assertReceived(contract, 80, rows=[(80, "received")])
        self.assertEqual((contract.credited_total, contract.open_total), (20, 0))

    def test_expense(self):
        """TN-23: what we owed to a supplier, and what we had paid him in advance."""
        contract = self._contract(100, [(100, "2026-01-15")], kind=self.purchase)
        owed = {"account_id": self.payable.id}
        move = self._take_over((-50, contract, owed), (10, contract, owed))
        self.assertReceived(contract, 10)
        debt = self._terms(move).filtered(lambda line: line.balance < 0)
        self._meet(debt, self._advance(20, kind="outbound", partner_type="supplier"))
        self.assertReceived(contract, 30, rows=[(30, "planned")])

    def test_currencies(self):
        """TN-25: in the contract's currency, at what the entry booked."""
        contract = self._contract(100, [(100, "2026-01-15")], currency_id=self.foreign.id)
        same = {"currency_id": self.foreign.id, "amount_currency": 90}
        move = self._take_over((100, contract, same))
        payment = self._advance(45, currency_id=self.foreign.id, date="2026-02-20")
        self._meet(move, payment)
        self.assertReceived(contract, 45)
        # In the company's currency: 1.0 of the contract's for one, on the day of the entry.
        other = self._contract(100, [(100, "2026-01-15")], currency_id=self.foreign.id)
        move = self._take_over((100, other, {}))
        self._meet(move, self._advance(30, date="2026-03-10"))
        self.assertReceived(other, 30)
        self._take_over((-10, other, {}))
        self.assertReceived(other, 40)

    def test_refused(self):
        """TN-25: one clear word where a contract has no place."""
        contract = self._contract(100)
        expense = self._contract(100, kind=self.purchase)
        for wrong, account in (
            (contract, self.payable), (expense, self.receivable), (contract, self.expense),
            (expense, self.expense),
        ):  # fmt: skip
            with (
                self.assertRaisesRegex(ValidationError, "cannot be on this item"),
                self.cr.savepoint(),
            ):
                self._take_over((10, wrong, {"account_id": account.id}), post=False)
        payment = self._advance(10)
        with (
            self.assertRaisesRegex(ValidationError, "names its contract itself"),
            self.cr.savepoint(),
        ):
            self._terms(payment).crm_contract_id = contract
        move = self._take_over((10, contract, {}))
        self._terms(move).crm_contract_id = False
        self.assertEqual(contract.invoiced_total, 0)

    def test_check_names_what_is_lost(self):
        """TN-25, TN-26: the self-check reads the entries itself."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}), (-30, contract, {}))
        debt = self._terms(move).filtered(lambda line: line.balance > 0)
        self._meet(debt, self._advance(60))
        self.assertReceived(contract, 90)

        def told(query):
            with self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(query, [contract.id])
                found = {
                    row["what"]: (float(row["kept"]), float(row["told"]))
                    for row in contract._get_differences()
                }
                savepoint.rollback()
            return found

        words = f"Taken over from former accounting by {move.name}"
        lost = told(
            "DELETE FROM crm_contract_settlement WHERE contract_id = %s AND partial_id IS NULL"
        )
        self.assertEqual(lost[words], (60, 90))
        lost = told(
            "DELETE FROM crm_contract_settlement WHERE contract_id = %s AND partial_id IS NOT NULL"
        )
        self.assertEqual(lost[words], (30, 90))
        lost = told(
            "UPDATE crm_contract_settlement SET amount_cash = 1"
            " WHERE contract_id = %s AND opening_line_id IS NOT NULL"
        )
        self.assertEqual(lost[f"Received in money by {move.name}"], (1, 30))
        lost = told("UPDATE crm_contract_payment SET amount_invoiced = 7 WHERE contract_id = %s")
        self.assertEqual(lost["Invoiced amount of the planned payments"], (7, 100))
        self.assertEqual(contract._get_differences(), [])

    def test_settling_again_writes_nothing(self):
        """IM-14: receipts that are right already are not touched."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}), (-30, contract, {}), (-4, contract, {}))
        debt = self._terms(move).filtered(lambda line: line.balance > 0)
        self._meet(debt, self._advance(60))
        rows = contract.settlement_ids
        self.assertEqual(len(rows), 3)
        before = {(row.id, row.write_date, row.amount_settled) for row in rows}
        contract._settle()
        self.env.invalidate_all()
        self.assertEqual(
            {(row.id, row.write_date, row.amount_settled) for row in contract.settlement_ids},
            before,
        )

    def test_statement_of_the_partner(self):
        """TN-28: the reconciliation statement shows it under its contract."""
        contract = self._contract(100, [(100, "2026-01-15")])
        move = self._take_over((100, contract, {}), (-7, None, {}))
        debt = self._terms(move).filtered("crm_contract_id")
        self._meet(debt, self._advance(60))
        statement = self.env["crm.reconciliation"].create(
            {
                "partner_id": self.customer.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "currency_id": self.currency.id,
            }
        )
        sections = statement._get_statement()
        self.assertEqual(
            {key: (one["debit"], one["credit"]) for key, one in sections.items()},
            {contract.id: (10000, 6000), False: (0, 700)},
        )

    def test_accountant_enters_it(self):
        """PF-17: by the accountant's own rights, with the columns of the journal items."""
        contract = self._contract(100, [(100, "2026-01-15")])
        self.accountant.group_ids |= self.env.ref("account.group_account_user")
        move = self._take_over((100, None, {}), post=False).with_user(self.accountant)
        line = move.line_ids.filtered(lambda one: one.account_id == self.receivable)
        move.write({"line_ids": [Command.update(line.id, {"crm_contract_id": contract.id})]})
        move.action_post()
        self.assertEqual(contract.invoiced_total, 100)
        view = self.env.ref("account.view_move_form")
        arch = self.env["account.move"].with_user(self.accountant).get_view(view.id, "form")
        columns = {
            node.get("name"): node.get("column_invisible")
            for node in etree.fromstring(arch["arch"]).xpath("//field[@name='line_ids']/list/field")
        }
        for name in ("crm_contract_id", "crm_contract_payment_id", "date_maturity"):
            self.assertIn("parent.move_type != 'entry'", columns[name])
