"""Demo data: a distributor of car parts whose customers are watched.

The dates are relative to today and the random numbers are seeded, so every
installation tells the same story.
"""

import random
from datetime import date, datetime, time, timedelta

from odoo import fields
from odoo.fields import Command

from . import names
from .night import DemoNight
from .processes import DemoProcesses
from .regulations import DemoRegulations
from .stages import DemoStages

CORE = "crm_bpm_core"
#: Weeks of confirmed sales orders; what is older comes as imported history.
ORDER_WEEKS = 8
HISTORY_WEEKS = 50
#: How a customer buys: name -> (number of customers, days between orders, lines an order)
RHYTHMS = {
    "weekly": (46, 7, 6.5),
    "biweekly": (30, 14, 5),
    "monthly": (18, 30, 4),
    "growing": (8, 7, 4),
    "stopped": (12, 7, 6.5),
    "stopped_biweekly": (6, 14, 5),
    "stopped_long": (4, 7, 5),
    "recovered": (6, 7, 6),
    "first_order": (8, 0, 3),
    "newcomer": (3, 0, 3),
    "authorized": (6, 0, 0),
    "potential": (11, 0, 0),
}
STATUS_OF = {
    "first_order": "first_order",
    "newcomer": "potential",
    "authorized": "authorized",
    "potential": "potential",
}


