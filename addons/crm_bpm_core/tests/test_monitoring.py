"""PK-10…PK-14, HU-10…HU-13: monitoring calls of the nightly sweep."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .nightly_common import NIGHT, NightlyCommon


@tagged("post_install", "-at_install")
class TestMonitoring(NightlyCommon):
    def _deadlines(self, partners):
        return [self._calls(partner).date_deadline for partner in partners]

    # What is planned ----------------------------------------------------------

    def test_call_for_the_responsible(self):
        """PK-10, PK-13: the responsible gets an activity of type Call on the partner."""
        partner = self._due()
        run = self._sweep()
        call = self._calls(partner)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.manager)
        self.assertEqual(call.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual(call.date_deadline, NIGHT)
        self.assertEqual(call.nightly_run_id, run)
        self.assertTrue(call.automated)
        self.assertEqual(run.call_count, 1)

    def test_date_moves_by_status(self):
        """PK-14, HU-13: one month for a permanent customer, three for a potential one."""
        permanent, potential = self._due(), self._due(status=self.potential)
        self._sweep()
        self.assertEqual(permanent.monitoring_next_date, date(2026, 4, 2))
        self.assertEqual(potential.monitoring_next_date, date(2026, 6, 2))
        self.assertEqual(permanent.monitoring_last_date, NIGHT)

    def test_anchor_day(self):
        """PK-14: 31 January, 28 February, 31 March."""
        partner = self._due(day=date(2026, 1, 31))
        dates = []
        for _round in range(3):
            self._sweep(partner.monitoring_next_date)
            self._calls(partner)._close_calls_obsolete("done", log=False)
            dates.append(partner.monitoring_next_date)
        self.assertEqual(dates, [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)])

    def test_not_due(self):
        """PK-12: tomorrow's, unmonitored, archived customers and contacts get no call."""
        tomorrow = self._due(day=NIGHT + timedelta(days=1))
        off = self._customer()
        archived = self._due()
        archived.active = False
        self._sweep()
        self.assertFalse(self._calls(tomorrow | off | archived))

    def test_downtime_makes_one_call(self):
        """PK-12: ten nights or ten months missed are one call, and the next lies ahead."""
        partner = self._due(day=date(2025, 3, 31))
        self._sweep()
        self.assertEqual(len(self._calls(partner)), 1)
        self.assertEqual(partner.monitoring_next_date, date(2026, 3, 31))
        self._sweep(NIGHT + timedelta(days=1))
        self.assertEqual(len(self._calls(partner)), 1)

    def test_twice_is_once(self):
        """PK-12: the same night again plans nothing."""
        partner = self._due()
        run = self._sweep()
        with self._at_night():
            run._reset()
            run._work()
        self.assertEqual(len(self._calls(partner)), 1)
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 2))

    def test_open_call_is_not_doubled(self):
        """PK-13: who has an open monitoring call gets no second one; the date moves."""
        partner = self._due()
        call = self._call(partner, day=NIGHT - timedelta(days=20))
        self._sweep()
        self.assertEqual(self._calls(partner), call)
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 2))

    def test_recession_call_serves_both(self):
        """PK-19: an open recession call makes the monitoring call superfluous."""
        partner = self._due()
        self._call(partner, reason="recession")
        self._sweep()
        self.assertFalse(self._calls(partner))
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 2))

    def test_recession_replaces_monitoring(self):
        """PK-19: a new recession call closes the open monitoring call."""
        partner = self._customer()
        call = self._call(partner)
        with self._at_night():
            planned = self.env["crm.call.planner"]._plan_calls(
                self.company,
                NIGHT,
                [
                    {
                        "partner_id": partner.id, "user_id": self.manager.id, "reason": "recession",
                        "summary": "Call", "note": False, "value": 5.0, "overdue": 0,
                    }
                ],
            )  # fmt: skip
        self.assertEqual(planned[partner.id].call_reason, "recession")
        self.assertEqual((call.active, call.call_result), (False, "obsolete"))

    # Who gets it ----------------------------------------------------------------

    def test_archived_responsible(self):
        """HU-11: an archived person never gets a call; his team leader does."""
        partner = self._due()
        self.manager.action_archive()
        self._sweep()
        self.assertEqual(self._calls(partner).user_id, self.team_leader)

    def test_absent_responsible(self):
        """HU-11: an absent person's calls go to his substitute, absent ones skipped."""
        self.manager.write(
            {
                "absence_from": NIGHT,
                "absence_to": NIGHT,
                "substitute_user_id": self.colleague.id,
            }
        )
        first, second = self._due("A"), self._due("B", day=NIGHT + timedelta(days=1))
        self._sweep()
        self.assertEqual(self._calls(first).user_id, self.colleague)
        self._sweep(NIGHT + timedelta(days=1))
        self.assertEqual(self._calls(second).user_id, self.manager)

    def test_absence_on_the_first_working_day(self):
        """HU-11: on Saturday night it is Monday's absence that counts."""
        self.manager.write(
            {"absence_from": NIGHT, "absence_to": NIGHT, "substitute_user_id": self.colleague.id}
        )
        partner = self._due(day=NIGHT - timedelta(days=2))
        self._sweep(NIGHT - timedelta(days=2))
        self.assertEqual(self._calls(partner).user_id, self.colleague)
        self.assertEqual(self._calls(partner).date_deadline, NIGHT)

    def test_circle_of_substitutes(self):
        """HU-11: two absent people who stand in for each other: the leader gets it."""
        for user, other in ((self.manager, self.colleague), (self.colleague, self.manager)):
            user.write({"absence_from": NIGHT, "substitute_user_id": other.id})
        partner = self._due()
        self._sweep()
        self.assertEqual(self._calls(partner).user_id, self.team_leader)

    def _resource(self, user):
        return self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )

    def _leave(self, day, resource=None):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "calendar_id": self.company.resource_calendar_id.id,
                "resource_id": resource.id if resource else False,
                "date_from": datetime.combine(day, datetime.min.time()) - timedelta(hours=3),
                "date_to": datetime.combine(day, datetime.min.time()) + timedelta(hours=20),
            }
        )

    def test_time_off_of_the_resource(self):
        """HU-11: time off in the working hours counts as absence."""
        self._leave(NIGHT, self._resource(self.manager))
        partner = self._due()
        self._sweep()
        self.assertEqual(self._calls(partner).user_id, self.team_leader)

    def test_portal_responsible(self):
        """HU-11: a portal user is nobody who makes calls."""
        partner = self._due()
        self.env.cr.execute(
            "UPDATE res_partner SET user_id = %s WHERE id = %s", [self.portal.id, partner.id]
        )
        self.env.invalidate_all()
        self.company.call_fallback_user_id = self.head
        self._sweep()
        self.assertEqual(self._calls(partner).user_id, self.head)

    def test_nobody_can(self):
        """HU-11: without anybody the customer is reported and his date stays."""
        partner = self._due()
        partner.user_id = False
        run = self._sweep()
        self.assertFalse(self._calls(partner))
        self.assertEqual(partner.monitoring_next_date, NIGHT)
        self.assertEqual(run.state, "warning")
        self.assertEqual(run.issue_ids.partner_id, partner)
        self.assertIn("No responsible", run.issue_ids.message)
        partner.user_id = self.manager
        self._sweep(NIGHT + timedelta(days=1))
        self.assertEqual(len(self._calls(partner)), 1)

    # When -----------------------------------------------------------------------

    def test_daily_limit(self):
        """HU-10: no more than the limit a day, over working days, weekend left out."""
        self.company.call_daily_limit = 2
        self._call(user=self.manager, day=NIGHT)
        partners = [self._due(f"C{n}") for n in range(10)]
        self._sweep()
        days = sorted(self._deadlines(partners))
        week = [NIGHT + timedelta(days=n) for n in (0, 1, 1, 2, 2, 3, 3, 4, 4, 7)]
        self.assertEqual(days, week)

    def test_own_limit_and_holiday(self):
        """HU-10: a person's own limit; a public holiday is no working day."""
        self.manager.call_daily_limit = 1
        self._leave(NIGHT + timedelta(days=1))
        partners = [self._due(f"C{n}") for n in range(3)]
        self._sweep()
        self.assertEqual(
            sorted(self._deadlines(partners)), [NIGHT + timedelta(days=n) for n in (0, 2, 3)]
        )

    def test_most_overdue_and_valuable_first(self):
        """HU-10: the most overdue first, of the same day the most valuable."""
        self.manager.call_daily_limit = 1
        poor, rich, old = (
            self._due("Poor"),
            self._due("Rich"),
            self._due("Old", NIGHT - timedelta(days=9)),
        )
        self._ledger(rich, NIGHT - timedelta(days=5), amount=9000)
        self._ledger(poor, NIGHT - timedelta(days=5), amount=10)
        self._sweep()
        self.assertEqual(
            self._deadlines([old, rich, poor]), [NIGHT + timedelta(days=n) for n in range(3)]
        )

    def test_batches_give_the_same_days(self):
        """HU-10: batches of two level as one of many."""
        self.company.call_daily_limit = 3
        partners = [self._due(f"C{n}", NIGHT - timedelta(days=n % 4)) for n in range(11)]
        with self._at_night():
            self.Run.with_context(nightly_batch_size=2)._run_night(self.company, NIGHT)
        by_overdue = sorted(partners, key=lambda p: (-(partners.index(p) % 4), p.id))
        self.assertEqual(
            self._deadlines(by_overdue), [NIGHT + timedelta(days=n // 3) for n in range(11)]
        )

    def test_never_in_the_past(self):
        """HU-10: a sweep that is made late plans from today on."""
        partner = self._due()
        with self._at_night(NIGHT + timedelta(days=2), hours=12):
            self.Run._run_night(self.company, NIGHT)
        self.assertEqual(self._calls(partner).date_deadline, NIGHT + timedelta(days=2))

    # Companies --------------------------------------------------------------------

    def test_each_company_its_own(self):
        """A customer is in the sweep of his company, else his responsible's, else the first."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._due("Theirs", company_id=other.id, user=self.env.user)
        theirs.user_id = False
        by_user = self._due("By user")
        self.manager.write({"company_ids": [(4, other.id)], "company_id": other.id})
        mine = self._due("Mine", user=self.colleague)
        other.call_fallback_user_id = self.manager
        self._sweep()
        self.assertEqual(len(self._calls(mine)), 1)
        self.assertFalse(self._calls(theirs | by_user))
        self._sweep(company=other)
        self.assertEqual(len(self._calls(theirs)), 1)
        self.assertEqual(len(self._calls(by_user)), 1)
        self.assertEqual(len(self._calls(mine)), 1)
