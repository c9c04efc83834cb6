"""What people decided stays, whoever looks at the debts again and whenever the list leaves."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderKept(ReminderCommon):
    def _contact(self, name="Ivan"):
        return self.env["res.partner"].create(
            {"name": name, "parent_id": self.payer.id, "email": f"{name.lower()}@example.com"}
        )

    # Recipients ---------------------------------------------------------------

    def test_recipients_chosen_by_hand(self):
        """PF-13: the mail for the director goes to the director after every look."""
        self._invoice(-8)
        director = self._contact("Director")
        run = self._review()
        self._of(run).with_user(self.accountant).recipient_ids = [Command.set(director.ids)]
        run.with_user(self.accountant).action_refresh()
        self.assertEqual(self._of(run).recipient_ids, director)
        self.assertEqual(self._of(self._review(1)).recipient_ids, director)
        self._send(run, 1)
        self.assertEqual(self._mails().recipient_ids, director)

    def test_cured_by_hand(self):
        """PF-13: an address chosen by hand, or a call, cures “No e-mail” for good."""
        self.payer.email = False
        self._invoice(-8)
        contact = self._contact()
        run = self._review()
        reminder = self._of(run).with_user(self.accountant)
        self.assertEqual(reminder.hold_reason, "no_email")
        reminder.recipient_ids = [Command.set(contact.ids)]
        run.with_user(self.accountant).action_refresh()
        self.assertEqual((reminder.hold_reason, reminder.chosen), (False, True))
        reminder.recipient_ids = [Command.clear()]
        run.with_user(self.accountant).action_refresh()
        self.assertEqual(reminder.hold_reason, "no_email")
        reminder.level_id = self.levels[14]
        run.with_user(self.accountant).action_refresh()
        self.assertEqual((reminder.hold_reason, reminder.chosen), (False, True))

    def test_default_recipients_follow(self):
        """PF-13: recipients that nobody chose follow the roles of the contacts."""
        self._invoice(-8)
        run = self._review()
        self.assertEqual(self._of(run).recipient_ids, self.payer)
        contact = self._contact()
        role = self.env.ref("crm_payment_plan.contact_role_payments")
        contact.contact_role_ids = [Command.link(role.id)]
        self.assertEqual(self._of(self._review()).recipient_ids, contact)

    # Two people ---------------------------------------------------------------

    def test_rows_stay(self):
        """PF-13: a look changes rows, it does not replace them: who has one open can save it."""
        other, paid = self._debtor("Second"), self._debtor("Paid")
        self._invoice(-8), self._invoice(-8, partner=other)
        gone = self._invoice(-8, partner=paid)
        run = self._review()
        rows = {one.partner_id: one.id for one in run.reminder_ids}
        self._entry(gone, 0)
        third = self._debtor("Third")
        self._invoice(-9, partner=third)
        more = self._invoice(-10, 30)
        self.assertEqual(self._review(), run)
        after = {one.partner_id: one.id for one in run.reminder_ids}
        self.assertEqual(set(after), {self.payer, other, third})
        self.assertEqual({one: after[one] for one in (self.payer, other)},
                         {one: rows[one] for one in (self.payer, other)})  # fmt: skip
        self.assertIn(more.name, self._documents(self._of(run)))
        self.assertEqual(self._of(run).amount, 130)
        self._of(run).with_user(self.accountant).write({"subject": "Typed meanwhile"})
        self.assertEqual(self._of(self._review()).subject, "Typed meanwhile")

    def test_nothing_new_writes_nothing(self):
        """PF-13: a look that finds what is known leaves the rows as they are."""
        self._invoice(-8)
        run = self._review()
        self.env.flush_all()
        before = self._of(run).write_date
        changed = []
        write = type(self.Reminder).write

        def noted(reminder, vals):
            changed.append(vals)
            return write(reminder, vals)

        self.patch(type(self.Reminder), "write", noted)
        self._review()
        self.assertEqual((changed, self._of(run).write_date), ([], before))

    def test_the_menu_opens_at_once(self):
        """PF-13: a list of today opens as it is; that of yesterday is looked at first."""
        self._invoice(-8)
        run = self._review()
        other = self._debtor("Second")
        self._invoice(-8, partner=other)
        Run = self.Run.with_user(self.accountant).with_company(self.company)
        with freeze_time(f"{NIGHT} 15:00:00"):
            self.assertEqual(Run.action_review()["res_id"], run.id)
            self.assertFalse(self._of(run, other))
            run.with_user(self.accountant).action_refresh()
            self.assertTrue(self._of(run, other))
            self.assertEqual(run.looked_date.hour, 15)
        third = self._debtor("Third")
        self._invoice(-8, partner=third)
        with freeze_time(NIGHT + timedelta(days=1)):
            Run.action_review()
        self.assertTrue(self._of(run, third))

    # Days later ---------------------------------------------------------------

    def test_week_list_after_the_weekend(self):
        """PF-21: a list of this week that leaves three days later reminds of what it showed."""
        self._rate("strict")
        move = self._invoice(-6)
        run = self._review(scope="week")
        self._send(run, 3)
        self.assertEqual(self._of(run).state, "sent", self._of(run).error)
        self.assertIn(move.name, self._mails().body_html)

    def test_why_it_was_not_sent(self):
        """PF-13: paid, reminded from another list, or not due any more: each told as it is."""
        elsewhere, moved = self._debtor("Elsewhere"), self._debtor("Moved")
        paid = self._invoice(-8)
        self._invoice(-8, partner=elsewhere)
        debt = self._file_debt("F-1", -8, 100, partner=moved)
        run = self._review()
        self._entry(paid, 0)
        self._send(self._review(scope="partners", partners=elsewhere))
        debt.sudo().due_date = NIGHT - timedelta(days=1)
        self._rate("strict", moved)
        self._send(run)
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"skipped"})
        self.assertIn("Paid or settled", self._of(run).hold_text)
        self.assertIn("from another list", self._of(run, elsewhere).hold_text)
        self.assertIn("Its turn is over", self._of(run, moved).hold_text)
