import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.pdf import merge_pdf

_logger = logging.getLogger(__name__)

#: Reminders of one batch, which is committed as a whole.
BATCH = 20
#: Another transaction reminded of the same debts first.
LOST_RACE = (
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class CrmPaymentReminderRun(models.Model):
    """Sending in batches. A list that was killed goes on where it stopped.

    A mail is a row of the outbox, written in the transaction that marks its debts as
    reminded of: both are kept or both are lost. The outbox sends each row once.
    """

    _inherit = "crm.payment.reminder.run"

    @api.model
    def _cron_send(self):
        """Send the lists that people released; each batch is kept."""
        for run in self.search([("state", "=", "sending")], order="id"):
            run = run.with_company(run.company_id)
            if not run.with_context(reminder_commit=True)._send_chosen():
                return

    def _send_chosen(self):
        """Send what is ticked and waiting.

        :return: whether all of it is done (the scheduler's time may be up before)
        """
        self.ensure_one()
        domain = [("run_id", "=", self.id), ("state", "=", "waiting"), ("chosen", "=", True)]
        ids = self.env["crm.payment.reminder"].search(domain).ids
        done = 0
        size = 1 if self._keeps_each() else BATCH
        for batch in split_every(size, ids, list):
            self._send_batch(batch)
            done += len(batch)
            if not self._keep(len(batch), len(ids) - done):
                return False
        if not self.env["crm.payment.reminder"].search_count(domain, limit=1):
            self.write({"state": "done", "date_sent": fields.Datetime.now()})
        return True

    def _send_batch(self, ids):
        """Send some reminders, unless somebody else does at this moment."""
        reminders = self.env["crm.payment.reminder"].browse(ids)
        reminders = reminders.try_lock_for_update(allow_referencing=True)
        reminders.invalidate_recordset()
        reminders = reminders.filtered(lambda one: one.state == "waiting" and one.chosen)
        if not reminders:
            return
        reminders = reminders._remember_moments()
        self._look_again(reminders)
        for reminder in reminders.filtered(lambda one: one.state == "waiting" and one.chosen):
            try:
                with self.env.cr.savepoint():
                    reminder._send()
            except Exception as error:
                # One customer's broken address must not cost the others their reminders.
                _logger.warning("Reminder %s failed", reminder.id, exc_info=True)
                reminder.invalidate_recordset()
                reminder.write({"state": "failed", "error": reminder._get_failure(error)})

    def _send_automatic(self, ids):
        """Send reminders of automatic levels; the stage of the night keeps the batch.

        :return: number of those that went out
        """
        self._send_batch(ids)
        sent = [("id", "in", ids), ("state", "=", "sent")]
        return self.env["crm.payment.reminder"].search_count(sent)

    def _keep(self, count, remaining):
        """Keep what is done; False when the scheduler's time is up."""
        if not self.env.context.get("reminder_commit"):
            return True
        return bool(self.env["ir.cron"]._commit_progress(count, remaining=remaining))

    def _get_letters_pdf(self):
        """The letters of this list in one file."""
        self.ensure_one()
        letters = self.reminder_ids.filtered(
            lambda one: one.state == "sent" and one.channel == "letter"
        )
        files = letters.message_id.sudo().attachment_ids.filtered(
            lambda file: file.mimetype == "application/pdf"
        )
        files = files.sorted("id")
        for file in files:
            if not file.raw:
                raise UserError(
                    self.env._(
                        "The file “%s” is empty or lost on the server, so the letters cannot be "
                        "printed together. Print that letter from its reminder once more.",
                        file.name,
                    )
                )
        return merge_pdf(files.mapped("raw")) if files else None

    @api.autovacuum
    def _gc_dropped_lists(self):
        """Lists that were dropped and never sent say nothing after half a year."""
        limit = fields.Date.today() - timedelta(days=180)
        self.search(
            [("state", "=", "cancelled"), ("date", "<", limit),
             ("reminder_ids.state", "!=", "sent")], limit=1000
        ).filtered(
            lambda run: "sent" not in run.reminder_ids.mapped("state")
        ).unlink()  # fmt: skip


class CrmPaymentReminder(models.Model):
    """Why a reminder could not be sent, for who looks at the list."""

    _inherit = "crm.payment.reminder"

    def _get_failure(self, error):
        """One sentence; what the database says of a lost race helps nobody who sells."""
        if isinstance(error, LOST_RACE):
            return self.env._(
                "Somebody else reminds of these debts at this moment: look at the list again."
            )
        if isinstance(error, psycopg2.Error):
            return self.env._(
                "The database did not take it; the administrator finds the cause in the log of "
                "the server. It may be sent from the next list."
            )
        return " ".join(str(error).split())[:300]
