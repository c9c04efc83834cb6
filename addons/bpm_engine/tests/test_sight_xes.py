import os
import tempfile
from datetime import datetime, timezone

import pm4py
from freezegun import freeze_time

from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from odoo.addons.bpm_engine.engine import xes
from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


def read(pieces):
    """The events as pm4py reads them, a table."""
    with tempfile.NamedTemporaryFile("w", suffix=".xes", delete=False) as file:
        file.write("".join(pieces))
    try:
        return pm4py.read_xes(file.name, variant="iterparse")
    finally:
        os.unlink(file.name)


class TestXesText(TransactionCase):
    """The writer alone: no process is needed."""

    def _row(self, **values):
        return {"case": 1, "activity": "A", "timestamp": NOW, **values}

    def test_escapes(self):
        """HU-06: names with quotes, tags, line ends and forbidden characters stay readable."""
        name = 'Иванов "& <b>"\nпункт\x00\x1f'
        (row,) = read(xes.write([self._row(activity=name)], name)).to_dict("records")
        self.assertEqual(row["concept:name"], 'Иванов "& <b>"\nпункт')

    def test_types(self):
        """HU-06: numbers, flags and moments keep their types."""
        attributes = {"count": 3, "share": 0.5, "late": True}
        (row,) = read(xes.write([self._row(attributes=attributes)])).to_dict("records")
        self.assertEqual((row["count"], row["share"], row["late"]), (3, 0.5, True))
        self.assertEqual(row["time:timestamp"].to_pydatetime(), NOW.replace(tzinfo=timezone.utc))

    def test_it_streams(self):
        """HU-06: an event is written before the next ones are asked for."""
        asked = []

        def rows():
            for number in range(3):
                asked.append(number)
                yield self._row(case=number)

        pieces = xes.write(rows())
        next(piece for piece in pieces if "<event>" in piece)
        self.assertEqual(asked, [0])


@freeze_time(NOW)
class TestXesLog(SightCommon):
    def _read(self, user=None, **options):
        heat = self.Heat.with_user(user or self.viewer)
        return read(heat._export_xes(heat._get_process(self.process.id), options))

    def test_read_by_pm4py(self):
        """HU-06: pm4py reads cases, steps, times, people and attributes."""
        self.worker.name = "Anna"
        instance = self._run_to_end(2)
        waiting = self._waiting(self.worker)
        log = self._read()
        self.assertEqual(set(log["case:concept:name"]), {str(instance.id), str(waiting.id)})
        first = log[log["case:concept:name"] == str(instance.id)]
        self.assertEqual(len(first), 12)
        done = first[first["lifecycle:transition"] == "complete"]
        self.assertEqual(
            list(done["concept:name"]),
            ["Invoice came", "Check invoice", "Ok", "Pay", "Paid", "ended"],
        )
        check = done[done["concept:name"] == "Check invoice"].iloc[0]
        self.assertEqual((check["org:resource"], check["outcome"]), ("Anna", "yes"))
        self.assertEqual(
            check["time:timestamp"].to_pydatetime(),
            datetime(2026, 11, 14, 14, 0, tzinfo=timezone.utc),
        )
        self.assertEqual(check["case:result"], "Paid")
        self.assertEqual(check["case:version"], 2)

    def test_pm4py_mines_it(self):
        """HU-06: what follows what is found as it ran."""
        for hours in (1, 2, 3):
            self._run_to_end(hours)
        log = self._read()
        left = log[(log["event"] == "left")]
        graph, starts, ends = pm4py.discover_dfg(left)
        self.assertEqual(graph["Check invoice", "Ok"], 3)
        self.assertEqual(graph["Pay", "Paid"], 3)
        self.assertEqual((starts, ends), ({"Invoice came": 3}, {"Paid": 3}))

    def test_period_and_version(self):
        """HU-06: only the events of the period, of the version asked for."""
        self._run_to_end(1, version=self.old, started=self._ago(days=20))
        new = self._run_to_end(1, started=self._ago(days=5))
        log = self._read(date_from="2026-11-10")
        self.assertEqual(set(log["case:concept:name"]), {str(new.id)})
        self.assertEqual(set(self._read(version_id=self.old.id)["case:version"]), {1})
        self.assertEqual(len(self._read(date_to="2020-01-01")), 0)

    def test_more_than_a_batch(self):
        """HU-06: batches neither lose nor double an instance."""
        made = [str(self._run_to_end(1).id) for __ in range(5)]
        self.patch(
            __import__("odoo.addons.bpm_engine.models.bpm_log_export", fromlist=["BATCH"]),
            "BATCH",
            2,
        )
        log = self._read()
        self.assertEqual(sorted(set(log["case:concept:name"])), sorted(made))
        self.assertEqual(len(log), 5 * 12)

    def test_other_company(self):
        """HU-06: instances of companies that the reader has no part in are left out."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        own = self._run_to_end(1)
        self._run_to_end(1, company_id=company.id)
        self.assertEqual(set(self._read()["case:concept:name"]), {str(own.id)})


@tagged("post_install", "-at_install")
class TestXesDownload(HttpCase, SightCommon):
    def _get(self, user, **options):
        user.password = user.login
        self.authenticate(user.login, user.login)
        query = "&".join(f"{key}={value}" for key, value in options.items())
        return self.url_open(f"/bpm/xes/{self.process.id}?{query}")

    def test_download(self):
        """HU-06: a file with the process's key as name, whole and readable."""
        self._run_to_end(1, started=self._ago(days=5))
        answer = self._get(self.viewer, company_ids=self.env.company.id)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("sight_invoice.xes", answer.headers["Content-Disposition"])
        self.assertEqual(len(read([answer.text])), 12)

    def test_rights(self):
        """HU-06: without "See processes" there is no file; portals neither."""
        for name, group in (("plain", "base.group_user"), ("portal", "base.group_portal")):
            user = new_test_user(self.env, f"bpm_{name}", group)
            answer = self._get(user)
            self.assertEqual(answer.status_code, 403)
            self.assertNotIn("<log", answer.text)

    def test_foreign_company_in_the_address(self):
        """HU-06: naming a company in the address opens nothing of it."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        self._run_to_end(1, company_id=company.id)
        answer = self._get(self.viewer, company_ids=company.id)
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("<trace>", answer.text)

    def test_bad_input(self):
        """HU-06: unknown processes and dates that are none give no traceback."""
        for options in ({"date_from": "soon"}, {"version_id": "x"}, {"company_ids": "a,b"}):
            answer = self._get(self.viewer, **options)
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn("Traceback", answer.text)
