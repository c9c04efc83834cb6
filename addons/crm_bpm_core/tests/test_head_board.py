from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .screens_common import ScreensCommon


class TestHeadBoard(ScreensCommon):
    def _get(self):
        self.env.flush_all()
        return self.Board.with_user(self.head).get_head_board()

    def test_only_for_the_head(self):
        """EC-04: a salesperson has no board of the head, and assigns nothing."""
        with self.assertRaises(AccessError):
            self.Board.with_user(self.manager).get_head_board()
        alert = self._alert(self._customer())
        with self.assertRaises(AccessError):
            self.Board.with_user(self.manager).assign_recessions(alert.ids, self.manager.id)

    def test_recessions_by_money(self):
        """HU-16: the dearest recession stands first; the sum is of all of them."""
        self._alert(self._customer("small"), 100)
        self._alert(self._customer("big"), 900)
        self._alert(self._customer("over"), 500, state="closed")
        tile = self._get()["recessions"]
        self.assertEqual([row["name"] for row in tile["rows"]], ["big", "small"])
        self.assertEqual((tile["count"], tile["week_amount"]), (2, 1000))
        found = self.env["crm.recession.alert"].search_count(tile["domain"])
        self.assertEqual(found, 2)

    def test_assigning_moves_the_call(self):
        """HU-16: the head gives an alarm to a person, and its call with it."""
        customer = self._customer("Vector")
        alert = self._alert(customer)
        call = self._call(customer, "recession", alert=alert)
        answer = self.Board.with_user(self.head).assign_recessions(alert.ids, self.colleague.id)
        self.assertEqual(alert.user_id, self.colleague)
        self.assertEqual(call.user_id, self.colleague)
        self.assertEqual(answer["user_name"], "Colleague")

    def test_assigning_a_listed_alarm_plans_the_call(self):
        """PK-19: an alarm that was only listed becomes a call of the chosen person."""
        alert = self._alert(self._customer("Vector"), state="listed", user_id=False)
        self.Board.with_user(self.head).assign_recessions(alert.ids, self.colleague.id)
        self.assertEqual(alert.state, "open")
        self.assertEqual(alert.activity_call_id.user_id, self.colleague)

    def test_nobody_is_assigned_who_cannot_call(self):
        """PK-18: an archived person gets no alarm; the message says what to do."""
        self.colleague.active = False
        alert = self._alert(self._customer())
        with self.assertRaisesRegex(UserError, "cannot make calls"):
            self.Board.with_user(self.head).assign_recessions(alert.ids, self.colleague.id)

    def test_load_per_person(self):
        """PK-07: overdue calls and the load of the next ten working days."""
        self.manager.call_daily_limit = 5
        for number, days in enumerate((-3, -1, 0, 0)):
            self._call(self._customer(f"c{number}"), "promised", days=days)
        tile = self._get()["people"]
        self.assertEqual(len(tile["days"]), 10)
        self.assertEqual(tile["days"][0], self.today)
        self.assertTrue(all(day.weekday() < 5 for day in tile["days"][1:]))
        row = next(person for person in tile["rows"] if person["id"] == self.manager.id)
        self.assertEqual((row["overdue"], row["limit"]), (2, 5))
        self.assertEqual(row["days"][0]["calls"], 2)

    def test_funnel(self):
        """PK-06: customers per status over time, and the share that moved on."""
        self._snapshot(7, 10)
        self._snapshot(0, 9, arrived=2, gone=3)
        tile = self._get()["funnel"]
        self.assertEqual(tile["days"], [self._day(-7), self.today])
        status = next(s for s in tile["statuses"] if s["id"] == self.potential.id)
        self.assertEqual((status["counts"], status["now"]), ([10, 9], 9))
        self.assertEqual(status["moved_share"], 25)

    def _snapshot(self, days_ago, count, arrived=0, gone=0):
        self.env["crm.customer.snapshot"].create(
            {
                "company_id": self.company.id,
                "day": self.today - timedelta(days=days_ago),
                "status_id": self.potential.id,
                "user_id": self.manager.id,
                "customer_count": count,
                "arrived_count": arrived,
                "left_count": gone,
            }
        )

    def test_without_next_step(self):
        """AL-05: customers with nothing planned, per person; the number opens its list."""
        before = self._get()["without_step"]["count"]
        self._customer("bare")
        self._call(self._customer("planned"), "promised", days=2)
        tile = self._get()["without_step"]
        self.assertEqual(tile["count"], before + 1)
        self.assertEqual(self.env["res.partner"].search_count(tile["domain"]), before + 1)

    def test_won_back(self):
        """PK-18: money of the customers who came back after a call, this month."""
        self._alert(
            self._customer("back"),
            state="closed",
            outcome="recovered",
            resumed_date=self.today,
            closed_date=self.today,
            won_back_amount=1234.0,
        )
        tile = self._get()["won_back"]
        self.assertEqual((tile["amount"], tile["count"]), (1234.0, 1))
        outcomes = {outcome["code"]: outcome["count"] for outcome in tile["outcomes"]}
        self.assertEqual(outcomes["recovered"], 1)

    def test_last_sweep(self):
        """PK-12: what the night has done, how long it took, and what it skipped."""
        self.env["crm.nightly.run"].search([]).unlink()
        self.env["crm.nightly.run"].create(
            {
                "company_id": self.company.id,
                "night": self.today,
                "state": "warning",
                "date_start": "2026-01-01 00:00:00",
                "date_end": "2026-01-01 00:00:09",
                "feed_dead": True,
                "stage_ids": [
                    (0, 0, {"code": "monitoring", "total": 9, "created": 7, "issue_count": 2})
                ],
            }
        )
        tile = self._get()["sweep"]
        self.assertEqual((tile["seconds"], tile["issues"], tile["feed_dead"]), (9.0, 2, True))
        self.assertEqual(tile["stages"][0]["created"], 7)

    def test_queries_do_not_grow(self):
        """PK-07: the board costs as many queries for 10 recessions as for 5."""
        for number in range(5):
            self._fill(f"a{number}")
        few = self._count_queries()
        for number in range(5):
            self._fill(f"b{number}")
        self.assertEqual(self._count_queries(), few)

    def _fill(self, name):
        customer = self._customer(name)
        self._order_days(customer, (30, 37, 44))
        self._call(customer, "recession", alert=self._alert(customer))

    def _count_queries(self):
        board = self.Board.with_user(self.head)
        for _warm_up in range(2):  # rules are read when no record is cached any more
            board.get_head_board()
            self.env.flush_all()
            self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        board.get_head_board()
        return self.env.cr.sql_log_count - before
