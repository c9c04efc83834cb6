"""The demo data tells what it is meant to show, also where there is no demo database."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..demo.bills import BILLS, DemoBills
from ..demo.reminder_results import DemoReminderResults
from .common import PlanCommon
from .reminder_common import ReminderCommon


@tagged("post_install", "-at_install")
class TestDemoResults(ReminderCommon):
    def test_results_of_reminders(self):
        """PF-13: Results of Reminders are not empty: asked, paid, arrived and come back."""
        today = self.company._get_local_today()
        payers = [self._debtor(f"Payer {place}") for place in range(8)]
        for place, payer in enumerate(payers):
            paid = place % 2
            item = self._file_debt(f"D-{place}", -25 - place, 100, partner=payer)
            item.due_date = today - timedelta(days=25 + place)
            if paid:
                item.open_amount = 0
                self.env.cr.execute(
                    """INSERT INTO crm_receivable_payment
                              (item_id, company_id, date, amount, inferred)
                       VALUES (%s, %s, %s, 100, FALSE)""",
                    (item.id, self.company.id, today - timedelta(days=15)),
                )
        DemoReminderResults(self.env(context={"allowed_company_ids": self.company.ids})).tell()
        judged = self.Reminder.search([("judged_date", "!=", False)])
        self.assertEqual(len(judged), 8)
        self.assertEqual(len(judged.run_id), 2)
        self.assertGreater(sum(judged.mapped("paid_amount")), 0)
        self.assertLess(sum(judged.mapped("paid_amount")), sum(judged.mapped("asked_amount")))
        self.assertEqual(set(judged.mapped("delivery")), {"Mail left", "Came back"})
        self.assertFalse(judged.message_id.mail_ids, "nobody is written to")


@tagged("post_install", "-at_install")
class TestDemoBills(PlanCommon):
    def test_three_bills(self):
        """HU-08: one bill at the head's, one beyond the budget at the director's, one paid."""
        category = self.env.ref("crm_payment_plan.crm_cash_category_rent")
        rent = self.env["account.account"].create(
            {"name": "Rent", "code": "T7110", "account_type": "expense",
             "company_ids": [Command.set(self.company.ids)]}
        )  # fmt: skip
        category.account_ids = [Command.link(rent.id)]
        today = self.company._get_local_today()
        self.env["crm.cash.budget"].search([]).action_cancel()
        self.env["crm.cash.budget"].create(
            {"name": "Year", "date_from": f"{today.year}-01-01", "date_to": f"{today.year}-12-31",
             "line_ids": [Command.create({"category_id": category.id, "amount": 85_000,
                                          "date": today.replace(day=1)})]}
        ).action_approve()  # fmt: skip
        for name in {name for name, *_rest in BILLS if name}:
            partner = self.env["res.partner"].create({"name": name})
            self._set_accounts(partner)
            self._contract(300_000, [(300_000, today)], kind=self.purchase, partner_id=partner.id)
        # The process belongs to whoever reads the demo.
        DemoBills(self.env, rent).tell(self.bank_journal)
        process = self.env["bpm.process"].search(
            [("template_id", "=", self.env.ref("crm_payment_plan.template_bill_payment").id)],
            order="id desc", limit=1,
        )  # fmt: skip
        instances = self.env["bpm.instance"].search([("process_id", "=", process.id)], order="id")
        open_tasks = [
            instance.task_ids.filtered(lambda task: task.state == "todo").mapped(
                "element_id.element_id")
            for instance in instances
        ]  # fmt: skip
        self.assertEqual(open_tasks, [["Agree_head"], ["Agree_director"], []])
        self.assertEqual(instances[-1].result, "Paid", instances[-1].error)
