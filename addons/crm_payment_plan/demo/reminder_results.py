"""Demo data: two lists of reminders that went out weeks ago, and what they brought."""

from datetime import timedelta

from odoo.fields import Command

#: Days ago on which the lists went out; customers of each; days late of the debts in them.
LISTS, CUSTOMERS, LATE = (20, 10), 6, 60


class DemoReminderResults:
    """Reminds of debts of the weekly files as they stood then; what was paid since is known."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()
        self.levels = env["crm.payment.reminder.level"].search(
            [("company_id", "=", self.company.id), ("channel", "=", "mail"), ("days", ">", 0)],
            order="days desc",
        )

    def tell(self):
        told = self.env["crm.payment.reminder"]
        for days in LISTS:
            told |= self._send(self.today - timedelta(days=days), told.partner_id)
        if told:
            self._deliver(told)
            told._judge_results(self.company, self.today)

    def _send(self, day, known):
        """The list of a day: customers with an address who had something overdue then."""
        debts = self._get_debts(day).filtered(
            lambda debt: debt.partner_id not in known
            and debt.partner_id._get_payment_recipients()[debt.partner_id.id]
        )
        customers = debts.partner_id[:CUSTOMERS]
        if not customers:
            return self.env["crm.payment.reminder"]
        run = self.env["crm.payment.reminder.run"].create(
            {
                "scope": "partners",
                "date": day,
                "user_id": self.env.ref("base.user_admin").id,
                "partner_ids": [Command.set(customers.ids)],
                "state": "done",
                "date_sent": day,
            }
        )
        by_customer = debts.grouped("partner_id")
        reminders = self.env["crm.payment.reminder"].create(
            [self._prepare(run, by_customer[customer]) for customer in customers]
        )
        for reminder in reminders:
            reminder._send()
        return reminders

    def _get_debts(self, day):
        """Debts of files that were overdue on a day and not paid yet; first those paid since."""
        debts = self.env["crm.receivable.item"].search(
            [("company_id", "=", self.company.id), ("partner_id", "!=", False),
             ("due_date", "<", day), ("due_date", ">=", day - timedelta(days=LATE))],
            order="amount desc, id",
        )  # fmt: skip
        payments = self.env["crm.receivable.payment"].search([("item_id", "in", debts.ids)])
        paid = payments.filtered(lambda payment: payment.date < day).item_id
        since = payments.item_id - paid
        return since + (debts - paid - since).filtered("open_amount")

    def _prepare(self, run, debts):
        customer = debts.partner_id
        days = max((run.date - debt.due_date).days for debt in debts)
        level = self.levels.filtered(lambda one: one.days <= min(days, 29))[:1]
        people = customer._get_payment_recipients()[customer.id]
        return {
            "run_id": run.id,
            "partner_id": customer.id,
            "level_id": level.id,
            "payer_class": customer.payer_class or "unrated",
            "recipient_ids": [Command.set(people.ids)],
            "amount": sum(debts.mapped("amount")),
            "document_count": len(debts),
            "days": days,
            "document_ids": [
                Command.create(
                    {
                        "company_id": self.company.id,
                        "key": f"f{debt.id}",
                        "document": debt.document,
                        "date": debt.date,
                        "due_date": debt.due_date,
                        "days": (run.date - debt.due_date).days,
                        "currency_id": debt.currency_id.id,
                        "amount": debt.amount,
                        "open_amount": debt.amount,
                        "company_amount": debt.amount,
                        "item_id": debt.id,
                        "level_id": level.id,
                        "is_new": True,
                    }
                )
                for debt in debts
            ],
        }

    def _deliver(self, reminders):
        """As if the outbox had done its work: all arrived but the last."""
        messages = reminders.message_id
        messages.mail_ids.unlink()
        messages.notification_ids.notification_status = "sent"
        reminders[-1:].message_id.notification_ids.notification_status = "bounce"
        for reminder in reminders:
            reminder.message_id.date = reminder.sent_date
