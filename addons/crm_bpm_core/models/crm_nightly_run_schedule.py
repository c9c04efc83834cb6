import logging

from odoo import api, fields, models

from .crm_nightly_run import FINISHED

_logger = logging.getLogger(__name__)

SWEEP_CRON = "crm_bpm_core.ir_cron_nightly"
DIGEST_CRON = "crm_bpm_core.ir_cron_digest"


class CrmNightlyRun(models.Model):
    """When sweeps start: at each company's own 01:00, whatever its clock does.

    The scheduled action has one trigger for each company's next night; its hourly
    interval is the safety net and finds what was missed while the server was down.
    """

    _inherit = "crm.nightly.run"

    @api.model
    def _cron_run(self):
        """Make every sweep that is due; resume those that were interrupted."""
        # In a request of the scheduler each batch may be kept.
        if self.env.context.get("ir_cron_progress_id"):
            self = self.with_context(nightly_commit=True)
        failures = []
        for company in self.env["res.company"].search([]):
            try:
                self._run_company(company)
            except Exception as error:
                # One company's trouble must not cost the others their night.
                if not self._commits():
                    raise
                self.env.cr.rollback()
                _logger.exception("Sweep of company %s failed", company.id)
                failures.append(error)
        self._schedule_wake_ups()
        if failures:
            self._checkpoint()
            raise failures[0]

    @api.model
    def _run_company(self, company):
        """The company's last due night; after downtime it stands for those missed.

        A sweep of an earlier night that is still unfinished is closed: tonight's sees
        all that it would have seen, and nobody is called twice.
        """
        night = company._get_due_night()
        run = self._find(company, night)
        if run.state in FINISHED or not (run or company.nightly_active):
            return run
        self._close_overtaken(company, night)
        return self._run_night(company, night)

    @api.model
    def _close_overtaken(self, company, night):
        overtaken = self.search(
            [
                ("company_id", "=", company.id),
                ("night", "<", night),
                ("state", "=", "running"),
                ("trigger", "!=", "replay"),
            ]
        ).try_lock_for_update(allow_referencing=True)
        for run in overtaken:
            message = self.env._("Interrupted; the sweep of %s did its work.", night)
            run._add_issues([{"stage": "ledger", "message": message}])
        overtaken.write({"state": "failed", "date_end": fields.Datetime.now()})

    # Triggers -----------------------------------------------------------------

    @api.model
    def _start_schedule(self):
        """After the installation: the first sweep is the coming night's, none in office hours."""
        companies = self.env["res.company"].search([])
        first = min(company._get_next_night_moment() for company in companies)
        self.env.ref(SWEEP_CRON).nextcall = first
        self._schedule_wake_ups()

    @api.model
    def _schedule_wake_ups(self):
        """Have the scheduler wake up at the next night and morning of each company."""
        companies = self.env["res.company"].sudo().search([("nightly_active", "=", True)])
        self._wake_up_at(SWEEP_CRON, {c._get_next_night_moment() for c in companies})
        self._wake_up_at(DIGEST_CRON, {c._get_next_digest_moment() for c in companies})

    @api.model
    def _wake_up_at(self, name, moments):
        cron = self.env.ref(name, raise_if_not_found=False)
        if not cron or not moments:
            return
        cron = cron.sudo()
        triggers = self.env["ir.cron.trigger"].sudo()
        known = triggers.search([("cron_id", "=", cron.id), ("call_at", "in", list(moments))])
        missing = moments - set(known.mapped("call_at"))
        if missing:
            cron._trigger(at=sorted(missing))

    @api.model
    def _wake_up_scheduler(self):
        self.env.ref(SWEEP_CRON).sudo()._trigger()

    # Other nights -------------------------------------------------------------

    def _get_previous_night(self):
        """Night of the last sweep that succeeded before this one, or the day before."""
        self.ensure_one()
        previous = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("night", "<", self.night),
                ("state", "in", FINISHED),
            ],
            order="night desc",
            limit=1,
        )
        return previous.night or fields.Date.subtract(self.night, days=1)
