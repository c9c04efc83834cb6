from datetime import datetime, time

import pytz

from odoo import api, fields, models

from ..lib.kinds import TASK_EVENT_DATES, TASK_EVENTS

#: Working day ends: deadlines of tasks are moments, terms of contracts are days.
DEADLINE_HOUR = 18
FINISHED = ("1_done", "1_canceled")


class ProjectTask(models.Model):
    """Tasks of a template count their deadline from the terms of the contract (TN-22)."""

    _inherit = "project.task"

    contract_event = fields.Selection(
        TASK_EVENTS,
        string="Deadline Counts From",
        help="Event of the contract from which the deadline counts. The deadline is set when "
        "the event has come, and follows it until the task is finished.",
    )
    contract_days = fields.Integer(
        string="Days After Event", help="Negative: days before the event."
    )
    contract_working_days = fields.Boolean(string="Count Working Days")
    has_contract_terms = fields.Boolean(
        compute="_compute_has_contract_terms",
        help="Whether events of a contract mean anything here: in templates, and in projects "
        "that a contract made.",
    )

    @api.depends("project_id.is_template", "project_id.crm_contract_id")
    def _compute_has_contract_terms(self):
        for task in self:
            project = task.project_id.sudo()  # project members need not see contracts
            task.has_contract_terms = bool(project.is_template or project.crm_contract_id)

    def _follow_contract(self, contract):
        """Deadlines of the unfinished tasks by the events of the contract that have come."""
        for task in self.filtered(lambda one: one.contract_event and one.state not in FINISHED):
            day = contract[TASK_EVENT_DATES[task.contract_event]]
            deadline = day and task._prepare_contract_deadline(contract.company_id, day)
            if deadline and deadline != task.date_deadline:
                task.date_deadline = deadline

    def _prepare_contract_deadline(self, company, day):
        """Moment (UTC) at which the task has to be done, counted from a day of the contract."""
        self.ensure_one()
        working = self.contract_working_days and self.contract_days > 0
        due = company._add_plan_days(day, self.contract_days, working)
        local = pytz.timezone(company.nightly_tz or "UTC").localize(
            datetime.combine(due, time(DEADLINE_HOUR))
        )
        return local.astimezone(pytz.utc).replace(tzinfo=None)
