"""Promises to pay and disputes, judged by what really comes."""

from datetime import date, timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..lib.promises import Promise, judge
from .reminder_common import NIGHT, ReminderCommon

DAY = date(2026, 11, 1)


def _day(days):
    return DAY + timedelta(days=days)


class TestJudge(BaseCase):
    """The arithmetic, without a database."""

    def _judge(self, promises, receipts, today):
        promises = [Promise(key, _day(made), _day(due), amount)
                    for key, made, due, amount in promises]  # fmt: skip
        return judge(promises, [(_day(day), sum_) for day, sum_ in receipts], _day(today))

    def test_states(self):
        promise = [(1, 0, 5, 100.0)]
        for receipts, today, verdict in (
            ([], 5, (0.0, "open")),
            ([], 6, (0.0, "open")),  # a transfer of the last evening is booked in the morning
            ([], 7, (0.0, "broken")),
            ([(3, 40.0)], 7, (40.0, "partly")),
            ([(3, 40.0)], 4, (40.0, "open")),
            ([(3, 40.0), (6, 60.0)], 7, (100.0, "kept")),
            ([(7, 100.0)], 8, (0.0, "broken")),
            ([(-1, 100.0)], 8, (0.0, "broken")),
            ([(0, 250.0)], 1, (100.0, "kept")),
        ):
            self.assertEqual(self._judge(promise, receipts, today), {1: verdict}, (receipts, today))

    def test_money_counts_once(self):
        both = [(1, 0, 5, 100.0), (2, 0, 10, 100.0)]
        self.assertEqual(
            self._judge(both, [(2, 150.0)], 20), {1: (100.0, "kept"), 2: (50.0, "partly")}
        )
        self.assertEqual(
            self._judge(both, [(8, 100.0)], 20), {1: (0.0, "broken"), 2: (100.0, "kept")}
        )


