from collections import defaultdict

from odoo import api, models

#: Whose steps go over when the record, its team or whoever leads it changes.
FOLLOWING = ("responsible", "role", "leader")


class BpmStageCaseStep(models.Model):
    """Whose an open step is stays true when the record gets other people, or those others
    above them (TN-10)."""

    _inherit = "bpm.stage.case.step"

    @api.model
    def _follow_people(self, records):
        """Open steps for the responsible, a role or the leader of the team go over to the new one,
        unless they were passed on."""
        cases = self.env["bpm.stage.case"]._get_cases(records).values()
        steps = self.search(
            [
                ("case_id", "in", [case.id for case in cases]),
                ("state", "=", "todo"),
                ("step_id.assign_kind", "in", FOLLOWING),
                ("is_passed_on", "=", False),
            ]
        )
        steps._give_to_whom_they_are_for()

    @api.model
    def _get_open_steps_of(self, users):
        return self.sudo().search([("user_id", "in", users.ids), ("state", "=", "todo")])

    def _find_successors(self):
        """Open steps of people who have left go to whoever the regulation means without them."""
        for model, some in self.grouped(lambda step: step.case_id.res_model).items():
            if model not in self.env:
                continue
            there = set(some._get_records().exists().ids)
            some = some.filtered(lambda step, there=there: step.case_id.res_id in there)
            some.is_passed_on = False
            some._give_to_whom_they_are_for()
            some._plan_lost_activities()

    def _give_to_whom_they_are_for(self):
        """Open steps, all of one model, go to the people that their wording means now."""
        moved = defaultdict(self.browse)
        for step, some in self.filtered("step_id").grouped("step_id").items():
            # Who brought the record there is not known any more.
            kind = "responsible" if step.assign_kind == "mover" else step.assign_kind
            people = step._get_people(some._get_records(), kind)

            def key(row, people=people):
                return people[row.case_id.res_id]

            for holder, rows in some.grouped(key).items():
                others = rows.filtered(lambda row, user=holder.user: row.user_id != user)
                others.write(holder.prepare_values())
                moved[holder.user] |= others
        for user, rows in moved.items():
            rows._hand_over(user)

    def _plan_lost_activities(self):
        """Of these, those stand in the schedule again whose activity was deleted."""
        lost = self.filtered(lambda row: row.kind != "process" and not row.activity_ids)
        for step, rows in lost.filtered("step_id").grouped("step_id").items():
            if step.kind == "approval":
                rows._start_approval(step)
            else:
                # What a program was to do and could not is done by hand.
                rows._start_activity(step)

    def _hand_over(self, user):
        """Their activities are another person's now.

        He hears of one by its own message; who takes over a whole team gets one for all.
        """
        activities = self._get_checked_activities()
        if activities and len(self) == 1:
            activities.user_id = user
            return
        self._get_quiet_activities().user_id = user
        if user != self.env.user:
            self._tell(user, lambda env, names: env._("Yours from now on: %s", names))
