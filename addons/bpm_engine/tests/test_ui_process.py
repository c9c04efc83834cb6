"""Processes in the browser: new, publish, count, propose."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common import BpmCommon


@tagged("post_install", "-at_install")
class TestProcessTour(HttpCase, BpmCommon):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = cls.manager.login

    def test_new_process(self):
        """HU-05, HU-19, HU-06, HU-18: from nothing to running ones, and a proposal on them."""
        self.start_tour(
            "/odoo/processes", "bpm_engine_new_process", login=self.manager.login, timeout=180
        )
        process = self.env["bpm.process"].search([("name", "=", "Welcome a customer")])
        self.assertEqual((process.state, process.key), ("published", "welcome_a_customer"))
        partners = self.partner | self.env["res.partner"].create({"name": "Zarya"})
        process._start(partners, starter=self.worker)
        self.start_tour(
            "/odoo/processes", "bpm_engine_running_count", login=self.manager.login, timeout=180
        )
        user = new_test_user(self.env, "bpm_plain", groups="base.group_user")
        user.password = user.login
        self.start_tour("/odoo/processes", "bpm_engine_propose", login=user.login, timeout=180)
        proposal = process.proposal_ids
        self.assertEqual((proposal.name, proposal.author_id), ("Greet by phone", user))
