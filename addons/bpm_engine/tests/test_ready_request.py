"""Request handling, from the start to every end, by the people in it."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyCommon


@tagged("post_install", "-at_install")
class TestReadyRequest(ReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._publish("bpm_engine.template_request_handling", one_per_record=False)
        cls.dispatcher = cls.manager
        cls.specialist = cls.other_worker

    def _registered(self):
        instance = self._start(self.process, self.partner)
        self._do(instance, "Register", "accepted", self.dispatcher)
        return instance

    def _solved(self):
        instance = self._registered()
        self._do(instance, "Solve", "solved", self.specialist)
        return instance

    def test_solved_and_confirmed(self):
        """HU-23: registered, taken by one of the group, solved, confirmed by who asked."""
        instance = self._solved()
        self._do(instance, "Confirm", "confirmed", self.worker)
        self.assertEnded(instance, "Solved")
        solved = instance.task_ids.filtered(lambda t: t.element_id.element_id == "Solve")
        self.assertEqual(solved.done_by_id, self.specialist)

    def test_one_of_the_group_takes_it(self):
        """HU-23: who takes a request is responsible; a colleague sees that it is taken."""
        instance = self._registered()
        task = self._task(instance, "Solve")
        task.with_user(self.specialist).action_claim()
        with self.assertRaises(UserError):
            task.with_user(self.worker).action_claim()
        self.assertEqual(task.user_id, self.specialist)

    def test_declined(self):
        """HU-23: declining needs a reason and ends it."""
        instance = self._start(self.process, self.partner)
        with self.assertRaises(UserError):
            self._do(instance, "Register", "declined", self.dispatcher, comment="")
        self._do(instance, "Register", "declined", self.dispatcher)
        self.assertEnded(instance, "Declined")

    def test_the_requester_is_asked(self):
        """HU-23: an unclear request goes to who made it and comes back."""
        instance = self._start(self.process, self.partner)
        self._do(instance, "Register", "incomplete", self.dispatcher, "Which printer?")
        self._do(instance, "Complete", "completed", self.worker)
        self._do(instance, "Register", "accepted", self.dispatcher)
        self.assertEqual(self._open(instance), ["Solve"])

    def test_cannot_be_solved(self):
        """HU-23: specialists may say so, with a reason."""
        instance = self._registered()
        self._do(instance, "Solve", "impossible", self.specialist)
        self.assertEnded(instance, "Cannot be solved")

    def test_given_back(self):
        """HU-23: what other specialists have to do returns to the dispatcher."""
        instance = self._registered()
        self._do(instance, "Solve", "other", self.specialist)
        self.assertEqual(self._open(instance), ["Register"])

    def test_reopened(self):
        """HU-23: not solved after all: the same request goes on."""
        instance = self._solved()
        self._do(instance, "Confirm", "reopened", self.worker)
        self._do(instance, "Solve", "solved", self.specialist)
        self._do(instance, "Confirm", "confirmed", self.worker)
        self.assertEnded(instance, "Solved")

    def test_silence_is_agreement(self):
        """HU-24: without an answer in 5 working days it ends, weekends not counted."""
        instance = self._solved()
        self._pass(days=4, hours=8)  # Friday afternoon
        self.assertEqual(self._open(instance), ["Confirm"])
        self._pass(days=2)
        self.assertEnded(instance, "Solved, nobody objected")

    def test_late_request_is_escalated(self):
        """HU-24: past the deadline the dispatchers are told, once."""
        instance = self._registered()
        task = self._task(instance, "Solve")
        self._pass(days=3)
        self.assertTrue(task.is_overdue)
        self.assertTrue(task.escalated_at)
        self.assertIn("escalated", instance.sudo().log_ids.mapped("event"))

    def test_two_requests_on_one_record(self):
        """HU-23: a customer may have several requests at a time."""
        first, second = (self._start(self.process, self.partner) for _number in range(2))
        self._do(first, "Register", "declined", self.dispatcher)
        self.assertEqual(self._open(second), ["Register"])
