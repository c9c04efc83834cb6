from odoo.tests import tagged

from . import test_settlement_chain as chain
from .test_opening import OpeningCommon

#: Runs of the chain: (seed, steps). Each is the same on every machine.
CHAINS = ((5, 16), (83, 16))


@tagged("-at_install", "post_install")
class TestOpeningChain(OpeningCommon, chain.TestChain):
    """IM-14, TN-25: the same chains, with entries of former accounting among the documents."""

    def _get_acts(self):
        return (
            *super()._get_acts(), self._do_opening, self._do_opening, self._do_meet, self._do_meet,
            self._do_meet, self._do_opening_draft, self._do_reverse,
        )  # fmt: skip

    def _do_opening(self):
        items = []
        for _item in range(self.dice.randint(1, 4)):
            contract = self.dice.choice([*self.contracts, *self.contracts, None])
            amount = self._money() * self.dice.choice((1, 1, -1))
            values = {}
            if self.dice.random() < 0.4:
                values = {
                    "currency_id": self.foreign.id,
                    "amount_currency": round(amount * self.dice.randint(50, 150) / 100, 2)
                    or 0.01 * (1 if amount > 0 else -1),
                }
            if contract and self.dice.random() < 0.3:
                rows = list(contract.payment_ids)
                values["crm_contract_payment_id"] = self.dice.choice(rows).id
            items.append((amount, contract, values))
        self.openings |= self._take_over(*items, date=f"2026-0{self.dice.randint(1, 3)}-05")

    def _do_meet(self):
        opening = self._some(self.openings)
        other = self._some(self.dice.choice((self.invoices, self.payments, self.openings)))
        if opening and other:
            self._match(opening, other)

    def _do_opening_draft(self):
        opening = self._some(self.openings)
        if opening:
            opening.button_draft()
            if self.dice.random() < 0.5:
                opening.action_post()

    def _do_reverse(self):
        opening = self._some(self.openings.filtered(lambda move: not move.reversal_move_ids))
        if opening and self.dice.random() < 0.4:
            opening._reverse_moves([{"date": "2026-04-01"}], cancel=True)

    def assertIndependent(self):
        """Company money of what was taken over = what met its debts, and its open advances."""
        result = super().assertIndependent()
        openings = self.openings.exists().filtered(
            lambda move: (
                move.state == "posted"
                and not move.reversal_move_ids.filtered(lambda one: one.state == "posted")
            )
        )
        told = 0
        for item in openings.line_ids.filtered("crm_contract_id"):
            if item.balance < 0:
                undone = item.matched_debit_ids.filtered(
                    lambda one: one.debit_move_id.parent_state != "posted"
                )
                told += sum(undone.mapped("amount")) - item.amount_residual
                continue
            for partial in item.matched_credit_ids.filtered("debit_amount_currency"):
                other = partial.credit_move_id
                if other.parent_state == "posted" and other.move_type == "entry":
                    told += partial.amount
        rows = self.contracts.settlement_ids.filtered(lambda row: row.source == "opening")
        self.assertAlmostEqual(sum(rows.mapped("amount_company")), told, 2)
        return result

    def test_chains(self):
        """IM-14: random chains with openings over two contracts and two currencies."""
        self.invoices = self.openings = self.env["account.move"]
        self.payments = self.env["account.payment"]
        played = set()
        for seed, steps in CHAINS:
            played.update(self._play(seed, steps))
        self.assertLessEqual({"_do_opening", "_do_meet"}, played)
        self.assertTrue(self.contracts.settlement_ids.filtered(lambda r: r.source == "opening"))
