from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.bpm_engine.lib.own_context import INTERNAL, is_internal

from ..lib.kinds import PAYMENT_KINDS, REFUND

#: Changes of these decide anew which payment a receipt closes, or whether the advance is complete.
ALLOCATION_FIELDS = frozenset(
    {"amount", "date_planned", "sequence", "contract_id", "state", "kind"}
)


class CrmContractPayment(models.Model):
    """A payment that a contract foresees, before and after there is an invoice.

    How much of it is received comes from posted accounting entries, or from a
    person who marked it by hand. It is *received* exactly when the whole amount
    is; only *cancelled* is a decision of its own.
    """

    _name = "crm.contract.payment"
    _description = "Planned Payment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_planned, contract_id, sequence, id"
    _rec_names_search = ["name", "contract_id.number", "partner_id.name"]
    # Whoever sees a payment may comment on it and ask about it (EC-22).
    _mail_post_access = "read"

    name = fields.Char(required=True, default=lambda self: self.env._("Payment"), tracking=True)
    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "crm.contract",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    kind = fields.Selection(PAYMENT_KINDS, string="Type", required=True, default="stage")
    state = fields.Selection(
        [("planned", "Planned"), ("received", "Received"), ("cancelled", "Cancelled")],
        string="Status",
        default="planned",
        required=True,
        copy=False,
        tracking=True,
        help='For contracts with suppliers "received" reads: we paid.',
    )
    # Of the contract, stored: lists of many thousands are searched and grouped by them.
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        related="contract_id.user_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True, precompute=True)
    direction = fields.Selection(related="contract_id.direction", store=True, precompute=True)
    lead_id = fields.Many2one(related="contract_id.lead_id", string="Opportunity")
    contract_state = fields.Selection(
        related="contract_id.state", string="Contract Status", store=True, precompute=True
    )

    amount = fields.Monetary(
        required=True,
        tracking=True,
        help="With taxes. Of a refund, money that goes back, it is negative.",
    )
    share = fields.Float(
        string="%",
        compute="_compute_share",
        inverse="_inverse_share",
        digits=(16, 2),
        aggregator=None,
        help="Share of the contract's amount. Type it to set the amount.",
    )
    date_planned = fields.Date(
        string="Planned Date",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._get_local_today(),
    )
    date_received = fields.Date(
        string="Received On", readonly=True, copy=False, help="Day on which it was complete."
    )
    amount_received = fields.Monetary(
        string="Received", readonly=True, copy=False, help="Closed by entries, write-offs included."
    )
    amount_cash = fields.Monetary(
        string="Received in Money", readonly=True, copy=False, help="Without write-offs."
    )
    amount_remaining = fields.Monetary(
        string="Remaining", compute="_compute_amount_remaining", store=True, precompute=True
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Planned for a day before today of the company, and not complete.",
    )
    settlement_ids = fields.One2many("crm.contract.settlement", "payment_id")
    move_line_ids = fields.One2many("account.move.line", "crm_contract_payment_id")
    amount_invoiced = fields.Monetary(
        string="Invoiced Amount",
        readonly=True,
        copy=False,
        help="Of posted invoices, credit notes taken off. Lines that name no payment fill the "
        "payments of their contract in the order of dates.",
    )
    is_invoiced = fields.Boolean(
        string="Invoiced",
        readonly=True,
        copy=False,
        help="Posted invoices ask for the whole amount, or name this payment.",
    )
    is_ended = fields.Boolean(
        readonly=True,
        copy=False,
        help="Cancelled because the contract ended; reopening it plans the payment again.",
    )
    note = fields.Text(string="Comment")

    _amount_positive = models.Constraint(
        "CHECK(CASE WHEN kind = 'refund' THEN amount <= 0 ELSE amount >= 0 END)",
        "The amount of a planned payment cannot be negative, but for a refund.",
    )
    # The receipts plan and the overdue payments: open rows of a company by date.
    _open_idx = models.Index("(company_id, date_planned) WHERE state = 'planned'")
    _section_idx = models.Index("(company_id, direction, date_planned)")

    # Computes ---------------------------------------------------------------------

    @api.depends("amount", "kind", "amount_received", "amount_credited", "state")
    def _compute_amount_remaining(self):
        for payment in self:
            # Without a contract it has no currency, and is refused when it is saved.
            is_open = payment.state != "cancelled" and payment.currency_id
            rest = payment._get_rest(payment.amount_received) if is_open else 0
            payment.amount_remaining = payment.currency_id.round(rest) if rest else 0

    @api.depends("amount", "contract_id.amount_effective")
    def _compute_share(self):
        for payment in self:
            total = payment.contract_id.amount_effective
            payment.share = 100 * payment.amount / total if total else 0

    @api.depends("date_planned", "state", "amount_remaining")
    def _compute_is_overdue(self):
        for payment in self:
            payment.is_overdue = bool(
                payment.state == "planned"
                and payment.amount_remaining
                and payment.date_planned
                and payment.date_planned < payment.company_id._get_local_today()
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = (
            Domain("state", "=", "planned")
            & Domain("amount_remaining", "!=", 0.0)
            & Domain.OR(
                Domain("company_id", "in", companies.ids) & Domain("date_planned", "<", today)
                for today, companies in self._get_company_days()
            )
        )
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    @api.model
    def _get_company_days(self):
        """Companies by what their calendar says today: [(date, companies)]."""
        # An archived company still has its overdue payments.
        companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return list(companies.grouped(lambda company: company._get_local_today()).items())

    # Every path of the ORM ----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        wanted = [vals.get("state") for vals in vals_list]
        payments = super().create([{**vals, "state": "planned"} for vals in vals_list])
        if not self._is_settling():
            payments.contract_id._settle()
        for payment, state in zip(payments, wanted, strict=True):
            if state not in (None, "planned"):
                payment._set_state(state)
        return payments

    def write(self, vals):
        if self._is_settling() or ALLOCATION_FIELDS.isdisjoint(vals):
            return super().write(vals)
        contracts = self.contract_id
        others = {name: value for name, value in vals.items() if name != "state"}
        if others:
            super().write(others)
        if "state" in vals:
            self._set_state(vals["state"])
        (contracts | self.contract_id)._settle()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        for payment in self.filtered("amount_received"):
            raise UserError(
                self.env._(
                    "%(payment)s: %(amount)s is received already, so it stays in the plan.",
                    payment=payment.display_name,
                    amount=payment.currency_id.format(payment.amount_received),
                )
            )

    def unlink(self):
        contracts = self.contract_id
        result = super().unlink()
        contracts.exists()._settle()
        return result

    # Statuses -----------------------------------------------------------------------

    def action_set_received(self):
        """Mark as received in full by hand; what accounting brings later counts instead."""
        self.write({"state": "received"})

    def action_set_planned(self):
        """Back to planned: what was marked by hand is taken back."""
        self.write({"state": "planned"})

    def action_set_cancelled(self):
        """The payment will not come."""
        self.write({"state": "cancelled"})

    def _set_state(self, state):
        """Give the payments a status, or say why they cannot have it."""
        self.check_access("write")
        for payment in self:
            if state == payment.state:
                continue
            if state == "cancelled":
                payment._check_nothing_received()
            if state == "planned":
                payment._check_not_received_by_entries()
        self.settlement_ids.filtered(lambda row: row.source == "manual").sudo().unlink()
        if state == "received":
            self._write_settled({"state": "planned", "is_ended": False})
            self._declare_received()
        else:
            self._write_settled({"state": state, "is_ended": False})
        self.contract_id._settle()

    def _write_settled(self, vals):
        """Write what allocation decides, without deciding anew."""
        self.with_context(crm_settling=INTERNAL)._write_guarded(vals)

    @api.model
    def _is_settling(self):
        """Whether the program itself writes what it allocated; a client's context says nothing."""
        return is_internal(self.env, "crm_settling")

    def _check_nothing_received(self):
        derived = self.settlement_ids.filtered(lambda row: row.source != "manual")
        amount = sum(derived.mapped("amount_settled"))
        if not self.currency_id.is_zero(amount):
            raise UserError(
                self.env._(
                    "%(payment)s: %(amount)s is received by accounting. Lower its amount to "
                    "that instead of cancelling it.",
                    payment=self.display_name,
                    amount=self.currency_id.format(amount),
                )
            )

    def _check_not_received_by_entries(self):
        derived = self.settlement_ids.filtered(lambda row: row.source != "manual")
        if self.state == "received" and self._is_complete(sum(derived.mapped("amount_settled"))):
            raise UserError(
                self.env._(
                    "%s is received by posted entries: undo the reconciliation in accounting.",
                    self.display_name,
                )
            )

    def _declare_received(self):
        known = self.contract_id._get_known_amounts()
        # People have no right to write settlements but through a status.
        self.env["crm.contract.settlement"].sudo().create(
            [
                {
                    "contract_id": payment.contract_id.id,
                    "payment_id": payment.id,
                    "source": "manual",
                    "date": payment.company_id._get_local_today(),
                    "amount_declared": payment._get_owed(),
                    "amount_known": known[payment.contract_id.id][payment.kind == REFUND],
                    "user_id": self.env.uid,
                }
                for payment in self
                if payment._get_owed()
            ]
        )

    def _prepare_received(self, settlements):
        """Received sums of this payment, and the status that follows from them."""
        self.ensure_one()
        currency = self.currency_id
        received = currency.round(sum(settlements.mapped("amount_settled")))
        complete = self._is_complete(received)
        values = {
            "amount_received": received,
            "amount_cash": currency.round(sum(settlements.mapped("amount_cash"))),
            # Nothing came of what was credited as a whole.
            "date_received": max(settlements.mapped("date"), default=False) if complete else False,
        }
        if self.state != "cancelled":
            values["state"] = "received" if complete else "planned"
        return values

    def _write_differing(self, values):
        """Write what differs from what the payment has already."""
        self.ensure_one()
        differing = {name: value for name, value in values.items() if self[name] != value}
        if differing:
            self.write(differing)

    def _prepare_invoiced(self, amount, named):
        """How much of this payment invoices ask for.

        :param named: whether a posted invoice names this very payment
        """
        self.ensure_one()
        # For a refund the credit note asks.
        sign = -1 if self.kind == REFUND else 1
        asked, planned = sign * amount, sign * self.amount
        whole = planned and self.currency_id.compare_amounts(asked, planned) >= 0
        return {"amount_invoiced": amount, "is_invoiced": bool(named or whole)}

    # Buttons ------------------------------------------------------------------------

    def action_open_popup(self):
        """The card in a pop-up."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_view_moves(self):
        """Invoices with lines for this payment, else those that its contract has."""
        self.ensure_one()
        lines = self.move_line_ids or self.env["account.move.line"].search(
            [("crm_contract_id", "=", self.contract_id.id), ("parent_state", "=", "posted")]
        )
        moves = lines.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
        }

    @api.depends("name", "contract_id.number")
    def _compute_display_name(self):
        for payment in self:
            payment.display_name = " · ".join(
                filter(None, (payment.name, payment.contract_id.sudo().display_name))
            )

    def copy_data(self, default=None):
        default = {"activity_ids": [Command.clear()], **(default or {})}
        return super().copy_data(default)
