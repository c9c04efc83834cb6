"""One button for all that became overdue this week, and what lists say of themselves."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderWeek(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.nightly_tz = "Pacific/Auckland"
        cls.domain = [("overdue_week", "=", True), ("company_id", "=", cls.company.id)]

    def _names(self, run):
        """Documents of a list that became overdue this week: (of the list of debts, planned)."""
        items = run.reminder_ids.document_ids.filtered(lambda one: 1 <= one.days <= 7)
        planned = items.filtered("payment_id")
        return sorted((items - planned).mapped("document")), planned.payment_id

    def test_list_and_button(self):
        """PF-21: the button reminds of what the list shows, in whatever zone it is pressed.

        At 23:30 in Moscow it is the next day already where the company is.
        """
        moment = f"{NIGHT} 20:30:00"
        due = {day: self._invoice(day).name for day in (-8, -7, -6, -1, 0, 1)}
        self._file_debt("F-1", -3, 40)
        contract = self._contract([(70, -2)])
        self.accountant.tz = "Europe/Moscow"
        with freeze_time(moment):
            debts = self.env["crm.receivable"].with_user(self.accountant)
            debts = debts.with_context(tz="Europe/Moscow")
            listed = debts.search(self.domain)
            run = self.Run.browse(debts.action_overdue_week()["res_id"])
            self.assertTrue(all(listed.mapped("overdue_week")))
            rest = debts.search(
                [("overdue_week", "=", False), ("company_id", "=", self.company.id)]
            )
        self.assertEqual(run.date, NIGHT + timedelta(days=1))
        names, planned = self._names(run)
        self.assertEqual(names, sorted(listed.mapped("document")))
        self.assertEqual(names, sorted([due[-6], due[-1], due[0], "Sale F-1"]))
        self.assertFalse(listed & rest)
        self.assertIn(due[-7], rest.mapped("document"))
        self.assertEqual(planned, contract.payment_ids)
        self.assertEqual(run.plan_count, 1, "what the list of debts cannot show is told")
        self.assertEqual(
            self.env["crm.contract.payment"].search(run.action_view_plan()["domain"]), planned
        )

    def test_filter_of_the_list(self):
        """PF-21: the page behind the button opens with this filter."""
        action = self.env.ref("crm_payment_plan.crm_receivable_action_week")
        self.assertIn("search_default_overdue_week", action.context)
        arch = self.env["crm.receivable"].get_view(view_type="search")["arch"]
        self.assertIn("[('overdue_week', '=', True)]", arch)

    def test_empty_lists(self):
        """PF-13, PF-21: why a list is empty is said of that list."""
        texts = {
            "due": "reached a level",
            "week": "within the last seven days",
            "partners": "chosen customers have nothing",
        }
        for scope, words in texts.items():
            run = self._review(scope=scope, partners=self.payer)
            self.assertFalse(run.reminder_ids)
            with Form(run.with_user(self.accountant)) as form:
                self.assertIn(words, form.empty_text, scope)

    def test_dropped(self):
        """PF-13: a dropped list offers the next one, with the same debts."""
        self._invoice(-8)
        run = self._review().with_user(self.accountant)
        run.action_cancel()
        action = run.action_new_list()
        fresh = self.Run.browse(action["res_id"])
        self.assertNotEqual(fresh, run)
        self.assertTrue(self._of(fresh))
        with self.assertRaises(AccessError):
            run.with_user(self.manager).action_new_list()
