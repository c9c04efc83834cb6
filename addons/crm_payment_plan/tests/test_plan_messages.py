"""What processes hear when the plan of an agreed contract changes (reference 2.5)."""

from unittest.mock import patch

from odoo.tests import tagged

from .common import PlanCommon
from .test_messages import ListeningMixin


@tagged("-at_install", "post_install")
class TestPlanMessages(ListeningMixin, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heard = cls._listen("plan_changed", "crm.contract")
        cls.lead = cls.env["crm.lead"].create({"name": "Lift", "type": "opportunity"})
        cls.of_lead = cls._listen("plan_changed", "crm.lead")
        cls.contract = cls._contract(
            100, [(30, "2026-02-01"), (70, "2026-03-01")], lead_id=cls.lead.id
        )
        cls.first, cls.second = cls.contract.payment_ids.sorted("date_planned")

    def assertTold(self, times):
        self.assertEqual(self._heard(self.heard), [self.contract] * times)
        self.assertEqual(self._heard(self.of_lead), [self.lead] * times)

    def test_by_hand(self):
        """TN-24: moved, changed, added or deleted by hand; a draft tells nothing."""
        draft = self._contract(10, [(10, "2026-02-01")], approve=False)
        draft.payment_ids.date_planned = "2026-02-09"
        self.assertTold(0)
        self.first.date_planned = "2026-02-09"
        self.assertTold(1)
        self.first.write({"date_planned": "2026-02-09"})
        self.assertTold(1)
        self.contract.payment_ids = [(0, 0, {"name": "Rest", "amount": 5})]
        self.assertTold(2)
        self.contract.payment_ids.filtered(lambda one: one.name == "Rest").unlink()
        self.assertTold(3)

    def test_by_an_agreement(self):
        """TN-24: an additional agreement changes the sums; what changed comes with the message."""
        self.second.basis = "remainder"
        agreement = self._contract(50, approve=False, parent_id=self.contract.id)
        self.assertTold(0)
        Process = type(self.env["bpm.process"])
        with patch.object(
            Process, "_send_message", autospec=True, side_effect=Process._send_message
        ) as send:
            agreement.action_approve()
        self.assertEqual(self.second.amount, 120)
        self.assertTold(1)
        payload = send.call_args_list[0].args[-1]
        self.assertEqual(payload["contract"], self.contract.display_name)
        self.assertRegex(payload["changes"], "Part 2: .*70.* → .*120")

    def test_money_tells_something_else(self):
        """TN-24: a payment that is received changes no plan."""
        self._advance(30, self.contract)
        self.assertEqual(self.first.state, "received")
        self.assertTold(0)

    def test_by_a_new_version(self):
        """AL-15: while it is drawn up nothing is agreed; approved, it is told once."""
        self.contract._revise("They asked for it")
        self.first.amount = 40
        self.second.amount = 60
        self.assertTold(0)
        self.contract.action_approve()
        self.assertTold(1)
        self.contract._revise("A word in the text")
        self.contract.action_approve()
        self.assertTold(1)
