from odoo.tests import tagged

from . import test_settlement_chain as chain

#: Runs of the chain: (seed, steps). Each is the same on every machine.
CHAINS = ((3, 13), (108, 13), (111, 13))


@tagged("-at_install", "post_install")
class TestNettingChain(chain.TestChain):
    """IM-14, TN-25: chains with notes of the contract, of another one and of none.

    Whatever happens, what remains of a plan is what accounting calls open of its contract's
    invoices, and what is not invoiced yet.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts += cls._contract(600, [(250, "2026-02-15"), (350, "2026-03-15")])

    def _get_acts(self):
        return (
            self._do_one, self._do_one, self._do_note, self._do_note, self._do_meet,
            self._do_meet, self._do_meet, self._do_pay, self._do_match, self._do_named,
            self._do_draft, self._do_post, self._do_unreconcile, self._do_write_off,
        )  # fmt: skip

    def _make(self, contract, kind, amount=None):
        rows = [[], [], [self.dice.choice(list(contract.payment_ids))]] if contract else [[]]
        currency = self.dice.choice([self.currency, self.currency, self.foreign])
        move = self._invoice(
            [
                (contract, amount or self._money(20000), *self.dice.choice(rows))
                for _line in range(1 if amount else self.dice.randint(1, 2))
            ],
            kind=kind,
            currency_id=self.currency.id if amount else currency.id,
            date=f"2026-0{self.dice.randint(1, 3)}-10",
        )
        if contract:
            self.invoices |= move
        else:
            self.nameless |= move
        return move

    def _do_one(self):
        return self._make(self.dice.choice(list(self.contracts)), "out_invoice")

    def _do_note(self):
        contracts = [*self.contracts, None]
        note = self._make(self.dice.choice(contracts), "out_refund")
        if self.dice.random() < 0.6:
            self._meet(note)

    def _meet(self, note):
        invoice = self._some(self.invoices.filtered(lambda m: m.move_type == "out_invoice"))
        if note and invoice:
            self._match(note, invoice)

    def _do_meet(self):
        notes = (self.invoices | self.nameless).filtered(lambda m: m.move_type == "out_refund")
        self._meet(self._some(notes))

    def _do_named(self):
        """A payment that names a planned payment."""
        contract = self.dice.choice(list(self.contracts))
        row = self.dice.choice(list(contract.payment_ids))
        self.payments |= self._advance(self._money(), contract, crm_contract_payment_id=row.id)

    def assertIndependent(self):
        """Per contract: remaining = open of its documents + what is not invoiced - advances."""
        for contract in self.contracts:
            received = sum(contract.payment_ids.mapped("amount_received"))
            self.assertAlmostEqual(received + contract.unallocated_total, contract.received_total)
            moves = self.invoices.filtered(
                lambda m, one=contract: one in m.line_ids.crm_contract_id
            )
            if any(move.currency_id != contract.currency_id for move in moves):
                # To the coin only where nothing is converted; else the self-check compares.
                continue
            rows = contract.settlement_ids
            advances = sum(rows.filtered(lambda r: r.source == "payment").mapped("amount_settled"))
            credited = sum(contract.payment_ids.mapped("amount_credited"))
            waiting = contract.planned_total - credited - contract.invoiced_total
            self.assertAlmostEqual(
                contract.remaining_total - contract.unallocated_total,
                self._get_open(moves) + waiting - advances,
                2,
                contract.display_name,
            )

    def _get_open(self, moves):
        """What posted reconciliations leave of the posted ones of these documents."""
        self.env.cr.execute(
            """
            SELECT COALESCE(sum(l.amount_currency - COALESCE(met.amount, 0)), 0)
              FROM account_move_line l
              LEFT JOIN LATERAL (
                   SELECT sum(CASE WHEN l.id = p.debit_move_id THEN p.debit_amount_currency
                                   ELSE -p.credit_amount_currency END) AS amount
                     FROM account_partial_reconcile p
                     JOIN account_move_line o
                       ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
                    WHERE l.id IN (p.debit_move_id, p.credit_move_id)
                      AND o.parent_state = 'posted') met ON TRUE
             WHERE l.move_id = ANY(%s) AND l.parent_state = 'posted'
               AND l.display_type = 'payment_term'
            """,
            [moves.ids],
        )
        return float(self.env.cr.fetchone()[0])

    def _finish(self):
        """Invoice what is lacking and pay all: nothing remains of the plan."""
        for move in self.invoices.filtered(lambda m: m.state == "draft"):
            move.action_post()
        for contract in self.contracts:
            credited = sum(contract.payment_ids.mapped("amount_credited"))
            lacking = contract.planned_total - credited - contract.invoiced_total
            if contract.currency_id == self.currency and lacking > 0.005:
                self._make(contract, "out_invoice", self.currency.round(lacking))
        for move in self.invoices.filtered("amount_residual"):
            self._pay(move, currency_id=move.currency_id.id, date="2026-04-25")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.contracts._get_differences(), [])
        for contract in self.contracts.filtered(lambda c: c.currency_id == self.currency):
            self.assertEqual(self.currency.round(contract.remaining_total), 0)

    def test_chains(self):
        """IM-14: random chains of documents that each have one contract or none."""
        self.invoices = self.nameless = self.env["account.move"]
        self.payments = self.env["account.payment"]
        sources = set()
        for seed, steps in CHAINS:
            self._play(seed, steps)
            sources.update(self.contracts.settlement_ids.mapped("source"))
        self.assertIn("netting", sources)
        self._finish()
