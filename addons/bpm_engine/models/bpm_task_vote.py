"""Approvals by several people: one task each, and when the matter is decided."""

from odoo import api, models

from ..lib.reader import keeping_env


class BpmTask(models.Model):
    _inherit = "bpm.task"

    @api.model
    def _prepare_votes(self, instance, open_task, element, approval, memo):
        """Values of one task per approver, all asked at once or one after the other."""
        rows = self._prepare_voters(instance, open_task, element, approval, memo)
        for rank, row in enumerate(rows, 1):
            row.update(is_vote=True, rank=rank)
            if rank > 1 and approval.get("order") == "sequential":
                row["state"] = "waiting"
        return rows

    def _decide_vote(self):
        """After a vote: the outcome, if it is certain now; the rest is withdrawn then.

        :return: key of the outcome, or None while votes are outstanding
        """
        self.ensure_one()
        votes = self._get_votes()
        needed = self._get_needed_votes(len(votes))
        cast = votes.filtered(lambda v: v.state == "done")
        approvals = cast.filtered(lambda v: not v._is_refusal())
        outstanding = votes.filtered(lambda v: v.state in ("todo", "waiting"))
        if len(approvals) >= needed:
            decided = approvals
        elif len(approvals) + len(outstanding) < needed:
            decided = cast - approvals
        else:
            self._call_next_voter(outstanding)
            return None
        env = keeping_env(self.env, self.process_id)
        outstanding._withdraw(env._("Decided without this vote."))
        return (self if self in decided else decided[-1:]).outcome

    def _get_votes(self):
        return self.search(
            [
                ("instance_id", "=", self.instance_id.id),
                ("token", "=", self.token),
                ("is_vote", "=", True),
            ],
            order="rank, id",
        )

    def _get_needed_votes(self, count):
        """How many approvals it takes: any one, all, or the quorum."""
        approval = (self.element_id.settings or {}).get("approval") or {}
        mode = approval.get("mode") or "all"
        if mode == "any":
            return 1
        return min(self._get_quorum(approval, count), count) if mode == "quorum" else count

    def _is_refusal(self):
        styles = {o["key"]: o.get("style") for o in self.outcomes}
        return styles.get(self.outcome) == "negative"

    def _call_next_voter(self, outstanding):
        """Of sequential approvals the next one gets the task now."""
        if any(vote.state == "todo" for vote in outstanding):
            return
        following = outstanding[:1]
        following.state = "todo"
        following._begin()
