from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.bpm_engine.tests.sight_common import SightCommon

TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)


class SightUiCommon(HttpCase, SightCommon):
    """Three instances that ended, one whose task is late; the browser's clock is real."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.env["bpm.task"].search([("state", "=", "todo")]).write({"state": "cancelled"})
        cls.worker.name = "Anna"
        cls.other_worker.name = "Boris Later"
        for user in (cls.manager, cls.viewer):
            user.password = user.login
        for hours in (1, 2, 3):
            cls._run_to_end(hours)
        cls.waiting = cls._waiting(
            cls.worker,
            started=cls._ago(days=2, minutes=5),
            deadline=cls.now - timedelta(hours=1),
        )

    def _tour(self, path, name, user):
        self.start_tour(path, f"bpm_engine_sight_{name}", login=user.login)


@tagged("post_install", "-at_install")
class TestDesktop(SightUiCommon):
    browser_size = "1366x768"

    def test_instance(self):
        """HU-06: the form of a running process: sentence, token, history, past, suspension."""
        self._tour(f"/odoo/running-processes/{self.waiting.id}", "instance", self.manager)
        self.assertEqual(self.waiting.state, "suspended")

    def test_propose_where_it_was_noticed(self):
        """HU-18: pinned to a step of what runs, seen there, voted for, accepted into a draft."""
        self.worker.password = self.worker.login
        self._tour(f"/odoo/running-processes/{self.waiting.id}", "propose", self.worker)
        proposal = self.process.proposal_ids
        self.assertEqual((proposal.element, proposal.element_name), ("Check", "Check invoice"))
        self.assertEqual(proposal.instance_id, self.waiting)
        self._tour(f"/odoo/process-heat/{self.process.id}", "vote", self.viewer)
        self.assertEqual(proposal.votes_for, 1)
        self._tour("/odoo/process-proposals", "accept", self.manager)
        self.assertEqual(proposal.state, "accepted")
        draft = self.process.draft_version_id
        self.assertEqual(proposal.implemented_version_id, draft)
        draft.bpmn_xml = draft.bpmn_xml.replace("serviceTask", "userTask").replace(
            '<bpmn:messageEventDefinition id="M"/>', TIMER
        )
        draft.with_user(self.manager).action_publish()
        self._run_to_end(1, version=draft, started=fields.Datetime.now())
        self._tour(f"/odoo/process-proposals/{proposal.id}", "effect", self.manager)
        said = proposal.message_ids.filtered(lambda one: one.author_id == self.manager.partner_id)
        self.assertIn("It was worth it", said[:1].body)

    def test_heat_map_choices(self):
        """HU-06: period, version, person, figures, the log as a file, versions compared, charts."""
        self._run_to_end(4, version=self.old, started=self._ago(days=20))
        late = self._run_to_end(3, late=True, user=self.other_worker)
        self._task(late, self.other_worker, state="done")
        self._tour(f"/odoo/process-heat/{self.process.id}", "heat_choices", self.viewer)

    def test_heat_map(self):
        """HU-06: the heat map: colours with figures, table, lists behind them."""
        self._tour(f"/odoo/process-heat/{self.process.id}", "heat", self.viewer)

    def test_board(self):
        """HU-06, HU-23: the board: a manager gives a late task to somebody else."""
        self._tour("/odoo/process-board", "board", self.manager)
        self.assertEqual(self.waiting.task_ids.user_id, self.other_worker)


@tagged("post_install", "-at_install")
class TestPhone(SightUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_instance(self):
        """HU-06: on a phone where it stands needs no sideways scrolling."""
        self._tour(f"/odoo/running-processes/{self.waiting.id}", "instance_phone", self.viewer)

    def test_heat_map(self):
        """HU-06: the heat map on a phone."""
        self._tour(f"/odoo/process-heat/{self.process.id}", "heat_phone", self.viewer)

    def test_board(self):
        """HU-06: the board on a phone, with the same acts."""
        self._tour("/odoo/process-board", "board", self.manager)
