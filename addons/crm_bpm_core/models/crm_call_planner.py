from odoo import models


class CrmCallPlanner(models.AbstractModel):
    _name = "crm.call.planner"
    _description = "Planner of Calls"
