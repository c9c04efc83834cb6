"""Screens of processes at 390 pixels that have no story of their own."""

from odoo.tests import HttpCase, tagged

from .common import BpmCommon


@tagged("post_install", "-at_install")
class TestScreensPhone(HttpCase, BpmCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_nothing_is_cut_off(self):
        """HU-05, HU-06, HU-18: processes, versions, designer, moves, proposals, charts, history."""
        self.manager.password = self.manager.login
        process = self.env["bpm.process"].create(
            {
                "name": "Fits a narrow screen however long the name of a process may be",
                "key": "fits",
                "model_id": self.env.ref("base.model_res_partner").id,
                "owner_id": self.manager.id,
            }
        )
        process.draft_version_id.with_user(self.manager).action_publish()
        partners = self.env["res.partner"].create([{"name": "Azure"}, {"name": "Done"}])
        _open, done = process.with_user(self.manager)._start(partners, starter=self.manager)
        done.task_ids.with_user(self.manager).action_complete()
        self.assertEqual(done.state, "done")
        process.published_version_id.action_new_draft_version()
        self.env["bpm.proposal"].create({"name": "Shorter", "process_id": process.id})
        self.start_tour("/odoo", "bpm_engine_screens_phone", login=self.manager.login, timeout=180)
