"""How old debts are, how many payers of each class there were, how well debts are collected."""

from datetime import date

from lxml import etree

from odoo.tests import freeze_time, tagged

from ..lib import debt_age
from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestDebtAge(ReminderCommon):
    DAYS = (5, 0, -1, -30, -31, -60, -61, -90, -91)

    def _mine(self):
        return [("partner_id", "=", self.payer.id), ("company_id", "=", self.company.id)]

    def _world(self):
        """Debts of 1, 2, 4, ... so that every sum tells which ones are in it."""
        for place, day in enumerate(self.DAYS):
            self._invoice(day, 2**place)
        self._file_debt("no due date", 0, 1024, due_date=False, due_source="missing", date=-3)
        self.env.flush_all()

    def test_every_debt_in_one_bucket(self):
        """PF-21, PF-28: list, search, groups and weekly mail agree on the age of each debt."""
        self._world()
        Debt = self.env["crm.receivable"].with_user(self.accountant)
        expected = {
            "0_not_due": 1 + 2, "1_to_30": 4 + 8, "2_to_60": 16 + 32, "3_to_90": 64 + 128,
            "4_older": 256, "9_unknown": 1024,
        }  # fmt: skip
        rows = Debt.search(self._mine())
        shown = {
            age: sum(debts.mapped("open_amount")) for age, debts in rows.grouped("age").items()
        }
        self.assertEqual(shown, expected)
        found = {
            age: sum(Debt.search([*self._mine(), ("age", "=", age)]).mapped("open_amount"))
            for age in debt_age.AGES
        }
        self.assertEqual(found, expected)
        self.assertEqual(Debt.search([*self._mine(), ("age", "!=", "4_older")]), rows.filtered(
            lambda one: one.age != "4_older"))  # fmt: skip
        groups = Debt.formatted_read_group(self._mine(), ["age"], ["open_amount:sum"])
        self.assertEqual({one["age"]: one["open_amount:sum"] for one in groups}, expected)
        digest = self.env["crm.debt.digest"]._get_debtors(self.company, NIGHT)
        [mine] = [row for row in digest if row["partner_id"] == self.payer.id]
        buckets = [float(mine[f"bucket_{place}"]) for place in range(4)]
        self.assertEqual(buckets, [expected[key] for key in debt_age.OVERDUE])

    def test_days_by_the_calendar_of_the_company(self):
        """PF-28: who reads the list from another time zone sees the same days."""
        move = self._invoice(-5)
        self.env.flush_all()
        self.company.nightly_tz = "Pacific/Kiritimati"
        # There the next day has begun.
        with freeze_time(f"{NIGHT} 12:00:00"):
            for zone in ("Pacific/Honolulu", "Asia/Tokyo"):
                self.env.invalidate_all()
                debt = self.env["crm.receivable"].with_context(tz=zone)
                self.assertEqual(debt.search([("move_id", "=", move.id)]).days_overdue, 6)

    def test_chart(self):
        """TN-27: debts by age, stacked by the class of the payer; every bucket has its column."""
        self._world()
        self._rate("disloyal")
        Debt = self.env["crm.receivable"].with_user(self.head)
        arch = etree.fromstring(Debt.get_view(view_type="graph")["arch"])
        self.assertEqual([node.get("name") for node in arch], ["age", "payer_class", "open_amount"])
        groups = Debt.formatted_read_group(
            self._mine(), ["age", "payer_class"], ["open_amount:sum"]
        )
        self.assertEqual({one["payer_class"] for one in groups}, {"disloyal"})
        self.assertEqual(sum(one["open_amount:sum"] for one in groups), 2047 - 512)
        self.assertEqual(Debt.search_count([*self._mine(), ("payer_class", "=", "disloyal")]), 10)


@tagged("post_install", "-at_install")
class TestPayerMonth(ReminderCommon):
    def _history(self, payer, *rows):
        """Rows (day, class) of the history, as the nights write them."""
        self.env["crm.payer.discipline.history"].flush_model()
        for day, payer_class in rows:
            self.env.cr.execute(
                """INSERT INTO crm_payer_discipline_history (discipline_id, company_id, partner_id,
                          date, event, payer_class, computed_class, overdue_amount, days_late)
                   VALUES (%s, %s, %s, %s, 'week', %s, %s, 10, 2)""",
                [payer.id, payer.company_id.id, payer.partner_id.id, day, payer_class, payer_class],
            )
        self.env.invalidate_all()

    def _payer(self, partner):
        return self.Payer.create(
            {"company_id": self.company.id, "partner_id": partner.id, "payer_class": "strict",
             "computed_class": "strict"}
        )  # fmt: skip

    def _world(self):
        self.theirs = self._debtor("Colleague's", user=self.colleague)
        self._history(
            self._payer(self.payer), (date(2026, 9, 10), "strict"), (date(2026, 9, 17), "strict"),
            (date(2026, 9, 30), "hesitant"), (date(2026, 10, 5), "hesitant"),
            (date(2026, 10, 31), "hesitant"), (date(2026, 10, 31), "disloyal"),
            (date(2026, 11, 2), "strict"),
        )  # fmt: skip
        self._history(self._payer(self.theirs), (date(2026, 9, 15), "disloyal"))

    def test_each_payer_once_a_month(self):
        """PF-17, TN-27: bars count payers, however often their figures moved."""
        self._world()
        Month = self.env["crm.payer.month"].with_user(self.head)
        mine = [("partner_id", "in", [self.payer.id, self.theirs.id])]
        groups = Month.formatted_read_group(mine, ["date:month", "payer_class"], ["__count"])
        counts = {}
        for one in groups:
            counts.setdefault(one["date:month"][0][:7], {})[one["payer_class"]] = one["__count"]
        self.assertEqual(
            counts,
            {
                "2026-09": {"hesitant": 1, "disloyal": 1},
                "2026-10": {"disloyal": 2},
                "2026-11": {"strict": 1, "disloyal": 1},
            },
        )
        days = Month.search([("partner_id", "=", self.theirs.id)]).mapped("date")
        self.assertEqual(days, [NIGHT, date(2026, 10, 31), date(2026, 9, 30)])
        action = Month.search(mine, limit=1).action_open()
        self.assertEqual(action["res_model"], "crm.payer.discipline")

    def test_own_customers(self):
        """EC-17: a salesperson counts the payers among his customers."""
        self._world()
        seen = self.env["crm.payer.month"].with_user(self.manager).search([])
        self.assertIn(self.payer, seen.partner_id)
        self.assertNotIn(self.theirs, seen.partner_id)

    def test_screens(self):
        """TN-27: the menu shows the chart of payers, not of changes."""
        action = self.env.ref("crm_payment_plan.crm_payer_discipline_history_action")
        self.assertEqual((action.res_model, action.path), ("crm.payer.month", "payers-over-time"))
        for kind in ("graph", "pivot", "list", "search"):
            self.env["crm.payer.month"].with_user(self.manager).get_view(view_type=kind)


