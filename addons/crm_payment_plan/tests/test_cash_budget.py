import datetime as dt

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .cash_common import CashCommon, day

MARCH = dt.date(2026, 3, 1)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Model -> rights of: stranger, view, full, head, accountant, auditor, chief, portal.
RIGHTS = {
    "crm.cash.category":    ("", "r", "r", "rwcu", "r", "r", "rwcu", ""),
    "crm.cash.forecast":    ("", "", "", "rw", "rw", "r", "rw", ""),
    "crm.cash.report":      ("", "", "", "r", "r", "r", "r", ""),
    "crm.cash.gap":         ("", "", "", "r", "r", "r", "r", ""),
    "crm.cash.budget":      ("", "", "", "rwcu", "r", "r", "rwcu", ""),
    "crm.cash.budget.line": ("", "", "", "rwcu", "r", "r", "rwcu", ""),
    "crm.payer.delay":      ("", "", "", "r", "r", "r", "r", ""),
}  # fmt: skip


@tagged("-at_install", "post_install")
class TestCashBudget(CashCommon):
    """TN-27: plan, budget and fact by category; who may see and change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["crm.cash.report"]
        cls.rent = cls.env["crm.cash.category"].create(
            {"name": "Test rent", "account_ids": [Command.set(cls.expense.ids)]}
        )
        cls.goods = cls.sales_category
        cls.budget = cls.env["crm.cash.budget"].create(
            {
                "name": "Test budget",
                "date_from": "2026-02-15",
                "date_to": "2026-04-30",
                "line_ids": [
                    Command.create({"category_id": cls.goods.id, "date": day(3), "amount": 200}),
                    Command.create({"category_id": cls.rent.id, "date": day(5), "amount": 80}),
                ],
            }
        )
        cls.before_sums = cls._sums()

    @classmethod
    def _sums(cls, *domain):
        """{category: (budget, plan, fact, deviation, %)} of March."""
        cls.env.flush_all()
        groups = cls.Report._read_group(
            [("date", ">=", MARCH), ("date", "<", dt.date(2026, 4, 1)), *domain],
            ["category_id"],
            ["budget:sum", "planned:sum", "fact:sum", "deviation:sum", "deviation_percent:avg"],
        )
        return {category: [round(one or 0, 2) for one in rest] for category, *rest in groups}

    def _change(self):
        """Sums less those that the database had before: (budget, plan, fact)."""
        now = self._sums()
        none = [0] * 5
        return {
            category: tuple(
                round(new - old, 2)
                for new, old in zip(
                    now[category][:3], self.before_sums.get(category, none)[:3], strict=True
                )
            )
            for category in now
            if now[category] != self.before_sums.get(category, none)
        }

    def test_budget_counts_when_approved(self):
        self.assertEqual(self._change(), {})
        self.budget.action_approve()
        self.assertEqual(self._change(), {self.goods: (200, 0, 0), self.rent: (-80, 0, 0)})
        self.budget.action_cancel()
        self.assertEqual(self._change(), {})

    def test_plan_and_fact_of_a_contract(self):
        contract = self._contract(100, [(60, day(1)), (40, day(40))])
        self.assertEqual(self._change(), {self.goods: (0, 60, 0)})
        self._pay(self._invoice([(contract, 50)], date=day(0)), date=day(0))
        self.assertEqual(self._change(), {self.goods: (0, 60, 50)})

    def test_marked_by_hand(self):
        """What a person marked is a fact until accounting brings the same money."""
        contract = self._contract(60, [(60, day(1))])
        contract.payment_ids.action_set_received()
        self.assertEqual(self._change(), {self.goods: (0, 60, 60)})
        self._pay(self._invoice([(contract, 60)], date=day(0)), date=day(0))
        self.assertEqual(self._change(), {self.goods: (0, 60, 60)})

    def test_write_off_is_no_money(self):
        contract = self._contract(100, [(100, day(1))])
        self._pay(
            self._invoice([(contract, 100)], date=day(0)), 95, date=day(0), write_off=self.write_off
        )
        self.assertEqual(self._change(), {self.goods: (0, 100, 95)})

    def test_money_without_contract(self):
        """By the account it is booked on; of a paid bill by the account of the bill."""
        self._entry(-30, self.expense)
        self.assertEqual(self._change(), {self.rent: (0, 0, -30)})
        self._pay(self._invoice([(None, 45)], kind="in_invoice", date=day(0)), date=day(0))
        self.assertEqual(self._change(), {self.rent: (0, 0, -75)})
        self._pay(self._invoice([(None, 11)], date=day(0)), date=day(0))
        none = self.env["crm.cash.category"]
        self.assertEqual(self._change(), {self.rent: (0, 0, -75), none: (0, 0, 11)})

    def test_between_own_accounts(self):
        """From the bank to the cash box nothing comes or goes."""
        cash = self.env["account.account"].create(
            {"code": "T301", "name": "Cash", "account_type": "asset_cash"}
        )
        self.env["account.journal"].create(
            {"name": "Box", "code": "TBOX", "type": "cash", "default_account_id": cash.id}
        )
        before = self._sums()
        self._entry(-500, cash)
        self.assertEqual(self._sums(), before)

    def test_all_money_is_in_the_fact(self):
        """The fact of all categories is the change of the bank, by an independent sum."""
        contract = self._contract(100, [(60, day(1)), (40, day(2))])
        self._pay(self._invoice([(contract, 50), (None, 20)], date=day(0)), date=day(0))
        self._pay(
            self._invoice([(None, 30)], date=day(0)), 28, date=day(0), write_off=self.write_off
        )
        self._advance(15, contract, date=day(0))
        self._advance(7, date=day(0))
        self._entry(-33, self.expense)
        bank = self.env["account.move.line"].search(
            [("account_id", "=", self.bank.id), ("parent_state", "=", "posted")]
        )
        facts = sum(change[2] for change in self._change().values())
        self.assertEqual(round(facts, 2), round(sum(bank.mapped("balance")), 2))
        self.assertEqual(round(facts, 2), 50 + 20 + 28 + 15 + 7 - 33)

    def test_deviation(self):
        """Sum and per cent, of groups as of rows; no budget, no per cent."""
        self.budget.action_approve()
        self._entry(-100, self.expense)
        sums = self._sums(("category_id", "=", self.rent.id))
        self.assertEqual(sums[self.rent], [-80, 0, -100, -20, -25])
        self._entry(5, self.income)
        none = self.env["crm.cash.category"]
        self.assertEqual(self._sums(("category_id", "=", False))[none][4], 0)

    def test_documents_behind(self):
        self.budget.action_approve()
        contract = self._contract(60, [(60, day(1))])
        self._pay(self._invoice([(contract, 60)], date=day(0)), date=day(0))
        rows = self.Report.search(
            ["|", ("contract_id", "=", contract.id), ("kind", "=", "budget"),
             ("category_id", "=", self.goods.id)]
        )  # fmt: skip
        models = {row.kind: row.action_open()["res_model"] for row in rows}
        self.assertEqual(
            models,
            {"fact": "account.move", "plan": "crm.contract.payment", "budget": "crm.cash.budget"},
        )
        self.assertTrue(all(rows.mapped("document")))

    # Keeping a budget -----------------------------------------------------------------

    def test_fill_from_plan(self):
        self._contract(100, [(60, day(1)), (40, day(40))])
        self._contract(30, [(30, day(2))], kind=self.purchase)
        self.budget.action_fill_from_plan()
        sums = {(line.category_id, line.date.month): line.amount for line in self.budget.line_ids}
        self.assertGreaterEqual(sums[self.goods, 3], 60)
        self.assertGreaterEqual(sums[self.bought_category, 3], 30)
        self.assertGreaterEqual(sums[self.goods, 4], 40)
        self.assertEqual(self.budget.action_open_report()["res_model"], "crm.cash.report")

    def test_fill_from_last_year(self):
        self._entry(-77, self.expense, date=dt.date(2025, 3, 9))
        self.budget.action_fill_from_last_year()
        line = self.budget.line_ids.filtered(lambda one: one.category_id == self.rent)
        self.assertEqual([(line.date, line.amount)], [(MARCH, 77)])

    def test_repeat(self):
        line = self.budget.line_ids.filtered(lambda one: one.category_id == self.rent)
        line.action_repeat()
        lines = self.budget.line_ids.filtered(lambda one: one.category_id == self.rent)
        self.assertEqual(sorted([
            one.date.month for one in lines]), [2, 3, 4])  # fmt: skip
        self.assertEqual((self.budget.income_total, self.budget.expense_total), (200, 240))
        self.assertEqual(self.budget.balance_total, -40)

    def test_refusals(self):
        Category = self.env["crm.cash.category"]
        with self.assertRaisesRegex(ValidationError, "does not belong to the budget"):
            self.budget.line_ids[0].date = "2026-09-01"
        self.budget.action_approve()
        with self.assertRaisesRegex(UserError, "set it to draft"):
            self.budget.line_ids[0].amount = 5
        with self.assertRaisesRegex(UserError, "set it to draft"):
            self.budget.line_ids[0].unlink()
        with self.assertRaisesRegex(UserError, "nothing to approve"):
            self.env["crm.cash.budget"].create({"name": "Empty"}).action_approve()
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            Category.create({"name": "Twice", "account_ids": [Command.set(self.expense.ids)]})
        with self.assertRaisesRegex(ValidationError, "must both be income or both"):
            Category.create({"name": "Odd", "direction": "income", "parent_id": self.rent.id})
        with self.assertRaises(UserError):
            self.rent.parent_id = self.rent

    def test_category_of_the_type(self):
        """The usual category of a contract's type; what a person chose stays."""
        contract = self._contract(10, [(10, day(1))], kind=self.purchase)
        self.assertEqual(contract.payment_ids.cash_category_id, self.bought_category)
        contract.payment_ids.cash_category_id = self.rent
        contract.payment_ids.amount = 5
        self.assertEqual(contract.payment_ids.cash_category_id, self.rent)

    # Rights ----------------------------------------------------------------------------

    def test_rights(self):
        """EC-17: every model for every role."""
        auditor = new_test_user(
            self.env, login="cash_auditor", groups="account.group_account_readonly"
        )
        chief = new_test_user(self.env, login="cash_chief", groups="account.group_account_manager")
        users = (
            self.nobody, self.viewer, self.manager, self.head, self.accountant, auditor, chief,
            self.portal,
        )  # fmt: skip
        for model, rights in RIGHTS.items():
            for user, right in zip(users, rights, strict=True):
                allowed = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                self.assertEqual(allowed, right, f"{model}, {user.login}")

    def test_other_company(self):
        """Who works in another company sees nothing of this one."""
        other = self.env["res.company"].create({"name": "Other"})
        head = new_test_user(
            self.env, login="cash_other", groups="crm_bpm_core.group_head",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self._contract(10, [(10, day(1))])
        self._delay(self.customer)
        self.budget.action_approve()
        gap = self.env["crm.cash.gap"].search([("company_id", "=", self.company.id)], limit=1)
        gap = gap or self.env["crm.cash.gap"].create(
            {"company_id": self.company.id, "week_date": day(0)}
        )
        own = self.env["crm.cash.category"].create(
            {"name": "Of ours", "company_id": self.company.id}
        )
        self.env.flush_all()
        for model in RIGHTS:
            found = self.env[model].with_user(head).search([])
            if model == "crm.cash.category":
                self.assertNotIn(own.id, found.ids)
            else:
                self.assertFalse(found, model)
        for record in (gap, self.budget, self.budget.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(head).read(["company_id"])
