from odoo import api, fields, models
from odoo.tools import format_date

#: What the ready process shows, asks for and decides by.
BILL_FIELDS = {
    "crm_contract_id", "crm_bill_check", "is_crm_bill_over", "crm_payment_date",
    "crm_bill_proof_ids", "is_crm_bill_proof_asked",
}  # fmt: skip


class AccountMove(models.Model):
    """A supplier's bill: does it fit contract and budget, and when is it paid (HU-08).

    The ready process "Payment of a supplier's bill" shows these fields to whoever agrees.
    """

    _inherit = "account.move"

    crm_bill_check = fields.Text(
        string="Contract and Budget",
        compute="_compute_crm_bill_check",
        compute_sudo=True,
        help="Whether the bill fits what is left of its contracts and of the month's budget.",
    )
    is_crm_bill_over = fields.Boolean(
        string="Beyond Contract, Budget or Limit",
        compute="_compute_crm_bill_check",
        compute_sudo=True,
        help="The bill asks for more than its contract or the approved budget has left, or for "
        "more than the company lets anybody but the director agree to.",
    )
    crm_payment_day = fields.Date(
        string="Day of Payment Without Contract",
        copy=False,
        help="Of the part that no contract plans: the cash forecast takes it for the due date.",
    )
    crm_payment_date = fields.Date(
        string="Planned Payment On",
        compute="_compute_crm_payment_date",
        inverse="_inverse_crm_payment_date",
        help="Day on which we pay. It moves the planned payment of the contract.",
    )

    def _is_crm_bill(self):
        return self.move_type in ("in_invoice", "in_receipt")

    # The day -------------------------------------------------------------------------

    @api.depends("line_ids.crm_contract_payment_id.date_planned", "crm_payment_day")
    def _compute_crm_payment_date(self):
        for move in self:
            planned = move.line_ids.crm_contract_payment_id.filtered(
                lambda payment: payment.state == "planned"
            )
            days = planned.mapped("date_planned") if move._is_crm_bill() else ()
            move.crm_payment_date = min(days, default=move.crm_payment_day)

    def _inverse_crm_payment_date(self):
        for move in self.filtered(lambda move: move._is_crm_bill()):
            day = move.crm_payment_date
            move.crm_payment_day = day
            if not day:
                continue
            for contract in move.invoice_line_ids.crm_contract_id:
                payments = move._get_bill_payments(contract)
                payments.due_kind = "date"
                payments.action_move_date(day)

    def _get_bill_payments(self, contract):
        """Open planned payments of a contract that this bill asks for; made if there is none."""
        lines = self.invoice_line_ids.filtered(lambda line: line.crm_contract_id == contract)
        unnamed = lines.filtered(lambda line: not line.crm_contract_payment_id)
        if unnamed:
            amount = self._get_bill_amount(unnamed, contract.currency_id)
            payment = contract._take_planned(amount, self.ref or self.env._("Supplier's bill"))
            unnamed.crm_contract_payment_id = payment
        payments = lines.crm_contract_payment_id
        return payments.filtered(lambda payment: payment.state == "planned")

    def _get_bill_amount(self, lines, currency):
        """What lines ask for, taxes included, in a currency at the day of the bill."""
        day = self.invoice_date or self.company_id._get_local_today()
        total = sum(lines.mapped("price_total"))
        return self.currency_id._convert(total, currency, self.company_id, day)

    # The check -----------------------------------------------------------------------

    @api.depends(
        "invoice_line_ids.price_total",
        "invoice_line_ids.crm_contract_id",
        "invoice_line_ids.account_id",
        "invoice_date_due",
        "crm_payment_day",
        "state",
    )
    def _compute_crm_bill_check(self):
        for move in self:
            checks = move._check_crm_bill() if move._is_crm_bill() else []
            move.crm_bill_check = "\n".join(text for text, _over in checks) or False
            move.is_crm_bill_over = any(over for _text, over in checks)

    def _check_crm_bill(self):
        """What to tell of contracts and budget: list of (sentence, whether it is beyond)."""
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        contracts = lines.crm_contract_id
        checks = [self._check_bill_contract(contract, lines) for contract in contracts]
        if not contracts:
            checks.append((self.env._("The bill names no contract."), False))
        categories = lines._get_bill_categories()
        checks += [
            self._check_bill_budget(category, part)
            for category, part in lines.grouped(categories.get).items()
            if category
        ]
        return checks + self._check_bill_limit()

    def _check_bill_contract(self, contract, lines):
        """The bill against what is agreed and not billed yet."""
        currency = contract.currency_id
        asked = self._get_bill_amount(
            lines.filtered(lambda line: line.crm_contract_id == contract), currency
        )
        names = {"contract": contract.display_name, "asked": currency.format(asked)}
        if not contract.amount_effective:
            text = self.env._("Contract %(contract)s has no fixed sum.", **names)
            return text, False
        others = contract.invoiced_total - (asked if self.state == "posted" else 0)
        pending = self._get_contract_claims(contract)
        left = currency.round(contract.amount_effective - others - pending)
        names |= {
            "agreed": currency.format(contract.amount_effective),
            "left": currency.format(max(left, 0)),
            "over": currency.format(asked - left),
        }
        if pending:
            names["left"] = self.env._(
                "%(left)s (without %(pending)s of bills that are being agreed)",
                left=names["left"],
                pending=currency.format(pending),
            )
        if currency.compare_amounts(asked, left) > 0:
            text = self.env._(
                "Contract %(contract)s: %(agreed)s agreed, %(left)s left; this bill of %(asked)s "
                "is %(over)s beyond that.",
                **names,
            )
            return text, True
        text = self.env._(
            "Contract %(contract)s: %(agreed)s agreed, %(left)s left; this bill of %(asked)s fits.",
            **names,
        )
        return text, False

    def _check_bill_budget(self, category, lines):
        """The bill against the approved budget of the month in which it is to be paid."""
        currency = self.company_id.currency_id
        day = self.crm_payment_date or self.invoice_date_due or self.company_id._get_local_today()
        asked = self._get_bill_amount(lines, currency) * self._get_open_share()
        budget, spent = category._get_spent(self.company_id, day)
        claimed = self._get_budget_claims(category, day) if budget is not None else 0
        names = {
            "category": category.complete_name,
            "month": format_date(self.env, day, date_format="LLLL y"),
            "asked": currency.format(asked),
            "budget": currency.format(budget or 0),
            "spent": currency.format(spent),
        }
        if claimed:
            names["spent"] = self.env._(
                "%(spent)s and %(claimed)s in other bills to be paid",
                spent=names["spent"],
                claimed=currency.format(claimed),
            )
        if budget is None:
            text = self.env._("%(category)s has no approved budget in %(month)s.", **names)
            return text, False
        over = currency.round(spent + claimed + asked - budget)
        if asked and over > 0:
            text = self.env._(
                "Budget of %(category)s, %(month)s: %(budget)s, spent %(spent)s; this bill of "
                "%(asked)s exceeds it by %(over)s.",
                **names,
                over=currency.format(over),
            )
            return text, True
        text = self.env._(
            "Budget of %(category)s, %(month)s: %(budget)s, spent %(spent)s; this bill of "
            "%(asked)s fits.",
            **names,
        )
        return text, False


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    @api.model
    def _get_expression_fields(self, model_name):
        """Forms and conditions may have what is computed for bills."""
        names = super()._get_expression_fields(model_name)
        return names | BILL_FIELDS if model_name == "account.move" else names
