"""Ledger rows by hand, and a night of the recession rules."""

from datetime import date, timedelta

from .common import CrmBpmCommon

#: A Monday; histories of the tests end here.
START = date(2026, 3, 2)


class RecessionCommon(CrmBpmCommon):
    """Rule of silence switched on for long, customers without any ledger yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.recession.rule"].search([]).active = False
        cls.env["crm.order.day"].search([]).unlink()
        cls.env["crm.order.calendar"].search([]).unlink()
        cls.Rule = cls.env["crm.recession.rule"]
        cls.Alert = cls.env["crm.recession.alert"]
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, **values):
        """A rule that was switched on long ago, so that no first night is special."""
        rule = cls.Rule.create({"name": "Silence", "respect_holidays": False, **values})
        rule.action_switch_on()
        rule.write({"first_night": date(2020, 1, 1), "last_night": date(2020, 1, 2)})
        return rule

    @classmethod
    def _ledger(cls, partner, days, lines=6, amount=1000.0, company=None):
        """Order days of a customer; lines and amount may be lists, one a day."""
        days = list(days)
        lines = lines if isinstance(lines, list) else [lines] * len(days)
        amount = amount if isinstance(amount, list) else [amount] * len(days)
        cls.env["crm.order.day"].create(
            [
                {
                    "company_id": (company or cls.company).id,
                    "partner_id": partner.id,
                    "day": day,
                    "order_count": 1,
                    "line_count": line_count,
                    "quantity": line_count,
                    "amount": total,
                }
                for day, line_count, total in zip(days, lines, amount, strict=True)
            ]
        )

    @classmethod
    def _calendar(cls, first, last, activity=1.0):
        cls.env["crm.order.calendar"].create(
            [
                {
                    "company_id": cls.company.id,
                    "day": first + timedelta(days=offset),
                    "customer_count": 10,
                    "usual_count": 10,
                    "activity": activity,
                    "cumulated": 0,
                }
                for offset in range((last - first).days + 1)
            ]
        )

    @staticmethod
    def _every(gap, count, last=START):
        """``count`` days, ``gap`` days apart, the last one being ``last``."""
        return [last - timedelta(days=gap * step) for step in reversed(range(count))]

    @classmethod
    def _weekly(cls, name="Weekly", weeks=26, **values):
        """The customer of the requirement: every week for half a year, then silent."""
        partner = cls._customer(name, **values)
        cls._ledger(partner, cls._every(7, weeks))
        return partner

    def _night(self, night, run=None):
        return self.Rule._run_night(self.company, night, run)

    def _nights(self, first, last):
        night = first
        while night <= last:
            self._night(night)
            night += timedelta(days=1)

    def _call_done(self, alert, result="reached", day=None):
        """The responsible closes the call about an alarm."""
        call = alert.activity_call_id
        call.call_result = result
        call.action_feedback(feedback="Called")
        if day:
            call.date_done = day
        return call

    def _alerts(self, partner=None):
        domain = [("partner_id", "=", partner.id)] if partner else []
        return self.Alert.search(domain, order="alarm_date, id")

    @staticmethod
    def _after(days, last=START):
        """The night at whose start the silence has lasted so many full days."""
        return last + timedelta(days=days + 1)
