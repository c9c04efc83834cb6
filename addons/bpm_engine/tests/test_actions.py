from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import RunCommon, chain, choice, end, flow, service, start, task


class TestActions(RunCommon):
    """What a service task may do: the whitelist, with the rights of one person."""

    def field(self, name, model="res.partner"):
        return self.env["ir.model.fields"]._get(model, name).id

    def value(self, name, value=False, model="res.partner"):
        return Command.create({"field_id": self.field(name, model), "value": value})

    def run_action(self, key, variables=None, process_values=None, **parameters):
        process = self.make(
            f"p_{key}",
            start(),
            service("Do", key, **parameters),
            end(),
            chain("Start", "Do", "End"),
            **(process_values or {}),
        )
        return self.launch(process, **(variables or {}))

    def test_names_of_references(self):
        """HU-05: external ids in a diagram are named, as far as the reader may see them."""
        menu = self.env["ir.config_parameter"].create({"key": "bpm_test", "value": "1"})
        self.env["ir.model.data"].create(
            {"module": "bpm_engine", "name": "bpm_test", "model": menu._name, "res_id": menu.id}
        )
        actions = self.env["bpm.action"].with_user(self.designer)
        texts = ["base.main_company", "bpm_engine.nothing", "plain", "bpm_engine.bpm_test"]
        company = self.env.ref("base.main_company").name
        self.assertEqual(actions.name_references(texts), {"base.main_company": company})

    def test_mail(self):
        """HU-24: a mail goes to the customer by its template, in the background, as its person."""
        self.partner.email = "vector@example.com"
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Thanks, {{ object.name }}",
                "partner_to": "{{ object.id }}",
            }
        )
        self.action("thanks", "mail", template_id=template.id, run_as_user_id=self.manager.id)
        with trap_jobs() as trap:
            instance = self.run_action("thanks")
            trap.assert_jobs_count(1)
        self.assertEqual(instance.state, "running", "it waits for its mail")
        instance.job_ids._perform()
        self.assertEqual(instance.state, "done")
        mail = self.env["mail.mail"].search([("subject", "=", "Thanks, Vector")])
        self.assertEqual(mail.recipient_ids, self.partner)
        self.assertEqual(mail.create_uid, self.manager)

    def test_mail_without_a_template(self):
        """HU-24: an incident that says what is missing."""
        self.action("empty", "mail")
        with trap_jobs():
            instance = self.run_action("empty")
        for _number in range(instance.job_ids.action_id.max_tries):
            with trap_jobs():
                instance.job_ids._perform()
        self.assertEqual(instance.state, "incident")
        self.assertIn("has no e-mail template", instance.error)

    def test_stage_of_a_model_without_stages(self):
        """EP-04: the refusal names the kind of record."""
        self.action("move", "stage")
        with self.assertRaisesRegex(UserError, "has no stages"):
            self.run_action("move", stage="Won")

    def test_set_fields(self):
        """HU-09: fields by fixed value, by expression, and as the diagram gives them."""
        self.action(
            "fill",
            "set",
            value_ids=[
                self.value("ref", "fixed"),
                self.value("color", "=amount + 1"),
                self.value("country_id", "=record.parent_id.country_id"),
                self.value("city"),
                self.value("category_id", "VIP"),
            ],
        )
        self.env["res.partner.category"].create({"name": "VIP"})
        firm = self.env["res.partner"].create(
            {"name": "Firm", "country_id": self.env.ref("base.bg").id}
        )
        self.partner.parent_id = firm
        instance = self.run_action("fill", {"amount": 4}, city="Plovdiv")
        self.assertEqual(instance.state, "done")
        self.assertEqual(self.partner.ref, "fixed")
        self.assertEqual(self.partner.color, 5)
        self.assertEqual(self.partner.country_id.code, "BG")
        self.assertEqual(self.partner.city, "Plovdiv")
        self.assertEqual(self.partner.category_id.name, "VIP")

    def test_value_that_does_not_fit(self):
        """HU-24: the error names the step, the field and the value; nothing has started."""
        self.action("colour", "set", value_ids=[self.value("color", "blue")])
        before = self.Instance.search_count([])
        with self.assertRaisesRegex(UserError, "“Do” of P_Colour failed.*“blue”"):
            with self.cr.savepoint():
                self.run_action("colour")
        self.assertEqual(self.Instance.search_count([]), before)

    def test_activity(self):
        """HU-10: a call in the calendar of the responsible person."""
        self.partner.user_id = self.worker
        self.action(
            "call", "activity", activity_type_id=self.env.ref("mail.mail_activity_data_call").id
        )
        with freeze_time("2026-03-02 08:00:00"):
            self.run_action("call", user="=record.user_id", summary="Call them", days="3")
        activity = self.partner.activity_ids
        self.assertEqual(activity.user_id, self.worker)
        self.assertEqual(activity.summary, "Call them")
        self.assertEqual(str(activity.date_deadline), "2026-03-05")

    def test_message_is_text(self):
        """HU-06: the note's text is text, not markup of the author's."""
        self.action("note", "message")
        self.run_action("note", body="&lt;b&gt;Hello&lt;/b&gt;")
        self.assertIn("&lt;b&gt;Hello", self.partner.message_ids[0].body)
        self.assertEqual(self.partner.message_ids[0].author_id, self.manager.partner_id)

    def test_create_record(self):
        """HU-09: a new record, whose id the process knows then."""
        self.action(
            "child",
            "record",
            target_model_id=self.env["ir.model"]._get_id("res.partner"),
            value_ids=[
                self.value("name", "=record.name"),
                self.value("parent_id", "=record.id"),
                self.value("user_id", "=record.user_id"),
            ],
        )
        self.partner.user_id = self.worker
        self.run_action("child")
        self.assertEqual(self.partner.child_ids.user_id, self.worker)
        self.assertEqual(self.partner.child_ids.name, "Vector")
        self.assertEqual(self.partner.child_ids.create_uid, self.manager)

    def test_server_action(self):
        """HU-09: a server action on the record, as the person it acts as."""
        server = self.env["ir.actions.server"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "record.write({'ref': '%s/%s' % (env.user.login, "
                "env.context['bpm_parameters']['what'])})",
            }
        )
        self.action("server", "server", server_action_id=server.id)
        self.run_action("server", what="A")
        self.assertEqual(self.partner.ref, "bpm_manager/A")

    def test_start_process(self):
        """PK-04: a chain of processes."""
        other = self.make(
            "other", start(), task("Further"), end(), chain("Start", "Further", "End")
        )
        self.action("chain", "process", started_process_id=other.id)
        self.run_action("chain")
        started = self.Instance.search([("process_id", "=", other.id)])
        self.assertEqual(started.res_id, self.partner.id)
        self.assertEqual(started.start_kind, "process")

    def test_processes_that_start_each_other(self):
        """PK-04: a circle of processes ends with an error, not with a full disk."""
        process = self.make("a", start(), end(), chain("Start", "End"), one_per_record=False)
        self.action("again", "process", started_process_id=process.id)
        self.publish(
            process, start(), service("Again", "again"), end(), chain("Start", "Again", "End")
        )
        with self.assertRaisesRegex(UserError, "circle"), self.cr.savepoint():
            self.launch(process)

    def test_rights_of_the_one_it_acts_as(self):
        """HU-23: an author reaches no more than the person the process acts as."""
        self.action("set", "set", value_ids=[self.value("ref", "changed")])
        with self.assertRaisesRegex(UserError, "“Do” of P_Set failed"), self.cr.savepoint():
            self.run_action("set", process_values={"run_as_user_id": self.viewer.id})
        self.assertFalse(self.partner.ref)
        self.env["bpm.action"].search([("key", "=", "set")]).run_as_user_id = self.manager
        self.run_action("set", process_values={"run_as_user_id": self.viewer.id})
        self.assertEqual(self.partner.ref, "changed")

    def test_nobody_to_act_as(self):
        """HU-23: a process without an active owner does nothing, and says why."""
        self.action("set", "set", value_ids=[self.value("ref", "changed")])
        with self.assertRaisesRegex(UserError, "nobody to act as"), self.cr.savepoint():
            self.run_action("set", process_values={"owner_id": False})

    def test_action_for_another_model(self):
        """HU-23: an action for users is not run on partners."""
        self.action("users", "message", model_id=self.env["ir.model"]._get_id("res.users"))
        with self.assertRaisesRegex(UserError, "for res.users only"), self.cr.savepoint():
            self.run_action("users")

    def test_error_event_catches(self):
        """HU-05: a refusal of the action takes the way drawn for it; its effect is undone."""
        self.action("fail", "set", value_ids=[self.value("ref", "half"), self.value("color", "x")])
        process = self.make(
            "caught",
            start(),
            service("Do", "fail"),
            '<boundaryEvent id="Oops" name="Oops" attachedToRef="Do"><errorEventDefinition/>'
            "</boundaryEvent>",
            task("Repair"),
            end(),
            end("Other"),
            chain("Start", "Do", "End"),
            chain("Oops", "Repair", "Other"),
        )
        instance = self.launch(process)
        self.assertEqual(self.open_names(instance), ["Repair"])
        self.assertFalse(self.partner.ref)

    def test_result_decides(self):
        """HU-05: what an action gives back decides the way."""
        self.action(
            "child",
            "record",
            target_model_id=self.env["ir.model"]._get_id("res.partner"),
            value_ids=[self.value("name", "New")],
        )
        process = self.make(
            "decide",
            start(),
            service("Do", "child", result="partner"),
            choice("Way", "no"),
            end("Yes"),
            end("No"),
            chain("Start", "Do", "Way"),
            flow("yes", "Way", "Yes", "partner &gt; 0"),
            flow("no", "Way", "No"),
        )
        self.assertEqual(self.launch(process).result, "Yes")
