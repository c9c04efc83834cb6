"""Demo data: a bank balance, suppliers, a budget, and a cash gap in the fifth week."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from .bills import DemoBills

ADDON = "crm_payment_plan"
OPENING, LEAST = 1_800_000, 300_000
#: What is lacking in the gap's week, and its place (the fifth).
LACKING, GAP_WEEK = 450_000, 4
#: Share of what comes in the weeks before that goes to suppliers.
SPENT = 0.95
#: Cash category, name of the account, sum a month.
COSTS = (
    ("crm_cash_category_staff", "Заработная плата", 240_000),
    ("crm_cash_category_rent", "Аренда офиса и склада", 85_000),
    ("crm_cash_category_taxes", "Налоги и взносы", 60_000),
)
#: Name of the supplier, subject, sum, days from today of its payments.
SUPPLIERS = (
    ("АО «Масла и смазки»", "Масла, квартал", 300_000, (4, 18)),
    ("ООО «Склад-Сервис»", "Аренда склада", 170_000, (12, 42)),
    ("ООО «Транспорт-Экспресс»", "Доставка", 90_000, (2, 9, 16)),
)
#: Category, direction's sums a month.
BUDGET = (
    ("crm_cash_category_goods", 1_400_000),
    ("crm_cash_category_services", 60_000),
    ("crm_cash_category_purchases", 750_000),
    ("crm_cash_category_staff", 230_000),
    ("crm_cash_category_rent", 85_000),
    ("crm_cash_category_taxes", 65_000),
)


class DemoCash:
    """Tells of a distributor whose large purchase comes before his customers pay."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()

    def tell(self):
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        if not bank.default_account_id:
            return
        self._set_up()
        self._book_past(bank)
        for supplier in SUPPLIERS:
            self._buy(*supplier)
        self._sell_abroad()
        self._budget()
        self._agree_bills(bank)
        self.env["crm.payer.delay"]._run(self.company, self.today)
        self._make_gap()
        self.env.flush_all()
        self.env["crm.cash.gap"]._watch(self.company, self.today)

    def _set_up(self):
        self.company.write(
            {
                "cash_weeks": 13,
                "cash_date_mode": "behaviour",
                "cash_minimum": LEAST,
                "cash_treasurer_id": self.env.ref("base.user_admin").id,
            }
        )

    def _account(self, name, kind):
        Account = self.env["account.account"]
        found = Account.search([("name", "=", name)], limit=1)
        return found or Account.create(
            {
                "code": Account._search_new_account_code("711000"),
                "name": name,
                "account_type": kind,
            }
        )

    def _book_past(self, bank):
        """The opening balance, and the costs of three months that were paid."""
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1
        )
        capital = self._account("Уставный капитал", "equity")
        spent = 0
        for category, name, amount in COSTS:
            account = self._account(name, "expense")
            self.env.ref(f"{ADDON}.{category}").account_ids = [Command.link(account.id)]
            for months in (0, 1, 2, 3):
                day = (self.today - relativedelta(months=months)).replace(day=10)
                if day > self.today:
                    continue
                part = amount - 7_000 * (months - 2)
                spent += part
                self._book(journal, bank.default_account_id, account, -part, day, name)
        day = self.today - timedelta(days=120)
        self._book(
            journal, bank.default_account_id, capital, OPENING + spent, day, "Остаток на счёте"
        )

    def _book(self, journal, bank, account, amount, day, name):
        self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "ref": name,
                "line_ids": [
                    Command.create({"account_id": bank.id, "balance": amount, "name": name}),
                    Command.create({"account_id": account.id, "balance": -amount, "name": name}),
                ],
            }
        ).action_post()

    def _buy(self, name, title, amount, days):
        Partner = self.env["res.partner"]
        supplier = Partner.search([("name", "=", name)], limit=1) or Partner.create(
            {"name": name, "is_company": True, "supplier_rank": 1}
        )
        return self._contract("purchase", supplier, title, amount, days)

    def _contract(self, kind, partner, title, amount, days, **values):
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_{kind}").id,
                "partner_id": partner.id,
                "title": title,
                "amount_total": amount,
                "date": self.today - timedelta(days=20),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {
                            "sequence": 10 * place,
                            "name": f"Платёж {place}",
                            "amount": amount / len(days),
                            "date_planned": self.today + timedelta(days=day),
                        }
                    )
                    for place, day in enumerate(days, 1)
                ],
                **values,
            }
        )
        contract.action_approve()
        return contract

    def _sell_abroad(self):
        """A customer who pays in euros, so that the board shows two currencies."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        if not euro.rate_ids:
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id,
                 "name": self.today - timedelta(days=2), "company_rate": 1 / 97.5}
            )  # fmt: skip
        buyer = self.env["res.partner"].create(
            {"name": "Autodelar Kft.", "is_company": True, "country_id": self.env.ref("base.hu").id}
        )
        self._contract("supply", buyer, "Export", 6_000, (20, 50), currency_id=euro.id)

    def _agree_bills(self, bank):
        """Suppliers' bills in the process that checks them against this budget."""
        DemoBills(self.env, self._account("Аренда офиса и склада", "expense")).tell(bank)

    def _budget(self):
        year = self.today.year
        budget = self.env["crm.cash.budget"].create(
            {
                "name": f"Бюджет движения денег {year}",
                "date_from": f"{year}-01-01",
                "date_to": f"{year}-12-31",
            }
        )
        self.env["crm.cash.budget.line"].create(
            [
                {
                    "budget_id": budget.id,
                    "category_id": self.env.ref(f"{ADDON}.{category}").id,
                    "date": month,
                    "amount": amount,
                }
                for month in budget._get_months()
                for category, amount in BUDGET
            ]
        )
        budget.action_approve()

    def _make_gap(self):
        """Purchases that take most of what comes in four weeks; the fifth is too much."""
        self.env.flush_all()
        weeks = self.env["crm.cash.board"].get_board()["weeks"]
        spent = 0
        for place, week in enumerate(weeks[:GAP_WEEK]):
            amount = max(round(week["in"] * SPENT - week["out"], -3), 0)
            spent += amount
            if amount:
                days = max((week["last"] - self.today).days - 2, 0)
                self._buy("ООО «Импорт-Деталь»", f"Партия {place + 1}", amount, (days,))
        amount = round(weeks[GAP_WEEK]["balance"] - spent - LEAST + LACKING, -3)
        day = (weeks[GAP_WEEK]["last"] - self.today).days
        self._buy("ООО «Импорт-Деталь»", "Крупная партия к сезону", max(amount, 200_000), (day,))
