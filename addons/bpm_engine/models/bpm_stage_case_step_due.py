from odoo import api, fields, models
from odoo.tools import SQL

#: Steps per transaction of the sweep.
BATCH = 200


class BpmStageCaseStep(models.Model):
    """Steps that are due soon or overdue: people are told in time, each once (TN-30)."""

    _inherit = "bpm.stage.case.step"

    @api.model
    def _cron_due(self, limit=BATCH):
        """Remind of deadlines that come, tell leaders of those that passed."""
        reminded = self._take_due("remind_at", "reminded_at", limit)
        reminded._remind_in_time()
        late = self._take_due("deadline", "late_told_at", limit, "tell_late")
        late._tell_late()
        remaining = limit if limit in (len(reminded), len(late)) else 0
        self.env["ir.cron"]._commit_progress(len(reminded) + len(late), remaining=remaining)

    @api.model
    def _take_due(self, due, stamp, limit, wanted=None):
        """Mark a batch in one statement, so that no other server takes them as well.

        As an array they are chosen once; joined, they could be chosen anew for each row.

        :param wanted: only steps whose wording has this switch on.
        """
        self.env.flush_all()
        asked = SQL("TRUE")
        if wanted:
            asked = SQL(
                "EXISTS (SELECT 1 FROM bpm_regulation_step r WHERE r.id = s.step_id AND r.%s)",
                SQL.identifier(wanted),
            )
        rows = self.env.execute_query(
            SQL(
                "UPDATE bpm_stage_case_step SET %(stamp)s = %(now)s WHERE id = ANY(ARRAY("
                " SELECT s.id FROM bpm_stage_case_step s"
                " WHERE s.state = 'todo' AND s.%(stamp)s IS NULL AND s.%(due)s <= %(now)s"
                " AND %(asked)s ORDER BY s.%(due)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
                ")) RETURNING id",
                stamp=SQL.identifier(stamp),
                due=SQL.identifier(due),
                now=fields.Datetime.now(),
                asked=asked,
                limit=limit,
            )
        )
        steps = self.sudo().browse(row[0] for row in rows)
        steps.invalidate_recordset(["reminded_at", "late_told_at"])
        return steps

    def _remind_in_time(self):
        """One message per person with all steps that are due soon."""
        for user, steps in self.grouped("user_id").items():
            steps._tell(user, lambda env, names: env._("Due soon: %s", names))

    def _tell_late(self):
        """One message per leader with all steps that are overdue, and who has them."""
        people = self._get_leaders()
        for leader, steps in self.grouped(lambda step: people[step]).items():
            steps._tell(leader, lambda env, names: env._("Overdue: %s", names))

    def _get_leaders(self):
        """{step: the team's leader, else whom its person reports to, else the regulation's owner};
        looked for at once for all records of a model."""
        found = {}
        wordings = self.env["bpm.regulation.step"]
        for steps in self.grouped(lambda step: step.case_id.res_model).values():
            leaders = wordings._get_people_leader(steps._get_records().sudo())
            found |= {step: leaders[step.case_id.res_id][0] for step in steps}
        managers = {user: user._get_bpm_manager() for user in self.user_id}
        for step, leader in found.items():
            if not leader or leader == step.user_id:
                leader = managers.get(step.user_id)
            found[step] = leader or step.case_id.regulation_id._get_active_owner()
        return found

    def _tell(self, user, say):
        """An inbox message or mail, as the person prefers, naming and linking the records.

        :param say: (env in the person's language, names of the steps) -> subject
        """
        if not user.active:
            return
        env = self.with_context(lang=user.lang or self.env.lang).env
        lines = self.with_env(env)._prepare_notice()
        if not lines:
            # The records have been deleted meanwhile.
            return
        names = ", ".join(f"{line['name']} ({line['record']})" for line in lines[:5])
        body = env["ir.qweb"]._render("bpm_engine.step_notice", {"lines": lines, "reader": user})
        records = self._get_records().exists()
        known = len(records) == 1 and hasattr(records, "message_notify")
        thread = records if known else env["mail.thread"]
        thread.sudo().message_notify(
            partner_ids=user.partner_id.ids,
            subject=say(env, names),
            body=body,
            author_id=env.ref("base.partner_root").id,
        )

    def _prepare_notice(self):
        """Values of the lines of a notice: name, record, url, deadline, who."""
        lines = []
        for model, steps in self.grouped(lambda step: step.case_id.res_model).items():
            records = self.env[model].browse(steps.case_id.mapped("res_id")).exists()
            names = dict(zip(records.ids, records._get_record_names(), strict=True))
            lines += [
                {
                    "name": step._get_name(),
                    "record": names[step.case_id.res_id],
                    "url": f"/odoo/{model}/{step.case_id.res_id}",
                    "deadline": step.deadline,
                    "who": step.user_id,
                }
                for step in steps
                if step.case_id.res_id in names
            ]
        return lines
