from odoo import models
from odoo.tools import format_amount

ACTIVITY = "crm_payment_plan.mail_activity_type_unapplied"


class CrmPaymentReminderRun(models.Model):
    """Money that came and is not assigned holds reminders back: accounting is asked to do it.

    One activity a customer and company, on his card; it is done by itself once the money is
    assigned.
    """

    _inherit = "crm.payment.reminder.run"

    def _ask_accounting(self, rows):
        """Plan an activity for each customer whose reminder waits for his own money.

        :param rows: values of the reminders of the list
        """
        self.ensure_one()
        asked = self._get_asked(ACTIVITY)
        amounts = dict(
            self.env.execute_query(self._get_credits_sql(self.company_id, asked.mapped("res_id")))
        )
        assigned = asked.filtered(lambda one: one.res_id not in amounts)
        if assigned:
            assigned.action_feedback(feedback=self.env._("The money is assigned."))
        user = self.company_id._get_payment_assigner()
        if not user:
            return
        held = {row["partner_id"]: row["unapplied_amount"] for row in rows
                if "unapplied" in (row["hold_codes"] or "").split(",")}  # fmt: skip
        texts = self.with_context(lang=user.lang)
        known = set(asked.mapped("res_id"))
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                texts._prepare_asking(partner_id, amount, user)
                for partner_id, amount in held.items()
                if partner_id not in known
            ]
        )

    def _get_asked(self, kind):
        """Open activities of a kind about customers of this company, whoever has them.

        A customer may owe to several companies with one accountant: each asks for its own.
        """
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("activity_type_id", "=", self.env.ref(kind).id),
                    ("res_model", "=", "res.partner"),
                    ("reminder_company_id", "=", self.company_id.id),
                ]
            )
        )

    def _prepare_asking(self, partner_id, amount, user):
        currency = self.company_id.currency_id
        return {
            "activity_type_id": self.env.ref(ACTIVITY).id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": partner_id,
            "user_id": user.id,
            "reminder_company_id": self.company_id.id,
            "date_deadline": self.date,
            "summary": self.env._(
                "Assign %s to invoices", format_amount(self.env, amount, currency)
            ),
            "note": self.env._(
                "Money of this customer came to %(company)s and no invoice has taken it. His "
                "payment reminder waits until it is assigned.",
                company=self.company_id.name,
            ),
        }
