from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStagePaths(StageCommon):
    """EP-06: each gate holds on each write path, and opens on each when its cure is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    # ------------------------------------------------------------ gates and their cures

    def _close_gate(self, kind):
        """Put one gate on leaving the first stage and publish."""
        getattr(self, f"_close_{kind}")()
        self._publish()
        return self._customer()

    def _close_field(self):
        self._fact(self.s_qualify, "Phone known", field="phone")

    def _cure_field(self, customer):
        customer.phone = "+7 495 1"

    def _close_domain(self):
        self._fact(self.s_qualify, "In town", kind="domain", domain="[('city', '=', 'Omsk')]")

    def _cure_domain(self, customer):
        customer.city = "Omsk"

    def _close_related(self):
        self._fact(
            self.s_qualify, "Two contacts", "related", field="child_ids", minimum=2,
            domain="[('email', '!=', False)]",
        )  # fmt: skip

    def _cure_related(self, customer):
        customer.child_ids = [
            Command.create({"name": name, "email": f"{name}@vector.example"}) for name in "ab"
        ]

    def _close_document(self):
        self._fact(self.s_qualify, "Contract attached", "document", file_pattern="contract")

    def _cure_document(self, customer):
        self.env["ir.attachment"].create(
            {"name": "Contract 7.pdf", "res_model": "res.partner", "res_id": customer.id}
        )

    def _close_activity(self):
        self._fact(self.s_qualify, "Called", "activity", activity_type_id=self.call.id)

    def _cure_activity(self, customer):
        customer.activity_schedule("mail.mail_activity_data_call").action_done()

    def _close_step(self):
        self._step(self.s_qualify, "Meeting")

    def _cure_step(self, customer):
        customer.activity_ids.action_done()

    def _close_approval(self):
        self._step(
            self.s_qualify, "Visa", "approval", assign_kind="user", assign_user_id=self.head.id
        )

    def _cure_approval(self, customer):
        self._steps(customer).with_user(self.head).action_approve("Fine")

    def _close_comment(self):
        self.s_qualify.ask_comment = True

    def _cure_comment(self, customer):
        """Given with the move."""

    def _close_status(self):
        self.s_qualify.ask_status = True
        self.warm = self.env["bpm.stage.status"].create({"name": "Warm"})

    def _cure_status(self, customer):
        """Given with the move."""

    def _close_next(self):
        self.s_qualify.next_ids = self.s_propose

    def _cure_next(self, customer):
        customer.industry_id = self.propose

    def _close_back(self):
        self.s_qualify.write({"sequence": 25, "may_go_back": False})

    def _cure_back(self, customer):
        customer.industry_id = self.won

    def _close_lost(self):
        self.s_present.write({"is_lost": True, "is_final": True})
        self.s_qualify.may_lose = False
        self._fact(self.s_qualify, "Phone known", field="phone")

    def _cure_lost(self, customer):
        customer.phone = "+7 495 1"

    # ------------------------------------------------------------ paths

    def _context(self, kind):
        warm = {"bpm_stage_status": self.warm.id} if kind == "status" else {}
        return {"bpm_stage_comment": "Went well", **warm}

    def _go_write(self, customer):
        customer.industry_id = self.present

    def _go_multi_write(self, customer):
        (customer | self._customer(stage=self.present, name="Other")).industry_id = self.present

    def _go_seller_web_save(self, customer):
        customer.with_user(self.seller).web_save(
            {"industry_id": self.present.id}, specification={"id": {}}
        )

    def _go_web_save_multi(self, customer):
        """Several records of a list at once, each with its own values."""
        other = self._customer(name="Another")
        vals = [{"industry_id": self.present.id}, {"comment": "Seen"}]
        (customer | other).with_user(self.seller).web_save_multi(vals, specification={"id": {}})

    def _go_form(self, customer):
        with Form(customer) as form:
            form.industry_id = self.present

    def _go_rpc(self, customer):
        vals = {"industry_id": self.present.id}
        context = dict(customer.env.context)
        partners = self.env["res.partner"].with_user(self.seller)
        call_kw(partners, "write", [customer.ids, vals], {"context": context})

    def _go_import(self, customer):
        result = customer.env["res.partner"].load(
            [".id", "industry_id/.id"], [[str(customer.id), str(self.present.id)]]
        )
        for message in result["messages"]:
            raise UserError(message["message"])

    def _go_sudo(self, customer):
        customer.with_user(self.seller).sudo().write({"industry_id": self.present.id})

    def _go_superuser(self, customer):
        customer.with_user(self.env.ref("base.user_root")).industry_id = self.present

    def _go_server_action(self, customer):
        action = self.env["ir.actions.server"].create({
            "name": "Present", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": f"records.write({{'industry_id': {self.present.id}}})",
        })  # fmt: skip
        action.with_context(
            **customer.env.context, active_model="res.partner", active_ids=customer.ids,
            active_id=customer.id,
        ).run()  # fmt: skip

    def _go_cron(self, customer):
        code = f"model.browse({customer.id}).write({{'industry_id': {self.present.id}}})"
        cron = self.env["ir.cron"].create({
            "name": "Present", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": code, "user_id": self.env.ref("base.user_root").id,
        })  # fmt: skip
        user = self.env.ref("base.user_root")
        cron.ir_actions_server_id.with_user(user).with_context(**customer.env.context).run()

    def _go_parent(self, customer):
        """By a one2many command of another record."""
        parent = self.env["res.partner"].create({"name": "Holding", "is_company": True})
        customer.parent_id = parent
        parent.with_context(**customer.env.context).write(
            {"child_ids": [Command.update(customer.id, {"industry_id": self.present.id})]}
        )

    def _go_panel(self, customer):
        self.env["bpm.stage.case"].with_user(self.seller).move(
            "res.partner", customer.id, str(self.present.id),
            comment=customer.env.context.get("bpm_stage_comment"),
            status_id=customer.env.context.get("bpm_stage_status"),
        )  # fmt: skip

    def _paths(self):
        return [name[4:] for name in dir(self) if name.startswith("_go_")]

    def _play(self, kind):
        customer = self._close_gate(kind)
        for path in self._paths():
            go = getattr(self, f"_go_{path}")
            with self.subTest(kind=kind, path=path, gate="closed"):
                with self.assertRaisesRegex(UserError, "Vector"), self.cr.savepoint():
                    go(customer)
                self.assertEqual(customer.industry_id, self.qualify)
        getattr(self, f"_cure_{kind}")(customer)
        for path in self._paths():
            with self.subTest(kind=kind, path=path, gate="open"), self._undone():
                getattr(self, f"_go_{path}")(customer.with_context(**self._context(kind)))
                self.assertEqual(customer.industry_id, self.present)

    def test_emptied(self):
        """EP-06: nobody gets out of his stage by emptying it, nor by that past its gate."""
        self._fact(self.s_qualify, "Phone known", field="phone")
        self.s_qualify.write({"ask_comment": True, "next_ids": self.s_present})
        self._publish()
        customer = self._customer().with_user(self.seller)
        panel = self.env["bpm.regulation"].with_user(self.seller)
        [card] = panel.why_not("res.partner", customer.ids, "")
        self.assertIn("always at a stage", card["missing"][0]["text"])
        imported = [".id", "industry_id/.id"], [[str(customer.id), ""]]
        found = self.env["res.partner"].with_user(self.seller).load(*imported)
        self.assertIn("Vector", found["messages"][0]["message"])
        for path in (customer.write, customer.sudo().write):
            with self.assertRaisesRegex(UserError, "without a stage"), self.cr.savepoint():
                path({"industry_id": False})
        with self.assertRaisesRegex(UserError, "without a stage"), self.cr.savepoint():
            call_kw(self.env["res.partner"].with_user(self.seller), "web_save",
                    [customer.ids, {"industry_id": False}], {"specification": {}})  # fmt: skip
        self.assertEqual(customer.industry_id, self.qualify)

    def test_emptied_by_a_program(self):
        """EP-06: it is logged, and the record goes on from the stage where it was judged last."""
        self._fact(self.s_qualify, "Phone known", field="phone")
        self.s_qualify.write({"ask_comment": True, "next_ids": self.s_present})
        self._publish()
        customer = self._customer()
        customer.sudo()._with_stage_bypass("Exchange").industry_id = False
        change = self._changes(customer)[0]
        self.assertEqual(
            (change.kind, change.from_name, change.to_value, change.to_name),
            ("bypass", "Qualification", False, False),
        )
        said = customer.with_context(bpm_stage_comment="Went well")
        with self.assertRaisesRegex(UserError, "the way leads to"), self.cr.savepoint():
            said.industry_id = self.propose
        with self.assertRaisesRegex(UserError, "Phone known"), self.cr.savepoint():
            said.industry_id = self.present
        customer.phone = "1"
        with self.assertRaisesRegex(UserError, "Write a comment"), self.cr.savepoint():
            customer.industry_id = self.present
        said.industry_id = self.present
        self.assertEqual(self._changes(customer)[0].from_name, "Qualification")

    def test_field(self):
        """EP-06, TN-30: a field is filled."""
        self._play("field")

    def test_domain(self):
        """EP-06: a condition on the record holds."""
        self._play("domain")

    def test_related(self):
        """EP-06: related records are there."""
        self._play("related")

    def test_document(self):
        """EP-06: the document is attached."""
        self._play("document")

    def test_activity(self):
        """TN-30: an activity of a type was done."""
        self._play("activity")

    def test_step(self):
        """TN-30: the stage's required step was done."""
        self._play("step")

    def test_approval(self):
        """AT-09: only after a positive visa the record goes on."""
        self._play("approval")

    def test_comment(self):
        """EC-14: a comment was given."""
        self._play("comment")

    def test_status(self):
        """EC-14: a short status was given."""
        self._play("status")

    def test_next(self):
        """TN-06: only the ways listed lead on."""
        self._play("next")

    def test_back(self):
        """TN-06: from a stage without return one does not go back."""
        self._play("back")

    def test_lost(self):
        """EP-06: an unsuccessful end is no way out of a stage that may not be lost."""
        self._play("lost")
