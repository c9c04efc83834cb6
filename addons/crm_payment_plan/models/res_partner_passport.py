from odoo import fields, models

#: Who prepares enrolments, and nobody else: not even a head of sales without it.
SEEN_BY = "crm_payment_plan.group_passport"


class ResPartner(models.Model):
    """Passport data of a person (LV-06), for the few who enrol him.

    The group stands at the fields, not in the view: exports, searches and RPC refuse too.
    """

    _inherit = "res.partner"

    passport_number = fields.Char(
        string="Series and Number", groups=SEEN_BY, copy=False, help="As it stands in the passport."
    )
    passport_issuer = fields.Char(string="Issued By", groups=SEEN_BY, copy=False)
    passport_date = fields.Date(string="Issued On", groups=SEEN_BY, copy=False)
    passport_valid_until = fields.Date(groups=SEEN_BY, copy=False)
    passport_birth_date = fields.Date(string="Date of Birth", groups=SEEN_BY, copy=False)
    passport_birth_place = fields.Char(string="Place of Birth", groups=SEEN_BY, copy=False)
    passport_country_id = fields.Many2one(
        "res.country", string="Citizenship", groups=SEEN_BY, copy=False
    )
    passport_address = fields.Char(string="Registered Address", groups=SEEN_BY, copy=False)

    _passport_days = models.Constraint(
        "CHECK(passport_valid_until IS NULL OR passport_date IS NULL "
        "OR passport_valid_until > passport_date)",
        "A passport is valid longer than until the day on which it was issued: correct "
        '"Issued On" or "Passport Valid Until".',
    )
    _passport_birth = models.Constraint(
        "CHECK(passport_birth_date IS NULL OR passport_date IS NULL "
        "OR passport_birth_date <= passport_date)",
        'Nobody gets a passport before he is born: correct "Date of Birth" or "Issued On".',
    )
