from odoo import fields, models


class ResCompany(models.Model):
    """How a company takes the files of debts."""

    _inherit = "res.company"

    debt_take_names = fields.Boolean(
        string="Take Equal Names at Once",
        help="A firm of a debt file without tax ID or reference is the customer with exactly its "
        "name, without anybody accepting it. Two firms may have one name: leave it off unless "
        "the names of your customers are all different.",
    )
