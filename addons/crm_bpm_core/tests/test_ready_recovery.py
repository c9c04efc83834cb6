"""Customer recovery, from the start to every end, by the people in it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.ready_common import CrmReadyCommon


@tagged("post_install", "-at_install")
class TestReadyRecovery(CrmReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._get_process("customer_recovery")

    def setUp(self):
        super().setUp()
        # By the head, so that it shows that the responsible gets the steps, not the starter.
        self.instance = self._start(self.process, self.customer, self.head)

    def _act(self, element, outcome):
        self._do(self.instance, element, outcome, self.manager)

    def _decide(self, outcome):
        self._do(self.instance, "Decide", outcome, self.head)

    def _order_again(self):
        self.env["crm.recession.alert"]._tell_customers_ordered(self.customer)

    def test_the_responsible_calls(self):
        """PK-19, HU-10: the call is in the calendar of the responsible person."""
        task = self._task(self.instance, "Call")
        self.assertEqual(task.user_id, self.manager)
        self.assertEqual(task.activity_ids.user_id, self.manager)
        self.assertEqual(task.activity_ids.res_id, self.customer.id)
        with self.assertRaises(AccessError):
            self._do(self.instance, "Call", "order", self.colleague)

    def test_will_order_and_does(self):
        """PK-18: reached, promised, and the order that comes ends it well."""
        self._act("Call", "order")
        self._order_again()
        self.assertEnded(self.instance, "Recovered")

    def test_offer_and_orders(self):
        """PK-19: an offer is agreed, and after ten working days orders are found."""
        self._act("Call", "offer")
        self._act("Offer", "agreed")
        self._pass(days=10)
        self.assertEqual(self._open(self.instance), [])
        self._pass(days=5)
        self._act("Check", "yes")
        self.assertEnded(self.instance, "Recovered")

    def test_visit_and_no_orders(self):
        """PK-18: what was agreed did not come true; the head decides, and gives up."""
        self._act("Call", "visit")
        self._act("Visit", "agreed")
        self._pass(days=15)
        self._act("Check", "no")
        self._decide("give_up")
        self.assertEnded(self.instance, "Lost")

    def test_not_reached_is_tried_again(self):
        """PK-19, HU-16: a new call two working days later, as often as needed."""
        self._act("Call", "no_answer")
        self._pass(days=1)
        self.assertEqual(self._open(self.instance), [])
        self._pass(days=2)
        self._act("Call", "no_answer")
        self._pass(days=4)
        self._act("Call", "order")
        self._order_again()
        self.assertEnded(self.instance, "Recovered")

    def test_not_reached_in_ten_days(self):
        """PK-18: after ten working days of trying the head decides."""
        self._act("Call", "no_answer")
        self._pass(days=15)
        self.assertEqual(self._open(self.instance), ["Decide"])
        self._decide("give_up")
        self.assertEnded(self.instance, "Lost")

    def test_refused(self):
        """PK-18: who does not want any more goes to the head at once."""
        self._act("Call", "refused")
        self._decide("give_up")
        self.assertEnded(self.instance, "Lost")

    def test_the_head_has_a_visit_made(self):
        """PK-18: one more try by the head's decision."""
        self._act("Call", "refused")
        self._decide("visit")
        self._act("Visit", "agreed")
        self._order_again()
        self.assertEnded(self.instance, "Recovered")

    def test_the_head_has_a_better_offer_made(self):
        """PK-18: a declined offer returns to the head, who may better it."""
        self._act("Call", "offer")
        self._act("Offer", "declined")
        self._decide("offer")
        self._act("Offer", "declined")
        self._decide("give_up")
        self.assertEnded(self.instance, "Lost")

    def test_a_declined_visit_goes_to_the_head(self):
        """PK-18: likewise after a visit."""
        self._act("Call", "visit")
        self._act("Visit", "declined")
        self.assertEqual(self._open(self.instance), ["Decide"])

    def test_lost_closes_the_alarm(self):
        """PK-18: giving up ends the recession alarm too."""
        alert = self.env["crm.recession.alert"].create(
            {
                "company_id": self.company.id,
                "rule_id": self.env["crm.recession.rule"].search([], limit=1).id,
                "partner_id": self.customer.id,
                "alarm_date": "2026-03-02",
                "last_order_day": "2026-02-01",
            }
        )
        self._act("Call", "refused")
        self._decide("give_up")
        self.env.invalidate_all()
        self.assertEqual((alert.state, alert.outcome), ("closed", "lost"))
