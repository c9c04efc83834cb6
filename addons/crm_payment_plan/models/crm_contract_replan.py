from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from odoo.addons.bpm_engine.lib.own_context import INTERNAL

from ..lib.plan_parts import Part, divide
from .crm_contract_schedule import AGREED, TOLD
from .crm_payment_scheme import BASES

#: A sum that a person types stands; these follow the amount of the contract.
FOLLOWING = frozenset({"percent", "remainder"})


class CrmContract(models.Model):
    """The plan follows the amount: a new version, an additional agreement, another price."""

    _inherit = "crm.contract"

    def write(self, vals):
        result = super().write(vals)
        if "amount_total" in vals:
            self._replan()
        return result

    def _after_agreement(self):
        """Whoever approves an agreement need not be the one who plans the contract."""
        result = super()._after_agreement()
        self.sudo()._replan()
        return result

    def _replan(self):
        """Make percentages and remainders of the amount that the contracts have now.

        What was received in full or in part stands. A plan that asks for more than the amount
        is left as it is; the contract shows by how much.
        """
        for contract in self.filtered(lambda one: not one.parent_id and one.amount_effective):
            live = contract.payment_ids.filtered(lambda payment: payment.state != "cancelled")
            rows = live.sorted(lambda payment: payment._plan_place())
            if FOLLOWING.isdisjoint(rows.mapped("basis")):
                continue
            coin = contract.currency_id.rounding
            coins, left = divide(
                round(contract._get_amount_to_plan() / coin), [row._prepare_part() for row in rows]
            )
            if left < 0:
                continue
            amounts = [contract.currency_id.round(one * coin) for one in coins]
            contract._write_amounts(rows, amounts)
        # Credit notes and marks count of what is agreed now.
        self._settle()

    def _write_amounts(self, rows, amounts):
        """Write amounts that differ, and say on the contract which payments changed."""
        changes = []
        for row, amount in zip(rows, amounts, strict=True):
            if self.currency_id.compare_amounts(row.amount, amount):
                before = self.currency_id.format(row.amount)
                changes.append(f"{row.name}: {before} → {self.currency_id.format(amount)}")
                telling = row.with_context(**{TOLD: INTERNAL})
                telling.write({"amount": amount, "basis": row.basis})
        if changes:
            self.message_post(
                body=self.env._("The plan follows the amount: %s", "; ".join(changes))
            )
            if self.state in AGREED:
                self._tell_plan_changed(changes)

    def _divide_kept(self, rows, kept):
        """Amounts of a scheme's payments beside those that stay in the plan.

        :param rows: [(line of the scheme, its place in the line's count)]
        :param kept: payments that were received or cancelled, and refunds
        :return: [amount, or None where a payment stands for it]
        """
        coin = self.currency_id.rounding
        stand = kept.filtered(lambda payment: payment.state != "cancelled")
        known = self._match_kept(rows, stand)
        parts = []
        for index, (line, _place) in enumerate(rows):
            payment = known.get(index)
            value = round(line.amount / coin) if line.basis == "fixed" else line.percent
            locked = round(payment.amount / coin) if payment else None
            parts.append(Part(line.basis, value, locked))
        others = stand - self.env["crm.contract.payment"].union(*known.values())
        parts += [Part("fixed", 0, round(one.amount / coin)) for one in others]
        coins, left = divide(round(self._get_amount_to_plan() / coin), parts)
        if left < 0:
            raise UserError(
                self.env._(
                    "The payments that stand and the fixed amounts of the scheme exceed the "
                    "contract by %s.",
                    self.currency_id.format(-left * coin),
                )
            )
        return [
            None if index in known else self.currency_id.round(coins[index] * coin)
            for index in range(len(rows))
        ]

    @api.model
    def _match_kept(self, rows, payments):
        """Which payments of the plan stand for which of the scheme: {place: payment}.

        By their names; an advance is the advance, whatever it is called.
        """
        known = {}
        for by_name in (True, False):
            for payment in payments - payments.browse().union(*known.values()):
                for index, (line, place) in enumerate(rows):
                    same = line._get_payment_name(place) == payment.name
                    if (
                        index not in known
                        and line.kind == payment.kind
                        and (same if by_name else line.kind == "advance")
                    ):
                        known[index] = payment
                        break
        return known


class CrmContractPayment(models.Model):
    """By what the amount of a payment goes: a sum, a share of the contract, or the rest."""

    _inherit = "crm.contract.payment"

    basis = fields.Selection(
        BASES,
        required=True,
        default="fixed",
        help="Percent and remainder follow the amount of the contract until money comes.",
    )
    percent = fields.Float(digits=(16, 6), aggregator=None)

    def write(self, vals):
        if "amount" not in vals or self._is_settling():
            return super().write(vals)
        self._check_amount_open(vals["amount"])
        if "basis" not in vals:
            # A typed sum stands, whatever becomes of the contract's amount.
            typed = self.filtered(
                lambda one: one.currency_id.compare_amounts(one.amount, vals["amount"] or 0)
            )
            super(CrmContractPayment, typed.filtered(lambda one: one.basis != "fixed")).write(
                {"basis": "fixed"}
            )
        return super().write(vals)

    def _check_amount_open(self, amount):
        """What entries have closed keeps its amount: accounting and the plan would part."""
        for payment in self.filtered(lambda one: one.state == "received"):
            brought = payment.settlement_ids.filtered(lambda row: row.source != "manual")
            if brought and payment.currency_id.compare_amounts(payment.amount, amount or 0):
                raise UserError(
                    self.env._(
                        "%s is received by posted entries, its amount stands. Add a payment for "
                        "the difference.",
                        payment.display_name,
                    )
                )

    def _prepare_part(self):
        """What the division of the contract's amount has to know of this payment."""
        self.ensure_one()
        coin = self.currency_id.rounding
        value = self.percent if self.basis == "percent" else round(self.amount / coin)
        locked = max(self.amount, self.amount_received) if self.amount_received else None
        return Part(self.basis, value, None if locked is None else round(locked / coin))

    def _inverse_share(self):
        for payment in self.filtered("contract_id.amount_effective"):
            total = payment.contract_id.amount_effective
            # Saving a row whose share nobody touched must not round its amount.
            if float_round(payment.amount * 100 / total, 2) != float_round(payment.share, 2):
                amount = payment.currency_id.round(total * payment.share / 100)
                payment.update({"amount": amount, "basis": "percent", "percent": payment.share})

    @api.onchange("share")
    def _onchange_share(self):
        self._inverse_share()

    @api.onchange("amount")
    def _onchange_amount(self):
        """A typed sum stands; one that its percentage gives is none."""
        total = self.contract_id.amount_effective
        given = self.currency_id.round(total * self.percent / 100) if self.currency_id else 0
        if self.basis == "percent" and self.amount != given:
            self.basis = "fixed"
        elif self.basis == "remainder" and self.amount != self._origin.amount:
            self.basis = "fixed"
