from odoo import api, fields, models, tools


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

    @api.model
    @tools.ormcache("regulation_id", "self.env.lang")
    def _get_offered(self, regulation_id):
        """((id, name), ...) of those offered for a regulation, kept until one changes."""
        domain = ["|", ("regulation_ids", "=", False), ("regulation_ids", "in", regulation_id)]
        return tuple((status.id, status.name) for status in self.sudo().search(domain))
