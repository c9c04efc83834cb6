from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_contract_payment_talk import QUESTION


class CrmContractPaymentRemark(models.TransientModel):
    """A comment or a question about planned payments."""

    _name = "crm.contract.payment.remark"
    _description = "Comment or Question about Payments"

    kind = fields.Selection(
        [("comment", "Comment"), ("question", "Question")], required=True, default="comment"
    )
    payment_ids = fields.Many2many("crm.contract.payment", required=True)
    text = fields.Text(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Ask",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date(
        string="Answer Until", default=lambda self: self.env.company._get_local_today()
    )

    @api.depends("payment_ids")
    def _compute_user_id(self):
        for remark in self:
            remark.user_id = remark.user_id or remark.payment_ids.user_id[:1]

    def action_apply(self):
        """Leave the comment, or give the question to the person asked."""
        self.ensure_one()
        if not self.text.strip():
            raise UserError(self.env._("The text is empty."))
        self.payment_ids.check_access("read")
        if self.kind == "comment":
            for payment in self.payment_ids:
                payment.message_post(body=self.text, subtype_xmlid="mail.mt_note")
        else:
            self._ask()
        return {"type": "ir.actions.act_window_close"}

    def _ask(self):
        if not self.user_id or not self.date_deadline:
            raise UserError(self.env._("Choose whom to ask and until when."))
        for payment in self.payment_ids:
            if not payment.with_user(self.user_id).has_access("read"):
                raise UserError(
                    self.env._(
                        "%(user)s may not see %(payment)s: ask somebody else, or give him the "
                        "right to see the payment plan.",
                        user=self.user_id.name,
                        payment=payment.display_name,
                    )
                )
        lines = Markup("<br/>").join(self.text.strip().splitlines())
        # The person asked becomes a follower, which takes more than the right to look.
        self.payment_ids.sudo().activity_schedule(
            QUESTION,
            date_deadline=self.date_deadline,
            summary=self.text.strip().splitlines()[0][:80],
            note=lines,
            user_id=self.user_id.id,
            automated=False,
        )
