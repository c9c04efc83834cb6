from odoo import api, fields, models


class CrmPaymentReminderItem(models.Model):
    """A debt in the table of a reminder, and the memory of what was reminded of.

    ``sent_date`` is set when the reminder goes out; the unique index then keeps any other
    transaction from reminding of the same debt at the same level.
    """

    _name = "crm.payment.reminder.item"
    _description = "Debt in a Reminder"
    _order = "due_date, id"
    _rec_name = "document"
    _log_access = False  # written by the hundred thousand; the list tells who and when

    reminder_id = fields.Many2one(
        "crm.payment.reminder", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    key = fields.Char(required=True, readonly=True, help="Identity of the debt in its source.")
    document = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    days = fields.Integer(string="Days Late", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    open_amount = fields.Monetary(string="Open", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        string="In Company Currency", currency_field="company_currency_id", readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, ondelete="set null")
    item_id = fields.Many2one(
        "crm.receivable.item", string="Debt in the File", readonly=True, ondelete="set null"
    )
    payment_id = fields.Many2one(
        "crm.contract.payment", string="Planned Payment", readonly=True, ondelete="set null"
    )
    twin_id = fields.Many2one(
        "crm.receivable.item",
        string="Also in the File",
        readonly=True,
        ondelete="set null",
        help="The same debt in the weekly file; it is counted once.",
    )
    level_id = fields.Many2one("crm.payment.reminder.level", readonly=True, ondelete="restrict")
    is_new = fields.Boolean(
        string="Its Turn", readonly=True, help="The reminder is sent because of this debt."
    )
    hold_reason = fields.Selection(
        [("dispute", "Disputed"), ("blocked", "Blocked by accounting"), ("promise", "Promised")],
        string="Left Out",
        readonly=True,
    )
    remark = fields.Char(
        string="Not in the Text", compute="_compute_remark", help="Why the text leaves it out."
    )
    sent_date = fields.Date(readonly=True)

    _sent_uniq = models.UniqueIndex(
        "(company_id, key, level_id, due_date) WHERE sent_date IS NOT NULL",
        "This debt was reminded of at this level.",
    )

    @api.depends("hold_reason", "days", "reminder_id.level_id.days")
    def _compute_remark(self):
        labels = dict(self._fields["hold_reason"]._description_selection(self.env))
        for row in self:
            early = row.reminder_id.level_id.days <= 0
            row.remark = labels.get(row.hold_reason)
            if not row.remark and early != (row.days <= 0):
                row.remark = self.env._("Overdue") if early else self.env._("Not due yet")

    def action_open(self):
        """Button: the debt in its source."""
        self.ensure_one()
        record = self.move_id or self.item_id or self.payment_id
        return record and {
            "type": "ir.actions.act_window",
            "name": self.document,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
