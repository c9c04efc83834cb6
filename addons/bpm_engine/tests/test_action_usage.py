"""Actions know the processes that use them."""

from odoo.exceptions import UserError, ValidationError

from .run_common import chain, end, service, start
from .versions_common import VersionsCommon, two_steps


class TestActionUsage(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.note = (
            self.env["bpm.action"]
            .with_user(self.manager)
            .create({"name": "Note it down", "kind": "message"})
        )
        self.process = self.make(
            "visa",
            start(),
            service("Note", self.note.key),
            end(),
            chain("Start", "Note", "End"),
        )

    def test_used_by(self):
        """HU-09: the key comes from the name; the form lists the processes that use it."""
        self.assertEqual(self.note.key, "note_it_down")
        self.assertEqual(self.note.used_by_ids, self.process)
        self.publish(self.process, *two_steps())
        self.note.invalidate_recordset()
        self.assertFalse(self.note.used_by_ids, "a retired version with nothing running")

    def test_not_pulled_away(self):
        """HU-24: what a process in use names cannot be removed, archived or renamed."""
        for act in (
            self.note.unlink,
            self.note.action_archive,
            lambda: self.note.write({"key": "other"}),
        ):
            with self.assertRaisesRegex(UserError, "used by Visa"):
                act()
        self.note.name = "Another title"
        self.assertEqual(self.note.key, "note_it_down")

    def test_bad_key(self):
        """HU-09: a key that a diagram cannot name is refused with the cure."""
        with self.assertRaisesRegex(ValidationError, "letters without accents"):
            self.note.copy({"key": "ключ"})
