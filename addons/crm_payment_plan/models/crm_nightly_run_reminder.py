from odoo import api, fields, models


class CrmNightlyRun(models.Model):
    """The stage of the sweep that judges promises and prepares the reminders to review."""

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        stages = super()._get_stages()
        place = stages.index("payer_discipline") + 1
        return [*stages[:place], "payment_reminder", *stages[place:]]

    def _stage_payment_reminder(self, stage):
        """Fill the company's review list; only levels marked as automatic are sent."""
        if not self.company_id.reminder_nightly:
            stage.message = self.env._("Switched off in the settings.")
            return
        self.env["crm.payment.reminder"]._tell_undelivered()
        self.env["crm.payment.reminder"]._judge_results(
            self.company_id, self.company_id._get_local_today()
        )
        review = self.env["crm.payment.reminder.run"]._get_open(self.company_id)
        if review.state != "review":
            stage.message = self.env._("The last list is being sent.")
            return
        waiting = review.reminder_ids.filtered(lambda one: one.state == "waiting")
        automatic = waiting.filtered(
            lambda one: one.chosen and one.level_id.is_automatic and not one._is_decided()
        )
        self._work_in_batches(
            stage,
            automatic.ids,
            review._send_automatic,
            lambda reminder_id: waiting.browse(reminder_id).partner_id.id,
        )
        stage.write({"total": len(waiting), "processed": len(waiting)})
        stage.message = self.env._(
            "%(count)s customers to remind, %(sent)s of them by itself.",
            count=len(waiting),
            sent=stage.created,
        )


class CrmNightlyRunStage(models.Model):
    """The name of the stage that prepares reminders."""

    _inherit = "crm.nightly.run.stage"

    code = fields.Selection(
        selection_add=[("payment_reminder", "Payment reminders")],
        ondelete={"payment_reminder": "cascade"},
    )
