from odoo import models


class CrmCustomerBoard(models.AbstractModel):
    _name = "crm.customer.board"
    _description = "Boards of Customers"
