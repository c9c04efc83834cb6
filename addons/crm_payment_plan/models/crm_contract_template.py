from odoo import api, fields, models

from ..lib import clause_text


class CrmContractTemplate(models.Model):
    """The text that contracts of a type start with: clauses a person without code edits."""

    _name = "crm.contract.template"
    _description = "Contract Text"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    type_id = fields.Many2one(
        "crm.contract.type",
        string="Contract Type",
        index=True,
        ondelete="restrict",
        help="The first text of a type is offered for its contracts. Empty: chosen by hand.",
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    heading = fields.Char(
        translate=True, help="Printed above the text, with the number: Contract of Sale."
    )
    company_title = fields.Char(
        string="We Are", translate=True, help="What the text calls us: Seller, Contractor."
    )
    partner_title = fields.Char(
        string="They Are", translate=True, help="What the text calls them: Buyer, Customer."
    )
    note = fields.Text(string="When to Use", translate=True)
    clause_ids = fields.One2many("crm.contract.template.clause", "template_id", copy=True)
    clause_count = fields.Integer(compute="_compute_clause_count")
    contract_id = fields.Many2one(
        "crm.contract",
        string="Preview on",
        compute="_compute_contract_id",
        store=False,
        readonly=False,
        help="The contract that Preview fills the text with.",
    )

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        for template in self:
            template.clause_count = len(template.clause_ids)

    @api.depends("type_id")
    def _compute_contract_id(self):
        Contract = self.env["crm.contract"]
        for template in self:
            domain = [("type_id", "=", template.type_id.id)] if template.type_id else []
            template.contract_id = Contract.search(domain, limit=1)

    def action_preview(self):
        """The text as it would be on a contract."""
        self.ensure_one()
        return self.env["crm.contract.preview"]._open(self.contract_id, self)


class CrmContractTemplateClause(models.Model):
    """A clause of a ready text; its words are translated like any term."""

    _name = "crm.contract.template.clause"
    _description = "Clause of a Contract Text"
    _inherit = ["crm.contract.clause.mixin"]
    _order = "template_id, sequence, id"
    _owner_field = "template_id"

    template_id = fields.Many2one(
        "crm.contract.template", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="template_id.company_id")
    title = fields.Char(translate=True)
    body = fields.Html(
        translate=True, sanitize_attributes=True, sanitize_style=True, sanitize_form=True
    )

    def _prepare_contract_clause(self):
        """Values of the contract's copy, in the language of the context."""
        self.ensure_one()
        return {
            "template_clause_id": self.id,
            "sequence": self.sequence,
            "level": self.level,
            "code": self.code,
            "condition": self.condition,
            "title": self.title,
            "body": self.body,
            "taken_title": self.title,
            "taken_text": clause_text.plain(self.body),
        }
