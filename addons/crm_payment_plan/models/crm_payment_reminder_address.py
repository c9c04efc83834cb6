from odoo import fields, models

ACTIVITY = "crm_payment_plan.mail_activity_type_address"
#: What only another address cures.
ADDRESS_HOLDS = {"no_email", "bounced"}


class CrmPaymentReminderRun(models.Model):
    """Customers whom levels cannot remind by themselves for want of an address.

    Nobody looks at a list that the night sends: the responsible is asked by an activity on the
    customer's card, once a level; it is done by itself once there is an address.
    """

    _inherit = "crm.payment.reminder.run"

    def _ask_for_addresses(self):
        """Plan an activity for each automatic mail that lacks nothing but an address.

        :return: reminders about whom nobody could be asked
        """
        self.ensure_one()
        waiting = self.reminder_ids.filtered(lambda one: one.state == "waiting")
        asked = self._get_asked(ACTIVITY)
        found = set(waiting.filtered(lambda one: one._has_address()).partner_id.ids)
        cured = asked.filtered(lambda one: one.res_id in found)
        if cured:
            cured.action_feedback(feedback=self.env._("There is an address to send to now."))
        known = set((asked - cured).mapped("res_id"))
        lacking = waiting.filtered(
            lambda one: one._lacks_address() and one.partner_id.id not in known
        )
        people = {one: one._get_address_finder() for one in lacking}
        nobody = lacking.filtered(lambda one: not people[one])
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [one._prepare_address_search(people[one]) for one in lacking - nobody]
        )
        for reminder in lacking - nobody:
            reminder.address_level_id = reminder.level_id
        return nobody


class CrmPaymentReminder(models.Model):
    """A reminder that waits for an address."""

    _inherit = "crm.payment.reminder"

    address_level_id = fields.Many2one(
        "crm.payment.reminder.level",
        string="Address Asked For at Level",
        readonly=True,
        ondelete="set null",
        help="The responsible was asked to find an address; a higher level asks again.",
    )

    def _has_address(self):
        return (
            self.channel == "mail"
            and not self.is_hard
            and ADDRESS_HOLDS.isdisjoint(self._get_hold_codes())
        )

    def _lacks_address(self):
        """Whether it would leave by itself if there were an address, and nobody was asked yet."""
        codes = set(self._get_hold_codes())
        return bool(
            codes
            and codes <= ADDRESS_HOLDS
            and self.level_id.is_automatic
            and self.level_id != self.address_level_id
        )

    def _get_address_finder(self):
        return self.user_id or self.company_id._get_payment_assigner()

    def _prepare_address_search(self, user):
        reminder = self.with_context(lang=user.sudo().lang)
        return {
            "activity_type_id": self.env.ref(ACTIVITY).id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.partner_id.id,
            "user_id": user.id,
            "reminder_company_id": self.company_id.id,
            "date_deadline": self.company_id._get_local_today(),
            "summary": reminder.env._("The payment reminder has no address"),
            "note": reminder.env._(
                "%(amount)s owed to %(company)s are not reminded of. %(reason)s",
                amount=self.currency_id.format(self.amount),
                company=self.company_id.name,
                reason=reminder.hold_text,
            ),
        }
