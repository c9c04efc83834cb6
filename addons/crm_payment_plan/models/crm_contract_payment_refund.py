from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..lib.kinds import REFUND
from ..lib.plan_parts import Part
from .crm_contract import OPEN_STATES


class CrmContractPayment(models.Model):
    """Money that goes back: to a customer who paid, or from a supplier whom we paid.

    People type a positive sum; its type makes it negative, so that sums of a plan, of a month
    and of a contract are right by themselves.
    """

    _inherit = "crm.contract.payment"

    # Few are, and totals and forecast ask for them.
    _refund_idx = models.Index("(contract_id) WHERE kind = 'refund'")

    @api.model_create_multi
    def create(self, vals_list):
        usual = self.env.context.get("default_kind")
        return super().create(
            [self._prepare_signed(vals, vals.get("kind", usual) == REFUND) for vals in vals_list]
        )

    def write(self, vals):
        if self._is_settling() or {"amount", "kind"}.isdisjoint(vals):
            return super().write(vals)
        kind = vals.get("kind")
        refunds = self.filtered(lambda one: (kind or one.kind) == REFUND)
        for payments in (refunds, self - refunds):
            if not payments:
                continue
            is_refund = payments == refunds
            turned = payments.filtered(lambda one, to=is_refund: (one.kind == REFUND) != to)
            turned._drop_marks()
            if "amount" in vals or not turned:
                signed = self._prepare_signed(vals, is_refund, payments)
                super(CrmContractPayment, payments).write(signed)
                continue
            for payment in payments:
                signed = self._prepare_signed({"amount": abs(payment.amount), **vals}, is_refund)
                super(CrmContractPayment, payment).write(signed)
        return True

    @api.model
    def _prepare_signed(self, vals, is_refund, payments=()):
        """Values with the sign that the type of the payment gives its amount.

        :param payments: for the message
        """
        if "amount" not in vals:
            return vals
        amount = vals["amount"] or 0
        if is_refund:
            # What goes back is a sum, whatever becomes of the contract's amount.
            return {**vals, "amount": -abs(amount), "basis": "fixed", "percent": 0}
        if amount < 0:
            name = vals.get("name") or ", ".join(one.name for one in payments)
            raise ValidationError(
                self.env._(
                    "%(payment)s: the amount %(amount)s is negative. Plan money that goes back "
                    "as a payment of the type Refund.",
                    payment=name or self.env._("Planned Payment"),
                    amount=f"{amount:g}",
                )
            )
        return vals

    def _get_printed_name(self):
        """The name, and that it is a refund if the name does not say so."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        if self.kind != REFUND or kinds[REFUND].lower() in self.name.lower():
            return self.name
        return f"{self.name} ({kinds[REFUND]})"

    def _drop_marks(self):
        """Take back what was marked by hand of payments that become refunds, or were ones."""
        if self:
            self.check_access("write")
            self.settlement_ids.filtered(lambda row: row.source == "manual").sudo().unlink()

    def _get_rest(self, closed):
        """What is left of this payment when so much is closed; of a refund it is negative."""
        rest = self._get_owed() - closed
        return min(rest, 0) if self.kind == REFUND else max(rest, 0)

    def _is_complete(self, closed):
        """Whether so much closes the payment as a whole."""
        rest = self._get_rest(closed)
        return bool(self.amount) and self.currency_id.is_zero(rest)

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == REFUND:
            self.update({"amount": -abs(self.amount), "basis": "fixed", "percent": 0})
            if self.name == self.env._("Payment"):
                self.name = self.env._("Refund")
        elif self.amount < 0:
            self.amount = -self.amount

    @api.onchange("amount")
    def _onchange_refund_amount(self):
        if self.kind == REFUND and self.amount > 0:
            self.amount = -self.amount

    def _inverse_share(self):
        refunds = self.filtered(lambda one: one.kind == REFUND)
        result = super(CrmContractPayment, self - refunds)._inverse_share()
        for payment in refunds.filtered("contract_id.amount_effective"):
            total = payment.contract_id.amount_effective
            # Saving a row whose share nobody touched must not round its amount.
            if round(abs(payment.amount) * 100 / total, 2) != round(abs(payment.share), 2):
                payment.amount = -payment.currency_id.round(total * abs(payment.share) / 100)
        return result

    def _prepare_part(self):
        if self.kind != REFUND:
            return super()._prepare_part()
        units = round(self.amount / self.contract_id.currency_id.rounding)
        return Part("fixed", units, units)


class CrmContract(models.Model):
    """What was received beyond what is agreed, and planning to give it back."""

    _inherit = "crm.contract"

    refund_due = fields.Monetary(
        string="To Give Back",
        compute="_compute_refund_due",
        help="Received beyond what is agreed and not credited, and no refund is planned for it. "
        "Of an expense contract: what the supplier is to give back.",
    )

    def _get_refund_domain(self):
        return (
            Domain("contract_id", "in", self.ids)
            & Domain("kind", "=", REFUND)
            & Domain("state", "!=", "cancelled")
        )

    @api.depends(
        "amount_effective", "credited_total", "received_total", "state", "parent_id",
        "payment_ids.amount_remaining", "payment_ids.amount_invoiced",
    )  # fmt: skip
    def _compute_refund_due(self):
        over = {}
        for contract in self:
            # An agreement and its credit note may lower the same sum: what is agreed and
            # invoiced is asked.
            agreed = contract.amount_effective
            asked = max(
                agreed - (contract.credited_total or 0),
                min(agreed, sum(contract.payment_ids.mapped("amount_invoiced"))),
            )
            if contract.amount_total and contract._expects_amount():
                over[contract] = contract.currency_id.round(contract.received_total - asked)
        some = self.browse([contract.id for contract in over if over[contract] > 0])
        planned = {}
        if some.ids:
            planned = dict(
                self.env["crm.contract.payment"]._read_group(
                    some._get_refund_domain(), ["contract_id"], ["amount_remaining:sum"]
                )
            )
        for contract in self:
            due = over.get(contract, 0) + planned.get(contract._origin, 0)
            contract.refund_due = max(contract.currency_id.round(due), 0) if due else 0

    def _get_refunds_beyond(self):
        """Refunds of money that the plan never asked for, or asks for no more.

        Money beyond the plan has no planned payment, nor has what credit notes took off and no
        payment gave up: a refund of that takes nothing off what is agreed.

        :return: {contract id: sum}
        """
        if not self.ids:
            return {}
        Payment = self.env["crm.contract.payment"]
        refunds = dict(
            Payment._read_group(self._get_refund_domain(), ["contract_id"], ["amount:sum"])
        )
        if not refunds:
            return {}
        sums = Payment._read_group(
            Domain("contract_id", "in", [one.id for one in refunds])
            & Domain("state", "!=", "cancelled"),
            ["contract_id"],
            ["amount:sum", "amount_credited:sum"],
        )
        return {
            contract.id: contract._limit_beyond(
                -refunds[contract], planned - refunds[contract], credited
            )
            for contract, planned, credited in sums
        }

    def _limit_beyond(self, refunds, planned, credited):
        """How much of refunds is of such money.

        :param planned: sum of the plan without refunds; what exceeds the agreed sum goes first
        :param credited: what payments of the plan gave up
        """
        rest = max(refunds - max(planned - self.amount_effective, 0), 0)
        given_up = (self.credited_total or 0) - (credited or 0)
        return min(rest, max(self.unallocated_total, 0) + max(given_up, 0))

    def _get_amount_to_plan(self):
        """What the planned payments, refunds taken off, are to add up to."""
        self.ensure_one()
        live = self.payment_ids.filtered(lambda one: one.state != "cancelled")
        refunds = sum(one.amount for one in live if one.kind == REFUND)
        if not refunds:
            return self.amount_effective
        beyond = self._limit_beyond(
            -refunds, sum(live.mapped("amount")) - refunds, sum(live.mapped("amount_credited"))
        )
        return self.currency_id.round(self.amount_effective - beyond)

    def action_plan_refund(self):
        """Button: plan to give back what was received beyond what is agreed.

        Nothing else is asked of the contract then: its open payments are cancelled, and those
        received in part end with what came.
        """
        self.ensure_one()
        self.check_access("write")
        self._check_state(*OPEN_STATES)
        due = self.refund_due
        if not due:
            raise UserError(
                self.env._(
                    "On contract %s nothing was received beyond what is agreed.", self.display_name
                )
            )
        self.write({"payment_ids": [*self._prepare_closed_plan(), self._prepare_refund(due)]})
        refunds = self.payment_ids.filtered(lambda one: one.kind == REFUND)
        return refunds.sorted("id")[-1:].action_open_popup()

    def _prepare_closed_plan(self):
        """Commands that end the open payments of the plan with what they have received."""
        commands = []
        for payment in self.payment_ids.filtered(
            lambda one: one.state == "planned" and one.kind != REFUND
        ):
            closed = payment.amount_received + (payment.amount_credited or 0)
            values = {"amount": closed} if closed else {"state": "cancelled"}
            commands.append(fields.Command.update(payment.id, values))
        return commands

    def _prepare_refund(self, amount):
        return fields.Command.create(
            {
                "name": self.env._("Refund"),
                "kind": REFUND,
                "sequence": max(self.payment_ids.mapped("sequence"), default=0) + 10,
                "amount": amount,
                "date_planned": self.company_id._get_local_today(),
            }
        )

    def _end(self, state):
        """Money that is to go back must not be forgotten with the contract."""
        for contract in self.filtered(lambda one: one.received_total > 0):
            refunds = contract.payment_ids.filtered(lambda one: one.amount_remaining < 0)
            if refunds:
                raise UserError(
                    self.env._(
                        "Of contract %(contract)s %(amount)s is to go back: register or cancel "
                        "that refund first.",
                        contract=contract.display_name,
                        amount=contract.currency_id.format(
                            -sum(refunds.mapped("amount_remaining"))
                        ),
                    )
                )
        return super()._end(state)
