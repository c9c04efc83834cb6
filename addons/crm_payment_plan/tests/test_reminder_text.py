"""What stands in a mail or letter to one customer: names, debts, our account and phone."""

import io
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext
from odoo.tools.pdf import PdfReader

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderText(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {"acc_number": "40702810900000012345", "partner_id": cls.company.partner_id.id,
             "sequence": -1}
        )  # fmt: skip
        cls.manager.phone = "+7 831 200-11-22"

    def test_personal(self):
        """PF-22: greeted by name, with our requisites, signed by who answers for the customer."""
        role = self.env.ref("crm_payment_plan.contact_role_payments")
        for name in ("Olga", "Petr"):
            self.env["res.partner"].create(
                {"name": name, "parent_id": self.payer.id, "email": f"{name}@example.com",
                 "contact_role_ids": [Command.link(role.id)]}
            )  # fmt: skip
        move = self._invoice(-8, 1234.5)
        run = self._review()
        self.assertEqual(self._of(run).greeting_name, "Olga, Petr")
        self._send(run)
        text = html2plaintext(self._mails().body_html)
        for words in (
            "Olga, Petr", "40702810900000012345", "+7 831 200-11-22", self.manager.name, move.name,
            self.company.name,
        ):  # fmt: skip
            self.assertIn(words, text)
        self.assertEqual(text.count("1,234.50"), 2, "the debt, and the total")

    def test_nobody_by_name(self):
        """PF-22: a company whose people are not known is greeted by its own name."""
        self._invoice(-8)
        reminder = self._of(self._review())
        self.assertEqual(reminder.greeting_name, "Payer")
        self.assertIn("40702810900000012345", reminder.requisites_html)

    def test_text_of_the_level_again(self):
        """PF-22: what was written by hand is given up by a button."""
        self._invoice(-8)
        reminder = self._of(self._review()).with_user(self.accountant)
        before = reminder.body
        reminder.write({"subject": "Another", "body": "<p>Dear friend</p>"})
        self.assertEqual((reminder.subject, reminder.custom_subject), ("Another", "Another"))
        action = reminder.action_reset_text()
        self.assertEqual(action["res_id"], reminder.id)
        self.assertFalse(reminder.custom_body or reminder.custom_subject)
        self.assertEqual(reminder.body, before)
        self.assertNotEqual(reminder.subject, "Another")

    def test_end_of_the_pause(self):
        """PF-13: the pause ends by a button, and reminders go on."""
        self.payer.write(
            {"reminder_pause_until": NIGHT + timedelta(days=3), "reminder_pause_reason": "Fire"}
        )
        self._invoice(-8)
        self.assertEqual(self._of(self._review()).hold_reason, "pause")
        self.payer.with_user(self.manager).action_end_reminder_pause()
        self.assertFalse(self.payer.reminder_pause_until or self.payer.reminder_pause_reason)
        self.assertFalse(self._of(self._review()).hold_reason)
        with self.assertRaises(UserError):
            self.env["res.partner"].action_end_reminder_pause()

    def test_debts_of_unknown_firms(self):
        """PF-20: the button shows those debts and no others."""
        known = self._file_debt("F-1", -8, 30)
        firm = self.Firm.create(
            {"company_id": self.company.id, "key": "n:unknown", "name": "Unknown Ltd"}
        )
        unknown = self._file_debt("F-2", -8, 30)
        unknown.sudo().write({"firm_id": firm.id, "partner_id": False})
        run = self._review().with_user(self.accountant)
        self.assertEqual(run.unknown_count, 1)
        action = run.action_view_unknown()
        search = self.env["crm.receivable"].get_view(view_type="search")["arch"]
        for name in action["context"]:
            self.assertIn(f'name="{name.removeprefix("search_default_")}"', search)
        found = self.env["crm.receivable"].search(
            [("partner_id", "=", False), ("due_date", "<", run.date)]
        )
        self.assertIn(unknown, found.item_id)
        self.assertNotIn(known, found.item_id)

    def test_dropped_lists_go(self):
        """PF-13: lists dropped half a year ago go; what was sent stays, whatever became of it."""
        self._invoice(-8)
        dropped, fresh = self._review(), None
        dropped.with_user(self.accountant).action_cancel()
        fresh = self._review()
        fresh.with_user(self.accountant).action_cancel()
        kept = self._review()
        self._send(kept)
        kept.sudo().state = "cancelled"
        (dropped | kept).date = fields.Date.today() - timedelta(days=181)
        self.Run._gc_dropped_lists()
        self.assertFalse(dropped.exists())
        self.assertEqual((fresh | kept).exists(), fresh | kept)

    def test_letters_in_one_file(self):
        """PF-13: the letters of a list print as one file, a page each, with name and sum."""
        self.levels[7].channel = "letter"
        other = self._debtor("Orion Parts", city="Tver")
        self._invoice(-8, 1234.5)
        self._invoice(-9, 777.25, partner=other)
        run = self._review().with_user(self.accountant)
        with self.assertRaises(UserError):
            run.action_print_letters()
        reports = type(self.env["ir.actions.report"])
        prepare = reports._pre_render_qweb_pdf

        def really(self, *args, **kwargs):
            return prepare(self.with_context(force_report_rendering=True), *args, **kwargs)

        with patch.object(reports, "_pre_render_qweb_pdf", really), self.allow_pdf_render():
            self._send(run)
        self.assertEqual(run.letter_count, 2, run.reminder_ids.mapped("error"))
        action = run.action_print_letters()
        file = self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0]))
        self.assertEqual(
            file.with_user(self.accountant).raw[:4], b"%PDF", "who printed it may open it"
        )
        pages = [
            " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(file.raw)).pages
        ]
        self.assertEqual(len(pages), 2)
        self.assertEqual([("1,234.50" in page, "Payer" in page) for page in pages].count(
            (True, True)), 1)  # fmt: skip
        self.assertEqual([("777.25" in page, "Orion Parts" in page) for page in pages].count(
            (True, True)), 1)  # fmt: skip
        self.assertTrue(all("40702810900000012345" in page for page in pages))
