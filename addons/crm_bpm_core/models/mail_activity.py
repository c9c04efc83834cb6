from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FOLLOW_UP_RESULTS = ("no_answer", "callback")


class MailActivity(models.Model):
    """Calls planned by the nightly sweep, and the result every call must have."""

    _inherit = "mail.activity"

    call_reason = fields.Selection(
        [
            ("recession", "Recession"),
            ("monitoring", "Monitoring"),
            ("promised", "Promised"),
            ("next_step", "No next step"),
        ],
        index="btree_not_null",
        help="Why the call was planned. Such an activity is closed with a result.",
    )
    call_result = fields.Selection(
        [
            ("reached", "Reached"),
            ("order", "Will order"),
            ("no_answer", "No answer"),
            ("callback", "Call back later"),
            ("refused", "Refused"),
            ("obsolete", "No longer needed"),
        ],
        copy=False,
    )
    recession_alert_id = fields.Many2one(
        "crm.recession.alert", ondelete="set null", index="btree_not_null"
    )
    nightly_run_id = fields.Many2one("crm.nightly.run", ondelete="set null", index="btree_not_null")

    # One open call a customer and reason: two servers that fire at once
    # cannot plan it twice.
    _one_open_call_uniq = models.UniqueIndex(
        "(res_id, call_reason) WHERE call_reason IN ('monitoring', 'recession', 'next_step') "
        "AND active IS TRUE AND res_model = 'res.partner'",
        "This call is planned already.",
    )

    def _compute_res_name(self):
        # Odoo reads the customers one by one: most of the time that a night would take.
        partners = self.filtered(lambda a: a.res_model == "res.partner").mapped("res_id")
        self.env["res.partner"].browse(set(partners)).exists().mapped("display_name")
        return super()._compute_res_name()

    # A call is closed with a result, on every path ------------------------------

    def write(self, vals):
        if vals.get("active") is False and not vals.get("call_result"):
            self._check_call_result()
        return super().write(vals)

    def _action_done(self, feedback=False, attachment_ids=None):
        self._check_call_result()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _check_call_result(self):
        for call in self:
            if call.call_reason and call.active and not call.call_result:
                raise UserError(
                    self.env._(
                        "The call “%(call)s” to %(customer)s needs a result and a comment: "
                        "open it in “My calls”, or press “Result” on the activity.",
                        call=call.display_name,
                        customer=call.res_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned_call(self):
        if self.env.su or self.env.user.has_group("crm_bpm_core.group_head"):
            return
        for call in self:
            if call.call_reason and call.active:
                raise UserError(
                    self.env._(
                        "The call “%(call)s” to %(customer)s cannot be deleted: close it with "
                        "a result. Only the head of sales deletes planned calls.",
                        call=call.display_name,
                        customer=call.res_name,
                    )
                )

    def action_call_result(self):
        """Button: ask for the result of this call."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result of the call"),
            "res_model": "crm.call.result",
            "view_mode": "form",
            "target": "new",
            "context": {"default_activity_id": self.id},
        }

    def register_call_result(
        self, result, comment, next_date=None, outcome_reason=None, pause_until=None
    ):
        """Close a planned call with its result; the comment goes to the customer's chatter.

        Without a next date, a call that nobody answered is repeated on the next
        working day of its person. A next date plans a call "as promised" for the
        same person.

        :param result: reached, order, no_answer, callback or refused
        :param comment: what was said, one line at least
        :param next_date: day of the next call; required for callback
        :param outcome_reason: why the orders receded, for a recession call: a value
            of that field of ``crm.recession.alert``
        :param pause_until: the customer announced no orders until this day
        :return: id of the next call, or False
        """
        self.ensure_one()
        next_date = fields.Date.to_date(next_date)
        pause_until = fields.Date.to_date(pause_until)
        self._check_call_result_values(result, comment, next_date, outcome_reason, pause_until)
        self.check_access("write")
        # Who may close the call may leave what it brought, whatever he may write else.
        call = self.sudo()
        if not next_date and result == "no_answer":
            next_date = call._get_next_working_day()
        alert = call.recession_alert_id
        call.call_result = result
        call._action_done(feedback=comment.strip())
        following = call._plan_follow_up(next_date) if next_date else call.browse()
        if alert:
            alert.write(self._prepare_alert_values(result, outcome_reason, following))
        if pause_until:
            call._get_call_partner().write({"expected_pause_until": pause_until})
        return following.id

    @api.depends("active")
    def _compute_date_done(self):
        """Calls are done on the company's day: in the east the day by UTC is still yesterday."""
        before = {activity.id: activity.date_done for activity in self}
        result = super()._compute_date_done()
        for call in self.filtered(lambda one: one.call_reason and not one.active):
            if not before[call.id]:
                company = call._get_call_partner().sudo()._get_sweep_company()
                call.date_done = company._get_local_today()
        return result

    def _check_call_result_values(self, result, comment, next_date, outcome_reason, pause_until):
        results = dict(self._fields["call_result"].selection)
        today = self._get_call_partner().sudo()._get_sweep_company()._get_local_today()
        error = False
        if not self.call_reason or not self.active:
            error = self.env._("This is no open call: nothing to close.")
        elif result not in results or result == "obsolete":
            error = self.env._("“%s” is no result of a call.", result)
        elif not (comment or "").strip():
            error = self.env._("Say in a comment what the call brought.")
        elif result == "callback" and not next_date:
            error = self.env._("Say when to call back.")
        elif next_date and next_date < today:
            error = self.env._("The next call cannot be in the past (%s).", next_date)
        elif pause_until and pause_until < today:
            error = self.env._("The end of the pause cannot be in the past (%s).", pause_until)
        elif outcome_reason == "pause" and not pause_until:
            error = self.env._("Say until when the customer pauses.")
        elif outcome_reason and not self._is_outcome_reason(outcome_reason):
            error = self.env._("“%s” is no reason of a recession.", outcome_reason)
        if error:
            raise ValidationError(error)

    def _is_outcome_reason(self, reason):
        field = self.env["crm.recession.alert"]._fields["outcome_reason"]
        return reason in dict(field.selection)

    def _prepare_alert_values(self, result, outcome_reason, following):
        """What a closed recession call tells its alarm.

        A call that reached nobody leaves the alarm open; the next call takes it over.
        """
        values = {}
        alert = self.sudo().recession_alert_id
        if result != "no_answer":
            values["call_date"] = alert.call_date or fields.Datetime.now()
            if alert.state in ("listed", "open"):
                values["state"] = "called"
        if outcome_reason:
            values["outcome_reason"] = outcome_reason
        if following:
            values["activity_call_id"] = following.id
        return values

    # Calls that follow, calls that are over ------------------------------------

    def _get_call_partner(self):
        self.ensure_one()
        partner = self.env["res.partner"]
        return partner.browse(self.res_id) if self.res_model == "res.partner" else partner

    def _get_next_working_day(self):
        company = self._get_call_partner()._get_sweep_company()
        user = self.user_id or self.env.user
        planner = self.env["crm.call.planner"].sudo()
        return planner._get_next_working_day(company, user, company._get_local_today())

    def _plan_follow_up(self, day):
        """A call "as promised" on a day, for the same person if he can make it."""
        planner = self.env["crm.call.planner"].sudo()
        company = self._get_call_partner()._get_sweep_company()
        user = self.user_id or self.env.user
        person = planner._find_person(company, day, user) or user
        call = {
            "partner_id": self.res_id,
            "reason": "promised",
            "summary": self.summary,
            "note": self.feedback,
            "alert_id": self.recession_alert_id.id,
        }
        return planner._create_activities([planner._prepare_activity(call, person, day)])

    def _close_calls_obsolete(self, note, log=True):
        """Close open calls that nobody needs to make any more.

        :param note: why, for the people and the customer's chatter
        :param log: also post the note on the customers
        """
        calls = self.sudo().filtered(lambda call: call.active and call.call_reason)
        if not calls:
            return
        calls.write({"active": False, "call_result": "obsolete", "feedback": note})
        if log:
            partners = self.env["res.partner"].sudo().browse(set(calls.mapped("res_id"))).exists()
            partners._message_log_batch(bodies=dict.fromkeys(partners.ids, note))
