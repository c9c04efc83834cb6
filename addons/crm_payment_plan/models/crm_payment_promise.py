from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_amount, format_date

from ..lib import promises as judging

#: Days after the promised one until which a transfer may be booked.
GRACE = 1
#: Days for which a decided promise is looked at again: files bring payments late.
REVISED_DAYS = 31
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
        help="Of it, in company currency, from posted entries and files."
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
        """The open payment call to the customer has brought this promise: it is done."""
        call = self.activity_id or self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.partner_id.id),
                ("call_reason", "=", "payment"),
                ("user_id", "=", self.env.uid),
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

    # Judging ------------------------------------------------------------------

    @api.model
    def _judge_company(self, company, day):
        """Judge the promises of a company that are open or were decided lately.

        :return: number of promises whose state changed
        """
        promises = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("state", "=", judging.OPEN),
                "&",
                ("state", "in", (judging.PARTLY, judging.BROKEN)),
                ("date", ">=", day - timedelta(days=REVISED_DAYS)),
            ]
        )
        return promises._judge(day)

    def _judge(self, day=None):
        changed = 0
        for company, promises in self.grouped("company_id").items():
            today = day or company._get_local_today()
            for group, receipts in promises._get_cases(company):
                verdicts = judging.judge(
                    [
                        judging.Promise(one.id, one.date_made, one.date, one.amount_company)
                        for one in group
                    ],
                    receipts,
                    today,
                    GRACE,
                    company.currency_id.rounding / 2,
                )
                for promise in group:
                    received, state = verdicts[promise.id]
                    changed += promise.state != state
                    values = {"amount_received": received, "state": state}
                    if any(promise[name] != value for name, value in values.items()):
                        promise.write(values)
        return changed

    def _get_cases(self, company):
        """[(promises, receipts)]: what concerns one document, and what the whole customer.

        All promises of a customer are judged together, so that money counts once.
        """
        general = self.filtered(lambda promise: not promise._get_document())
        family = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", general.partner_id.ids),
                ("move_id", "=", False),
                ("item_id", "=", False),
                ("payment_id", "=", False),
                ("state", "!=", "withdrawn"),
            ]
        )
        money = general._get_money(company)
        cases = [
            (promises, money.get(partner.id, []))
            for partner, promises in family.grouped("partner_id").items()
        ]
        named = self - general
        money = named._get_document_money()
        for document, promises in named.grouped(lambda one: one._get_document()).items():
            cases.append((promises, money.get((document._name, document.id), [])))
        return cases

    def _get_money(self, company):
        """{partner id: [(day, amount)]}: money of customers in company currency.

        Posted receipts, payments that files show unless their invoice is in Odoo as well,
        and planned payments marked as received by hand.
        """
        if not self:
            return {}
        self.env.flush_all()
        Source = self.env["crm.payment.reminder.run"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rp.commercial_partner_id, l.date, -l.balance
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id AND m.move_type = 'entry'
                  JOIN account_account a ON a.id = l.account_id
                       AND a.account_type = 'asset_receivable'
                  JOIN res_partner rp ON rp.id = l.partner_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance < 0
                   AND rp.commercial_partner_id = ANY(%(partners)s) AND l.date >= %(first)s
                   AND NOT EXISTS (SELECT FROM account_partial_reconcile x
                                    WHERE x.exchange_move_id = m.id)
                   AND NOT (m.origin_payment_id IS NULL AND m.statement_line_id IS NULL AND EXISTS (
                        SELECT FROM account_move_line e
                          JOIN account_account ea ON ea.id = e.account_id
                         WHERE e.move_id = m.id AND e.balance > 0
                           AND ea.account_type LIKE 'expense%%'))
                UNION ALL
                SELECT i.partner_id, p.date, p.amount * i.rate::numeric
                  FROM crm_receivable_payment p JOIN crm_receivable_item i ON i.id = p.item_id
                 WHERE p.company_id = %(company)s AND p.reversed_import_id IS NULL
                   AND i.partner_id = ANY(%(partners)s) AND p.date >= %(first)s
                   AND i.id NOT IN (SELECT item_id FROM (%(twins)s) twin)
                UNION ALL
                SELECT c.commercial_partner_id, s.date, COALESCE(s.amount_company, s.amount_settled)
                  FROM crm_contract_settlement s JOIN crm_contract c ON c.id = s.contract_id
                 WHERE c.company_id = %(company)s AND s.source = 'manual'
                   AND c.direction = 'income'
                   AND c.commercial_partner_id = ANY(%(partners)s) AND s.date >= %(first)s
                """,
                company=company.id,
                partners=self.partner_id.ids,
                first=min(self.mapped("date_made")),
                twins=Source._get_twins_sql(company, self.partner_id.ids),
            )
        )
        money = defaultdict(list)
        for partner, day, amount in rows:
            money[partner].append((day, float(amount)))
        return money

    def _get_document_money(self):
        """{(model, id): [(day, amount)]}: what was received for the documents promised."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'account.move', l.move_id, c.date, p.amount
                  FROM account_move_line l
                  JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                  JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
                  JOIN account_move cm ON cm.id = c.move_id AND cm.move_type = 'entry'
                 WHERE l.move_id = ANY(%(moves)s) AND l.parent_state = 'posted'
                UNION ALL
                SELECT 'crm.receivable.item', p.item_id, p.date, p.amount * i.rate::numeric
                  FROM crm_receivable_payment p JOIN crm_receivable_item i ON i.id = p.item_id
                 WHERE p.item_id = ANY(%(items)s) AND p.reversed_import_id IS NULL
                UNION ALL
                SELECT 'crm.contract.payment', payment_id, date,
                       COALESCE(amount_company, amount_settled)
                  FROM crm_contract_settlement WHERE payment_id = ANY(%(payments)s)
                """,
                moves=self.move_id.ids,
                items=self.item_id.ids,
                payments=self.payment_id.ids,
            )
        )
        money = defaultdict(list)
        for model, key, day, amount in rows:
            money[model, key].append((day, float(amount)))
        return money

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
