"""Drafts, publishing, and diagrams that stay as they were published."""

import hashlib

from odoo.exceptions import AccessError, UserError

from .run_common import chain, choice, end, flow, start, task
from .versions_common import VersionsCommon, three_steps, two_steps


class TestPublish(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps())
        self.version = self.process.published_version_id

    def test_publish_writes_elements(self):
        """HU-19: elements in the order of the flow, as drawn, with a fingerprint of the XML."""
        version = self.version
        self.assertEqual(version.state, "published")
        self.assertEqual(version.published_by_id, self.manager)
        self.assertEqual(version.sha256, hashlib.sha256(version.bpmn_xml.encode()).hexdigest())
        self.assertEqual(
            version.element_ids.sorted("sequence").mapped("element_id"),
            ["Start", "Check", "Pay", "End"],
        )
        self.assertEqual(version.element_ids.mapped("changed_at"), [False] * 4)

    def test_second_retires_first(self):
        """HU-19: new instances follow the new version, running ones stay where they are."""
        before = self.launch(self.process)
        second = self.publish(self.process, *three_steps())
        self.assertEqual((self.version.state, second.state), ("retired", "published"))
        self.assertEqual(second.number, self.version.number + 1)
        self.assertEqual(before.version_id, self.version)
        other = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(self.launch(self.process, other).version_id, second)

    def test_asked_about_older(self):
        """HU-19: with instances on the older version the check opens at once."""
        self.launch(self.process)
        draft = self.draft(self.process)
        action = draft.with_user(self.manager).action_publish()
        self.assertEqual(action["res_model"], "bpm.migration")
        change = self.env["bpm.migration"].browse(action["res_id"])
        self.assertEqual(change.count_moves, 1)

    def test_published_xml_is_immutable(self):
        """HU-20: nobody changes a published diagram on any path."""
        other = self.drawing(self.process, *three_steps())
        for env in (self.version, self.version.with_user(self.manager), self.version.sudo()):
            with self.assertRaisesRegex(UserError, "New draft"):
                env.write({"bpmn_xml": other})
        with self.assertRaisesRegex(UserError, "New draft"):
            self.process.write({"version_ids": [(1, self.version.id, {"bpmn_xml": other})]})
        with self.assertRaisesRegex(UserError, "New draft"):
            self.env["bpm.process.version"].load(
                [".id", "bpmn_xml"], [[str(self.version.id), other]]
            ) and self.version.write({"bpmn_xml": other})
        self.version.write({"bpmn_xml": self.version.bpmn_xml, "change_note": "same"})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.version.unlink()

    def test_state_only_by_publishing(self):
        """HU-20: no remote call makes a draft published or chooses its number."""
        draft = self.draft(self.process).with_user(self.manager)
        for values in ({"state": "published"}, {"number": 99}, {"sha256": "x"}):
            with self.assertRaisesRegex(UserError, "Publish"):
                draft.write(values)
        draft.sudo().unlink()
        version = (
            self.env["bpm.process.version"]
            .with_user(self.designer)
            .create({"process_id": self.process.id, "state": "published", "number": 99})
        )
        self.assertEqual((version.state, version.number), ("draft", self.version.number + 1))

    def test_errors_refuse(self):
        """HU-05: a diagram with errors is refused with each place; nothing changes."""
        draft = self.draft(self.process)
        draft.bpmn_xml = self.drawing(
            self.process,
            start(),
            task("Check", "yes", "no"),
            choice("Agreed", "to_pay"),
            task("Pay"),
            end(),
            chain("Start", "Check", "Agreed"),
            flow("to_pay", "Agreed", "Pay"),
            flow("to_end", "Agreed", "End"),
            flow("paid", "Pay", "End"),
        )
        with self.assertRaisesRegex(UserError, "cannot be published") as caught:
            draft.with_user(self.manager).action_publish()
        self.assertIn("Agreed?", str(caught.exception))
        self.assertEqual((draft.state, self.version.state), ("draft", "published"))
        self.assertFalse(draft.element_ids)

    def test_warnings_are_shown_first(self):
        """HU-05: warnings open a dialog; confirmed, it is published."""
        draft = self.draft(self.process).with_user(self.manager)
        draft.bpmn_xml = draft.bpmn_xml.replace('name="Check"', 'name=""')
        action = draft.action_ask_publish()
        self.assertEqual(action["res_model"], "bpm.publish")
        self.assertEqual({problem["level"] for problem in draft.problems}, {"warning"})
        wizard = self.env["bpm.publish"].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertFalse(wizard.error_list)
        self.assertTrue(wizard.warning_list)
        wizard.action_publish()
        self.assertEqual(draft.state, "published")

    def test_who_may_publish(self):
        """HU-23: designers draw, managers publish."""
        draft = self.draft(self.process)
        with self.assertRaisesRegex(AccessError, "manage processes"):
            draft.with_user(self.designer).action_publish()
        with self.assertRaisesRegex(AccessError, "manage processes"):
            draft.with_user(self.worker).action_ask_publish()

    def test_draft_comes_and_goes(self):
        """HU-19: one draft at a time, from what is in use; discarded it is gone."""
        version = self.version.with_user(self.designer)
        draft_id = version.action_new_draft()["res_id"]
        self.assertEqual(version.action_new_draft()["res_id"], draft_id)
        draft = version.browse(draft_id)
        self.assertEqual(draft.bpmn_xml, version.bpmn_xml)
        draft.action_discard_draft()
        self.assertFalse(draft.exists())
        self.assertEqual(self.process.draft_version_id, draft.browse())
        fresh = self.env["bpm.process"].create({"name": "Fresh"}).draft_version_id
        with self.assertRaisesRegex(UserError, "never published"):
            fresh.with_user(self.designer).action_discard_draft()

    def test_worker_may_not_draft(self):
        """HU-23: those who work in processes do not draw them."""
        with self.assertRaises(AccessError):
            self.version.with_user(self.worker).action_new_draft()


