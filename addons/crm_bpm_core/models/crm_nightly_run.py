from odoo import api, fields, models
from odoo.exceptions import AccessError

#: A run in one of these states has nothing left to do.
FINISHED = ("done", "warning")


class CrmNightlyRun(models.Model):
    """One sweep over the customers of a company, for one night (PK-12).

    A run belongs to a calendar day of its company and is due at that day's 01:00.
    Its stages work in batches, each committed, so that a run that was killed goes
    on where it stopped and ends as if it had not been. Running it again for the same
    night changes nothing. How it works through the stages: ``crm_nightly_run_work``;
    when it starts: ``crm_nightly_run_schedule``.
    """

    _name = "crm.nightly.run"
    _description = "Nightly Sweep"
    _order = "night desc, id desc"
    _rec_name = "night"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    night = fields.Date(
        required=True, help="Calendar day of the company at whose 01:00 the sweep was due."
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("warning", "Done, with errors"),
            ("failed", "Failed"),
        ],
        default="running",
        required=True,
    )
    trigger = fields.Selection(
        [("cron", "By schedule"), ("manual", "By hand"), ("replay", "Replay")],
        default="cron",
        required=True,
    )
    date_start = fields.Datetime(string="Start", required=True, default=fields.Datetime.now)
    date_end = fields.Datetime(string="End")
    duration = fields.Float(compute="_compute_totals", help="Seconds of work, all stages.")
    stage_ids = fields.One2many("crm.nightly.run.stage", "run_id", string="Stages")
    issue_ids = fields.One2many("crm.nightly.run.issue", "run_id", string="Errors")
    feed_dead = fields.Boolean(
        string="No Orders Arrived",
        help="An ordinary working day brought far fewer orders than usual: the feed from "
        "the store or 1C is probably down. The administrator is told, nobody is called.",
    )
    progress = fields.Float(compute="_compute_totals", help="Per cent of the stages' work.")
    call_count = fields.Integer(compute="_compute_counts", string="Calls")
    alert_count = fields.Integer(compute="_compute_counts", string="Alarms")
    promotion_count = fields.Integer(compute="_compute_counts", string="Promotions")
    issue_count = fields.Integer(compute="_compute_counts", string="Error Count")

    _company_night_uniq = models.UniqueIndex(
        "(company_id, night)", "This company has a sweep for that night already."
    )

    @api.depends("stage_ids.duration", "stage_ids.progress")
    def _compute_totals(self):
        for run in self:
            stages = run.stage_ids
            run.duration = sum(stages.mapped("duration"))
            run.progress = sum(stages.mapped("progress")) / (len(stages) or 1)

    @api.depends("stage_ids.created", "issue_ids")
    def _compute_counts(self):
        Activity = self.env["mail.activity"].sudo().with_context(active_test=False)
        calls = dict(
            Activity._read_group(self._get_calls_domain(), ["nightly_run_id"], ["__count"])
        )
        for run in self:
            created = {stage.code: stage.created for stage in run.stage_ids}
            run.promotion_count = created.get("promotion", 0)
            run.alert_count = created.get("recession", 0)
            run.call_count = calls.get(run, 0)
            run.issue_count = len(run.issue_ids)

    @api.depends("night", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.night} · {run.company_id.name}"

    # Buttons ------------------------------------------------------------------

    def action_run_now(self, company_id=None):
        """Button and RPC: make the sweep of the last night that is due, now.

        The work is done by the scheduler within seconds; the returned form shows the
        progress and may be left. A night that is done is only shown: "Run again" there.

        :param company_id: id of the company; default: the current one
        :return: window action of the run
        """
        self.browse().check_access("read")
        self._check_head()
        company = self.env["res.company"].browse(company_id or ()) or self.env.company
        run = self.sudo()._get_or_create(company, company._get_due_night(), "manual")
        if run.state in FINISHED:
            return run._get_done_notification()
        self._wake_up_scheduler()
        return run._get_form_action()

    def action_run_again(self):
        """Button: go through all stages of this night again; what is done stays as it is."""
        self._check_head()
        self.sudo()._reset()
        self._wake_up_scheduler()
        return self[:1]._get_form_action()

    def action_preview(self):
        """Button: what would happen in the next sweep; changes nothing."""
        return self.env["crm.nightly.preview"].action_open()

    def action_view_calls(self):
        """Button: the calls that this sweep planned."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calls planned"),
            "res_model": "mail.activity",
            "view_mode": "list,form",
            "domain": self._get_calls_domain(),
            "context": {"active_test": False},
        }

    def _get_calls_domain(self):
        return [("nightly_run_id", "in", self.ids), ("call_reason", "!=", False)]

    def action_view_promotions(self):
        """Button: the customers whom this sweep promoted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promotions"),
            "res_model": "crm.customer.status.history",
            "view_mode": "list",
            "domain": [("run_id", "=", self.id)],
        }

    def action_view_issues(self):
        """Button: the records that this sweep had to skip."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Errors"),
            "res_model": "crm.nightly.run.issue",
            "view_mode": "list",
            "domain": [("run_id", "=", self.id)],
        }

    def _check_head(self):
        """Sweeps are started by the head of sales only."""
        if not (self.env.su or self.env.user.has_group("crm_bpm_core.group_head")):
            raise AccessError(self.env._("Only the head of sales may start a sweep."))

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nightly Sweep"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _get_done_notification(self):
        moment = fields.Datetime.context_timestamp(self, self.date_end or self.date_start)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The sweep of %(night)s was done at %(moment)s. “Run again” repeats it; "
                    "nothing is planned twice.",
                    night=self.night,
                    moment=moment.strftime("%H:%M"),
                ),
                "next": self._get_form_action(),
            },
        }

    # Errors -------------------------------------------------------------------

    def _add_issues(self, values_list):
        """Report skipped records, each once a stage; see ``crm.nightly.run.issue``.

        :param values_list: dicts of stage, partner_id (or False), message
        """
        self.ensure_one()
        Issue = self.env["crm.nightly.run.issue"].sudo()
        partner_ids = [issue.get("partner_id") or False for issue in values_list]
        found = Issue.search([("run_id", "=", self.id), ("partner_id", "in", partner_ids)])
        known = {(issue.stage, issue.partner_id.id, issue.message) for issue in found}
        values = []
        for issue in values_list:
            key = (issue["stage"], issue.get("partner_id") or False, issue["message"])
            if key not in known:
                known.add(key)
                values.append({**issue, "run_id": self.id})
        Issue.create(values)
