"""The claim comes after a reminder, also on the day on which reminding begins."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestFirstContact(ReminderCommon):
    def _level(self, day=0):
        return self._of(self._review(day)).level_id.days

    def test_the_shipped_claim(self):
        """PF-13: the claim says “in spite of our reminders”: there is one at least."""
        claim = self.env.ref("crm_payment_plan.reminder_level_claim")
        self.assertGreater(claim.after_days, 0)
        company = self.env["res.company"].create({"name": "Newly Founded"})
        own = self.Level.search([("company_id", "=", company.id), ("days", "=", 30)])
        self.assertEqual(own.after_days, claim.after_days, "those of new companies as well")

    def test_old_debts_of_the_first_day(self):
        """PF-13: a debt of forty days is first reminded of, and claimed ten days later."""
        self._rate("strict")
        self._invoice(-40)
        self.assertEqual(self._level(), 7)
        self.assertEqual(self._remind(), self.payer)
        self.assertFalse(self._remind(9))
        self.assertEqual(self._level(10), 30)
        self.assertEqual(self._remind(10), self.payer)
        self.assertFalse(self._remind(11))

    def test_each_debt_has_its_own_reminders(self):
        """PF-13: an older debt that was never reminded of is no reason to claim at once."""
        self._rate("strict")
        first = self._invoice(-29)
        self._remind()
        second = self._invoice(-50)
        reminder = self._of(self._review(10))
        levels = {one.document: one.level_id.days for one in reminder.document_ids}
        self.assertEqual(levels, {first.name: 30, second.name: 7})

    def test_a_notice_is_no_reminder(self):
        """PF-13: a polite notice before the due date does not make the claim true."""
        self._invoice(2)
        self.assertEqual(self._remind(), self.payer)
        self.assertEqual(self._level(40), 14)

    def test_new_due_date(self):
        """PF-13: reminders of the old due date do not count once a later one is agreed."""
        self._rate("strict")
        debt = self._file_debt("F-1", -8, 100)
        self._remind()
        debt.sudo().due_date = NIGHT + timedelta(days=10)
        self.assertEqual(self._level(45), 7)

    def test_a_person_may_claim(self):
        """PF-13: the level is a proposal: whoever looks may choose the claim."""
        self._invoice(-40)
        run = self._review()
        self._of(run).with_user(self.accountant).level_id = self.levels[30]
        self._send(run)
        self.assertIn("Claim", self._mails().subject)

    def test_rule_in_words(self):
        """PF-13: the level says when it is used; senseless rules are refused in words."""
        self.assertEqual(
            self.levels[30].when, "30 days after the due date, 10 after an earlier reminder"
        )
        for values in ({"after_days": -1}, {"days": -3, "after_days": 2}):
            with (
                self.subTest(values),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.levels[30].write(values)
                self.env.flush_all()
