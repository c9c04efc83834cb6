import logging

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ..lib.acting import act_as
from ..lib.own_context import without_own_words

_logger = logging.getLogger(__name__)


class BpmStageCaseStep(models.Model):
    """Steps that do something by themselves: server actions, records, processes."""

    _inherit = "bpm.stage.case.step"

    created_model = fields.Char(readonly=True)
    created_id = fields.Many2oneReference(
        model_field="created_model", readonly=True, help="The record that the step made."
    )

    def _start_action(self, step):
        step = without_own_words(step)
        self._run_each(lambda steps: steps._run_server_action(step.server_action_id), done=True)

    def _start_record(self, step):
        """Create records by an action of the whitelist, or by a server action."""
        step = without_own_words(step)
        action = step.target_action_id
        if action:
            self._run_each(lambda steps: steps._run_target_action(action), done=True)
        elif step.server_action_id:
            maker = step.server_action_id
            self._run_each(lambda steps: steps._run_making_action(maker), done=True)
        else:
            self._plan_activities(step, step.activity_type_id)

    def _start_process(self, step):
        """The step is done when the instance ends (see bpm.instance)."""
        process = without_own_words(step).process_id.sudo()
        self._run_each(lambda steps: steps._start_instances(process), done=False)

    def _start_instances(self, process):
        by_record = self._get_by_record()
        for instance in process._start(records=self._get_records(), kind="change"):
            row = by_record[instance.res_id]
            if instance.state == "done":
                row._mark_done()
            row.instance_id = instance.id

    def _run_target_action(self, action):
        """One action of the whitelist per record; what it made is noted on the step."""
        made = action.sudo().target_model_id.model
        steps = self._get_by_record()
        for record in self._get_acting_records():
            found = action._run_on(record, record.env.user) or {}
            if made and found.get("created_id"):
                steps[record.id].write({"created_model": made, "created_id": found["created_id"]})

    def _run_making_action(self, action):
        """A server action per record; what it opens afterwards is what it made."""
        for step in self:
            found = step._call_server_action(action, step._get_acting_records())
            if isinstance(found, dict) and found.get("res_id"):
                step.write({"created_model": found["res_model"], "created_id": found["res_id"]})

    def _run_server_action(self, action):
        self._call_server_action(action, self._get_acting_records())

    def _call_server_action(self, action, records):
        """Run it as the owner of the regulation; anybody may cause it by a change of stage."""
        return (
            action.with_env(records.env)
            .with_context(
                active_model=records._name, active_ids=records.ids, active_id=records.ids[0]
            )
            .run()
        )

    def _get_acting_records(self):
        """The records, with the rights of the regulation's owner, who answers for it.

        :raise UserError: they belong to a company in which he does not work.
        """
        records, regulation = self._get_records(), self.sudo().case_id[:1].regulation_id
        owner = regulation._get_active_owner()
        companies = self.env["res.company"]
        if "company_id" in records._fields:
            companies = records.company_id
            self._check_owner_works_in(owner, companies, regulation)
        return act_as(records, owner, companies[:1])

    def _check_owner_works_in(self, owner, companies, regulation):
        strange = companies.filtered(lambda one: one.id not in owner._get_company_ids())
        if strange and owner.id != SUPERUSER_ID:
            raise UserError(
                self.env._(
                    "%(owner)s, who owns the regulation “%(regulation)s”, does not work in the "
                    "company “%(company)s”: give the company to this person, or the regulation to "
                    "another owner.",
                    owner=owner.name,
                    regulation=regulation.name,
                    company=strange[0].name,
                )
            )

    def _run_each(self, run, done):
        """Together if that works, else one by one; a failure stays open with its reason.

        What a program cannot do must not keep people from working: the step is then to be
        done by hand, by the person it is given to.
        """
        self = without_own_words(self)
        if self._try(run, quiet=len(self) > 1):
            if done:
                # What it did may have led the record to another stage or regulation, or out
                # of all, which ends its case.
                left = self.exists()
                left.filtered(lambda s: s.state == "withdrawn").state = "done"
                left._mark_done()
        elif len(self) > 1:
            for step in self:
                step._run_each(run, done)

    def _leave_to_people(self, reason):
        """What a program could not do is done by hand; a process nobody does by hand, it is to
        be started again when what kept it has been put right."""
        if self.kind == "process":
            self._close("refused", reason)
            self._tell(self.user_id, lambda env, names: env._("Could not be started: %s", names))
        else:
            self.comment = reason
            self._plan_activities(self.step_id, self.step_id.activity_type_id)

    def _try(self, run, quiet):
        try:
            with self.env.cr.savepoint():
                run(self)
            return True
        except Exception as error:
            if not quiet:
                _logger.warning("Step %r of a stage failed: %s", self.name, error)
                self._leave_to_people(self.env._("Did not work: %s", error))
            return False
