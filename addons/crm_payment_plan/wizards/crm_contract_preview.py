from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmContractPreview(models.TransientModel):
    """The printed text on the screen, before anything is printed."""

    _name = "crm.contract.preview"
    _description = "Preview of a Contract"

    template_id = fields.Many2one("crm.contract.template")
    contract_id = fields.Many2one("crm.contract", required=True)
    html = fields.Html(compute="_compute_html", sanitize=False)
    missing = fields.Text(compute="_compute_html")

    @api.model
    def _open(self, contract, template):
        if not contract:
            raise UserError(
                self.env._("There is no contract yet to fill the text with: create one first.")
            )
        contract.check_access("read")
        preview = self.create({"contract_id": contract.id, "template_id": template.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview: %s", contract.display_name),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.depends("contract_id", "template_id")
    def _compute_html(self):
        for preview in self:
            contract = preview.contract_id
            if not contract:
                preview.html, preview.missing = "", ""
                continue
            contract.check_access("read")
            other = preview.template_id and preview.template_id != contract.template_id
            if other:
                # In memory only: the contract keeps its own text.
                contract = contract.new(origin=contract)
                contract.template_id, contract.clause_ids = preview.template_id, False
            form = contract._get_form()
            preview.html = Markup(
                self.env["ir.qweb"]
                .with_context(lang=form["lang"])
                ._render("crm_payment_plan.form_contract", {"form": form})
            )
            preview.missing = preview._get_missing_text(form["missing"])

    def _get_missing_text(self, names):
        catalogue = self.env["crm.contract"]._get_value_catalogue()
        labels = {name: f"{group}: {label}" for group, rows in catalogue for name, label in rows}
        return ", ".join(labels.get(name, name) for name in names)

    def action_print(self):
        """The same as PDF."""
        self.ensure_one()
        return self.contract_id.action_print()
