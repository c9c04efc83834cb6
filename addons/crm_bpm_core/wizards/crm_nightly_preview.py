from odoo import Command, api, fields, models

from ..models.crm_nightly_run import FINISHED

#: Lines shown of each kind; all are counted.
MAX_LINES = 500


class DryRunOver(Exception):
    """Takes back everything that the dry run did."""


class CrmNightlyPreview(models.TransientModel):
    """Dry run: what the next sweep would do, by the data of this moment (PK-12).

    The sweep itself runs and is taken back, so that the preview cannot differ from it.
    """

    _name = "crm.nightly.preview"
    _description = "Dry Run of the Nightly Sweep"
    _rec_name = "night"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    night = fields.Date(compute="_compute_night", store=True, help="The next sweep to come.")
    summary = fields.Text(readonly=True)
    promotion_count = fields.Integer(string="Promotions", readonly=True)
    call_count = fields.Integer(string="Calls", readonly=True)
    alert_count = fields.Integer(string="Alarms", readonly=True)
    issue_count = fields.Integer(string="Errors", readonly=True)
    line_ids = fields.One2many("crm.nightly.preview.line", "preview_id", readonly=True)

    @api.depends("company_id")
    def _compute_night(self):
        Run = self.env["crm.nightly.run"].sudo()
        for preview in self:
            night = preview.company_id._get_due_night()
            if Run._find(preview.company_id, night).state in FINISHED:
                night = fields.Date.add(night, days=1)
            preview.night = night

    @api.model
    def action_open(self):
        """Menu and button: make a dry run for the current company and show it."""
        preview = self.create({})
        preview._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What would happen tonight"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _fill(self):
        self.env["crm.nightly.run"]._check_head()
        self.write(self._dry_run())

    def _dry_run(self):
        """Values of the preview, from a sweep that is taken back."""
        Run = self.env["crm.nightly.run"].sudo().with_context(nightly_commit=False)
        company, night = self.company_id, self.night
        values = {}
        try:
            with self.env.cr.savepoint():
                run = Run._find(company, night) or Run._create_run(company, night, "manual")
                last = (
                    self.env["crm.recession.alert"].sudo().search([], order="id desc", limit=1).id
                )
                run._work()
                values = self._prepare_values(run, last or 0)
                raise DryRunOver
        except DryRunOver:
            return values

    def _prepare_values(self, run, last_alert):
        lines = {
            "promotion": self._get_promotion_lines(run),
            "call": self._get_call_lines(run),
            "alert": self._get_alert_lines(run, last_alert),
            "issue": self._get_issue_lines(run),
        }
        return {
            **{f"{kind}_count": len(rows) for kind, rows in lines.items()},
            "summary": "\n".join(stage.message for stage in run.stage_ids if stage.message),
            "line_ids": [
                Command.clear(),
                *(
                    Command.create({"kind": kind, **row})
                    for kind, rows in lines.items()
                    for row in rows[:MAX_LINES]
                ),
            ],
        }

    def _get_promotion_lines(self, run):
        history = self.env["crm.customer.status.history"].search([("run_id", "=", run.id)])
        return [
            {
                "partner_id": row.partner_id.id,
                "user_id": row.partner_id.user_id.id,
                "text": f"{row.from_status_id.name or '—'} → {row.to_status_id.name} "
                f"({row.rule_id.name})",
            }
            for row in history
        ]

    def _get_call_lines(self, run):
        calls = (
            self.env["mail.activity"]
            .sudo()
            .search(run._get_calls_domain(), order="user_id, date_deadline, id")
        )
        return [
            {
                "partner_id": call.res_id,
                "user_id": call.user_id.id,
                "day": call.date_deadline,
                "text": call.summary,
            }
            for call in calls
        ]

    def _get_alert_lines(self, run, last_alert):
        alerts = (
            self.env["crm.recession.alert"]
            .sudo()
            .search([("id", ">", last_alert), ("company_id", "=", run.company_id.id)])
        )
        return [
            {
                "partner_id": alert.partner_id.id,
                "user_id": alert.user_id.id,
                "day": alert.alarm_date,
                "text": alert.explanation or alert.rule_id.name,
            }
            for alert in alerts
        ]

    def _get_issue_lines(self, run):
        return [
            {"partner_id": issue.partner_id.id, "text": issue.message} for issue in run.issue_ids
        ]


class CrmNightlyPreviewLine(models.TransientModel):
    """One thing that the next sweep would do."""

    _name = "crm.nightly.preview.line"
    _description = "Dry Run Line"
    _order = "preview_id, id"

    preview_id = fields.Many2one("crm.nightly.preview", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("promotion", "Promotion"),
            ("call", "Call"),
            ("alert", "Alarm"),
            ("issue", "Error"),
        ],
        required=True,
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Person", ondelete="cascade")
    day = fields.Date()
    text = fields.Char()
