from itertools import count

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon

#: Gates that a new record can satisfy by what it is made with, and how.
CURED = {
    "field": {"phone": "+7 495 1"},
    "domain": {"city": "Omsk"},
    # As a client or a server action writes it.
    "related": {"child_ids": [(0, 0, {"name": "Anna", "email": "anna@new.example"})]},
}
LETTER = """From: Anna <anna{number}@new.example>
To: sales@our.example
Subject: {subject}
Message-Id: <{number}@new.example>
Content-Type: text/plain

Good day
"""
#: Gates that only a record can satisfy that is there already: it has to begin at the beginning.
LATER = ("document", "activity", "step", "approval")


@tagged("post_install", "-at_install")
class TestStageBirths(StageCommon):
    """EP-06: each gate holds for records made at a later stage, on each path of making."""

    letters = count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_user = new_test_user(cls.env, "births_portal", "base.group_portal")

    # ------------------------------------------------------------ gates of the first stage

    def _close_field(self):
        self._fact(self.s_qualify, "Phone known", field="phone")

    def _close_domain(self):
        self._fact(self.s_qualify, "In town", kind="domain", domain="[('city', '=', 'Omsk')]")

    def _close_related(self):
        has_mail = "[('email', '!=', False)]"
        self._fact(self.s_qualify, "Contact", "related", field="child_ids", domain=has_mail)

    def _close_document(self):
        self._fact(self.s_qualify, "Contract attached", "document", file_pattern="contract")

    def _close_activity(self):
        call = self.env.ref("mail.mail_activity_data_call")
        self._fact(self.s_qualify, "Called", "activity", activity_type_id=call.id)

    def _close_step(self):
        self._step(self.s_qualify, "Meeting")

    def _close_approval(self):
        who = {"assign_kind": "user", "assign_user_id": self.head.id}
        self._step(self.s_qualify, "Visa", "approval", **who)

    # ------------------------------------------------------------ paths of making

    def _born_create(self, vals):
        return self.env["res.partner"].create(vals)

    def _born_among_others(self, vals):
        good = {"name": "Good", "is_company": True, "industry_id": self.qualify.id}
        return self.env["res.partner"].create([good, vals])[1]

    def _born_web_save(self, vals):
        partners = self.env["res.partner"].with_user(self.seller)
        return partners.browse(partners.web_save(vals, specification={"id": {}})[0]["id"])

    def _born_rpc(self, vals):
        partners = self.env["res.partner"].with_user(self.seller)
        return self.env["res.partner"].browse(call_kw(partners, "create", [vals], {}))

    def _born_form_of_a_site(self, vals):
        """As the form of a website makes it."""
        partners = self.env["res.partner"].with_user(SUPERUSER_ID)
        return partners.with_context(mail_create_nosubscribe=True).create(vals)

    def _born_portal(self, vals):
        """As a page of the portal makes it, for a customer who is signed in."""
        return self.env["res.partner"].with_user(self.customer_user).sudo().create(vals)

    def _born_sudo(self, vals):
        return self.env["res.partner"].with_user(self.seller).sudo().create(vals)

    def _born_superuser(self, vals):
        return self.env["res.partner"].with_user(self.env.ref("base.user_root")).create(vals)

    def _born_name_create(self, vals):
        """Typed into a field of another record; the rest comes as defaults."""
        context = {f"default_{name}": value for name, value in vals.items() if name != "name"}
        partners = self.env["res.partner"].with_user(self.seller).with_context(**context)
        return self.env["res.partner"].browse(partners.name_create(vals["name"])[0])

    def _born_one2many(self, vals):
        """By a command of another record."""
        parent = self.env["res.partner"].create({"name": "Holding"})
        parent.write({"child_ids": [Command.create(vals)]})
        return parent.child_ids

    def _born_server_action(self, vals):
        action = self._action(f"action = {{'made': env['res.partner'].create({vals!r}).id}}")
        return self.env["res.partner"].browse(action.run()["made"])

    def _born_load(self, vals):
        names, row = self._prepare_import(vals)
        partners = self.env["res.partner"].with_user(self.seller)
        return self._found_by_import(partners.load(names, [row]))

    def _born_import_wizard(self, vals, user=None):
        """By the screen that imports files."""
        names, row = self._prepare_import(vals)
        lines = [",".join(f'"{value}"' for value in line) for line in (names, row)]
        wizard = self.env["base_import.import"].with_user(user or self.seller).create({
            "res_model": "res.partner", "file": "\n".join(lines).encode(),
            "file_name": "partners.csv", "file_type": "text/csv",
        })  # fmt: skip
        options = {
            "quoting": '"', "separator": ",", "has_headers": True, "encoding": "utf-8",
            "float_thousand_separator": ",", "float_decimal_separator": ".",
        }  # fmt: skip
        return self._found_by_import(wizard.execute_import(names, names, options))

    def _prepare_import(self, vals):
        """Columns and the line of a file with these values."""
        row = {}
        for name, value in vals.items():
            if name == "child_ids":
                [(_create, _zero, child)] = value
                row |= {f"child_ids/{key}": text for key, text in child.items()}
            elif name == "industry_id":
                row["industry_id/.id"] = str(value)
            else:
                row[name] = str(value)
        return list(row), list(row.values())

    def _found_by_import(self, result):
        for message in result["messages"]:
            raise UserError(message["message"])
        return self.env["res.partner"].browse(result["ids"][0])

    def _born_mail(self, vals):
        """By a letter that comes in, with the values of its alias."""
        number = next(self.letters)
        letter = LETTER.format(number=number, subject=vals["name"])
        threads = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        return self.env["res.partner"].browse(
            threads.message_process("res.partner", letter, custom_values=vals)
        )

    def _born_cron(self, vals):
        values = {
            "name": "Make", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": f"model.create({vals!r})",
            "user_id": self.env.ref("base.user_root").id,
        }  # fmt: skip
        self.env["ir.cron"].create(values).ir_actions_server_id.run()
        return self.env["res.partner"].search([("name", "=", vals["name"])])

    def _action(self, code):
        model_id = self.env["ir.model"]._get("res.partner").id
        values = {"name": "Make", "model_id": model_id, "state": "code", "code": code}
        return self.env["ir.actions.server"].create(values)

    def _paths(self):
        return [name[6:] for name in dir(self) if name.startswith("_born_")]

    def _play(self, kind):
        getattr(self, f"_close_{kind}")()
        self._publish()
        vals = {"name": "Newborn", "is_company": True, "industry_id": self.present.id}
        for path in self._paths():
            born = getattr(self, f"_born_{path}")
            with self.subTest(kind=kind, path=path, gate="closed"):
                with self.assertRaisesRegex(UserError, "Newborn"), self.cr.savepoint():
                    born(dict(vals))
                found = self.env["res.partner"].search_count([("name", "in", ("Newborn", "Good"))])
                self.assertFalse(found, "nothing of it is half done")
            if kind in CURED:
                with self.subTest(kind=kind, path=path, gate="open"), self._undone():
                    self.assertEqual(born({**vals, **CURED[kind]}).industry_id, self.present)
            with self.subTest(kind=kind, path=path, gate="first"), self._undone():
                partner = born(vals | {"industry_id": self.qualify.id})
                self.assertEqual(partner.industry_id, self.qualify)

    def test_field(self):
        """EP-06: a field is filled."""
        self._play("field")

    def test_domain(self):
        """EP-06: a condition on the record holds."""
        self._play("domain")

    def test_related(self):
        """EP-06: related records come with it or not."""
        self._play("related")

    def test_what_comes_later(self):
        """EP-06, AT-09: documents, activities, steps and visas no new record can have."""
        for kind in LATER:
            with self._undone():
                self._play(kind)

    def test_import_screen_by_who_may_override(self):
        """EP-06: at the screen that imports files who may override brings in records at later
        stages whose facts hold; that counts as his override and says what was missing."""
        self._close_step()
        self._close_field()
        self._publish()
        vals = {"name": "Old one", "is_company": True, "industry_id": self.present.id}
        with self.assertRaisesRegex(UserError, "Meeting"), self.cr.savepoint():
            self._born_import_wizard(vals | CURED["field"])
        with self.assertRaisesRegex(UserError, "Phone known"), self.cr.savepoint():
            self._born_import_wizard(vals, self.override)
        partner = self._born_import_wizard(vals | CURED["field"], self.override)
        change = self._changes(partner)
        self.assertEqual((change.kind, change.reason), ("override", "Import"))
        self.assertEqual(change.user_id, self.override)
        self.assertEqual([item["name"] for item in change.missing], ["Meeting"])

    def test_form(self):
        """EP-06: a new form saved at a later stage."""
        self.regulation.domain = "[]"
        self._close_field()
        self._publish()
        with self.assertRaisesRegex(UserError, "Newborn"), self.cr.savepoint():
            self._fill_form()
        self.assertEqual(self._fill_form(phone="1").industry_id, self.present)

    def _fill_form(self, **values):
        partners = self.env["res.partner"].with_user(self.seller)
        with Form(partners.with_context(default_industry_id=self.present.id)) as form:
            form.name = "Newborn"
            for name, value in values.items():
                form[name] = value
        return form.record

    def test_copy_begins_at_the_beginning(self):
        """EP-06: what is proven for a record is not for its copy; asked for, it is judged."""
        self._close_field()
        self._step(self.s_qualify, "Meeting")
        self._publish()
        partner = self._customer(self.present, phone="1")
        outside = self._customer(self.present, name="Out", ref="outside")
        copies = (partner | outside).copy()
        self.assertEqual(copies.mapped("industry_id"), self.qualify | self.present)
        self.assertEqual(self._steps(copies[0]).mapped("name"), ["Meeting"])
        with self.assertRaisesRegex(UserError, "Meeting"), self.cr.savepoint():
            partner.copy({"industry_id": self.present.id})
