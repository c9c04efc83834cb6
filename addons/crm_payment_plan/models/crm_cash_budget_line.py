from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCashBudgetLine(models.Model):
    """A month's sum of a category."""

    _name = "crm.cash.budget.line"
    _description = "Cash Budget Line"
    _order = "date, direction desc, category_id, id"

    budget_id = fields.Many2one("crm.cash.budget", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="budget_id.company_id", store=True, precompute=True)
    state = fields.Selection(related="budget_id.state", store=True, precompute=True)
    currency_id = fields.Many2one(related="budget_id.currency_id")
    date = fields.Date(
        string="Month",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Any day of the month.",
    )
    category_id = fields.Many2one(
        "crm.cash.category",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('company_id', 'in', [company_id, False])]",
    )
    direction = fields.Selection(related="category_id.direction", store=True, precompute=True)
    amount = fields.Monetary(required=True, help="Always positive; the category says where to.")

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "Sums of a budget are positive; the category says in or out."
    )
    _month_uniq = models.UniqueIndex(
        "(budget_id, category_id, date_trunc('month', date::timestamp))",
        "This category has a sum in that month already.",
    )

    @api.depends("budget_id.date_from")
    def _compute_date(self):
        for line in self:
            line.date = line.date or line.budget_id.date_from

    def _is_inside(self):
        months = self.budget_id._get_months()
        return months[0] <= self.date.replace(day=1) <= months[-1]

    def _raise_outside(self):
        raise ValidationError(
            self.env._(
                "%(category)s, %(day)s: this month does not belong to the budget %(budget)s.",
                category=self.category_id.complete_name,
                day=self.date,
                budget=self.budget_id.name,
            )
        )

    @api.constrains("date", "budget_id")
    def _check_inside(self):
        for line in self.filtered(lambda one: not one._is_inside()):
            line._raise_outside()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.budget_id._check_draft()
        return lines

    def write(self, vals):
        self.budget_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_of_draft(self):
        self.budget_id._check_draft()

    def action_repeat(self):
        """The same sum in all months of the budget that have none of this category."""
        for line in self:
            taken = {
                other.date.replace(day=1)
                for other in line.budget_id.line_ids
                if other.category_id == line.category_id
            }
            self.create(
                [
                    {"budget_id": line.budget_id.id, "category_id": line.category_id.id,
                     "date": month, "amount": line.amount}
                    for month in line.budget_id._get_months()
                    if month not in taken
                ]
            )  # fmt: skip
