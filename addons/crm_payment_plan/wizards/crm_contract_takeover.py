from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib import clause_text


class CrmContractTakeover(models.TransientModel):
    """Takes a template's text over into a contract, one difference after the other.

    What somebody edited in the contract is never overwritten unless he ticks it.
    """

    _name = "crm.contract.takeover"
    _description = "Take Over a Text"

    contract_id = fields.Many2one("crm.contract", required=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    template_id = fields.Many2one(
        "crm.contract.template",
        string="Text",
        required=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    line_ids = fields.One2many(
        "crm.contract.takeover.line",
        "takeover_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.model
    def _open(self, contract):
        template = contract.template_id
        if not template:
            raise UserError(
                self.env._(
                    "No text is ready for contracts of type %s. Choose one in the field Text.",
                    contract.type_id.name,
                )
            )
        takeover = self.create({"contract_id": contract.id, "template_id": template.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take over from a text"),
            "res_model": self._name,
            "res_id": takeover.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("template_id", "contract_id")
    def _compute_line_ids(self):
        for takeover in self:
            takeover.line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in takeover._prepare_lines()),
            ]

    def _prepare_lines(self):
        """Differences of the contract's clauses to the template's, in the order of the text."""
        own = self.contract_id.clause_ids
        rows = self.template_id.with_context(lang=self.contract_id.document_lang).clause_ids
        taken = {clause.template_clause_id.id: clause for clause in own}
        lines = []
        for row in rows:
            clause = taken.get(row.id)
            if not clause:
                lines.append({"kind": "new", "template_clause_id": row.id, "apply": True})
            elif self._differs(clause, row):
                edited = clause.is_edited
                lines.append(
                    {
                        "kind": "edited" if edited else "changed",
                        "template_clause_id": row.id,
                        "clause_id": clause.id,
                        "apply": not edited,
                    }
                )
        lines += [
            {"kind": "gone", "clause_id": clause.id, "apply": False}
            for clause in own
            if clause.template_clause_id not in rows
        ]
        return lines

    @api.model
    def _differs(self, clause, row):
        names = ("title", "level", "code", "condition", "sequence")
        return any((clause[name] or "") != (row[name] or "") for name in names) or (
            clause_text.plain(clause.body) != clause_text.plain(row.body)
        )

    def action_apply(self):
        """Change what is ticked, leave the rest."""
        self.ensure_one()
        contract = self.contract_id
        contract.check_access("write")
        contract._check_state("draft")
        lang = contract.document_lang
        commands = []
        for line in self.line_ids.filtered("apply"):
            row = line.template_clause_id.sudo().with_context(lang=lang)
            if line.kind == "new":
                commands.append(Command.create(row._prepare_contract_clause()))
            elif line.kind == "gone":
                commands.append(Command.delete(line.clause_id.id))
            else:
                commands.append(Command.update(line.clause_id.id, row._prepare_contract_clause()))
        contract.write({"template_id": self.template_id.id, "clause_ids": commands})


class CrmContractTakeoverLine(models.TransientModel):
    _name = "crm.contract.takeover.line"
    _description = "Difference to a Text"
    _order = "id"

    takeover_id = fields.Many2one("crm.contract.takeover", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("new", "New in the text"),
            ("changed", "Changed in the text"),
            ("edited", "Edited in the contract"),
            ("gone", "Only in the contract"),
        ],
        required=True,
    )
    template_clause_id = fields.Many2one("crm.contract.template.clause", ondelete="cascade")
    clause_id = fields.Many2one("crm.contract.clause", string="Own Clause", ondelete="cascade")
    label = fields.Char(string="Clause", compute="_compute_difference")
    difference = fields.Html(compute="_compute_difference", sanitize=False)
    apply = fields.Boolean(
        string="Take Over", help="For clauses that are only in the contract: delete them."
    )

    @api.depends("clause_id", "template_clause_id")
    def _compute_difference(self):
        for line in self:
            lang = line.takeover_id.contract_id.document_lang
            row = line.template_clause_id.with_context(lang=lang)
            clause = line.clause_id
            line.label = (clause or row)._get_label()
            line.difference = clause_text.difference(line._get_words(clause), line._get_words(row))

    @api.model
    def _get_words(self, clause):
        return f"<p>{clause.title or ''}</p>{clause.body or ''}"
