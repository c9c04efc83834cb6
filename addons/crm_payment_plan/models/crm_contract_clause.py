from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.sql import column_exists, create_column, table_exists

from ..lib import clause_text


class CrmContractClause(models.Model):
    """A clause of one contract, taken over from a template or written for it."""

    _name = "crm.contract.clause"
    _description = "Clause of a Contract"
    _inherit = ["crm.contract.clause.mixin"]
    _order = "contract_id, sequence, id"
    _owner_field = "contract_id"

    contract_id = fields.Many2one("crm.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    template_clause_id = fields.Many2one(
        "crm.contract.template.clause", index="btree_not_null", ondelete="set null"
    )
    taken_title = fields.Char(readonly=True)
    taken_text = fields.Text(
        readonly=True, help="The words as they were taken over: shows whether they were edited."
    )
    is_edited = fields.Boolean(
        string="Edited", compute="_compute_is_edited", help="Differs from the text taken over."
    )
    is_left_out = fields.Boolean(
        string="Left Out", compute="_compute_is_left_out", help="Its condition does not hold."
    )

    @api.depends("title", "body", "taken_text", "taken_title", "template_clause_id")
    def _compute_is_edited(self):
        for clause in self:
            taken = (clause.taken_title or "", clause.taken_text or "")
            now = (clause.title or "", clause_text.plain(clause.body))
            clause.is_edited = bool(clause.taken_text or clause.taken_title) and taken != now

    @api.depends("condition", "level", "sequence")
    def _compute_is_left_out(self):
        for contract in self.contract_id:
            clauses = contract.clause_ids
            kept = clauses._get_applicable(contract)
            for clause in clauses:
                clause.is_left_out = clause not in kept
        for clause in self.filtered(lambda c: not c.contract_id):
            clause.is_left_out = False

    # Approval fixes the words -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create(vals_list)
        clauses._check_open()
        return clauses

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_open()

    def _check_open(self):
        for contract in self.contract_id.filtered(lambda c: c.state != "draft"):
            raise UserError(
                self.env._(
                    "Contract %s is approved, its text stands. Make a new version to change it.",
                    contract.display_name,
                )
            )


class CrmContract(models.Model):
    """The text of a contract: of its template, or its own clauses."""

    _inherit = "crm.contract"

    template_id = fields.Many2one(
        "crm.contract.template",
        string="Text",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="The contract prints this text until its clauses are edited.",
    )
    clause_ids = fields.One2many("crm.contract.clause", "contract_id", string="Clauses", copy=True)
    document_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_document_lang",
        store=True,
        readonly=False,
        precompute=True,
        help="Language of the printed contract; the other party's unless you choose.",
    )
    place = fields.Char(
        help="Town that the printed contract names beside its date; empty: the company's."
    )
    has_advance = fields.Boolean(
        string="Advance Demanded",
        compute="_compute_has_advance",
        search="_search_has_advance",
        help="The plan has a payment of type Advance.",
    )
    advance_total = fields.Monetary(string="Advance", compute="_compute_has_advance")

    def _auto_init(self):
        # Old contracts have terms of their own; computing a text for them would change those.
        for name, kind in (("template_id", "int4"), ("document_lang", "varchar")):
            is_there = table_exists(self.env.cr, self._table)
            if is_there and not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.depends("type_id")
    def _compute_template_id(self):
        templates = {}
        for contract in self.filtered(lambda c: c.state == "draft"):
            key = (contract.type_id, contract.company_id)
            if contract.template_id and contract.template_id.type_id in (
                contract.type_id,
                contract.type_id.browse(),
            ):
                continue
            if key not in templates:
                templates[key] = self.env["crm.contract.template"].search(
                    [
                        ("type_id", "=", contract.type_id.id),
                        ("company_id", "in", (False, contract.company_id.id)),
                    ],
                    limit=1,
                )
            contract.template_id = templates[key]

    @api.depends("partner_id", "partner_id.lang")
    def _compute_document_lang(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        # An approved contract keeps its language.
        for contract in self.filtered(lambda c: c.state == "draft" or not c.document_lang):
            wanted = (contract.partner_id.lang, contract.company_id.partner_id.lang, self.env.lang)
            contract.document_lang = next((one for one in wanted if one in installed), "en_US")

    @api.depends("payment_ids.kind", "payment_ids.amount", "payment_ids.state")
    def _compute_has_advance(self):
        groups = self.env["crm.contract.payment"]._read_group(
            [
                ("contract_id", "in", self.ids),
                ("kind", "=", "advance"),
                ("state", "!=", "cancelled"),
            ],
            ["contract_id"],
            ["amount:sum"],
        )
        sums = {contract.id: amount for contract, amount in groups}
        for contract in self:
            contract.advance_total = sums.get(contract._origin.id, 0)
            contract.has_advance = bool(contract.advance_total)

    @api.model
    def _search_has_advance(self, operator, value):
        if operator != "in":
            return NotImplemented
        with_advance = fields.Domain(
            "payment_ids", "any", [("kind", "=", "advance"), ("state", "!=", "cancelled")]
        )
        if True in value and False in value:
            return fields.Domain.TRUE
        return with_advance if True in value else ~with_advance

    # Text -------------------------------------------------------------------------

    def _get_clauses(self):
        """The contract's own clauses, or those of its template, that belong into the text."""
        self.ensure_one()
        clauses = self.clause_ids or self.template_id.sudo().clause_ids
        return clauses.with_context(lang=self.document_lang or self.env.lang)._get_applicable(self)

    def action_edit_clauses(self):
        """Copy the template's clauses to the contract, where they can be edited."""
        self.ensure_one()
        self._check_state("draft")
        if not self.clause_ids:
            self._take_over(self.template_id)
        return True

    def _take_over(self, template):
        """Clauses of a template as the contract's own; it has none yet."""
        rows = template.sudo().with_context(lang=self.document_lang).clause_ids
        self.write({"clause_ids": [Command.create(row._prepare_contract_clause()) for row in rows]})

    def action_take_over(self):
        """Show what the template would change in this contract, and let people choose."""
        self.ensure_one()
        self._check_state("draft")
        return self.env["crm.contract.takeover"]._open(self)

    def action_follow_template(self):
        """Drop the contract's own clauses: it prints the template's text again."""
        self.ensure_one()
        self._check_state("draft")
        self.clause_ids.unlink()

    def action_preview(self):
        """The text with its values, as it will be printed."""
        self.ensure_one()
        return self.env["crm.contract.preview"]._open(self, self.template_id)

    def action_reconcile(self):
        """The reconciliation statement of this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_payment_plan.crm_reconciliation_action"
        )
        return {
            **action,
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_contract_id": self.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": self.currency_id.id,
                "default_date_from": self.date_start or self.date,
            },
        }
