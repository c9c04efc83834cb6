from datetime import timedelta

from freezegun import freeze_time

from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


@freeze_time(NOW)
class TestCycle(SightCommon):
    def _runs(self, hours, version=None, **values):
        """Instances that ended one day after the other, the last one yesterday."""
        result = self.env["bpm.instance"]
        for number, hour in enumerate(hours):
            ended = self._ago(days=len(hours) - number)
            result += self._instance(
                ended - timedelta(hours=hour), ended, version=version, **values
            )
        return result

    def _versions(self, **options):
        heat = self.Heat.with_user(self.viewer).get_heat(self.process.id, options)
        return {row["number"]: row for row in heat["versions"]}

    def test_cycle_times_per_version(self):
        """HU-06: median, 90th percentile, per week, per version; only what ended counts."""
        self._runs(range(1, 15))
        self._runs([4], version=self.old)
        self._waiting(self.worker)
        self._instance(self._ago(days=9), self._ago(days=1), state="cancelled")
        rows = self._versions()
        self.assertEqual(rows[2]["count"], 14)
        self.assertAlmostEqual(rows[2]["median"], 7.5 * 3600)
        self.assertAlmostEqual(rows[2]["p90"], 12.7 * 3600)
        # 14 ends in the 13 days from the first to the last.
        self.assertAlmostEqual(rows[2]["per_week"], 14 / (13 / 7))
        self.assertEqual((rows[1]["count"], rows[1]["median"]), (1, 4 * 3600))
        self.assertEqual(rows[1]["per_week"], 1)

    def test_results_and_overdue(self):
        """EP-05: with what result instances ended; how many had an overdue task."""
        paid = self._runs([1, 2, 3])
        self._runs([1], result="Refused")
        self._task(
            paid[0],
            self.worker,
            state="done",
            deadline=paid[0].date_end - timedelta(hours=1),
            date_done=paid[0].date_end,
        )
        self._task(
            paid[1],
            self.worker,
            state="done",
            deadline=paid[1].date_end,
            date_done=paid[1].date_end - timedelta(hours=1),
        )
        row = self._versions()[2]
        self.assertEqual(row["overdue_share"], 0.25)
        self.assertEqual(
            row["results"],
            [
                {"name": "Paid", "count": 3, "share": 0.75},
                {"name": "Refused", "count": 1, "share": 0.25},
            ],
        )

    def test_period_is_that_of_the_end(self):
        """HU-06: an instance belongs to the period in which it ended."""
        self._runs([1, 1, 1])
        self.assertEqual(self._versions(date_from="2026-11-18")[2]["count"], 1)
        self.assertEqual(self._versions(date_to="2026-11-17")[2]["count"], 2)

    def test_comparison(self):
        """HU-18: two versions side by side in words, with a warning on small numbers."""
        self._runs([10] * 30, version=self.old)
        self._runs([4] * 12)
        told = self.Heat.with_user(self.viewer).compare_versions(
            self.process.id, self.old.id, self.version.id
        )
        self.assertEqual(
            told["sentence"],
            "Version 2 ends 6 h sooner than Version 1 (60 % less): median 4 h instead of 10 h.",
        )
        self.assertEqual(
            told["warning"],
            "Few instances (Version 2: 12): below 30 the difference may be chance.",
        )
        back = self.Heat.with_user(self.viewer).compare_versions(
            self.process.id, self.version.id, self.old.id
        )
        self.assertIn("6 h longer than Version 2 (150 % more)", back["sentence"])

    def test_enough_instances_warn_nobody(self):
        """HU-18: with thirty of each there is no warning."""
        self._runs([10] * 30, version=self.old)
        self._runs([10] * 30)
        told = self.Heat.compare_versions(self.process.id, self.old.id, self.version.id)
        self.assertIn("the same time", told["sentence"])
        self.assertEqual(told["warning"], "")

    def test_nothing_to_compare(self):
        """HU-18: a version without ended instances is said to be one."""
        self._runs([1])
        told = self.Heat.compare_versions(self.process.id, self.old.id, self.version.id)
        self.assertIn("nothing to compare", told["sentence"])

    def test_median_in_charts(self):
        """HU-06: graph and pivot group by the median and the 90th percentile."""
        self._runs([1, 2, 9])
        self._runs([5], version=self.old)
        Report = self.env["bpm.cycle.report"].with_user(self.viewer)
        groups = Report.formatted_read_group(
            [("process_id", "=", self.process.id)],
            ["version_id"],
            ["hours_median:median", "hours_p90:p90", "__count"],
        )
        figures = {row["version_id"][0]: row for row in groups}
        self.assertAlmostEqual(figures[self.version.id]["hours_median:median"], 2)
        self.assertAlmostEqual(figures[self.version.id]["hours_p90:p90"], 2 + 0.8 * 7)
        self.assertEqual(figures[self.old.id]["__count"], 1)

    def test_task_report(self):
        """HU-06: times, outcomes and lateness of tasks per person and step."""
        instance = self._instance(self._ago(days=3))
        start = self._ago(days=2)
        for hours, late in ((2, False), (4, True)):
            self._task(
                instance,
                self.worker,
                state="done",
                done_by_id=self.other_worker.id,
                date_start=start,
                date_done=start + timedelta(hours=hours),
                deadline=start + timedelta(hours=1 if late else 9),
                outcome_label="Agreed",
            )
        self._task(instance, self.worker, state="cancelled")
        Report = self.env["bpm.task.report"].with_user(self.viewer)
        groups = Report._read_group(
            [("process_id", "=", self.process.id)],
            ["user_id", "element_name", "outcome_label"],
            ["hours_median:median", "overdue_share:avg", "__count"],
        )
        self.assertEqual(groups, [(self.other_worker, "Check invoice", "Agreed", 3.0, 50.0, 2)])
