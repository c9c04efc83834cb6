from odoo.tests import freeze_time, tagged

from .printing import builds, printed_by, words
from .reminder_common import ReminderCommon
from .test_payer_discipline import NIGHT


@tagged("-at_install", "post_install")
class TestReminderLetter(ReminderCommon):
    """PF-13, PF-22: reminders on paper, as they leave the printer."""

    def _send_letters(self):
        self.levels[7].channel = "letter"
        self.payer.write({"email": False, "city": "Dzerzhinsk"})
        other = self._debtor("Second Payer", email=False)
        documents = self._invoice(-8), self._invoice(-9, partner=other)
        run = self._review()
        with self.allow_pdf_render(), freeze_time(NIGHT):
            run.with_user(self.accountant).with_context(force_report_rendering=True).action_send()
        return run, documents, (self.payer, other)

    def test_printed_letters(self):
        """Two customers, two letters, one file to print: names, addresses, sums, who writes."""
        for build, info in builds().items():
            with self.subTest(build=build), self.env.cr.savepoint() as point, printed_by(info):
                run, documents, payers = self._send_letters()
                self.assertEqual(run.letter_count, 2)
                action = run.with_user(self.accountant).action_print_letters()
                number = int(action["url"].split("/")[3].partition("?")[0])
                content = self.env["ir.attachment"].browse(number).raw
                pages = words(content)
                self.assertEqual(len(pages), 2)
                for document, payer in zip(documents, payers, strict=True):
                    (page,) = [one for one in pages if document.name in one]
                    self.assertIn(payer.name, page)
                    self.assertIn(document.name, page)
                    self.assertIn(self._of(run, payer).subject, page)
                    self.assertIn(self.company.name, page)
                    self.assertIn(f"{document.amount_total:,.2f}", page)
                    self.assertIn("1 / 1", page)
                self.assertIn("Dzerzhinsk", " ".join(pages))
                point.rollback()

    def test_long_letter(self):
        """Forty debts go over the page: every row once and whole, below its header."""
        self.levels[7].channel = "letter"
        names = {f"L{number:03}" for number in range(40)}
        for name in sorted(names):
            self._file_debt(name, -8, 100)
        reminder = self._of(self._review())
        for build, info in builds().items():
            with self.subTest(build=build), printed_by(info), self.allow_pdf_render():
                reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
                pages = words(
                    reports._render_qweb_pdf(
                        "crm_payment_plan.report_payment_reminder", reminder.ids
                    )[0]
                )
                self.assertGreater(len(pages), 1)
                for name in names:
                    self.assertEqual(sum(f"Sale {name}" in page for page in pages), 1, name)
                for page in pages:
                    if "Sale L" in page:
                        self.assertIn("Days late", page)

    def test_printed_by_hand(self):
        """The letter is in the customer's language whoever prints it."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.payer.lang = "ru_RU"
        self._invoice(-8)
        reminder = self._of(self._review())
        with self.allow_pdf_render():
            reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
            content = reports._render_qweb_pdf(
                "crm_payment_plan.report_payment_reminder", reminder.ids
            )[0]
        self.assertIn("ноября 2026", " ".join(words(content)))
