import random
from datetime import date

from freezegun import freeze_time
from psycopg2.errors import NotNullViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestPlan(PlanCommon):
    """TN-23, TN-24, EC-16: plans made from schemes, dates that follow events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scheme = cls.env["crm.payment.scheme"]

    def _scheme(self, *lines):
        return self.Scheme.create(
            {
                "name": "Scheme",
                "line_ids": [
                    Command.create({"name": f"Line {place}", "sequence": place, **line})
                    for place, line in enumerate(lines)
                ],
            }
        )

    def _planned(self, amount, *lines, **values):
        contract = self._contract(amount, approve=False, **values)
        contract._generate_plan(self._scheme(*lines))
        return contract

    def test_kinds(self):
        """TN-23: what a payment may be; of a scheme, what is asked of the customer."""
        kinds = ["advance", "stage", "final", "retention", "security", "penalty", "refund", "other"]
        # A scheme divides what is agreed.
        asked = [kind for kind in kinds if kind != "refund"]
        for model, known in (("crm.contract.payment", kinds), ("crm.payment.scheme.line", asked)):
            field = self.env[model]._fields["kind"]
            self.assertEqual(list(dict(field.selection)), known)
            self.assertTrue(all(dict(field._description_selection(self.env)).values()))

    def test_thirds(self):
        """TN-23: 100.00 in three thirds: no kopeck is lost."""
        third = {"basis": "percent", "percent": 33.333333}
        contract = self._planned(100, third, third, {"basis": "remainder"})
        self.assertEqual(round(sum(contract.payment_ids.mapped("amount")), 2), 100)
        self.assertEqual(contract.unplanned_total, 0)

    def test_any_scheme_adds_up(self):
        """TN-23: random schemes and amounts: the plan equals the contract exactly."""
        dice = random.Random(4)
        contract = self._contract(1, approve=False)
        none = self.Payment.browse()
        for _case in range(60):
            cuts = sorted(dice.randint(0, 10000) for _cut in range(dice.randint(1, 5)))
            parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
            scheme = self.Scheme.new(
                {
                    "line_ids": [
                        Command.create({"basis": "percent", "percent": part / 100, "count": 1})
                        for part in parts
                    ]
                }
            )
            cents = dice.randint(1, 10**9)
            rows = [(line, 0) for line in scheme.line_ids]
            contract.amount_total = cents / 100
            amounts = contract._divide_kept(rows, none)
            self.assertEqual(sum(round(amount * 100) for amount in amounts), cents)

    def test_equal_payments(self):
        """EC-17: 12 payments month after month; the last coins go to the first ones."""
        contract = self._planned(1000, {"basis": "remainder", "count": 12}, date="2026-01-31")
        payments = contract.payment_ids.sorted("sequence")
        self.assertEqual(round(sum(payments.mapped("amount")), 2), 1000)
        self.assertEqual(set(payments.mapped("amount")), {83.34, 83.33})
        self.assertEqual(
            [str(day) for day in payments[:3].mapped("date_planned")],
            ["2026-01-31", "2026-02-28", "2026-03-31"],
        )
        self.assertEqual(payments[0].name, "Line 0 1/12")

    def test_fixed_amounts(self):
        contract = self._planned(100, {"basis": "fixed", "amount": 30}, {"basis": "remainder"})
        self.assertEqual(contract.payment_ids.sorted("sequence").mapped("amount"), [30, 70])
        with self.assertRaisesRegex(UserError, "exceed the contract by"):
            self._planned(10, {"basis": "fixed", "amount": 30})

    def test_schemes_that_cannot_be(self):
        with self.assertRaisesRegex(ValidationError, "more than 100"):
            self._scheme(*[{"basis": "percent", "percent": 51}] * 2)
        with self.assertRaisesRegex(ValidationError, "only one line"):
            self._scheme(*[{"basis": "remainder"}] * 2)

    def test_refusals(self):
        contract = self._contract(0, approve=False)
        with self.assertRaisesRegex(UserError, "Choose a payment scheme"):
            contract.action_generate_plan()
        with self.assertRaisesRegex(UserError, "Enter the amount"):
            contract._generate_plan(self._scheme({"basis": "remainder"}))

    def test_received_payments_stay(self):
        """TN-24: generating anew plans only what is open."""
        contract = self._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")])
        first = contract.payment_ids.sorted("date_planned")[0]
        first.action_set_received()
        contract._generate_plan(self._scheme({"basis": "remainder", "count": 2}))
        self.assertIn(first, contract.payment_ids)
        self.assertEqual(sorted(contract.payment_ids.mapped("amount")), [30, 30, 40])

    def test_dates_follow_events(self):
        """TN-24, AL-16: estimates until the event comes; then the date counts from it."""
        contract = self._planned(
            100,
            {"kind": "advance", "basis": "percent", "percent": 30, "due_kind": "event",
             "due_event": "signed", "due_days": 5},
            {"basis": "percent", "percent": 30, "due_kind": "event", "due_event": "advance",
             "due_days": 10},
            {"basis": "percent", "percent": 20, "due_kind": "event", "due_event": "previous",
             "due_days": 7},
            {"basis": "remainder", "due_kind": "event", "due_event": "accepted", "due_days": 3,
             "due_working_days": True},
        )  # fmt: skip
        advance, stage, after, final = contract.payment_ids.sorted("sequence")
        self.assertTrue(all(contract.payment_ids.mapped("is_estimated")))
        self.assertEqual(advance.date_planned, date(2026, 1, 15))
        contract.action_approve()
        contract._sign(("company", "partner"), "esign", date(2026, 2, 2), self.env["ir.attachment"])
        self.assertEqual((advance.date_planned, advance.is_estimated), (date(2026, 2, 7), False))
        payment = self._advance(30, contract, date="2026-02-09")
        self.assertEqual(contract.date_advance, date(2026, 2, 9))
        self.assertEqual((stage.date_planned, stage.is_estimated), (date(2026, 2, 19), False))
        self.assertTrue(after.is_estimated)
        self._advance(30, contract, date="2026-02-18", crm_contract_payment_id=stage.id)
        self.assertEqual((after.date_planned, after.is_estimated), (date(2026, 2, 25), False))
        contract.date_accepted = "2026-03-05"
        self.assertEqual(final.date_planned, date(2026, 3, 10))
        payment.action_draft()
        self.assertFalse(contract.date_advance)
        self.assertTrue(stage.is_estimated)

    def test_advance_is_told_once(self):
        """AL-16: the hook of a complete advance is called when it is complete, once."""
        contract = self._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
        contract.payment_ids.kind = "advance"
        told = []
        self.patch(type(contract), "_on_advance_received", lambda self: told.append(self.number))
        self._advance(60, contract)
        self.assertEqual(told, [])
        self._advance(40, contract)
        self.assertEqual(told, [contract.number])
        contract._settle()
        self.assertEqual(told, [contract.number])

    def test_share_sets_the_amount(self):
        contract = self._contract(300, [(100, "2026-02-01")])
        row = contract.payment_ids
        self.assertAlmostEqual(row.share, 33.33)
        row.share = 50
        self.assertEqual((row.amount, row.basis, row.percent), (150, "percent", 50))
        row.amount = 100
        row.write({"name": "Same", "share": row.share})
        self.assertEqual((row.amount, row.basis), (100, "fixed"))

    @freeze_time("2026-03-10 09:00:00")
    def test_overdue(self):
        """EC-23: overdue is planned for before today and not complete; search agrees."""
        contract = self._contract(
            100, [(25, "2026-03-09"), (25, "2026-03-10"), (25, "2026-02-01"), (25, "2026-01-01")]
        )
        rows = contract.payment_ids.sorted("date_planned")
        rows[0].action_set_received()
        rows[1].action_set_cancelled()
        self.assertEqual(rows.mapped("is_overdue"), [False, False, True, False])
        mine = [("contract_id", "=", contract.id)]
        self.assertEqual(self.Payment.search([*mine, ("is_overdue", "=", True)]), rows[2])
        self.assertEqual(self.Payment.search([*mine, ("is_overdue", "=", False)]), rows - rows[2])
        self.assertEqual(contract.overdue_total, 25)
        self.assertIn(contract, self.Contract.search([("payment_ids.is_overdue", "=", True)]))
        self.assertEqual(contract.money_summary["overdue"], 25)

    def test_expected_by_period(self):
        """TN-26: what is expected in which month."""
        contract = self._contract(100, [(20, "2027-01-05"), (30, "2027-01-25"), (50, "2027-03-01")])
        self.assertEqual(
            contract.money_summary["months"],
            [{"month": "2027-01-01", "amount": 50}, {"month": "2027-03-01", "amount": 50}],
        )
        self.assertEqual((str(contract.next_date), contract.next_amount), ("2027-01-05", 20))

    def test_board(self):
        """EC-16, EC-17: the head's board has the five sections with their sums."""
        before = {
            row["section"]: sum(one["count"] for one in row["sums"])
            for row in self.env["crm.customer.board"]._get_receipts_tile()["rows"]
        }
        today = self.company._get_local_today()
        contract = self._contract(70, [(30, today), (40, date(2020, 1, 1))])
        tile = self.env["crm.customer.board"].with_user(self.head).get_head_board()["receipts"]
        after = {row["section"]: sum(one["count"] for one in row["sums"]) for row in tile["rows"]}
        self.assertEqual(after["3_week"] - before["3_week"], 1)
        self.assertEqual(after["1_earlier"] - before["1_earlier"], 1)
        self.assertEqual(len(tile["rows"]), 5)
        self.assertTrue(tile["overdue"])
        contract.action_cancel()

    def test_nothing_marked(self):
        """TN-21: the buttons of no rows change nothing, as Odoo's own do."""
        nothing = self.env["crm.contract.payment"]
        nothing.action_set_received()
        nothing.action_set_cancelled()
        nothing.action_set_planned()

    def test_no_contract(self):
        """TN-21: a payment of no contract is refused by what is missing, not by a traceback."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(NotNullViolation, "contract_id"),
            self.env.cr.savepoint(),
        ):
            self.env["crm.contract.payment"].with_user(self.head).create(
                {"name": "Of nobody", "kind": "refund", "amount": 15}
            )
