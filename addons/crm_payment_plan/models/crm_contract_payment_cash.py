from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

CASH_ROLES = "crm_bpm_core.group_head,account.group_account_invoice,account.group_account_readonly"


class CrmContractPayment(models.Model):
    """What a planned payment is for, which account it passes, and moving it to another day."""

    _inherit = "crm.contract.payment"

    cash_category_id = fields.Many2one(
        "crm.cash.category",
        compute="_compute_cash_category_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('direction', '=', direction), ('company_id', 'in', [company_id, False])]",
        help="For cash forecast and budget. Comes from the type of the contract.",
    )
    cash_journal_id = fields.Many2one(
        "account.journal",
        string="Bank or Cash",
        index="btree_not_null",
        ondelete="set null",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        groups=CASH_ROLES,
        help="The account through which the money is to come or go.",
    )

    @api.depends("contract_id.type_id")
    def _compute_cash_category_id(self):
        for payment in self:
            category = payment.contract_id.type_id.cash_category_id
            payment.cash_category_id = payment.cash_category_id or category

    def action_move_date(self, day, comment=""):
        """Plan the payments for another day and leave a comment: the payment calendar.

        :param day: date, or its ISO text
        """
        day = fields.Date.to_date(day)
        for payment in self:
            if payment.state != "planned":
                raise UserError(
                    self.env._(
                        "%s is received or cancelled: its date is history.", payment.display_name
                    )
                )
            if payment.date_planned == day:
                continue
            before, payment.date_planned = payment.date_planned, day
            payment.message_post(body=payment._prepare_move_comment(before, day, comment))

    def _prepare_move_comment(self, before, day, comment):
        text = self.env._(
            "Moved from %(before)s to %(after)s.",
            before=format_date(self.env, before),
            after=format_date(self.env, day),
        )
        comment = (comment or "").strip()
        return Markup("%s<br/>%s") % (text, comment) if comment else text
