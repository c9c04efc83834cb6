"""The chapters of Partkom's case, each played once, in order, on a real server.

A chapter is a cached property: asking for one plays those before it. What the
store does goes over XML-RPC and JSON-2, what people do goes through Chromium, and
the night is made by the server's own scheduler.
"""

import functools
import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from tests import running

#: One of these always shows a time between 6 and 20 o'clock, far from any midnight.
TIME_ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/Chicago")
CORE = "crm_bpm_core"
PASSWORD = "Story-2-Partkom"
WEEKS = 26


def daytime_zone() -> str:
    """A time zone in which it is day, so that no midnight passes during the story."""
    return next(zone for zone in TIME_ZONES if 6 <= datetime.now(ZoneInfo(zone)).hour < 20)


class Partkom:
    """A distributor with a web store, one salesperson, and the head of sales."""

    def __init__(self, server, browser):
        self.server = server
        self.browser = browser
        self.zone = daytime_zone()
        self.today = datetime.now(ZoneInfo(self.zone)).date()
        self.yesterday = self.today - timedelta(days=1)

    # Who takes part ---------------------------------------------------------

    @functools.cached_property
    def admin(self):
        client = running.XmlRpc(self.server, "admin", "admin")
        company = client("res.company", "search", [], limit=1)
        client("res.company", "write", company, {"nightly_tz": self.zone})
        # People of this company work every day, so that any day has a morning.
        calendar = client("resource.calendar", "create", self._prepare_working_hours())
        client("res.company", "write", company, {"resource_calendar_id": calendar})
        return client

    def _prepare_working_hours(self):
        hours = [
            {
                "name": f"Day {day}",
                "dayofweek": str(day),
                "hour_from": 9,
                "hour_to": 17,
                "day_period": "morning",
            }
            for day in range(7)
        ]
        attendances = [(5, 0, 0), *((0, 0, values) for values in hours)]
        return {"name": "Every day", "tz": self.zone, "attendance_ids": attendances}

    def _group(self, name):
        module, name = name.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.admin("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]

    def _user(self, login, name, *groups):
        values = {
            "name": name,
            "login": login,
            "password": PASSWORD,
            "email": f"{login}@partkom.example.com",
            "tz": self.zone,
            "group_ids": [(6, 0, [self._group(group) for group in groups])],
        }
        return self.admin("res.users", "create", values)

    @functools.cached_property
    def anna(self):
        """The salesperson who is responsible for the customers."""
        return self._user("anna", "Anna Petrova", f"{CORE}.group_full")

    @functools.cached_property
    def head(self):
        """The commercial director, over XML-RPC."""
        self._user("boris", "Boris Head", f"{CORE}.group_head")
        return running.XmlRpc(self.server, "boris", PASSWORD)

    @functools.cached_property
    def store(self):
        """The web store's own user over XML-RPC: orders and customers, nothing else."""
        self._user(
            "store",
            "Web store",
            "base.group_user",
            "base.group_partner_manager",
            "sales_team.group_sale_salesman_all_leads",
        )
        return running.XmlRpc(self.server, "store", PASSWORD)

    @functools.cached_property
    def store_json(self):
        """The same user over JSON-2 with a key."""
        assert self.store.uid
        return running.Json2(self.server, running.api_key(self.server.database, "store"))

    @functools.cached_property
    def goods(self):
        names = [f"Spare part {number}" for number in range(1, 9)]
        return self.admin(
            "product.product",
            "create",
            [{"name": name, "type": "consu", "list_price": 100, "taxes_id": []} for name in names],
        )

    # Chapter 1: customers and their history ---------------------------------

    def _customer(self, name, **values):
        values = {"name": name, "is_company": True, "user_id": self.anna, **values}
        return self.store("res.partner", "create", [values])[0]

    @functools.cached_property
    def vector(self):
        """Ordered 6-7 goods every week for half a year, and stopped."""
        return self._customer("Vector LLC", ref="C-001", phone="+7 910 000-00-01")

    @functools.cached_property
    def newcomer(self):
        """Registered in the store yesterday, as a potential customer."""
        potential = self.store("crm.customer.status", "search", [("code", "=", "potential")])
        values = {"customer_status_id": potential[0], "phone": "+7 910 000-00-02"}
        return self._customer("Newcomer LLC", ref="C-002", **values)

    @functools.cached_property
    def registered(self):
        """Registered long ago, never ordered; called every three months."""
        return self._customer("Registered LLC", ref="C-003", phone="+7 910 000-00-03")

    @functools.cached_property
    def faithful(self):
        """Customers who go on ordering every week, so that each day is ordinary."""
        values = [
            {
                "name": f"Faithful {number:02}",
                "ref": f"F-{number:02}",
                "is_company": True,
                "user_id": self.anna,
            }
            for number in range(42)
        ]
        return self.store("res.partner", "create", values)

    @functools.cached_property
    def last_order_day(self):
        """A week between orders is tolerated for 28 days, so this is the 29th of silence."""
        return self.yesterday - timedelta(days=29)

    def history_rows(self):
        """Half a year of the previous system: Vector's 6 or 7 goods a week, and the others."""
        self.vector, self.faithful  # noqa: B018
        for week in range(WEEKS):
            day = self.last_order_day - timedelta(weeks=week)
            for line in range(6 + week % 2):
                yield self._row("C-001", day, f"V{week}", line)
        for number in range(42):
            for week in range(WEEKS):
                day = self.yesterday - timedelta(days=number % 7, weeks=week)
                yield self._row(f"F-{number:02}", day, f"F{number}-{week}", 1)

    def _row(self, customer, day, order, line):
        return {
            "customer": customer,
            "date": day.isoformat(),
            "order": order,
            "article": f"Spare part {line + 1}",
            "quantity": 2,
            "amount": 1000.0,
        }

    @functools.cached_property
    def history(self):
        """Result of importing the history, and of importing the same once more."""
        rows = list(self.history_rows())
        first = self.import_rows(rows)
        return {"rows": len(rows), "first": first, "again": self.import_rows(rows)}

    def import_rows(self, rows):
        return self.head("crm.transaction", "import_transactions", rows)

    # Chapter 2: the store sends orders --------------------------------------

    @functools.cached_property
    def orders(self):
        """Four orders of the newcomer within yesterday, sent by the store."""
        midnight = datetime.combine(self.yesterday, datetime.min.time(), ZoneInfo(self.zone))
        return [
            self.order(self.newcomer, midnight + timedelta(hours=9 + number)) for number in range(4)
        ]

    def order(self, partner, moment, lines=2):
        """An order as the store sends it: created, confirmed, dated when it was placed."""
        utc = moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")
        order = self.store("sale.order", "create", [self._prepare_order(partner, lines)])[0]
        self.store("sale.order", "action_confirm", [order])
        self.store("sale.order", "write", [order], {"date_order": utc})
        return order

    def _prepare_order(self, partner, lines):
        return {
            "partner_id": partner,
            "origin": "Web store",
            "order_line": [
                (0, 0, {"product_id": product, "product_uom_qty": 3, "price_unit": 500})
                for product in self.goods[:lines]
            ],
        }

    # Chapter 3: the head sets the rules -------------------------------------

    @functools.cached_property
    def rule(self):
        """The rule of silence, switched on by the head."""
        rule = self.head("crm.recession.rule", "search", [("kind", "=", "silence")], limit=1)
        if not rule:
            values = {"name": "Stopped ordering", "kind": "silence"}
            rule = self.head("crm.recession.rule", "create", [values])
        self.head("crm.recession.rule", "action_switch_on", rule)
        return rule[0]

    @functools.cached_property
    def monitoring(self):
        """Two customers whose monitoring is due, one of each kind."""
        statuses = self.head("crm.customer.status", "search_read", [], ["code", "id"])
        status = {row["code"]: row["id"] for row in statuses}
        due = {"monitoring_active": True, "monitoring_next_date": self.today.isoformat()}
        known = self.faithful[0]
        self.head("res.partner", "write", [known], {"customer_status_id": status["permanent"]})
        self.head(
            "res.partner", "write", [self.registered], {"customer_status_id": status["potential"]}
        )
        self.head("res.partner", "write", [known, self.registered], due)
        return {"permanent": known, "potential": self.registered}

    # Chapter 4: the night ---------------------------------------------------

    @functools.cached_property
    def night(self):
        """The sweep of this night, made by the server's scheduler when the head asks."""
        assert self.history and self.orders and self.rule and self.monitoring
        self.before = self.partners("customer_status_id", "monitoring_active")
        self.last_mail = max(self.admin("mail.mail", "search", []), default=0)
        self.head("crm.nightly.run", "action_run_now", [])
        return self._wait_for_run(self.today)

    def _wait_for_run(self, night, timeout=120):
        deadline = time.monotonic() + timeout
        domain = [("night", "=", night.isoformat())]
        fields = ["state", "night", "issue_count", "call_count", "alert_count", "promotion_count"]
        while time.monotonic() < deadline:
            runs = self.head("crm.nightly.run", "search_read", domain, fields)
            if runs and runs[0]["state"] != "running":
                return runs[0]
            time.sleep(0.5)
        raise AssertionError(f"The sweep did not end within {timeout} s: {runs}")

    def partners(self, *fields):
        """These fields of all who take part, by name."""
        ids = [self.vector, self.newcomer, self.registered, *self.faithful]
        rows = self.admin("res.partner", "read", ids, ["name", *fields])
        return {row["name"]: row for row in rows}

    def later(self, months):
        return self.today + relativedelta(months=months)

    def ledger(self, partner):
        """Order days of a customer, oldest first, after everything that arrived."""
        self.head("crm.order.day", "refresh_ledger")
        fields = ["day", "order_count", "line_count"]
        rows = self.head(
            "crm.order.day", "search_read", [("partner_id", "=", partner)], fields, order="day"
        )
        return [{name: row[name] for name in fields} for row in rows]

    def issues(self):
        return self.head("crm.nightly.run.issue", "search_read", [], ["stage", "message"])

    def wake_ups(self):
        """Moments at which the scheduler will start a sweep."""
        domain = [("cron_id.cron_name", "ilike", "nightly")]
        rows = self.admin("ir.cron.trigger", "search_read", domain, ["call_at"])
        return {
            datetime.fromisoformat(row["call_at"]).replace(tzinfo=ZoneInfo("UTC")) for row in rows
        }

    def history_of_statuses(self, partner):
        domain = [("partner_id", "=", partner)]
        rows = self.head(
            "crm.customer.status.history", "search_read", domain, ["to_status_id"], order="id"
        )
        return [row["to_status_id"][1] for row in rows]

    def count_calls(self, user):
        domain = [("user_id", "=", user), ("call_reason", "!=", False)]
        domain.append(("date_deadline", "<=", self.today.isoformat()))
        return self.admin("mail.activity", "search_count", domain)

    def last_message(self, partner):
        domain = [("model", "=", "res.partner"), ("res_id", "=", partner)]
        return self.admin(
            "mail.message", "search_read", domain, ["body"], order="id desc", limit=1
        )[0]["body"]

    def calls(self, partner, reason=None, active=True):
        """Planned calls on a customer."""
        domain = [
            ("res_model", "=", "res.partner"),
            ("res_id", "=", partner),
            ("call_reason", "=", reason) if reason else ("call_reason", "!=", False),
            ("active", "=", active),
        ]
        fields = ["call_reason", "user_id", "date_deadline", "summary", "note", "call_result"]
        return self.admin("mail.activity", "search_read", domain, fields)

    def alarm(self):
        """The alarm about Vector as it stands now."""
        fields = [
            "state", "explanation", "user_id", "outcome", "gap", "silence", "tolerated",
            "week_lines", "weeks_ordered", "won_back_amount", "resumed_date", "activity_call_id",
        ]  # fmt: skip
        domain = [("partner_id", "=", self.vector)]
        alarms = self.head("crm.recession.alert", "search_read", domain, fields)
        assert len(alarms) == 1, alarms
        return alarms[0]

    # Chapter 5: the morning -------------------------------------------------

    @functools.cached_property
    def digest(self):
        """Mails to Anna since the evening; the scheduler's job of the morning ran twice."""
        assert self.night
        company = self.admin("res.company", "search", [], limit=1)
        self.admin("res.company", "write", company, {"digest_hour": 0.0})
        job = self.admin("ir.model.data", "check_object_reference", CORE, "ir_cron_digest")[1]
        for _time in range(2):
            self.admin("ir.cron", "method_direct_trigger", [job])
        to_anna = ["|", ("email_to", "ilike", "anna@"), ("recipient_ids.email", "ilike", "anna@")]
        # Odoo's own digest of figures may fall due while the story runs; it is not ours.
        ours = ("subject", "not ilike", "Odoo Periodic Digest")
        domain = [("id", ">", self.last_mail), ours, *to_anna]
        mails = self.admin("mail.mail", "search_read", domain, ["subject", "body_html"])
        return [(mail["subject"], mail["body_html"]) for mail in mails]

    @functools.cached_property
    def call_closed(self):
        """Anna logs in, finds Vector among her calls, and closes the call on her screen."""
        assert self.night
        page = running.log_in(self.browser, self.server.url, "anna", PASSWORD)
        started = time.monotonic()
        row = page.locator(".o_crm_call", has_text="Vector LLC")
        row.wait_for()
        found = {
            "seconds": time.monotonic() - started,
            "text": re.sub(r"\s+", " ", row.inner_text()),
            "url": page.url,
        }
        row.locator(".o_crm_result_button").click()
        row.locator("[data-result=reached]").click()
        row.locator(".o_crm_strip_comment").fill("They are moving the warehouse")
        row.locator(".o_crm_strip_save").click()
        row.wait_for(state="detached")
        page.context.close()
        return found

    # Chapter 6: the head, and the customer who comes back --------------------

    @functools.cached_property
    def heads_page(self):
        assert self.night and self.head.uid
        return running.log_in(self.browser, self.server.url, "boris", PASSWORD)

    def board(self, part):
        """Text of a part of the head's board."""
        self.heads_page.goto("/odoo/customers-board")
        tile = self.heads_page.locator(part).first
        tile.wait_for()
        return re.sub(r"\s+", " ", tile.inner_text())

    @functools.cached_property
    def next_night(self):
        """Vector orders again today, over JSON-2; the sweep of the following night sees it."""
        assert self.call_closed
        values = self._prepare_order(self.vector, lines=6)
        order = self.store_json("sale.order", "create", vals_list=[values])
        self.store_json("sale.order", "action_confirm", ids=order)
        tomorrow = (self.today + timedelta(days=1)).isoformat()
        return running.shell(
            self.server.database,
            f"""
from odoo.fields import Date
run = env["crm.nightly.run"]._run_night(env.company, Date.to_date({tomorrow!r}), "cron")
print(run.state)
""",
        )
