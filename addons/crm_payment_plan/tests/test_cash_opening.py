from odoo.tests import tagged

from .cash_common import TODAY, BoardCommon, day


@tagged("-at_install", "post_install")
class TestCashOpening(BoardCommon):
    """TN-26, TN-27: what is there today: in the bank, on its way, and nothing of it twice."""

    def test_opening_balance(self):
        """Posted entries of bank accounts to this day; drafts and later ones are not there."""
        self._entry(500, self.income)
        self._entry(100, self.income, date=day(1))
        draft = self._entry(70, self.income)
        draft.button_draft()
        board = self._board()
        self.assertEqual(self._opened(board), 500)
        account = [one for one in board["opening"]["accounts"] if one["account_id"] == self.bank.id]
        self.assertEqual([one["amount"] for one in account], [500])

    def _wait_for_the_bank(self):
        """Registered payments wait on an account for the line of the statement."""
        way = self.env["account.account"].create(
            {"code": "T310", "name": "On the way", "account_type": "asset_current",
             "reconcile": True}
        )  # fmt: skip
        (
            self.bank_journal.inbound_payment_method_line_ids
            | self.bank_journal.outbound_payment_method_line_ids
        ).payment_account_id = way

    def test_money_on_its_way(self):
        """Trap: a registered payment has left the open invoices and not reached the bank."""
        self._wait_for_the_bank()
        self._advance(80, date=TODAY)
        board = self._board()
        self.assertEqual(self._opened(board), 80)
        self.assertEqual(board["opening"]["transit"] - self.before["opening"]["transit"], 80)

    def test_registered_and_on_the_statement(self):
        """Trap: until the line is matched the ledger has the same money twice."""
        self._wait_for_the_bank()
        self._pay(self._invoice([(None, 100)]), date=TODAY)
        self._invoice([(None, 40)], date=day(8))
        self.assertEqual((self._opened(), self._flows()[1]), (100, (40, 0)))
        self._bank_line(100, self.customer)
        board = self._board()
        self.assertEqual((self._opened(board), self._flows()[1]), (100, (40, 0)))
        self.assertEqual(board["opening"]["transit"], self.before["opening"]["transit"])
        self._bank_line(30, self.customer)
        self.assertEqual((self._opened(), self._flows()[1]), (130, (10, 0)), "30 beyond it")

    def test_on_the_statement_without_a_name(self):
        """A line without a partner is a payment of its amount; each payment once, both ways."""
        self._wait_for_the_bank()
        other = self.env["res.partner"].create({"name": "Other"})
        self._set_accounts(other)
        for partner in (self.customer, other):
            self._advance(50, date=TODAY, partner_id=partner.id)
        self._advance(20, kind="outbound", date=TODAY)
        self.assertEqual(self._opened(), 80)
        for amount, partner, total in (
            (70, None, 150),  # nobody registered 70
            (-20, None, 150),  # the payment to the customer
            (50, other, 150),  # his payment
            (50, None, 150),  # the customer's: the other's is told of by his line
            (50, None, 200),  # there are no three
        ):
            self._bank_line(amount, partner)
            self.assertEqual(self._opened(), total, (amount, partner))

    def test_gap_hidden_by_money_told_twice(self):
        """TN-27: the alert does not rely on money that is there once only."""
        self._wait_for_the_bank()
        self.env["crm.cash.gap"].search([]).unlink()
        self._advance(100, date=TODAY)
        self._bank_line(100, self.customer)
        self.company.cash_minimum = self.before["opening"]["total"] + 150
        self.assertTrue(self._watch())

    def test_unmatched_bank_lines_are_told(self):
        self._bank_line(90)
        opening = self._board()["opening"]
        before = self.before["opening"]
        self.assertEqual(opening["unmatched_count"] - before["unmatched_count"], 1)
        self.assertEqual(round(opening["unmatched"] - before["unmatched"], 2), 90)
        self.assertEqual(self._opened(), 90)
