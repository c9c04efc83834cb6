"""PK-14, HU-13: the next monitoring date, in Python and in the database alike."""

import random
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..lib.monitoring_date import next_date
from .common import CrmBpmCommon


class TestNextDate(BaseCase):
    """PK-14: intervals, anchor day and missed nights, without a database."""

    def test_month_end_keeps_the_anchor(self):
        """PK-14: 31 January is followed by 28 February and 31 March."""
        february = next_date(date(2026, 1, 31), 31, 1, "month", date(2026, 1, 31))
        self.assertEqual(february, date(2026, 2, 28))
        self.assertEqual(next_date(february, 31, 1, "month", february), date(2026, 3, 31))

    def test_leap_year(self):
        """PK-14: in a leap year February has its 29th."""
        base = date(2028, 1, 31)
        self.assertEqual(next_date(base, 31, 1, "month", base), date(2028, 2, 29))

    def test_three_months_over_the_year(self):
        """PK-14: three months after 30 November is 28 February."""
        base = date(2026, 11, 30)
        self.assertEqual(next_date(base, 30, 3, "month", base), date(2027, 2, 28))

    def test_days_and_weeks(self):
        base = date(2026, 3, 2)
        self.assertEqual(next_date(base, 2, 10, "day", base), date(2026, 3, 12))
        self.assertEqual(next_date(base, 2, 2, "week", base), date(2026, 3, 16))

    def test_missed_nights_are_skipped(self):
        """PK-14: after downtime the next date lies in the future, in the old rhythm."""
        self.assertEqual(
            next_date(date(2026, 1, 31), 31, 1, "month", date(2026, 5, 10)), date(2026, 5, 31)
        )
        self.assertEqual(
            next_date(date(2026, 1, 31), 31, 1, "month", date(2026, 5, 31)), date(2026, 6, 30)
        )
        self.assertEqual(
            next_date(date(2026, 1, 1), 1, 7, "day", date(2026, 1, 22)), date(2026, 1, 29)
        )

    def test_zero_is_never(self):
        self.assertIsNone(next_date(date(2026, 1, 1), 1, 0, "month", date(2026, 1, 1)))

    def test_always_after(self):
        """PK-14: the date is after the night, and no earlier date of the rhythm is."""
        rnd = random.Random(14)
        for _round in range(500):
            base = date(2025, 1, 1) + timedelta(days=rnd.randrange(800))
            after = base + timedelta(days=rnd.randrange(-40, 700))
            interval = rnd.randint(1, 5)
            found = next_date(base, base.day, interval, "month", after)
            self.assertGreater(found, after)
            self.assertGreater(found, base)
            self.assertLessEqual((found - max(base, after)).days, 31 * interval)


@tagged("post_install", "-at_install")
class TestNextDateSql(CrmBpmCommon):
    """The sweep's SQL gives the same dates as the form's Python."""

    def test_same_as_python(self):
        rnd = random.Random(31)
        status = self.Status.create({"name": "Any", "code": "any_rhythm"})
        for _round in range(150):
            unit = rnd.choice(["day", "week", "month"])
            interval = rnd.choice([0, 1, 1, 2, 3, 12])
            base = date(2026, 1, 1) + timedelta(days=rnd.randrange(500))
            after = base + timedelta(days=rnd.randrange(-30, 500))
            anchor = rnd.choice([base.day, 31, 30])
            status.write({"monitoring_interval": interval, "monitoring_interval_unit": unit})
            status.flush_recordset()
            expression = self.Status._get_next_date_sql(
                SQL("%s::date", base), SQL("%s", anchor), SQL("%s::date", after)
            )
            query = SQL(
                "SELECT %s FROM crm_customer_status s WHERE s.id = %s", expression, status.id
            )
            [[found]] = self.env.execute_query(query)
            self.assertEqual(
                found,
                next_date(base, anchor, interval, unit, after),
                (base, anchor, interval, unit, after),
            )
