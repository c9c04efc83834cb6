"""Catalogue of ready regulations: shown, loaded, loaded anew, never overwritten."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.translate import LazyTranslate

from odoo.addons.bpm_engine.tests.stage_common import StageCommon

_lt = LazyTranslate(__name__)

CONTENT = {
    "stage_field": "industry_id",
    "domain": [("is_company", "=", True), ("country_id", "=", "ref:base.hu")],
    "statuses": [_lt("Will think")],
    "stages": [
        {
            "key": "qualify",
            "name": _lt("Qualification"),
            "norm_days": 3,
            "ask_status": True,
            "next": ["pilot"],
            "steps": [
                {
                    "key": "call",
                    "name": _lt("Call"),
                    "activity": "mail.mail_activity_data_call",
                    "within": (4, "hours"),
                },
                {
                    "key": "visa",
                    "name": _lt("Visa"),
                    "kind": "approval",
                    "who": "group",
                    "group": "bpm_engine.group_manager",
                    "after": "call",
                    "only_if": [("city", "=", "Pécs")],
                },
            ],
            "facts": [
                {"key": "phone", "name": _lt("Phone known"), "field": "phone", "to": ["pilot"]},
                {
                    "key": "city",
                    "name": _lt("City known"),
                    "kind": "domain",
                    "where": [("city", "!=", False)],
                    "cure": _lt("ask for it"),
                },
            ],
        },
        {"key": "pilot", "name": _lt("Pilot"), "steps": []},
        {"key": "won", "name": _lt("Won"), "is_final": True},
    ],
}


@tagged("post_install", "-at_install")
class TestReadyRegulation(StageCommon):
    """AT-07, AL-02: a regulation is loaded with one click and is one's own then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        templates = type(cls.env["bpm.regulation.template"])
        cls.startClassPatcher(
            patch.object(templates, "_get_contents", lambda self: {"test_sale": CONTENT})
        )
        cls.template = cls.env["bpm.regulation.template"].create({
            "name": "Sale of ours", "key": "test_sale", "model": "res.partner",
            "description": "From the first call\n to the pilot.",
        })  # fmt: skip
        cls.env["ir.model.access"].create({
            "name": "stages", "model_id": cls.env["ir.model"]._get("res.partner.industry").id,
            "group_id": cls.env.ref("bpm_engine.group_manager").id,
            "perm_read": True, "perm_create": True, "perm_write": True,
        })  # fmt: skip

    def _dialog(self, user=None, **values):
        template = self.template.with_user(user or self.manager)
        action = template.action_use()
        uses = self.env[action["res_model"]].with_user(user or self.manager)
        return uses.with_context(**action["context"]).create(values)

    def _load(self, **values):
        draft_id = self._dialog(**values).action_use()["res_id"]
        return self.env["bpm.regulation.version"].browse(draft_id)

    def test_dialog_shows_what_will_be_made(self):
        """AL-02: existing stages are found by name, the others announced; records are counted."""
        self._customer(country_id=self.env.ref("base.hu").id)
        use = self._dialog()
        lines = {line.name: line for line in use.line_ids}
        self.assertEqual(lines["Qualification"].res_id, self.qualify.id)
        self.assertEqual(lines["Won"].res_id, self.won.id)
        self.assertEqual((lines["Pilot"].res_id, lines["Pilot"].is_new), (0, True))
        self.assertEqual(use.created_count, 1)
        self.assertIn("Steps: Call, Visa", lines["Qualification"].summary)
        self.assertIn("Before leaving: Phone known, City known", lines["Qualification"].summary)
        self.assertGreaterEqual(use.record_count, 1)
        self.assertFalse(self.env["res.partner.industry"].search([("name", "=", "Pilot")]))

    def test_dialog_as_a_form(self):
        """AL-02: as people fill it in: another existing stage, another name."""
        self.template.action_use()
        uses = self.env["bpm.regulation.use"].with_user(self.manager)
        with Form(uses.with_context(default_template_id=self.template.id)) as form:
            form.name = "Sale in Hungary"
            with form.line_ids.edit(1) as line:
                line.res_id = self.present.id
        draft_id = form.save().action_use()["res_id"]
        draft = self.env["bpm.regulation.version"].browse(draft_id)
        self.assertEqual(draft.regulation_id.name, "Sale in Hungary")
        self.assertEqual(
            draft.stage_ids.mapped("value"),
            [str(self.qualify.id), str(self.present.id), str(self.won.id)],
        )

    def test_everything_is_carried(self):
        """TN-30: stages, steps with people and deadlines, facts, ways and short statuses."""
        draft = self._load()
        first, pilot, won = draft.stage_ids
        self.assertEqual((first.norm_days, first.ask_status, first.next_ids), (3, True, pilot))
        self.assertEqual((pilot.name, won.is_final), ("Pilot", True))
        call, visa = first.step_ids
        self.assertEqual(call.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((call.deadline_number, call.deadline_unit), (4, "hours"))
        self.assertEqual((visa.kind, visa.after_id), ("approval", call))
        self.assertEqual(visa.assign_group_id, self.env.ref("bpm_engine.group_manager"))
        self.assertEqual(visa.domain, "[('city', '=', 'Pécs')]")
        phone, city = first.fact_ids
        self.assertEqual((phone.field_id.name, phone.to_stage_ids), ("phone", pilot))
        self.assertEqual((city.kind, city.cure), ("domain", "ask for it"))
        regulation = draft.regulation_id
        self.assertIn(f"('country_id', '=', {self.env.ref('base.hu').id})", regulation.domain)
        self.assertEqual(regulation._get_statuses().mapped("name"), ["Will think"])
        self.assertEqual(regulation.description, "From the first call to the pilot.")
        self.assertEqual((regulation.owner_id, regulation.state), (self.manager, "draft"))
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.template.regulation_count, 1)

    def test_loaded_anew_is_another_draft(self):
        """AT-07: what people changed stays in force; the new draft knows the steps by key."""
        draft = self._load()
        draft.stage_ids[0].step_ids[0].name = "Write a letter"
        with self.assertRaisesRegex(UserError, "has a draft already"):
            self._load(regulation_id=draft.regulation_id.id)
        self.assertEqual(draft.stage_ids[0].step_ids[0].name, "Write a letter")
        draft.with_user(self.manager).action_publish()
        again = self._load(regulation_id=draft.regulation_id.id)
        self.assertEqual((again.number, again.state, draft.state), (2, "draft", "published"))
        self.assertEqual(draft.stage_ids[0].step_ids[0].name, "Write a letter")
        self.assertEqual(again.stage_ids[0].step_ids[0].name, "Call")
        keys = [version.stage_ids.step_ids.mapped("key") for version in (draft, again)]
        self.assertEqual(*keys)
        self.assertEqual(again.regulation_id._get_statuses().mapped("name"), ["Will think"])

    def test_loaded_twice_are_two(self):
        """AT-07: a second one of its own; the stages made first are used again."""
        first, second = self._load(), self._load(name="Another")
        self.assertNotEqual(first.regulation_id, second.regulation_id)
        self.assertEqual(first.stage_ids.mapped("value"), second.stage_ids.mapped("value"))
        self.assertEqual(self.template.action_open_regulations()["domain"][0][2], self.template.id)

    def test_one_stage_for_two_is_refused(self):
        """AL-02: the error names both; nothing is made."""
        use = self._dialog()
        use.line_ids[1].res_id = self.qualify.id
        with self.assertRaisesRegex(UserError, "Qualification, Pilot"), self.cr.savepoint():
            use.action_use()
        self.assertFalse(self.template.regulation_ids)

    def test_missing_parts_are_named(self):
        """AL-02: a record that was deleted, a content that is gone: said, with the cure."""
        broken = dict(CONTENT, domain=[("country_id", "=", "ref:base.nowhere")])
        templates = type(self.env["bpm.regulation.template"])
        with patch.object(templates, "_get_contents", lambda self: {"test_sale": broken}):
            with self.assertRaisesRegex(UserError, "base.nowhere"):
                self._dialog()
        with patch.object(templates, "_get_contents", lambda self: {}):
            with self.assertRaisesRegex(UserError, "Install or update the addon"):
                self._dialog()
            self.assertFalse(self.template.outline)
        self.env.invalidate_all()
        stages = [
            {
                **CONTENT["stages"][0],
                "steps": [
                    {"key": "p", "name": _lt("Process"), "kind": "process", "process": "no_such"}
                ],
            }
        ]
        broken = dict(CONTENT, stages=stages)
        broken["stages"][0] = {**broken["stages"][0], "next": [], "facts": []}
        with patch.object(templates, "_get_contents", lambda self: {"test_sale": broken}):
            with self.assertRaisesRegex(UserError, "no_such"), self.cr.savepoint():
                self._load()

    def test_rights(self):
        """AL-02: all may look, designers make drafts, managers publish; stages need rights."""
        for user in (self.viewer, self.worker):
            self.assertTrue(self.template.with_user(user).stage_names)
            with self.assertRaises(AccessError):
                self.template.with_user(user).action_use()
            with self.assertRaises(AccessError):
                self.env["bpm.regulation.use"].with_user(user).create(
                    {"template_id": self.template.id}
                )
            with self.assertRaises(AccessError):
                self.template.with_user(user).name = "Mine"
        portal = self._user("ready_portal", "base.group_user")
        portal.group_ids = self.env.ref("base.group_portal")
        with self.assertRaises(AccessError):
            self.template.with_user(portal).read(["name"])
        use = self._dialog(self.designer)
        with self.assertRaisesRegex(AccessError, "Pilot"), self.cr.savepoint():
            use.action_use()
        use.line_ids[1].res_id = self.present.id
        draft = self.env["bpm.regulation.version"].browse(use.action_use()["res_id"])
        with self.assertRaises(AccessError):
            draft.with_user(self.designer).action_publish()
        draft.with_user(self.manager).action_publish()

    def test_in_the_language_of_people(self):
        """AL-02: stages, steps, facts and statuses are written in every installed language."""
        self.env["res.lang"]._activate_lang("hu_HU")
        said = {"Call": "Hívás", "Pilot": "Próba", "Phone known": "Ismert telefon"}

        def translate(module, lang, source, args):
            return said.get(source, source) if lang == "hu_HU" else source

        with patch("odoo.tools.translate.get_translation", translate):
            draft = self._load()
        hungarian = draft.with_context(lang="hu_HU").stage_ids
        self.assertEqual(hungarian[0].step_ids[0].name, "Hívás")
        self.assertEqual(hungarian[0].fact_ids[0].name, "Ismert telefon")
        self.assertEqual(hungarian[1].name, "Próba")
        stage = self.env["res.partner.industry"].browse(int(hungarian[1].value))
        self.assertEqual(stage.with_context(lang="hu_HU").name, "Próba")
        self.assertEqual(draft.with_context(lang="en_US").stage_ids[1].name, "Pilot")
