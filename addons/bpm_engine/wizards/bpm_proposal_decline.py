from odoo import fields, models


class BpmProposalDecline(models.TransientModel):
    """Asks why a proposal is declined; its author reads it."""

    _name = "bpm.proposal.decline"
    _description = "Decline a Proposal"

    proposal_id = fields.Many2one("bpm.proposal", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    def action_decline(self):
        """Decline with this reason."""
        self.ensure_one()
        return self.proposal_id.decline(self.reason)
