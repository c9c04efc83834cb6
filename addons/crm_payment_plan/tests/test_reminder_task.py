"""Levels that end in a task of ours, who gets it, and the reference by which money is assigned."""

from psycopg2.errors import CheckViolation

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .reminder_common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderTask(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stop = cls.Level.create(
            {
                "name": "Stop deliveries", "days": 45, "channel": "task",
                "task_text": "Stop deliveries on credit", "task_user_id": cls.head.id,
                "company_id": cls.company.id,
            }
        )  # fmt: skip

    def test_task(self):
        """PF-13: at this level somebody stops deliveries; the customer gets nothing."""
        self.payer.email = False
        move = self._invoice(-50, 100)
        run = self._review()
        reminder = self._of(run)
        self.assertEqual((reminder.level_id, reminder.hold_reason), (self.stop, False))
        self._send(run)
        self.assertEqual((reminder.state, reminder.delivery), ("sent", "Task is planned"))
        task = reminder.activity_id
        self.assertEqual((task.user_id, task.summary), (self.head, "Stop deliveries on credit"))
        self.assertEqual((task.res_model, task.res_id), ("res.partner", self.payer.id))
        self.assertIn(move.name, task.note)
        self.assertNotIn(self.payer, self._mails().recipient_ids, "our colleague is told, not he")
        task.action_done()
        self.assertEqual(reminder.delivery, "Done")
        self.assertFalse(self._review(1).reminder_ids, "once a debt")

    def test_of_the_salesperson(self):
        """PF-13: without a person named, the salesperson does it."""
        self.stop.task_user_id = False
        self._invoice(-50)
        self._send(self._review())
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        self.assertEqual(reminder.activity_id.user_id, self.manager)

    def test_letter_of_the_night(self):
        """PF-13: a letter that nobody released is posted by an accountant, not by the robot."""
        self.levels[7].write({"channel": "letter", "is_automatic": True})
        self.company.reminder_assigner_id = self.accountant
        self.payer.user_id = False
        self._invoice(-8)
        run = self._review()
        self.assertFalse(run.user_id)
        self.patch(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf",
            lambda self, *args, **kwargs: (b"%PDF-1.4 letter", "pdf"),
        )  # fmt: skip
        run._send_automatic(run.reminder_ids.ids)
        self.assertEqual(self._of(run).state, "sent", self._of(run).error)
        self.assertEqual(self.payer.activity_ids.user_id, self.accountant)

    def test_settings(self):
        """PF-13: a task needs words, and no text of a mail; the form asks for what it needs."""
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.stop.task_text = False
            self.env.flush_all()
        self.assertIn("Task inside the company", self.stop.summary)
        with Form(self.env["crm.payment.reminder.level"].with_company(self.company)) as form:
            form.name = "Lawyers"
            form.days = 60
            form.channel = "task"
            form.task_text = "Hand it to the lawyers"
        self.assertFalse(form.record.template_id)

    def test_payment_reference(self):
        """PF-13: the reference to pay with stands in the mail where the name is not it."""
        plain = self._invoice(-8, 100)
        self.assertNotIn("Payment reference", str(self._of(self._review()).body))
        own = self._invoice(-9, 50, post=False)
        own.payment_reference = "RF18539007547034"
        own.action_post()
        body = str(self._of(self._review()).body)
        self.assertIn("Payment reference", body)
        self.assertIn("RF18539007547034", body)
        self.assertEqual(body.count(plain.name), 1, "the name of an invoice is told once")
        self.assertIn('colspan="4"', body)
