"""Every figure of the heat map opens a list of as many rows."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


@freeze_time(NOW)
class TestHeatList(SightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Other Ltd"})
        cls.viewer.company_ids += cls.company
        late = cls._ago(hours=1)
        cls._run_to_end(1)
        cls._run_to_end(2, late=True, user=cls.other_worker)
        cls._run_to_end(3, version=cls.old, started=cls._ago(days=40))
        cls._run_to_end(4, company_id=cls.company.id)
        cls.mine = cls._waiting(cls.worker, deadline=late)
        cls._waiting(cls.other_worker)
        cls._waiting(cls.other_worker, version=cls.old, deadline=late)
        other = cls._instance(cls._ago(days=1), company_id=cls.company.id)
        cls._log(other, "entered", "Check", cls._ago(hours=5))
        cls._task(other, cls.worker, deadline=late)

    def heat(self, user=None):
        companies = [self.env.company.id, self.company.id]
        return self.Heat.with_user(user or self.viewer).with_context(allowed_company_ids=companies)

    def check(self, **options):
        """Each figure against its list; the figures by what they count."""
        heat = self.heat()
        data = heat.get_heat(self.process.id, options)
        (row,) = (row for row in data["elements"] if row["element"] == "Check")
        figures = {
            "passes": row["count"],
            "overdue": row["overdue"],
            "waiting": row["waiting"],
            "late": row["waiting_overdue"],
        }
        asked = {(what, "Check"): count for what, count in figures.items()}
        asked |= {("ended", one["version_id"]): one["count"] for one in data["versions"]}
        for (what, key), count in asked.items():
            found = heat.get_list(self.process.id, what, key, options)
            rows = heat.env[found["model"]].search(found["domain"])
            self.assertEqual(len(rows), count, f"{what} of {key}, {options}")
        return figures, {one["number"]: one["count"] for one in data["versions"]}

    def test_all(self):
        """HU-06: all versions, people, companies and times."""
        figures, ended = self.check()
        self.assertEqual(figures, {"passes": 4, "overdue": 1, "waiting": 4, "late": 3})
        self.assertEqual(ended, {1: 1, 2: 3})

    def test_each_choice(self):
        """HU-06: the list obeys version, company, person and period as its figure does."""
        figures, _ended = self.check(version_id=self.old.id)
        self.assertEqual((figures["waiting"], figures["late"]), (1, 1))
        figures, ended = self.check(company_id=self.company.id)
        self.assertEqual(figures, {"passes": 1, "overdue": 0, "waiting": 1, "late": 1})
        self.assertEqual(ended, {2: 1})
        figures, _ended = self.check(user_id=self.other_worker.id)
        self.assertEqual(figures, {"passes": 1, "overdue": 1, "waiting": 2, "late": 1})
        _figures, ended = self.check(date_from="2026-11-01")
        self.assertEqual(ended, {2: 3})

    def test_past(self):
        """HU-06: of a period that ended the list is of what stood there then."""
        figures, _ended = self.check(date_to="2026-11-18")
        self.assertEqual((figures["waiting"], figures["late"]), (3, 0))
        self._log(self.mine, "left", "Check", self._ago(minutes=5))
        self.mine.task_ids.write({"state": "done", "date_done": self._ago(minutes=5)})
        then, _ended = self.check(date_to="2026-11-18")
        self.assertEqual(then["waiting"], 3)
        now, _ended = self.check()
        self.assertEqual(now["waiting"], 3)

    def test_several_in_one_process(self):
        """HU-06: two tokens of one process at a step are two rows."""
        values = {"token": "second"}
        self._log(self.mine, "entered", "Check", self._ago(hours=2), **values)
        figures, _ended = self.check(version_id=self.version.id)
        self.assertEqual(figures["waiting"], 4)
        self._task(self.mine, self.worker, **values)
        figures, _ended = self.check(version_id=self.version.id)
        self.assertEqual(figures["waiting"], 4)

    def test_refused(self):
        """HU-06: no right, no such figure: one sentence."""
        nobody = new_test_user(self.env, "bpm_nobody", "base.group_user")
        with self.assertRaisesRegex(AccessError, "See processes"):
            self.heat(nobody).get_list(self.process.id, "waiting", "Check")
        with self.assertRaisesRegex(UserError, "no such figure"):
            self.heat().get_list(self.process.id, "unlink", "Check")
