import logging

from odoo.tests import tagged

from .common import PlanCommon

_logger = logging.getLogger(__name__)


@tagged("-at_install", "post_install")
class TestSettlingCost(PlanCommon):
    """IM-14: posting and paying stay set-based, however many contracts they touch."""

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _invoices(self, number, contracts=True):
        invoices = self.env["account.move"]
        for _place in range(number):
            contract = contracts and self._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
            invoices |= self._invoice([(contract, 100)], post=False)
        return invoices

    def test_statements(self):
        """IM-14: contracts add a fixed number of statements, and less than two for each."""
        added = {}
        for number in (2, 12):
            told = {}
            for contracts in (False, True):
                invoices = self._invoices(number, contracts)
                told[contracts] = (
                    self._count(invoices.action_post),
                    self._count(lambda invoices=invoices: self._pay(invoices)),
                )
            added[number] = [with_ - plain for plain, with_ in zip(*told.values(), strict=True)]
            _logger.info(
                "%s contracts: statements plain %s, with contracts %s", number, *told.values()
            )
        for few, many in zip(*added.values(), strict=True):
            self.assertLess(many, few + 2 * (12 - 2))
            self.assertLess(few, 12)
