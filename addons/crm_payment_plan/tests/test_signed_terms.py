from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestSignedTerms(PlanCommon):
    """AL-15: what was signed changes by a new version; the plan tells how it moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(
            100, [(30, "2026-02-01"), (70, "2026-03-01")], date_end="2026-12-31", title="Wheat"
        )
        cls.first, cls.second = cls.contract.payment_ids.sorted("date_planned")

    def _sign(self, contract, *parties):
        contract._sign(parties, "esign", "2026-02-01", self.env["ir.attachment"])

    def test_terms(self):
        """Approved they may still be agreed upon; one signature makes them stand."""
        self.contract.with_user(self.manager).date_end = "2026-11-30"
        self._sign(self.contract, "company")
        for values, name in (
            ({"date_end": "2027-01-31"}, "Valid Until"),
            ({"title": "Barley"}, "Subject"),
            ({"beneficiary_id": self.customer.id}, "Beneficiary"),
            ({"company_signer": "Another"}, "Signs for Us"),
        ):
            with self.assertRaisesRegex(UserError, f"its terms stand: {name}"):
                self.contract.with_user(self.manager).write(values)
        # The other party may still say who signs for it.
        self.contract.partner_signer = "Director"
        # Sending back what is there, and what is no term, is fine.
        self.contract.write({"date_end": "2026-11-30", "title": "Wheat", "partner_reference": "7"})
        self.contract._revise("Longer")
        self.contract.date_end = "2027-01-31"

    def test_plan_is_told_on_the_contract(self):
        count = len(self.contract.message_ids)
        self.first.with_user(self.manager).write({"amount": 40, "date_planned": "2026-02-15"})
        self.assertEqual(len(self.contract.message_ids), count + 1)
        body = self.contract.message_ids[0].body
        for words in ("Part 1", "30.00", "2026-02-01", "40.00", "2026-02-15"):
            self.assertIn(words, body)
        self.assertEqual(self.contract.message_ids[0].author_id, self.manager.partner_id)
        self.second.unlink()
        self.assertIn("→ –", self.contract.message_ids[0].body)
        self.first.write({"note": "no term"})
        self.assertEqual(len(self.contract.message_ids), count + 2)

    def test_receipts_are_no_changes(self):
        count = len(self.contract.message_ids)
        self._pay(self._invoice([(self.contract, 50)]))
        self.assertEqual(len(self.contract.message_ids), count)

    def test_signed_schedule(self):
        self.first.amount = 40
        self.assertFalse(self.contract.schedule_note)
        self._sign(self.contract, "company", "partner")
        self.assertFalse(self.contract.schedule_note)
        self.second.date_planned = "2026-05-01"
        self.assertIn("Part 2", self.contract.schedule_note)
        self.assertIn("2026-05-01", self.contract.schedule_note)
        self.second.date_planned = "2026-03-01"
        self.assertFalse(self.contract.schedule_note)
        self.second.date_planned = "2026-06-01"
        agreement = self._contract(0, parent_id=self.contract.id)
        self._sign(agreement, "company", "partner")
        self.contract.invalidate_recordset(["schedule_note"])
        self.assertFalse(self.contract.schedule_note)
        self.contract._revise("Again")
        self.assertFalse(self.contract.signed_schedule)
