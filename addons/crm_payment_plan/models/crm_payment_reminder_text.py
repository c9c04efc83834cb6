from lxml import html
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount, format_date, is_html_empty

TABLE_CLASS = "o_reminder_documents"


class CrmPaymentReminder(models.Model):
    """The text of a reminder: that of its level, or what a person wrote for this customer.

    Templates read ``documents_html``, ``requisites_html`` and ``greeting_name``.
    """

    _inherit = "crm.payment.reminder"

    custom_subject = fields.Char(readonly=True)
    custom_body = fields.Html(readonly=True, sanitize_style=True)
    subject = fields.Char(compute="_compute_text", inverse="_inverse_subject")
    body = fields.Html(
        string="Text", compute="_compute_text", inverse="_inverse_body", sanitize_style=True
    )
    reply_to = fields.Char(string="Replies Go To", compute="_compute_reply_to")
    documents_html = fields.Html(compute="_compute_documents_html", sanitize=False)
    requisites_html = fields.Html(compute="_compute_documents_html", sanitize=False)
    greeting_name = fields.Char(compute="_compute_documents_html")

    @api.depends("user_id", "level_id.template_id.reply_to")
    def _compute_reply_to(self):
        for reminder in self:
            template = reminder.level_id.sudo().template_id
            own = template.reply_to and template._render_field("reply_to", reminder.ids)
            partner = reminder.partner_id.sudo()
            default = partner._notify_get_reply_to(default=reminder._get_email_from())
            reminder.reply_to = (own or {}).get(reminder.id) or default[partner.id]

    def _get_email_from(self):
        sender = self.user_id.sudo()
        company = self.company_id.sudo()
        return sender.email and sender.email_formatted or company.email_formatted or company.email

    # Text ---------------------------------------------------------------------

    @api.depends("level_id", "recipient_ids", "document_ids", "custom_subject", "custom_body")
    def _compute_text(self):
        for reminder in self:
            saved = reminder._origin
            template = reminder.level_id.sudo().template_id
            subject, body = reminder.custom_subject, reminder.custom_body
            if template and saved:
                subject = subject or saved._render(template, "subject")
                body = body or saved._render(template, "body_html")
            reminder.subject = subject or False
            reminder.body = body or False

    def _render(self, template, name):
        """A field of the template for this reminder, in the customer's language."""
        return template._render_field(name, self.ids, compute_lang=True)[self.id]

    def _inverse_subject(self):
        for reminder in self:
            reminder.custom_subject = reminder.subject

    def _inverse_body(self):
        for reminder in self:
            if not is_html_empty(reminder.body):
                reminder.custom_body = reminder.body

    @api.onchange("level_id")
    def _onchange_level_id(self):
        # Another level has another text; what was written by hand was for the old one.
        self.custom_subject = self.custom_body = False

    def _get_final_body(self):
        """The text as it is sent: in an edited one the table is made anew from the debts."""
        self.ensure_one()
        if not self.custom_body:
            return self.body
        root = html.fragment_fromstring(str(self.custom_body), create_parent="div")
        for old in root.xpath(f"//*[contains(@class, '{TABLE_CLASS}')]"):
            fresh = html.fragment_fromstring(str(self._get_documents_html()))
            fresh.tail = old.tail
            old.getparent().replace(old, fresh)
        return Markup(html.tostring(root, encoding="unicode"))

    def _get_form_stamp(self, kind):
        """Foot of every page of the letter; a letter is no draft."""
        return f"{self.subject} · {self.partner_id.name}", ""

    def _get_table_documents(self):
        """Debts of the table, oldest first; disputed and promised ones are left out.

        A notice before the due date speaks only of what is not due yet, a reminder only of
        what is overdue.
        """
        overruled = self._get_hold_codes() if self.chosen else ()
        early = self.level_id.days <= 0
        return self.document_ids.filtered(
            lambda one: (not one.hold_reason or one.hold_reason in overruled)
            and (one.days <= 0) == early
        ).sorted(lambda one: (one.due_date, one.id))

    def _get_documents_html(self):
        """Table of the debts in the customer's language; for templates and letters."""
        reminder = self.sudo().with_context(lang=self.lang)
        documents = reminder._get_table_documents()
        totals = {
            currency: sum(rows.mapped("open_amount"))
            for currency, rows in documents.grouped("currency_id").items()
        }
        return reminder.env["ir.qweb"]._render(
            "crm_payment_plan.payment_reminder_documents",
            {
                "reminder": reminder,
                "documents": documents,
                "totals": totals,
                "format_date": lambda day: format_date(reminder.env, day) if day else "",
                "format_amount": lambda sum_, currency: format_amount(reminder.env, sum_, currency),
                "get_url": reminder._get_document_url,
                "get_reference": reminder._get_payment_reference,
                "has_references": any(map(reminder._get_payment_reference, documents)),
                "table_class": TABLE_CLASS,
            },
            minimal_qcontext=True,
        )

    @api.model
    def _get_payment_reference(self, document):
        """What the customer is to write on his transfer; empty when it is the document itself."""
        reference = document.move_id.sudo().payment_reference or ""
        return "" if reference == document.move_id.sudo().name else reference

    @api.depends("document_ids", "recipient_ids")
    def _compute_documents_html(self):
        """Parts of the text, for templates."""
        for reminder in self:
            reminder.documents_html = reminder._get_documents_html()
            translated = reminder.sudo().with_context(lang=reminder.lang)
            reminder.requisites_html = (
                reminder.env["ir.qweb"]
                .with_context(lang=reminder.lang)
                ._render(
                    "crm_payment_plan.payment_reminder_requisites",
                    {"rows": translated.company_id.partner_id._prepare_requisites()},
                    minimal_qcontext=True,
                )
            )
            people = reminder.recipient_ids.sudo().filtered(lambda one: not one.is_company)
            reminder.greeting_name = ", ".join(people.mapped("name")) or reminder.partner_id.name
