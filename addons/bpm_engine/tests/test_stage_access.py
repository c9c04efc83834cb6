from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon

DEFINITION = (
    "bpm.regulation", "bpm.regulation.version", "bpm.regulation.stage", "bpm.regulation.step",
    "bpm.regulation.fact",
)  # fmt: skip
RUNNING = ("bpm.stage.case", "bpm.stage.case.step", "bpm.stage.change")
#: Dialogs of those who draw.
DRAWING = {
    "none": "",
    "view": "",
    "user": "",
    "override": "",
    "designer": "crwu",
    "manager": "crwu",
}
#: What each role may do with each model: create, read, write, unlink. A designer takes parts
#: out of his draft, but a regulation with its history is a manager's.
RIGHTS = {
    "bpm.regulation": {"designer": "crw", "manager": "crwu"},
    "bpm.regulation.version": {"designer": "crw", "manager": "crwu"},
    "bpm.regulation.stage": {"designer": "crwu", "manager": "crwu"},
    "bpm.regulation.step": {"designer": "crwu", "manager": "crwu"},
    "bpm.regulation.fact": {"designer": "crwu", "manager": "crwu"},
    "bpm.regulation.template": {"manager": "crwu"},
    **dict.fromkeys(("bpm.regulation.use", "bpm.regulation.use.line"), DRAWING),
    "bpm.stage.status": {"designer": "crw", "manager": "crwu"},
    **dict.fromkeys(RUNNING, {}),
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestStageAccess(StageCommon):
    """HU-23: who may define, see, move, override."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._step(cls.s_qualify, "Meeting")
        cls._publish()
        cls.customer = cls._customer()
        cls.plain = new_test_user(cls.env, "stage_plain", "base.group_user")
        cls.portal = new_test_user(cls.env, "stage_portal", "base.group_portal")

    def test_rights_of_each_role(self):
        """HU-23: none, view, user, designer, manager, override, portal: model by model."""
        roles = {
            "none": self.plain, "view": self.viewer, "user": self.worker,
            "designer": self.designer, "manager": self.manager, "override": self.override,
            "portal": self.portal,
        }  # fmt: skip
        for model, rights in RIGHTS.items():
            for role, user in roles.items():
                wanted = rights.get(role, "" if role == "portal" else "r")
                with self.subTest(model=model, role=role):
                    records = self.env[model].with_user(user)
                    may = [key for key, name in OPERATIONS.items() if records.has_access(name)]
                    self.assertEqual("".join(may), wanted)

    def test_every_model_is_in_the_table(self):
        """HU-23: a new model of regulations without a line in the table is noticed."""
        models = self.env["ir.model"].search(
            ["|", ("model", "=like", "bpm.regulation%"), ("model", "=like", "bpm.stage.%")]
        )
        stored = {model.model for model in models if self.env[model.model]._auto}
        self.assertEqual(stored, set(RIGHTS))

    def test_other_company(self):
        """HU-23: a manager of another company sees nothing of ours, in no model."""
        self.regulation.company_id = self.env.company
        self.customer.company_id = self.env.company
        self.customer.phone = "1"
        self._steps(self.customer)._mark_done()
        self.customer.industry_id = self.present
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "stage_other_manager", "base.group_user,bpm_engine.group_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        ours = {
            "bpm.regulation": self.regulation,
            "bpm.regulation.version": self.version,
            "bpm.regulation.stage": self.version.stage_ids,
            "bpm.regulation.step": self.version.stage_ids.step_ids,
            "bpm.regulation.fact": self.version.stage_ids.fact_ids,
            "bpm.stage.case": self.env["bpm.stage.case"]._get_cases(self.customer)[
                self.customer.id
            ],
            "bpm.stage.case.step": self._steps(self.customer),
            "bpm.stage.change": self._changes(self.customer).filtered("company_id"),
        }
        for model, records in ours.items():
            with self.subTest(model=model):
                self.assertTrue(records)
                self.env.flush_all()
                self.env.invalidate_all()
                theirs = records.with_user(stranger)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    theirs[:1].read(["display_name"])

    def test_designer_takes_out_of_his_draft(self):
        """TN-30: what a designer has put into a draft he may take out again."""
        draft = self.regulation.with_user(self.designer).action_new_draft()
        stage = draft.stage_ids[0]
        stage.step_ids.unlink()
        stage.fact_ids.unlink()
        draft.stage_ids[-1].unlink()
        self.assertFalse(stage.step_ids or stage.fact_ids)
        self.assertEqual(len(draft.stage_ids), 4)

    def test_definitions(self):
        """HU-23: everybody sees by which rules he works; designers change, nobody else."""
        for model in DEFINITION:
            with self.subTest(model=model):
                records = self.env[model]
                self.assertTrue(records.with_user(self.plain).search_count([], limit=1))
                for user in (self.plain, self.viewer, self.worker, self.override):
                    for operation in ("create", "write", "unlink"):
                        self.assertFalse(records.with_user(user).has_access(operation))
                self.assertTrue(records.with_user(self.designer).has_access("write"))
                self.assertTrue(records.with_user(self.manager).has_access("unlink"))
                self.assertFalse(records.with_user(self.portal).has_access("read"))

    def test_running_is_never_written_by_hand(self):
        """HU-23: cases and history are changed by moves only, even by managers."""
        for model in RUNNING:
            records = self.env[model].with_user(self.manager)
            for operation in ("create", "write", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_running_is_seen_in_part(self):
        """HU-23: a plain employee finds his own steps and moves, a viewer all."""
        self.customer.phone = "1"
        self._steps(self.customer)._mark_done()
        self.customer.with_user(self.seller).industry_id = self.present
        for model in RUNNING:
            with self.subTest(model=model):
                records = self.env[model]
                self.assertTrue(records.with_user(self.viewer).search_count([]))
                self.assertTrue(records.with_user(self.seller).search_count([]))
                self.assertFalse(records.with_user(self.plain).search_count([]))

    def test_bar_follows_the_record(self):
        """HU-24: whoever may read the record sees its bar; who may not, does not."""
        panel = self.env["bpm.stage.case"]
        bar = panel.with_user(self.plain).get_bar("res.partner", self.customer.id)
        self.assertEqual((bar["value"], bar["may_move"]), (str(self.qualify.id), False))
        self.assertFalse(bar["steps"][0]["may_do"])
        for call in (
            lambda who: who.get_bar("res.partner", self.customer.id),
            lambda who: who.get_history("res.partner", self.customer.id),
            lambda who: who.move("res.partner", self.customer.id, str(self.present.id)),
        ):
            with self.assertRaises(AccessError):
                call(panel.with_user(self.portal))
        with self.assertRaises(AccessError):
            panel.with_user(self.plain).move("res.partner", self.customer.id, "1")

    def test_rules_bind_those_who_cannot_read_them(self):
        """EP-06: a portal user's sudo route, another company: the rules hold, without errors."""
        other = self.env["res.company"].create({"name": "Other"})
        self.regulation.with_user(self.manager).company_id = self.env.company
        stranger = new_test_user(
            self.env, "stage_stranger", "base.group_user,base.group_partner_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        for user in (self.portal, stranger):
            with self.assertRaisesRegex(StageRefused, "Phone known"), self.cr.savepoint():
                self.customer.with_user(user).sudo().industry_id = self.present
        with self.assertRaisesRegex(StageRefused, "Phone known"), self.cr.savepoint():
            self.customer.with_user(stranger).industry_id = self.present
        self.assertFalse(self.env["bpm.regulation"].with_user(stranger).search_count(
            [("id", "=", self.regulation.id)]
        ))  # fmt: skip

    def test_regulation_of_another_company(self):
        """EP-06: it binds records of its company and those that are nobody's."""
        other = self.env["res.company"].create({"name": "Other"})
        self.regulation.with_user(self.manager).company_id = other
        self._customer(name="Ours", company_id=self.env.company.id).industry_id = self.present
        with self.assertRaises(StageRefused), self.cr.savepoint():
            self._customer(name="Theirs", company_id=other.id).industry_id = self.present
        with self.assertRaises(StageRefused), self.cr.savepoint():
            self._customer(name="Nobody's").industry_id = self.present

    def test_steps_of_others(self):
        """HU-23: whoever may not change the record ends only his own steps."""
        step = self._steps(self.customer)
        for user in (self.plain, self.viewer, self.portal):
            with self.assertRaises(AccessError):
                step.with_user(user).action_done()
        step.with_user(self.manager).action_done()
        self.assertEqual(step.done_by_id, self.manager)

    def test_worth_is_for_viewers(self):
        """HU-23: figures of all records are for those who see all."""
        regulations = self.env["bpm.regulation"]
        self.assertIn("steps", regulations.with_user(self.viewer).get_worth(self.regulation.id))
        with self.assertRaises(AccessError):
            regulations.with_user(self.plain).get_worth(self.regulation.id)
