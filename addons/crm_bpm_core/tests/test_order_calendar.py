"""The company's calendar: what an ordinary day is, and when the feed is down."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import CrmBpmCommon

MONDAY = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestOrderCalendar(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Calendar = cls.env["crm.order.calendar"]
        cls.company = cls.env["res.company"].create({"name": "Parts"})
        cls.company.nightly_tz = "Europe/Moscow"
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "40 h", "company_id": cls.company.id}
        )
        cls.customers = cls.env["res.partner"].create([{"name": f"C{n}"} for n in range(20)])

    def _fill(self, counts):
        """Order days of that many customers on each day: {day: count}."""
        self.env["crm.order.day"].create(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "day": day,
                    "order_count": 1,
                    "line_count": 1,
                    "quantity": 1,
                    "amount": 1,
                }
                for day, count in counts.items()
                for partner in self.customers[:count]
            ]
        )

    def _weekdays(self, first, last, count):
        dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return {day: count for day in dates if day.weekday() < 5}

    def _row(self, day):
        return self.Calendar.search([("company_id", "=", self.company.id), ("day", "=", day)])

    def test_activity(self):
        """PK-17: a quiet day counts in part, a busy one as one day, a weekend in full."""
        counts = self._weekdays(MONDAY - timedelta(weeks=10), MONDAY + timedelta(days=4), 10)
        counts[MONDAY] = 4
        counts[MONDAY + timedelta(days=1)] = 20
        self._fill(counts)
        self.Calendar._refresh(self.company, MONDAY + timedelta(days=6))
        row = self._row(MONDAY)
        self.assertEqual((row.customer_count, row.usual_count, row.activity), (4, 10, 0.4))
        self.assertEqual(self._row(MONDAY + timedelta(days=1)).activity, 1)
        saturday = self._row(MONDAY + timedelta(days=5))
        self.assertEqual((saturday.usual_count, saturday.activity), (0, 1))
        before = self._row(MONDAY - timedelta(days=1))
        self.assertAlmostEqual(row.cumulated, before.cumulated + 0.4)

    def test_few_customers_do_not_tell(self):
        """PK-17: with fewer than five usual customers every day counts in full."""
        counts = self._weekdays(MONDAY - timedelta(weeks=10), MONDAY, 4)
        counts[MONDAY] = 0
        self._fill(counts)
        self.Calendar._refresh(self.company, MONDAY)
        self.assertEqual(self._row(MONDAY).activity, 1)
        self.assertFalse(self.Calendar._is_feed_dead(self.company, MONDAY))

    def test_median_of_one_year(self):
        """PK-17: the median looks back 52 weeks and not beyond."""
        old = self._weekdays(MONDAY - timedelta(weeks=120), MONDAY - timedelta(weeks=52), 18)
        new = self._weekdays(MONDAY - timedelta(weeks=52) + timedelta(days=1), MONDAY, 6)
        self._fill({**old, **new})
        self.Calendar._refresh(self.company, MONDAY)
        self.assertEqual(self._row(MONDAY).usual_count, 6)
        self.assertEqual(self._row(MONDAY - timedelta(weeks=51)).usual_count, 18)

    def test_days_before_the_first_order_are_not_quiet(self):
        """PK-17: a company that has just begun is measured by the weeks it has."""
        self._fill(self._weekdays(MONDAY - timedelta(weeks=2), MONDAY, 10))
        self.Calendar._refresh(self.company, MONDAY)
        self.assertEqual(self._row(MONDAY).usual_count, 10)
        self.assertEqual(self._row(MONDAY - timedelta(weeks=5)).activity, 1)

    def test_window(self):
        """PK-17: the calendar holds 78 weeks and knows nothing after its last day."""
        self._fill(self._weekdays(MONDAY - timedelta(weeks=10), MONDAY, 10))
        self.Calendar._refresh(self.company, MONDAY)
        self.Calendar._refresh(self.company, MONDAY - timedelta(weeks=1))
        rows = self.Calendar.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), 546)
        self.assertEqual(max(rows.mapped("day")), MONDAY - timedelta(weeks=1))

    def test_company_without_orders(self):
        """PK-17: without any order every day is an ordinary day."""
        self.Calendar._refresh(self.company, MONDAY)
        rows = self.Calendar.search([("company_id", "=", self.company.id)])
        self.assertEqual(set(rows.mapped("activity")), {1.0})

    def test_dead_feed(self):
        """PK-17: far fewer customers than on an ordinary weekday: the feed is down."""
        tuesday = MONDAY + timedelta(days=1)
        counts = self._weekdays(MONDAY - timedelta(weeks=10), tuesday, 10)
        counts.update({MONDAY: 1, tuesday: 2})
        self._fill(counts)
        self.Calendar._refresh(self.company, tuesday)
        self.assertTrue(self.Calendar._is_feed_dead(self.company, MONDAY))
        self.assertFalse(self.Calendar._is_feed_dead(self.company, tuesday))
        sunday = MONDAY - timedelta(days=1)
        self.assertFalse(self.Calendar._is_feed_dead(self.company, sunday))

    def test_public_holiday_is_no_dead_feed(self):
        """PK-17: on a public holiday nobody expects orders."""
        counts = self._weekdays(MONDAY - timedelta(weeks=10), MONDAY, 10)
        counts[MONDAY] = 0
        self._fill(counts)
        self.Calendar._refresh(self.company, MONDAY)
        self.assertTrue(self.Calendar._is_feed_dead(self.company, MONDAY))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 1, 21),
                "date_to": datetime(2026, 3, 2, 20, 59, 59),
            }
        )
        self.assertFalse(self.Calendar._is_feed_dead(self.company, MONDAY))
