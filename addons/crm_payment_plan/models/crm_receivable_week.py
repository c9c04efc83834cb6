from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_payment_reminder_open import WEEK


class CrmReceivable(models.Model):
    """Debts that became overdue this week, by the day of their company.

    The list shows what its button reminds of, also to a person in a zone where it is
    another day already.
    """

    _inherit = "crm.receivable"

    overdue_week = fields.Boolean(
        string="Overdue for Up to a Week",
        compute="_compute_overdue_week",
        search="_search_overdue_week",
    )

    @api.depends("due_date", "company_id")
    def _compute_overdue_week(self):
        for debt in self:
            days = (debt.company_id._get_local_today() - debt.due_date).days if debt.due_date else 0
            debt.overdue_week = 1 <= days <= WEEK

    @api.model
    def _search_overdue_week(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = []
        for company in self.env["res.company"].sudo().search([]):
            today = company._get_local_today()
            domains.append(
                Domain("company_id", "=", company.id)
                & Domain("due_date", "<", today)
                & Domain("due_date", ">=", today - timedelta(days=WEEK))
            )
        found = Domain.OR(domains)
        return found if True in value else ~found


class CrmPaymentReminderRun(models.Model):
    """What a list says when it is empty or goes beyond the list of debts."""

    _inherit = "crm.payment.reminder.run"

    plan_count = fields.Integer(
        string="Planned Payments Without Invoice",
        compute="_compute_plan_count",
        help="They stand in the receipts plan, not in the list of debts.",
    )
    empty_text = fields.Text(compute="_compute_empty_text")

    @api.depends("reminder_ids.document_ids")
    def _compute_plan_count(self):
        counts = self._count_planned()
        for run in self:
            run.plan_count = counts.get(run._origin.id, 0)

    def _count_planned(self):
        """{list id: planned payments without invoice that are overdue in it}."""
        rows = self.env["crm.payment.reminder.item"].sudo()._read_group(
            [("reminder_id.run_id", "in", self._origin.ids), ("payment_id", "!=", False),
             ("days", ">", 0)],
            ["reminder_id"], ["__count"],
        )  # fmt: skip
        counts = {}
        for reminder, count in rows:
            counts[reminder.run_id.id] = counts.get(reminder.run_id.id, 0) + count
        return counts

    @api.depends("scope", "state")
    @api.depends_context("lang")
    def _compute_empty_text(self):
        _ = self.env._
        texts = {
            "due": _(
                "No debt has reached a level since the last reminders. New ones come with the "
                "days, with posted invoices and with the weekly file."
            ),
            "week": _(
                "Nothing became overdue within the last seven days. Older debts are reminded of "
                "when their level comes: see Reminders to Review."
            ),
            "partners": _("The chosen customers have nothing overdue."),
        }
        for run in self:
            run.empty_text = texts[run.scope]

    def action_view_plan(self):
        """Button: the planned payments of this list."""
        self.ensure_one()
        items = self.env["crm.payment.reminder.item"].search(
            [("reminder_id.run_id", "=", self.id), ("payment_id", "!=", False), ("days", ">", 0)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Planned Payments Without Invoice"),
            "res_model": "crm.contract.payment",
            "view_mode": "list,form",
            "domain": [("id", "in", items.payment_id.ids)],
        }
