from odoo import fields, models


class ResUsers(models.Model):
    """What the planner of calls must know of a person."""

    _inherit = "res.users"

    call_daily_limit = fields.Integer(
        default=0, help="Most planned calls on one working day. 0: as the company says."
    )
    absence_from = fields.Date(help="First day of an absence.")
    absence_to = fields.Date(help="Last day of an absence.")
    substitute_user_id = fields.Many2one(
        "res.users", help="Gets the calls planned while this person is absent."
    )
