"""The catalogue of ready processes: complete, usable, and never in the way of changes."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyCommon


@tagged("post_install", "-at_install")
class TestReadyCatalogue(ReadyCommon):
    def test_every_ready_process_can_be_published(self):
        """HU-07, HU-08, TN-09, HU-23: each of the catalogue runs, with a picture and words."""
        for template in self.env["bpm.process.template"].search([]):
            with self.subTest(template.key):
                process = template._create_process(
                    model_id=(template.model_id or self.env["ir.model"]._get("res.partner")).id
                )
                version = process.draft_version_id
                errors = [p for p in version._find_problems() if p["level"] == "error"]
                self.assertEqual(errors, [])
                version.action_publish()
                self.assertEqual(process.state, "published")
                self.assertTrue(template.description and template.people and template.picture)

    def test_descriptions_are_running_text(self):
        """AL-02: forms show descriptions as they stand: no indentation of the data file."""
        texts = self.env["bpm.process.template"].search([]).mapped("description")
        texts += self.env["bpm.regulation.template"].search([]).mapped("description")
        texts += self.env["bpm.action"].search([]).mapped("description")
        self.assertGreater(len(texts), 5)
        for text in filter(None, texts):
            self.assertEqual(text, " ".join(text.split()))

    def test_use_it_asks_who_is_who(self):
        """AT-07, AL-02: the dialog makes an editable process with people of one's choice."""
        template = self.env.ref("bpm_engine.template_request_handling")
        dialog = self.env["bpm.template.use"].with_user(self.designer)
        with Form(dialog.with_context(default_template_id=template.id)) as form:
            form.name = "Complaints"
            form.model_id = self.env["ir.model"]._get("res.partner")
        use = form.save()
        self.assertEqual(use.line_ids.mapped("name"), ["Requester", "Dispatcher", "Specialists"])
        line = use.line_ids[1]
        line.write({"kind": "user", "user_id": self.manager.id})
        use.action_use()
        process = template.process_ids
        self.assertEqual((process.name, process.model), ("Complaints", "res.partner"))
        self.assertEqual((process.state, process.owner_id), ("draft", self.designer))
        self.assertTrue(process.description.startswith("A request is registered"))
        self.assertIn(f'user="{self.manager.login}"', process.draft_version_id.bpmn_xml)

    def test_a_line_without_a_person_is_refused(self):
        """AL-02: nobody is left out by an oversight; the error names who is missing."""
        template = self.env.ref("bpm_engine.template_request_handling")
        use = self.env["bpm.template.use"].create({"template_id": template.id})
        use.line_ids[2].write({"kind": "role", "role": "no_such_field"})
        with self.assertRaisesRegex(UserError, "Specialists"):
            use.action_use()

    def test_only_designers_use_it(self):
        """AL-02: who only works in processes looks at the catalogue but makes nothing."""
        template = self.env.ref("bpm_engine.template_request_handling")
        self.assertTrue(template.with_user(self.worker).name)
        with self.assertRaises(AccessError):
            template.with_user(self.worker).action_use()
        with self.assertRaises(AccessError):
            template.with_user(self.worker).write({"file": "base/other.bpmn"})

    def test_installing_twice_changes_nothing(self):
        """AT-07: an update of the addon never overwrites what people made of a process."""
        template = self.env.ref("bpm_engine.template_request_handling")
        template._install()
        process = self.env["bpm.process"].search([("key", "=", "request_handling")])
        self.assertEqual(process.state, "published")
        draft = process.published_version_id.action_new_draft_version()
        draft.bpmn_xml = draft.bpmn_xml.replace("Solve the request", "Repair it")
        draft.action_publish()
        template._install()
        self.assertEqual(
            self.env["bpm.process"].search([("key", "=", "request_handling")]), process
        )
        self.assertIn("Repair it", process.published_version_id.bpmn_xml)

    def test_a_second_one_gets_its_own_key(self):
        """AT-07: the same ready process serves several departments."""
        template = self.env.ref("bpm_engine.template_request_handling")
        first, second = template._create_process(), template._create_process()
        self.assertEqual((first.key, second.key), ("request_handling", "request_handling_2"))
        self.assertEqual(template.process_count, 2)

    def test_a_missing_file_says_what_to_do(self):
        """AL-02: a diagram that is gone is one clear error."""
        template = self.env.ref("bpm_engine.template_request_handling")
        template.file = "bpm_engine/data/processes/gone.bpmn"
        with self.assertRaisesRegex(UserError, "Update the addon"):
            template._create_process()
