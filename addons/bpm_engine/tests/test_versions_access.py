"""Who may do what with processes, versions, changes and proposals, by role and company."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .versions_common import VersionsCommon, three_steps, two_steps

_OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
#: model -> role -> what it may do.
_RIGHTS = {
    "bpm.process": {
        "nobody": "r", "viewer": "r", "worker": "r", "designer": "rwc", "manager": "rwcd",
    },
    "bpm.process.version": {
        "nobody": "r", "viewer": "r", "worker": "r", "designer": "rwc", "manager": "rwcd",
    },
    # Of a process in use designers switch off and narrow only: see test_start_rights.py.
    "bpm.process.trigger": {
        "nobody": "r", "viewer": "r", "worker": "r", "designer": "rwc", "manager": "rwcd",
    },
    "bpm.element": {"nobody": "r", "viewer": "r", "worker": "r", "designer": "r", "manager": "rw"},
    "bpm.action": {
        "nobody": "", "viewer": "r", "worker": "r", "designer": "r", "manager": "rwcd",
    },
    "bpm.job": {"nobody": "r", "viewer": "r", "worker": "r", "designer": "r", "manager": "r"},
    "bpm.migration": {
        "nobody": "", "viewer": "", "worker": "", "designer": "", "manager": "rwc",
    },
    "bpm.migration.mapping": {
        "nobody": "", "viewer": "", "worker": "", "designer": "", "manager": "rwcd",
    },
    "bpm.proposal": {
        "nobody": "rwc", "viewer": "rwc", "worker": "rwc", "designer": "rwc", "manager": "rwcd",
    },
    "bpm.publish": {
        "nobody": "", "viewer": "", "worker": "", "designer": "", "manager": "rwcd",
    },
}  # fmt: skip


class TestVersionsAccess(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.nobody = new_test_user(self.env, "bpm_nobody", groups="base.group_user")
        self.portal = new_test_user(self.env, "bpm_portal", groups="base.group_portal")

    def test_models_by_role(self):
        """HU-23: each role may do exactly what is listed; portal users nothing."""
        wrong = []
        for model, roles in _RIGHTS.items():
            for role, rights in {**roles, "portal": ""}.items():
                for letter, operation in _OPERATIONS.items():
                    has = self.env[model].with_user(getattr(self, role)).has_access(operation)
                    if has != (letter in rights):
                        wrong.append(f"{role} {operation} {model}: {has}")
        self.assertEqual(wrong, [])

    def test_nobody_makes_himself_the_owner(self):
        """HU-23: the owner may do any task and decides on proposals; only managers name one."""
        process = self.make("visa", *two_steps(), owner_id=self.manager.id)
        for owner in (self.designer.id, False):
            with self.assertRaises(AccessError), self.cr.savepoint():
                process.with_user(self.designer).owner_id = owner
        own = self.env["bpm.process"].with_user(self.designer).create({"name": "Own"})
        own.owner_id = self.designer
        process.with_user(self.manager).owner_id = self.designer
        self.assertEqual(process.owner_id, self.designer)

    def test_other_company(self):
        """HU-23: people of another company see nothing of this company's process."""
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "bpm_stranger",
            groups="base.group_user,bpm_engine.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        process = self.make("visa", *two_steps(), company_id=self.env.company.id)
        self.launch(process)
        self.publish(process, *three_steps())
        change = self.env["bpm.migration"].browse(process.action_check_older()["res_id"])
        proposal = self.env["bpm.proposal"].create({"name": "x", "process_id": process.id})
        version = process.published_version_id
        for record in (
            process, version, version.element_ids[:1], change, change.line_ids, proposal,
        ):  # fmt: skip
            found = self.env[record._name].with_user(stranger).search([("id", "in", record.ids)])
            self.assertFalse(found, record._name)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                record.with_user(stranger).check_access("read")
        with self.assertRaises(AccessError):
            version.with_user(stranger).set_hot("Check", {})
        with self.assertRaises(AccessError):
            version.with_user(stranger).action_new_draft()
        with self.assertRaises(AccessError):
            change.with_user(stranger).action_move()
        with self.assertRaises(AccessError):
            proposal.with_user(stranger).action_vote_for()

    def test_portal_calls(self):
        """HU-23: no public method lets a portal user look into processes."""
        process = self.make("visa", *two_steps())
        version = process.published_version_id.with_user(self.portal)
        for call in (
            lambda: version.lint_xml("<x/>", process.id),
            lambda: version.read_bpmn("<x/>"),
            version.export_bpmn,
            version.get_affected,
            lambda: version.set_hot("Check", {}),
            version.action_publish,
            lambda: process.with_user(self.portal).get_expression_fields("res.partner"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_checks_are_for_those_who_draw(self):
        """HU-23: a check tells which logins, groups and processes exist: not to everybody."""
        process = self.make("visa", *two_steps())
        xml = self.drawing(process, *two_steps())
        for user in (self.worker, self.viewer):
            version = process.published_version_id.with_user(user)
            with self.assertRaises(AccessError):
                version.lint_xml(xml, process.id)
            with self.assertRaises(AccessError):
                version.read_bpmn(xml, process.id)
        version = process.published_version_id.with_user(self.designer)
        found = version.lint_xml(xml, process.id)
        self.assertEqual({row["code"] for row in found}, {"nobody"})

    def test_state_of_tokens_stays_inside(self):
        """HU-23: not even a manager reads the saved state through a change."""
        process = self.make("visa", *two_steps())
        self.launch(process)
        self.publish(process, *three_steps())
        change = self.env["bpm.migration"].browse(process.action_check_older()["res_id"])
        change.action_move()
        with self.assertRaises(AccessError):
            change.line_ids.with_user(self.manager).read(["state_before"])
