from odoo.tests import tagged

from .common import ForeignCommon, PlanCommon

OPEN = "Received on invoices, by what accounting calls open"


@tagged("-at_install", "post_install")
class TestSettlementCheck(PlanCommon):
    """TN-25, TN-26: a check that shares no code with what it checks, and names differences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
        cls.invoice = cls._invoice([(cls.contract, 100)])
        cls._pay(cls.invoice, 70)
        cls.env.flush_all()

    def _spoil(self, query, *values):
        self.env.cr.execute(query, values)
        self.env.invalidate_all()
        return {row["what"]: (float(row["kept"]), float(row["told"]))
                for row in self.contract._get_differences()}  # fmt: skip

    def test_nothing_to_tell(self):
        self.assertEqual(self.contract._get_differences(), [])
        self.assertEqual(self.Contract.browse()._get_differences(), [])

    def test_broken_total(self):
        found = self._spoil(
            "UPDATE crm_contract SET received_total = 99 WHERE id = %s", self.contract.id
        )
        self.assertEqual(found, {"Total: Received": (99, 70)})

    def test_broken_payment(self):
        row = self.contract.payment_ids.sorted("date_planned")[0]
        found = self._spoil(
            "UPDATE crm_contract_payment SET amount_received = 20 WHERE id = %s", row.id
        )
        self.assertEqual(found["Planned payment Part 1: Received"], (20, 50))

    def test_broken_status(self):
        row = self.contract.payment_ids.sorted("date_planned")[0]
        found = self._spoil(
            "UPDATE crm_contract_payment SET state = 'planned' WHERE id = %s", row.id
        )
        self.assertEqual(found, {"Planned payment Part 1: Status": (0, 50)})

    def test_lost_receipt(self):
        found = self._spoil(
            "DELETE FROM crm_contract_settlement WHERE contract_id = %s", self.contract.id
        )
        self.assertEqual(found[f"Received on invoice {self.invoice.name}"], (0, 70))

    def test_receipt_of_a_draft_payment(self):
        """What Odoo itself still calls paid is named when the payment is a draft."""
        payment = self.invoice.matched_payment_ids
        found = self._spoil(
            "UPDATE account_move SET state = 'draft' WHERE id = %s", payment.move_id.id
        )
        self.assertEqual(found[f"Received on invoice {self.invoice.name}"], (70, 0))
        self.assertIn(f"Received on invoice {self.invoice.name} in company currency", found)

    def test_wizard_repairs(self):
        self._spoil("DELETE FROM crm_contract_settlement WHERE contract_id = %s", self.contract.id)
        self._spoil("UPDATE crm_contract SET cash_total = 1 WHERE id = %s", self.contract.id)
        Check = self.env["crm.contract.check"].with_user(self.accountant)
        check = Check.browse(Check.action_check()["res_id"])
        self.assertGreaterEqual(check.difference_count, 2)
        check.action_repair()
        self.assertEqual(check.difference_count, 0)
        self.assertReceived(self.contract, 70, rows=[(50, "received"), (20, "planned")])

    def test_nightly(self):
        """Differences reach the responsible person as one activity."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0)
        self.Contract._cron_check_settlements()
        self.assertFalse(self.contract.activity_ids)
        self._spoil("UPDATE crm_contract SET cash_total = 1 WHERE id = %s", self.contract.id)
        for _night in range(2):
            self.Contract._cron_check_settlements()
        activity = self.contract.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Received in Money", activity.note)

    def test_settling_again_writes_nothing(self):
        """A repetition changes nothing: no row is written."""
        rows = self.contract.settlement_ids
        before = rows.mapped("write_date"), rows.ids
        self.contract._settle()
        self.contract.invalidate_recordset()
        after = self.contract.settlement_ids
        self.assertEqual((after.mapped("write_date"), after.ids), before)


