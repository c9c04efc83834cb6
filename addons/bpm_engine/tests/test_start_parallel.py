from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged

from .run_common import RunCommon, chain, end, start, task


@tagged("post_install", "-at_install")
class TestStartParallel(TransactionCase):
    """Two crons at once, on real connections; commits, and cleans up behind itself."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = type("Maker", (RunCommon,), {"env": env})
            case.manager = env.ref("base.user_admin")
            self.planned_before = env["ir.cron.trigger"].search([]).ids
            processes = env["bpm.process"]
            for number in range(2):
                processes |= case.make(
                    f"cron{number}_{env['bpm.process'].search_count([])}",
                    start(),
                    task("Work"),
                    end(),
                    chain("Start", "Work", "End"),
                    model=None,
                )
            env["bpm.process.trigger"].create(
                [
                    {
                        "process_id": process.id,
                        "kind": "time",
                        "next_run": fields.Datetime.now() - timedelta(days=3),
                    }
                    for process in processes
                ]
            )
            self.process_ids = processes.ids
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            processes = env["bpm.process"].browse(self.process_ids)
            processes.instance_ids.with_context(bpm_purge=True).unlink()
            env["ir.cron.trigger"].search([("id", "not in", self.planned_before)]).unlink()
            cr.execute("DELETE FROM bpm_process WHERE id IN %s", [tuple(self.process_ids)])

    def connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})

    def test_two_crons_start_once(self):
        """HU-24: what another cron started between two of mine is not started again."""
        first, second = self.connect(), self.connect()
        overtaken = []

        def commit(cron, *args, **kwargs):
            cron.env.cr.commit()
            if cron.env.cr is second.cr and not overtaken:
                overtaken.append(1)
                first["bpm.process.trigger"]._start_due()
            return 1.0

        with patch.object(type(first["ir.cron"]), "_commit_progress", commit):
            second["bpm.process.trigger"]._start_due()
        self.assertTrue(overtaken)
        env = self.connect()
        for process in env["bpm.process"].browse(self.process_ids):
            self.assertEqual(len(process.instance_ids), 1, process.key)
            self.assertGreater(process.trigger_ids.next_run, fields.Datetime.now())
