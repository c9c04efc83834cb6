"""Habits of other tools' exports: taken with notes, or refused with the place and the reason.

The files are our own, with the constructs that genuine exports of those tools have:

- signavio: ids with "sid-", metadata at every element, a vertical pool with a lane without a name,
  fractions in the layout, data inputs, a message event that names no message
- aris: a pool that is named but not drawn, planes without an id, decisions without conditions
- bizagi_modeler: namespaces that change from element to element, colours as extensions, an empty
  lane set, a shape of something that is not in the file, empty conditions
- flowable: listeners of its modeler, JUEL in CDATA, a Groovy script, a list with "enough when"
- bpmn_io_data: data objects and stores, a group, a note, colours, a pool without a process
- visio_loose: an arrow that was never glued to its target
- bizagi_xpdl: the older format under the name of the newer
"""

from odoo.tools import file_open

from .versions_common import VersionsCommon, two_steps


class TestImportExports(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.Version = self.env["bpm.process.version"].with_user(self.designer)
        self.process = self.make("visa", *two_steps())
        self.env["res.groups"].create({"name": "Lawyers of the Test"})

    def read_file(self, name):
        with file_open(f"bpm_engine/tests/files/{name}") as source:
            return self.Version.read_bpmn(source.read(), self.process.id)

    def verdict(self, name):
        """Errors and what was left out, by element; the diagram is accepted."""
        answer = self.read_file(name)
        self.assertTrue(answer["xml"], answer["problems"])
        errors = {
            (problem["element"], problem["code"])
            for problem in answer["problems"]
            if problem["level"] == "error"
        }
        notes = {note["element"]: note["message"] for note in answer["notes"]}
        return answer["xml"], errors, notes

    def test_signavio(self):
        """PK-26: nothing to repair; the metadata stay in the file."""
        xml, errors, notes = self.verdict("signavio.bpmn")
        self.assertEqual((errors, notes), (set(), {}))
        self.assertIn("signavioMetaData", xml)
        draft = self.draft(self.process)
        draft.bpmn_xml = xml
        draft.with_user(self.manager).action_publish()
        self.assertEqual(draft.state, "published")

    def test_aris(self):
        """PK-26: the pool that is not drawn goes, what has to be decided is named."""
        xml, errors, notes = self.verdict("aris.bpmn")
        self.assertEqual(errors, {("FLOWNODE_G", "no_condition")})
        self.assertEqual(notes, {})
        self.assertNotIn("collaboration", xml)
        self.assertIn('BPMNPlane bpmnElement="PROCESS_0001"', xml)

    def test_bizagi(self):
        """PK-26: what the other tool leaves open is named: conditions, the action."""
        xml, errors, notes = self.verdict("bizagi_modeler.bpmn")
        self.assertEqual(errors, {("Id_g", "no_condition"), ("Id_t2", "no_action")})
        self.assertEqual(notes, {})
        self.assertIn("BizagiProperty", xml)

    def test_flowable(self):
        """PK-26: people, times, lists and conditions are ours; script and form are named."""
        xml, errors, notes = self.verdict("flowable.bpmn")
        self.assertEqual(errors, {("count", "script")})
        self.assertEqual(set(notes), {"fill", "tell"})
        self.assertIn("“holiday-form”", notes["fill"])
        self.assertIn("“${person}”", notes["tell"])
        self.assertIn("approved and days &gt; 3", xml)
        self.assertIn("nrOfCompletedInstances/nrOfInstances &gt;= 0.5<", xml)
        self.assertRegex(xml, r'bpm:assignment [^>]*kind="group"')

    def test_bpmn_io(self):
        """PK-26: data, notes, groups and the other side's pool are for people; nothing is lost."""
        xml, errors, notes = self.verdict("bpmn_io_data.bpmn")
        self.assertEqual((errors, notes), (set(), {}))
        for piece in ("DataStoreReference_0", "within a day", "Before noon", "Participant_them"):
            self.assertIn(piece, xml)

    def test_refused_with_place_and_reason(self):
        """PK-26: what could not even be shown is refused; the message says where and why."""
        answer = self.read_file("visio_loose.bpmn")
        self.assertFalse(answer["xml"])
        [loose] = [one for one in answer["problems"] if one["code"] == "loose_flow"]
        self.assertIn("to the customer", loose["message"])
        answer = self.read_file("bizagi_xpdl.xml")
        self.assertFalse(answer["xml"])
        [other] = answer["problems"]
        self.assertEqual(other["code"], "not_bpmn")
