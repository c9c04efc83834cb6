from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Days between two files, as accounting is asked to send them.
FILES_EVERY = 7


class CrmReceivableItem(models.Model):
    """A debt of a customer as files from accounting show it: document, dates, amounts.

    Files write the rows; people see them and may say that a debt is disputed.
    """

    _name = "crm.receivable.item"
    _description = "Receivable from a File"
    _order = "due_date, id"
    _rec_name = "document"
    _log_access = False  # written by the hundred thousand; the files tell who and when

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    source_id = fields.Many2one(
        "crm.receivable.source", required=True, ondelete="cascade", readonly=True
    )
    firm_id = fields.Many2one(
        "crm.receivable.firm", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", ondelete="set null", readonly=True
    )
    key = fields.Char(required=True, readonly=True, help="Identity of the debt in its source.")
    contract = fields.Char(readonly=True)
    document = fields.Char(readonly=True)
    number = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    due_source = fields.Selection(
        [
            ("file", "The file"),
            ("term", "Days to pay"),
            ("interval", "Age of the debt"),
            ("missing", "Not known"),
        ],
        string="Due Date By",
        required=True,
        default="missing",
        readonly=True,
        help="Age of the debt: the report only said how long it is overdue; the latest date "
        "that agrees is taken. Not known: the debt cannot be overdue and rates nobody.",
    )
    amount = fields.Monetary(readonly=True, help="Of the document, as far as files showed it.")
    open_amount = fields.Monetary(string="Open", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    rate = fields.Float(
        default=1.0,
        digits=0,
        readonly=True,
        help="Company currency for one unit of the currency, when the debt was first seen.",
    )
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")], required=True, default="open", readonly=True
    )
    settled_date = fields.Date(readonly=True)
    disputed = fields.Boolean(help="The customer contests it: while open it rates nobody.")
    dispute_end_date = fields.Date(
        string="Dispute Closed", readonly=True, help="The debt counts as due from that day on."
    )
    first_import_id = fields.Many2one(
        "crm.receivable.import", string="First File", ondelete="restrict", readonly=True
    )
    last_import_id = fields.Many2one(
        "crm.receivable.import", string="Last File", ondelete="restrict", readonly=True, index=True
    )
    payment_ids = fields.One2many("crm.receivable.payment", "item_id", string="Payments")

    _source_key_uniq = models.UniqueIndex("(source_id, key)")
    _partner_idx = models.Index("(company_id, partner_id, due_date)")
    _open_idx = models.Index("(source_id) WHERE state = 'open'")

    def write(self, vals):
        if not self.env.su and set(vals) - {"disputed"}:
            raise AccessError(self.env._("Debts come from files; only a dispute is noted by hand."))
        if "disputed" in vals:
            today = fields.Date.context_today(self)
            vals = {**vals, "dispute_end_date": False if vals["disputed"] else today}
        return super().write(vals)

    @api.depends("document", "firm_id.name")
    def _compute_display_name(self):
        for item in self:
            item.display_name = item.document or self.env._("Balance of %s", item.firm_id.name)

    @api.model
    def _get_parts_sql(self, company, day):
        """Parts of debts for the discipline of payers: see ``crm.payer.discipline``.

        The allowance for a day that nobody tells is that of weekly files. After a week
        without file, or with one of other customers, a payment may be older than that: it
        counts a week after the last file that showed the debt as open.
        """
        return SQL(
            """
            SELECT i.partner_id, 'f' || i.id AS debt, x.amount * i.rate::numeric AS amount,
                   greatest(i.due_date, i.dispute_end_date) AS due,
                   CASE WHEN x.date <= %(day)s THEN CASE WHEN x.inferred
                        THEN LEAST(x.date, x.since + %(week)s) ELSE x.date END END AS paid,
                   x.inferred OR i.due_source = 'interval' AS inferred,
                   FALSE AS written_off
              FROM crm_receivable_item i
              JOIN (
                    SELECT item_id, amount, date, inferred, since FROM crm_receivable_payment
                     WHERE company_id = %(company)s AND reversed_import_id IS NULL
                    UNION ALL
                    SELECT id, open_amount, NULL, FALSE, NULL FROM crm_receivable_item
                     WHERE company_id = %(company)s AND state = 'open'
                   ) x ON x.item_id = i.id
         LEFT JOIN account_move twin ON twin.id = i.twin_move_id AND twin.state = 'posted'
             WHERE i.company_id = %(company)s AND i.partner_id IS NOT NULL
               AND i.due_date IS NOT NULL AND i.disputed IS NOT TRUE
               AND (twin.id IS NULL OR NOT %(both)s)
            """,
            company=company.id,
            week=FILES_EVERY,
            both=self.env["crm.payer.rule"]._get_of_company(company).origin == "both",
            day=day,
        )
