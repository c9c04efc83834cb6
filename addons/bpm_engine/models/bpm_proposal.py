from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What the author may still change while it is discussed.
_OF_AUTHOR = {"name", "description", "element", "element_name", "process_id", "version_id"}
#: Decided by those responsible, through the buttons.
_DECISION = {"state", "decline_reason", "implemented_version_id", "author_id"}


class BpmProposal(models.Model):
    """An employee's idea to improve a process, pinned to an element of its diagram (HU-18).

    Anybody may propose, discuss and vote; the owner of the process or a manager decides.
    An accepted proposal hangs on a draft and is in effect once that is published.
    """

    _name = "bpm.proposal"
    _description = "Proposal to Improve a Process"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "score desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(required=True, string="Proposal", tracking=True)
    process_id = fields.Many2one("bpm.process", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="process_id.company_id", store=True)
    version_id = fields.Many2one("bpm.process.version", ondelete="set null", string="Noticed On")
    bpmn_xml = fields.Text(related="version_id.bpmn_xml", string="Diagram")
    marks = fields.Json(compute="_compute_marks", help="Shows the element on the diagram.")
    element = fields.Char(help="Id of the element it is about; empty: the whole process.")
    element_name = fields.Char(string="About", help="Empty: the whole process.")
    instance_id = fields.Many2one("bpm.instance", ondelete="set null", help="Where it was noticed.")
    description = fields.Html()
    author_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, required=True, readonly=True, copy=False
    )
    state = fields.Selection(
        [
            ("open", "In discussion"),
            ("accepted", "Accepted"),
            ("done", "In effect"),
            ("declined", "Declined"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    decline_reason = fields.Char(tracking=True, readonly=True, copy=False)
    vote_ids = fields.One2many("bpm.proposal.vote", "proposal_id")
    score = fields.Integer(
        compute="_compute_score", store=True, aggregator=None, help="Votes for less against."
    )
    votes_for = fields.Integer(compute="_compute_score", store=True, aggregator=None)
    votes_against = fields.Integer(compute="_compute_score", store=True, aggregator=None)
    my_vote = fields.Integer(compute="_compute_my_vote")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    implemented_version_id = fields.Many2one(
        "bpm.process.version",
        ondelete="set null",
        readonly=True,
        copy=False,
        string="Comes With",
        help="The version that brings it.",
    )

    @api.depends("element")
    def _compute_marks(self):
        for proposal in self:
            pinned = [{"element": proposal.element, "state": "about"}] if proposal.element else []
            proposal.marks = {"marks": pinned}

    @api.depends("vote_ids.value")
    def _compute_score(self):
        # Not by vote_ids: people see their own votes only, and that is what is in the cache.
        groups = (
            self.env["bpm.proposal.vote"]
            .sudo()
            ._read_group([("proposal_id", "in", self.ids)], ["proposal_id", "value"], ["__count"])
        )
        counts = {(proposal.id, value): count for proposal, value, count in groups}
        for proposal in self:
            proposal.votes_for = counts.get((proposal.id, 1), 0)
            proposal.votes_against = counts.get((proposal.id, -1), 0)
            proposal.score = proposal.votes_for - proposal.votes_against

    @api.depends_context("uid")
    @api.depends("vote_ids.value", "vote_ids.user_id")
    def _compute_my_vote(self):
        votes = self._find_my_votes()
        mine = {vote.proposal_id: vote.value for vote in votes}
        for proposal in self:
            proposal.my_vote = mine.get(proposal, 0)

    def _find_my_votes(self):
        return self.env["bpm.proposal.vote"].search(
            [("proposal_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        )

    @api.depends_context("uid")
    @api.depends("process_id.owner_id")
    def _compute_can_decide(self):
        manager = self.env.user.has_group("bpm_engine.group_manager")
        for proposal in self:
            proposal.can_decide = manager or proposal.process_id.owner_id == self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        """Proposals are made in one's own name and begin in discussion."""
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in _DECISION}
                for vals in vals_list
            ]
        proposals = super().create(vals_list)
        for proposal in proposals:
            proposal._name_element()
            proposal._tell_owner()
        return proposals

    def write(self, vals):
        """The author may reword while it is discussed; decisions go through the buttons.

        :raise AccessError: somebody else's proposal, or a decision not by its button.
        """
        if not self.env.su:
            self._check_may_write(set(vals))
        return super().write(vals)

    def _check_may_write(self, names):
        if names & _DECISION:
            raise AccessError(self.env._("Proposals are decided by “Accept” and “Decline”."))
        if not names & _OF_AUTHOR:
            return
        for proposal in self:
            author = proposal.author_id == self.env.user and proposal.state == "open"
            if not author and not proposal.can_decide:
                raise AccessError(
                    self.env._(
                        "“%s” was proposed by somebody else, or is decided already. Say what "
                        "you think below it, or vote.",
                        proposal.name,
                    )
                )

    def _name_element(self):
        """Name of the element it is pinned to, when only its id was given."""
        if self.element and not self.element_name:
            domain = [
                ("process_id", "=", self.process_id.id),
                ("element_id", "=", self.element),
            ]
            found = self.env["bpm.element"].sudo().search(domain, order="id desc", limit=1)
            self.sudo().element_name = found.display_name or self.element

    def _tell_owner(self):
        owner = self.process_id.sudo().owner_id
        if owner and owner != self.author_id:
            self.sudo().message_subscribe(owner.partner_id.ids)

    # Votes

    def action_vote_for(self):
        """One's voice for it; clicked again: taken back."""
        return self._vote(1)

    def action_vote_against(self):
        """One's voice against it; clicked again: taken back."""
        return self._vote(-1)

    def _vote(self, value):
        self.ensure_one()
        self.check_access("read")
        if self.state != "open":
            raise UserError(self.env._("“%s” is decided; votes are closed.", self.name))
        mine = self._find_my_votes()
        if mine.value == value:
            mine.unlink()
        elif mine:
            mine.value = value
        else:
            self.env["bpm.proposal.vote"].create({"proposal_id": self.id, "value": value})
        return True

    # Decision

    def action_accept(self):
        """Take it up: it hangs on the draft of the process, made now if there is none.

        :raise AccessError: neither owner of the process nor manager.
        """
        for proposal in self:
            proposal._check_may_decide("open", "declined")
            # The owner decides even if somebody else draws.
            process = proposal.process_id.sudo()
            draft = process.draft_version_id or (
                process.published_version_id.action_new_draft_version()
            )
            proposal.sudo().write(
                {
                    "state": "accepted",
                    "decline_reason": False,
                    "implemented_version_id": draft.id,
                }
            )
            proposal._tell_author(self.env._("Accepted. It comes with %s.", draft.display_name))
        return True

    def action_open_draft(self):
        """The version that brings it, to draw."""
        self.ensure_one()
        return self.implemented_version_id._open()

    def action_ask_decline(self):
        """Ask for the reason, then decline."""
        self.ensure_one()
        self._check_may_decide("open", "accepted")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why not?"),
            "res_model": "bpm.proposal.decline",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_proposal_id": self.id},
        }

    def decline(self, reason):
        """Decline with a reason, which its author is told.

        :raise UserError: no reason was given.
        """
        self.ensure_one()
        self._check_may_decide("open", "accepted")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the author is told."))
        self.sudo().write(
            {"state": "declined", "decline_reason": reason, "implemented_version_id": False}
        )
        self._tell_author(self.env._("Declined: %s", reason))
        return True

    def action_reopen(self):
        """Discuss it again."""
        self.ensure_one()
        self._check_may_decide("declined", "accepted")
        self.sudo().write(
            {"state": "open", "decline_reason": False, "implemented_version_id": False}
        )
        self._tell_author(self.env._("It is discussed again."))
        return True

    def _check_may_decide(self, *states):
        if not (self.env.su or self.can_decide):
            raise AccessError(
                self.env._(
                    "The owner of the process decides: %s.",
                    self.process_id.sudo().owner_id.name or self.env._("a manager"),
                )
            )
        if self.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(self.env._("“%(name)s”: %(state)s.", name=self.name, state=label))

    def _tell_author(self, text):
        self.ensure_one()
        self.message_post(
            body=text,
            partner_ids=self.author_id.sudo().partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
