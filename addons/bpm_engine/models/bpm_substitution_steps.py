from odoo import api, fields, models

from ..lib.reader import reader_env


class BpmSubstitution(models.Model):
    """Steps of stages go to the substitute like tasks of processes, and come back (TN-10)."""

    _inherit = "bpm.substitution"

    step_ids = fields.One2many(
        "bpm.stage.case.step", "substitution_id", string="Steps of Stages Taken Over"
    )

    def _is_for_steps(self, company=None):
        """Whether it is meant for steps of stages too, and the substitute works there."""
        if self.process_ids or not self.substitute_id.active:
            return False
        return not company or company in self.substitute_id.company_ids

    @api.depends("step_ids.state", "step_ids.user_id")
    def _compute_counts(self):
        """Steps of stages are counted with the tasks: both are handed over and come back."""
        result = super()._compute_counts()
        steps = self.env["bpm.stage.case.step"].sudo()
        todo = [("state", "=", "todo")]
        taken = dict(
            steps._read_group(
                [*todo, ("substitution_id", "in", self.ids)], ["substitution_id"], ["__count"]
            )
        )
        people = self.filtered(lambda absence: absence._is_for_steps()).user_id
        own = dict(
            steps._read_group([*todo, ("user_id", "in", people.ids)], ["user_id"], ["__count"])
        )
        for absence in self:
            absence.open_count += taken.get(absence._origin, 0)
            if absence._is_for_steps():
                absence.own_count += own.get(absence.user_id, 0)
        return result

    def action_hand_over(self):
        """Visas and other steps that were open before as well."""
        result = super().action_hand_over()
        for absence in self.sudo().filtered(lambda one: one._is_for_steps()):
            steps = self.env["bpm.stage.case.step"]._get_open_steps_of(absence.user_id)
            steps.filtered(
                lambda step, a=absence: a._is_for_steps(step.case_id.company_id)
            )._give_to_substitute(absence)
        return result

    def _give_back(self):
        result = super()._give_back()
        for absence in self.sudo():
            person = absence.user_id
            steps = absence.step_ids.filtered(
                lambda step, person=person: step.state == "todo" and step.user_id != person
            )
            if steps and person.active:
                steps._come_back(person)
        return result

    @api.model
    def _cron_give_back(self):
        """Each morning: also of absences because of which only steps are with somebody else."""
        result = super()._cron_give_back()
        ended = self.with_context(active_test=False).search(
            [
                ("date_to", "<", fields.Date.context_today(self)),
                ("step_ids.state", "=", "todo"),
            ]
        )
        ended._give_back()
        return result


class BpmStageCaseStep(models.Model):
    _inherit = "bpm.stage.case.step"

    def _give_to_substitute(self, absence):
        """The substitute has these open steps of an absent person."""
        substitute = absence.substitute_id
        why = self.env._(
            "%(who)s is away, %(substitute)s stands in",
            who=absence.user_id.name,
            substitute=substitute.name,
        )
        self.write({"user_id": substitute.id, "substitution_id": absence.id, "why": why})
        self._hand_over_each_model(substitute)

    def _come_back(self, person):
        """Whoever was away has them again."""
        why = reader_env(self.env, person)._("%s is back", person.name)
        self.write({"user_id": person.id, "substitution_id": False, "why": why})
        self._hand_over_each_model(person)

    def _hand_over_each_model(self, user):
        for steps in self.grouped(lambda step: step.case_id.res_model).values():
            steps._hand_over(user)
