from odoo import api, fields, models


class CrmNightlyRun(models.Model):
    """The stages of the sweep that judge promises and results, and prepare reminders."""

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        stages = super()._get_stages()
        place = stages.index("payer_discipline") + 1
        return [*stages[:place], "payment_result", "payment_reminder", *stages[place:]]

    def _stage_payment_result(self, stage):
        """What reminders brought and which promises were kept; also where none are prepared."""
        Reminder, company = self.env["crm.payment.reminder"], self.company_id
        today = company._get_local_today()
        Reminder._tell_undelivered()
        results = Reminder._judge_results(company, today)
        promises = self.env["crm.payment.promise"]._judge_company(company, today)
        stage.write({"total": results, "processed": results, "created": promises})

    def _stage_payment_reminder(self, stage):
        """Fill the company's review list; only levels marked as automatic are sent."""
        if not self.company_id.reminder_nightly:
            stage.message = self.env._("Switched off in the settings.")
            return
        review = self.env["crm.payment.reminder.run"]._get_open(self.company_id)
        if review.state != "review":
            stage.message = self.env._("The last list is being sent.")
            return
        self._tell_without_address(review)
        waiting = review.reminder_ids.filtered(lambda one: one.state == "waiting")
        automatic = waiting.filtered(
            lambda one: one.chosen and one.level_id.is_automatic and not one._is_decided()
        )
        sweep = self.with_context(nightly_batch_size=1) if review._keeps_each() else self
        sweep._work_in_batches(
            stage,
            automatic.ids,
            review._send_automatic,
            lambda reminder_id: waiting.browse(reminder_id).partner_id.id,
        )
        review._file_away()
        stage.write({"total": len(waiting), "processed": len(waiting)})
        stage.message = self.env._(
            "%(count)s customers to remind, %(sent)s of them by itself.",
            count=len(waiting),
            sent=stage.created,
        )

    def _tell_without_address(self, review):
        """Ask people for the addresses that are missing; say of whom nobody could be asked."""
        nobody = review._ask_for_addresses()
        self._add_issues(
            [
                {
                    "stage": "payment_reminder",
                    "partner_id": reminder.partner_id.id,
                    "message": reminder._get_nobody_message(),
                }
                for reminder in nobody
            ]
        )


class CrmNightlyRunStage(models.Model):
    """The names of these stages."""

    _inherit = "crm.nightly.run.stage"

    code = fields.Selection(
        selection_add=[
            ("payment_result", "Results of reminders"),
            ("payment_reminder", "Payment reminders"),
        ],
        ondelete={"payment_result": "cascade", "payment_reminder": "cascade"},
    )
