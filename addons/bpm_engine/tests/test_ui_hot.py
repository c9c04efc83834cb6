"""A version in use in the browser: what is changed at once, and what becomes of it on leaving."""

from odoo.tests import HttpCase, tagged

from .common import BpmCommon


@tagged("post_install", "-at_install")
class TestHotInTheBrowser(HttpCase, BpmCommon):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = cls.manager.login
        cls.process = cls.env["bpm.process"].create(
            {
                "name": "Deal",
                "key": "deal",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "owner_id": cls.manager.id,
            }
        )

    def use(self, process):
        """Publish the draft; the path of a list with that version only."""
        version = process.draft_version_id
        version.with_user(self.manager).action_publish()
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Versions",
                "res_model": "bpm.process.version",
                "path": "bpm-hot-of-test",
                "view_mode": "list,form",
                "domain": [("id", "=", version.id)],
            }
        )
        return version, f"/odoo/{action.path}"

    def tour(self, path, name):
        self.start_tour(path, f"bpm_engine_hot_{name}", login=self.manager.login, timeout=120)
        self.env.invalidate_all()

    def step(self, version):
        return version.element_ids.filtered(lambda element: element.type == "userTask")

    def test_leaving_asks(self):
        """HU-20: who leaves with changes not applied is asked; dropped ones are nowhere.

        What somebody else has not applied on the same computer is offered to nobody else.
        """
        version, path = self.use(self.process)
        self.tour(path, "leave")
        self.assertEqual(self.step(version).name, "Look at it")

    def test_closed_page(self):
        """HU-20: a page that closes applies nothing and loses nothing."""
        version, path = self.use(self.process)
        self.tour(f"{path}/{version.id}", "reload")
        self.assertEqual(self.step(version).name, "Look at it")
        self.assertEqual(self.step(version).settings["assignment"], {"kind": "starter_manager"})

    def test_two_at_once(self):
        """HU-20: what somebody else did meanwhile is named and stays."""
        version, path = self.use(self.process)
        self.tour(f"{path}/{version.id}", "two")
        self.assertEqual(self.step(version).name, "Look at it")
        self.assertEqual(
            self.step(version).settings["assignment"],
            {"kind": "user", "user": self.other_worker.login},
        )

    def test_lane(self):
        """HU-20: who works in a lane is changed at once like anybody else."""
        template = self.env.ref("bpm_engine.template_request_handling")
        version, path = self.use(template._create_process(owner_id=self.manager.id))
        self.tour(f"{path}/{version.id}", "lane")
        lane = version.element_ids.filtered(lambda one: one.element_id == "Lane_requester")
        self.assertEqual(lane.settings["assignment"], {"kind": "starter_manager"})
        self.assertEqual(lane.changed_by_id, self.manager)
