from odoo import api, fields, models, tools

from ..lib.opening import DEBTOR, DOCUMENT, OPENING_DEBT
from .crm_payer_discipline import CLASSES

#: Open receivable lines of posted invoices, and debts that entries by hand brought from former
#: accounting. What is open is counted from payments whose entry is posted: a payment that was
#: reset to draft leaves the line's residual at zero.
LINES_SQL = f"""
    SELECT l.id * 2 AS id, 'odoo' AS origin, l.company_id, {DEBTOR} AS partner_id,
           {DOCUMENT} AS document, COALESCE(m.invoice_date, m.date) AS date,
           l.date_maturity AS due_date,
           l.balance AS amount, l.balance - paid.amount AS open_amount,
           l.company_currency_id AS currency_id, l.no_followup AS disputed,
           m.id AS move_id, NULL::int AS item_id, NULL::int AS firm_id, NULL::int AS twin_id
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
      JOIN LATERAL (
            SELECT COALESCE(sum(p.amount), 0) AS amount
              FROM account_partial_reconcile p
              JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
             WHERE p.debit_move_id = l.id
           ) paid ON TRUE
     WHERE l.parent_state = 'posted'
       AND (m.move_type IN ('out_invoice', 'out_receipt') OR {OPENING_DEBT})
       AND l.balance > 0 AND l.balance > paid.amount
       AND (l.reconciled IS NOT TRUE OR EXISTS (
            SELECT FROM account_partial_reconcile p
              JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state <> 'posted'
             WHERE p.debit_move_id = l.id))
"""
ITEMS_SQL = """
    SELECT i.id * 2 + 1, 'file', i.company_id, i.partner_id, COALESCE(i.document, f.name), i.date,
           i.due_date, round(i.amount * i.rate::numeric, 2),
           round(i.open_amount * i.rate::numeric, 2), company.currency_id, i.disputed,
           NULL, i.id, i.firm_id, twin.id
      FROM crm_receivable_item i
      JOIN crm_receivable_firm f ON f.id = i.firm_id
      LEFT JOIN account_move twin ON twin.id = i.twin_move_id AND twin.state = 'posted'
      JOIN res_company company ON company.id = i.company_id
     WHERE i.state = 'open' AND i.open_amount > 0
"""


class CrmReceivable(models.Model):
    """Open debts of customers from both sources: posted invoices and files.

    Debts that an entry by hand took over from former accounting stand for its invoices.

    Which of them a company uses is said in its rule of payer discipline; with both, a debt
    of a file that is an invoice as well counts as the invoice. Lists of overdue debts and
    reminders read only this.
    """

    _name = "crm.receivable"
    _description = "Open Receivable"
    _auto = False
    _order = "due_date, id"
    _rec_name = "document"
    _depends = {
        "crm.payer.discipline": ["company_id", "partner_id", "payer_class"],
        "crm.payer.rule": ["company_id", "origin"],
        "crm.receivable.firm": ["name"],
        "crm.receivable.item": [
            "partner_id", "due_date", "amount", "open_amount", "state", "disputed", "twin_move_id",
        ],
        "account.move": ["state", "name", "date", "commercial_partner_id", "move_type"],
        "account.move.line": [
            "balance", "date_maturity", "parent_state", "no_followup", "name", "partner_id",
        ],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
    }  # fmt: skip

    origin = fields.Selection([("odoo", "Invoice"), ("file", "File")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    firm_id = fields.Many2one("crm.receivable.firm", string="Firm in the File", readonly=True)
    debtor = fields.Char(
        compute="_compute_debtor", help="The customer, or the firm that is no customer yet."
    )
    document = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    open_amount = fields.Monetary(string="Open", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    disputed = fields.Boolean(readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    item_id = fields.Many2one("crm.receivable.item", string="Debt in the File", readonly=True)
    user_id = fields.Many2one(related="partner_id.user_id", string="Responsible")
    payer_class = fields.Selection(CLASSES, string="Payer", readonly=True)
    days_overdue = fields.Integer(compute="_compute_days_overdue")

    @api.depends("partner_id", "firm_id")
    def _compute_debtor(self):
        for debt in self:
            firm = debt.firm_id.sudo().name
            debt.debtor = debt.partner_id.display_name or self.env._("%s (unknown firm)", firm)

    @api.depends("due_date", "company_id")
    def _compute_days_overdue(self):
        # By the calendar of the company, as whatever else is overdue there.
        days = {company: company._get_local_today() for company in self.company_id.sudo()}
        for debt in self:
            today = days.get(debt.company_id.sudo())
            debt.days_overdue = max((today - debt.due_date).days, 0) if debt.due_date else 0

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        # Names of this file only, nothing from outside.
        self.env.cr.execute(  # pylint: disable=sql-injection
            f"""CREATE VIEW {self._table} AS
                SELECT d.*, payer.payer_class FROM ({LINES_SQL} UNION ALL {ITEMS_SQL}) d
             LEFT JOIN crm_payer_rule r ON r.company_id = d.company_id
             LEFT JOIN crm_payer_discipline payer ON payer.company_id = d.company_id
                       AND payer.partner_id = d.partner_id
                 WHERE r.origin = d.origin
                    OR COALESCE(r.origin, 'both') = 'both' AND d.twin_id IS NULL"""
        )

    def action_open(self):
        """Button: the invoice, or the debt as files show it."""
        self.ensure_one()
        if self.move_id:
            return {**self.move_id.get_formview_action()}
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.receivable.item",
            "res_id": self.item_id.id,
            "view_mode": "form",
            "name": self.document,
        }
