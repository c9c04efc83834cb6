from odoo import api, models
from odoo.tools import SQL, format_date


class CrmPaymentReminderRun(models.Model):
    """The last look, just before reminders leave, and the debts that reminders show."""

    _inherit = "crm.payment.reminder.run"

    @api.model
    def _look_again(self, reminders):
        """Just before sending: what was paid, promised or disputed in the meantime counts.

        A reminder whose reason to be held appeared after the look at the list is not sent.
        """
        run = reminders.run_id.with_company(reminders.company_id)
        gone = run._look_at(reminders)
        causes = gone._get_causes()
        gone._delete_documents()
        for reminder in gone:
            reminder.write({"state": "skipped", "error": causes[reminder.id]})
        for reminder in reminders - gone:
            if not reminder.chosen:
                reminder.error = False

    def _look_at(self, reminders):
        """Bring some reminders of this list to the debts as they are now.

        :return: those whose turn is over; nothing is changed in them
        """
        self.ensure_one()
        self.date = self.company_id._get_local_today()
        self._collect(reminders.partner_id.ids)
        decisions = reminders._get_decisions()
        self._raise_levels(decisions)
        rows = {row["partner_id"]: row for row in self._get_customer_rows()}
        known = self._complete_rows(
            [rows[one.partner_id.id] for one in reminders if one.partner_id.id in rows], decisions
        )
        values = {row["partner_id"]: row for row in known}
        gone = reminders.filtered(lambda one: one.partner_id.id not in values)
        kept = reminders - gone
        kept._delete_documents()
        for reminder in kept:
            reminder._take_look(values[reminder.partner_id.id])
        self._insert_items(kept)
        return gone

    def _insert_items(self, reminders=None):
        """The documents of the reminders: overdue ones, and those whose turn has come."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_payment_reminder_item
                       (reminder_id, company_id, key, document, date, due_date, days, currency_id,
                        amount, open_amount, company_amount, move_id, item_id, payment_id,
                        twin_id, level_id, is_new, hold_reason)
                SELECT r.id, r.company_id, d.key, d.document, d.date, d.due_date, d.days,
                       d.currency_id, d.amount, d.open_amount, d.company_amount, d.move_id,
                       d.item_id, d.payment_id, d.twin_id, d.level_id, d.is_new, d.hold
                  FROM crm_reminder_document d
                  JOIN crm_payment_reminder r ON r.partner_id = d.partner_id
                 WHERE r.run_id = %s AND r.state = 'waiting' AND %s AND (d.days > 0 OR d.is_new)
              ORDER BY r.id, d.due_date, d.key
                """,
                self.id,
                SQL("TRUE") if reminders is None else SQL("r.id = ANY(%s)", reminders.ids),
            )
        )
        self.env["crm.payment.reminder.item"].invalidate_model()
        # The text shows them in its table.
        self.env["crm.payment.reminder"].invalidate_model(
            ["document_ids", "subject", "body", "documents_html"]
        )


class CrmPaymentReminder(models.Model):
    """What a look at the debts changes in a reminder that waits."""

    _inherit = "crm.payment.reminder"

    def _take_look(self, values):
        """Bring the reminder to what a look found; only what differs is written."""
        self.ensure_one()
        codes = values["hold_codes"]
        values = {**values, "chosen": self._stays_chosen(codes.split(",") if codes else [])}
        changed = {name: value for name, value in values.items() if self._differs(name, value)}
        if changed:
            self.write(changed)

    def _differs(self, name, value):
        field = self._fields[name]
        if field.type == "many2many":
            return set(self[name].ids) != set(value[0][2])
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _delete_documents(self):
        """Forget the tables of reminders that wait: they are written anew at once."""
        self.env["crm.payment.reminder.item"].flush_model()
        # By the hundred thousand, and nothing hangs on them.
        self.env.cr.execute(
            SQL("DELETE FROM crm_payment_reminder_item WHERE reminder_id = ANY(%s)", self.ids)
        )
        self.env["crm.payment.reminder.item"].invalidate_model(flush=False)
        self.invalidate_recordset(["document_ids"], flush=False)

    def _get_causes(self):
        """{id: why a reminder that was to leave is not sent}, by what became of its debts.

        Reads the debts that ``_collect`` found just now.
        """
        if not self:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.reminder_id, bool_or(d.key IS NOT NULL), max(s.sent_date)
                  FROM crm_payment_reminder_item i
             LEFT JOIN crm_reminder_document d ON d.key = i.key
             LEFT JOIN crm_payment_reminder_item s ON s.company_id = i.company_id
                       AND s.key = i.key AND s.due_date = i.due_date
                       AND s.reminder_id <> i.reminder_id
                       AND s.sent_date >= i.due_date AND d.key IS NOT NULL
                 WHERE i.reminder_id = ANY(%s) AND i.is_new
              GROUP BY i.reminder_id
                """,
                self.ids,
            )
        )
        found = {key: (is_open, sent) for key, is_open, sent in rows}
        return {one.id: one._get_cause(*found.get(one.id, (False, False))) for one in self}

    def _get_cause(self, is_open, sent):
        _ = self.env._
        if not is_open:
            return _("Paid or settled in the meantime.")
        if sent:
            return _("Reminded of from another list on %s.", format_date(self.env, sent))
        return _("Its turn is over: the level or the due date of these debts has changed.")
