from odoo import models


class CrmRecessionBacktest(models.TransientModel):
    _name = "crm.recession.backtest"
    _description = "CrmRecessionBacktest"
