from odoo import models

#: Who gets a step is decided by these, until when he has it by those.
ASSIGNMENT = ("assign_kind", "assign_user_id", "assign_group_id", "assign_path")
TIMING = ("deadline_number", "deadline_unit", "remind_hours")
WORDS = ("name", "instruction", "activity_type_id")


class BpmStageCaseStep(models.Model):
    """Open steps follow another wording: its words, its person, its deadline."""

    _inherit = "bpm.stage.case.step"

    def _renew(self, former):
        """Bring open steps of one wording in line with that, where it says another thing.

        What somebody passed on stays with whom he gave it to.

        :param former: the step of the wording under which they were before.
        """
        rows, step = self.filtered(lambda row: row.state == "todo"), self.step_id
        if not rows:
            return
        if _differ(former, step, WORDS):
            rows._tell_anew(step)
        own = rows.filtered(lambda row: not row.is_passed_on)
        # Who moved the record is known at that moment only.
        if _differ(former, step, ASSIGNMENT) and step.assign_kind != "mover":
            own -= own._give_anew(step)
        if _differ(former, step, TIMING):
            own._count_anew(step)

    def _get_quiet_activities(self):
        """Their activities; thousands of mails would be sent one by one."""
        return self._get_checked_activities().with_context(mail_activity_quick_update=True)

    def _tell_anew(self, step):
        """Their activities say what is to be done now."""
        for user, rows in self.grouped("user_id").items():
            activities = rows._get_quiet_activities()
            activities.write(step._get_words_for(user))
            if step.activity_type_id:
                activities.activity_type_id = step.activity_type_id

    def _give_anew(self, step):
        """Another person is responsible; he has the whole time from now on.

        :return: those that went to another person.
        """
        people, given = step._get_people(self._get_records()), self.browse()
        for holder, rows in self.grouped(lambda row: people[row.case_id.res_id]).items():
            moved = rows.filtered(lambda row, user=holder.user: row.user_id != user)
            rows.write(holder.prepare_values())
            moved._get_quiet_activities().user_id = holder.user
            moved._count_anew(step, self.env.cr.now())
            given |= moved
        return given

    def _count_anew(self, step, start=None):
        """Another deadline, in the time of whoever has them.

        :param start: from when it counts; without it since each was begun.
        """

        def key(row):
            return start or row.date_start or self.env.cr.now(), row.user_id, row.case_id.company_id

        for (begun, user, company), rows in self.grouped(key).items():
            rows.write(step._prepare_timing(company or self.env.company, begun, user))
            rows._get_quiet_activities().date_deadline = rows[0]._get_deadline_day()


def _differ(former, step, names):
    return any(former[name] != step[name] for name in names)
