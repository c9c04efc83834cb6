from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .screens_common import ScreensCommon


class TestCallsToday(ScreensCommon):
    def _get(self, scope="my", user=None):
        self.env.flush_all()
        return self.Board.with_user(user or self.manager).get_calls_today(scope)

    def test_shows_who_why_and_what_was_said(self):
        """PK-10, HU-12: a call comes with reason, phone, last orders and last words."""
        customer = self._customer("Vector", phone="+7 831 200-00-01", city="Dzerzhinsk")
        self._order_days(customer, range(30, 170, 7), amount=700.0)
        self._finished_call(customer, "moving the warehouse", days=-40)
        self._call(customer, "recession", days=-2, alert=self._alert(customer, amount=650.0))
        (call,) = self._get()["calls"]
        self.assertEqual((call["name"], call["phone"]), ("Vector", "+7 831 200-00-01"))
        self.assertEqual((call["reason"], call["overdue"]), ("recession", 2))
        self.assertIn("30 days", call["reason_text"])
        self.assertEqual(call["last_call"]["text"], "moving the warehouse")
        self.assertEqual(call["rhythm"]["last_lines"], 6)
        self.assertEqual(call["rhythm"]["silence"], 30)
        self.assertEqual(sum(1 for amount in call["rhythm"]["amounts"] if amount), 20)

    def test_order_is_by_urgency_then_money(self):
        """HU-15: overdue first, then what was promised, then the dearest recession."""
        cheap, dear, late, promised = (self._customer(name) for name in "abcd")
        self._call(cheap, "recession", alert=self._alert(cheap, 100))
        self._call(dear, "recession", alert=self._alert(dear, 900))
        self._call(late, "monitoring", days=-1)
        self._call(promised, "promised")
        names = [call["name"] for call in self._get()["calls"]]
        self.assertEqual(names, ["c", "d", "b", "a"])

    def test_done_on_the_day_of_the_company(self):
        """HU-12: done on a Thursday morning in the east, while it is Wednesday by UTC."""
        self.company.nightly_tz = "Asia/Vladivostok"
        call = self._call(self._customer("East"))
        with freeze_time("2026-03-04 23:00:00"):
            call.with_user(self.manager).register_call_result("reached", "All is well")
            self.assertEqual(call.date_done.isoformat(), "2026-03-05")
            self.assertEqual(self._get()["counts"]["done"], 1)

    def test_counts(self):
        """HU-12: due, overdue, done today and coming are counted over all calls."""
        first, second, third = (self._customer(name) for name in "abc")
        self._call(first, days=-1)
        self._call(second, "promised")
        self._call(third, days=3)
        self._finished_call(third, "fine", days=0)
        counts = self._get()["counts"]
        self.assertEqual(
            (counts["due"], counts["overdue"], counts["done"], counts["coming"]), (2, 1, 1, 1)
        )
        self.assertEqual(counts["next_date"], self._day(3))
        self.assertEqual(counts["reasons"]["promised"], 1)

    def test_scope_follows_the_groups(self):
        """EC-04: own, team and all calls; who may not see more sees his own."""
        self._call(self._customer("own"))
        self._call(self._customer("of another team", user=self.colleague), user=self.colleague)
        leader = self._get("team", user=self.team_leader)
        self.assertEqual([call["name"] for call in leader["calls"]], ["own"])
        self.assertEqual(len(self._get("all", user=self.head)["calls"]), 2)
        narrowed = self._get("all")
        self.assertEqual((narrowed["scope"], len(narrowed["calls"])), ("my", 1))

    def test_head_without_own_calls_sees_everybodys(self):
        """PK-07: the head opens the screen on all calls, a salesperson on his own."""
        self._call(self._customer("own"))
        self.assertEqual(self._get(False, user=self.head)["scope"], "all")
        self.assertEqual(self._get(False)["scope"], "my")

    def test_refused_without_the_level(self):
        """EC-04: an employee without access to customers cannot load the screen."""
        with self.assertRaises(AccessError):
            self._get(user=self.nobody)

    def test_contact_numbers_are_offered(self):
        """HU-17: where the company has no number, its people are called."""
        customer = self._customer("No number", phone=False)
        self.env["res.partner"].create(
            {"name": "Anna", "parent_id": customer.id, "phone": "+7 902 200-00-02"}
        )
        self._call(customer)
        (call,) = self._get()["calls"]
        self.assertEqual([person["name"] for person in call["people"]], ["Anna"])

    def test_queries_do_not_grow_with_calls(self):
        """HU-12: the screen costs as many queries for 40 calls as for 20."""
        self._make_calls(20)
        few = self._count_queries()
        self._make_calls(20)
        many = self._count_queries()
        self.assertEqual(many, few)

    def _make_calls(self, count):
        for number in range(count):
            customer = self._customer(f"Customer {number}")
            self._order_days(customer, (3, 10, 17))
            self._call(customer, "recession", alert=self._alert(customer))

    def _count_queries(self):
        board = self.Board.with_user(self.manager)
        for _warm_up in range(2):  # rules are read when no record is cached any more
            board.get_calls_today("my")
            self.env.flush_all()
            self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        board.get_calls_today("my")
        return self.env.cr.sql_log_count - before
