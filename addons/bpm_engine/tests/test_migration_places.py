"""A step that is gone goes on elsewhere: what history and heat map tell of it (HU-06, HU-19)."""

from odoo import fields
from odoo.tests import freeze_time

from .test_migration import MigrationCommon
from .versions_common import two_steps

BEFORE, MOVED, LATER = "2026-11-02 09:00:00", "2026-11-05 09:00:00", "2026-11-06 12:00:00"


class TestMigrationPlaces(MigrationCommon):
    def setUp(self):
        super().setUp()
        with freeze_time(BEFORE):
            self.instances = self.launch_many(self.process, 3)
        self.tasks = self.instances.task_ids
        with freeze_time(MOVED):
            self.publish(self.process, *two_steps(first="Look"))
            self.change = self.check()
            self.change.mapping_ids.new_element_id = self.change.version_id.element_ids.filtered(
                lambda element: element.element_id == "Look"
            )
            self.change.action_move()

    def heat(self, day=None):
        heat = self.env["bpm.heat"].with_user(self.viewer)
        options = {"date_to": day} if day else {}
        rows = heat.get_heat(self.process.id, options)["elements"]
        waiting = {row["element"]: (row["waiting"], row["since"]) for row in rows if row["waiting"]}
        for element, (count, _since) in waiting.items():
            found = heat.get_list(self.process.id, "waiting", element, options)
            self.assertEqual(self.env[found["model"]].search_count(found["domain"]), count)
        return waiting

    def stands(self, moment=None):
        sight = self.instances[0].with_user(self.viewer).get_sight(moment)
        return {mark["element"] for mark in sight["marks"] if mark["state"] == "active"}

    def events(self):
        rows = self.instances[0].log_ids
        return [(row.event, row.element or "") for row in rows if row.at >= self.moved_at]

    @property
    def moved_at(self):
        return fields.Datetime.to_datetime(MOVED)

    def test_moved(self):
        """HU-06: it waits at the new step since it came to the old one, before it did there."""
        with freeze_time(LATER):
            self.assertEqual(self.heat(), {"Look": (3, BEFORE)})
            self.assertEqual(self.heat("2026-11-03"), {"Check": (3, BEFORE)})
            self.assertEqual(self.stands(), {"Look"})
            self.assertEqual(self.stands("2026-11-05 10:00:00"), {"Look"})
            self.assertEqual(self.stands("2026-11-04 10:00:00"), {"Check"})
        self.assertEqual(
            self.events(), [("migrated", ""), ("cancelled", "Check"), ("entered", "Look")]
        )
        gone, come = self.instances[0].log_ids[-2:]
        self.assertEqual((gone.version_id, come.version_id), (self.old, self.change.version_id))
        self.assertEqual(gone.comment, "“Check” goes on with “Look”.")
        self.assertEqual(gone.user_id, self.manager)
        self.assertEqual(gone.duration, 3 * 86400)
        self.assertEqual(come.token, self.tasks[0].token)

    def test_goes_on(self):
        """HU-06: done there, it is gone from there."""
        with freeze_time(LATER):
            self.through(self.instances[0], "Look")
            waiting = {key: count for key, (count, _since) in self.heat().items()}
        self.assertEqual(waiting, {"Look": 2, "Pay": 1})

    def test_taken_back(self):
        """HU-06, HU-19: taken back it stands where it stood, since then."""
        with freeze_time(LATER):
            self.change.action_undo()
            self.assertEqual(self.heat(), {"Check": (3, BEFORE)})
            self.assertEqual(self.stands(), {"Check"})
        self.assertEqual(
            self.events()[3:], [("migrated", ""), ("cancelled", "Look"), ("entered", "Check")]
        )

    def test_others_are_silent(self):
        """HU-06: who stands on a step that both versions have is told to have moved, no more."""
        with freeze_time(LATER):
            self.through(self.instances[0], "Look")
            told = len(self.instances[0].log_ids)
            self.publish(self.process, *two_steps(first="See"))
            change = self.check()
            change.mapping_ids.new_element_id = change.version_id.element_ids.filtered(
                lambda element: element.element_id == "See"
            )
            change.action_move()
        self.assertEqual(self.instances[0].log_ids[told:].mapped("event"), ["migrated"])
        self.assertEqual(self.instances[1].log_ids[-1].element, "See")
