"""A customer stops ordering: the alarm comes on the day his own rhythm says."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .recession_common import START, RecessionCommon


@tagged("post_install", "-at_install")
class TestSilence(RecessionCommon):
    def _alarm_after(self, partner):
        """Full days of silence at the alarm of a customer who never orders again."""
        self._nights(self._after(10), self._after(80))
        alert = self._alerts(partner)
        self.assertEqual(len(alert), 1, "one alarm, and one only, per silence")
        return (alert.alarm_date - START).days - 1

    def test_weekly_customer_standard(self):
        """PK-17, HU-15: weekly for half a year, then a stop: standard waits 4 * sqrt(49) = 28."""
        self.assertEqual(self._alarm_after(self._weekly()), 29)

    def test_weekly_customer_early(self):
        """PK-17: early waits 3 * sqrt(49) = 21 days."""
        self.rule.sensitivity = "early"
        self.assertEqual(self._alarm_after(self._weekly()), 22)

    def test_weekly_customer_strict(self):
        """PK-17: strict waits 5 * sqrt(49) = 35 days."""
        self.rule.sensitivity = "strict"
        self.assertEqual(self._alarm_after(self._weekly()), 36)

    def test_rarer_customer_is_waited_fewer_of_his_gaps(self):
        """PK-17: a gap of 30 days is waited for 4 * sqrt(210) = 57.97 days."""
        monthly = self._customer("Monthly")
        self._ledger(monthly, self._every(30, 8))
        self.assertEqual(self._alarm_after(monthly), 58)

    def test_alarm_is_explained_and_called(self):
        """PK-18, PK-19, HU-16: why in words, a call to restore relations for the responsible."""
        partner = self._customer("Vector")
        days = self._every(7, 26)
        # 6.4 lines a week: 16 weeks of 6 lines, 10 of 7.
        self._ledger(partner, days, lines=[6] * 16 + [7] * 10, amount=42000.0)
        self.rule.sensitivity = "strict"
        self.rule.factor = 4
        result = self._night(self._after(29))
        alert = self._alerts(partner)
        self.assertEqual(
            alert.explanation,
            "Ordered in 26 of 26 weeks, 6.4 lines a week; nothing for 29 days; "
            "usual gap 7 days, such a customer is waited for 28.",
        )
        self.assertEqual(alert.base_week_amount, 42000.0)
        self.assertEqual(alert.order_day_count, 26)
        self.assertEqual(alert.state, "open")
        self.assertEqual(alert.user_id, self.manager)
        call = alert.activity_call_id
        self.assertEqual(call.call_reason, "recession")
        self.assertEqual((call.res_model, call.res_id), ("res.partner", partner.id))
        self.assertEqual(call.user_id, self.manager)
        self.assertIn("Restore relations", call.summary)
        self.assertIn("nothing for 29 days", call.note)
        self.assertEqual((result["total"], result["created"]), (1, 1))

    def test_explanation_tells_ordinary_days_apart(self):
        """PK-18: when quiet days stretched the silence, the words say so."""
        partner = self._weekly()
        self._calendar(START + timedelta(1), START + timedelta(10), activity=0.0)
        self._night(self._after(39))
        alert = self._alerts(partner)
        self.assertIn("nothing for 39 days, 29 of them ordinary days", alert.explanation)

    def test_who_is_not_watched(self):
        """PK-17: too few orders, too short, too rare, or lost long ago: no alarm."""
        few = self._customer("Five order days")
        self._ledger(few, self._every(25, 5))
        short = self._customer("Nine weeks")
        self._ledger(short, self._every(7, 9))
        rare = self._customer("Every 50 days")
        self._ledger(rare, self._every(50, 7))
        gone = self._customer("Silent for 190 days")
        self._ledger(gone, self._every(7, 14, START - timedelta(120)))
        self._night(self._after(75))
        self.assertFalse(self._alerts())

    def test_returns_are_no_orders(self):
        """PK-17: a day with a return only does not end a silence."""
        partner = self._customer("Weekly")
        days = [*self._every(7, 26), START + timedelta(20)]
        amounts = [1000.0] * 26 + [-300.0]
        self.env["crm.transaction"].import_transactions(
            [
                {"customer": partner.id, "date": str(day), "quantity": amount, "amount": amount}
                for day, amount in zip(days, amounts, strict=True)
            ],
            customer_by="id",
        )
        self.env["crm.order.day"]._refresh()
        self._night(self._after(29))
        self.assertEqual(self._alerts(partner).silence_days, 29)

    def test_future_rows_are_not_looked_at(self):
        """PK-12: the sweep of an old night sees only the orders before it."""
        partner = self._weekly()
        self._ledger(partner, [self._after(29)])
        self._night(self._after(29))
        self.assertTrue(self._alerts(partner))

    # Quiet days -----------------------------------------------------------
    def test_calendar_stretches_the_wait(self):
        """PK-17: half-quiet days of the company age a silence by half."""
        partner = self._weekly()
        self._calendar(START + timedelta(1), START + timedelta(10), activity=0.5)
        self._night(self._after(33))
        self.assertFalse(self._alerts(partner), "33 days are 28 activity days: not more than 28")
        self._night(self._after(34))
        self.assertEqual(self._alerts(partner).silence, 29)

    def test_quiet_season(self):
        """PK-17: days of the rule's quiet season age nobody's silence."""
        partner = self._weekly()
        self.rule.season_ids = [
            (0, 0, {"name": "Dead season", "day_from": 5, "month_from": 3, "day_to": 9,
                    "month_to": 3}),
        ]  # fmt: skip
        self._night(self._after(33))
        self.assertFalse(self._alerts(partner))
        self._night(self._after(34))
        self.assertTrue(self._alerts(partner))

    def test_season_over_new_year(self):
        """PK-17: a season may run over New Year; both ends belong to it."""
        season = self.env["crm.recession.season"].create(
            {"rule_id": self.rule.id, "name": "New Year", "day_from": 30, "month_from": 12,
             "day_to": 2, "month_to": 1}
        )  # fmt: skip
        days = season._get_days(date(2025, 12, 28), date(2026, 1, 5))
        self.assertEqual(
            sorted(days),
            [date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)],
        )

    def test_season_with_impossible_day(self):
        """PK-17: a day that does not exist is refused with the place named."""
        with self.assertRaisesRegex(ValidationError, "day 31 of month 4"):
            self.env["crm.recession.season"].create(
                {"rule_id": self.rule.id, "name": "Wrong", "day_from": 31, "month_from": 4}
            )

    def test_public_holidays(self):
        """PK-17: public holidays of the company's working hours age nobody's silence."""
        partner = self._weekly()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday week",
                "calendar_id": self.company.resource_calendar_id.id,
                # 9 to 11 March, Moscow time; the afternoon of the 12th is no holiday.
                "date_from": datetime(2026, 3, 8, 21),
                "date_to": datetime(2026, 3, 11, 20, 59),
            }
        )
        self.rule.respect_holidays = True
        self._night(self._after(31))
        self.assertFalse(self._alerts(partner))
        self._night(self._after(32))
        self.assertTrue(self._alerts(partner))

    def test_one_persons_leave_is_no_holiday(self):
        """PK-17: somebody's own leave changes nothing."""
        partner = self._weekly()
        resource = self.env["resource.resource"].create({"name": "Ivan"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "calendar_id": self.company.resource_calendar_id.id,
                "resource_id": resource.id,
                "date_from": datetime(2026, 3, 8, 21),
                "date_to": datetime(2026, 3, 11, 20, 59),
            }
        )
        self.rule.respect_holidays = True
        self._night(self._after(29))
        self.assertTrue(self._alerts(partner))

    # Who, and how often ----------------------------------------------------
    def test_expected_pause(self):
        """PK-18: no alarm until the pause ends that the customer announced."""
        partner = self._weekly(expected_pause_until=self._after(40))
        self._nights(self._after(29), self._after(40))
        self.assertFalse(self._alerts(partner))
        self._night(self._after(41))
        self.assertTrue(self._alerts(partner))

    def test_one_alarm_a_silence_and_cooldown(self):
        """PK-19: one call per silence; a new silence alarms only after the cool-down."""
        partner = self._weekly()
        self._nights(self._after(25), self._after(45))
        first = self._alerts(partner)
        self.assertEqual(len(first), 1)
        # He orders the day after the alarm and is silent again; 28 days are over
        # long before his new silence is.
        back = first.alarm_date + timedelta(1)
        self._ledger(partner, [back])
        self._nights(back + timedelta(1), back + timedelta(60))
        second = self._alerts(partner) - first
        self.assertEqual(len(second), 1)
        self.assertGreater(second.last_order_day, first.alarm_date)

    def test_cooldown(self):
        """PK-19: no second alarm within the cool-down, however short the new silence limit."""
        self.rule.write({"cooldown_days": 60, "sensitivity": "early"})
        partner = self._weekly()
        self._night(self._after(22))
        first = self._alerts(partner)
        self._ledger(partner, [first.alarm_date])
        self._nights(first.alarm_date + timedelta(1), first.alarm_date + timedelta(59))
        self.assertEqual(len(self._alerts(partner)), 1)
        self._night(first.alarm_date + timedelta(60))
        self.assertEqual(len(self._alerts(partner)), 2)

    def test_idempotent_night(self):
        """PK-12: the same night run again raises nothing again."""
        partner = self._weekly()
        self._night(self._after(29))
        calls = self.env["mail.activity"].search([("call_reason", "=", "recession")])
        again = self._night(self._after(29))
        self.assertEqual(again["total"], 0)
        self.assertEqual(len(self._alerts(partner)), 1)
        self.assertEqual(
            self.env["mail.activity"].search([("call_reason", "=", "recession")]), calls
        )

    def test_twin_cannot_open_a_second_alarm(self):
        """PK-12: two servers at once: the database refuses the second alarm."""
        partner = self._weekly()
        self._night(self._after(29))
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self._alerts(partner).copy({"state": "listed"}).flush_recordset()

    def test_domain_of_customers(self):
        """PK-17: the rule watches only customers in its filter, also by related fields."""
        mine = self._weekly("Mine")
        other = self._weekly("Other", user=self.colleague)
        self.rule.domain = f"[('user_id.login', '=', '{self.manager.login}')]"
        self._night(self._after(29))
        self.assertTrue(self._alerts(mine))
        self.assertFalse(self._alerts(other))

    def test_bad_domain_is_refused(self):
        """PK-17: a filter that cannot be read is refused with the cure."""
        for domain in ("[('no_such_field', '=', 1)]", "[(", "[('name', 'near', 'x')]"):
            with self.assertRaisesRegex(ValidationError, "Customers"):
                self.rule.domain = domain

    def test_two_rules_one_call(self):
        """PK-19: a customer whom two rules watch gets one alarm."""
        self._rule(name="Early for all", sensitivity="early", sequence=20)
        partner = self._weekly()
        self._nights(self._after(20), self._after(40))
        self.assertEqual(len(self._alerts(partner)), 1)

    def test_archived_and_foreign_customers(self):
        """PK-17: archived customers and those of another company are left out."""
        other_company = self.env["res.company"].create({"name": "Other company"})
        archived = self._weekly("Archived")
        archived.active = False
        foreign = self._weekly("Foreign", user_id=False)
        foreign.company_id = other_company
        self._night(self._after(29))
        self.assertFalse(self._alerts())

    def test_each_company_by_its_own_ledger(self):
        """PK-17: orders from another company do not break a silence."""
        other_company = self.env["res.company"].create({"name": "Other company"})
        partner = self._weekly()
        self._ledger(partner, [START + timedelta(14)], company=other_company)
        self.Rule._run_night(other_company, self._after(29))
        self.assertFalse(self._alerts())
        self._night(self._after(29))
        self.assertEqual(self._alerts(partner).company_id, self.company)

    def test_trial_and_paused_rules_are_silent(self):
        """PK-17: nothing happens while a rule is a trial or paused."""
        self._weekly()
        self.rule.action_pause()
        self._night(self._after(29))
        self.assertFalse(self._alerts())

    # The night around it ----------------------------------------------------
    def test_dead_feed(self):
        """PK-17: when no orders arrive nobody is called, but outcomes are still found."""
        silent, back = self._weekly("Silent"), self._weekly("Back")
        with self._feed(dead=True):
            self._night(self._after(29))
            self.assertFalse(self._alerts())
        self._night(self._after(30))
        self._ledger(back, [self._after(30)])
        with self._feed(dead=True):
            result = self._night(self._after(31))
        self.assertEqual(self._alerts(back).state, "closed")
        self.assertEqual(self._alerts(silent).state, "open")
        self.assertIn("nobody is called", result["message"])

    def _feed(self, dead):
        calendar = type(self.env["crm.order.calendar"])
        return patch.object(calendar, "_is_feed_dead", lambda self, company, day: dead)

    def test_failing_rule_is_reported_and_skipped(self):
        """PK-12: one bad rule is written on the sweep; the others still work."""
        partner = self._weekly()
        broken = self._rule(name="Broken", sequence=1)
        self.env.cr.execute(
            "UPDATE crm_recession_rule SET domain = '[broken' WHERE id = %s", (broken.id,)
        )
        broken.invalidate_recordset()
        run = self.env["crm.nightly.run"].create(
            {"company_id": self.company.id, "night": self._after(29)}
        )
        with mute_logger("odoo.addons.crm_bpm_core.models.crm_recession_night"):
            self._night(self._after(29), run)
        self.assertEqual(len(self._alerts(partner)), 1)
        self.assertEqual(run.issue_ids.mapped("stage"), ["recession"])
        self.assertIn("Broken", run.issue_ids.message)

    def test_call_in_the_language_of_the_responsible(self):
        """PK-18: numbers and words of the call follow the responsible person's language."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.manager.lang = "de_DE"
        partner = self._customer("Vector")
        self._ledger(partner, self._every(7, 26), lines=[6] * 16 + [7] * 10)
        self._night(self._after(29))
        note = self._alerts(partner).activity_call_id.note
        self.assertIn("6,4", note)
