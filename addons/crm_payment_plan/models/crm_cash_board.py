from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..lib import cash_weeks
from .crm_cash_forecast import DATE_FIELDS
from .res_company_cash import MAX_WEEKS


class CrmCashBoard(models.AbstractModel):
    """The cash forecast by week: what the board shows, what the alert looks at."""

    _name = "crm.cash.board"
    _description = "Cash Board"

    @api.model
    @api.readonly
    def get_board(self, mode=None, weeks=None, basis=None):
        """All that the board shows, in the currency of the current company.

        :param mode: contract, promised or behaviour; else as the company says
        :param weeks: 1 to 53; else as the company says
        :param basis: which delay of payers is expected; else as the company says
        """
        self.env["crm.cash.forecast"].check_access("read")
        company, companies = self.env.company, self.env.companies
        mode = mode if mode in DATE_FIELDS else company.cash_date_mode
        weeks = min(max(int(weeks or company.cash_weeks), 1), MAX_WEEKS)
        self = self.with_context(**({"cash_delay_basis": basis} if basis else {}))
        today = company._get_local_today()
        factors = self._get_company_factors(companies, today)
        opening = self._get_opening(companies, today, factors)
        first = cash_weeks.first_day(today, int(company.plan_week_start))
        stop = first + relativedelta(weeks=weeks)
        rows = self._get_rows(companies, mode, today, stop)
        firm = [row for row in rows if row["certainty"] == "firm"]
        found = cash_weeks.spread(
            today,
            int(company.plan_week_start),
            weeks,
            opening["total"],
            [
                (row["day"], row["inflow"] * factors[row["company_id"]],
                 row["outflow"] * factors[row["company_id"]])
                for row in firm if row["day"]
            ],
        )  # fmt: skip
        minimum = sum(one.cash_minimum * factors[one.id] for one in companies.sudo())
        return {
            "today": today,
            "mode": mode,
            "basis": self.env["crm.cash.forecast"]._get_delay_basis(company),
            "bases": self._get_labels("res.company", "cash_delay_basis"),
            "modes": self._get_labels("res.company", "cash_date_mode"),
            "currency_id": company.currency_id.id,
            "opening": opening,
            "minimum": minimum,
            "is_empty": not rows and not opening["accounts"],
            **self._prepare_weeks(found, firm, factors, minimum, company.currency_id),
            "currencies": self._prepare_currencies(firm, factors),
            "left_out": self._prepare_left_out(rows, factors),
            "later": self._prepare_later(firm, factors),
            "delays": self._prepare_delays(firm),
            "can_budget": self.env["crm.cash.budget"].has_access("read"),
        }

    @api.model
    def _get_labels(self, model, name):
        return self.env[model]._fields[name]._description_selection(self.env)

    @api.model
    def _get_company_factors(self, companies, day):
        """{company id: current company's currency for one unit of that company's}."""
        target = self.env.company
        return {
            one.id: self.env["res.currency"]._get_conversion_rate(
                one.currency_id, target.currency_id, target, day
            )
            for one in companies.sudo()
        }

    # What comes and goes ----------------------------------------------------------------

    @api.model
    def _get_rows(self, companies, mode, today, stop):
        """Sums of the forecast by day, currency and company; one row for all later days."""
        Forecast = self.env["crm.cash.forecast"]
        for model in Forecast._depends:
            self.env[model].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT CASE WHEN f.%(date)s < %(stop)s THEN GREATEST(f.%(date)s, %(today)s) END
                           AS day,
                       f.company_id, f.currency_id, f.certainty, %(source)s AS delay_source,
                       %(stop)s > f.%(date)s AND f.is_overdue AS overdue, f.direction,
                       count(*) AS count, abs(sum(f.amount)) AS amount
                  FROM (%(forecast)s) f
                 GROUP BY 1, 2, 3, 4, 5, 6, 7
                """,
                date=SQL.identifier(DATE_FIELDS[mode]),
                # What is not asked for is not looked up: contract dates need no delays.
                source=SQL("f.delay_source" if mode == "behaviour" else "NULL::text"),
                stop=stop,
                today=today,
                forecast=Forecast._get_forecast_sql(
                    companies, described=False, promised=mode == "promised"
                ),
            )
        )
        factors = Forecast._get_currency_factors(companies, today)
        for row in rows:
            amount = float(row.pop("amount"))
            worth = amount * factors[row["company_id"], row["currency_id"]]
            comes = row.pop("direction") == "income"
            row.update(
                inflow_currency=amount if comes else 0.0,
                outflow_currency=0.0 if comes else amount,
                inflow=worth if comes else 0.0,
                outflow=0.0 if comes else worth,
            )
        return rows

    @api.model
    def _prepare_weeks(self, found, rows, factors, minimum, currency):
        """Weeks as the board shows them, and the first gap."""
        counts, overdue = defaultdict(int), defaultdict(float)
        first = found[0].start
        for row in rows:
            if not row["day"]:
                continue
            place = (row["day"] - first).days // 7
            counts[place] += row["count"]
            if row["overdue"]:
                factor = factors[row["company_id"]]
                overdue[place, "in"] += row["inflow"] * factor
                overdue[place, "out"] += row["outflow"] * factor
        coin = currency.rounding
        weeks = [
            {
                "start": week.start,
                "stop": week.stop,
                "last": week.stop - relativedelta(days=1),
                "in": currency.round(week.inflow),
                "out": currency.round(week.outflow),
                "overdue_in": currency.round(overdue[place, "in"]),
                "overdue_out": currency.round(overdue[place, "out"]),
                "balance": currency.round(week.balance),
                "low": currency.round(week.low),
                "low_date": week.low_date,
                "is_gap": cash_weeks.first_gap([week], minimum, coin) is not None,
                "count": counts[place],
            }
            for place, week in enumerate(found)
        ]
        gap = cash_weeks.first_gap(found, minimum, coin)
        place = found.index(gap) if gap else None
        return {
            "weeks": weeks,
            "gap": gap
            and {
                "place": place,
                "start": gap.start,
                "date": gap.low_date,
                "balance": currency.round(gap.low),
                "missing": currency.round(minimum - gap.low),
            },
        }

    @api.model
    def _prepare_currencies(self, rows, factors):
        """Sums within the horizon by currency of the documents, and what they are worth."""
        found = {}
        for row in rows:
            if not row["day"]:
                continue
            line = found.setdefault(
                row["currency_id"],
                {"currency_id": row["currency_id"], "in": 0, "out": 0, "in_own": 0, "out_own": 0},
            )
            line["in"] += row["inflow_currency"]
            line["out"] += row["outflow_currency"]
            line["in_own"] += row["inflow"] * factors[row["company_id"]]
            line["out_own"] += row["outflow"] * factors[row["company_id"]]
        today = self.env.company._get_local_today()
        for line in found.values():
            line["rate"] = self.env["res.currency"]._get_conversion_rate(
                self.env["res.currency"].browse(line["currency_id"]),
                self.env.company.currency_id,
                self.env.company,
                today,
            )
        return sorted(found.values(), key=lambda line: -(line["in_own"] + line["out_own"]))

    @api.model
    def _prepare_left_out(self, rows, factors):
        """What is not counted on, by reason."""
        found = {}
        labels = dict(self._get_labels("crm.cash.forecast", "certainty"))
        for row in rows:
            if row["certainty"] == "firm":
                continue
            line = found.setdefault(
                row["certainty"],
                {"certainty": row["certainty"], "label": labels[row["certainty"]], "in": 0,
                 "out": 0, "count": 0},
            )  # fmt: skip
            line["count"] += row["count"]
            line["in"] += row["inflow"] * factors[row["company_id"]]
            line["out"] += row["outflow"] * factors[row["company_id"]]
        return list(found.values())

    @api.model
    def _prepare_later(self, rows, factors):
        later = [row for row in rows if not row["day"]]
        return {
            "in": sum(row["inflow"] * factors[row["company_id"]] for row in later),
            "out": sum(row["outflow"] * factors[row["company_id"]] for row in later),
            "count": sum(row["count"] for row in later),
        }

    @api.model
    def _prepare_delays(self, rows):
        """How many documents have which source of their expected delay."""
        counts = defaultdict(int)
        for row in rows:
            if row["delay_source"] not in ("own", None):
                counts[row["delay_source"]] += row["count"]
        labels = dict(self._get_labels("crm.cash.forecast", "delay_source"))
        return [{"source": key, "label": labels[key], "count": counts[key]} for key in counts]

    # Lists behind the figures --------------------------------------------------------------

    @api.model
    def get_documents_action(self, mode, start=None, stop=None, direction=None, certainty="firm"):
        """The list of documents that make a figure of the board."""
        Forecast = self.env["crm.cash.forecast"]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_payment_plan.crm_cash_forecast_action"
        )
        domain = list(Forecast._get_period_domain(mode, start, stop))
        domain += [("certainty", "=", certainty)]
        if direction:
            domain += [("direction", "=", direction)]
        action["domain"] = domain
        action["context"] = {
            "search_default_counted": 0,
            "cash_mode": mode,
            **{key: value for key, value in self.env.context.items() if key == "cash_delay_basis"},
        }
        return action

    @api.model
    def _load_demo_cash(self):
        """Demo data: a balance, suppliers, a gap; called by the demo file only."""
        from ..demo.cash import DemoCash  # the story is no part of a running product

        DemoCash(self.env).tell()
