from odoo import api, fields, models

from ..models.mail_activity import FOLLOW_UP_RESULTS


class CrmCallResult(models.TransientModel):
    """Asks for what a planned call brought, and when the next one is."""

    _name = "crm.call.result"
    _description = "Result of a Call"

    activity_id = fields.Many2one("mail.activity", string="Call", required=True, ondelete="cascade")
    partner_name = fields.Char(related="activity_id.res_name", string="Customer")
    call_reason = fields.Selection(related="activity_id.call_reason")
    result = fields.Selection(selection="_get_result_selection", required=True, default="reached")
    comment = fields.Text(required=True, help="What was said; goes to the customer's chatter.")
    next_date = fields.Date(
        string="Next Call",
        compute="_compute_next_date",
        store=True,
        readonly=False,
        help="A call as promised is planned for this day. Empty: none.",
    )
    outcome_reason = fields.Selection(
        selection="_get_outcome_selection",
        string="Why Orders Receded",
    )
    pause_until = fields.Date(help="The customer announced no orders until this day.")

    @api.model
    def _get_result_selection(self):
        selection = (
            self.env["mail.activity"]._fields["call_result"]._description_selection(self.env)
        )
        return [(value, label) for value, label in selection if value != "obsolete"]

    @api.model
    def _get_outcome_selection(self):
        field = self.env["crm.recession.alert"]._fields["outcome_reason"]
        return field._description_selection(self.env)

    @api.depends("result", "activity_id")
    def _compute_next_date(self):
        for wizard in self:
            if wizard.result in FOLLOW_UP_RESULTS and wizard.activity_id:
                wizard.next_date = wizard.next_date or wizard.activity_id._get_next_working_day()
            else:
                wizard.next_date = False

    def action_save(self):
        """Button: close the call."""
        self.ensure_one()
        self.activity_id.register_call_result(
            self.result,
            self.comment,
            next_date=self.next_date,
            outcome_reason=self.outcome_reason,
            pause_until=self.pause_until,
        )
        return {"type": "ir.actions.act_window_close"}
