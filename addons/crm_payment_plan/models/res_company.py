from datetime import timedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    """Calendar of the payment plan."""

    _inherit = "res.company"

    plan_week_start = fields.Selection(
        [
            ("1", "Monday"),
            ("2", "Tuesday"),
            ("3", "Wednesday"),
            ("4", "Thursday"),
            ("5", "Friday"),
            ("6", "Saturday"),
            ("7", "Sunday"),
        ],
        string="First Day of the Week",
        default="1",
        required=True,
        help="For the sections of the receipts plan: of the company, not of the language, so "
        "that everybody sees the same sums.",
    )

    reminder_nightly = fields.Boolean(
        string="Prepare Reminders Every Night",
        default=True,
        help="The list of reminders to review is ready in the morning; a person sends it.",
    )
    reminder_gap_days = fields.Integer(
        string="Days Between Reminders",
        default=3,
        help="A customer gets no second reminder within so many days, unless a debt has "
        "reached a later level.",
    )

    _reminder_gap_positive = models.Constraint(
        "CHECK (reminder_gap_days >= 0)", "Days between reminders cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.payment.reminder.level"]._create_ready(companies)
        return companies

    def _add_plan_days(self, day, days, working=False):
        """Day that is so many calendar or working days after another."""
        self.ensure_one()
        if not working:
            return day + timedelta(days=days)
        board = self.env["crm.customer.board"].with_company(self)
        return board._get_working_days(day + timedelta(days=1), days)[-1] if days else day
