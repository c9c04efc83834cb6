from odoo import api, fields, models

#: Days after the due date for which a debt became overdue "this week".
WEEK = 7


class CrmPaymentReminderRun(models.Model):
    """The one list of a company that waits for review, and what leaves it."""

    _inherit = "crm.payment.reminder.run"

    looked_date = fields.Datetime(
        string="Looked At", readonly=True, help="When the debts were looked at for this list."
    )
    scope_date = fields.Date(
        readonly=True,
        default=lambda self: self.env.company._get_local_today(),
        help="The day from which “this week” counts: that on which the list was made.",
    )

    @api.model
    def action_review(self):
        """Menu: what is due by the levels now. A list of today opens at once, as it is."""
        self._check_may_send()
        run = self.sudo()._get_open(self.env.company, self.env.user, anew=False)
        return run._open_form()

    def action_new_list(self):
        """Button of a dropped list: the next one."""
        return self.env[self._name].action_review()

    @api.model
    def _get_open(self, company, user=None, anew=True):
        """The list of a company that waits for review, brought up to date.

        :param anew: look at the debts again though it was done today
        """
        run = self.search(
            [("company_id", "=", company.id), ("scope", "=", "due"),
             ("state", "in", ("review", "sending"))], limit=1
        ) or self.create(
            {"company_id": company.id, "date": company._get_local_today(),
             "user_id": user and user.id}
        )  # fmt: skip
        stale = not run.looked_date or run.date != company._get_local_today()
        if run.state == "review" and (anew or stale):
            run._prepare()
        return run

    def _file_away(self):
        """Move what is no longer waiting from an open list into one that is done.

        Automatic levels send from the list that stays open: without this a customer whom they
        reminded, or whose mail failed, would never come onto it again.

        :return: the list of what was done; empty when there is nothing
        """
        self.ensure_one()
        done = self.reminder_ids.filtered(lambda one: one.state != "waiting")
        if self.scope != "due" or self.state != "review" or not done:
            return self.browse()
        run = self.create(
            {
                "company_id": self.company_id.id,
                "date": max(done.mapped("sent_date"), default=False) or self.date,
                "user_id": self.user_id.id,
                "state": "done",
                "date_sent": fields.Datetime.now(),
            }
        )
        done.write({"run_id": run.id})
        return run
