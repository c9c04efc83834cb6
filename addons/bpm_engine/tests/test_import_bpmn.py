"""Files as other tools write them: shape, attributes and namespaces of their exports."""

from odoo.exceptions import AccessError
from odoo.tools import file_open

from odoo.addons.bpm_engine.engine import read_diagram
from odoo.addons.bpm_engine.lib.foreign_bpmn import translate

from .versions_common import VersionsCommon, two_steps


def foreign(name):
    with file_open(f"bpm_engine/tests/files/{name}.bpmn") as source:
        return source.read()


class TestImport(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.Version = self.env["bpm.process.version"].with_user(self.designer)
        self.process = self.make("visa", *two_steps())
        self.group = self.env["res.groups"].create({"name": "Lawyers of the Test"})

    def read_file(self, name, chosen=None):
        return self.Version.read_bpmn(foreign(name), self.process.id, chosen)

    def settings(self, answer, element):
        return read_diagram(answer["xml"]).elements[element].settings

    def test_camunda_7(self):
        """PK-26: people, groups, due dates, actions and conditions are taken over."""
        self.env["bpm.action"].create({"name": "Archive", "key": "archive_service"})
        answer = self.read_file("camunda7")
        name = f"#{self.group.id}"
        self.assertEqual(
            self.settings(answer, "Assign"),
            {
                "assignment": {"kind": "group", "group": name},
                "deadline": {"amount": 3.0, "unit": "day", "basis": "calendar"},
            },
        )
        self.assertEqual(
            self.settings(answer, "Approve")["assignment"],
            {"kind": "user", "user": "bpm_worker_login"},
        )
        self.assertEqual(self.settings(answer, "Inform")["assignment"], {"kind": "starter"})
        self.assertEqual(self.settings(answer, "Archive")["action"]["name"], "archive_service")
        flow = read_diagram(answer["xml"]).flows["Flow_yes"]
        self.assertEqual(flow.condition, "approved == True and amount > 100")

    def test_what_is_left_out_is_named(self):
        """PK-26: one message per element; nothing disappears in silence."""
        notes = {note["element"]: note["message"] for note in self.read_file("camunda7")["notes"]}
        self.assertEqual(
            notes["Assign"],
            "“Assign Approver”: not taken over: the form “embedded:app:forms/assign.html”, "
            "a listener.",
        )
        self.assertIn("the program “org.example.invoice.archive_service”", notes["Archive"])
        self.assertIn("historyTimeToLive", notes["invoice"])
        self.assertIn("camunda:formKey", self.read_file("camunda7")["xml"], "it can go back")

    def test_pools_are_chosen(self):
        """PK-26: with several pools the person chooses; each reads as a process of its own."""
        asked = self.read_file("camunda8_two_pools")
        self.assertFalse(asked["xml"])
        self.assertFalse(asked["problems"])
        self.assertEqual(
            [(pool["name"], pool["steps"]) for pool in asked["pools"]],
            [("Shop", 5), ("Warehouse", 3)],
        )
        answer = self.read_file("camunda8_two_pools", "Process_shop")
        self.assertNotIn("Warehouse", answer["xml"])
        self.assertNotIn("StoreStart", answer["xml"], "neither drawn nor placed")
        self.assertEqual(
            self.settings(answer, "Ask"),
            {
                "assignment": {"kind": "starter"},
                "deadline": {"amount": 4.0, "unit": "hour", "basis": "calendar"},
            },
        )
        self.assertEqual(
            read_diagram(answer["xml"]).flows["F3"].condition, "state == 'fits' and amount >= 10"
        )
        notes = " ".join(note["message"] for note in answer["notes"])
        self.assertIn("message flow “order”", notes)
        self.assertIn("the form “check-order”", notes)

    def test_other_pools_become_drafts(self):
        """PK-26: the others are taken as draft processes of the same kind of record."""
        xml = foreign("camunda8_two_pools")
        made = self.Version.import_other_pools(xml, self.process.id, "Process_shop")
        process = self.env["bpm.process"].browse(made[0]["id"])
        self.assertEqual((process.name, process.model), ("Warehouse", self.process.model))
        self.assertEqual(process.state, "draft")
        self.assertIn("Pack", process.draft_version_id.bpmn_xml)
        process.draft_version_id._publish()
        with self.assertRaises(AccessError):
            self.env["bpm.process.version"].with_user(self.worker).import_other_pools(
                xml, self.process.id, "Process_shop"
            )

    def test_bizagi_names_what_does_not_run(self):
        """PK-26: accepted, because it can be put right here; the place is named."""
        answer = self.read_file("bizagi")
        self.assertTrue(answer["xml"])
        found = {problem["element"]: problem["message"] for problem in answer["problems"]}
        self.assertIn("Who decides?", found["Id_complex"])

    def test_conditions_of_other_languages(self):
        """PK-26: what our language can say is translated, all else is said so."""
        for theirs, ours in (
            ("${amount > 1000}", "amount > 1000"),
            ("#{ok and not late}", "ok and not late"),
            ('${status eq "open" || !late}', "status == 'open' or not late"),
            ("${execution.getVariable('x') != null}", "x != None"),
            ('= a = "it\'s" and b', "a == 'it\\'s' and b"),
            ("outcome == 'yes'", "outcome == 'yes'"),
            ("${bean.check(execution)}", None),
            ("=some x in list satisfies x > 1", None),
        ):
            self.assertEqual(translate(theirs), ours, theirs)
