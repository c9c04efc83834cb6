from odoo.exceptions import UserError

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import RunCommon, chain, end, service, start, task


class TestActionMail(RunCommon):
    """The action that sends an e-mail: by its template, in the background, as one person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sender = cls._user("sender", "bpm_engine.group_user")
        cls.sender.email = "sender@example.com"
        cls.partner.email = "vector@example.com"
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "Thank you, {{ object.name }}",
                "body_html": "<p>Dear <t t-out='object.name'/></p>",
                "email_from": "{{ user.email }}",
                "partner_to": "{{ object.id }}",
                "auto_delete": False,
            }
        )

    def process(self, key, action, model="res.partner"):
        return self.make(
            f"p_{key}",
            start(),
            service("Tell", action),
            task("After"),
            end(),
            chain("Start", "Tell", "After", "End"),
            model=model,
        )

    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", "Thank you, Vector")])

    def test_sent_by_the_job_as_the_person_of_the_action(self):
        """HU-10, HU-24: the job writes the mail with its recipient; the queue of mails sends it."""
        self.action("thank", "mail", template_id=self.template.id, run_as_user_id=self.sender.id)
        with trap_jobs() as trap:
            instance = self.launch(self.process("thank", "thank"))
            trap.assert_jobs_count(1)
        self.assertFalse(self.mails(), "nothing leaves the system within the step")
        instance.job_ids._perform()
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.partner)
        self.assertEqual((mail.email_from, mail.create_uid), ("sender@example.com", self.sender))
        self.assertIn("Dear Vector", mail.body_html)
        self.assertEqual((mail.model, mail.res_id), ("res.partner", self.partner.id))
        self.assertEqual(self.open_names(instance), ["After"])
        self.assertIn("Nothing to do", instance.job_ids._perform())
        self.assertEqual(len(self.mails()), 1)

    def test_refusals_name_the_cure(self):
        """HU-24: no template, no record, a record without notes or activities or stages."""
        self.action("empty", "mail", is_async=False)
        self.action("note", "message")
        self.action("call", "activity")
        self.action("move", "stage")
        category = self.env["res.partner.category"].create({"name": "Warm"})
        cases = (
            ("empty", "res.partner", self.partner, "has no e-mail template"),
            ("note", None, self.env["res.partner"], "needs a record"),
            ("note", category._name, category, "no messages can be written on"),
            ("call", category._name, category, "no activities can be planned on"),
            ("move", category._name, category, "has no stages"),
        )
        for number, (key, model, record, text) in enumerate(cases):
            process = self.process(f"{key}{number}", key, model)
            with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
                process.with_user(self.worker).action_start(record.ids or None)
            self.assertFalse(process.instance_ids)
