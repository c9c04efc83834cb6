"""What reminders brought, and the weekly mail about debts."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderResults(ReminderCommon):
    def test_paid_within_a_week(self):
        """PF-13: a week later the night says how much of the debts was paid; once."""
        paid, half, open_ = (self._invoice(-8, 100) for _ in range(3))
        self._remind()
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        self._entry(paid, 3)
        self._entry(half, 5, 40)
        Judge = self.Reminder
        self.assertEqual(Judge._judge_results(self.company, NIGHT + timedelta(days=6)), 0)
        self.assertEqual(Judge._judge_results(self.company, NIGHT + timedelta(days=7)), 1)
        self.assertEqual((reminder.asked_amount, reminder.paid_amount), (300, 140))
        self._entry(open_, 8)
        self.assertEqual(Judge._judge_results(self.company, NIGHT + timedelta(days=8)), 0)
        self.assertEqual(reminder.paid_amount, 140, "what comes later is not its result")

    def test_night(self):
        """PK-12: the stage of the night judges."""
        self._invoice(-8)
        self._remind()
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        night = self.env["crm.nightly.run"]._create_run(self.company, NIGHT, "manual")
        stage = night.stage_ids.filtered(lambda one: one.code == "payment_result")
        self.company.reminder_nightly = False  # what was sent is judged nevertheless
        with freeze_time(NIGHT + timedelta(days=7, hours=1)):
            night._stage_payment_result(stage)
        self.assertEqual((reminder.asked_amount, reminder.paid_amount), (100, 0))

    def test_analysis(self):
        """PF-28: results by level and month for those who see reminders."""
        move = self._invoice(-8)
        self._remind()
        self._entry(move, 1)
        self.Reminder._judge_results(self.company, NIGHT + timedelta(days=7))
        action = self.env.ref("crm_payment_plan.crm_payment_reminder_action_results")
        for kind in ("pivot", "graph"):
            self.assertIn(kind, action.view_mode)
            self.Reminder.with_user(self.accountant).get_view(view_type=kind)
        rows = self.Reminder.with_user(self.accountant).formatted_read_group(
            [("judged_date", "!=", False), ("partner_id", "=", self.payer.id)],
            ["level_id", "sent_date:month"], ["asked_amount:sum", "paid_amount:sum"],
        )  # fmt: skip
        self.assertEqual(
            [(row["asked_amount:sum"], row["paid_amount:sum"]) for row in rows], [(100, 100)]
        )


@tagged("post_install", "-at_install")
class TestDebtDigest(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Digest = cls.env["crm.debt.digest"]
        cls.company.resource_calendar_id.tz = "Europe/Moscow"
        cls.mine = cls._debtor("Second mine")
        cls.theirs = cls._debtor("Colleague's", user=cls.colleague)

    def _mail(self, user):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", user.partner_id.ids), ("subject", "like", "Overdue:")]
        )

    def _world(self):
        """Three customers: 100 + 50 of the manager, 900 of the colleague."""
        self._invoice(-8, 60), self._invoice(-40, 40)
        self._invoice(-95, 50, partner=self.mine)
        self._invoice(-70, 900, partner=self.theirs)
        self._invoice(5, 7000, partner=self.mine)

    def _week(self, day=NIGHT):
        return self.Digest._send_week(self.company, day)

    def test_figures(self):
        """PF-28: to each salesperson his customers, to heads all; sums by age."""
        self._world()
        sent = self._week()
        self.assertLessEqual(self.manager | self.colleague | self.head, sent.user_id)
        self.assertNotIn(self.viewer, sent.user_id)
        rows = self.Digest._get_debtors(self.company, NIGHT)
        readers = self.Digest._get_readers(self.company, rows)
        figures = self.Digest._prepare_figures(readers[self.manager], {})
        self.assertEqual(figures["amount"], 150)
        self.assertEqual(figures["buckets"], [60, 40, 0, 50])
        everything = self.Digest._prepare_figures(readers[self.head], {})
        own = {row["partner_id"]: row["amount"] for row in readers[self.head]}
        self.assertEqual(
            [own[one.id] for one in (self.payer, self.mine, self.theirs)], [100, 50, 900]
        )
        self.assertEqual(sum(everything["buckets"]), everything["amount"])
        body = self._mail(self.manager).body_html
        self.assertIn("Second mine", body)
        self.assertNotIn("Colleague's".replace("'", "&#39;"), body)
        self.assertNotIn("Colleague", body)
        self.assertIn("150.00", self._mail(self.manager).subject)
        self.assertIn("Colleague", self._mail(self.head).body_html)

    def test_what_the_week_brought(self):
        """PF-13: reminders and what was paid after them, promises kept and broken."""
        move, other = self._invoice(-8, 60), self._invoice(-8, 40)
        self._remind(-7)
        self._entry(move, -3)
        self.Reminder._judge_results(self.company, NIGHT)
        self._promise(-2, 40, made=-6)
        self.Promise._judge_company(self.company, NIGHT)
        self._week()
        body = self._mail(self.manager).body_html
        self.assertIn("60 %", " ".join(body.split()).replace("( ", "(").replace(" %", " %"))
        self.assertIn("broken", body)
        self.assertTrue(other)

    def test_once_a_week(self):
        """PF-28: again within the week nothing is sent; the next week it is."""
        self._world()
        self.assertTrue(self._week())
        self.assertFalse(self._week())
        self.assertFalse(self._week(NIGHT + timedelta(days=4)))
        self.assertEqual(len(self._mail(self.manager)), 1)
        self.assertTrue(self._week(NIGHT + timedelta(days=7)))
        self.company.reminder_weekly = False
        self.assertFalse(self._week(NIGHT + timedelta(days=14)))

    def test_first_working_day(self):
        """PF-28: a week that begins on Sunday is told of on Monday; with the morning's digests."""
        self._world()
        self.company.plan_week_start = "7"
        self.assertFalse(self._week(NIGHT - timedelta(days=1)))
        self.env["crm.call.digest"]._send(self.company, NIGHT)
        digest = self.Digest.search([("user_id", "=", self.manager.id)])
        self.assertEqual(digest.day, NIGHT - timedelta(days=1))

    def test_people_of_other_companies(self):
        """PF-28, EC-17: who does not work in the company does not learn what is owed to it."""
        self._world()
        second = self.env["res.company"].create({"name": "Second"})
        stranger = new_test_user(
            self.env, login="digest_stranger", groups="sales_team.group_sale_salesman",
            company_id=second.id, company_ids=[Command.set(second.ids)],
        )  # fmt: skip
        theirs = self._debtor("Shared", user=stranger)
        self._invoice(-8, 77, partner=theirs)
        sent = self._week()
        self.assertNotIn(stranger, sent.user_id)
        self.assertFalse(self._mail(stranger))
        self.assertIn("Shared", self._mail(self.head).body_html)

    def test_planned_payments(self):
        """PF-28: payments planned on contracts that nobody invoiced are told of as well."""
        self._contract([(500, -12)], partner=self.mine)
        self._week()
        body = " ".join(self._mail(self.manager).body_html.split())
        self.assertIn("500.00", self._mail(self.manager).subject)
        self.assertIn("not invoiced yet", body)

    def test_without_nightly_sweep(self):
        """PF-28: a company that has switched the nightly sweep off gets its digest."""
        self._world()
        self.company.nightly_active = False
        self.env["crm.call.digest"]._cron_send()
        self.assertTrue(self._mail(self.manager))

    def test_nobody_owes(self):
        """PF-28: who has no overdue customer gets no mail."""
        self._invoice(5, 100)
        self.assertNotIn(self.manager, self._week().user_id)
