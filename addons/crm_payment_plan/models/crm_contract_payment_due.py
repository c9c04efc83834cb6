from odoo import api, fields, models

from ..lib.kinds import DUE_EVENTS, DUE_KINDS, EVENT_DATES


class CrmContractPayment(models.Model):
    """When a payment is due: on a date, or so many days after an event."""

    _inherit = "crm.contract.payment"

    due_kind = fields.Selection(DUE_KINDS, string="Due", required=True, default="date")
    due_event = fields.Selection(DUE_EVENTS, string="Event")
    due_days = fields.Integer(string="Days After")
    due_working_days = fields.Boolean(string="Working Days")
    is_estimated = fields.Boolean(
        string="Estimated",
        compute="_compute_is_estimated",
        store=True,
        help="The event has not come yet; the planned date is an estimate until it does.",
    )

    due_text = fields.Char(
        string="Due Rule",
        compute="_compute_due_text",
        help="What the date counts from, in words; empty for a fixed date.",
    )

    _event_named = models.Constraint(
        "CHECK(due_kind <> 'event' OR due_event IS NOT NULL)",
        "Choose the event from which the days count.",
    )

    @api.depends(
        "due_kind",
        "due_event",
        "sequence",
        "contract_id.date_signed",
        "contract_id.date_advance",
        "contract_id.date_shipped",
        "contract_id.date_accepted",
        "contract_id.date_invoiced",
        "contract_id.payment_ids.date_received",
        "contract_id.payment_ids.sequence",
        "contract_id.payment_ids.state",
    )
    def _compute_is_estimated(self):
        for payment in self:
            payment.is_estimated = payment.due_kind == "event" and not payment._get_event_date()

    @api.depends("due_kind", "due_event", "due_days", "due_working_days")
    @api.depends_context("lang")
    def _compute_due_text(self):
        for payment in self:
            payment.due_text = payment.due_kind == "event" and payment._get_rule_text()

    def _get_rule_text(self):
        """ "10 working days after shipment", "on signing" ..."""
        self.ensure_one()
        events = dict(self._fields["due_event"]._description_selection(self.env))
        event = (events.get(self.due_event) or "").lower()
        if not self.due_days:
            return self.env._("on the day of: %s", event)
        if self.due_working_days:
            return self.env._(
                "%(days)s working days after: %(event)s", days=self.due_days, event=event
            )
        return self.env._("%(days)s days after: %(event)s", days=self.due_days, event=event)

    def _get_event_date(self):
        """Day of the event from which this payment counts; False: it has not come."""
        self.ensure_one()
        if self.due_event == "previous":
            before = self.contract_id.payment_ids.filtered(
                lambda p: p.state != "cancelled" and p._plan_place() < self._plan_place()
            )
            return before.sorted(lambda p: p._plan_place())[-1:].date_received
        return self.contract_id[EVENT_DATES[self.due_event]] if self.due_event else False

    def _plan_place(self):
        """Place in the plan; rows that are not saved stand last."""
        return (self.sequence, self._origin.id or float("inf"))

    def _follow_event(self, *events):
        """Set the dates that count from an event which has come; later moves are followed too.

        :return: payments whose date moved
        """
        moved = self.browse()
        for payment in self:
            if payment.due_kind != "event" or payment.due_event not in events:
                continue
            day = payment._get_event_date()
            due = day and payment.state == "planned" and payment._prepare_due_date(day)
            if due and due != payment.date_planned:
                payment.date_planned = due
                moved |= payment
        return moved

    def _prepare_due_date(self, day):
        return self.company_id._add_plan_days(day, self.due_days, self.due_working_days)

    @api.onchange("due_kind", "due_event", "due_days", "due_working_days")
    def _onchange_due(self):
        day = self.due_kind == "event" and self._get_event_date()
        if day:
            self.date_planned = self._prepare_due_date(day)
