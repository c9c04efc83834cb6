"""Who, until when, texts and parameters change at once (HU-20)."""

import re
from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from odoo.addons.bpm_engine.engine import read_diagram
from odoo.addons.bpm_engine.lib.diagram_xml import merge_settings

from .versions_common import VersionsCommon, three_steps, two_steps

ASSIGNED = '<bpm:assignment kind="user" user="bpm_worker"/>'


class TestHot(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps(settings=ASSIGNED))
        self.version = self.process.published_version_id.with_user(self.manager)

    def element(self, name="Check", version=None):
        return (version or self.version).element_ids.filtered(lambda e: e.element_id == name)

    def to_other(self):
        return {"assignment": {"kind": "user", "user": self.other_worker.login}}

    def test_takes_effect_at_once(self):
        """HU-20: the next instance gives the task to the other person; no new version."""
        self.version.set_hot("Check", self.to_other())
        instance = self.launch(self.process)
        self.assertEqual(instance.version_id, self.version)
        self.assertEqual(instance.task_ids.user_id, self.other_worker)

    def test_hands_over_open_tasks_when_asked(self):
        """HU-20: the head hands an operation to another employee, open tasks included."""
        instance = self.launch(self.process)
        self.version.set_hot("Check", self.to_other())
        self.assertEqual(instance.task_ids.user_id, self.worker, "not asked: stays")
        result = self.version.set_hot("Check", self.to_other(), reassign=True)
        self.assertEqual(result["tasks"], 1)
        self.assertEqual(instance.task_ids.user_id, self.other_worker)
        self.assertEqual(instance.task_ids.activity_ids.user_id, self.other_worker)

    def test_open_tasks_are_reworded(self):
        """HU-20: a new title and instruction stand at once on what is open, activity included."""
        task = self.launch(self.process).task_ids
        self.version.set_hot("Check", {"instruction": "Look twice"}, name="Check again")
        self.assertEqual(task.name, "Check again")
        self.assertEqual(task.instruction, "Look twice")
        self.assertEqual(task.activity_ids.summary, "Check again")
        self.assertIn("Look twice", task.activity_ids.note)

    def test_open_deadlines_follow_when_asked(self):
        """HU-20, HU-24: a deadline changed at once is that of open tasks too, when asked."""
        task = self.launch(self.process).task_ids
        self.assertFalse(task.deadline)
        settings = {"deadline": {"amount": 2, "unit": "day", "basis": "calendar"}}
        self.version.set_hot("Check", settings)
        self.assertFalse(task.deadline, "not asked: stays")
        result = self.version.set_hot("Check", settings, reassign=True)
        self.assertEqual(result["tasks"], 1)
        self.assertEqual(task.deadline, task.date_start + timedelta(days=2))

    def test_lane_changes_at_once(self):
        """HU-20: who works in a lane is read as it is now, open tasks included."""
        lane = (
            f'<laneSet id="S"><lane id="L" name="Office"><extensionElements>{ASSIGNED}'
            "</extensionElements><flowNodeRef>Check</flowNodeRef></lane></laneSet>"
        )
        process = self.make("lanes", lane, *two_steps())
        version = process.published_version_id
        task = self.launch(process).task_ids
        self.assertEqual(task.user_id, self.worker)
        version.with_user(self.manager).set_hot("L", self.to_other(), reassign=True)
        self.assertEqual(task.user_id, self.other_worker)

    def test_older_versions_follow(self):
        """HU-20: what still runs on the version before changes too, where it read the same."""
        instance = self.launch(self.process)
        self.publish(self.process, *two_steps(settings=ASSIGNED))
        new = self.process.published_version_id.with_user(self.manager)
        result = new.set_hot("Check", self.to_other(), reassign=True)
        self.assertEqual(result, {"versions": 2, "tasks": 1})
        self.assertEqual(instance.task_ids.user_id, self.other_worker)

    def test_logged_with_old_and_new(self):
        """HU-20, HU-24: the version's chatter says who changed what from what to what."""
        self.version.set_hot("Check", self.to_other(), name="Check twice")
        message = self.version.message_ids[0]
        self.assertEqual(message.author_id, self.manager.partner_id)
        for piece in ("user bpm_worker", "user bpm_other_worker", "Check twice"):
            self.assertIn(piece, message.body)
        element = self.element()
        self.assertEqual((element.name, element.changed_by_id), ("Check twice", self.manager))

    def test_types_are_those_of_the_engine(self):
        """HU-20: what a browser sends as text is kept as numbers and flags."""
        settings = {"deadline": {"amount": "2", "unit": "day", "basis": "working"}}
        self.version.set_hot("Check", settings)
        self.assertEqual(self.element().settings["deadline"]["amount"], 2.0)

    def test_xml_stays_export_and_draft_carry(self):
        """HU-20, PK-26: the published text stays, export and next draft have the change."""
        before = self.version.bpmn_xml
        self.version.set_hot("Check", {**self.to_other(), "instruction": "Look & see"}, name="X")
        self.assertEqual(self.version.bpmn_xml, before)
        for xml in (self.version.export_bpmn()["xml"], self.draft(self.process).bpmn_xml):
            check = read_diagram(xml).elements["Check"]
            self.assertEqual(check.name, "X")
            self.assertEqual(check.settings["assignment"]["user"], self.other_worker.login)
            self.assertEqual(check.settings["instruction"], "Look & see")
        self.assertEqual(
            self.version.export_bpmn()["name"],
            "visa_v2.bpmn" if (self.version.number == 2) else f"visa_v{self.version.number}.bpmn",
        )

    def test_every_setting_survives_the_xml(self):
        """PK-26: settings written to the diagram and read again are the same."""
        settings = {
            "assignment": {"kind": "role", "role": "user_id"},
            "deadline": {"amount": 2.5, "unit": "hour", "basis": "calendar", "remind": 1.0},
            "escalation": {"kind": "group", "group": "base.group_user", "action": "notify"},
            "approval": {
                "mode": "quorum",
                "quorum": 2,
                "order": "parallel",
                "approvers": [{"kind": "user", "user": "a"}, {"kind": "starter"}],
            },
            "action": {"name": "mail", "async": True, "parameters": {"body": 'a "b" <c>'}},
            "outcomes": [{"key": "yes", "label": "Да", "comment": True}],
            "fields": [{"name": "comment", "required": True, "readonly": False}],
            "instruction": "Two\nlines",
        }
        xml = merge_settings(self.version.bpmn_xml, {"Check": ("Check", settings)})
        self.assertEqual(read_diagram(xml).elements["Check"].settings, settings)
        again = merge_settings(xml, {"Check": ("Check", {})})
        self.assertEqual(read_diagram(again).elements["Check"].settings, {})

    def test_refused(self):
        """HU-20: unknown people, other outcomes and unknown elements are refused, named."""
        with self.assertRaisesRegex(UserError, "nobody_at_all"):
            self.version.set_hot("Check", {"assignment": {"kind": "user", "user": "nobody_at_all"}})
        with self.assertRaisesRegex(UserError, "new draft"):
            self.version.set_hot("Check", {"outcomes": [{"key": "maybe", "label": "Maybe"}]})
        with self.assertRaisesRegex(UserError, "no element"):
            self.version.set_hot("Nowhere", {})
        with self.assertRaisesRegex(UserError, "Unknown settings"):
            self.version.set_hot("Check", {"sudo": True})
        self.assertEqual(self.element().settings["assignment"]["user"], self.worker.login)
        self.assertFalse(self.element().changed_at)

    def test_only_managers(self):
        """HU-23: neither designers nor workers change what runs; other fields nobody."""
        for user in (self.worker, self.designer):
            with self.assertRaises(AccessError):
                self.version.with_user(user).set_hot("Check", {})
            with self.assertRaises(AccessError):
                self.element().with_user(user).write({"settings": {}})
        with self.assertRaises(AccessError):
            self.element().write({"type": "serviceTask"})

    def test_reset(self):
        """HU-20: back to what was published with one click."""
        self.version.set_hot("Check", self.to_other())
        self.element().action_reset()
        self.assertEqual(self.element().settings, self.element().drawn_settings)

    def test_who_is_affected(self):
        """HU-20: open work per element, over all versions."""
        self.launch_many(self.process, 3)
        self.publish(self.process, *three_steps())
        affected = self.draft(self.process).get_affected()
        self.assertEqual(affected["Check"], {"tasks": 3, "waits": 0, "instances": 3})


