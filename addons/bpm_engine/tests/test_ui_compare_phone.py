"""Two versions of a process beside each other, on a phone."""

from odoo.tests import HttpCase, tagged

from .run_common import chain, end, start, task
from .test_ui_moves import laid_out
from .versions_common import VersionsCommon


@tagged("post_install", "-at_install")
class TestComparePhone(HttpCase, VersionsCommon):
    browser_size = "390x844"
    touch_enabled = True

    def draw(self, process, *names):
        row = ["Start", *names, "End"]
        body = (start(), *map(task, names), end(), chain(*row))
        draft = self.draft(process)
        draft.bpmn_xml = laid_out(self.drawing(process, *body), process.key, row)
        return draft

    def test_what_differs(self):
        """HU-19: what differs is read and seen at 390 pixels, though the drawing is wide."""
        self.manager.password = self.manager.login
        process = self.env["bpm.process"].create(
            {
                "name": "Agreement of the payment of an invoice by three departments",
                "key": "compared",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "owner_id": self.manager.id,
            }
        )
        first = self.draw(process, "Check", "Sign", "Plan", "Book", "Inform", "Pay")
        first.with_user(self.manager).action_publish()
        second = self.draw(process, "Check", "Plan", "Book", "Inform", "Agree", "Pay")
        path = f"/odoo/bpm.process.version/{second.id}"
        self.start_tour(path, "bpm_engine_compare_phone", login=self.manager.login, timeout=120)
