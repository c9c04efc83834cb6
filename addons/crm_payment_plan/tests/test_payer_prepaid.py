"""Customers who pay in advance: rated by their planned payments, each debt once."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.bpm_engine.lib.own_context import INTERNAL

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestPrepaid(ReminderCommon):
    def _advances(self, late, dues=(-100, -80, -60), **values):
        """A contract whose advances came so many days late, marked by hand on that day."""
        contract = self._contract([(100, due) for due in dues], **values)
        for payment, due in zip(contract.payment_ids.sorted("sequence"), dues, strict=True):
            payment.action_set_received()
            rows = contract.settlement_ids.filtered(
                lambda row, payment=payment: row.payment_id == payment
            )
            self.assertTrue(rows)
            rows.sudo().write({"date": NIGHT + timedelta(days=due + late)})
        return contract

    def test_on_time(self):
        """PF-17: three advances on time make a strict payer, without any invoice."""
        self._advances(0)
        self._run()
        self.assertEqual((self._state().payer_class, self._state().debt_count), ("strict", 3))

    def test_late(self):
        """PF-17: advances that come late count like invoices that are paid late."""
        self._advances(30)
        self._run()
        payer = self._state()
        grace = self.env["crm.payer.rule"]._get_of_company(self.company)._get_limits().grace
        self.assertEqual((payer.days_late, payer.on_time), (30 - grace, 0))
        self.assertNotIn(payer.payer_class, ("strict", "unrated"))

    def test_open_advance(self):
        """PF-17: an advance that has not come is overdue; one that is not due yet is not."""
        self._contract([(100, -61), (100, 20)])
        self._run()
        payer = self._state()
        self.assertEqual((payer.max_overdue, payer.overdue_amount), (61, 100))

    def test_invoiced_contracts_count_by_invoices(self):
        """PF-17: what an invoice says is not said again by the plan."""
        contract = self._contract([(100, -20)])
        move = self._invoice(-10, 100, post=False)
        move.invoice_line_ids.crm_contract_id = contract
        move.action_post()
        self._run()
        payer = self._state()
        self.assertEqual((payer.max_overdue, payer.overdue_amount), (10, 100))

    def _settle_by(self, contract, *receipts):
        """Receipts of the only payment: (amount, days from NIGHT)."""
        self.env["crm.contract.settlement"].create(
            [
                {"contract_id": contract.id, "payment_id": contract.payment_ids.id,
                 "source": "payment", "date": NIGHT + timedelta(days=when),
                 "amount_settled": amount, "amount_cash": amount, "amount_company": amount}
                for amount, when in receipts
            ]
        )  # fmt: skip
        contract.with_context(crm_settling=INTERNAL)._close_payments()

    def test_advance_that_went_back(self):
        """PF-17: what was paid back is open again, and does not count as paid on time too."""
        contract = self._contract([(100, -30)])
        self._settle_by(contract, (100, -30), (-100, -20))
        self.assertEqual(contract.payment_ids.state, "planned")
        self._run()
        payer = self._state()
        self.assertEqual((payer.debt_count, payer.overdue_amount), (1, 100))
        self.assertFalse(payer.on_time)

    def test_advance_that_went_back_and_came_again(self):
        """PF-17: the day of the money that stayed counts; what goes back is the latest before."""
        contract = self._contract([(100, -90)])
        self._settle_by(contract, (60, -90), (40, -85), (-70, -80), (70, -50))
        self.assertEqual(contract.payment_ids.state, "received")
        self._run()
        parts = self.env.execute_query(
            self.Payer._get_plan_parts_sql(
                self.company, NIGHT, self.env["crm.payer.rule"]._get_of_company(self.company)
            )
        )
        self.assertEqual(
            sorted(
                (float(row[2]), (row[4] - NIGHT).days) for row in parts if row[0] == self.payer.id
            ),
            [(30.0, -90), (70.0, -50)],
        )

    def _invoiced_at_last(self, late):
        """Three advances of 100, so many days late, and a usual final invoice of 400."""
        dues = (-140, -120, -100)
        contract = self._contract([*((100, due) for due in dues), (100, -5)])
        move = self._invoice(-5, 400, post=False)
        move.invoice_line_ids.crm_contract_id = contract
        move.action_post()
        for due in dues:
            self._entry(move, due + late, 100)
        self._entry(move, -3, 100)
        return contract

    def test_late_advances_are_not_forgotten(self):
        """PF-17: the final invoice does not make those who prepaid late pay early."""
        contract = self._invoiced_at_last(30)
        self.assertEqual(contract.received_total, 400)
        self._run()
        payer = self._state()
        grace = self.env["crm.payer.rule"]._get_of_company(self.company)._get_limits().grace
        self.assertEqual(payer.debt_count, 4)
        self.assertAlmostEqual(payer.days_late, 3 * (30 - grace) / 4)
        self.assertAlmostEqual(payer.on_time, 0.25)
        self.assertNotIn(payer.payer_class, ("strict", "unrated"))

    def test_punctual_advances_of_an_invoice(self):
        """PF-17: nor does it harm those who prepaid on time; each debt counts once."""
        self._invoiced_at_last(0)
        self._run()
        payer = self._state()
        self.assertEqual((payer.debt_count, payer.on_time, payer.overdue_amount), (4, 1.0, 0))

    def test_files_know_better(self):
        """PF-20: a customer whom the files know is rated by them; with Odoo alone by the plan."""
        self._contract([(100, -20)])
        self._file_debt("F-1", -15, 100)
        self._run()
        self.assertEqual((self._state().max_overdue, self._state().overdue_amount), (15, 100))
        rule = self.env["crm.payer.rule"].create({"company_id": self.company.id, "origin": "odoo"})
        self._run()
        self.assertEqual(self._state().max_overdue, 20)
        rule.origin = "file"
        self._run()
        self.assertEqual(self._state().max_overdue, 15)

    def test_drafts_disputes_and_expenses(self):
        """PF-17: nothing planned only, contested or owed by us rates anybody."""
        disputed = self._contract([(100, -20)])
        dispute = self.Dispute.create(
            {"payment_id": disputed.payment_ids.id, "reason": "goods", "user_id": self.manager.id,
             "solution": "Agreed"}
        )  # fmt: skip
        purchase = self.env.ref("crm_payment_plan.crm_contract_type_purchase")
        self._contract([(100, -20)], type_id=purchase.id)
        self._run()
        self.assertFalse(self._state().max_overdue)
        dispute.action_solve()
        self._run(NIGHT + timedelta(days=5))
        self.assertEqual(self._state().max_overdue, 5)