class TestReadAndLint(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.Version = self.env["bpm.process.version"].with_user(self.designer)
        self.process = self.make("visa", *two_steps())

    def lint(self, *body):
        xml = self.drawing(self.process, *body)
        return [item["message"] for item in self.Version.lint_xml(xml, self.process.id)]

    def test_lint_knows_the_database(self):
        """HU-05: unknown people, groups and fields are named while drawing."""
        for settings, piece in (
            ('<bpm:assignment kind="user" user="ghost"/>', "ghost"),
            ('<bpm:assignment kind="group" group="no.group"/>', "no.group"),
            ('<bpm:assignment kind="role" role="nobody_id"/>', "nobody_id"),
            ('<bpm:deadline path="no_date"/>', "no_date"),
        ):
            found = self.lint(*two_steps(settings=settings))
            self.assertTrue(any(piece in text for text in found), f"{piece}: {found}")
        good = '<bpm:assignment kind="role" role="user_id"/>'
        self.assertFalse(any("user_id" in text for text in self.lint(*two_steps(settings=good))))

    def test_read_bpmn(self):
        """PK-26: files of other tools are accepted, or refused with place and reason."""
        xml = self.drawing(self.process, *two_steps())
        self.assertTrue(self.Version.read_bpmn("\ufeff" + xml)["xml"].startswith("<definitions"))
        for bad in ("", "no xml", "<html/>", '<!DOCTYPE x [<!ENTITY e "e">]>' + xml):
            answer = self.Version.read_bpmn(bad)
            self.assertIs(answer["xml"], False, bad[:20])
            self.assertTrue(answer["problems"][0]["message"])

    def test_read_bpmn_refuses_what_the_canvas_hides(self):
        """PK-26: an arrow to nowhere is not drawn, so the file is refused and names it."""
        xml = self.drawing(self.process, *two_steps())
        target = re.search(r'<sequenceFlow[^>]* targetRef="([^"]+)"', xml)[1]
        answer = self.Version.read_bpmn(
            xml.replace(f'targetRef="{target}"', 'targetRef="Nowhere"', 1)
        )
        self.assertIs(answer["xml"], False)
        self.assertIn("loose_flow", [problem["code"] for problem in answer["problems"]])

    def test_whitelist_of_fields(self):
        """PK-26: conditions see stored open fields; no files, secrets or technical models."""
        fields = self.env["bpm.process"]._get_expression_fields("res.partner")
        self.assertLessEqual({"name", "user_id", "category_id", "create_date"}, fields)
        self.assertFalse({"image_1920", "signup_token", "access_token"} & fields)
        self.assertFalse(self.env["bpm.process"]._get_expression_fields("ir.config_parameter"))
        self.assertNotIn("password", self.env["bpm.process"]._get_expression_fields("res.users"))
        shown = (
            self.env["bpm.process"].with_user(self.designer).get_expression_fields("res.partner")
        )
        self.assertIn("user_id", {field["name"] for field in shown})
        with self.assertRaisesRegex(UserError, "no kind of record"):
            self.env["bpm.process"].get_expression_fields("no.model")

    def test_paths(self):
        """PK-26: paths go over whitelisted fields only, to a bounded depth."""
        resolve = self.env["bpm.process"]._resolve_path
        self.assertEqual(resolve("res.partner", "user_id.partner_id.name").name, "name")
        self.assertIsNone(resolve("res.partner", "name.name"))
        self.assertIsNone(resolve("res.partner", "user_id.password"))
        self.assertIsNone(resolve("res.partner", ".".join(["parent_id"] * 9)))
