"""Tender preparation, from the start to every end, by the people in it."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyCommon


@tagged("post_install", "-at_install")
class TestReadyTender(ReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._publish("bpm_engine.template_tender_preparation")
        cls.director = cls.manager

    def _bidding(self):
        """A tender in which it was decided to take part."""
        instance = self._start(self.process, self.partner)
        self._do(instance, "Study", "studied", self.worker)
        self._do(instance, "Take_part", "go", self.head)
        return instance

    def _prepared(self):
        instance = self._bidding()
        self._do(instance, "Documents", "ready", self.worker)
        self._do(instance, "Price", "formed", self.other_worker)
        self._do(instance, "Security", "not_needed", self.worker)
        return instance

    def _agreed(self, instance):
        self._do(instance, "Agree", "approved", self.head)
        self._do(instance, "Agree", "approved", self.director)

    def _submitted(self):
        instance = self._prepared()
        self._agreed(instance)
        self._do(instance, "Submit", "submitted", self.worker)
        return instance

    def _announce(self, result):
        """As crm_tenders or another system reports it (send_message over RPC)."""
        return (
            self.env["bpm.process"]
            .with_user(self.worker)
            .send_message("tender_result", "res.partner", self.partner.id, {"result": result})
        )

    def test_no_bid(self):
        """TN-12: the head decides against it; nothing is prepared."""
        instance = self._start(self.process, self.partner)
        self._do(instance, "Study", "studied", self.worker)
        self._do(instance, "Take_part", "no_go", self.head)
        self.assertEnded(instance, "No bid")

    def test_prepared_side_by_side(self):
        """TN-09, TN-12, TN-16: documents, security and price at once; all must be ready."""
        instance = self._bidding()
        self.assertEqual(self._open(instance), ["Documents", "Price", "Security"])
        self._do(instance, "Price", "formed", self.other_worker)
        self._do(instance, "Documents", "ready", self.worker)
        self.assertEqual(self._open(instance), ["Security"])
        self._do(instance, "Security", "arranged", self.worker)
        self.assertEqual(self._open(instance), ["Agree"])

    def test_both_must_agree_one_after_the_other(self):
        """TN-12: the head first, then a director; the second is not asked before."""
        instance = self._prepared()
        votes = instance.task_ids.filtered("is_vote").sorted("rank")
        self.assertEqual(votes.mapped("state"), ["todo", "waiting"])
        with self.assertRaises(UserError):
            votes[1].with_user(self.director).action_complete("approved")
        self._do(instance, "Agree", "approved", self.head)
        self.assertEqual(votes.mapped("state"), ["done", "todo"])

    def test_one_refusal_sends_it_to_be_corrected(self):
        """TN-12: a refusal decides at once; the corrected bid is agreed anew by both."""
        instance = self._prepared()
        self._do(instance, "Agree", "refused", self.head, "Price too low")
        self._do(instance, "Correct", "corrected", self.worker)
        self._agreed(instance)
        self.assertEqual(self._open(instance), ["Submit"])

    def test_missed(self):
        """TN-13: a bid that came too late ends the process as such."""
        instance = self._prepared()
        self._agreed(instance)
        self._do(instance, "Submit", "missed", self.worker)
        self.assertEnded(instance, "Bid not submitted")

    def test_won_by_message(self):
        """TN-18: the announced result moves it on; a won tender is handed over."""
        instance = self._submitted()
        self.assertEqual(self._announce("won")["delivered"], instance.ids)
        self._do(instance, "Hand_over", "handed_over", self.head)
        self.assertEnded(instance, "Won")

    def test_lost_by_message(self):
        """TN-18: a lost tender is analysed."""
        instance = self._submitted()
        self._announce("lost")
        self._do(instance, "Analyse", "analysed", self.worker)
        self.assertEnded(instance, "Lost")

    def test_cancelled_by_message(self):
        """TN-18: a cancelled tender simply ends."""
        instance = self._submitted()
        self._announce("cancelled")
        self.assertEnded(instance, "Tender cancelled")

    def test_nobody_announces(self):
        """TN-13, TN-18: after 10 working days the manager looks himself: won, lost, cancelled."""
        ends = {"won": "Hand_over", "lost": "Analyse", "cancelled": None}
        for outcome, following in ends.items():
            with self.subTest(outcome):
                instance = self._submitted()
                self._pass(days=9)
                self.assertEqual(self._open(instance), [])
                self._pass(days=7)
                self._do(instance, "Find_result", outcome, self.worker)
                self.assertEqual(self._open(instance), [following] if following else [])
                if following == "Hand_over":
                    self._do(instance, following, "handed_over", self.head)
                elif following:
                    self._do(instance, following, "analysed", self.worker)
                result = {"won": "Won", "lost": "Lost", "cancelled": "Tender cancelled"}[outcome]
                self.assertEnded(instance, result)

    def test_a_message_that_comes_late_changes_nothing(self):
        """TN-18: after the end nobody waits for the result any more."""
        instance = self._submitted()
        self._announce("cancelled")
        self.assertEqual(self._announce("won")["delivered"], [])
        self.assertEnded(instance, "Tender cancelled")
