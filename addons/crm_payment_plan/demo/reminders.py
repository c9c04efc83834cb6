"""Demo data: overdue customers to remind, promises of every kind, a dispute, a quiet customer."""

from datetime import timedelta

from odoo.fields import Command

from .reminder_results import DemoReminderResults

PEOPLE = ("Ольга Смирнова", "Пётр Васильев", "Марина Котова", "Игорь Лебедев")


class DemoReminders:
    """People who answer for payments, what they promised, and the list that waits for a look."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()

    def tell(self):
        DemoReminderResults(self.env).tell()
        run = self.env["crm.payment.reminder.run"]._get_open(self.company)
        reminders = run.reminder_ids.filtered(lambda one: one.level_id.days > 0)
        if len(reminders) < 5:
            return
        customers = reminders.partner_id
        self._people(customers)
        self._promises(reminders)
        self._dispute(reminders)
        customers[-2].write(
            {
                "reminder_pause_until": self.today + timedelta(days=10),
                "reminder_pause_reason": "Переезд склада, договорились с директором",
            }
        )
        run._prepare()

    def _people(self, customers):
        """Two customers have nobody for payments: one is written to the office, one is not."""
        role = self.env.ref("crm_payment_plan.contact_role_payments")
        for place, customer in enumerate(customers[:-2]):
            name = PEOPLE[place % len(PEOPLE)]
            self.env["res.partner"].create(
                {
                    "parent_id": customer.id,
                    "name": name,
                    "function": "Главный бухгалтер",
                    "email": f"buh{place + 1}@example.com",
                    "contact_role_ids": [Command.link(role.id)],
                    "lang": customer.lang,
                }
            )
        customers[-1].email = False
        customers[-1].child_ids.email = False

    def _promises(self, reminders):
        # All that this customer owes is overdue: its reminder waits as a whole.
        waiting = reminders.filtered(
            lambda one: all(days > 0 for days in one.document_ids.mapped("days"))
        )
        for reminder, made, due, note in (
            (waiting[:1], 2, 3, "Оплатят после прихода аванса от своего заказчика"),
            (reminders[1], 25, -14, "Обещал директор"),
            (reminders[2], 40, -30, "Бухгалтер: платёж в пятницу"),
        ):
            if not reminder:
                continue
            customer = reminder.partner_id
            self.env["crm.payment.promise"].create(
                {
                    "partner_id": customer.id,
                    "amount": sum(reminder.document_ids.mapped("company_amount")),
                    "date_made": self.today - timedelta(days=made),
                    "date": self.today + timedelta(days=due),
                    "note": note,
                    "user_id": customer.user_id.id or self.env.uid,
                }
            )

    def _dispute(self, reminders):
        """The oldest debt of a file: the customer's other debts are reminded of."""
        items = reminders[1:].document_ids.filtered(lambda one: one.item_id and one.days > 0)
        item = items.sorted("due_date")[:1].item_id
        customer = item.partner_id
        if item:
            self.env["crm.payment.dispute"].create(
                {
                    "item_id": item.id,
                    "reason": "goods",
                    "note": "Два ящика пришли с битыми фарами, ждут замены",
                    "user_id": customer.user_id.id or self.env.uid,
                }
            )
