from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_contract import OPEN_STATES

#: Payments that should have come; a refund that is late is owed the other way.
OVERDUE = Domain("is_overdue", "=", True) & Domain("amount_remaining", ">", 0)


class CrmContract(models.Model):
    """What is planned, received and still expected; every figure in the contract's currency."""

    _inherit = "crm.contract"

    payment_ids = fields.One2many("crm.contract.payment", "contract_id", string="Planned Payments")
    settlement_ids = fields.One2many("crm.contract.settlement", "contract_id")
    amount_effective = fields.Monetary(
        string="Contract Amount",
        compute="_compute_amount_effective",
        store=True,
        help="Amount of the contract and of its approved additional agreements.",
    )
    planned_total = fields.Monetary(
        string="Planned",
        compute="_compute_plan_totals",
        store=True,
        help="Sum of the payments that are not cancelled.",
    )
    remaining_total = fields.Monetary(
        string="Remaining of the Plan",
        compute="_compute_plan_totals",
        store=True,
        help="What is still to be received of the planned payments.",
    )
    open_total = fields.Monetary(
        string="Remaining",
        compute="_compute_open_total",
        store=True,
        help="What is still to be received of the contract, planned or not. Of contracts that "
        "ended, and of those without a fixed sum: of their planned payments.",
    )
    next_date = fields.Date(
        string="Next Payment On",
        compute="_compute_plan_totals",
        store=True,
        index="btree_not_null",
        help="Planned date of the earliest open payment; in the past if it is overdue.",
    )
    next_amount = fields.Monetary(
        string="Next Payment",
        compute="_compute_plan_totals",
        store=True,
        help="What is open of the payments planned for that date.",
    )
    unplanned_total = fields.Monetary(
        string="Not Planned",
        compute="_compute_unplanned_total",
        store=True,
        help="Contract amount without planned payments; negative: more is planned than agreed. "
        "0 for contracts without a fixed sum.",
    )
    received_total = fields.Monetary(
        string="Received",
        compute="_compute_received_totals",
        store=True,
        help="Obligation closed by posted entries, write-offs included, and what was marked "
        "as received by hand. For expense contracts: what we paid.",
    )
    cash_total = fields.Monetary(
        string="Received in Money",
        compute="_compute_received_totals",
        store=True,
        help="The part of it that came as money; write-offs and netting are not in it.",
    )
    unallocated_total = fields.Monetary(
        string="Received Beyond the Plan",
        compute="_compute_received_totals",
        store=True,
        help="Received on the contract's invoices without a planned payment to close.",
    )
    overdue_total = fields.Monetary(
        string="Overdue", compute="_compute_overdue_total", search="_search_overdue_total"
    )
    invoiced_total = fields.Monetary(
        string="Invoiced",
        compute="_compute_invoiced_total",
        help="Posted invoices less credit notes.",
    )
    move_count = fields.Integer(string="Invoices", compute="_compute_invoiced_total")
    settlement_count = fields.Integer(compute="_compute_settlement_count")
    money_summary = fields.Json(
        compute="_compute_money_summary",
        help="For the bar at the top of the form: totals and what is expected by month.",
    )

    # Stored totals ---------------------------------------------------------------

    @api.depends("amount_total", "child_ids.amount_total", "child_ids.state")
    def _compute_amount_effective(self):
        groups = self.env["crm.contract"]._read_group(
            [
                ("parent_id", "in", self.ids),
                ("state", "in", ("approved", "active", "completed")),
            ],
            ["parent_id"],
            ["amount_total:sum"],
        )
        changes = {parent.id: amount for parent, amount in groups}
        for contract in self:
            contract.amount_effective = contract.amount_total + changes.get(contract.id, 0)

    @api.depends(
        "payment_ids.amount",
        "payment_ids.amount_remaining",
        "payment_ids.state",
        "payment_ids.date_planned",
    )
    def _compute_plan_totals(self):
        live = Domain("contract_id", "in", self.ids) & Domain("state", "!=", "cancelled")
        planned = defaultdict(list)
        for contract, day, *sums in self.env["crm.contract.payment"]._read_group(
            live,
            ["contract_id", "date_planned:day"],
            ["amount:sum", "amount_remaining:sum", "amount_remaining:min", "amount_remaining:max"],
            order="date_planned:day",
        ):
            planned[contract.id].append((day, *sums))
        for contract in self:
            days = planned[contract.id]
            contract.planned_total = sum(amount for _day, amount, *_rest in days)
            contract.remaining_total = sum(rest for _day, _amount, rest, *_ends in days)
            # A day whose refund is as large as its payment is open too.
            contract.next_date, contract.next_amount = next(
                ((day, rest) for day, _amount, rest, least, most in days if least or most),
                (False, 0),
            )

    @api.depends(
        "amount_effective", "planned_total", "parent_id", "credited_total", "unallocated_total"
    )
    def _compute_unplanned_total(self):
        beyond = self._get_refunds_beyond()
        for contract in self:
            rest = 0
            if contract.amount_effective and not contract.parent_id:
                rest = contract.amount_effective - contract.planned_total
                rest = contract.currency_id.round(rest - beyond.get(contract._origin.id, 0))
            contract.unplanned_total = rest

    @api.depends(
        "amount_effective", "credited_total", "received_total", "remaining_total", "parent_id",
        "state",
    )  # fmt: skip
    def _compute_open_total(self):
        for contract in self:
            rest = contract.remaining_total
            if contract._expects_amount():
                owed = contract.amount_effective - (contract.credited_total or 0)
                rest = max(rest, owed - contract.received_total)
            contract.open_total = contract.currency_id.round(rest) if rest else 0

    def _expects_amount(self):
        """Whether the whole amount is to be received, and not only what is planned of it."""
        self.ensure_one()
        return not self.parent_id and self.state in OPEN_STATES

    @api.depends(
        "settlement_ids.amount_settled", "settlement_ids.amount_cash", "settlement_ids.payment_id"
    )
    def _compute_received_totals(self):
        sums = defaultdict(list)
        for contract, payment, settled, cash in self.env["crm.contract.settlement"]._read_group(
            Domain("contract_id", "in", self.ids),
            ["contract_id", "payment_id"],
            ["amount_settled:sum", "amount_cash:sum"],
        ):
            sums[contract.id].append((payment.id, settled, cash))
        for contract in self:
            rows = sums[contract.id]
            contract.received_total = sum(settled for _payment, settled, _cash in rows)
            contract.cash_total = sum(cash for _payment, _settled, cash in rows)
            contract.unallocated_total = sum(
                settled for payment, settled, _cash in rows if not payment
            )

    # Figures of the form -----------------------------------------------------------

    def _compute_overdue_total(self):
        groups = self.env["crm.contract.payment"]._read_group(
            Domain("contract_id", "in", self.ids) & OVERDUE,
            ["contract_id"],
            ["amount_remaining:sum"],
        )
        amounts = {contract.id: amount for contract, amount in groups}
        for contract in self:
            contract.overdue_total = amounts.get(contract.id, 0)

    @api.model
    def _search_overdue_total(self, operator, value):
        """Only whether anything is overdue: that is what filters ask."""
        if (operator, value) != (">", 0):
            return NotImplemented
        return Domain("payment_ids", "any", OVERDUE)

    def _compute_invoiced_total(self):
        # Salespeople see how much is invoiced without the right to read the entries.
        contracts = self._origin.sudo()
        invoiced = {}
        if contracts:
            self.env["account.move.line"].flush_model()
            self.env["account.move"].flush_model()
            self.env["account.partial.reconcile"].flush_model()
            invoiced = contracts._get_invoiced(contracts._get_documents())
        for contract in self:
            rows = invoiced.get(contract._origin.id, [])
            coin = contract.currency_id.rounding
            total = sum(row["units"] for row in rows) * coin
            contract.invoiced_total = contract.currency_id.round(total)
            contract.move_count = len({row["move_id"] for row in rows})

    def _compute_settlement_count(self):
        groups = self.env["crm.contract.settlement"]._read_group(
            [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.settlement_count = counts.get(contract.id, 0)

    @api.depends(
        "amount_effective", "planned_total", "received_total", "remaining_total",
        "payment_ids.date_planned",
    )  # fmt: skip
    def _compute_money_summary(self):
        months = self._get_expected_months()
        for contract in self:
            contract.money_summary = {
                "months": months.get(contract._origin.id, []),
                "overdue": contract.overdue_total,
                "announced": contract.announced_total,
                "today": str(contract.company_id._get_local_today()),
            }

    def _get_expected_months(self):
        """What comes in which month: promised, else usual for the payer, else planned.

        :return: {contract id: [{"month": its first day, "amount"}]}
        """
        found = {}
        payments = self.env["crm.contract.payment"].search(
            [
                ("contract_id", "in", self.ids),
                ("state", "=", "planned"),
                ("amount_remaining", "!=", 0.0),
            ]
        )
        for payment in payments:
            day = payment.date_expected or payment.date_planned
            months = found.setdefault(payment.contract_id.id, {})
            month = str(day.replace(day=1))
            months[month] = months.get(month, 0) + payment.amount_remaining
        return {
            contract_id: [{"month": month, "amount": months[month]} for month in sorted(months)]
            for contract_id, months in found.items()
        }

    def action_view_moves(self):
        """Invoices, bills and credit notes with lines of this contract."""
        self.ensure_one()
        kind = "in" if self.direction == "expense" else "out"
        xmlid = f"account.action_move_{kind}_invoice_type"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {
            **action,
            "domain": [("line_ids.crm_contract_id", "=", self.id)],
            "context": {
                "default_move_type": f"{kind}_invoice",
                "default_partner_id": self.partner_id.id,
                "default_crm_contract_id": self.id,
            },
        }

    def action_view_settlements(self):
        """Which entries closed which payments."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipts of %s", self.display_name),
            "res_model": "crm.contract.settlement",
            "view_mode": "list,form",
            "domain": [("contract_id", "=", self.id)],
        }
