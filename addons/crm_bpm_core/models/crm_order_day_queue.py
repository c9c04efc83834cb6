from odoo import fields, models


class CrmOrderDayQueue(models.Model):
    """Which days of which customers must be derived anew.

    Rows are written by database triggers on orders, lines, credit notes,
    transactions and on partners whose commercial entity changed, so that no
    path (form, RPC, import, merge of partners, plain SQL) can be missed, and a
    transaction that commits late is still seen.
    """

    _name = "crm.order.day.queue"
    _description = "Daily Order Ledger: Changes to Process"
    _log_access = False

    company_id = fields.Integer(help="No foreign key: the row may outlive its company.")
    partner_id = fields.Integer(help="Any partner of the order; no foreign key.")
    moment = fields.Datetime(help="Order time (UTC). Empty: all days of the partner.")
    day = fields.Date(help="Day in company time, where the source has a day.")
