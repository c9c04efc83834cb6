from odoo import fields, models
from odoo.tools import SQL


class CrmPaymentReminderRun(models.Model):
    """What people decided about customers, and the debts that another look finds."""

    _inherit = "crm.payment.reminder.run"

    def _get_rows_to_decide(self, own):
        """Rows of the customers, and the decisions about them that still hold.

        :param own: reminders of the list that wait
        :return: rows, {customer id: level and recipients that a person chose}
        """
        rows = self._get_customer_rows()
        own._review_decisions({row["partner_id"]: row["level_id"] for row in rows})
        decisions = own._get_decisions()
        if self._raise_levels(decisions):
            rows = self._get_customer_rows()
        return rows, decisions

    def _raise_levels(self, decisions):
        """Debts that were reminded of are new at a higher level that a person chose.

        Only what he knew of counts: a reminder that went out after he looked is not overruled.

        :return: number of debts whose turn it is because of him
        """
        chosen = [
            (partner_id, own["level"].days, own["last_date"] or None)
            for partner_id, own in decisions.items()
            if "level" in own
        ]
        if not chosen:
            return 0
        partner_ids, days, seen = zip(*chosen, strict=True)
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_reminder_document d SET is_new = TRUE
                  FROM unnest(%(partners)s::int[], %(days)s::int[], %(seen)s::date[])
                       AS c (partner_id, days, seen)
                 WHERE c.partner_id = d.partner_id AND d.days > 0 AND d.in_scope
                   AND NOT d.is_new AND d.level_days < c.days
                   AND NOT EXISTS (
                       SELECT FROM crm_payment_reminder_item s
                         JOIN crm_payment_reminder_level sl ON sl.id = s.level_id
                        WHERE s.company_id = %(company)s AND s.key = d.key
                          AND s.sent_date IS NOT NULL
                          AND (sl.days >= c.days OR c.seen IS NULL OR s.sent_date > c.seen)
                          AND (s.due_date = d.due_date
                               OR s.sent_date >= d.due_date + sl.days))
                """,
                partners=list(partner_ids),
                days=list(days),
                seen=list(seen),
                company=self.company_id.id,
            )
        )
        return self.env.cr.rowcount

    def _get_left_out(self, partner_ids):
        """{customer id: level} of those whom a person unticked in the last list that left.

        The next list leaves them out as well until a higher level's turn has come, or until
        all debts are gone that were there when he decided.
        """
        if self.scope != "due" or not partner_ids:
            return {}
        Reminder = self.env["crm.payment.reminder"]
        Reminder.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (r.partner_id) r.partner_id, CASE WHEN r.state = 'waiting'
                       AND r.chosen IS NOT TRUE AND r.hold_codes IS NULL AND EXISTS (
                           SELECT FROM crm_payment_reminder_item i
                             JOIN crm_reminder_document d ON d.key = i.key AND d.in_scope
                            WHERE i.reminder_id = r.id AND i.is_new)
                       THEN r.decided_level_id END
                  FROM crm_payment_reminder r
                  JOIN crm_payment_reminder_run run ON run.id = r.run_id AND run.state = 'done'
                       AND (run.scope = 'due' OR r.state = 'sent')
                 WHERE r.company_id = %s AND r.partner_id = ANY(%s)
              ORDER BY r.partner_id, run.date_sent DESC NULLS LAST, r.id DESC
                """,
                self.company_id.id,
                list(partner_ids),
            )
        )
        levels = self.env["crm.payment.reminder.level"].browse([row[1] for row in rows if row[1]])
        known = {level.id: level for level in levels}
        return {partner: known[level] for partner, level in rows if level}

    def _leave_out(self, fresh):
        """Untick new rows of customers whom a person left out at this level before."""
        chosen = [row["partner_id"] for row in fresh if row["chosen"]]
        left_out = self._get_left_out(chosen)
        levels = self.env["crm.payment.reminder.level"]
        for row in fresh:
            level = left_out.get(row["partner_id"])
            if level and levels.browse(row["found_level_id"]).days <= level.days:
                row |= {"chosen": False, "decided_level_id": row["found_level_id"]}


class CrmPaymentReminder(models.Model):
    """A decision of a person about one customer, and for how long it holds.

    It is made about the level whose turn it is: when a higher one's turn comes, tick, level
    and text are open again. Recipients stay: they say to whom, not about what.
    """

    _inherit = "crm.payment.reminder"

    found_level_id = fields.Many2one(
        "crm.payment.reminder.level",
        string="Level Whose Turn It Is",
        readonly=True,
        ondelete="set null",
        help="That which the last look at the debts found; a person may choose another.",
    )
    decided_level_id = fields.Many2one(
        "crm.payment.reminder.level",
        string="Decided at Level",
        readonly=True,
        ondelete="set null",
        help="The level whose turn it was when a person unticked or changed this reminder.",
    )

    def _is_decided(self):
        """Whether a person decided: the night leaves it alone until a higher level's turn."""
        return bool(
            self.level_by_hand
            or self.custom_body
            or self.custom_subject
            or self.chosen == bool(self.hold_codes)
            or (self.recipients_by_hand and self.decided_level_id)
        )

    def _get_decisions(self):
        """{customer id: level and recipients that a person chose}: another look keeps them."""
        decisions = {}
        for reminder in self:
            own = decisions.setdefault(reminder.partner_id.id, {})
            if reminder.level_by_hand:
                own |= {"level": reminder.level_id, "last_date": reminder.last_date}
            if reminder.recipients_by_hand:
                own["recipients"] = reminder.recipient_ids
        return decisions

    def _remember_decision(self):
        for reminder in self:
            level = reminder.found_level_id or reminder.level_id
            if reminder.decided_level_id != level:
                reminder.decided_level_id = level

    def _review_decisions(self, found):
        """Open what was decided about a lower level than that whose turn has come.

        Where dearer debts are paid and a lower level's turn is left, the decision is about that
        one from now on.

        :param found: {customer id: id of the level that a look found}
        """
        Level = self.env["crm.payment.reminder.level"]
        decided = self.filtered(lambda one: one._is_decided())
        lasting = decided._get_lasting()
        for reminder in decided:
            level = Level.browse(found.get(reminder.partner_id.id))
            if not level:
                continue
            if reminder.id not in lasting or level.days > reminder._get_decided_days():
                reminder.write(reminder._prepare_lapse())
            elif level.days < reminder.decided_level_id.days:
                reminder.decided_level_id = level

    def _get_lasting(self):
        """Ids of those one of whose debts is open still: the others were decided about nothing.

        Reads the debts that ``_collect`` found just now.
        """
        if not self:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT i.reminder_id
                  FROM crm_payment_reminder_item i
                  JOIN crm_reminder_document d ON d.key = i.key AND d.in_scope
                 WHERE i.reminder_id = ANY(%s) AND i.is_new
                """,
                self.ids,
            )
        )
        return {row[0] for row in rows}

    def _get_decided_days(self):
        """Days of the highest level that the person's decision is about."""
        levels = self.decided_level_id or self.found_level_id or self.level_id
        if self.level_by_hand:
            levels |= self.level_id
        return max(levels.mapped("days"))

    def _prepare_lapse(self):
        """Nothing is decided any more; what was ticked in spite of its reasons stays ticked."""
        return {
            "decided_level_id": False,
            "level_by_hand": False,
            "custom_subject": False,
            "custom_body": False,
            "chosen": self.chosen or not self.hold_codes,
        }
