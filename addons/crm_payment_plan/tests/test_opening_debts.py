from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .reminder_common import NIGHT, ReminderCommon


class OpeningDebts(ReminderCommon):
    """Debts that an entry by hand took over from former accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.equity = cls.env["account.account"].create(
            {"code": "DEBT8", "name": "Taken over", "account_type": "equity"}
        )
        cls.second = cls._debtor("Second Ltd")

    def _take_over(self, *items, day=-60, **values):
        """An entry of debts (amount, days from NIGHT or None, customer, values of the item)."""
        lines = [
            {
                "account_id": self.receivable.id,
                "partner_id": partner and partner.id,
                "balance": amount,
                "name": f"Old invoice {place}",
                "date_maturity": due is not None and NIGHT + timedelta(days=due),
                **more,
            }
            for place, (amount, due, partner, more) in enumerate(items, 1)
        ]
        total = sum(line["balance"] for line in lines)
        lines.append({"account_id": self.equity.id, "balance": -total})
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT + timedelta(days=day),
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        move.action_post()
        return move

    def _pay_item(self, item, day, amount):
        """An entry from the bank that closes a part of one item."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT + timedelta(days=day),
                "line_ids": [
                    Command.create({"account_id": self.bank.id, "balance": amount}),
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "balance": -amount,
                            "partner_id": item.partner_id.id,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (
            item | entry.line_ids.filtered(lambda line: line.account_id == self.receivable)
        ).reconcile()
        return entry

    def _item(self, move, partner=None):
        return move.line_ids.filtered(
            lambda line: (
                line.account_id == self.receivable and line.partner_id == (partner or self.payer)
            )
        )

    def _debts(self, partner=None):
        """Open debts of a customer: [(document, due in days from NIGHT, open)]."""
        self.env.flush_all()
        self.env.invalidate_all()
        debts = self.env["crm.receivable"].search(
            [("partner_id", "=", (partner or self.payer).id), ("company_id", "=", self.company.id)]
        )
        return [(debt.document, (debt.due_date - NIGHT).days, debt.open_amount) for debt in debts]


@tagged("-at_install", "post_install")
class TestOpeningDebts(OpeningDebts):
    """PF-16, PF-17: old debts stand among the others, each with its customer and its day."""

    def test_list_of_debts(self):
        """PF-17: one entry of many customers; what is paid of one leaves the others."""
        contact = self.env["res.partner"].create({"name": "Cashier", "parent_id": self.second.id})
        move = self._take_over(
            (100, -70, self.payer, {}),
            (40, -20, contact, {"name": "No. 7"}),
            (-5, -3, self.payer, {}),
        )
        self.assertEqual(self._debts(), [("Old invoice 1", -70, 100)])
        self.assertEqual(self._debts(self.second), [("No. 7", -20, 40)])
        item = self._item(move).filtered(lambda line: line.balance > 0)
        entry = self._pay_item(item, -10, 60)
        self.assertEqual(self._debts(), [("Old invoice 1", -70, 40)])
        entry.button_draft()
        self.assertEqual(self._debts(), [("Old invoice 1", -70, 100)])
        move.button_draft()
        self.assertEqual((self._debts(), self._debts(self.second)), ([], []))

    def test_what_is_no_debt(self):
        """PF-17: no day, no customer, no trade, money back, a reversal: none of them is owed."""
        staff = self.receivable.copy({"code": "DEBT9", "non_trade": True})
        self._take_over(
            (10, None, self.payer, {}),
            (20, -20, None, {}),
            (30, -20, self.payer, {"account_id": staff.id}),
        )
        self.assertEqual(self._debts(), [])
        wrong = self._take_over((40, -20, self.payer, {}))
        self.assertEqual(self._debts(), [("Old invoice 1", -20, 40)])
        wrong._reverse_moves([{"date": NIGHT}], cancel=True)
        self.assertEqual(self._debts(), [])

    def test_due_date_typed_later(self):
        """PF-17: the day makes it a debt; what somebody excludes on an invoice stays so."""
        move = self._take_over((100, None, self.payer, {}))
        self.assertEqual(self._debts(), [])
        move.button_draft()
        self._item(move).date_maturity = NIGHT - timedelta(days=9)
        move.action_post()
        self.assertEqual(self._debts(), [("Old invoice 1", -9, 100)])
        self.assertFalse(self._item(move).no_followup)
        invoice = self._invoice(-5)
        terms = self._item(invoice)
        terms.no_followup = True
        terms.date_maturity = NIGHT - timedelta(days=4)
        self.assertTrue(terms.no_followup)

    def test_discipline(self):
        """PF-17: old debts rate the payer: late as long as they are open, and by the day paid."""
        move = self._take_over((100, -70, self.payer, {}), (300, -50, self.second, {}))
        self._run()
        self.assertEqual(self._state().max_overdue, 70)
        self.assertEqual(self._state().overdue_amount, 100)
        self.assertEqual(self._state(self.second).max_overdue, 50)
        self._pay_item(self._item(move), -40, 100)
        self._run()
        self.assertEqual((self._state().max_overdue, self._state().overdue_amount), (0, 0))
        self.assertAlmostEqual(self._state().days_late, 27, places=1)  # 30 days less grace
        self.assertEqual(self._state(self.second).overdue_amount, 300)

    def test_planned_too(self):
        """PF-17: a debt that names its contract is not late twice."""
        contract = self._contract([(100, -70)])
        self._run()
        self.assertEqual(self._state().overdue_amount, 100)
        self._take_over((100, -50, self.payer, {"crm_contract_id": contract.id}))
        self._run()
        self.assertEqual((self._state().overdue_amount, self._state().max_overdue), (100, 50))

    def test_advance_is_not_judged(self):
        """PF-17: the entry does not say when an advance came, so it makes nobody late."""
        contract = self._contract([(100, -40)])
        self._take_over((-100, None, self.payer, {"crm_contract_id": contract.id}), day=-10)
        self.assertEqual(contract.payment_ids.state, "received")
        self._run()
        self.assertFalse(self._state().debt_count)

    def test_collection(self):
        """TN-27: owed when its month began, overdue since then, and no sale."""
        move = self._take_over((100, -70, self.payer, {}), day=-20)
        self._pay_item(self._item(move), -5, 60)
        self.env.flush_all()
        self.env.invalidate_all()
        rows = {
            row.date.month: row
            for row in self.env["crm.collection.month"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        # The entry is of 3 November.
        names = ("opening", "invoiced", "received", "closing", "overdue")
        self.assertEqual([rows[11][name] for name in names], [100, 0, 60, 40, 40])
        self.assertEqual([rows[10][name] for name in ("invoiced", "closing")], [0, 100])
        self.assertFalse(rows[11].sales)

    # Reminders --------------------------------------------------------------------------

    def _owed(self, partner):
        """What a customer can be reminded of: {document: open amount}."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            self.Run._get_documents_sql(self.company, NIGHT, [partner.id])
        )
        return {row["document"]: float(row["open_amount"]) for row in rows}

    def test_reminded_once(self):
        """PF-22: the customer is reminded of his own debts, once each."""
        contract = self._contract([(100, -70), (30, -10)])
        self._take_over(
            (100, -70, self.payer, {"crm_contract_id": contract.id}), (40, -20, self.second, {})
        )
        owed = self._owed(self.payer)
        self.assertEqual(owed.pop("Old invoice 1"), 100)
        self.assertEqual(list(owed.values()), [30])
        self.assertEqual(self._owed(self.second), {"Old invoice 2": 40})
        run = self._review()
        self.assertIn("Old invoice 1", self._documents(self._of(run)))
        self.assertEqual(self._documents(self._of(run, self.second)), {"Old invoice 2": 40})

    def test_entry_stays_inside(self):
        """PF-22: no customer gets the entry: neither its print nor a link to it."""
        self.Level.search([]).attach_invoices = True
        move = self._take_over((100, -30, self.payer, {}), (40, -20, self.second, {}))
        run = self._review()
        reminder = self._of(run)
        self.assertEqual(reminder._get_table_documents().move_id, move)
        self.assertEqual(reminder._prepare_files(), [])
        reminder._open_documents_to_customer()
        self.assertFalse(move.access_token)
        self.assertIn("Old invoice 1", str(reminder.documents_html))
        self.assertNotIn("Old invoice 2", str(reminder.documents_html))

    def test_dispute_of_one(self):
        """PF-22: what one customer contests says nothing of the debts of others."""
        self._take_over((100, -70, self.payer, {}), (40, -20, self.second, {}))
        debts = {}
        for partner in (self.payer, self.second):
            debts[partner] = self.env["crm.receivable"].search([("partner_id", "=", partner.id)])
        with freeze_time(NIGHT):
            for partner, debt in debts.items():
                context = debt.action_payment_dispute()["context"]
                Dispute = self.Dispute.with_context(**context)
                if partner == self.payer:
                    dispute = Dispute.create({"reason": "goods"})
                    self.assertEqual(dispute.partner_id, self.payer)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(debts[self.payer].disputed)
        self.assertFalse(debts[self.second].disputed)
        self._run()
        self.assertEqual(self._state(self.second).overdue_amount, 40)
        self.assertFalse(self._state().overdue_amount)
        with freeze_time(NIGHT):
            other = self.Dispute.with_context(
                **debts[self.second].action_payment_dispute()["context"]
            ).create({"reason": "amount"})
        self.assertEqual(other.partner_id, self.second)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(debts[self.second].disputed)

    def test_promise_of_one(self):
        """PF-22: promised from the list of debts: the customer's promise, with the open sum."""
        self._take_over((100, -70, self.payer, {}), (40, -20, self.second, {}))
        debt = self.env["crm.receivable"].search([("partner_id", "=", self.second.id)])
        with freeze_time(NIGHT):
            promise = self.Promise.with_context(**debt.action_payment_promise()["context"]).create(
                {"date": NIGHT + timedelta(days=3)}
            )
        self.assertEqual((promise.partner_id, promise.amount), (self.second, 40))
        self.assertFalse(promise.move_id)

    # Forecast -----------------------------------------------------------------------------

    def _forecast(self, partner):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["crm.cash.forecast"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )
        return sorted((row.source, row.document, round(row.amount, 2)) for row in rows)

    def test_forecast(self):
        """TN-27: expected once: by the plan of its contract, else as a debt of its own."""
        contract = self._contract([(100, -70)])
        self._take_over(
            (100, -70, self.payer, {"crm_contract_id": contract.id}),
            (40, -20, self.second, {}),
            (-15, -20, self.payer, {"crm_contract_id": contract.id}),
        )
        [(source, _document, amount)] = self._forecast(self.payer)
        self.assertEqual((source, amount), ("plan", 85))
        self.assertEqual(self._forecast(self.second), [("invoice", "Old invoice 2", 40)])
        self._invoice(-10, 20)
        # The advance stands for its contract, not for another invoice.
        self.assertEqual(
            sorted(amount for _source, _document, amount in self._forecast(self.payer)), [20, 85]
        )

    def test_expense_forecast(self):
        """TN-27: what we owe to suppliers since then goes out."""
        payable = self.env["account.account"].create(
            {
                "code": "DEBT7",
                "name": "Suppliers",
                "account_type": "liability_payable",
                "reconcile": True,
            }
        )
        self._take_over((-60, -5, self.second, {"account_id": payable.id}))
        self.assertEqual(self._forecast(self.second), [("invoice", "Old invoice 1", -60)])
