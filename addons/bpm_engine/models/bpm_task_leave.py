from odoo import api, models

from ..lib.reader import keeping_env


class BpmTask(models.Model):
    _inherit = "bpm.task"

    # Who leaves the company leaves open tasks behind: a process must not wait for nobody.

    @api.model
    def _get_open_of(self, users):
        """Tasks and votes, also those whose turn is yet to come, that these people have."""
        return self.sudo().search(
            [("user_id", "in", users.ids), ("state", "in", ("todo", "waiting"))]
        )

    def _find_successors(self):
        """Give tasks of people who no longer work here to others (HU-23).

        What was taken from a group goes back to it; a vote goes to who stands in for the person,
        else to the process owner; other tasks to whom the process means now.
        """
        memo = {}
        for task in self:
            task = task.with_env(keeping_env(task.env, task.process_id))
            found = task._find_successor(memo)
            if found.user:
                task._hand_on_second_votes(found.user, found.why, found.substitution)
            if task.user_id.active:
                # Somebody who has no other vote on the matter has it now.
                continue
            task.group_id = found.group
            task._assign(found.user, found.why, substitution=found.substitution)

    def _find_successor(self, memo):
        """:return Holder: who gets the task now that its person has gone"""
        self.ensure_one()
        instance, leaver = self.instance_id, self.user_id
        if self.group_id:
            rule = {"kind": "group", "group": f"#{self.group_id.id}"}
            return self._find_holder(instance, self.element_id, rule, memo=memo)
        if self.is_vote:
            return self._find_present(leaver, self.why or self.name, instance, memo)
        return self._find_holder(instance, self.element_id, memo=memo)
