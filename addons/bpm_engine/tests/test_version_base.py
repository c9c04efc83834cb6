"""Two people on one draft."""

from odoo.exceptions import UserError

from .versions_common import VersionsCommon, three_steps, two_steps


class TestVersionBase(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps())
        self.draft_version = self.draft(self.process)
        self.theirs = self.drawing(self.process, *three_steps())
        self.mine = self.drawing(self.process, *two_steps("Look"))

    def save(self, user, xml, base):
        version = self.draft_version.with_user(user)
        version.write({"bpmn_xml": xml, "diagram_base": base})
        version.invalidate_recordset()

    def test_second_writer_is_told(self):
        """HU-19: who saves over a drawing that is not the one he opened is refused by name."""
        base = self.draft_version.diagram_base
        self.save(self.manager, self.theirs, base)
        with self.assertRaises(UserError) as refused:
            self.save(self.designer, self.mine, base)
        self.assertIn(self.manager.name, str(refused.exception))
        self.assertIn("Nothing of yours is lost", str(refused.exception))
        self.assertEqual(self.draft_version.bpmn_xml, self.theirs)

    def test_on_the_drawing_that_stands(self):
        """HU-19: each writes on what stands there; the same once more is no quarrel."""
        old = self.draft_version.diagram_base
        self.save(self.manager, self.theirs, old)
        self.save(self.manager, self.theirs, old)
        self.save(self.designer, self.mine, self.draft_version.diagram_base)
        self.assertEqual(self.draft_version.bpmn_xml, self.mine)
        self.draft_version.bpmn_xml = self.theirs
        self.assertEqual(self.draft_version.bpmn_xml, self.theirs, "programs say no base")

    def test_new_version_takes_no_base(self):
        """HU-19: a copy or an import that carries a fingerprint is created without it."""
        process = self.process.copy()
        process.draft_version_id.unlink()
        values = {"process_id": process.id, "bpmn_xml": self.mine, "diagram_base": "other"}
        version = self.env["bpm.process.version"].create(values)
        self.assertEqual(version.bpmn_xml, self.mine)
        self.assertNotEqual(version.diagram_base, "other")
