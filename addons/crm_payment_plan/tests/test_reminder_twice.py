"""Two workers at one time: each debt is reminded of once, whoever is first."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT

SEND = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_send"


@tagged("post_install", "-at_install")
class TestTwoWorkers(TransactionCase):
    """Real connections, on a debt that is committed and removed again at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{NIGHT} 09:00:00"))
        cls.connection = db_connect(cls.env.cr.dbname)

    def setUp(self):
        super().setUp()
        with self.connection.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            self.made = self._make_debt(env)
        self.addCleanup(self._remove)

    def _make_debt(self, env):
        """A debt of a file, which became overdue this week; ids of all that was made."""
        company = env.ref("base.main_company")
        partner = env["res.partner"].create(
            {"name": "Two Workers Ltd", "is_company": True, "email": "two@example.com",
             "tz": company.nightly_tz}
        )  # fmt: skip
        source = env["crm.receivable.source"].create(
            {"name": "Two workers", "company_id": company.id}
        )
        firm = env["crm.receivable.firm"].create(
            {"company_id": company.id, "key": "two-workers", "name": partner.name,
             "partner_id": partner.id}
        )  # fmt: skip
        item = env["crm.receivable.item"].create(
            {"company_id": company.id, "source_id": source.id, "firm_id": firm.id,
             "partner_id": partner.id, "key": "TW-1", "document": "TW-1", "number": "TW-1",
             "date": NIGHT - timedelta(days=33), "due_date": NIGHT - timedelta(days=3),
             "due_source": "file", "amount": 100, "open_amount": 100,
             "currency_id": company.currency_id.id}
        )  # fmt: skip
        Run = env["crm.payment.reminder.run"].with_company(company)
        levels = env["crm.payment.reminder.level"].search([("company_id", "=", company.id)])
        self.assertTrue(levels)
        runs = [Run._make(scope, partner if scope == "partners" else None)
                for scope in ("week", "partners")]  # fmt: skip
        reminders = [
            run.reminder_ids.filtered(lambda one: one.partner_id == partner) for run in runs
        ]
        self.assertTrue(all(one.chosen for one in reminders), [r.hold_reason for r in reminders])
        return {
            "partner": partner.id, "source": source.id, "firm": firm.id, "item": item.id,
            "runs": [run.id for run in runs], "reminders": [one.id for one in reminders],
        }  # fmt: skip

    def _remove(self):
        with self.connection.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            made = self.made
            cursor.execute(
                "DELETE FROM mail_message WHERE model = 'res.partner' AND res_id = %s",
                (made["partner"],),
            )
            for table, ids in (
                ("crm_payment_reminder_run", made["runs"]),
                ("crm_receivable_item", [made["item"]]),
                ("crm_receivable_firm", [made["firm"]]),
                ("crm_receivable_source", [made["source"]]),
            ):
                # Names of this file only, nothing from outside.
                cursor.execute(  # pylint: disable=sql-injection
                    f"DELETE FROM {table} WHERE id = ANY(%s)", (ids,)
                )
            env["res.partner"].browse(made["partner"]).unlink()

    def _worker(self, cursor):
        env = api.Environment(cursor, SUPERUSER_ID, {})
        return env["crm.payment.reminder"].browse(self.made["reminders"])

    def _count_mails(self):
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM mail_message m JOIN mail_mail x ON x.mail_message_id = m.id"
                " WHERE m.model = 'res.partner' AND m.res_id = %s",
                (self.made["partner"],),
            )
            return cursor.fetchone()[0]

    def _send(self, reminder):
        reminder.run_id._send_batch(reminder.ids)
        reminder.env.flush_all()

    def test_one_list(self):
        """PF-13: what one worker sends at this moment the other leaves alone."""
        with self.connection.cursor() as first, self.connection.cursor() as second:
            one, other = self._worker(first)[0], self._worker(second)[0]
            self._send(one)
            self.assertEqual(one.state, "sent")
            self._send(other)
            self.assertEqual(other.state, "waiting", "left to the one who has it")
            second.rollback()
            first.commit()
        with self.connection.cursor() as third:
            late = self._worker(third)[0]
            self._send(late)
            self.assertEqual(late.state, "sent")
        self.assertEqual(self._count_mails(), 1)

    def test_two_lists(self):
        """PF-13: of two lists with the same debt one reminds; the index stops the other."""
        with self.connection.cursor() as first, self.connection.cursor() as second:
            one, other = self._worker(first)[0], self._worker(second)[1]
            other.read(["state"])  # its picture of the database is older than ...
            self._send(one)
            first.commit()  # ... what the first one did
            with mute_logger("odoo.sql_db", SEND):
                self._send(other)
            self.assertEqual(other.state, "failed")
            self.assertIn("Somebody else reminds of these debts", other.error)
            second.commit()
        self.assertEqual(self._count_mails(), 1)

    def test_one_after_the_other(self):
        """PF-13: a list that comes later sees that the debt was reminded of."""
        for place in (0, 1):
            with self.connection.cursor() as cursor:
                self._send(self._worker(cursor)[place])
        with self.connection.cursor() as cursor:
            late = self._worker(cursor)[1]
            self.assertEqual((late.state, late.hold_reason), ("waiting", "sent"))
        self.assertEqual(self._count_mails(), 1)
