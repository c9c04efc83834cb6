"""The engine's conformance cases, each played through bpm.instance (PK-03, PK-04)."""

from unittest.mock import patch

from .common import BpmCommon
from .conformance_common import InstancePlayer, read_case
from .engine.test_conformance import CASES, SERVICES, TRACES, story


class TestConformanceRun(BpmCommon):
    """Published, started, completed, told and timed as people and the cron do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["bpm.action"].create(
            {"name": "Conformance", "key": "conformance", "kind": "message", "is_async": False}
        )
        # Eight hours each day, the whole week: what the scripts' own host counts as working.
        week = [
            (0, 0, {"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 8})
            for day in range(7)
        ]
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Every day", "tz": "UTC", "attendance_ids": [(5,), *week]}
        )
        cls.activity = cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "res_id": cls.partner.id,
                "user_id": cls.worker.id,
                "date_deadline": "2026-03-05",
            }
        )

    def publish_case(self, name, record):
        process = self.env["bpm.process"].create(
            {
                "name": name,
                "key": name,
                "owner_id": self.manager.id,
                "model_id": self.env["ir.model"]._get_id(record._name),
            }
        )
        version = process.draft_version_id or self.env["bpm.process.version"].create(
            {"process_id": process.id}
        )
        version.bpmn_xml = read_case(name)
        version.with_user(self.manager).action_publish()
        return process

    def play_case(self, name):
        """Play one case; its history is the story that the engine's own test tells."""
        diagram, options, script = CASES[name]
        record = self.activity if "record" in name else self.partner
        for key in options.get("called", ()):
            self.publish_case(key, record)
        process = self.publish_case(diagram, record)
        player = InstancePlayer(self, process, record, options.get("services") or SERVICES)
        act = self._element_in_context()
        with patch.object(type(self.env["bpm.instance"]), "_run_action", act):
            script(player)
        self.assertEqual(story(player.trace), TRACES[name])

    def _element_in_context(self):
        """The real action is found and asked; which element asks is told to the script."""
        run_action = type(self.env["bpm.instance"])._run_action

        def run(instance, element, data):
            told = instance.with_context(bpm_case_element=element.element_id)
            return run_action(told, element, data)

        return run


def _add(name):
    def test(self):
        self.play_case(name)

    test.__doc__ = f"PK-03, PK-04: {(CASES[name][2].__doc__ or name).strip()}"
    setattr(TestConformanceRun, f"test_{name}", test)


for _name in CASES:
    _add(_name)
