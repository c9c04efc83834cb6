from odoo import models


class CrmRecessionReplay(models.AbstractModel):
    _name = "crm.recession.replay"
    _description = "Replay of Nights"
