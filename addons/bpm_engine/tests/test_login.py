"""Diagrams name people by login; people change their login."""

from odoo.addons.bpm_engine.engine import read_diagram

from .versions_common import VersionsCommon, two_steps

PEOPLE = (
    '<bpm:assignment kind="user" user="bpm_worker"/>'
    '<bpm:escalation kind="user" user="bpm_worker" action="notify"/>'
)
VOTE = (
    '<bpm:approval mode="any" order="parallel"><bpm:approver kind="user" user="bpm_worker"/>'
    '<bpm:approver kind="user" user="bpm_other_worker"/></bpm:approval>'
)


class TestLogin(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps(settings=PEOPLE))
        self.element = self.process.published_version_id.element_ids.filtered(
            lambda element: element.element_id == "Check"
        )

    def test_task_still_reaches_the_person(self):
        """HU-06, HU-20: with a new login the person gets the same tasks, and the boss none."""
        self.worker.login = "new.name@example.com"
        self.assertEqual(self.launch(self.process).task_ids.user_id, self.worker)
        for settings in (self.element.settings, self.element.drawn_settings or {}):
            self.assertNotIn("bpm_worker", str(settings))
        self.assertEqual(self.element.settings["escalation"]["user"], "new.name@example.com")

    def test_export_and_drafts(self):
        """HU-20, PK-26: what is exported, and what is drawn on, names the new login."""
        draft = self.draft(self.process)
        draft.bpmn_xml = self.drawing(self.process, *two_steps(settings=VOTE))
        self.worker.login = "new.name@example.com"
        xml = self.process.published_version_id.export_bpmn()["xml"]
        settings = read_diagram(xml).elements["Check"].settings
        self.assertEqual(settings["assignment"]["user"], "new.name@example.com")
        approvers = read_diagram(draft.bpmn_xml).elements["Check"].settings["approval"]["approvers"]
        self.assertEqual(
            [one["user"] for one in approvers], ["new.name@example.com", self.other_worker.login]
        )

    def test_others_stay(self):
        """HU-20: a login that only begins alike, and elements without people, are not touched."""
        before = self.element.settings
        self.env["res.users"].create({"name": "Short", "login": "bpm"}).login = "other"
        self.other_worker.write({"login": "bpm_other_worker", "name": "Same login"})
        self.env.invalidate_all()
        self.assertEqual(self.element.settings, before)
        self.assertFalse(self.element.changed_at)
