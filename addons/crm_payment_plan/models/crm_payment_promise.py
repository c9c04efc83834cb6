from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount, format_date

from ..lib import promises as judging

#: Fields that nobody writes by hand.
JUDGED = {"state", "amount_received"}


class CrmPaymentPromise(models.Model):
    """What a customer promised to pay, and until when; entries and files tell whether he did.

    While it is open, no reminder of the debts that it covers is sent: the document it
    names, else the oldest debts up to its amount.
    """

    _name = "crm.payment.promise"
    _description = "Promise to Pay"
    _inherit = ["crm.payment.document.mixin", "mail.thread"]
    _order = "date desc, id desc"

    amount = fields.Monetary(required=True, tracking=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
    )
    date_made = fields.Date(string="Promised On", required=True, default=fields.Date.context_today)
    date = fields.Date(string="Will Pay Until", required=True, tracking=True)
    contact_id = fields.Many2one(
        "res.partner", string="Who Said It", domain="[('id', 'child_of', partner_id)]"
    )
    activity_id = fields.Many2one(
        "mail.activity", string="Call", ondelete="set null", help="In which it was promised."
    )
    note = fields.Char(string="Comment")
    state = fields.Selection(
        [
            (judging.OPEN, "Open"),
            (judging.KEPT, "Kept"),
            (judging.PARTLY, "Kept in part"),
            (judging.BROKEN, "Broken"),
            ("withdrawn", "Withdrawn"),
        ],
        default=judging.OPEN,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="Judged by what was received until the day after the promised one.",
    )
    amount_received = fields.Monetary(
        string="Came", readonly=True, copy=False, currency_field="company_currency_id",
        help="Of it, at the rate of the promise, from posted entries and files."
    )  # fmt: skip

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Promise an amount above zero.")
    _open_idx = models.Index("(company_id, partner_id) WHERE state = 'open'")

    @api.depends("amount", "currency_id", "company_id", "date_made")
    def _compute_amount_company(self):
        for promise in self:
            promise.amount_company = promise.currency_id._convert(
                promise.amount,
                promise.company_id.currency_id,
                promise.company_id,
                promise.date_made or fields.Date.context_today(self),
            )

    @api.depends("partner_id", "amount", "date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(customer)s: %(amount)s until %(day)s",
                customer=promise.partner_id.display_name,
                amount=format_amount(self.env, promise.amount, promise.currency_id),
                day=format_date(self.env, promise.date),
            )

    @api.constrains("date", "date_made")
    def _check_dates(self):
        for promise in self:
            if promise.date < promise.date_made:
                raise ValidationError(
                    self.env._("The promised day is before the day of the promise.")
                )

    @api.model
    def _prepare_opening_defaults(self, debt):
        # What came for an entry with debts of many says nothing of one of them: it is judged
        # by all that the customer pays.
        return {
            **super()._prepare_opening_defaults(debt),
            "default_amount": debt.open_amount,
            "default_currency_id": debt.currency_id.id,
        }

    @api.onchange("move_id", "item_id", "payment_id")
    def _onchange_document(self):
        document = self.sudo()._get_document()
        if not document:
            return
        amounts = {
            "account.move": "amount_residual",
            "crm.receivable.item": "open_amount",
            "crm.contract.payment": "amount_remaining",
        }
        self.amount = document[amounts[document._name]]
        self.currency_id = document.currency_id

    def _check_not_typed(self, vals):
        if not self.env.su and JUDGED & set(vals):
            raise AccessError(
                self.env._("Whether a promise was kept is told by what was received.")
            )

    def write(self, vals):
        self._check_not_typed(vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # A form hands over the defaults of what it shows.
            kept = {"state": "open", "amount_received": 0}
            self._check_not_typed(
                [name for name in vals if vals[name] and vals[name] != kept.get(name)]
            )
        promises = super().create(vals_list)
        for promise in promises:
            promise._take_call()
            promise.partner_id.sudo()._message_log(
                body=self.env._(
                    "Promise to pay: %(promise)s. %(note)s",
                    promise=promise.display_name,
                    note=promise.note or "",
                )
            )
        promises.sudo()._judge()
        return promises

    def _take_call(self):
        """The open payment call of this company has brought this promise: it is done."""
        call = self.activity_id or self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.partner_id.id),
                ("call_reason", "=", "payment"),
                ("user_id", "=", self.env.uid),
                ("reminder_company_id", "in", [self.company_id.id, False]),
            ],
            limit=1,
        )
        if call.active and call.call_reason:
            call.register_call_result("reached", self.note or self.display_name)
        self.activity_id = call

    def action_withdraw(self):
        """Button: noted by mistake, or overtaken by another agreement; it counts for nothing."""
        if self.filtered(lambda promise: promise.state != judging.OPEN):
            raise UserError(self.env._("Only an open promise is withdrawn; this one is judged."))
        self.check_access("write")
        self.sudo().write({"state": "withdrawn"})

    @api.model
    def _count_by_state(self, partners, company):
        """{partner id: {state: number}} of the promises of the last year."""
        since = company._get_local_today() - timedelta(days=365)
        counts = defaultdict(dict)
        for partner, state, count in self.sudo()._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                "|",
                ("state", "=", judging.OPEN),
                ("date", ">=", since),
            ],
            ["partner_id", "state"],
            ["__count"],
        ):
            counts[partner.id][state] = count
        return counts
