from odoo import api, fields, models


class CrmContractCheck(models.TransientModel):
    """Compares contracts with accounting and names every difference."""

    _name = "crm.contract.check"
    _description = "Check of Contracts against Accounting"

    line_ids = fields.One2many("crm.contract.check.line", "check_id", readonly=True)
    contract_count = fields.Integer(string="Contracts Checked", readonly=True)
    difference_count = fields.Integer(compute="_compute_difference_count")

    @api.depends("line_ids")
    def _compute_difference_count(self):
        for check in self:
            check.difference_count = len(check.line_ids)

    @api.model
    def action_check(self):
        """Check all contracts the person sees in the chosen companies."""
        contracts = self.env["crm.contract"].search([("company_id", "in", self.env.companies.ids)])
        check = self.create({"contract_count": len(contracts)})
        # Reads entries, which not everybody who may check may open.
        check._fill(contracts.sudo()._get_differences())
        return check._reopen()

    def _fill(self, differences):
        self.line_ids.unlink()
        self.env["crm.contract.check.line"].create(
            [{**row, "check_id": self.id} for row in differences]
        )

    def action_repair(self):
        """Derive the figures of the contracts that differ anew, and check them again."""
        self.ensure_one()
        contracts = self.line_ids.contract_id
        contracts.check_access("write")
        contracts.sudo()._repair()
        self._fill(contracts.sudo()._get_differences())
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts against accounting"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmContractCheckLine(models.TransientModel):
    """One difference."""

    _name = "crm.contract.check.line"
    _description = "Difference to Accounting"

    check_id = fields.Many2one("crm.contract.check", required=True, ondelete="cascade")
    contract_id = fields.Many2one("crm.contract", required=True, ondelete="cascade")
    what = fields.Char(required=True)
    kept = fields.Float(string="In the Contract", digits=(16, 2))
    told = fields.Float(string="Should Be", digits=(16, 2))
