from odoo import fields, models


class BpmProposalVote(models.Model):
    """One person's voice for or against a proposal."""

    _name = "bpm.proposal.vote"
    _description = "Vote on a Proposal"

    proposal_id = fields.Many2one("bpm.proposal", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.user, ondelete="cascade"
    )
    value = fields.Integer(required=True, default=1, help="1 for, -1 against.")

    _one_each = models.UniqueIndex("(proposal_id, user_id)", "Everybody votes once.")
    _check_value = models.Constraint("CHECK(value IN (-1, 1))", "A vote is for or against.")
