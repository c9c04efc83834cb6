from odoo import fields, models


class CrmRecessionBacktest(models.TransientModel):
    """Before a rule is switched on: what it would have done on the own history.

    The figures come from ``crm.recession.rule.get_sensitivity_comparison()``,
    which the chart on this form asks for.
    """

    _name = "crm.recession.backtest"
    _description = "Back-test of a Recession Rule"

    rule_id = fields.Many2one("crm.recession.rule", required=True, ondelete="cascade")
    rule_state = fields.Selection(related="rule_id.state")

    def action_switch_on(self):
        """Switch the rule on with the sensitivity chosen above."""
        self.ensure_one()
        self.rule_id.action_switch_on()
        return {"type": "ir.actions.act_window_close"}
