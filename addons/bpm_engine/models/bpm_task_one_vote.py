"""One person, one vote: several approvals of a matter are given by several people.

Whatever way a second vote would come to a person (a group's task, delegation, an absence,
escalation, the rights of a manager), it goes to somebody else or is refused in words.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.reader import keeping_env

OPEN = ("todo", "waiting")


class BpmTask(models.Model):
    _inherit = "bpm.task"

    # ------------------------------------------------------------ when votes are made

    @api.model
    def _prepare_voters(self, instance, open_task, element, approval, memo):
        """Values of one task per approver, in the order drawn; nobody is asked twice.

        Who is drawn twice has one vote. But where a second person was drawn (who is away, so
        that an approver stands in) or more approvals are wanted than people are left,
        somebody else is asked, so that the number of eyes stays.

        Without approvers the element's own assignment is the one approver.
        """
        rules = approval.get("approvers") or [None]
        rows, spare, taken, drawn = [], [], set(), set()
        for rule in rules:
            row = self._prepare_row(instance, open_task, element, rule, memo)
            people = self._get_row_people(row)
            asked = (row["original_user_id"] or row["user_id"], row["group_id"])
            rows.append(row)
            if people <= taken:
                spare.append((asked in drawn, len(spare), row))
            elif len(people) == 1:
                taken |= people
            drawn.add(asked)
        spare = [row for _again, _position, row in sorted(spare, key=lambda item: item[:2])]
        missing = self._get_wanted_votes(approval, len(rules), len(drawn))
        missing -= len(rows) - len(spare)
        for row in spare[: max(missing, 0)]:
            self._ask_somebody_else(row, instance, taken, memo)
        dropped = spare[max(missing, 0) :]
        return [row for row in rows if not any(row is other for other in dropped)]

    @api.model
    def _get_row_people(self, row):
        """Ids of those who could do a task that is about to be made."""
        if row["user_id"]:
            return {row["user_id"]}
        members = self.env["res.groups"].sudo().browse(row["group_id"]).all_user_ids
        return set(members.filtered(lambda user: user.active and not user.share).ids)

    @api.model
    def _get_wanted_votes(self, approval, rules, drawn):
        """How many votes an approval must have as it was drawn.

        :param rules: number of approvers drawn
        :param drawn: number of different people and groups they meant
        """
        mode = approval.get("mode") or "all"
        if mode == "quorum":
            return min(self._get_quorum(approval, drawn), rules)
        return 1 if mode == "any" else drawn

    @api.model
    def _get_quorum(self, approval, default):
        quorum = str(approval.get("quorum") or "")
        return max(int(quorum), 1) if quorum.isdigit() else default

    @api.model
    def _ask_somebody_else(self, row, instance, taken, memo):
        """Give a vote to the process owner or a manager of processes who has none yet.

        Where there is nobody, it stays: its holder cannot vote twice but may pass it on.
        """
        other = self._find_other_voter(instance, taken, memo)
        if not other:
            return
        taken.add(other.id)
        row.update(
            user_id=other.id,
            group_id=False,
            original_user_id=row["original_user_id"] or row["user_id"],
            why=self.with_env(keeping_env(self.env, instance.process_id))._say_other_voter(
                row["why"], other
            ),
        )

    @api.model
    def _say_other_voter(self, why, other):
        return self.env._(
            "%(why)s, who has another vote on this; so %(who)s is asked", why=why, who=other.name
        )

    @api.model
    def _find_other_voter(self, instance, taken, memo=None):
        """Who is asked instead of somebody who has a vote already; may be nobody."""
        memo = {} if memo is None else memo
        owner = instance.process_id.owner_id
        owner, _substitution, _words = self._stand_in(owner, "", instance, memo)
        people = owner | self._get_process_managers(instance)
        return people.filtered(lambda user: user.id not in taken)[:1]

    # ------------------------------------------------------------ afterwards

    def _find_second_votes(self, user):
        """Those of these votes that would be a person's second on the same matter.

        Who holds two of old may still give the first of them.
        """
        votes = self.sudo().filtered("is_vote")
        if not votes or not user:
            return self.browse()
        others = votes.search(
            [
                ("instance_id", "in", votes.instance_id.ids),
                ("token", "in", list(set(votes.mapped("token")))),
                ("is_vote", "=", True),
                ("state", "!=", "cancelled"),
            ]
        ).grouped(lambda vote: (vote.instance_id.id, vote.token))
        second = [
            vote.id
            for vote in votes
            if any(
                other._is_vote_of(user, vote)
                for other in others.get((vote.instance_id.id, vote.token), ())
                if other != vote
            )
        ]
        return self.browse(second)

    def _is_vote_of(self, user, besides):
        """Whether a person gave this vote, or is to give it instead of another's."""
        if self.state == "done":
            return self.done_by_id == user
        return self.user_id == user and besides.user_id != user

    def _check_one_vote_each(self, user):
        """Refuse that a person gets or gives a second vote on the same matter.

        :raise UserError: names the task and what to do instead
        """
        if user.id == SUPERUSER_ID:
            return
        second = self._find_second_votes(user)
        votes = self.sudo().filtered("is_vote")
        for same in votes.grouped(lambda vote: (vote.instance_id.id, vote.token)).values():
            second |= self.browse(same[1:].ids)
        if second:
            raise UserError(second[0]._second_vote_message(user))

    def _second_vote_message(self, user):
        task = self.sudo()
        if user == self.env.user:
            return self.env._(
                "You have a vote on “%(task)s” already, and nobody votes twice. Leave this one "
                "to somebody else, pass it on, or ask %(owner)s.",
                task=task.name,
                owner=task.process_id.owner_id.name or self.env._("a manager"),
            )
        return self.env._(
            "%(who)s has a vote on “%(task)s” already, and nobody votes twice. Choose another "
            "person.",
            who=user.name,
            task=task.name,
        )

    def _hand_on_second_votes(self, user, why, substitution):
        """Votes of an absent person whose substitute votes, too, go to somebody else.

        Where there is nobody, they stay.

        :return: the votes concerned
        """
        second = self._find_second_votes(user)
        for vote in second:
            votes = vote._get_votes().filtered(lambda other: other.state != "cancelled")
            taken = set((votes.user_id | votes.done_by_id | user).ids)
            other = self._find_other_voter(vote.instance_id, taken)
            if other:
                words = self._say_other_voter(why, other)
                vote._assign(other, words, substitution=substitution)
        return second

    @api.model
    def _get_free_second_votes(self):
        """Ids of free tasks that the person may not take, having a vote on the same matter."""
        names = ["state", "user_id", "done_by_id", "is_vote", "instance_id", "token"]
        self.flush_model(names)
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id FROM bpm_task t JOIN bpm_task v ON v.instance_id = t.instance_id"
                " AND v.token = t.token AND v.id <> t.id"
                " WHERE t.state = 'todo' AND t.user_id IS NULL AND t.is_vote"
                " AND (v.state IN %(open)s AND v.user_id = %(user)s"
                " OR v.state = 'done' AND v.done_by_id = %(user)s)",
                open=OPEN,
                user=self.env.uid,
            )
        )
        return [row[0] for row in rows]