@tagged("post_install", "-at_install")
class TestCollection(ReminderCommon):
    """CEI and DSO of a world small enough to reckon by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Month = cls.env["crm.collection.month"].with_user(cls.head)

    def _world(self):
        """300 of 14 September, 200 of 4 and 100 of 9 October, each due after 30 days."""
        first = self._invoice(-40, 300)
        second = self._invoice(-20, 200, partner=self._debtor("Second"))
        third = self._invoice(-15, 100, partner=self._debtor("Third"))
        self._entry(first, -60, 100)
        self._entry(first, -30, 100)
        self._entry(second, -30, 200)
        self._entry(third, -10, 50, account=self.loss)
        self._entry(first, -5, 30).button_draft()
        self._invoice(-15, 7000, post=False)
        self.env.flush_all()
        self.env.invalidate_all()

    def _row(self, month):
        return self.Month.search([("company_id", "=", self.company.id)]).filtered(
            lambda row: row.date.month == month
        )

    def test_by_hand(self):
        """TN-27: balances, index and days of three months; drafts count for nothing."""
        self.assertFalse(self.Month.search([]))
        self._world()
        names = ("opening", "invoiced", "credited", "received", "closing", "overdue", "not_due")
        expected = {
            9: (0, 300, 0, 100, 200, 0, 200),
            10: (200, 300, 0, 300, 200, 100, 100),
            11: (200, 0, 50, 0, 150, 150, 0),
        }
        for month, amounts in expected.items():
            with self.subTest(month):
                row = self._row(month)
                self.assertEqual(tuple(row[name] for name in names), amounts)
        ratios = {
            9: (100.0, 200 / 300 * 92, 200 / 300 * 92),
            10: (75.0, 200 / 600 * 92, 100 / 600 * 92),
            11: (0.0, 150 / 550 * 84, 0.0),
        }
        for month, values in ratios.items():
            row = self._row(month)
            for name, value in zip(("cei", "dso", "best_dso"), values, strict=True):
                self.assertAlmostEqual(row[name], value, 3, f"{name} of {month}")
        self.assertEqual(len(self.Month.search([])), 3)
        self.assertEqual(self._row(11).date, NIGHT)

    def test_groups(self):
        """TN-27: ratios of groups are ratios of sums; balances of months are not added."""
        self._world()
        wanted = ["cei:avg", "dso:avg", "closing:avg", "received:sum"]
        groups = self.Month.formatted_read_group([], ["date:month"], wanted)
        by_month = {one["date:month"][0][5:7]: one for one in groups}
        self.assertAlmostEqual(by_month["10"]["cei:avg"], 75)
        self.assertAlmostEqual(by_month["10"]["dso:avg"], 200 / 600 * 92, 3)
        [whole] = self.Month.formatted_read_group([], [], wanted)
        self.assertAlmostEqual(whole["cei:avg"], 100 * 400 / 650, 3)
        self.assertAlmostEqual(whole["closing:avg"], 550 / 3, 2)
        self.assertEqual(whole["received:sum"], 400)

    def test_paid_in_advance(self):
        """TN-27: money of before the invoice reduces the debt on the day of the invoice."""
        move = self._invoice(-20, 100)
        self._entry(move, -60)
        self.env.flush_all()
        [row] = self.Month.search([("invoiced", ">", 0)])
        self.assertEqual((row.date.month, row.received, row.closing), (10, 100, 0))

    def test_in_the_weekly_mail(self):
        """PF-28: heads read in the weekly mail how last month was collected."""
        self._world()
        digest = self.env["crm.debt.digest"]
        self.assertEqual(digest._get_month(self.head, self.company).received, 300)
        self.assertIsNone(digest._get_month(self.manager, self.company))
        digest._send_week(self.company, NIGHT)
        mails = self.env["mail.mail"].search([("subject", "like", "Overdue:")])
        of_head = mails.filtered(lambda mail: mail.recipient_ids == self.head.partner_id)
        self.assertIn("75", " ".join(of_head.body_html.split("Last month")[1].split()))
        of_manager = mails.filtered(lambda mail: mail.recipient_ids == self.manager.partner_id)
        self.assertNotIn("Last month", of_manager.body_html)

    def test_screens(self):
        """TN-27: chart, pivot and list for those who see the debts."""
        for kind in ("graph", "pivot", "list", "kanban", "search"):
            self.Month.get_view(view_type=kind)
        arch = etree.fromstring(self.Month.get_view(view_type="graph")["arch"])
        self.assertEqual(arch.get("type"), "line")
