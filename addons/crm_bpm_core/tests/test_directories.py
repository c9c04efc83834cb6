"""Directories of the cases, and the catalogue of ready regulations of sales."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.translate import LazyGettext

from odoo.addons.crm_bpm_core.regulations import CONTENTS
from odoo.addons.crm_bpm_core.tests.common import CORE, CrmBpmCommon

DIRECTORIES = ("crm.need", "crm.education", "crm.chain.category", "crm.purchasing.principle")


@tagged("post_install", "-at_install")
class TestDirectories(CrmBpmCommon):
    def test_who_keeps_them(self):
        """LV-12, EC-04: employees choose from them, only the head of sales changes them."""
        for model in DIRECTORIES:
            row = self.env[model].with_user(self.head).create({"name": "New one"})
            for user in (self.nobody, self.viewer, self.manager):
                self.assertEqual(row.with_user(user).name, "New one")
                for change in (
                    lambda r, u=user: r.with_user(u).write({"name": "Mine"}),
                    lambda r, u=user: r.with_user(u).unlink(),
                    lambda r, u=user: r.with_user(u).create({"name": "Mine"}),
                ):
                    with self.assertRaises(AccessError):
                        change(row)
            with self.assertRaises(AccessError):
                row.with_user(self.portal).read(["name"])
            row.with_user(self.head).active = False
            self.assertNotIn(row, self.env[model].search([]))
            row.with_user(self.head).unlink()

    def test_they_begin_filled(self):
        """LV-09, LV-13, AT-09: the choices that the ready regulations need are there."""
        needs = [self.env.ref(f"{CORE}.need_{name}") for name in ("short", "long", "newsletter")]
        self.assertEqual(len(set(needs)), 3)
        higher = self.env["crm.education"].search([]).grouped("is_higher")
        self.assertTrue(higher[True] and higher[False])
        served = self.env["crm.chain.category"].search([]).grouped("is_served")
        self.assertTrue(served[True] and served[False])

    def test_leads_by_need(self):
        """LV-12, LV-17: how many leads a need has; the education goes over to the contact."""
        need = self.env.ref(f"{CORE}.need_long")
        education = self.env.ref(f"{CORE}.education_bachelor")
        leads = self.env["crm.lead"].with_user(self.manager)
        lead = leads.create({
            "name": "MBA", "type": "lead", "need_id": need.id, "contact_name": "Olga",
            "education_id": education.id, "email_from": "olga@example.com",
        })  # fmt: skip
        self.assertEqual(need.lead_count, len(need.lead_ids))
        lead.action_make_customer()
        self.assertEqual(lead.partner_id.education_id, education)
        again = leads.create({"name": "DBA", "partner_id": lead.partner_id.id})
        self.assertEqual(again.education_id, education)
        again.education_id = self.env.ref(f"{CORE}.education_doctor")
        self.assertEqual(lead.partner_id.education_id, again.education_id)


@tagged("post_install", "-at_install")
class TestReadyRegulationCatalogue(CrmBpmCommon):
    def _templates(self):
        return self.env["bpm.regulation.template"].search([("key", "in", list(CONTENTS))])

    def test_every_one_can_be_used(self):
        """HU-07, LV-09: all ready regulations are shown, load and are ready to publish."""
        templates = self._templates()
        self.assertEqual(set(templates.mapped("key")), set(CONTENTS))
        for template in templates.with_user(self.head):
            with self.subTest(template.key):
                self.assertTrue(template.description and template.people and template.stage_names)
                action = template.action_use()
                uses = self.env[action["res_model"]].with_user(self.head)
                use = uses.with_context(**action["context"]).create({})
                draft_id = use.action_use()["res_id"]
                draft = self.env["bpm.regulation.version"].browse(draft_id)
                self.assertEqual(draft._get_problems(), [])
                board = draft.with_user(self.head).get_board()
                self.assertEqual(
                    [stage["name"] for stage in board["stages"]],
                    [str(stage["name"]) for stage in CONTENTS[template.key]["stages"]],
                )
                draft.with_user(self.head).action_publish()

    def test_who_does_what_is_written(self):
        """HU-23: each operation has one answerable person; no step stands twice in a way."""
        for key, content in CONTENTS.items():
            for stage in content["stages"]:
                names = [str(step["name"]) for step in stage.get("steps", ())]
                self.assertEqual(len(names), len(set(names)), f"{key}/{stage['key']}")
                for step in stage.get("steps", ()):
                    who = step.get("who", "responsible")
                    self.assertIn(who, ("responsible", "leader"), f"{key}/{step['key']}")
                    if step.get("kind") == "approval":
                        self.assertEqual(who, "leader", f"{key}/{step['key']}")

    def test_words_can_be_translated(self):
        """AL-02: every text that people read is marked for translation."""

        def walk(part, path):
            for name, value in part.items():
                if isinstance(value, list | tuple):
                    for item in value:
                        if isinstance(item, dict):
                            walk(item, f"{path}/{item.get('key')}")
                elif name in ("name", "instruction", "cure"):
                    self.assertIsInstance(value, LazyGettext, f"{path}: {value}")

        for key, content in CONTENTS.items():
            walk(content, key)
            for status in content.get("statuses", ()):
                self.assertIsInstance(status, LazyGettext)

    def test_for_one_team(self):
        """AT-07, AL-11: for a team it gets stages of its own and its leads only."""
        template = self.env.ref(f"{CORE}.regulation_chain_sale").with_user(self.head)
        uses = self.env["bpm.regulation.use"].with_user(self.head)
        use = uses.create({"template_id": template.id, "team_id": self.team.id})
        self.assertTrue(use.domain.startswith(f"[('team_id', '=', {self.team.id}), ('type'"))
        draft = self.env["bpm.regulation.version"].browse(use.action_use()["res_id"])
        values = draft.stage_ids.filtered(lambda s: s.value.isdigit()).mapped("value")
        stages = self.env["crm.stage"].browse(map(int, values))
        own = stages.filtered("team_ids")
        self.assertEqual(own.team_ids, self.team)
        self.assertEqual(len(stages - own), 2, "where leads begin and the won one are shared")
        self.assertEqual(own.mapped("name"), [
            "Qualification", "Presentation", "Commercial proposal", "Contracting"])  # fmt: skip