@tagged("-at_install", "post_install")
class TestEveryDifference(ForeignCommon):
    """TN-25, IM-14: whatever is lost is named, even when the contract agrees with itself."""

    def _forget(self, settlement, contract, **values):
        """Lose or lower a receipt together with everything that sums it up."""
        row, lost = settlement.payment_id, settlement.amount_settled
        self.env.flush_all()
        if values:
            sums = ", ".join(f"{name} = {value}" for name, value in values.items())
            self.env.cr.execute(
                f"UPDATE crm_contract_settlement SET {sums} WHERE id = %s", [settlement.id]
            )
            lost = round(lost - values.get("amount_settled", lost), 2)
        else:
            self.env.cr.execute(
                "DELETE FROM crm_contract_settlement WHERE id = %s", [settlement.id]
            )
        for table, name, record in (
            ("crm_contract_payment", "amount_received", row),
            ("crm_contract_payment", "amount_cash", row),
            ("crm_contract", "received_total", contract),
            ("crm_contract", "cash_total", contract),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET {name} = {name} - %s::numeric WHERE id = %s",
                [str(lost), record.id],
            )
        self.env.cr.execute(
            """UPDATE crm_contract_payment SET amount_remaining = amount - amount_received,
                      state = 'planned', date_received = NULL WHERE id = %s""",
            [row.id],
        )
        self.env.cr.execute(
            """UPDATE crm_contract c SET remaining_total = p.amount_remaining,
                      open_total = p.amount_remaining, next_amount = p.amount_remaining,
                      next_date = p.date_planned
                 FROM crm_contract_payment p WHERE p.id = %s AND c.id = p.contract_id""",
            [row.id],
        )
        self.env.invalidate_all()

    def _told(self, contract):
        return {row["what"]: (float(row["kept"]), float(row["told"]))
                for row in contract._get_differences()}  # fmt: skip

    def _paid(self, amount=100, **values):
        contract = self._contract(amount, [(amount, "2026-02-01")], **values)
        self.assertEqual(contract._get_differences(), [])
        return contract

    def test_lost_share_of_two_contracts(self):
        """TN-23: a share of a common invoice that is lost, or a coin too small."""
        first, second = self._paid(40), self._paid(60)
        invoice = self._invoice([(first, 40), (second, 60)])
        self._pay(invoice, 50)
        self.assertReceived(first, 20)
        self._forget(first.settlement_ids, first, amount_settled=19.99, amount_cash=19.99)
        self.assertEqual(
            self._told(first), {f"Received by all contracts of invoice {invoice.name}": (49.99, 50)}
        )
        self._forget(first.settlement_ids, first)
        told = self._told(first)
        self.assertEqual(told[f"Received on invoice {invoice.name}"], (0, 20))
        self.assertIn(f"Received by all contracts of invoice {invoice.name}", told)

    def test_lost_share_beside_other_lines(self):
        """TN-25: an invoice with lines of no contract."""
        contract = self._paid(100)
        invoice = self._invoice([(contract, 100), (None, 300)])
        self._pay(invoice, 40)
        self.assertReceived(contract, 10)
        self._forget(contract.settlement_ids, contract, amount_settled=9, amount_cash=9)
        self.assertEqual(self._told(contract), {f"Received on invoice {invoice.name}": (9, 10)})

    def test_lost_in_another_currency(self):
        """TN-25: an invoice whose currency is not the contract's."""
        contract = self._paid(90, currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], date="2026-02-05")
        self._pay(invoice)
        self.assertReceived(contract, 90)
        self._forget(contract.settlement_ids, contract, amount_settled=89, amount_cash=89)
        self.assertEqual(
            self._told(contract), {f"Received on invoice {invoice.name}": (89, 90), OPEN: (89, 90)}
        )

    def test_lost_advance(self):
        """AL-16: a payment without an invoice that is missing, or whose entry is a draft."""
        contract = self._paid()
        payment = self._advance(30, contract)
        words = f"Payment without an invoice: {payment.name}"
        self.assertReceived(contract, 30)
        self._forget(contract.settlement_ids, contract)
        self.assertEqual(self._told(contract), {words: (0, 30)})
        contract._repair()
        self.assertReceived(contract, 30)
        self._forget(contract.settlement_ids, contract, amount_settled=29, amount_cash=29)
        self.assertEqual(self._told(contract), {words: (29, 30)})
        contract._repair()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET state = 'draft' WHERE id = %s", [payment.move_id.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._told(contract), {words: (30, 0)})

    def test_cash_is_compared_with_entries(self):
        """TN-26: a write-off that is shown as money."""
        contract = self._paid()
        payment = self._pay(self._invoice([(contract, 100)]), 95, write_off=self.write_off)
        self.assertReceived(contract, 100, cash=95)
        self.env.cr.execute(
            """UPDATE crm_contract_settlement SET amount_cash = 100 WHERE contract_id = %(id)s;
               UPDATE crm_contract_payment SET amount_cash = 100 WHERE contract_id = %(id)s;
               UPDATE crm_contract SET cash_total = 100 WHERE id = %(id)s""",
            {"id": contract.id},
        )
        self.env.invalidate_all()
        self.assertEqual(
            self._told(contract), {f"Received in money by {payment.move_id.name}": (100, 95)}
        )

    def test_company_money_is_what_was_booked(self):
        """TN-25: receipts in the company's currency are those of the reconciliations."""
        contract = self._paid(100, currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], currency_id=self.foreign.id, date="2026-02-05")
        self._pay(invoice, currency_id=self.foreign.id, date="2026-03-05")
        self.assertReceived(contract, 100)
        booked = contract.settlement_ids.amount_company
        self.env.cr.execute(
            "UPDATE crm_contract_settlement SET amount_company = amount_company - 1"
            " WHERE contract_id = %s",
            [contract.id],
        )
        self.assertEqual(
            self._told(contract),
            {f"Received on invoice {invoice.name} in company currency": (booked - 1, booked)},
        )

    def test_every_total_and_date(self):
        """TN-26: each stored figure of contract and payments is compared."""
        contract = self._paid()
        contract.payment_ids.kind = "advance"
        self._pay(self._invoice([(contract, 100)]))
        self.assertReceived(contract, 100)
        for name in (
            "amount_effective",
            "planned_total",
            "unplanned_total",
            "remaining_total",
            "open_total",
            "received_total",
            "cash_total",
            "unallocated_total",
            "next_amount",
        ):
            label = contract._fields[name].string
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE crm_contract SET {name} = COALESCE({name}, 0) + 7 WHERE id = %s",
                    [contract.id],
                )
                kept, told = self._told(contract)[f"Total: {label}"]
                self.assertEqual(kept - told, 7)
                savepoint.rollback()
        for table, name, record in (
            ("crm_contract", "next_date", contract),
            ("crm_contract", "date_advance", contract),
            ("crm_contract_payment", "date_received", contract.payment_ids),
        ):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE {table} SET {name} = '2020-02-02' WHERE id = %s", [record.id]
                )
                self.assertIn("2020-02-02, not ", next(iter(self._told(contract))))
                savepoint.rollback()
        for name in ("amount_received", "amount_cash", "amount_remaining", "amount_invoiced"):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE crm_contract_payment SET {name} = {name} + 7 WHERE contract_id = %s",
                    [contract.id],
                )
                self.assertTrue(self._told(contract))
                savepoint.rollback()

    def test_mark_by_hand(self):
        """EC-23: a mark never counts beyond what entries leave open."""
        contract = self._paid()
        contract.payment_ids.action_set_received()
        self.assertReceived(contract, 100)
        self._forget(contract.settlement_ids, contract, amount_settled=60, amount_cash=60)
        self.assertEqual(self._told(contract), {"Marked as received by hand: Part 1": (60, 100)})
