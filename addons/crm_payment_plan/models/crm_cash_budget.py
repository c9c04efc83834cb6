from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import float_round

MAX_MONTHS = 36


class CrmCashBudget(models.Model):
    """How much money is meant to come and go: by month and category, of one company."""

    _name = "crm.cash.budget"
    _description = "Cash Budget"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._get_local_today().replace(month=1, day=1),
        help="The month counts, not the day.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._get_local_today().replace(month=12, day=31),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        help="Only approved budgets stand in the report.",
    )
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user)
    line_ids = fields.One2many("crm.cash.budget.line", "budget_id", copy=True)
    note = fields.Text()
    income_total = fields.Monetary(string="Comes", compute="_compute_totals")
    expense_total = fields.Monetary(string="Goes", compute="_compute_totals")
    balance_total = fields.Monetary(string="Left", compute="_compute_totals")

    _dates_order = models.Constraint(
        "CHECK(date_to >= date_from)", "A budget cannot end before it begins."
    )

    @api.depends("line_ids.amount", "line_ids.direction")
    def _compute_totals(self):
        for budget in self:
            sums = {"income": 0.0, "expense": 0.0}
            for line in budget.line_ids:
                sums[line.direction or "expense"] += line.amount
            budget.income_total = sums["income"]
            budget.expense_total = sums["expense"]
            budget.balance_total = sums["income"] - sums["expense"]

    @api.constrains("date_from", "date_to")
    def _check_months(self):
        for budget in self:
            if len(budget._get_months()) > MAX_MONTHS:
                raise ValidationError(self.env._("A budget has %s months at most.", MAX_MONTHS))
            if outside := budget.line_ids.filtered(lambda line: not line._is_inside()):
                outside[0]._raise_outside()

    def _get_months(self):
        """First days of the months of the budget."""
        self.ensure_one()
        months, day = [], self.date_from.replace(day=1)
        while day <= self.date_to and len(months) <= MAX_MONTHS:
            months.append(day)
            day += relativedelta(months=1)
        return months

    def action_approve(self):
        """The budget counts from now on; its lines stay as they are."""
        for budget in self:
            if not budget.line_ids:
                raise UserError(
                    self.env._("%s has no lines: there is nothing to approve.", budget.name)
                )
        self.write({"state": "approved"})

    def action_draft(self):
        """Open the budget for changes; meanwhile it does not count."""
        self.write({"state": "draft"})

    def action_cancel(self):
        """The budget is not followed any more."""
        self.write({"state": "cancelled"})

    def action_fill_from_plan(self):
        """Lines for what contracts plan in these months."""
        self._fill("planned", 0)

    def action_fill_from_last_year(self):
        """Lines for what came and went in the same months a year ago."""
        self._fill("fact", 12)

    def _fill(self, measure, months_ago):
        """Replace the lines by the sums of a measure of the report, by month and category."""
        Report = self.env["crm.cash.report"]
        for budget in self:
            budget._check_draft()
            months = budget._get_months()
            past = relativedelta(months=months_ago)
            groups = Report._read_group(
                [
                    ("company_id", "=", budget.company_id.id),
                    ("category_id", "!=", False),
                    ("date", ">=", months[0] - past),
                    ("date", "<", months[-1] + relativedelta(months=1) - past),
                ],
                ["date:month", "category_id"],
                [f"{measure}:sum"],
            )
            lines = [
                budget._prepare_line(month + past, category, amount)
                for month, category, amount in groups
                if not budget.currency_id.is_zero(amount)
            ]
            if not lines:
                raise UserError(
                    self.env._(
                        "Nothing with a category stands in these months, so no lines were made."
                    )
                )
            budget.write({"line_ids": [Command.clear(), *map(Command.create, lines)]})

    def _prepare_line(self, month, category, amount):
        sign = 1 if category.direction == "income" else -1
        amount = float_round(sign * amount, precision_rounding=self.currency_id.rounding)
        return {"date": month, "category_id": category.id, "amount": max(amount, 0)}

    def _check_draft(self):
        for budget in self:
            if budget.state != "draft":
                raise UserError(
                    self.env._("%s is approved: set it to draft to change it.", budget.name)
                )

    def action_open_report(self):
        """Plan, budget and fact of these months."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_payment_plan.crm_cash_report_action"
        )
        months = self._get_months()
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("date", ">=", months[0]),
            ("date", "<", months[-1] + relativedelta(months=1)),
        ]
        action["context"] = {}
        return action