class TestCalls(VersionsCommon):
    def call(self, key):
        return (
            start(),
            f'<callActivity id="Call" name="Call" calledElement="{key}"/>',
            end(),
            chain("Start", "Call", "End"),
        )

    def test_called_version_is_pinned(self):
        """HU-19: a caller goes on with the version it was published with."""
        inner = self.make("inner", *two_steps())
        first = inner.published_version_id
        outer = self.make("outer", *self.call("inner"))
        second = self.publish(inner, *three_steps())
        self.assertEqual(outer.published_version_id.called_version_ids, first)
        again = self.publish(outer, *self.call("inner"))
        self.assertEqual(again.called_version_ids, second)

    def test_unpublished_is_refused(self):
        """HU-05: calling what is not in use is refused by name."""
        self.env["bpm.process"].create({"name": "Inner", "key": "inner"})
        with self.assertRaisesRegex(UserError, "inner"):
            self.make("outer", *self.call("inner"))

    def test_cycles_are_refused(self):
        """EP-05: processes that call each other without end are refused."""
        first = self.make("first", *two_steps())
        self.make("second", *self.call("first"))
        with self.assertRaisesRegex(UserError, "itself|without end"):
            self.publish(first, *self.call("second"))
        with self.assertRaises(UserError):
            self.publish(first, *self.call("first"))

    def test_other_company(self):
        """HU-23: a process of another company cannot be called."""
        company = self.env["res.company"].create({"name": "Other"})
        self.make("inner", *two_steps(), company_id=company.id)
        with self.assertRaisesRegex(UserError, "inner"):
            self.make("outer", *self.call("inner"))

    def test_same_id_in_files(self):
        """PK-26: files of other tools share an id; each process gets its own key."""
        process = self.env["bpm.process"].create({"name": "Imported"})
        draft = process.draft_version_id
        draft.bpmn_xml = draft.bpmn_xml.replace('"imported"', '"Process_1"')
        draft.action_publish()
        self.assertIn('<bpmn:process id="imported"', draft.bpmn_xml)
        self.assertIn('bpmnElement="imported"', draft.bpmn_xml)
