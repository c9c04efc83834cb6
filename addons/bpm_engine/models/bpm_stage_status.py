from odoo import fields, models


class BpmStageStatus(models.Model):
    """A short status that people choose when they change a stage (EC-14)."""

    _name = "bpm.stage.status"
    _description = "Short Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    regulation_ids = fields.Many2many("bpm.regulation", help="Empty: offered everywhere.")
