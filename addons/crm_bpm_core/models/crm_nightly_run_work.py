import logging
import time
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.tools import mute_logger, split_every

from .crm_nightly_run import FINISHED

_logger = logging.getLogger(__name__)

#: Stages in the order of the night; other addons extend ``_get_stages``.
STAGES = ("ledger", "promotion", "monitoring", "recession", "next_step", "snapshot")
#: Records of one batch, which is committed as a whole.
BATCH_SIZE = 1000
#: Another transaction was faster; the same work succeeds when it is begun anew.
CONCURRENCY_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
MAX_TRIES = 3


class GaveWay(Exception):
    """Another server works on this run."""


class CrmNightlyRun(models.Model):
    """How a sweep works: stages, batches, errors.

    With the context key ``nightly_commit`` every batch is committed; without it (tests,
    the dry run) all is one transaction of the caller. The lock on the run's row is lost
    with each commit and taken again at once, so that of two servers one goes on.
    """

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        """Hook: codes of the stages in order; each has a method ``_stage_<code>``."""
        return list(STAGES)

    @api.model
    def _run_night(self, company, night, trigger="cron"):
        """Make the sweep of a company for a night, or what is left of it.

        :param night: local calendar day; only orders of earlier days count
        :return: the run; still "running" when another server works on it
        """
        run = self.sudo()._get_or_create(company, night, trigger)
        if run.state not in FINISHED:
            run._work()
        return run

    @api.model
    def _get_or_create(self, company, night, trigger):
        run = self._find(company, night)
        if run:
            return run
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                run = self._create_run(company, night, trigger)
        except (psycopg2.errors.UniqueViolation, *CONCURRENCY_ERRORS):
            # A twin was faster; its row is visible in a new transaction only.
            if not self._commits():
                raise
            self.env.cr.rollback()
            return self._find(company, night)
        self._checkpoint()
        return run

    @api.model
    def _find(self, company, night):
        return self.search([("company_id", "=", company.id), ("night", "=", night)], limit=1)

    @api.model
    def _create_run(self, company, night, trigger):
        stages = [
            fields.Command.create({"code": code, "sequence": number})
            for number, code in enumerate(self._get_stages())
        ]
        values = {"company_id": company.id, "night": night, "trigger": trigger}
        run = self.create({**values, "stage_ids": stages})
        run.flush_recordset()
        return run

    def _reset(self):
        """Make all stages wait again and forget the errors."""
        for run in self:
            run.issue_ids.unlink()
            run.stage_ids.write(
                {
                    "state": "waiting", "total": 0, "processed": 0, "created": 0,
                    "issue_count": 0, "duration": 0, "message": False, "cursor": 0,
                }
            )  # fmt: skip
            run.write({"state": "running", "date_start": fields.Datetime.now(), "date_end": False})

    # The run ------------------------------------------------------------------

    def _work(self):
        """Work through the open stages; give way to another server that does."""
        self.ensure_one()
        run = self.with_company(self.company_id)
        try:
            # Whoever locks the run must see what the last one did: a new transaction.
            if run._commits():
                self.env.cr.commit()  # pylint: disable=invalid-commit
            run._lock()
            if run.state in FINISHED:
                return
            run.state = "running"
            for stage in run.stage_ids.filtered(lambda stage: stage.state != "done"):
                run._work_on_stage(stage)
            run._finish()
        except GaveWay:
            _logger.info("Sweep %s: another server works on it", self.id)

    def _lock(self):
        """Keep other servers off this run until the next commit."""
        try:
            with self.env.cr.savepoint(flush=False):
                locked = self.try_lock_for_update(allow_referencing=True)
        except CONCURRENCY_ERRORS as error:
            raise GaveWay from error
        if not locked:
            raise GaveWay
        self.invalidate_recordset()
        self.stage_ids.invalidate_recordset()

    def _commits(self):
        return bool(self.env.context.get("nightly_commit"))

    def _checkpoint(self, processed=0):
        """Keep what is done so far, even if the server is killed now."""
        if not self._commits():
            return
        if processed:
            self.env["ir.cron"]._commit_progress(processed, remaining=0)
        else:
            self.env.cr.commit()  # pylint: disable=invalid-commit
        if self:
            self._lock()

    def _work_on_stage(self, stage):
        start = time.monotonic()
        stage.write({"state": "running", "message": False})
        self.issue_ids.filtered(lambda i: i.stage == stage.code and not i.partner_id).unlink()
        self._checkpoint()
        try:
            with self._transaction():
                getattr(self, f"_stage_{stage.code}")(stage)
            stage.state = "done"
        except GaveWay:
            raise
        except Exception as error:
            _logger.exception("Sweep %s: stage %s failed", self.id, stage.code)
            stage.write({"state": "failed", "message": self._get_error_message(error)})
            self._add_issues([{"stage": stage.code, "message": stage.message}])
        stage.duration += time.monotonic() - start
        stage.issue_count = self.env["crm.nightly.run.issue"].search_count(
            [("run_id", "=", self.id), ("stage", "=", stage.code)]
        )
        self._checkpoint()

    @contextmanager
    def _transaction(self):
        """Undo what a failed stage left unfinished; finished batches stay."""
        if not self._commits():
            with self.env.cr.savepoint():
                yield
            return
        try:
            yield
        except GaveWay:
            raise
        except Exception:
            self.env.cr.rollback()
            self._lock()
            raise

    def _finish(self):
        state = "done"
        if self.issue_ids:
            state = "warning"
        if "failed" in self.stage_ids.mapped("state"):
            state = "failed"
        self.write({"state": state, "date_end": fields.Datetime.now()})
        self._checkpoint()

    @api.model
    def _get_error_message(self, error):
        text = " ".join(str(error).split()) or type(error).__name__
        return text[:500]

    # Batches ------------------------------------------------------------------

    def _work_in_batches(self, stage, items, method, partner_id=lambda item: item):
        """Give ``items`` to ``method`` batch by batch and note the progress.

        A batch that fails is halved until the bad record is alone, which is reported
        and skipped.

        :param method: function of a list of items -> number of records made
        :param partner_id: function of an item -> id of its partner
        """
        size = self.env.context.get("nightly_batch_size") or BATCH_SIZE
        stage.total = stage.processed + len(items)
        for batch in split_every(size, items, list):
            stage.created += self._work_on_batch(stage, batch, method, partner_id)
            stage.processed += len(batch)
            self._checkpoint(len(batch))

    def _work_on_batch(self, stage, batch, method, partner_id, tries=MAX_TRIES):
        try:
            with self.env.cr.savepoint():
                return method(batch)
        except CONCURRENCY_ERRORS:
            if not self._commits() or tries == 1:
                raise
            self.env.cr.rollback()
            self._lock()
            return self._work_on_batch(stage, batch, method, partner_id, tries - 1)
        except Exception as error:
            if len(batch) > 1:
                middle = len(batch) // 2
                return sum(
                    self._work_on_batch(stage, half, method, partner_id, tries)
                    for half in (batch[:middle], batch[middle:])
                )
            _logger.warning("Sweep %s: %s skipped", self.id, batch[0], exc_info=True)
            message = self._get_error_message(error)
            self._add_issues(
                [{"stage": stage.code, "partner_id": partner_id(batch[0]), "message": message}]
            )
            return 0
