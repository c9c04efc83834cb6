from odoo import api, fields, models
from odoo.exceptions import ValidationError

DELAY_BASES = [
    ("average", "Average, by amount"),
    ("p50", "Half of the money has come (median)"),
    ("p75", "Three quarters of the money have come"),
    ("p90", "Nine tenths of the money have come"),
]
DATE_MODES = [
    ("contract", "Contract dates"),
    ("promised", "Promised dates"),
    ("behaviour", "By the payers' habits"),
]
MAX_WEEKS = 53


class ResCompany(models.Model):
    """How a company forecasts its cash, and from when on it is warned."""

    _inherit = "res.company"

    cash_weeks = fields.Integer(
        string="Weeks of the Forecast", default=13, help="How far the cash forecast looks."
    )
    cash_date_mode = fields.Selection(
        DATE_MODES,
        string="Dates of the Forecast",
        default="behaviour",
        required=True,
        help="By these dates the nightly alert looks for a gap; the board offers all three.",
    )
    cash_delay_basis = fields.Selection(
        DELAY_BASES,
        string="Expected Delay",
        default="average",
        required=True,
        help="How late a payer is expected, from what he paid within the last year.",
    )
    cash_minimum = fields.Monetary(
        string="Least Balance",
        help="The forecast warns when bank and cash together fall below this sum.",
    )
    cash_doubtful_days = fields.Integer(
        string="Doubtful After",
        default=90,
        help="Days overdue after which money is not counted on. 0: never.",
    )
    cash_treasurer_id = fields.Many2one(
        "res.users",
        string="Treasurer",
        domain="[('share', '=', False)]",
        help="Is warned once about every cash gap. Empty: a head of sales is, else the first "
        "accountant of the company.",
    )
    crm_bill_limit = fields.Monetary(
        string="Limit of Heads",
        help="Suppliers' bills above this sum go to the director, whatever their contract and the "
        "budget say. 0: no limit.",
    )

    _crm_bill_limit_positive = models.Constraint(
        "CHECK (crm_bill_limit >= 0)", "The limit of heads for bills cannot be negative."
    )

    def _get_cash_watcher(self):
        """Who is warned about cash gaps: the treasurer, else a head, else an accountant."""
        self.ensure_one()
        chosen = self.sudo().cash_treasurer_id
        if chosen.active:
            return chosen
        head = self.env["res.users"].sudo().search(
            [("all_group_ids", "in", self.env.ref("crm_bpm_core.group_head").ids),
             ("company_ids", "in", self.ids), ("share", "=", False)], order="id", limit=1
        )  # fmt: skip
        return head or self._get_payment_assigner()

    @api.constrains("cash_weeks", "cash_doubtful_days", "cash_minimum")
    def _check_cash(self):
        for company in self:
            if not 1 <= company.cash_weeks <= MAX_WEEKS:
                raise ValidationError(
                    self.env._("The cash forecast looks 1 to %s weeks ahead.", MAX_WEEKS)
                )
            if company.cash_doubtful_days < 0 or company.cash_minimum < 0:
                raise ValidationError(
                    self.env._("Least balance and days of doubtful money cannot be negative.")
                )
