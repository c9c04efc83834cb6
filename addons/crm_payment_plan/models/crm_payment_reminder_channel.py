from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

REPORT = "crm_payment_plan.action_report_payment_reminder"


class CrmPaymentReminder(models.Model):
    """One reminder on its way: debts marked, then mail, call or letter."""

    _inherit = "crm.payment.reminder"

    def _send(self):
        """Mark the debts as reminded of and hand the reminder to its channel."""
        self.ensure_one()
        self._mark_documents()
        self._open_documents_to_customer()
        self._sent(**getattr(self, f"_send_{self.channel}")())

    def _sent(self, **values):
        self.write({"state": "sent", "sent_date": self.run_id.date, "error": False, **values})

    def _mark_documents(self):
        """The unique index refuses what another transaction has reminded of."""
        documents = self._get_table_documents().filtered("is_new")
        if self.level_by_hand:
            higher = documents.filtered(lambda one: one.level_id.days < self.level_id.days)
            higher.write({"level_id": self.level_id.id})
        documents.write({"sent_date": self.run_id.date})
        documents.flush_recordset()

    def _get_sender_values(self):
        sender = self.user_id.sudo()
        values = {"email_from": self._get_email_from()}
        if sender.email:
            values["author_id"] = sender.partner_id.id
        if reply_to := self.reply_to:
            values["reply_to"] = reply_to
        return values

    def _send_mail(self):
        """A mail of the outbox, logged in the chatter of the customer."""
        emails = self.recipient_ids.sudo().mapped("email_normalized")
        if not any(emails):
            raise UserError(
                self.env._(
                    "There is no address to send it to: give a contact the role “Payments” and "
                    "an address, or choose a call or letter."
                )
            )
        partner = self.partner_id.sudo().with_context(
            lang=self.lang, mail_notify_force_send=False, mail_post_autofollow=False
        )
        message = partner.message_post(
            body=Markup(self._get_final_body()),
            subject=self.subject,
            partner_ids=self.recipient_ids.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="mail.mail_notification_layout",
            email_add_signature=False,
            attachments=self._prepare_files(),
            **self._get_sender_values(),
        )
        self._copy_to_responsible(message)
        self._wait_for_the_hour(message)
        return {"message_id": message.id, "sent_to": ", ".join(filter(None, emails))}

    def _send_letter(self):
        """A PDF in the chatter of the customer, and a task to post it."""
        name = self.env._("Reminder %(customer)s %(day)s.pdf", customer=self.partner_id.name,
                          day=fields.Date.to_string(self.run_id.date))  # fmt: skip
        report = self.env["ir.actions.report"].sudo().with_context(lang=self.lang)
        content, _kind = report._render_qweb_pdf(REPORT, self.ids)
        partner = self.partner_id.sudo()
        message = partner.message_post(
            body=self.env._("Letter: %s", self.subject),
            attachments=[(name, content)],
            subtype_xmlid="mail.mt_note",
            **self._get_sender_values(),
        )
        self._plan_task(self.env._("Print the payment reminder and post it"))
        return {"message_id": message.id}

    def _send_task(self):
        """Something to do inside the company; the customer gets nothing."""
        level = self.level_id
        user = level.task_user_id.filtered("active")
        note = self.with_context(lang=user.lang or self.user_id.lang)._get_documents_html()
        task = self._plan_task(level.with_context(lang=user.lang).task_text, user, note)
        return {"activity_id": task.id}

    def _plan_task(self, summary, user=None, note=False):
        """An activity on the customer's card; never of nobody and never of the robot.

        :param user: who does it; empty: the salesperson, who made the list, an accountant
        """
        user = user or self.user_id or self.run_id.user_id
        user = user or self.company_id._get_payment_assigner()
        if not user:
            raise UserError(self._get_nobody_message())
        return self.partner_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.run_id.date,
            summary=summary,
            note=note,
            user_id=user.id,
        )

    def _get_nobody_message(self):
        return self.env._(
            "There is nobody who could do it: give the customer a salesperson, or the company an "
            "accountant."
        )

    def _send_call(self):
        """A call of the responsible, planned like every other call; one a customer.

        Each company that he owes to has its own: the call is about its debts.
        """
        call = self._get_open_call()
        note = self.with_context(lang=self.user_id.lang)._get_documents_html()
        if call:
            call.write({"note": note, "reminder_company_id": self.company_id.id})
            return {"activity_id": call.id}
        planner = self.env["crm.call.planner"]
        planned = planner._plan_calls(
            self.company_id, self.run_id.date, [{**self._prepare_call(), "note": note}]
        )
        call = planned.get(self.partner_id.id)
        if not call:
            raise UserError(planner._get_nobody_message(self.user_id))
        call.reminder_company_id = self.company_id
        return {"activity_id": call.id}

    def _get_open_call(self):
        """The payment call of this company, or one that names none."""
        calls = self.env["mail.activity"].sudo().search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.partner_id.id),
             ("call_reason", "=", "payment"),
             ("reminder_company_id", "in", [self.company_id.id, False])]
        )  # fmt: skip
        return calls.filtered("reminder_company_id")[:1] or calls[:1]

    def _prepare_call(self):
        """What the planner of calls is to know; the company's name where there are several."""
        summary = self.env._("Overdue: %s", self.company_id.currency_id.format(self.amount))
        if self.env["res.company"].sudo().search_count([], limit=2) > 1:
            summary = f"{summary} · {self.company_id.name}"
        return {
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id or False,
            "reason": "payment",
            "summary": summary,
            "value": self.amount,
            "overdue": self.days,
        }
