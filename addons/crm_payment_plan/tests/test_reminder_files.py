"""What goes along with a reminder: invoices, statement, a copy, links to the portal."""

import io
from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..models.crm_payment_reminder_files import FILES_AT_ONCE
from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderFiles(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levels[7].attach_invoices = True

    def _send_printed(self, run):
        """Send with real PDF files: tests get HTML otherwise."""
        reports = type(self.env["ir.actions.report"])
        prepare = reports._pre_render_qweb_pdf

        def really(self, *args, **kwargs):
            return prepare(self.with_context(force_report_rendering=True), *args, **kwargs)

        with patch.object(reports, "_pre_render_qweb_pdf", really), self.allow_pdf_render():
            self._send(run)

    def _text(self, attachment):
        pages = PdfReader(io.BytesIO(attachment.raw)).pages
        return " ".join(page.extract_text() for page in pages)

    def test_invoices_of_the_table(self):
        """PF-13: a PDF of each debt in the table, none of a paid, disputed or coming one."""
        first, second = self._invoice(-8, 100), self._invoice(-2, 50)
        paid, disputed = self._invoice(-9, 10), self._invoice(-9, 20)
        self._invoice(10, 999)
        self.Dispute.create({"move_id": disputed.id, "reason": "goods", "user_id": self.manager.id})
        contract = self._contract([(70, -8)])
        run = self._review()
        self._entry(paid, 0)
        self._send_printed(run)
        self.assertEqual(self._of(run).state, "sent", self._of(run).error)
        files = self._mails().attachment_ids
        names = sorted(files.mapped("name"))
        self.assertEqual(len(names), 3, names)
        joined = " ".join(names)
        for move in (first, second):
            self.assertIn(move.name.replace("/", "-"), joined)
        self.assertIn(contract.number.replace("/", "-"), joined)
        for file in files:
            self.assertTrue(file.raw.startswith(b"%PDF"))
        of_first = files.filtered(lambda one: first.name.replace("/", "-") in one.name)
        self.assertIn(first.name, self._text(of_first))

    def test_the_invoice_that_was_sent(self):
        """PF-13: the file that the customer got before is sent again, not another one."""
        move = self._invoice(-8, 100)
        self.env["ir.attachment"].create(
            {"name": "Sent.pdf", "raw": b"%PDF-1.4 as sent", "res_model": "account.move",
             "res_id": move.id, "res_field": "invoice_pdf_report_file"}
        )  # fmt: skip
        move.invalidate_recordset()
        self._send(self._review())
        file = self._mails().attachment_ids
        self.assertEqual((file.name, file.raw), ("Sent.pdf", b"%PDF-1.4 as sent"))

    def test_statement(self):
        """PF-13: the statement goes along if the level says so; its balance is the debt."""
        self.levels[7].write({"attach_invoices": False, "attach_statement": True})
        self._invoice(-8, 123.45)
        run = self._review()
        self._send_printed(run)
        file = self._mails().attachment_ids
        self.assertEqual(len(file), 1)
        self.assertIn(str(NIGHT), file.name)
        self.assertIn("123.45", self._text(file))

    def test_statement_that_would_deny_the_debt(self):
        """PF-13, PF-20: debts of files and plans stand in no posted entry: no statement goes."""
        self.levels[7].write({"attach_invoices": False, "attach_statement": True})
        planned = self._debtor("Planned")
        self._contract([(70, -8)], partner=planned)
        mixed = self._debtor("Mixed")
        for partner in (self.payer, mixed):
            self._file_debt(f"F-{partner.id}", -8, 100, partner=partner)
        self._invoice(-8, 30, partner=mixed)
        owed = self._debtor("We owe him more")
        self._invoice(-8, 40, partner=owed)
        self._entry_we_owe(owed, 90)
        run = self._review()
        run._send_chosen()
        for partner in (self.payer, planned, mixed, owed):
            self.assertEqual(self._of(run, partner).state, "sent", partner.name)
            self.assertFalse(self._mails(partner).attachment_ids, partner.name)
            notes = " ".join(partner.message_ids.mapped("body"))
            self.assertIn("without a reconciliation statement", notes)

    def test_statement_with_money_not_assigned(self):
        """PF-13: money that the mail names as not assigned lowers the statement as well."""
        self.levels[7].write({"attach_invoices": False, "attach_statement": True})
        self._invoice(-8, 100)
        self._entry_we_owe(self.payer, 30, self.receivable)
        self._send_printed(self._review())
        self.assertIn("70.00", self._text(self._mails().attachment_ids))

    def _entry_we_owe(self, partner, amount, account=None):
        """A posted entry in favour of the customer: a bill of his, or money he paid."""
        payable = account or self.env["account.account"].create(
            {"name": "Creditors", "code": f"CRED{partner.id}", "account_type":
             "liability_payable", "reconcile": True,
             "company_ids": [Command.set(self.company.ids)]}
        )  # fmt: skip
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT - timedelta(days=1),
                "line_ids": [
                    Command.create({"account_id": self.bank.id, "debit": amount}),
                    Command.create({"account_id": payable.id, "credit": amount,
                                    "partner_id": partner.id}),
                ],
            }
        ).action_post()  # fmt: skip

    def test_nothing_asked(self):
        """PF-13: a level that asks for no files sends none."""
        self.levels[7].attach_invoices = False
        self._invoice(-8)
        self._send(self._review())
        self.assertFalse(self._mails().attachment_ids)

    def test_copy(self):
        """PF-13: the responsible gets a copy, the customer does not get two mails."""
        self.levels[7].write({"attach_invoices": False, "copy_responsible": True})
        self._invoice(-8)
        self._send(self._review())
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_cc, self.manager.email_formatted)
        sent = mail._prepare_outgoing_list()
        self.assertEqual(len([one for one in sent if one["partner_id"] == self.payer]), 1)
        self.assertIn([self.manager.email_formatted], [one["email_cc"] for one in sent])

    def test_links(self):
        """PF-13: each invoice in the mail opens on the portal without a login."""
        self.levels[7].attach_invoices = False
        move = self._invoice(-8)
        run = self._review()
        self.assertNotIn("access_token", str(self._of(run).body), "a look gives nobody access")
        self._send(run)
        body = self._mails().body_html
        self.assertIn(f"/my/invoices/{move.id}?access_token={move.access_token}", body)

    def test_long_lists_with_files(self):
        """PF-13: each file is printed: a list with more than a few leaves in the background."""
        few, many = self._debtor("Few"), self._debtor("Many")
        for place in range(FILES_AT_ONCE):
            self._invoice(-8 - place, partner=few)
            self._invoice(-8 - place, partner=many)
        run = self._review()
        self._of(run, few).with_user(self.accountant).chosen = False
        self.assertFalse(run._takes_long(), "as many as a person waits for")
        self._of(run, few).with_user(self.accountant).chosen = True
        self._send(run)
        self.assertEqual((run.state, run.sent_count), ("sending", 0))
        self.levels[7].attach_invoices = False
        self.assertFalse(run._takes_long(), "nothing to print")

    def test_statements_are_files(self):
        """PF-13: a statement is one file, however many debts it shows; so is a letter."""
        self.levels[7].write({"attach_invoices": False, "attach_statement": True})
        for _place in range(FILES_AT_ONCE + 1):
            self._invoice(-8)
        run = self._review()
        self.assertEqual(run._count_files(), 1)
        self.levels[7].attach_invoices = True
        self.assertEqual(run._count_files(), FILES_AT_ONCE + 2)
        self.levels[7].channel = "letter"
        self.assertEqual(run._count_files(), 1)

    def test_each_mail_with_files_is_kept(self):
        """PF-13: of a list that prints, what is sent stays sent when the server stops."""
        for name in ("First", "Second"):
            self._invoice(-8, partner=self._debtor(name))
        run = self._review()
        kept = []
        keep = type(self.Run)._keep
        self.patch(type(self.Run), "_keep", lambda *args: kept.append(args[1:]) or keep(*args))
        run._send_chosen()
        self.assertEqual(kept, [(1, 1), (1, 0)])
