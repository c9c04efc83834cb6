from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .cash_common import CashCommon, day

#: What lists and forms of invoices and of bank lines ask for.
LABEL = {"fields": {"display_name": {}}}
OF_MOVES = {
    "name": {},
    "crm_contract_id": LABEL,
    "crm_contract_ids": LABEL,
    "crm_contract_payment_ids": LABEL,
}
OF_LINES = {"payment_ref": {}, "paid_contract_ids": LABEL, "paid_payment_ids": LABEL}


@tagged("-at_install", "post_install")
class TestReaders(CashCommon):
    """HU-23, EC-18: who reads invoices and bank lines without the right to their contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(60, day(3)), (40, day(20))])
        cls.invoice = cls._invoice([(cls.contract, 100)], date=day(-1))
        cls.line = cls._bank_line(cls, 60, cls.customer)
        _liquidity, suspense, _other = cls.line._seek_for_lines()
        suspense.write({"account_id": cls.receivable.id, "partner_id": cls.customer.id})
        (suspense | cls._terms(cls, cls.invoice)).reconcile()
        cls.first = cls.contract.payment_ids.sorted("date_planned")[0]

    def _move(self, user, **values):
        moves = self.env["account.move"].with_user(user)
        found = moves.web_search_read([("id", "=", self.invoice.id)], OF_MOVES)["records"]
        self.assertEqual(len(found), 1)
        return found[0]

    def _line(self, user):
        lines = self.env["account.bank.statement.line"].with_user(user)
        found = lines.web_search_read([("id", "=", self.line.id)], OF_LINES)["records"]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_accountant(self):
        """EC-18: what the money closed is shown, though no line of the invoice names it."""
        move, line = self._move(self.accountant), self._line(self.accountant)
        self.assertEqual([one["id"] for one in move["crm_contract_ids"]], self.contract.ids)
        self.assertEqual([one["id"] for one in move["crm_contract_payment_ids"]], self.first.ids)
        self.assertEqual([one["id"] for one in line["paid_payment_ids"]], self.first.ids)

    def _contracts(self, number):
        """Contracts with a planned payment, every other one of a colleague."""
        self.customer.customer_user_id = self.head
        return self.Contract.create(
            [
                {
                    "type_id": self.supply.id,
                    "partner_id": self.customer.id,
                    "user_id": (self.colleague if place % 2 else self.manager).id,
                    "scheme_id": False,
                    "payment_ids": [Command.create({"name": "All", "amount": 10})],
                }
                for place in range(number)
            ]
        )

    def _close(self, contracts, name, moves):
        """What entries closed of these contracts; where the money came from does not matter."""
        self.Settlement.sudo().create(
            [
                {
                    "contract_id": contract.id,
                    "payment_id": contract.payment_ids.id,
                    "source": "partial",
                    "date": day(0),
                    name: move.id,
                }
                for contract, move in zip(contracts, moves, strict=True)
            ]
        )

    def test_queries_of_invoices(self):
        """A list of many invoices of different contracts asks as often as a short one."""
        contracts = self._contracts(12)
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "journal_id": self.sales.id,
                    "invoice_user_id": self.manager.id,
                    "invoice_line_ids": [
                        Command.create({"price_unit": 10, "crm_contract_id": contract.id})
                    ],
                }
                for contract in contracts
            ]
        )
        self._close(contracts, "move_id", moves)
        for user, seen in ((self.accountant, 12), (self.manager, 6)):
            found = self._assert_flat(moves.with_user(user), OF_MOVES)
            self.assertEqual(sum(bool(one["crm_contract_ids"]) for one in found), seen)
            self.assertEqual(sum(bool(one["crm_contract_payment_ids"]) for one in found), seen)

    def test_queries_of_bank_lines(self):
        contracts = self._contracts(12)
        lines = self.line.union(*(self._bank_line(10, self.customer) for _place in range(11)))
        self._close(contracts[1:], "counterpart_move_id", lines.move_id - self.line.move_id)
        found = self._assert_flat(lines.with_user(self.accountant), OF_LINES)
        self.assertTrue(all(one["paid_payment_ids"] for one in found))

    def _assert_flat(self, records, names):
        self.env.flush_all()
        counts = []
        # The first time fills what Odoo keeps between requests.
        for some in (records[:2], records[:2], records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = some.web_read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1, (records.env.user.name, counts))
        return found

    def test_found_by_the_planned_payment(self):
        """EC-19: an invoice of an order is found by the payment that its money closed."""
        Move = self.env["account.move"].with_user(self.accountant)
        other = self._invoice([(self._contract(10), 10)], date=day(-1))
        mine = [("id", "in", (self.invoice | other).ids)]
        for value in (("=", self.first.id), ("ilike", self.first.name), ("!=", False)):
            found = Move.search([*mine, ("crm_contract_payment_ids", *value)])
            self.assertEqual(found, self.invoice, value)
        self.assertEqual(Move.search([*mine, ("crm_contract_payment_ids", "=", False)]), other)

    def test_auditor(self):
        """Without any right to contracts the pages open, the columns are empty."""
        auditor = new_test_user(
            self.env, login="plan_auditor", groups="account.group_account_readonly"
        )
        self.assertFalse(self.env["crm.contract"].with_user(auditor).has_access("read"))
        self.assertFalse(self._move(auditor)["crm_contract_ids"])
        self.assertFalse(self._move(auditor)["crm_contract_payment_ids"])
        self.assertFalse(self._line(auditor)["paid_contract_ids"])
        # What somebody else saw before is not his.
        self.assertTrue(self._move(self.accountant)["crm_contract_ids"])
        self.assertFalse(self._move(auditor)["crm_contract_ids"])
        Move = self.env["account.move"].with_user(auditor)
        for name in ("crm_contract_ids", "crm_contract_payment_ids"):
            self.assertNotIn(self.invoice, Move.search([(name, "=", False)]))
        Line = self.env["account.bank.statement.line"].with_user(auditor)
        self.assertIn(self.line, Line.search([("paid_contract_ids", "!=", False)]))
        for model, view, kind in (
            ("account.move", "account.view_out_invoice_tree", "list"),
            ("account.move", "account.view_move_form", "form"),
            ("account.move", "account.view_account_invoice_filter", "search"),
        ):
            self.env[model].with_user(auditor).get_view(self.env.ref(view).id, kind)

    def test_salesperson_of_others(self):
        """A salesperson whose invoice serves a colleague's contract opens it."""
        plain = new_test_user(self.env, login="plan_plain", groups="sales_team.group_sale_salesman")
        self.contract.user_id = self.head
        self.customer.customer_user_id = self.head
        for user in (plain, self.colleague):
            self.invoice.invoice_user_id = user
            self.assertFalse(self._move(user)["crm_contract_ids"])
            self.assertFalse(self._move(user)["crm_contract_payment_ids"])
