from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class BpmStageStatus(models.Model):
    """A short status that people choose when they change a stage (EC-14)."""

    _name = "bpm.stage.status"
    _description = "Short Status"
    _inherit = ["bpm.kept.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    regulation_ids = fields.Many2many("bpm.regulation", help="Empty: offered everywhere.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        """What people said on a change of stage stays in its history (EC-14)."""
        changes = self.env["bpm.stage.change"].sudo()
        groups = changes._read_group([("status_id", "in", self.ids)], ["status_id"])
        names = ", ".join(f"“{status.name}”" for (status,) in groups)
        if names:
            raise UserError(
                self.env._("%s stands in the history of stages. Archive it instead.", names)
            )

    @api.model
    @tools.ormcache("regulation_id", "self.env.lang")
    def _get_offered(self, regulation_id):
        """((id, name), ...) of those offered for a regulation, kept until one changes."""
        domain = ["|", ("regulation_ids", "=", False), ("regulation_ids", "in", regulation_id)]
        return tuple((status.id, status.name) for status in self.sudo().search(domain))
