from odoo import api, fields, models
from odoo.exceptions import ValidationError

ABSENCE_FIELDS = ["absence_from", "absence_to", "substitute_user_id"]


class ResUsers(models.Model):
    """What the planner of calls must know of a person."""

    _inherit = "res.users"

    call_daily_limit = fields.Integer(
        default=0, help="Most planned calls on one working day. 0: as the company says."
    )
    absence_from = fields.Date(help="First day of an absence.")
    absence_to = fields.Date(help="Last day of an absence; empty: until further notice.")
    substitute_user_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', id)]",
        help="Gets the calls planned while this person is absent.",
    )

    _absence_order = models.Constraint(
        "CHECK(absence_from <= absence_to)", "An absence cannot end before it begins."
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, *ABSENCE_FIELDS, "call_daily_limit"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *ABSENCE_FIELDS]

    @api.constrains("substitute_user_id")
    def _check_substitute(self):
        for user in self:
            if user.substitute_user_id == user:
                raise ValidationError(self.env._("%s cannot be his own substitute.", user.name))

    def _is_absent(self, day):
        """Whether the person told that he is away on that day."""
        self.ensure_one()
        start, end = self.absence_from, self.absence_to
        return bool(start or end) and (not start or start <= day) and (not end or day <= end)
