"""A timed start on many records: in batches, cut off anywhere, each record once."""

from collections import Counter
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .run_common import RunCommon, chain, end, start, task

BATCH = "odoo.addons.bpm_engine.models.bpm_process_trigger_batch.BATCH"
FAILURES = "odoo.addons.bpm_engine.models.bpm_process_trigger_rights"


class Killed(BaseException):
    """The server's process is gone."""


class TestStartBatches(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        steps = (start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        cls.manager.tz = "UTC"
        # More than one on a record would be possible: only the run itself sees to one.
        cls.process = cls.make("daily", *steps, one_per_record=False)
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "ref": "daily"} for number in range(8)]
        )
        cls.trigger = cls.env["bpm.process.trigger"].create(
            {
                "process_id": cls.process.id,
                "kind": "time",
                "domain": "[('ref', '=', 'daily')]",
                "next_run": "2026-03-02 08:00:00",
            }
        )

    def setUp(self):
        super().setUp()
        self.startPatcher(patch(BATCH, 3))
        self.env.flush_all()
        self.env.cr.execute("SAVEPOINT kept")

    def commits(self, answers=()):
        """Commits as savepoints; then what each answers: seconds left, or the end of it all."""
        left = iter(answers)

        def commit(cron, processed=0, *, remaining=None):
            self.env.flush_all()
            self.env.cr.execute("RELEASE SAVEPOINT kept")
            self.env.cr.execute("SAVEPOINT kept")
            self.remaining.append(remaining)
            return next(left, 60.0)

        self.remaining = []
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", commit)

    def run_due(self, moment="2026-03-02 08:00:30", answers=()):
        with freeze_time(moment), self.commits(answers):
            self.env["bpm.process.trigger"].sudo()._start_due()
        self.env.invalidate_all()

    def kill(self):
        """What was not committed is gone."""
        self.env.cr.execute("ROLLBACK TO SAVEPOINT kept")
        self.env.invalidate_all(flush=False)
        self.env.cr.precommit.clear()

    def started(self):
        """{record id: how often}."""
        domain = [("process_id", "=", self.process.id)]
        return Counter(self.Instance.search(domain).mapped("res_id"))

    def once(self, partners=None):
        return Counter((partners or self.partners).ids)

    def test_in_batches(self):
        """HU-12: all of them, three at a time, each batch kept; then nothing is under way."""
        self.run_due()
        self.assertEqual(self.started(), self.once())
        # The plan, two full batches and the rest.
        self.assertEqual(self.remaining, [1, 1, 1, 0])
        self.assertEqual((self.trigger.run_after, self.trigger.run_until), (0, 0))
        self.run_due("2026-03-02 09:00:00")
        self.assertEqual(self.started(), self.once(), "not again before tomorrow")
        self.run_due("2026-03-03 08:00:30")
        self.assertEqual(set(self.started().values()), {2})

    def test_no_time_left(self):
        """HU-12: when the cron's time is up it goes on at its next run, where it was."""
        self.run_due(answers=(60.0, 60.0, 0))
        self.assertEqual(self.started(), self.once(self.partners[:6]))
        self.assertEqual(self.remaining[-1], 1, "the cron is asked to come again at once")
        self.assertEqual(self.trigger.run_after, self.partners[5].id)
        self.run_due("2026-03-02 08:01:00")
        self.assertEqual(self.started(), self.once())
        self.assertFalse(self.trigger.run_until)

    def test_others_need_not_wait(self):
        """HU-12, HU-24: what is due while a big run is under way starts before it ends."""
        steps = (start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        small = self.trigger.copy(
            {
                "process_id": self.make("weekly", *steps).id,
                "domain": f"[('id', '=', {self.partners[0].id})]",
                "next_run": "2026-03-02 08:00:10",
            }
        )
        self.assertGreater(small.id, self.trigger.id)
        self.run_due(answers=(60.0, 0))
        self.assertEqual(self.started(), self.once(self.partners[:3]))
        weekly = [("process_id", "=", small.process_id.id)]
        self.assertFalse(self.Instance.search(weekly))
        self.run_due("2026-03-02 08:01:00", answers=(60.0, 60.0, 0))
        self.assertEqual(self.Instance.search(weekly).mapped("res_id"), self.partners[0].ids)
        self.assertEqual(self.started(), self.once(self.partners[:6]), "the run went on")
        self.assertTrue(self.trigger.run_until)

    def test_killed_in_the_middle(self):
        """HU-24: a server killed within a batch: it begins anew there, and starts none twice."""
        model = type(self.process)
        real, calls = model._start_in_background, []

        def start_some(process, records, *args):
            real(process, records, *args)
            calls.append(records.ids)
            if len(calls) == 2:
                raise Killed()

        with patch.object(model, "_start_in_background", start_some):
            try:
                self.run_due()
            except Killed:
                self.kill()
        self.assertEqual(len(calls), 2)
        self.assertEqual(self.started(), self.once(self.partners[:3]))
        self.assertEqual(self.trigger.run_after, self.partners[2].id)
        self.assertEqual(str(self.trigger.next_run), "2026-03-03 08:00:00")
        self.run_due("2026-03-02 08:05:00")
        self.assertEqual(self.started(), self.once())

    def test_new_records_wait(self):
        """HU-12: what comes to match while it runs is for the next time: a run ends."""
        self.run_due(answers=(60.0, 0))
        late = self.env["res.partner"].create({"name": "Late", "ref": "daily"})
        self.run_due("2026-03-02 08:01:00")
        self.assertEqual(self.started(), self.once())
        self.run_due("2026-03-03 08:00:30")
        self.assertEqual(self.started()[late.id], 1)

    def test_one_that_fails(self):
        """HU-24: a record on which it cannot begin takes no other of its batch with it."""
        bad, real = self.partners[1], type(self.process)._start_in_background

        def start_some(process, records, *args):
            if bad in records:
                raise UserError("The shelf is full")  # pylint: disable=translation-required
            return real(process, records, *args)

        with (
            patch.object(type(self.process), "_start_in_background", start_some),
            mute_logger(FAILURES),
        ):
            self.run_due()
        self.assertEqual(self.started(), self.once(self.partners - bad))
        notes = self.process.message_ids.filtered(lambda note: "shelf is full" in note.body)
        self.assertEqual(len(notes), 1, "told once")

    def test_rights_lost_in_the_middle(self):
        """HU-24: a run that may not look for its records any more ends; it does not go round."""
        self.run_due(answers=(60.0, 0))
        with (
            patch.object(type(self.trigger), "_find_records", side_effect=UserError("No access")),
            mute_logger(FAILURES),
        ):
            self.run_due("2026-03-02 08:01:00")
        self.assertEqual(self.started(), self.once(self.partners[:3]))
        self.assertFalse(self.trigger.run_until)

    def test_switched_off(self):
        """HU-12: whoever switches it off, or archives the process, ends what is left of it."""
        self.run_due(answers=(60.0, 0))
        self.trigger.with_user(self.designer).active = False
        self.trigger.with_user(self.manager).active = True
        self.run_due("2026-03-02 08:01:00")
        self.assertEqual(self.started(), self.once(self.partners[:3]))
        self.run_due("2026-03-03 08:00:30", answers=(60.0, 0))
        self.assertTrue(self.trigger.run_until)
        instances = self.Instance.search([("process_id", "=", self.process.id)])
        instances.with_user(self.manager).action_cancel("Enough")
        self.process.active = False
        self.process.active = True
        self.assertFalse(self.trigger.run_until)
