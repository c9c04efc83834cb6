"""Money that came by bank and stands nowhere yet: nobody who has paid is reminded."""

from odoo.tests import tagged

from .reminder_common import NIGHT, UnappliedCommon


@tagged("post_install", "-at_install")
class TestReminderUnapplied(UnappliedCommon):
    def _asked(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.payer.id),
             ("user_id", "=", self.accountant.id)]
        )  # fmt: skip

    def test_bank_line_nobody_matched(self):
        """PF-13: who paid by bank waits for accounting, not accounting for him; asked once."""
        self._bank_line(100)
        reminder = self._of(self._review())
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("unapplied", False))
        self.assertEqual(reminder.unapplied_amount, 100)
        activity = self._asked()
        self.assertEqual(len(activity), 1)
        self.assertIn("100", activity.summary)
        self._review(1)
        self._review(1, "partners", self.payer)
        self.assertEqual(self._asked(), activity, "asked once")

    def test_done_by_itself(self):
        """PF-13: once the money is assigned the activity is done and the reminder goes on."""
        line = self._bank_line(100)
        self._review()
        self.assertTrue(self._asked())
        line.partner_id = False
        self.assertFalse(self._of(self._review()).hold_reason)
        self.assertFalse(self._asked())
        self._bank_line(100)
        self._review()
        self.assertEqual(len(self._asked()), 1, "asked again when it happens again")

    def test_matched_line(self):
        """PF-13: a line that paid another invoice does not hold back what is open."""
        other = self._invoice(-20, 100)
        line = self._bank_line(100)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.receivable
        (suspense | other.line_ids).filtered(
            lambda one: one.account_id == self.receivable
        ).reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self._of(self._review()).hold_reason)

    def test_registered_and_on_the_statement(self):
        """PF-13: a payment that was registered and its bank line are the same money."""
        other = self._invoice(-20, 100)
        outstanding = self.env["account.account"].create(
            {"name": "Outstanding", "code": "DEBT9", "account_type": "asset_current",
             "reconcile": True, "company_ids": [(6, 0, self.company.ids)]}
        )  # fmt: skip
        self.bank_journal.inbound_payment_method_line_ids.payment_account_id = outstanding
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=other.ids
        ).create({"journal_id": self.bank_journal.id, "payment_date": NIGHT})._create_payments()
        self._bank_line(100)
        reminder = self._of(self._review())
        self.assertFalse(reminder.hold_reason)
        self.assertEqual(reminder.unapplied_amount, 0)
        self._bank_line(100)
        self.assertEqual(self._of(self._review()).hold_reason, "unapplied")

    def test_money_that_left(self):
        """PF-13: what we paid back is no receipt."""
        self._bank_line(-100)
        self.assertFalse(self._of(self._review()).hold_reason)

    def test_first_accountant(self):
        """PF-13: without a person named in the settings the first accountant is asked."""
        self.company.reminder_assigner_id = False
        user = self.company._get_payment_assigner()
        self.assertTrue(user.has_group("account.group_account_invoice"))
        self.accountant.active = False
        self.company.reminder_assigner_id = self.accountant
        self.assertNotEqual(self.company._get_payment_assigner(), self.accountant)
