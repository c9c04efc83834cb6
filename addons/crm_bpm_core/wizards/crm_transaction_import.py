from odoo import models


class CrmTransactionImport(models.TransientModel):
    _name = "crm.transaction.import"
    _description = "CrmTransactionImport"
