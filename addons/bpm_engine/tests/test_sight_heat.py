from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


@freeze_time(NOW)
class TestHeat(SightCommon):
    def _heat(self, **options):
        heat = self.Heat.with_user(self.viewer).get_heat(self.process.id, options)
        return heat, {row["element"]: row for row in heat["elements"]}

    def test_figures_of_passes(self):
        """HU-06: count, median, 90th percentile, sum and share of late passes per element."""
        for hours, late in ((1, False), (2, False), (3, True), (10, True)):
            self._run_to_end(hours, late=late)
        __, rows = self._heat()
        check = rows["Check"]
        self.assertEqual(check["count"], 4)
        self.assertEqual(check["median"], 2.5 * 3600)
        # Between the third (3 h) and the fourth (10 h) at 0.7 of the way.
        self.assertAlmostEqual(check["p90"], (3 + 0.7 * 7) * 3600)
        self.assertEqual(check["total"], 16 * 3600)
        self.assertEqual(check["overdue"], 2)
        self.assertEqual(check["overdue_share"], 0.5)
        self.assertEqual(rows["Pay"]["median"], 60)
        self.assertEqual(rows["Refused"]["count"], 0)
        self.assertEqual(check["waiting"], 0)

    def test_elements_keep_the_order_of_the_flow(self):
        """HU-06: every element of the diagram has its row, in the order drawn."""
        __, rows = self._heat()
        self.assertEqual(list(rows), ["Start", "Check", "Ok", "Pay", "Money", "Paid", "Refused"])
        self.assertTrue(all(row["drawn"] for row in rows.values()))

    def test_waiting_and_late(self):
        """HU-06: what waits now, since when, and what of it is past its deadline."""
        self._waiting(self.worker, started=self._ago(days=2), deadline=self._ago(hours=1))
        self._waiting(self.worker, started=self._ago(days=3))
        self._run_to_end(1)
        __, rows = self._heat()
        self.assertEqual(rows["Check"]["waiting"], 2)
        self.assertEqual(rows["Check"]["since"], "2026-11-16 12:00:00")
        self.assertEqual(rows["Check"]["waiting_overdue"], 1)
        self.assertEqual(rows["Pay"]["waiting"], 0)

    def test_a_withdrawn_token_waits_no_more(self):
        """HU-06: a withdrawn step neither waits nor counts as passed."""
        instance = self._waiting(self.worker)
        self._log(instance, "cancelled", "Check", self.now)
        __, rows = self._heat()
        self.assertEqual((rows["Check"]["waiting"], rows["Check"]["count"]), (0, 0))

    def test_a_loop_waits_once(self):
        """HU-06: a token that came back to an element stands there once."""
        instance = self._instance(self._ago(days=1))
        self._pass(instance, "Check", self._ago(hours=20), 3600)
        self._log(instance, "entered", "Check", self._ago(hours=2))
        __, rows = self._heat()
        self.assertEqual((rows["Check"]["waiting"], rows["Check"]["count"]), (1, 1))
        self.assertEqual(rows["Check"]["since"], "2026-11-19 10:00:00")

    def test_period_in_the_readers_time_zone(self):
        """HU-06: a period is of whole days where the reader lives, both days included."""
        self.viewer.tz = "Europe/Moscow"
        self._run_to_end(1, started=NOW.replace(day=9, hour=19, minute=30))
        self._run_to_end(2, started=NOW.replace(day=9, hour=20, minute=30))
        __, rows = self._heat(date_from="2026-11-10", date_to="2026-11-10")
        # The first check ended at 20:30 UTC, 23:30 in Moscow; the second at 01:30 there.
        self.assertEqual((rows["Check"]["count"], rows["Check"]["median"]), (1, 7200))
        __, rows = self._heat(date_from="2026-11-09", date_to="2026-11-10")
        self.assertEqual(rows["Check"]["count"], 2)

    def test_wrong_periods_are_refused(self):
        """HU-06: bad input gives a sentence with the cure."""
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            self._heat(date_from="2026-11-10", date_to="2026-11-09")
        with self.assertRaisesRegex(UserError, "not a date"):
            self._heat(date_from="tomorrow")

    def test_as_it_stood_then(self):
        """HU-06: a period that ended shows what waited at its end, late tasks included."""
        self._run_to_end(48, started=self._ago(days=10))
        moved = self._waiting(
            self.worker, started=self._ago(days=10), deadline=self._ago(days=9, hours=12)
        )
        self._log(moved, "left", "Check", self._ago(days=6), duration=4 * 86400)
        moved.task_ids.write({"state": "done", "date_done": self._ago(days=6)})
        heat, rows = self._heat(date_to="2026-11-10")
        self.assertEqual(heat["as_of"], "2026-11-10 23:59:59")
        self.assertEqual(rows["Check"]["waiting"], 2)
        self.assertEqual(rows["Check"]["waiting_overdue"], 1)
        self.assertEqual(rows["Check"]["count"], 0)
        heat, rows = self._heat()
        self.assertFalse(heat["as_of"])
        self.assertEqual(rows["Check"]["waiting"], 0)
        self.assertEqual(rows["Check"]["count"], 2)

    def test_version(self):
        """HU-06: figures of one version, on its own diagram; of all by default."""
        self._run_to_end(1, version=self.old)
        self._run_to_end(3)
        self._waiting(self.worker, version=self.old)
        heat, rows = self._heat(version_id=self.old.id)
        self.assertEqual((rows["Check"]["count"], rows["Check"]["median"]), (1, 3600))
        self.assertEqual(rows["Check"]["waiting"], 1)
        self.assertEqual(heat["shown_version"], self.old.display_name)
        __, rows = self._heat(version_id=self.version.id)
        self.assertEqual((rows["Check"]["count"], rows["Check"]["waiting"]), (1, 0))
        __, rows = self._heat()
        self.assertEqual(rows["Check"]["count"], 2)

    def test_element_of_another_version_only(self):
        """HU-06: a step that only an older version had is told in the table."""
        self.env["bpm.element"].create(
            {
                "version_id": self.old.id,
                "element_id": "Visa",
                "type": "userTask",
                "name": "Visa",
            }
        )
        self.old.invalidate_recordset()
        instance = self._instance(self._ago(days=1), version=self.old)
        self._pass(instance, "Visa", self._ago(hours=9), 1800)
        __, rows = self._heat()
        self.assertEqual(rows["Visa"]["name"], "Visa")
        self.assertFalse(rows["Visa"]["drawn"])
        self.assertEqual(rows["Visa"]["median"], 1800)

    def test_foreign_version_is_refused(self):
        """HU-06: a version of another process gives a clear error."""
        other = self.env["bpm.process"].create({"name": "Other", "key": "other"})
        with self.assertRaisesRegex(UserError, "another process"):
            self._heat(version_id=other.version_ids.id)

    def test_person(self):
        """HU-06: only what one person did, and what that person holds."""
        self._run_to_end(1)
        self._run_to_end(5)
        instance = self._instance(self._ago(days=1))
        self._pass(instance, "Check", self._ago(hours=9), 60, user_id=self.other_worker.id)
        self._waiting(self.other_worker)
        self._waiting(self.worker)
        __, rows = self._heat(user_id=self.other_worker.id)
        self.assertEqual((rows["Check"]["count"], rows["Check"]["median"]), (1, 60))
        self.assertEqual(rows["Check"]["waiting"], 1)
        self.assertEqual(rows["Pay"]["count"], 0)

    def test_slowest_in_words(self):
        """HU-06: one sentence names the slowest step and its share of the time."""
        for hours in (1, 2, 3):
            self._run_to_end(hours)
        heat, __ = self._heat()
        self.assertEqual(
            heat["sentence"],
            "The slowest step is “Check invoice”: half of 3 passes took 2 h or longer, one in "
            "ten more than 2 h 48 min; it takes 99 % of the time of all steps.",
        )

    def test_one_outlier_is_not_the_slowest(self):
        """HU-06: a step passed once does not outrank those passed often."""
        for hours in (1, 2, 3):
            self._run_to_end(hours)
        instance = self._instance(self._ago(days=4))
        self._pass(instance, "Money", self._ago(days=4), 3 * 86400)
        heat, __ = self._heat()
        self.assertIn("“Check invoice”", heat["sentence"])
        self.assertIn("less than 3 times say too little", heat["sentence"])

    def test_nothing_happened(self):
        """HU-06: without history there is no sentence, and no error."""
        heat, rows = self._heat(date_from="2020-01-01", date_to="2020-01-31")
        self.assertEqual(heat["sentence"], "")
        self.assertEqual(heat["versions"], [])
        self.assertEqual(sum(row["count"] for row in rows.values()), 0)

    def test_other_company(self):
        """HU-06: figures never mix in what the reader's companies do not hold."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        self._run_to_end(1)
        self._run_to_end(9, company_id=company.id)
        __, rows = self._heat()
        self.assertEqual((rows["Check"]["count"], rows["Check"]["median"]), (1, 3600))
        self.viewer.company_ids += company
        both = self.Heat.with_user(self.viewer).with_context(
            allowed_company_ids=[self.env.company.id, company.id]
        )
        rows = {r["element"]: r for r in both.get_heat(self.process.id)["elements"]}
        self.assertEqual(rows["Check"]["count"], 2)
        rows = both.get_heat(self.process.id, {"company_id": company.id})["elements"]
        self.assertEqual([r["median"] for r in rows if r["element"] == "Check"], [9 * 3600])

    def test_rights(self):
        """HU-06: figures are for those who see processes; others are told whom to ask."""
        for user in (self.viewer, self.worker, self.designer, self.manager):
            self.assertTrue(self.Heat.with_user(user).get_heat(self.process.id)["elements"])
        nobody = new_test_user(self.env, "bpm_nobody", "base.group_user")
        portal = new_test_user(self.env, "bpm_portal", "base.group_portal")
        for user in (nobody, portal):
            with self.assertRaisesRegex(AccessError, "See processes"):
                self.Heat.with_user(user).get_heat(self.process.id)
            with self.assertRaises(AccessError):
                self.env["bpm.cycle.report"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["bpm.task.report"].with_user(user).search([])

    def test_deleted_process(self):
        """HU-06: a link to a process that is gone gives a sentence."""
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            self.Heat.with_user(self.viewer).get_heat(2147483647)

    def test_number_of_queries_is_fixed(self):
        """HU-06: forty instances ask no more of the database than one."""
        self._run_to_end(1)
        self._waiting(self.worker)
        self.env.flush_all()
        heat = self.Heat.with_user(self.viewer)
        heat.get_heat(self.process.id)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            heat.get_heat(self.process.id)
            return self.env.cr.sql_log_count - before

        first = count()
        for minute in range(20):
            self._run_to_end(1, started=self._ago(days=5) + timedelta(minutes=minute))
            self._waiting(self.worker)
        self.env.flush_all()
        self.assertEqual(count(), first)
