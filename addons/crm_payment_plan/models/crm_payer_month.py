from odoo import api, fields, models
from odoo.tools import SQL

from .crm_payer_discipline import CLASSES

MONTHS = 24


class CrmPayerMonth(models.Model):
    """What was known of each payer at the end of each month, of the current one until today.

    The history has a row only where something moved; here every payer stands once in every
    month since he was first rated, with the last that was known, so that payers can be
    counted by class.
    """

    _name = "crm.payer.month"
    _description = "Payer at the End of a Month"
    _auto = False
    _order = "date desc, overdue_amount desc, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.payer.discipline.history": [
            "discipline_id", "company_id", "partner_id", "date", "payer_class", "debt_count",
            "days_late", "max_overdue", "overdue_amount",
        ],
    }  # fmt: skip

    date = fields.Date(string="Month", readonly=True, help="Its last day, or today.")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    discipline_id = fields.Many2one("crm.payer.discipline", string="Payer", readonly=True)
    payer_class = fields.Selection(CLASSES, string="Class", readonly=True)
    debt_count = fields.Integer(string="Debts", readonly=True, aggregator=None)
    days_late = fields.Float(
        digits=(16, 1), readonly=True, aggregator="avg", help="Average of the payers."
    )
    max_overdue = fields.Integer(string="Oldest Overdue", readonly=True, aggregator="max")
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT h.id * %(months)s::bigint + month.place AS id, month.day AS date, h.company_id,
                   h.partner_id, h.discipline_id, h.payer_class, h.debt_count, h.days_late,
                   h.max_overdue, h.overdue_amount
              FROM (SELECT h.*, lead(h.date) OVER (
                           PARTITION BY h.discipline_id ORDER BY h.date, h.id) AS until
                      FROM crm_payer_discipline_history h) h
              JOIN (%(ends)s) month ON month.day >= h.date
                   AND (h.until IS NULL OR month.day < h.until)
            """,
            months=MONTHS,
            ends=self._get_month_ends_sql(),
        )

    @api.model
    def _get_month_ends_sql(self, months=MONTHS):
        """Rows (place, first, day): the last months, from their first day to the last or today."""
        today = fields.Date.context_today(self)
        return SQL(
            """SELECT place, (%(month)s::date - make_interval(months => place))::date AS first,
                      LEAST((%(month)s::date - make_interval(months => place - 1))::date - 1,
                            %(today)s::date) AS day
                 FROM generate_series(0, %(last)s) place""",
            month=today.replace(day=1),
            today=today,
            last=months - 1,
        )

    def action_open(self):
        """The payer, with figures, reasons and history."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "crm.payer.discipline",
            "res_id": self.discipline_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
