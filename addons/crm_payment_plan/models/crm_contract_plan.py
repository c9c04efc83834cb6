from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..lib.kinds import REFUND


class CrmContract(models.Model):
    """The plan of payments: made from a scheme, divided to the last coin."""

    _inherit = "crm.contract"

    scheme_id = fields.Many2one(
        "crm.payment.scheme",
        string="Payment Scheme",
        compute="_compute_scheme_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        check_company=True,
    )
    date_advance = fields.Date(
        string="Advance Received On",
        readonly=True,
        copy=False,
        help="When all advances were closed.",
    )
    date_invoiced = fields.Date(
        string="Invoiced On",
        readonly=True,
        copy=False,
        help="Day of the first posted invoice.",
    )
    date_shipped = fields.Date(string="Shipped On", copy=False)
    date_accepted = fields.Date(string="Accepted On", copy=False)

    @api.depends("type_id")
    def _compute_scheme_id(self):
        for contract in self:
            usual = contract.type_id.scheme_id
            fits = not usual.company_id or usual.company_id == contract.company_id
            contract.scheme_id = contract.scheme_id or (usual if fits else False)

    @api.constrains("payment_ids", "parent_id")
    def _check_plan_of_main(self):
        for contract in self.filtered(lambda c: c.parent_id and c.payment_ids):
            raise ValidationError(
                self.env._(
                    "Payments of an additional agreement are planned in its contract %s.",
                    contract.parent_id.display_name,
                )
            )

    def write(self, vals):
        result = super().write(vals)
        for name, event in (("date_shipped", "shipped"), ("date_accepted", "accepted")):
            if name in vals:
                self.payment_ids._follow_event(event)
        if "date_signed" in vals:
            self.payment_ids._follow_event("signed")
        if not {"date_shipped", "date_accepted", "date_signed"}.isdisjoint(vals):
            self._settle()
        return result

    def action_generate_plan(self):
        """Replace the payments nothing was received of by those of the scheme."""
        for contract in self:
            if not contract.scheme_id.line_ids:
                raise UserError(
                    self.env._("Choose a payment scheme with lines for %s.", contract.display_name)
                )
            contract._generate_plan(contract.scheme_id)

    def _generate_plan(self, scheme):
        """Plan by a scheme what is not received and not cancelled yet."""
        self.ensure_one()
        if self.parent_id:
            raise UserError(
                self.env._("Plan the payments in the contract %s.", self.parent_id.display_name)
            )
        if not self.amount_effective:
            raise UserError(
                self.env._("Enter the amount of %s, of which parts are planned.", self.display_name)
            )
        open_ones = self.payment_ids.filtered(
            lambda payment: payment.state == "planned"
            and not payment.amount_received
            and payment.kind != REFUND
        )
        kept = self.payment_ids - open_ones
        values = self._prepare_plan(scheme, kept)
        open_ones.unlink()
        self.write({"payment_ids": [Command.create(vals) for vals in values]})

    def _prepare_plan(self, scheme, kept):
        """Values of the payments into which a scheme divides the contract, exactly.

        Percentages are of the contract's whole amount, and share the last coin by largest
        remainder. Payments that stay in the plan count for those of the scheme.

        :param kept: payments that were received or cancelled, and refunds
        """
        rows = [(line, place) for line in scheme.line_ids for place in range(line.count)]
        amounts = self._divide_kept(rows, kept)
        values = []
        day = self.date_start or self.date or self.company_id._get_local_today()
        for position, ((line, place), amount) in enumerate(zip(rows, amounts, strict=True)):
            day = self._estimate_date(line, place, day)
            if amount:
                values.append(self._prepare_planned(line, place, amount, day, position))
        return values

    def _prepare_planned(self, line, place, amount, day, position):
        """Values of one payment of a scheme's line."""
        return {
            "sequence": 10 * (position + 1),
            "name": line._get_payment_name(place),
            "kind": line.kind,
            "basis": line.basis,
            "percent": line.percent if line.basis == "percent" else 0,
            "amount": amount,
            "due_kind": line.due_kind,
            "due_event": line.due_event,
            "due_days": line.due_days,
            "due_working_days": line.due_working_days,
            "date_planned": day,
        }

    def _estimate_date(self, line, place, before):
        """First date of a planned payment; an event that has not come is counted as if it had.

        :param before: date of the payment before this one
        """
        start = self.date_start or self.date or self.company_id._get_local_today()
        if line.due_kind == "event" and line.due_event in ("advance", "previous"):
            start = before
        day = self.company_id._add_plan_days(start, line.due_days, line.due_working_days)
        return day + relativedelta(months=place)

    def _prepare_copied_plan(self):
        """The plan of a copied contract: the same payments, nothing received."""
        payments = self.payment_ids.filtered(
            lambda payment: payment.state != "cancelled" and payment.kind != REFUND
        )
        return [
            Command.create({name: value for name, value in vals.items() if name != "contract_id"})
            for vals in payments.copy_data()
        ]

    def _after_settling(self):
        """Hook: receipts or plans of these contracts may have changed; repeated, it does nothing.

        Sees whether the advance is complete.

        :return: contracts whose planned dates moved by that
        """
        moved = self.browse()
        for contract in self:
            followed = contract.payment_ids._follow_event("previous", "invoiced")
            advances = contract.payment_ids.filtered(
                lambda payment: payment.kind == "advance" and payment.state != "cancelled"
            )
            complete = advances and all(payment.state == "received" for payment in advances)
            days = [day for day in advances.mapped("date_received") if day]
            day = max(days, default=False) if complete else False
            before = contract.date_advance
            if day != before:
                contract.date_advance = day
                followed |= contract.payment_ids._follow_event("advance")
                if day and not before:
                    contract._on_advance_received()
                elif before and not day:
                    contract._on_advance_undone()
            if followed:
                moved |= contract
        return moved

    def _on_advance_received(self):
        """Hook: all advances of the contract are received."""
        self.ensure_one()

    def _on_advance_undone(self):
        """Hook: the advances were complete, and are so no longer."""
        self.ensure_one()

    @api.model
    def _load_demo_contracts(self):
        """Demo data: contracts of the fictional distributor; called by the demo file only."""
        # The story is no part of a running product.
        from ..demo.contracts import DemoContracts
        from ..demo.realisation import DemoRealisation

        DemoContracts(self.env).tell()
        DemoRealisation(self.env).tell()
