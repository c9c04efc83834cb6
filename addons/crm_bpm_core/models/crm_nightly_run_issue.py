from odoo import fields, models


class CrmNightlyRunIssue(models.Model):
    """A record that a sweep had to skip, with the reason and the cure in words."""

    _name = "crm.nightly.run.issue"
    _description = "Nightly Sweep Error"
    _order = "id desc"
    _rec_name = "message"

    run_id = fields.Many2one(
        "crm.nightly.run", string="Sweep", required=True, ondelete="cascade", index=True
    )
    night = fields.Date(related="run_id.night")
    stage = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    message = fields.Char(required=True)
