"""Processes as people manage them: new, duplicate, archive."""

from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form

from odoo.addons.bpm_engine.engine import lint, read_diagram
from odoo.addons.bpm_engine.lib.keys import free_key, key_of

from .versions_common import VersionsCommon, two_steps


class TestProcess(VersionsCommon):
    def new(self, name="Agreement of payment", user=None, **values):
        return (
            self.env["bpm.process"]
            .with_user(user or self.designer)
            .create(
                {"name": name, "model_id": self.env["ir.model"]._get_id("res.partner"), **values}
            )
        )

    def test_name_is_enough(self):
        """HU-05, HU-19: a name gives a key and a draft whose diagram opens and can run."""
        process = self.new()
        self.assertEqual(process.key, "agreement_of_payment")
        draft = process.draft_version_id
        self.assertEqual((draft.number, draft.state), (1, "draft"))
        diagram = read_diagram(draft.bpmn_xml)
        self.assertEqual(diagram.process_id, "agreement_of_payment")
        self.assertEqual(
            sorted(element.type for element in diagram.elements.values()),
            ["endEvent", "startEvent", "userTask"],
        )
        self.assertEqual([p.message for p in lint(draft.bpmn_xml) if p.level == "error"], [])
        self.assertIn("BPMNShape", draft.bpmn_xml)
        self.assertEqual(process.action_open_designer()["res_id"], draft.id)

    def test_keys(self):
        """HU-05: keys are readable and differ; a bad one is refused with the cure."""
        self.assertEqual(key_of("Согласование оплаты"), "soglasovanie_oplaty")
        self.assertEqual(key_of("3 steps"), "p_3_steps")
        self.assertEqual(key_of("統一"), "process")
        self.assertEqual(free_key("visa", {"visa", "visa_2"}), "visa_3")
        first, second = self.new("Visa"), self.new("Visa")
        self.assertEqual((first.key, second.key), ("visa", "visa_2"))
        with self.assertRaisesRegex(ValidationError, "begin with a letter"):
            first.key = "9 lives"

    def test_key_in_the_form(self):
        """HU-19: in a form the key follows the name until saved, then it stays."""
        form = Form(self.env["bpm.process"].with_user(self.manager))
        form.name = "Wrong"
        form.name = "Welcome a customer"
        process = form.save()
        self.assertEqual(process.key, "welcome_a_customer")
        process.name = "Greet"
        self.assertEqual(process.key, "welcome_a_customer")

    def test_duplicate(self):
        """HU-22: a copy has its own key and draft; what would start it waits."""
        process = self.make("visa", *two_steps())
        process.trigger_ids = [(0, 0, {"kind": "create"})]
        copy = process.with_user(self.manager).copy()
        self.assertNotEqual(copy.key, process.key)
        self.assertEqual(copy.state, "draft")
        self.assertIn('id="Check"', copy.draft_version_id.bpmn_xml)
        self.assertEqual(copy.with_context(active_test=False).trigger_ids.active, False)

    def test_archive_running(self):
        """HU-24: what runs is not archived away; the cure leads to the list."""
        process = self.make("visa", *two_steps())
        instance = self.launch(process)
        with self.assertRaises(RedirectWarning) as caught:
            process.with_user(self.manager).action_archive()
        self.assertIn("still running", caught.exception.args[0])
        action = caught.exception.args[1]
        found = self.env["bpm.instance"].search(action["domain"])
        self.assertEqual(found, instance)
        self.do(instance, "Check")
        self.do(instance, "Pay")
        process.action_archive()
        self.assertFalse(process.active)

    def test_counts_open_lists(self):
        """HU-06: each count opens a list of exactly so many."""
        process = self.make("visa", *two_steps())
        self.launch_many(process, 3)
        late = process.instance_ids.task_ids[0]
        late.sudo().deadline = "2020-01-01 10:00:00"
        self.env["bpm.proposal"].create({"name": "Faster", "process_id": process.id})
        process.invalidate_recordset()
        for count, action in (
            (process.running_count, process.action_open_running()),
            (process.incident_count, process.action_open_incidents()),
            (process.overdue_task_count, process.action_open_overdue()),
            (process.proposal_count, process.action_open_proposals()),
            (process.version_count, process.action_open_versions()),
        ):
            model = self.env[action["res_model"]]
            self.assertEqual(model.search_count(action["domain"]), count, action["name"])
        self.assertEqual((process.running_count, process.overdue_task_count), (3, 1))

    def test_identity_stays(self):
        """HU-24: key and kind of record stay once it ran; history is not deleted."""
        process = self.make("visa", *two_steps())
        self.launch(process)
        for values in ({"key": "other"}, {"model_id": self.env["ir.model"]._get_id("res.users")}):
            with self.assertRaisesRegex(UserError, "Duplicate the process"):
                process.write(values)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            process.unlink()

    def test_never_run_can_be_deleted(self):
        """HU-19: a process that never ran leaves nothing behind."""
        process = self.new("Try")
        process.with_user(self.manager).unlink()
        self.assertFalse(process.exists())
