from odoo import api, fields, models
from odoo.exceptions import UserError

PAYMENTS = "payments"


class CrmContactRole(models.Model):
    """What a contact of a customer answers for: payments, promotions, decisions (PF-13)."""

    _name = "crm.contact.role"
    _description = "Role of a Contact"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        readonly=True, copy=False, help="By which the product knows it: payments get reminders."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    note = fields.Char(string="What For", translate=True)

    _code_uniq = models.UniqueIndex("(code) WHERE code IS NOT NULL", "This role exists already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_payments(self):
        if PAYMENTS in self.mapped("code"):
            raise UserError(
                self.env._("Payment reminders go by the role “%s”; archive it instead.",
                           self.filtered(lambda role: role.code == PAYMENTS).name)
            )  # fmt: skip
