from odoo import api, fields, models
from odoo.exceptions import ValidationError

DIRECTIONS = [("income", "Income"), ("expense", "Expense")]


class CrmCashCategory(models.Model):
    """What money is for: the articles of the cash budget, as a tree."""

    _name = "crm.cash.category"
    _description = "Cash Category"
    _parent_store = True
    _order = "direction desc, sequence, complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Full Name", compute="_compute_complete_name", store=True, recursive=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    direction = fields.Selection(
        DIRECTIONS,
        required=True,
        default="expense",
        help="Income: money comes in. Expense: money goes out.",
    )
    parent_id = fields.Many2one(
        "crm.cash.category", string="Part Of", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.cash.category", "parent_id", string="Parts")
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    account_ids = fields.Many2many(
        "account.account",
        string="Accounts",
        help="Money without a contract that is booked on these accounts counts here: "
        "salaries, taxes, rent. An account belongs to one category.",
    )

    _name_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(parent_id, 0), direction, name)",
        "This category exists already in the same place.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            names = (category.parent_id.complete_name, category.name)
            category.complete_name = " / ".join(filter(None, names))

    @api.constrains("parent_id", "direction")
    def _check_direction(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot be a part of itself."))
        for category in self:
            family = category.parent_id | category.child_ids
            other = family.filtered(lambda one, c=category: one.direction != c.direction)
            if other:
                raise ValidationError(
                    self.env._(
                        "%(category)s and %(other)s must both be income or both expense.",
                        category=category.complete_name,
                        other=other[0].complete_name,
                    )
                )

    @api.constrains("account_ids", "company_id")
    def _check_accounts(self):
        for category in self.filtered("account_ids"):
            others = self.search(
                [
                    ("id", "!=", category.id),
                    ("direction", "=", category.direction),
                    ("account_ids", "in", category.account_ids.ids),
                    ("company_id", "in", [category.company_id.id, False]),
                ]
            )
            shared = others.account_ids & category.account_ids
            if shared:
                raise ValidationError(
                    self.env._(
                        "Account %(account)s belongs to %(other)s already; take it away there "
                        "first.",
                        account=shared[0].display_name,
                        other=others[0].complete_name,
                    )
                )
