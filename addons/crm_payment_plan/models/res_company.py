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

    reminder_weekly = fields.Boolean(
        string="Weekly Digest of Debts",
        default=True,
        help="Every salesperson gets a mail about what his customers owe, heads about all.",
    )
    reminder_persons = fields.Boolean(
        string="Remind Private Persons",
        help="Debts of natural persons stand under strict rules in many countries. Switched off: "
        "their reminders wait until a person ticks them.",
    )
    reminder_assigner_id = fields.Many2one(
        "res.users",
        string="Who Assigns Payments",
        domain="[('share', '=', False)]",
        help="Is asked to assign money of customers whose reminders wait for it. Empty: the "
        "first accountant of the company.",
    )
    reminder_hour_first = fields.Float(
        string="Mails From",
        default=9.0,
        help="Reminders by mail leave on working days from this hour on, by the clock of whoever "
        "gets them. What is sent at night waits in the outbox for the morning.",
    )
    reminder_hour_last = fields.Float(
        string="Mails Until", default=18.0, help="After this hour a mail waits for the next day."
    )

    _reminder_hours = models.Constraint(
        "CHECK (reminder_hour_first >= 0 AND reminder_hour_first < reminder_hour_last"
        " AND reminder_hour_last <= 24)",
        "Reminders: the hour until which mails leave comes after the one from which they do, "
        "both within one day.",
    )
    _reminder_gap_positive = models.Constraint(
        "CHECK (reminder_gap_days >= 0)", "Days between reminders cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.payment.reminder.level"]._create_ready(companies)
        return companies

    def _get_payment_assigner(self):
        """User who is asked to assign money to invoices; none when there is no accountant."""
        self.ensure_one()
        chosen = self.sudo().reminder_assigner_id
        if chosen.active:
            return chosen
        return self.env["res.users"].sudo().search(
            [("all_group_ids", "in", self.env.ref("account.group_account_invoice").ids),
             ("company_ids", "in", self.ids), ("share", "=", False)], order="id", limit=1
        )  # fmt: skip

    def _add_plan_days(self, day, days, working=False):
        """Day that is so many calendar or working days after another."""
        self.ensure_one()
        if not working:
            return day + timedelta(days=days)
        board = self.env["crm.customer.board"].with_company(self)
        return board._get_working_days(day + timedelta(days=1), days)[-1] if days else day
