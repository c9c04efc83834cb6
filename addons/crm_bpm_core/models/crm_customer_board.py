from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Weeks of orders that every small chart shows.
CHART_WEEKS = 26
#: Days of the week without work, when a company has no working hours.
WEEKEND = (5, 6)


class CrmCustomerBoard(models.AbstractModel):
    """Data of the boards: each board is loaded by one call, set-based.

    The number of queries of a board does not depend on the number of its rows.
    """

    _name = "crm.customer.board"
    _description = "Boards of Customers"

    @api.model
    def _check_group(self, *groups):
        """Refuse people who have none of these access levels."""
        if not any(self.env.user.has_group(f"crm_bpm_core.{group}") for group in groups):
            raise AccessError(
                self.env._("Ask an administrator for the rights 'Access to customers' first.")
            )

    @api.model
    def _get_today(self):
        """Calendar day of the company, which may differ from the user's."""
        company = self.env.company
        return fields.Date.context_today(self.with_context(tz=company.nightly_tz or "UTC"))

    @api.model
    def _get_week_rows(self, partner_ids, today, weeks=CHART_WEEKS):
        """Orders of many customers by week, newest week last, in one query.

        :return: {partner id: {"amounts": [...], "lines": [...], "days": order days of 52 weeks,
            "first": date, "last": date, "last_lines": int, "last_amount": float}}
        """
        result = {partner_id: self._prepare_rhythm(weeks) for partner_id in partner_ids}
        if not result:
            return result
        for row in self._query_weeks(partner_ids, today):
            rhythm = result[row["partner_id"]]
            if row["week"] < weeks:
                rhythm["amounts"][weeks - 1 - row["week"]] = row["amount"]
                rhythm["lines"][weeks - 1 - row["week"]] = row["lines"]
            rhythm["days"] += row["days"]
            if row["first"]:
                rhythm["first"] = min(filter(None, (rhythm["first"], row["first"])))
            if row["last"] and (not rhythm["last"] or row["last"] > rhythm["last"]):
                rhythm["last"] = row["last"]
                rhythm["last_lines"] = row["last_lines"]
                rhythm["last_amount"] = row["last_amount"]
        for rhythm in result.values():
            self._complete_rhythm(rhythm, today)
        return result

    @api.model
    def _prepare_rhythm(self, weeks):
        return {
            "amounts": [0.0] * weeks,
            "lines": [0] * weeks,
            "days": 0,
            "first": None,
            "last": None,
            "last_lines": 0,
            "last_amount": 0.0,
        }

    @api.model
    def _complete_rhythm(self, rhythm, today):
        first, last, days = rhythm["first"], rhythm["last"], rhythm["days"]
        rhythm["gap"] = round((last - first).days / (days - 1), 1) if days > 1 else 0.0
        rhythm["silence"] = (today - last).days if last else None

    @api.model
    def _query_weeks(self, partner_ids, today):
        self.env["crm.order.day"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT partner_id, (%(today)s - day) / 7 AS week,
                       sum(amount) AS amount, sum(line_count) AS lines,
                       count(DISTINCT day) FILTER (WHERE order_count > 0) AS days,
                       min(day) FILTER (WHERE order_count > 0) AS first,
                       max(day) FILTER (WHERE order_count > 0) AS last,
                       (array_agg(line_count ORDER BY day DESC)
                           FILTER (WHERE order_count > 0))[1] AS last_lines,
                       (array_agg(amount ORDER BY day DESC)
                           FILTER (WHERE order_count > 0))[1] AS last_amount
                  FROM crm_order_day
                 WHERE partner_id IN %(partners)s
                   AND company_id IN %(companies)s
                   AND day > %(start)s AND day <= %(today)s
                 GROUP BY 1, 2
                """,
                partners=tuple(partner_ids),
                companies=tuple(self.env.companies.ids),
                today=today,
                start=today - timedelta(days=364),
            )
        )

    @api.model
    def _get_last_calls(self, partner_ids, limit=1):
        """Last finished activities with their results, newest first, in one query.

        :return: {partner id: [{"date", "user", "result", "text"}, ...]}
        """
        result = {partner_id: [] for partner_id in partner_ids}
        if not result:
            return result
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT * FROM (
                    SELECT a.res_id AS partner_id, a.date_done AS date, up.name AS user,
                           a.call_result AS result, COALESCE(a.feedback, a.summary) AS text,
                           row_number() OVER (
                               PARTITION BY a.res_id ORDER BY a.date_done DESC, a.id DESC
                           ) AS place
                      FROM mail_activity a
                      LEFT JOIN res_users u ON u.id = a.user_id
                      LEFT JOIN res_partner up ON up.id = u.partner_id
                     WHERE a.res_model = 'res.partner' AND a.res_id IN %s
                       AND a.active IS NOT TRUE AND a.date_done IS NOT NULL
                       AND a.call_result IS DISTINCT FROM 'obsolete'
                ) AS calls WHERE place <= %s ORDER BY place
                """,
                tuple(partner_ids),
                limit,
            )
        )
        labels = self._get_labels("mail.activity", "call_result")
        for row in rows:
            row["result_label"] = labels.get(row["result"], False)
            result[row.pop("partner_id")].append(row)
        return result

    @api.model
    def _get_labels(self, model, field):
        """Translated labels of a selection field."""
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    @api.model
    def _get_working_days(self, start, count):
        """The next ``count`` working days of the company, ``start`` included if it is one."""
        horizon = [start + timedelta(days=number) for number in range(count * 2 + 21)]
        free = self._get_free_days(horizon[0], horizon[-1])
        return [day for day in horizon if day not in free][:count]

    @api.model
    def _get_free_days(self, start, end):
        """Days on which the company's working hours have no work; weekends without them."""
        calendar = self.env.company.resource_calendar_id
        if not calendar:
            days = (start + timedelta(days=number) for number in range((end - start).days + 1))
            return {day for day in days if day.weekday() in WEEKEND}
        unusual = calendar.sudo()._get_unusual_days(
            fields.Datetime.to_datetime(start),
            fields.Datetime.to_datetime(end + timedelta(days=1)),
            self.env.company,
        )
        return {fields.Date.to_date(day) for day, is_free in unusual.items() if is_free}

    @api.model
    def _load_demo(self):
        """Demo data: a fictional distributor of car parts; called by the demo file only."""
        from ..demo.story import DemoStory  # the story is no part of a running product

        DemoStory(self.env).tell()
