from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

REASONS = [
    ("goods", "Goods or work not as agreed"),
    ("amount", "Wrong amount or price"),
    ("missing", "Not delivered, documents missing"),
    ("paid", "Says it is paid"),
    ("terms", "Other terms agreed"),
    ("other", "Other"),
]


class CrmPaymentDispute(models.Model):
    """A customer contests one debt: no reminder of it, and no rating, until it is solved.

    Accounting's own marks follow: *no follow-up* of an invoice, *disputed* of a debt of a
    file, so that every list says the same.
    """

    _name = "crm.payment.dispute"
    _description = "Disputed Debt"
    _inherit = ["crm.payment.document.mixin", "mail.thread"]
    _order = "state, date_opened desc, id desc"
    _rec_name = "document"

    user_id = fields.Many2one(tracking=True, required=True)
    reason = fields.Selection(REASONS, required=True, tracking=True)
    note = fields.Text(string="What the Customer Says")
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    date_opened = fields.Date(
        string="Opened", required=True, default=fields.Date.context_today, readonly=True
    )
    date_solved = fields.Date(string="Solved", readonly=True, copy=False)
    solution = fields.Text(help="What was agreed.")

    _document_named = models.Constraint(
        "CHECK (move_id IS NOT NULL OR item_id IS NOT NULL OR payment_id IS NOT NULL)",
        "Say which document is disputed: an invoice, a debt of a file or a planned payment.",
    )
    _move_uniq = models.UniqueIndex(
        "(move_id, partner_id) WHERE state = 'open' AND move_id IS NOT NULL",
        "This invoice is disputed already.",
    )
    _item_uniq = models.UniqueIndex(
        "(item_id) WHERE state = 'open' AND item_id IS NOT NULL", "This debt is disputed already."
    )
    _payment_uniq = models.UniqueIndex(
        "(payment_id) WHERE state = 'open' AND payment_id IS NOT NULL",
        "This planned payment is disputed already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create([{**vals, "state": "open"} for vals in vals_list])
        disputes._mark(True)
        return disputes

    def write(self, vals):
        if not self.env.su and {"state", "date_opened", "date_solved"} & set(vals):
            raise AccessError(self.env._("A dispute is solved and reopened by its buttons."))
        return super().write(vals)

    def unlink(self):
        self.filtered(lambda dispute: dispute.state == "open")._mark(False)
        return super().unlink()

    def action_solve(self):
        """Button: the debt counts again, from today on."""
        for dispute in self:
            if not (dispute.solution or "").strip():
                raise UserError(
                    self.env._("%s: say first what was agreed.", dispute.document or dispute.id)
                )
        self.check_access("write")
        self.sudo().write({"state": "solved", "date_solved": fields.Date.context_today(self)})
        self._mark(False)

    def action_reopen(self):
        """Button: it is contested after all."""
        self.check_access("write")
        self.sudo().write({"state": "open", "date_solved": False})
        self._mark(True)

    @api.model
    def _prepare_opening_defaults(self, debt):
        return {**super()._prepare_opening_defaults(debt), "default_move_id": debt.move_id.id}

    def _mark(self, disputed):
        """Tell the documents; whoever may note a dispute needs no right to edit invoices."""
        documents = self.sudo()
        lines = self.env["account.move.line"].sudo()
        for dispute in documents:
            # An entry that took debts over may hold those of other customers too.
            lines |= dispute.move_id.line_ids.filtered(
                lambda line, dispute=dispute: (
                    line.account_id.account_type == "asset_receivable"
                    and (
                        dispute.move_id.move_type != "entry"
                        or line.partner_id.commercial_partner_id == dispute.partner_id
                    )
                )
            )
        if lines:
            lines.write({"no_followup": disputed})
        documents.item_id.filtered(lambda item: item.disputed != disputed).write(
            {"disputed": disputed}
        )
