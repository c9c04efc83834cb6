from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PlanCommon

PLANNED, RECEIVED = "planned", "received"


@tagged("-at_install", "post_install")
class TestAdvanceOfTheChangedPlan(PlanCommon):
    """AL-16, TN-26: the advance is complete by what is planned now, not by what was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supply.write({"project_trigger": "advance"})
        cls.contract = cls._contract(100, [(30, "2026-02-01"), (20, "2026-02-10")])
        cls.first, cls.second = cls.contract.payment_ids.sorted("date_planned")
        (cls.first | cls.second).kind = "advance"
        cls._advance(30, cls.contract)

    def assertAdvance(self, day):
        self.env.flush_all()
        self.assertEqual(self.contract.date_advance and str(self.contract.date_advance), day)
        self.assertEqual(self.contract._get_differences(), [])

    def test_the_other_one_is_cancelled(self):
        self.assertAdvance(False)
        self.assertFalse(self.contract.project_id)
        self.second.action_set_cancelled()
        self.assertAdvance("2026-02-05")
        self.assertTrue(self.contract.project_id)

    def test_the_other_one_is_deleted(self):
        self.second.unlink()
        self.assertAdvance("2026-02-05")

    def test_the_other_one_is_no_advance(self):
        self.second.kind = "stage"
        self.assertAdvance("2026-02-05")
        self.second.kind = "advance"
        self.assertAdvance(False)

    def test_one_more_is_planned(self):
        """The people of the project are told what is lacking, and no untruth about accounting."""
        self.second.unlink()
        project = self.contract.project_id
        self.Payment.create(
            {
                "contract_id": self.contract.id,
                "name": "Second advance",
                "kind": "advance",
                "amount": 15,
                "date_planned": "2026-03-01",
            }
        )
        self.assertAdvance(False)
        text = project.message_ids[0].body
        self.assertIn("Second advance", text)
        self.assertIn("15", text)
        self.assertNotIn("accounting", text)

    def test_no_advance_is_left(self):
        self.second.unlink()
        project = self.contract.project_id
        self.first.kind = "stage"
        self.assertAdvance(False)
        self.assertIn("has no advance any more", project.message_ids[0].body)

    def test_dates_after_a_cancelled_payment(self):
        """TN-24: "after the previous payment" means the last one that is not cancelled."""
        after = self.Payment.create(
            {
                "contract_id": self.contract.id,
                "name": "Rest",
                "sequence": 90,
                "amount": 50,
                "date_planned": "2026-06-01",
                "due_kind": "event",
                "due_event": "previous",
                "due_days": 10,
            }
        )
        self.assertTrue(after.is_estimated)
        self.second.action_set_cancelled()
        self.assertEqual((str(after.date_planned), after.is_estimated), ("2026-02-15", False))


@tagged("-at_install", "post_install")
class TestPlanFollowsTheAmount(PlanCommon):
    """TN-23, TN-24, AL-15: shares and remainders of what is agreed now; received sums stand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def scheme(*lines):
            return cls.env["crm.payment.scheme"].create(
                {
                    "name": "Scheme",
                    "line_ids": [
                        Command.create({"sequence": place, **line})
                        for place, line in enumerate(lines)
                    ],
                }
            )

        advance = {"name": "Advance", "kind": "advance", "basis": "percent", "percent": 30}
        cls.rest = scheme(advance, {"name": "Rest", "kind": "final", "basis": "remainder"})
        cls.shares = scheme(
            advance, {"name": "Rest", "kind": "final", "basis": "percent", "percent": 70}
        )
        cls.contract = cls._contract(100, scheme_id=cls.rest.id)
        cls.contract.action_generate_plan()

    def _amounts(self, contract=None):
        self.env.flush_all()
        contract = contract or self.contract
        self.assertEqual(contract._get_differences(), [])
        rows = contract.payment_ids.filtered(lambda one: one.state != "cancelled")
        return rows.sorted("sequence").mapped("amount")

    def test_agreement(self):
        """30/70 and 50 more: 45/105; without the agreement 30/70 again."""
        agreement = self._contract(50, parent_id=self.contract.id)
        self.assertEqual(self._amounts(), [45, 105])
        self.assertEqual(self.contract.unplanned_total, 0)
        self.assertIn("45", self.contract.message_ids[0].body)
        agreement.action_cancel()
        self.assertEqual(self._amounts(), [30, 70])

    def test_agreement_after_the_advance(self):
        self._advance(30, self.contract)
        self._contract(50, parent_id=self.contract.id)
        self.assertEqual(self._amounts(), [30, 120])
        self.assertTrue(self.contract.date_advance)

    def test_all_in_shares(self):
        contract = self._contract(100, scheme_id=self.shares.id)
        contract.action_generate_plan()
        self._advance(30, contract)
        self._contract(50, parent_id=contract.id)
        self.assertEqual(self._amounts(contract), [30, 120])

    def test_less_than_received(self):
        """An agreement that takes more off than is open changes no payment, and is shown."""
        self._advance(30, self.contract)
        self._contract(-80, parent_id=self.contract.id)
        self.assertEqual(self._amounts(), [30, 70])
        self.assertEqual(self.contract.unplanned_total, -80)

    def test_another_price(self):
        """A draft whose price changes; a typed sum stands."""
        contract = self._contract(100, scheme_id=self.rest.id, approve=False)
        contract.action_generate_plan()
        contract.amount_total = 200
        self.assertEqual(self._amounts(contract), [60, 140])
        contract.payment_ids.sorted("sequence")[0].amount = 50
        contract.amount_total = 300
        self.assertEqual(self._amounts(contract), [50, 250])

    def test_generated_again(self):
        """The advance that came is the advance: no second one is planned."""
        self._advance(30, self.contract)
        self._contract(50, parent_id=self.contract.id)
        for scheme in (self.rest, self.shares):
            self.contract.scheme_id = scheme
            self.contract.action_generate_plan()
            self.assertEqual(self._amounts(), [30, 120])
        self.assertEqual(str(self.contract.date_advance), "2026-02-05")
        self.contract._generate_plan(self.rest)
        self.assertEqual(self.contract.payment_ids.mapped("kind"), ["advance", "final"])

    def test_typed_in_the_form(self):
        """A typed share follows the amount, a typed sum does not."""
        contract = self._contract(100, [(30, "2026-02-01"), (70, "2026-03-01")], approve=False)
        with Form(contract.with_user(self.manager)) as form:
            with form.payment_ids.edit(0) as row:
                row.share = 40
            with form.payment_ids.edit(1) as row:
                row.amount = 60
        rows = contract.payment_ids.sorted("date_planned")
        self.assertEqual(rows.mapped("basis"), ["percent", "fixed"])
        contract.amount_total = 200
        self.assertEqual(rows.mapped("amount"), [80, 60])