@tagged("post_install", "-at_install")
class TestPromise(ReminderCommon):
    def _judge(self, day):
        return self.Promise._judge_company(self.company, NIGHT + timedelta(days=day))

    def _receive(self, amount, day, partner=None):
        """Money that nobody has assigned to an invoice yet."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT + timedelta(days=day),
                "line_ids": [
                    Command.create({"account_id": self.bank.id, "debit": amount}),
                    Command.create({"account_id": self.receivable.id, "credit": amount,
                                    "partner_id": (partner or self.payer).id}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        return entry

    def test_judged_by_entries(self):
        """PF-17, IM-14: kept, kept in part or broken by posted money, not by a person."""
        kept, partly, broken = (self._debtor(name) for name in ("Kept", "Partly", "Broken"))
        promises = [self._promise(5, partner=partner) for partner in (kept, partly, broken)]
        self._receive(100, 4, kept)
        self._receive(30, 5, partly)
        self._receive(100, 9, broken)
        self._judge(4)
        self.assertEqual([one.state for one in promises], ["kept", "open", "open"])
        self._judge(12)
        self.assertEqual([one.state for one in promises], ["kept", "partly", "broken"])
        self.assertEqual([one.amount_received for one in promises], [100.0, 30.0, 0.0])
        with self.assertRaises(UserError):
            promises[0].action_withdraw()

    def test_credit_note_is_no_payment(self):
        promise = self._promise(5)
        self._invoice(0, 100, kind="out_refund")
        self._judge(12)
        self.assertEqual(promise.state, "broken")

    def test_draft_money_is_none(self):
        """TN-25: a payment that went back to draft keeps no promise."""
        promise = self._promise(5)
        entry = self._receive(100, 3)
        self._judge(4)
        self.assertEqual(promise.state, "kept")
        other = self._promise(5)
        entry.button_draft()
        self._judge(12)
        self.assertEqual(other.state, "broken")

    def test_of_one_document(self):
        """PF-17: a promise about an invoice is kept by money on that invoice."""
        invoice, other = self._invoice(-8, 100), self._invoice(-9, 70)
        promise = self.Promise.create(
            {"move_id": invoice.id, "amount": 100, "date": NIGHT + timedelta(days=5),
             "date_made": NIGHT}
        )  # fmt: skip
        self.assertEqual(promise.partner_id, self.payer)
        self._entry(other, 2)
        self._judge(4)
        self.assertEqual(promise.state, "open")
        self._entry(invoice, 4)
        self._judge(6)
        self.assertEqual(promise.state, "kept")

    def test_of_files_and_plans(self):
        """PF-20, TN-25: payments that files show, and a planned payment marked as received."""
        item = self._file_debt("F-1", -8, 100)
        contract = self._contract([(100, -8)], partner=self._debtor("Planned"))
        promises = [
            self.Promise.create(
                {name: record.id, "amount": 100, "date": NIGHT + timedelta(days=5),
                 "date_made": NIGHT}
            )
            for name, record in (("item_id", item), ("payment_id", contract.payment_ids))
        ]  # fmt: skip
        self.env.cr.execute(
            """INSERT INTO crm_receivable_payment (item_id, company_id, date, amount, inferred)
               VALUES (%s, %s, %s, 100, TRUE)""",
            (item.id, self.company.id, NIGHT + timedelta(days=3)),
        )
        contract.payment_ids.action_set_received()
        self._judge(6)
        self.assertEqual([one.state for one in promises], ["kept", "kept"])

    def test_what_we_gave_up_keeps_nothing(self):
        """PF-17: a debt that is written off keeps no promise: of an invoice, of a plan, of all."""
        lost = self._invoice(-8, 100)
        contract = self._contract([(70, -8)], partner=self._debtor("Planned"))
        payment = contract.payment_ids
        invoiced = self._invoice(-8, 70, partner=contract.partner_id, post=False)
        invoiced.invoice_line_ids.write(
            {"crm_contract_id": contract.id, "crm_contract_payment_id": payment.id}
        )
        invoiced.action_post()
        promises = [
            self._promise(5, move_id=lost.id),
            self._promise(5, 70, partner=contract.partner_id, payment_id=payment.id),
            self._promise(5, 70, partner=contract.partner_id),
        ]
        for move in (lost, invoiced):
            self._entry(move, 2, account=self.loss)
        self.assertEqual((lost.amount_residual, payment.state), (0, "received"))
        self._judge(12)
        self.assertEqual([one.state for one in promises], ["broken"] * 3)
        self.assertEqual([one.amount_received for one in promises], [0] * 3)

    def test_card_and_explanation(self):
        """PF-17, PF-18: the card and the explanation of the class count the promises."""
        self._promise(-20, made=-30)
        self._promise(3)
        self._rate("hesitant")
        self._judge(0)
        self.assertEqual(self.payer.promise_text, "1 open, 1 broken")
        self.assertIn("1 open, 1 broken", self.payer.payer_explanation)
        self.assertIn("Promise to pay", self.payer.message_ids.mapped("body")[0])

    def test_bad_input(self):
        """One clear error, nothing half done."""
        with self.assertRaises(ValidationError):
            self._promise(-1)
        move = self._invoice(-8)
        item = self._file_debt("F-1", -8, 100)
        with self.assertRaises(ValidationError):
            self._promise(1, move_id=move.id, item_id=item.id)


@tagged("post_install", "-at_install")
class TestDispute(ReminderCommon):
    def _dispute(self, record, name="move_id", **values):
        return self.Dispute.create(
            {name: record.id, "reason": "goods", "user_id": self.manager.id, **values}
        )

    def test_only_that_document(self):
        """PF-17, PF-13: a dispute holds back its document alone, until it is solved."""
        good, bad = self._invoice(-8, 100), self._invoice(-9, 50)
        dispute = self._dispute(bad)
        self.assertEqual((dispute.partner_id, dispute.document), (self.payer, bad.display_name))
        self.assertTrue(bad.no_followup)
        reminder = self._of(self._review())
        self.assertEqual(self._documents(reminder), {good.name: 100.0})
        held = reminder.document_ids.filtered("hold_reason")
        self.assertEqual((held.document, held.hold_reason), (bad.name, "dispute"))
        self._remind()
        self.assertNotIn(bad.name, self._mails().body_html)
        with self.assertRaises(UserError):
            dispute.action_solve()
        dispute.solution = "Price lowered"
        dispute.action_solve()
        self.assertEqual((dispute.state, bad.no_followup), ("solved", False))
        self.assertTrue(dispute.date_solved)
        self.assertEqual(
            self._of(self._review()).document_ids.filtered("is_new").document, bad.name
        )

    def test_all_disputed(self):
        bad = self._invoice(-9, 50)
        self._dispute(bad)
        reminder = self._of(self._review())
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("dispute", False))
        with self.assertRaises(UserError):
            reminder.with_user(self.accountant).chosen = True

    def test_debt_of_a_file_and_planned_payment(self):
        item = self._file_debt("F-1", -8, 100)
        contract = self._contract([(70, -8)])
        other = self._invoice(-8, 10)
        self._dispute(item, "item_id")
        self.assertTrue(item.disputed)
        self._dispute(contract.payment_ids, "payment_id")
        self.assertEqual(self._documents(self._of(self._review())), {other.name: 10.0})

    def test_rates_nobody(self):
        """PF-17: a disputed invoice does not lower the payer's class."""
        for due in (-100, -90, -80):
            self._dispute(self._invoice(due))
        self._run()
        self.assertFalse(self._state().filtered(lambda one: one.payer_class != "unrated"))

    def test_solved_counts_from_that_day(self):
        """PF-17: a solved dispute does not drop the payer: the debt is due from then on."""
        for due in (-300, -270, -240):
            self._paid(due, due)
        move = self._invoice(-100)
        dispute = self._dispute(move, solution="Replaced")
        self._run()
        self.assertEqual(self._state().payer_class, "strict")
        dispute.action_solve()
        self._run()
        payer = self._state()
        self.assertEqual((payer.payer_class, payer.max_overdue), ("strict", 0))
        self._run(NIGHT + timedelta(days=61))
        self.assertEqual((payer.payer_class, payer.max_overdue), ("disloyal", 61))

    def test_paid_while_disputed(self):
        """PF-17: what was paid before the dispute was solved is neither late nor early."""
        move = self._invoice(-100)
        dispute = self._dispute(move, solution="Replaced")
        for due in (-90, -80, -70):
            self._paid(due, due)
        self._entry(move, -20)
        dispute.action_solve()
        self._run()
        payer = self._state()
        self.assertEqual((payer.debt_count, payer.days_late, payer.days_early), (4, 0, 0))

    def test_paid_late_after_the_dispute(self):
        """PF-17: after the dispute the days count as of every other debt."""
        move = self._invoice(-100)
        dispute = self._dispute(move, solution="Replaced")
        dispute.action_solve()
        dispute.sudo().date_solved = NIGHT - timedelta(days=50)
        for due in (-90, -80):
            self._paid(due, due)
        self._entry(move, -20)
        self._run()
        grace = self.env["crm.payer.rule"]._get_of_company(self.company)._get_limits().grace
        self.assertEqual(self._state().days_late, (30 - grace) / 3)

    def test_once(self):
        move = self._invoice(-8)
        self._dispute(move)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._dispute(move)
