from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerStatus(models.Model):
    """A stage of the customer's life cycle and the regulation of its monitoring."""

    _name = "crm.customer.status"
    _description = "Customer Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Stable technical name that integrations and rules refer to.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(help="Colour index of the badge; the name stands beside it.")
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True, help="What is expected of customers here.")
    is_default = fields.Boolean(
        string="First Status",
        help="Customers that come from leads, or are monitored without a status, get this one.",
    )
    monitoring_interval = fields.Integer(
        default=1,
        string="Monitoring Interval",
        help="How often the responsible person calls a customer of this status, in "
        "units of the next field. 0: never. A change counts from each customer's next call.",
    )
    monitoring_interval_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")],
        default="month",
        required=True,
    )
    require_next_step = fields.Boolean(
        default=True,
        string="Next Step Required",
        help="A customer of this status must always have a planned activity (AL-05).",
    )

    _code_uniq = models.UniqueIndex("(code)", "The code of a status must be unique.")
    _default_uniq = models.UniqueIndex(
        "(is_default) WHERE is_default IS TRUE",
        "Only one status can be the one that new customers start with.",
    )
    _interval_positive = models.Constraint(
        "CHECK(monitoring_interval >= 0)",
        "The monitoring interval cannot be negative; 0 switches monitoring off.",
    )

    @api.model
    def _get_default_status(self):
        """Status that a new customer starts with; may be empty."""
        return self.search([("is_default", "=", True)], limit=1)

    @api.model
    def _get_next_date_sql(self, base, anchor, after, status="s"):
        """``lib.monitoring_date.next_date`` as an SQL expression.

        :param base, anchor, after: SQL expressions: date, day of the month, date
        :param status: alias of the row of this model that gives the interval
        :return: SQL of a date; NULL where the status is never monitored
        """
        interval = SQL("NULLIF(%s, 0)", SQL.identifier(status, "monitoring_interval"))
        unit = SQL.identifier(status, "monitoring_interval_unit")
        step = SQL("(%s * CASE WHEN %s = 'week' THEN 7 ELSE 1 END)", interval, unit)
        missing = SQL(
            "(%s - %s)", self._get_month_number_sql(after), self._get_month_number_sql(base)
        )
        count = SQL("GREATEST(1, CEIL(%s::numeric / %s))::int", missing, interval)
        first, second = (
            self._get_month_day_sql(base, SQL("(%s + %s) * %s", count, more, interval), anchor)
            for more in (0, 1)
        )
        return SQL(
            """CASE WHEN %(unit)s = 'month'
                    THEN CASE WHEN %(first)s > %(after)s THEN %(first)s ELSE %(second)s END
                    ELSE %(base)s + %(step)s * GREATEST(
                        1, FLOOR((%(after)s - %(base)s)::numeric / %(step)s)::int + 1)
               END""",
            unit=unit, first=first, second=second, after=after, base=base, step=step,
        )  # fmt: skip

    @api.model
    def _get_month_number_sql(self, day):
        return SQL("(EXTRACT(YEAR FROM %s) * 12 + EXTRACT(MONTH FROM %s))::int", day, day)

    @api.model
    def _get_month_day_sql(self, base, months, anchor):
        """Day ``anchor`` of the month that is ``months`` after that of ``base``."""
        start = SQL("(date_trunc('month', %s) + make_interval(months => %s))", base, months)
        return SQL(
            "LEAST(%s::date + %s - 1, (%s + interval '1 month')::date - 1)", start, anchor, start
        )
