from odoo import api, fields, models


class BpmCompare(models.TransientModel):
    """Two versions of a process beside each other."""

    _name = "bpm.compare"
    _description = "Compare Versions"
    _inherit = ["bpm.comparison.mixin"]

    process_id = fields.Many2one(related="version_id.process_id")
    from_version_id = fields.Many2one(
        readonly=False, domain="[('process_id', '=', process_id), ('id', '!=', version_id)]"
    )

    @api.depends("version_id")
    def _compute_display_name(self):
        for wizard in self:
            version = wizard.version_id.display_name
            wizard.display_name = self.env._("What is different in %s", version)


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def action_compare(self):
        """This version beside the one before it."""
        self.ensure_one()
        before = self.search(
            [("process_id", "=", self.process_id.id), ("number", "<", self.number)],
            order="number desc",
            limit=1,
        )
        wizard = self.env["bpm.compare"].create(
            {"from_version_id": before.id, "version_id": self.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is different in %s", self.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
