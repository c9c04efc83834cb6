"""PK-12: the sweep is due at 01:00 of the company's time, whatever the clock does."""

from datetime import date, datetime

from odoo.tests import BaseCase

from ..lib import nights


class TestNights(BaseCase):
    """Open reading 4: 01:00 also on days when it occurs twice or never."""

    def _due(self, day, tz, hour=1.0):
        return nights.at_hour(date.fromisoformat(day), hour, tz)

    def test_ordinary_days(self):
        self.assertEqual(self._due("2026-03-02", "Europe/Moscow"), datetime(2026, 3, 1, 22))
        self.assertEqual(self._due("2026-07-02", "Europe/Sofia"), datetime(2026, 7, 1, 22))
        self.assertEqual(self._due("2026-01-02", "Europe/Sofia"), datetime(2026, 1, 1, 23))

    def test_hour_that_does_not_exist(self):
        """PK-12: London skips 01:00 on 29 March 2026; the sweep is due at 02:00 there."""
        moment = self._due("2026-03-29", "Europe/London")
        self.assertEqual(moment, datetime(2026, 3, 29, 1))
        self.assertEqual(nights.to_local(moment, "Europe/London"), datetime(2026, 3, 29, 2))
        self.assertEqual(self._due("2026-03-29", "Europe/London", 1.5), moment)

    def test_hour_that_occurs_twice(self):
        """PK-12: London has 01:00 twice on 25 October 2026; the first one counts."""
        first = datetime(2026, 10, 25, 0)
        self.assertEqual(self._due("2026-10-25", "Europe/London"), first)
        for minute in (0, 59):
            for hour in (0, 1):
                now = first.replace(hour=hour, minute=minute)
                self.assertEqual(nights.latest_due(now, 1.0, "Europe/London"), date(2026, 10, 25))
        self.assertEqual(
            nights.latest_due(datetime(2026, 10, 24, 23, 59), 1.0, "Europe/London"),
            date(2026, 10, 24),
        )

    def test_azores(self):
        """PK-12: the Azores change their clock at 00:00 and 01:00."""
        self.assertEqual(self._due("2026-03-29", "Atlantic/Azores"), datetime(2026, 3, 29, 1))
        self.assertEqual(
            self._due("2026-10-25", "Atlantic/Azores", 0.5), datetime(2026, 10, 25, 0, 30)
        )
        self.assertEqual(self._due("2026-10-25", "Atlantic/Azores"), datetime(2026, 10, 25, 2))

    def test_days_of_change_elsewhere(self):
        """PK-12: Sofia changes at 03:00, Moscow never: 01:00 is 01:00."""
        for day in ("2026-03-29", "2026-10-25"):
            for tz in ("Europe/Sofia", "Europe/Moscow"):
                local = nights.to_local(self._due(day, tz), tz)
                self.assertEqual(local.isoformat(), f"{day}T01:00:00")

    def test_each_night_once_a_year(self):
        """PK-12: every day of 2026 has one due moment, in order, in zones with odd clocks."""
        zones = ("Europe/London", "Atlantic/Azores", "America/Santiago", "Australia/Lord_Howe")
        for tz in zones:
            moments = [
                nights.at_hour(date.fromordinal(date(2026, 1, 1).toordinal() + n), 1.0, tz)
                for n in range(365)
            ]
            self.assertEqual(moments, sorted(set(moments)), tz)
            for moment in moments:
                self.assertGreaterEqual(nights.to_local(moment, tz).hour, 1)

    def test_next_due(self):
        now = datetime(2026, 3, 1, 22)
        self.assertEqual(nights.next_due(now, 1.0, "Europe/Moscow"), datetime(2026, 3, 2, 22))
        self.assertEqual(nights.next_due(datetime(2026, 3, 1, 21, 59), 1.0, "Europe/Moscow"), now)
