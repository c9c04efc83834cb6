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

    def newcomer(self, tour, name):
        """Plays it and gives the instance that was run."""
        self.start_tour(
            "/odoo/processes",
            f"bpm_engine_newcomer_{tour}",
            login=self.manager.login,
            timeout=240,
        )
        process = self.env["bpm.process"].search([("name", "=", name)])
        self.assertEqual(process.state, "published")
        instance = process.instance_ids
        self.assertEqual((instance.state, instance.res_id), ("done", self.partner.id))
        return instance

    def test_newcomer_with_a_sample(self):
        """HU-05: three steps with a condition, drawn, published and run: at most 12 clicks."""
        instance = self.newcomer("sample", "Discount")
        self.assertEqual(instance.result, "Done")
        done = instance.task_ids.sorted("id")
        self.assertEqual(
            done.mapped("name"), ["Ask for a discount", "Decide about it", "Tell the customer"]
        )
        self.assertEqual(done.mapped("outcome"), ["done", "approved", "done"])

    def test_newcomer_by_hand(self):
        """HU-05: the same drawn step by step: at most 13 clicks."""
        instance = self.newcomer("by_hand", "Complaint")
        self.assertEqual(instance.result, "Done")
        self.assertEqual(
            instance.task_ids.sorted("id").mapped("name"),
            ["Note the complaint", "Look at the complaint", "Send a new one"],
        )

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
        voter = new_test_user(self.env, "bpm_voter", groups="base.group_user")
        voter.password = voter.login
        action = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "bpm.proposal")], order="id", limit=1
        )
        self.start_tour(
            f"/odoo/action-{action.id}", "bpm_engine_vote", login=voter.login, timeout=180
        )
        vote = proposal.vote_ids.filtered(lambda one: one.user_id == voter)
        self.assertEqual(vote.value, -1)
