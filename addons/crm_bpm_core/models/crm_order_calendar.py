from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KEPT_DAYS = (52 + 26) * 7  # a look-back of a year, and the longest silence watched
MEDIAN_DAYS = 52 * 7
LEAST_USUAL = 5  # fewer customers do not tell an ordinary day from a quiet one


class CrmOrderCalendar(models.Model):
    """How much of an ordinary day each calendar day was, for all customers.

    ``activity`` = least(1, customers ordering that day / median of the same
    weekday over the last 52 weeks). Holidays, shared lulls and days on which
    the feed was down do not age anybody's silence. Days on which fewer than
    five customers usually order (weekends, young companies) count in full.
    Source: the study of recession rules, section 1.
    """

    _name = "crm.order.calendar"
    _description = "Company Order Calendar"
    _order = "day desc"
    _rec_name = "day"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True)
    customer_count = fields.Integer(required=True, help="Customers who ordered that day.")
    usual_count = fields.Float(required=True, help="Median of the same weekday, 52 weeks.")
    activity = fields.Float(required=True, help="0 (nobody orders) to 1 (ordinary day).")
    cumulated = fields.Float(required=True, help="Running sum of activity, in activity days.")

    _company_day_uniq = models.UniqueIndex("(company_id, day)")

    @api.model
    def _refresh(self, company, until):
        """Write the calendar of the 78 weeks up to a day; later orders are not looked at.

        :param until: last day; rows of later days are removed
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS (%(fresh)s),
                old AS (
                    DELETE FROM crm_order_calendar WHERE company_id = %(company)s
                    AND (day > %(until)s OR day <= %(until)s - %(kept)s)
                )
                INSERT INTO crm_order_calendar AS c
                    (company_id, day, customer_count, usual_count, activity, cumulated)
                SELECT %(company)s, day, customer_count, usual_count, activity,
                    sum(activity) OVER (ORDER BY day) FROM fresh
                ON CONFLICT (company_id, day) DO UPDATE SET
                    customer_count = EXCLUDED.customer_count,
                    usual_count = EXCLUDED.usual_count,
                    activity = EXCLUDED.activity, cumulated = EXCLUDED.cumulated
                """,
                fresh=self._get_calendar_query(company, until),
                company=company.id,
                until=until,
                kept=KEPT_DAYS,
            )
        )
        self.invalidate_model()

    @api.model
    def _get_calendar_query(self, company, until):
        """SQL of day, customer_count, usual_count, activity.

        Days before the company's first order are no quiet days: they stay out
        of the medians.
        """
        return SQL(
            """
            SELECT day, customer_count, usual_count, CASE WHEN usual_count < %(least)s THEN 1
                ELSE least(1, customer_count / usual_count) END AS activity
            FROM (
                WITH ordered AS (
                    SELECT day, count(*) AS customer_count FROM crm_order_day
                    WHERE company_id = %(company)s AND day <= %(until)s
                        AND day > %(until)s - %(kept)s - %(median)s
                    GROUP BY day
                ),
                known AS (
                    SELECT d::date AS day, COALESCE(customer_count, 0)::int AS customer_count
                    FROM generate_series(
                        (SELECT min(day) FROM ordered)::timestamp, %(until)s::timestamp,
                        interval '1 day'
                    ) d LEFT JOIN ordered ON ordered.day = d::date
                )
                SELECT s::date AS day, COALESCE(this.customer_count, 0) AS customer_count,
                    COALESCE(usual.median, 0) AS usual_count
                FROM generate_series(
                    %(until)s::timestamp - (%(kept)s - 1) * interval '1 day',
                    %(until)s::timestamp, interval '1 day'
                ) s LEFT JOIN known this ON this.day = s::date
                LEFT JOIN (
                    SELECT d.day, percentile_cont(0.5)
                        WITHIN GROUP (ORDER BY same.customer_count) AS median
                    FROM known d JOIN known same ON same.day <= d.day
                        AND same.day > d.day - %(median)s
                        AND extract(isodow FROM same.day) = extract(isodow FROM d.day)
                    GROUP BY d.day
                ) usual ON usual.day = s::date
            ) AS counted
            """,
            company=company.id,
            until=until,
            kept=KEPT_DAYS,
            median=MEDIAN_DAYS,
            least=LEAST_USUAL,
        )

    @api.model
    def _is_feed_dead(self, company, day):
        """Whether an ordinary working day brought far fewer customers than usual.

        Then the feed from the store or 1C is probably down. Needs the calendar
        of that day.
        """
        row = self.search([("company_id", "=", company.id), ("day", "=", day)])
        if not row or row.usual_count < LEAST_USUAL or self._is_public_holiday(company, day):
            return False
        return row.customer_count < company.feed_dead_share * row.usual_count

    @api.model
    def _is_public_holiday(self, company, day):
        """Whether noon of the day lies in a global leave of the company's working hours."""
        noon = pytz.timezone(company.nightly_tz).localize(datetime.combine(day, time(12)))
        noon = noon.astimezone(pytz.utc).replace(tzinfo=None)
        calendars = [False, company.resource_calendar_id.id]
        domain = (
            Domain("resource_id", "=", False)
            & Domain("calendar_id", "in", calendars)
            & Domain("company_id", "in", [False, company.id])
            & Domain("date_from", "<=", noon)
            & Domain("date_to", ">=", noon)
        )
        return bool(self.env["resource.calendar.leaves"].sudo().search_count(domain, limit=1))
