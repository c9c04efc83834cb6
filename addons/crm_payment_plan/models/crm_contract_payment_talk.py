from odoo import api, fields, models

QUESTION = "crm_payment_plan.mail_activity_type_question"


class CrmContractPayment(models.Model):
    """Comments and questions about a payment (EC-22).

    A question is an activity of the person asked, so it stands where everybody
    finds his work; its feedback is the answer, shown on the card.
    """

    _inherit = "crm.contract.payment"

    question_ids = fields.One2many(
        "mail.activity",
        compute="_compute_question_ids",
        string="Questions",
        # An answered activity is an archived one.
        context={"active_test": False},
        help="Questions asked about this payment, open and answered.",
    )
    open_question_count = fields.Integer(compute="_compute_question_ids", string="Open Questions")

    @api.depends("activity_ids")
    def _compute_question_ids(self):
        kind = self.env.ref(QUESTION, raise_if_not_found=False)
        # Whoever may read the payment may read what was asked about it.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        found = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id if kind else 0),
            ],
            order="create_date desc, id desc",
        ).grouped("res_id")
        for payment in self:
            questions = found.get(payment._origin.id, activities.browse())
            payment.question_ids = questions.sudo(False)
            payment.open_question_count = len(questions.filtered("active"))

    def _open_remark(self, kind, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.contract.payment.remark",
            "view_mode": "form",
            "target": "new",
            "context": {"default_payment_ids": self.ids, "default_kind": kind},
        }

    def action_comment(self):
        """Ask for a comment and leave it at the payments."""
        return self._open_remark("comment", self.env._("Leave a comment"))

    def action_ask(self):
        """Ask for a question and whom to ask."""
        return self._open_remark("question", self.env._("Ask a question"))
