from markupsafe import Markup

from odoo import models
from odoo.tools import plaintext2html

from .crm_contract_payment_talk import QUESTION


class MailActivity(models.Model):
    """Whoever asked about a planned payment is told of the answer (EC-22)."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        kind = self.env.ref(QUESTION, raise_if_not_found=False)
        questions = self.filtered(
            lambda one: (
                kind and one.activity_type_id == kind and one.res_model == "crm.contract.payment"
            )
        )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        questions._tell_answer(feedback, bool(attachment_ids))
        return result

    def _tell_answer(self, answer, has_files):
        """In the inbox or by mail, as each person chose for his notifications.

        The asker need not follow the payment: whoever may see it may ask about it.
        """
        # Who answers may have no right to write to the payment.
        for question in self.sudo():
            asker = question.create_uid
            payment = self.env["crm.contract.payment"].sudo().browse(question.res_id).exists()
            if asker == self.env.user or not asker.active or not payment:
                continue
            told = payment.with_context(lang=asker.lang)
            told.message_notify(
                partner_ids=asker.partner_id.ids,
                subject=told.env._("Answer: %s", question.summary or told.display_name),
                body=told._prepare_answer_body(question.note, answer, has_files),
                author_id=self.env.user.partner_id.id,
            )


class CrmContractPayment(models.Model):
    """What is said to the person whose question about the payment is answered."""

    _inherit = "crm.contract.payment"

    def _prepare_answer_body(self, question, answer, has_files):
        self.ensure_one()
        if answer:
            said = plaintext2html(answer)
        elif has_files:
            said = self.env._("The answer is a file; it is in the history of the payment.")
        else:
            said = self.env._("The question was closed without an answer.")
        return Markup("<blockquote>%s</blockquote>%s") % (question or "", said)
