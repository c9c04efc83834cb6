import random

from odoo.tests import tagged

from .common import ForeignCommon

#: Runs of the chain: (seed, steps). Each is the same on every machine.
CHAINS = ((11, 14), (29, 14), (47, 14))


@tagged("-at_install", "post_install")
class TestChain(ForeignCommon):
    """IM-14, TN-25: whatever accountants do, in whatever order, contracts equal accounting.

    After every step the queries of the self-check, which share no code with what keeps the
    figures, and a sum over all receipts of the entries are compared.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        half = [(500, "2026-02-01"), (500, "2026-03-01")]
        cls.contracts = cls.Contract.union(
            cls._contract(1000, half),
            cls._contract(1000, half, currency_id=cls.foreign.id),
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "20 %",
                "amount": 20,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )

    def _get_acts(self):
        return (
            self._do_invoice, self._do_invoice, self._do_pay, self._do_pay, self._do_pay,
            self._do_advance, self._do_match, self._do_draft, self._do_post, self._do_cancel,
            self._do_unreconcile, self._do_refund, self._do_write_off, self._do_rate,
            self._do_mark, self._do_plan_refund,
        )  # fmt: skip

    def _play(self, seed, steps):
        self.dice = random.Random(seed)
        acts = self._get_acts()
        story = []
        for step in range(steps):
            act = acts[0] if not step else self.dice.choice(acts)
            story.append(act.__name__)
            act()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(seed=seed, story=" ".join(story)):
                self.assertEqual(self.contracts._get_differences(), [])
                self.assertIndependent()
        return story

    def assertIndependent(self):
        """Company money of all receipts = posted reconciliations of the contracts' lines."""
        self.env.cr.execute(
            """
            SELECT COALESCE(sum(p.amount * CASE WHEN l.id = p.debit_move_id THEN 1 ELSE -1 END), 0)
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
              JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
              JOIN account_move_line o
                ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
              JOIN account_move om ON om.id = o.move_id AND om.state = 'posted'
               AND om.move_type = 'entry'
             WHERE l.display_type = 'payment_term' AND l.move_id = ANY(%s)
               -- a debt of former accounting that a credit note lowers
               AND (o.crm_contract_id IS NULL OR o.balance < 0)
               -- exchange differences close nothing in the invoice's currency
               AND 0 <> CASE WHEN l.id = p.debit_move_id THEN p.debit_amount_currency
                             ELSE p.credit_amount_currency END
            """,
            [self.invoices.exists().ids],
        )
        booked = float(self.env.cr.fetchone()[0])
        rows = self.contracts.settlement_ids.filtered(lambda row: row.source == "partial")
        self.assertAlmostEqual(sum(rows.mapped("amount_company")), booked, 2)
        for contract in self.contracts:
            received = sum(contract.payment_ids.mapped("amount_received"))
            self.assertAlmostEqual(received + contract.unallocated_total, contract.received_total)

    # Steps: what an accountant does ---------------------------------------------------

    def _money(self, most=40000):
        return self.dice.randint(1, most) / 100

    def _some(self, records, state="posted"):
        found = records.exists().filtered(
            lambda one: (one.move_id if one._name == "account.payment" else one).state == state
        )
        return self.dice.choice(list(found)) if found else found

    def _do_invoice(self, kind="out_invoice"):
        lines = [
            (contract, self._money(), *self.dice.choice(([], [self.dice.choice(list(rows))])))
            for contract in self.contracts
            for rows in [contract.payment_ids]
            for _line in range(self.dice.randint(0, 2))
        ] or [(self.contracts[0], self._money())]
        currency = self.dice.choice([self.currency, self.foreign])
        move = self._invoice(
            lines, kind=kind, currency_id=currency.id, post=False,
            date=f"2026-0{self.dice.randint(1, 3)}-10",
        )  # fmt: skip
        move.invoice_line_ids[: self.dice.randint(0, 2)].tax_ids = self.tax
        move.action_post()
        self.invoices |= move
        return move

    def _do_refund(self):
        credit = self._do_invoice(kind="out_refund")
        invoice = self._some(self.invoices.filtered(lambda m: m.move_type == "out_invoice"))
        if invoice and self.dice.random() < 0.6:
            self._match(credit, invoice)

    def _do_pay(self, **values):
        move = self._some(self.invoices)
        if not move or not move.amount_residual or move.payment_state in ("paid", "reversed"):
            return
        part = self.dice.choice((None, round(move.amount_residual * self.dice.random(), 2)))
        if part == 0:
            return
        self.payments |= self._pay(
            move, part, currency_id=move.currency_id.id,
            date=f"2026-0{self.dice.randint(2, 4)}-20", **values,
        )  # fmt: skip

    def _do_write_off(self):
        self._do_pay(write_off=self.write_off)

    def _do_advance(self):
        contract = self.dice.choice(list(self.contracts))
        kind = self.dice.choice(("inbound", "inbound", "outbound"))
        currency = self.dice.choice([self.currency, self.foreign])
        self.payments |= self._advance(self._money(), contract, kind=kind, currency_id=currency.id)

    def _match(self, *records):
        lines = self._terms(*records).filtered(lambda line: not line.reconciled)
        if len(lines) > 1 and len(set(lines.mapped("balance"))) > 1:
            lines.reconcile()

    def _do_match(self):
        invoice, payment = self._some(self.invoices), self._some(self.payments)
        if invoice and payment:
            self._match(invoice, payment)

    def _do_draft(self):
        record = self._some(self.dice.choice((self.invoices, self.payments)))
        if record and record._name == "account.payment":
            record.action_draft()
        elif record:
            record.button_draft()

    def _do_post(self):
        for records in (self.invoices, self.payments):
            record = self._some(records, "draft")
            if record:
                record.action_post()

    def _do_cancel(self):
        record = self._some(self.dice.choice((self.invoices, self.payments)), "draft")
        if record and record._name == "account.payment":
            record.action_cancel()
        elif record:
            record.button_cancel()

    def _do_unreconcile(self):
        record = self._some(self.dice.choice((self.invoices, self.payments)))
        if record:
            self._terms(record).remove_move_reconcile()

    def _do_mark(self):
        """A salesperson marks a payment as received, or takes that back."""
        payment = self.dice.choice(list(self.contracts.payment_ids))
        marked = payment.settlement_ids.filtered(lambda row: row.source == "manual")
        if marked:
            marked.sudo().unlink()
            payment.contract_id._settle()
        else:
            payment.action_set_received()

    def _do_plan_refund(self):
        """A refund is planned, or is to go back no more."""
        contract = self.dice.choice(list(self.contracts))
        refund = contract.payment_ids.filtered(
            lambda one: one.kind == "refund" and one.state == "planned" and not one.amount_received
        )
        if refund:
            refund[:1].unlink()
        else:
            self.Payment.create(
                {"contract_id": contract.id, "name": "Refund", "kind": "refund",
                 "amount": self._money(), "date_planned": "2026-02-20"}
            )  # fmt: skip

    def _do_rate(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.foreign.id), ("name", "=", "2026-02-01")]
        ).rate = self.dice.randint(50, 150) / 100
        self.contracts._settle()

    def test_chains(self):
        """IM-14: random chains over two contracts and two currencies."""
        self.invoices = self.env["account.move"]
        self.payments = self.env["account.payment"]
        played = set()
        for seed, steps in CHAINS:
            played.update(self._play(seed, steps))
        self.assertGreater(len(played), 9)
