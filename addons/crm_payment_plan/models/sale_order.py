from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from . import rows


class SaleOrder(models.Model):
    """The contract of a sales order; invoices of the order follow it."""

    _inherit = "sale.order"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        domain="[('direction', '=', 'income'), ('parent_id', '=', False),"
        " ('company_id', '=', company_id)]",
    )

    def write(self, vals):
        if "crm_contract_id" not in vals:
            return super().write(vals)
        contracts = self.sudo().crm_contract_id
        self._leave_crm_contract(vals["crm_contract_id"])
        result = super().write(vals)
        # Lines of posted invoices got the new contract by recomputation.
        self.env.flush_all()
        (contracts | self.sudo().crm_contract_id)._settle()
        return result

    def _leave_crm_contract(self, contract_id):
        """Take what the invoices of these orders had from their contract off them.

        Without it an order that was linked to a wrong contract would leave its money there.
        """
        for order in self.sudo():
            left = order.crm_contract_id
            if left and left.id != contract_id:
                lines = order.order_line.invoice_lines.filtered(
                    lambda line, left=left: line.crm_contract_id == left
                )
                lines.write({"crm_contract_id": False, "crm_contract_payment_id": False})

    def action_create_crm_contract(self):
        """A contract with the order's customer, amount and responsible."""
        self.ensure_one()
        rows.take(self)
        if self.crm_contract_id:
            raise UserError(
                self.env._(
                    "%(order)s belongs to contract %(contract)s already.",
                    order=self.name,
                    contract=self.crm_contract_id.display_name,
                )
            )
        contract = self.env["crm.contract"].create(self._prepare_crm_contract())
        self.crm_contract_id = contract
        return self.action_view_crm_contract()

    def _prepare_crm_contract(self):
        """Values of the contract of this order: who pays, for whom, how much and when."""
        payer = self.partner_invoice_id.commercial_partner_id or self.partner_id
        receiver = self.partner_id.commercial_partner_id
        return {
            "partner_id": payer.id,
            "beneficiary_id": receiver.id if receiver != payer else False,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount_total": self.amount_total,
            "user_id": self.user_id.id or self.env.uid,
            "lead_id": self.opportunity_id.id,
            "title": self.client_order_ref or self.name,
            "note": self.note,
            "tag_ids": [Command.set(self.tag_ids.ids)],
            "payment_ids": [Command.create(vals) for vals in self._prepare_crm_plan()],
        }

    def _prepare_crm_plan(self):
        """Planned payments as the order agrees them: its prepayment, then its payment terms.

        The terms are computed as on its invoice, so plan and invoice name the same sums and
        days; without both the contract's scheme is offered.
        """
        self.ensure_one()
        today = self.company_id._get_local_today()
        rest, values = self.amount_total, []
        if self.require_payment and 0 < self.prepayment_percent < 1:
            advance = self.currency_id.round(self.amount_total * self.prepayment_percent)
            values.append(self._prepare_crm_payment(self.env._("Prepayment"), advance, today))
            rest -= advance
        for name, amount, day in self._split_by_terms(rest, today):
            values.append(self._prepare_crm_payment(name, amount, day))
        kinds = ["stage"] * len(values)
        if kinds:
            kinds[-1] = "final"
        if len(values) > 1 and values[0]["date_planned"] == today:
            kinds[0] = "advance"
        return [
            {**vals, "kind": kind, "sequence": 10 * place}
            for place, (vals, kind) in enumerate(zip(values, kinds, strict=True), 1)
        ]

    def _split_by_terms(self, amount, day):
        """Installments of the payment terms: [(name, amount, date)]."""
        term = self.payment_term_id
        if not term:
            # Without terms an advance alone would leave the rest without a plan.
            paid_first = self.currency_id.compare_amounts(amount, self.amount_total) < 0
            return [(self.env._("Rest"), amount, day)] if paid_first else []
        rate = self.currency_rate or 1
        parts = term._compute_terms(
            date_ref=day,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=0,
            tax_amount_currency=0,
            sign=1,
            untaxed_amount=self.company_id.currency_id.round(amount / rate),
            untaxed_amount_currency=amount,
        )["line_ids"]
        return [
            (
                f"{term.name} {place}/{len(parts)}" if len(parts) > 1 else term.name,
                part["foreign_amount"],
                part["date"],
            )
            for place, part in enumerate(parts, 1)
        ]

    def _prepare_crm_payment(self, name, amount, day):
        return {"name": name, "amount": amount, "date_planned": day}

    def action_view_crm_contract(self):
        """The contract of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": self.crm_contract_id.id,
            "view_mode": "form",
        }

    def action_print_crm_contract(self):
        """The contract of this order as PDF."""
        self.ensure_one()
        return self.crm_contract_id.action_print()
