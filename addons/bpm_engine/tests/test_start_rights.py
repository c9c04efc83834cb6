"""Who may let a process in use start: managers add and widen, designers switch off and narrow."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .run_common import RunCommon, chain, end, start, task


class TestStartRights(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        steps = (start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        cls.process = cls.make("visa", *steps)
        cls.Trigger = cls.env["bpm.process.trigger"]
        names = ("ref", "email", "phone")
        cls.ref, cls.email, cls.phone = (
            cls.env["ir.model.fields"]._get("res.partner", name) for name in names
        )

    def trigger(self, kind="create", **values):
        return self.Trigger.create({"process_id": self.process.id, "kind": kind, **values})

    def may(self, records, user, vals):
        """Whether somebody may write that; undone again."""
        try:
            with self.env.cr.savepoint() as savepoint:
                records.with_user(user).write(vals)
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        return True

    def check(self, records, rows):
        """Rows of (what is written, whether a designer may); a manager may all of it."""
        wrong = []
        for vals, allowed in rows:
            for user, expected in ((self.designer, allowed), (self.manager, True)):
                if self.may(records, user, vals) != expected:
                    wrong.append(f"{user.login}: {vals}, expected {expected}")
        self.assertEqual(wrong, [])

    def test_starts_of_a_process_in_use(self):
        """HU-23: what a designer may change of a start, each as a manager may, too."""
        narrower = "['&', ('is_company', '=', True), ('ref', '=', 'A')]"
        create = self.trigger(domain="[('is_company', '=', True)]")
        self.check(
            create,
            [
                ({"active": False}, True),
                ({"sequence": 3}, True),
                ({"domain": narrower}, True),
                ({"domain": "[('ref', '=', 'A'), ('is_company', '=', True)]"}, True),
                ({"domain": "[]"}, False),
                ({"domain": "[('ref', '=', 'A')]"}, False),
                ({"domain": "['|', ('is_company', '=', True), ('ref', '=', 'A')]"}, False),
                ({"kind": "change"}, False),
            ],
        )
        change = self.trigger("change", field_ids=(self.ref | self.email).ids)
        self.check(
            change,
            [
                ({"field_ids": [Command.unlink(self.email.id)]}, True),
                ({"field_ids": [Command.link(self.phone.id)]}, False),
                ({"field_ids": [Command.set(self.phone.ids)]}, False),
                ({"field_ids": [Command.clear()]}, False),
                ({"domain": "[('is_company', '=', True)]"}, True),
            ],
        )
        matching = self.trigger("change", domain="[('ref', '=', 'A')]")
        self.check(
            matching,
            [
                # Other records would come to match, and start it.
                ({"domain": "[('ref', '=', 'A'), ('email', '=', 'b')]"}, False),
                ({"active": False}, True),
            ],
        )
        timed = self.trigger("time", next_run="2030-01-01 08:00:00")
        self.check(
            timed,
            [
                ({"next_run": "2020-01-01 08:00:00"}, False),
                ({"interval_type": "hours"}, False),
                ({"interval_number": 2}, False),
                ({"domain": "[('ref', '=', 'A')]"}, True),
            ],
        )
        off = self.trigger(active=False, domain="[('ref', '=', 'A')]")
        self.check(off, [({"active": True}, False), ({"domain": "[]"}, False)])

    def test_new_starts(self):
        """HU-23: none is added to a process in use, nor moved there; drafts are free."""
        draft = self.env["bpm.process"].with_user(self.designer).create({"name": "Draft"})
        own = self.Trigger.with_user(self.designer).create(
            {"process_id": draft.id, "kind": "message", "message_name": "x"}
        )
        own.write({"kind": "time", "next_run": "2030-01-01 08:00:00", "interval_type": "hours"})
        values = {"process_id": self.process.id, "kind": "create"}
        model, process = self.Trigger.with_user(self.designer), self.process
        for add in (
            lambda: model.create(values),
            lambda: model.create({**values, "active": False}),
            lambda: own.write({"process_id": process.id}),
            lambda: process.with_user(self.designer).write(
                {"trigger_ids": [Command.create({"kind": "create"})]}
            ),
        ):
            with (
                self.assertRaisesRegex(AccessError, "only a process manager adds"),
                self.cr.savepoint(),
            ):
                add()
        self.assertFalse(self.process.trigger_ids)
        self.assertTrue(self.Trigger.with_user(self.manager).create(values))

    def test_settings_of_a_process_in_use(self):
        """HU-23: who may start it, by hand, how often: a designer takes away, and adds nothing."""
        users = self.env.ref("bpm_engine.group_user")
        designers = self.env.ref("bpm_engine.group_designer")
        everybody = self.env.ref("base.group_user")
        company = self.env["res.company"].create({"name": "Other"})
        self.check(
            self.process,
            [
                ({"start_by_hand": False}, True),
                ({"one_per_record": False}, False),
                ({"group_ids": [Command.set(designers.ids)]}, True),
                ({"group_ids": [Command.set(everybody.ids)]}, False),
                ({"company_id": self.env.company.id}, True),
                ({"model_id": self.env["ir.model"]._get_id("res.users")}, False),
                ({"name": "Visas", "category": "Sales"}, True),
            ],
        )
        self.process.write(
            {
                "start_by_hand": False,
                "one_per_record": False,
                "group_ids": [Command.set((users | designers).ids)],
                "company_id": self.env.company.id,
            }
        )
        (self.designer | self.manager).company_ids |= company
        self.check(
            self.process,
            [
                ({"start_by_hand": True}, False),
                ({"one_per_record": True}, True),
                ({"group_ids": [Command.unlink(users.id)]}, True),
                ({"group_ids": [Command.link(everybody.id)]}, False),
                ({"group_ids": [Command.clear()]}, False),
                ({"company_id": False}, False),
                ({"company_id": company.id}, False),
                ({"active": False}, True),
            ],
        )
        self.process.one_per_record = True
        with (
            self.assertRaisesRegex(AccessError, "“One at a Time per Record”"),
            self.cr.savepoint(),
        ):
            self.process.with_user(self.designer).one_per_record = False
        self.process.active = False
        self.check(self.process, [({"active": True}, False)])

    def test_a_state_written_by_hand_opens_nothing(self):
        """HU-23: whether it is in use is read off its versions."""
        self.process.with_user(self.designer).write({"state": "draft"})
        with self.assertRaises(AccessError):
            self.Trigger.with_user(self.designer).create({"process_id": self.process.id})

    def test_how_far_a_run_is(self):
        """HU-23: nobody sets where a timed start goes on, not even a manager."""
        trigger = self.trigger("time", next_run="2030-01-01 08:00:00")
        for user in (self.designer, self.manager):
            with self.assertRaises(AccessError):
                trigger.with_user(user).run_until = 10
            with self.assertRaises(AccessError):
                self.Trigger.with_user(user).create(
                    {"process_id": self.process.id, "kind": "time", "run_until": 10}
                )


@tagged("post_install", "-at_install")
class TestStartRightsScreen(HttpCase, RunCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_said_on_the_form(self):
        """HU-23: a designer reads on the process what he may change; a manager needs no word."""
        steps = (start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        process = self.make("visa", *steps)
        self.env["bpm.process.trigger"].create({"process_id": process.id, "kind": "create"})
        for user, sign in ((self.designer, "in_use_hint"), (self.manager, "trigger_ids")):
            user.password = user.login
            self.browser_js(
                f"/odoo/bpm.process/{process.id}",
                "const hint = document.querySelector('[name=in_use_hint]');"
                f"const expected = {'true' if sign == 'in_use_hint' else 'false'};"
                "const wide = document.documentElement.scrollWidth > window.innerWidth;"
                "console.log(!!hint === expected && !wide ? 'test successful' : 'wrong');",
                f"!!document.querySelector('.o_form_view [name={sign}]')",
                login=user.login,
            )
