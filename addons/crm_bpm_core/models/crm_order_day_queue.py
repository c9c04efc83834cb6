from odoo import api, fields, models

from ..lib import ledger_triggers


class CrmOrderDayQueue(models.Model):
    """Which days of which customers must be derived anew.

    Rows are written by database triggers on orders, lines, credit notes,
    transactions and on partners whose commercial entity changed, so that no
    path (form, RPC, import, merge of partners, plain SQL) can be missed, and a
    transaction that commits late is still seen.

    Without partner: the whole company. Without moment and day: all days of the
    partner (in the company, or in all of them when that is empty too).
    """

    _name = "crm.order.day.queue"
    _description = "Daily Order Ledger: Changes to Process"
    _log_access = False

    company_id = fields.Integer(help="No foreign key: the row may outlive its company.")
    partner_id = fields.Integer(help="Any partner of the order; no foreign key.")
    moment = fields.Datetime(help="Order time (UTC). Empty: all days of the partner.")
    day = fields.Date(help="Day in company time, where the source has a day.")

    def init(self):
        # Their tables belong to other models, which may come after this one.
        self.pool.post_init(self._create_triggers)

    def _create_triggers(self):
        ledger_triggers.create(self.env.cr)

    @api.model
    def _count_waiting(self):
        self.env.cr.execute("SELECT count(*) FROM crm_order_day_queue")
        return self.env.cr.fetchone()[0]