class DemoStory:
    """Creates the demo company's people, customers, orders and calls."""

    def __init__(self, env):
        self.env = env(
            context={
                **env.context,
                "tracking_disable": True,
                "mail_create_nosubscribe": True,
                "no_reset_password": True,
                "mail_activity_quick_update": True,
            }
        )
        self.random = random.Random(2009)
        self.company = self.env.company
        self.today = fields.Date.context_today(
            self.env["res.partner"].with_context(tz="Europe/Moscow")
        )
        self.statuses = {
            code: self.env.ref(f"{CORE}.customer_status_{code}")
            for code in ("potential", "authorized", "first_order", "permanent")
        }

    def tell(self):
        """Create everything; the night's sweep comes last, on complete data."""
        self._set_company()
        self.users = self._create_users()
        self.products = self._create_products()
        self.customers = self._create_customers()
        self._create_orders()
        self._fill_ledger()
        DemoNight(self).tell()
        DemoProcesses(self).tell()
        DemoStages(self).tell()
        DemoRegulations(self).tell()

    # Company and people

    def _set_company(self):
        rouble = self.env.ref("base.RUB")
        rouble.write({"active": True, "symbol": "₽"})
        values = {"name": "Автодеталь-НН", "nightly_tz": "Europe/Moscow"}
        if not self.env["account.move.line"].search_count([], limit=1):
            values["currency_id"] = rouble.id
        self.company.write(values)
        self.company.resource_calendar_id.tz = "Europe/Moscow"
        self.env.user.tz = "Europe/Moscow"

    def _create_users(self):
        users = self.env["res.users"].create(
            [
                {
                    "login": login,
                    "password": login,
                    "name": name,
                    "email": f"{login}@example.com",
                    "tz": "Europe/Moscow",
                    "group_ids": [
                        Command.set(
                            [
                                self.env.ref("base.group_user").id,
                                *(self.env.ref(f"{CORE}.{group}").id for group in groups),
                            ]
                        )
                    ],
                }
                for login, name, groups, _team in names.USERS
            ]
        )
        for number, name in enumerate(names.TEAMS):
            members = users.browse(
                user.id
                for user, (_login, _name, _groups, team) in zip(users, names.USERS, strict=True)
                if team == number
            )
            self.env["crm.team"].create(
                {
                    "name": name,
                    "user_id": members[0].id,
                    "member_ids": [Command.set(members.ids)],
                }
            )
        return {user.login: user for user in users}

    def _create_products(self):
        return self.env["product.product"].create(
            [
                {
                    "name": name,
                    "list_price": price,
                    "default_code": f"AD-{1000 + number}",
                    "type": "consu",
                    "taxes_id": [Command.clear()],
                }
                for number, (name, price) in enumerate(names.PRODUCTS)
            ]
        )

    # Customers

    def _create_customers(self):
        """{partner: kind of rhythm}"""
        sellers = [self.users[login] for login in ("anna", "igor", "maria", "petr", "dmitry")]
        # One seller is on a loaded portfolio, which the board must show.
        sellers += [self.users["igor"], self.users["olga"]]
        kinds = [kind for kind, (count, *_rest) in RHYTHMS.items() for _number in range(count)]
        self.random.shuffle(kinds)
        customer_names = self._get_names(len(kinds))
        partners = self.env["res.partner"].create(
            [
                self._prepare_customer(name, kind, sellers[number % len(sellers)])
                for number, (name, kind) in enumerate(zip(customer_names, kinds, strict=True))
            ]
        )
        self.env["res.partner"].create(
            [
                values
                for partner in partners
                for values in self._prepare_contacts(partner, self.random.choice((0, 1, 1, 2)))
            ]
        )
        return dict(zip(partners, kinds, strict=True))

    def _get_names(self, count):
        combined = [
            form.format(word) for word in names.WORDS for form in self.random.sample(names.FORMS, 4)
        ]
        traders = [
            f"ИП {surname} {letters}"
            for surname in names.SURNAMES
            for letters in self.random.sample(("А. В.", "С. Н.", "И. П.", "М. Ю."), 2)
        ]
        pool = combined + traders
        self.random.shuffle(pool)
        return (names.LONG_NAMES + pool)[:count]

    def _prepare_customer(self, name, kind, user):
        monitored = kind not in ("newcomer", "authorized")
        status = self.statuses[STATUS_OF.get(kind, "permanent")]
        next_date = self.today + timedelta(days=self.random.randint(-2, 28))
        return {
            "name": name,
            "is_company": True,
            "city": self.random.choice(names.CITIES),
            "country_id": self.env.ref("base.ru").id,
            "phone": self._get_phone() if self.random.random() < 0.92 else False,
            "email": f"zakaz{self.random.randint(1000, 9999)}@example.com",
            "lang": self.env.lang or "en_US",
            "user_id": user.id,
            "customer_status_id": status.id,
            "monitoring_active": monitored,
            "monitoring_next_date": next_date if monitored else False,
            "monitoring_anchor_day": next_date.day if monitored else 0,
        }

    def _prepare_contacts(self, partner, count):
        return [
            {
                "name": f"{self.random.choice(names.FIRST_NAMES)}",
                "parent_id": partner.id,
                "type": "contact",
                "function": self.random.choice(names.FUNCTIONS),
                "phone": self._get_phone(mobile=True),
            }
            for _number in range(count)
        ]

    def _get_phone(self, mobile=False):
        digits = [self.random.randint(0, 9) for _number in range(6)]
        code = "902" if mobile else "831"
        return "+7 {} 2{}{}-{}{}-{}{}".format(code, *digits)

    # Orders

    def _create_orders(self):
        orders, transactions = [], []
        border = self.today - timedelta(weeks=ORDER_WEEKS)
        for partner, kind in self.customers.items():
            for day in self._get_order_days(kind):
                lines = self._get_lines(kind, day)
                if day >= border:
                    orders.append((self._prepare_order(partner, day), lines))
                else:
                    transactions += self._prepare_transactions(partner, day, lines)
        self._insert_transactions(transactions)
        self._insert_orders(orders)

    def _get_order_days(self, kind):
        """Days on which a customer of this kind ordered, oldest first."""
        _count, gap, _lines = RHYTHMS[kind]
        yesterday = self.today - timedelta(days=1)
        if kind == "newcomer":
            return [yesterday] * 4
        if kind == "first_order":
            count = self.random.randint(1, 3)
            return sorted({self._shift(self.random.randint(5, 70)) for _number in range(count)})
        if not gap:
            return []
        end = yesterday - timedelta(days=self._get_silence(kind, gap))
        start = self.today - timedelta(weeks=HISTORY_WEEKS - self.random.randint(0, 18))
        days, day = [], end
        while day > start:
            days.append(self._to_working_day(day))
            day -= timedelta(days=max(2, gap + self.random.randint(-1, 1) * (1 + gap // 10)))
        days = sorted(set(days))
        if kind == "recovered":
            days = [day for day in days if not 20 <= (self.today - day).days <= 62]
        return days

    def _get_silence(self, kind, gap):
        """Days of silence up to yesterday."""
        if kind == "stopped":
            return self.random.randint(28, 38)
        if kind == "stopped_biweekly":
            return self.random.randint(41, 50)
        if kind == "stopped_long":
            return self.random.randint(60, 110)
        return self.random.randint(0, gap - 2)

    def _shift(self, days):
        return self._to_working_day(self.today - timedelta(days=days))

    def _to_working_day(self, day: date):
        return day - timedelta(days=max(0, day.weekday() - 4))

    def _get_lines(self, kind, day):
        """[(product, quantity)] of one order."""
        mean = RHYTHMS[kind][2]
        if kind == "growing":
            mean += max(0, 6 - (self.today - day).days / 45)
        count = max(1, round(self.random.gauss(mean, 1)))
        products = self.random.sample(range(len(self.products)), min(count, len(self.products)))
        return [(self.products[number], self.random.randint(1, 4)) for number in products]

    def _prepare_order(self, partner, day):
        moment = datetime.combine(day, time(self.random.randint(6, 14), self.random.randint(0, 59)))
        return {
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "date_order": moment,
            "state": "sale",
        }

    def _insert_orders(self, orders):
        """Confirmed orders; their 4 000 lines by one statement, the ORM takes minutes."""
        records = self.env["sale.order"].create([values for values, _lines in orders])
        self.env.flush_all()
        rows = [
            (order.id, number, product.id, product.name, quantity, product.list_price,
             quantity * product.list_price, product.uom_id.id)
            for order, (_values, lines) in zip(records, orders, strict=True)
            for number, (product, quantity) in enumerate(lines)
        ]  # fmt: skip
        self.env.cr.execute_values(
            """
            INSERT INTO sale_order_line
                   (order_id, sequence, product_id, name, product_uom_qty, price_unit,
                    price_subtotal, price_total, price_reduce_taxexcl, price_reduce_taxinc,
                    product_uom_id, company_id, currency_id, order_partner_id, salesman_id,
                    state, invoice_status, qty_to_invoice, qty_delivered, qty_invoiced,
                    customer_lead, discount, price_tax, create_uid, write_uid, create_date,
                    write_date)
            SELECT o.id, line.number, line.product, line.name, line.quantity, line.price,
                   line.total, line.total, line.price, line.price,
                   line.uom, o.company_id, o.currency_id, o.partner_id, o.user_id,
                   o.state, 'to invoice', line.quantity, 0, 0, 0, 0, 0, 1, 1, now(), now()
              FROM (VALUES %s) AS line (id, number, product, name, quantity, price, total, uom)
              JOIN sale_order o ON o.id = line.id
            """,
            rows,
        )
        self.env.cr.execute(
            """
            UPDATE sale_order o
               SET amount_untaxed = sums.total, amount_total = sums.total, amount_tax = 0,
                   invoice_status = 'to invoice'
              FROM (SELECT order_id, sum(price_total) AS total
                      FROM sale_order_line GROUP BY order_id) AS sums
             WHERE sums.order_id = o.id AND o.id IN %s
            """,
            [tuple(records.ids)],
        )
        self.env.invalidate_all()

    def _prepare_transactions(self, partner, day, lines):
        order = f"1C-{partner.id}-{day:%y%m%d}"
        return [
            (
                self.company.id,
                partner.id,
                day,
                order,
                product.default_code,
                quantity,
                quantity * product.list_price,
                f"{order}-{number}",
            )
            for number, (product, quantity) in enumerate(lines)
        ]

    def _insert_transactions(self, rows):
        """The old system's history, as an import leaves it."""
        batch = self.env["crm.transaction.batch"].create(
            {
                "name": "История продаж из 1С",
                "company_id": self.company.id,
                "row_count": len(rows),
                "created_count": len(rows),
            }
        )
        self.env.cr.execute_values(
            """INSERT INTO crm_transaction (company_id, partner_id, date, order_ref, article,
                                            quantity, amount, key, import_id) VALUES %s""",
            [(*row, batch.id) for row in rows],
        )

    def _fill_ledger(self):
        self.env.flush_all()
        self.env["crm.order.day"]._rebuild(self.company)
        self.env["crm.order.calendar"]._refresh(self.company, self.today)
