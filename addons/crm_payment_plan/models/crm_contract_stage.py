from odoo import models
from odoo.exceptions import UserError

#: Buttons of the contract that bring it to a state, with all that belongs to it.
BUTTONS = {
    "approved": "action_approve",
    "completed": "action_complete",
    "terminated": "action_terminate",
    "cancelled": "action_cancel",
}
ENDED = frozenset({"completed", "terminated", "cancelled"})


class CrmContract(models.Model):
    """Contracts under stage regulations: the bar does what the buttons do (AL-15)."""

    _inherit = "crm.contract"

    def _set_stage_value(self, value):
        """By the buttons: an approved contract has its number, an ended one no open payments.

        :raise UserError: it comes into force by signatures only.
        """
        if self._get_stage_rules().stage_field != "state":
            return super()._set_stage_value(value)
        ended = self.filtered(lambda contract: contract.state in ENDED)
        if value not in ENDED and (ended or value == "draft"):
            self.action_reopen()
        elif value == "active":
            raise UserError(
                self.env._(
                    "A contract comes into force when both parties have signed it: "
                    "use “Register signature”."
                )
            )
        else:
            getattr(self, BUTTONS[value])()
        return None
