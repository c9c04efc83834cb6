from odoo import models


class CrmCallResult(models.TransientModel):
    _name = "crm.call.result"
    _description = "CrmCallResult"
