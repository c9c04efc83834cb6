from datetime import timedelta

from odoo import models

INVOICE_REPORT = "crm_payment_plan.action_report_invoice"
PAYMENT_REPORT = "crm_payment_plan.action_report_payment"
STATEMENT_REPORT = "crm_payment_plan.action_report_reconciliation"
#: A person waits for so many files to be printed; with more a list is sent in the background.
FILES_AT_ONCE = 5


class CrmPaymentReminder(models.Model):
    """What goes along with a mail: its invoices, a statement, a copy to the responsible.

    Files are printed when the mail leaves, from the debts that its table shows then.
    """

    _inherit = "crm.payment.reminder"

    def _prepare_files(self):
        """[(name, content)] of the PDF files of this mail."""
        self.ensure_one()
        files = []
        if self.level_id.attach_invoices:
            files += self._print_invoices() + self._print_planned_payments()
        if self.level_id.attach_statement:
            files += self._print_statement()
        return files

    def _get_invoices(self):
        """Invoices of the table. An entry that took debts over is no paper for a customer: it
        may hold those of many."""
        return self._get_table_documents().move_id.sudo().filtered(lambda m: m.is_invoice(True))

    def _print_invoices(self):
        """One file an invoice: the one that was sent to the customer, else our own form."""
        files = []
        for move in self._get_invoices():
            sent = move.invoice_pdf_report_id
            content = sent.raw or self._print(INVOICE_REPORT, move)
            name = sent.name or self.env._("Invoice %s.pdf", (move.name or "").replace("/", "-"))
            files.append((name, content))
        return files

    def _print_planned_payments(self):
        """Invoices for payment of what the contract plans and nobody has invoiced."""
        return [
            (
                self.env._("Invoice for payment %s.pdf", payment.display_name.replace("/", "-")),
                self._print(PAYMENT_REPORT, payment),
            )
            for payment in self._get_table_documents().payment_id.sudo()
        ]

    def _print_statement(self):
        """The reconciliation statement from the day of the oldest debt on, if it bears us out.

        It knows posted entries only: of debts that stand in the weekly file, or are planned and
        not invoiced, it would say that nobody owes anything.
        """
        documents = self._get_table_documents()
        days = [one.date or one.due_date for one in documents]
        statement = self.env["crm.reconciliation"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date_from": min(days, default=self.run_id.date - timedelta(days=365)),
                "date_to": self.run_id.date,
            }
        )  # fmt: skip
        if not self._is_stated(statement, documents):
            self.partner_id.sudo()._message_log(
                body=self.env._(
                    "The reminder went without a reconciliation statement: the posted entries do "
                    "not show all that it reminds of."
                )
            )
            return []
        name = self.env._("Reconciliation statement %s.pdf", self.run_id.date)
        return [(name, self._print(STATEMENT_REPORT, statement))]

    def _is_stated(self, statement, documents):
        """Whether the statement's balance is at least what these debts ask for.

        Money that came and is not assigned yet lowers the balance, and the mail names it.
        """
        if documents.filtered(lambda one: not one.move_id):
            return False
        closing = statement._sum_sections(statement._get_statement())["closing"]
        asked = sum(documents.mapped("company_amount")) - self.unapplied_amount
        return self.currency_id.compare_amounts(statement._money(closing), asked) >= 0

    def _print(self, report, record):
        reports = self.env["ir.actions.report"].sudo().with_company(self.company_id)
        return reports._render_qweb_pdf(report, record.ids)[0]

    def _open_documents_to_customer(self):
        """Give the invoices of the table the link by which a customer opens them without login."""
        for move in self._get_invoices():
            move._portal_ensure_token()
        self.invalidate_recordset(["documents_html", "body"])

    def _get_document_url(self, document):
        """Address of an invoice on the portal; empty when the customer has no access to it yet."""
        move = document.move_id.sudo()
        if not move.access_token:
            return ""
        return move.get_base_url() + move.get_portal_url()

    def _copy_to_responsible(self, message):
        """The responsible gets a copy of what his customer gets."""
        if self.level_id.copy_responsible and self.user_id.sudo().email:
            message.sudo().mail_ids[:1].email_cc = self.user_id.sudo().email_formatted


class CrmPaymentReminderRun(models.Model):
    """Lists with files are longer in the sending: each file is printed, a second or so."""

    _inherit = "crm.payment.reminder.run"

    def _takes_long(self):
        return super()._takes_long() or self._count_files() > FILES_AT_ONCE

    def _count_files(self):
        """How many files are to be printed: letters, and what the mails will carry."""
        ready = self.reminder_ids.filtered(lambda one: one.state == "waiting" and one.chosen)
        letters = ready.filtered(lambda one: one.channel == "letter")
        mails = ready.filtered(lambda one: one.channel == "mail")
        invoices = mails.filtered("level_id.attach_invoices")
        statements = mails.filtered("level_id.attach_statement")
        count = sum(len(one._get_table_documents()) for one in invoices)
        return count + len(statements) + len(letters)

    def _keeps_each(self):
        # Printing takes seconds: a stop of the server costs no others what they have got.
        return super()._keeps_each() or bool(self._count_files())
