from odoo.exceptions import AccessError, UserError

from .run_common import RunCommon, chain, end, service, start, task


class TestRunAccess(RunCommon):
    """Who may see, change and delete what runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        cls.nobody = cls._user("nobody", "base.group_user")
        ids = cls.process.with_user(cls.worker).action_start(cls.partner.ids)
        cls.instance = cls.Instance.browse(ids)
        cls.roles = (cls.nobody, cls.viewer, cls.worker, cls.designer, cls.manager)

    def test_nobody_writes_an_instance(self):
        """HU-06: state, version and record of a run are not written by hand."""
        for user in self.roles:
            for values in ({"state": "done"}, {"res_id": 1}, {"starter_id": user.id}):
                with self.assertRaises(AccessError, msg=user.login):
                    self.instance.with_user(user).write(values)
            with self.assertRaises(UserError):
                self.instance.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.Instance.with_user(user).create({"name": "x"})

    def test_history_stays(self):
        """HU-06: no line of the history is changed or deleted, by nobody."""
        line = self.instance.log_ids[0]
        for user in self.roles:
            for attack in (lambda one: one.write({"comment": "x"}), lambda one: one.unlink()):
                with self.assertRaises(UserError):
                    attack(line.with_user(user))
            with self.assertRaises(AccessError):
                line.with_user(user).create({"instance_id": self.instance.id, "event": "left"})
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            line.sudo().write({"comment": "x"})
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            line.sudo().unlink()
        with self.assertRaisesRegex(UserError, "stays in the history"):
            self.instance.sudo().unlink()

    def test_context_opens_nothing(self):
        """HU-06: the flag of the removal is worth nothing to a person."""
        line = self.instance.log_ids[0].with_user(self.manager).with_context(bpm_purge=True)
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            self.instance.with_user(self.manager).with_context(bpm_purge=True).unlink()

    def test_who_sees(self):
        """HU-06: whoever has a part, and who may see processes."""
        for user, sees in zip(self.roles, (0, 1, 1, 1, 1), strict=True):
            found = self.Instance.with_user(user).search([("id", "=", self.instance.id)])
            self.assertEqual(len(found), sees, user.login)

    def test_engine_state_is_nobodys(self):
        """HU-23: the tokens' state is read by administrators only."""
        for user in (self.viewer, self.manager):
            with self.assertRaises(AccessError):
                self.instance.with_user(user).read(["engine_state"])

    def test_jobs_and_waits(self):
        """HU-24: nobody makes or removes incidents and waits by hand."""
        values = {"instance_id": self.instance.id, "token": "x"}
        for user in self.roles:
            with self.assertRaises(AccessError):
                self.env["bpm.job"].with_user(user).create(values)
            with self.assertRaises(AccessError):
                self.env["bpm.wait"].with_user(user).create({**values, "kind": "timer"})

    def test_actions_are_the_managers(self):
        """HU-23: a designer names actions, only a manager makes them."""
        with self.assertRaises(AccessError):
            self.env["bpm.action"].with_user(self.designer).create(
                {"name": "x", "key": "x", "kind": "message"}
            )

    def test_designer_borrows_no_rights(self):
        """HU-23: a designer lets a process act as himself only."""
        process = self.process.with_user(self.designer)
        with self.assertRaises(AccessError), self.cr.savepoint():
            process.run_as_user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError), self.cr.savepoint():
            process.owner_id = self.env.ref("base.user_admin")
        own = process.create({"name": "own", "key": "own"})
        self.assertEqual(own.owner_id, self.designer)

    def test_record_card(self):
        """EP-05: on the card: what runs, who has it, what follows, what can be started."""
        card = self.Instance.with_user(self.nobody).get_record_processes(
            "res.partner", self.partner.id
        )
        (run,) = card["instances"]
        self.assertEqual(run["state"], "running")
        self.assertEqual([t["name"] for t in run["tasks"]], ["Visa"])
        self.assertIn("does “Visa”, then “End”.", run["next"])
        self.assertEqual(card["startable"], [], "nobody may start processes")
        self.do(self.instance, "Visa")
        card = self.Instance.with_user(self.worker).get_record_processes(
            "res.partner", self.partner.id
        )
        self.assertEqual(card["instances"][0]["result"], "End")
        self.assertIn("Visa", [s["name"] for s in card["instances"][0]["steps"]])
        self.assertIn(self.process.id, [p["id"] for p in card["startable"]])

    def card(self, user, **context):
        found = self.Instance.with_user(user).with_context(**context)
        return found.get_record_processes("res.partner", self.partner.id)["instances"]

    def test_record_card_by_company(self):
        """HU-06, EP-05: what another company runs on a shared customer is not told."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        body = (start(), task("Check"), end(), chain("Start", "Check", "End"))
        theirs = self.launch(self.make("credit", *body))
        theirs.company_id = company
        self.assertEqual([run["id"] for run in self.card(self.worker)], self.instance.ids)
        self.worker.company_ids |= company
        both = (self.env.company | company).ids
        found = self.card(self.worker, allowed_company_ids=both)
        self.assertEqual([run["id"] for run in found], [theirs.id, self.instance.id])
        found = self.card(self.worker, allowed_company_ids=company.ids)
        self.assertEqual([run["id"] for run in found], theirs.ids)

    def test_record_card_after_years(self):
        """HU-06, EP-05: what runs stands first, however much has ended since."""
        ended = self.Instance.create(
            [
                {
                    "name": "Weekly",
                    "process_id": self.process.id,
                    "version_id": self.process.published_version_id.id,
                    "company_id": self.env.company.id,
                    "res_model": "res.partner",
                    "res_id": self.partner.id,
                    "state": "done",
                }
                for _week in range(31)
            ]
        )
        found = self.card(self.worker)
        self.assertEqual([run["id"] for run in found], [self.instance.id, *ended[:0:-1].ids])
        self.assertEqual([task["name"] for task in found[0]["tasks"]], ["Visa"])

    def test_record_card_needs_the_record(self):
        """HU-06: who may not read the record learns nothing of its processes."""
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.partner.id})]",
            }
        )
        with self.assertRaises(AccessError):
            self.Instance.with_user(self.viewer).get_record_processes(
                "res.partner", self.partner.id
            )
        with self.assertRaises(UserError):
            self.Instance.get_record_processes("no.model", 1)

    def test_expressions_of_the_attack_list(self):
        """AL-02: each attack of the list fails at publication or as a clear error."""
        attacks = (
            "__import__('os').popen('id')",
            "'{0.__init__.__globals__}'.format(record)",
            "record.env.cr.execute('x')",
            "[x for x in (1,)]",
            "(lambda: 1)()",
            "(x := 5)",
            "9 ** 999999",
            "'a' * 1000000000",
            "record.__class__",
            "sum(range(5000000))",
        )
        for number, attack in enumerate(attacks):
            self.action(f"a{number}", "message")
            with self.assertRaises(Exception) as caught, self.cr.savepoint():
                process = self.make(
                    f"attack{number}",
                    start(),
                    service("Do", f"a{number}", body=f"={attack}"),
                    end(),
                    chain("Start", "Do", "End"),
                )
                self.launch(process)
            self.assertRegex(str(caught.exception), "“Do” of Attack", attack)
