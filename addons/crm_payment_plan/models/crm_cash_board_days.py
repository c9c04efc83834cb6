from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from .res_company_cash import MAX_WEEKS


class CrmCashBoard(models.AbstractModel):
    """The balance at the end of every day, for the payment calendar."""

    _inherit = "crm.cash.board"

    @api.model
    @api.readonly
    def get_day_balances(self, stop):
        """What is left at the end of each day from today on, by the dates of contracts.

        Only what the board counts is reckoned with; what was due before is due today.

        :param stop: the first day that is not asked for, a date or its ISO text
        :return: {"currency_id", "days": {ISO day: {"balance", "is_low"}}}; nothing for the past
        """
        self.env["crm.cash.forecast"].check_access("read")
        company, companies = self.env.company, self.env.companies
        today = company._get_local_today()
        stop = min(fields.Date.to_date(stop), today + timedelta(weeks=MAX_WEEKS))
        factors = self._get_company_factors(companies, today)
        moved = defaultdict(float)
        for row in self._get_rows(companies, "contract", today, stop):
            if row["certainty"] == "firm" and row["day"]:
                moved[row["day"]] += (row["inflow"] - row["outflow"]) * factors[row["company_id"]]
        minimum = sum(one.cash_minimum * factors[one.id] for one in companies.sudo())
        currency = company.currency_id
        balance = self._get_opening(companies, today, factors)["total"]
        days = {}
        for number in range(max((stop - today).days, 0)):
            day = today + timedelta(days=number)
            balance += moved[day]
            is_low = balance < minimum - currency.rounding / 2
            days[fields.Date.to_string(day)] = {
                "balance": currency.round(balance),
                "is_low": is_low,
                "moves": day in moved and bool(moved[day]),
            }
        return {"currency_id": currency.id, "minimum": minimum, "days": days}
