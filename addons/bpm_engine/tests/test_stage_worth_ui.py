"""What a regulation is worth, and its stat buttons, on screen; of a known history."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.bpm_engine.models import bpm_regulation_worth
from odoo.addons.bpm_engine.tests.stage_worth_common import StageWorthCommon


class StageWorthUiCommon(HttpCase, StageWorthCommon):
    """Version 1 demands a meeting, version 2 no more; one override, one bypass."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(bpm_regulation_worth, "SMALL_SAMPLE", 3))
        self.regulation.name = "Sale with meetings"
        self.manager.password = self.manager.login
        self._history(3, won=True, step=True)
        self._history(1, won=True, step=True, fact=False)
        self._history(1, won=False, step=False)
        draft = self.regulation.action_new_draft()
        draft.change_note = "Meetings dropped"
        draft.stage_ids.step_ids.unlink()
        self._publish(draft)
        self._history(4, won=False, step=False, version=draft)
        self._customer(stage=self.present, name="By the exchange")

    def _tour(self, path, tour):
        self.start_tour(path, tour, login=self.manager.login, timeout=180)


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestStageWorthDesktop(StageWorthUiCommon):
    browser_size = "1366x768"

    def test_worth_on_screen(self):
        """HU-19, EP-06: gain, small samples, versions, before and after; overrides, bypasses."""
        self._tour(f"/odoo/stage-regulations/{self.regulation.id}", "bpm_engine_stage_worth")


@tagged("post_install", "-at_install", "bpm_stage_ui")
class TestStageWorthPhone(StageWorthUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_worth_on_a_phone(self):
        """HU-19: the same figures on a phone, nothing scrolls the page sideways."""
        self._tour("/odoo/stage-regulation-worth", "bpm_engine_stage_worth_phone")
