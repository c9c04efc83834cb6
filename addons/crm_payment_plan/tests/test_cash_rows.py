from odoo.tests import tagged

from .cash_common import CashCommon, day


@tagged("-at_install", "post_install")
class TestCashRows(CashCommon):
    """TN-27: what is read of a few rows is what the whole forecast says of them."""

    def test_read_by_ids(self):
        """A page of a list: planned payments alone, an invoice alone, both."""
        contract = self._contract(100, [(60, day(3)), (40, day(20))])
        self._invoice([(contract, 130)], date=day(1))
        self._invoice([(None, 25)], date=day(2))
        domain = [("partner_id", "=", self.customer.id)]
        names = ["document", "amount", "amount_company", "date_behaviour", "certainty", "source"]
        whole = {row["id"]: row for row in self.Forecast.search_read(domain, names)}
        self.assertEqual({row["source"] for row in whole.values()}, {"plan", "invoice"})
        plans = [key for key, row in whole.items() if row["source"] == "plan"]
        others = [key for key, row in whole.items() if row["source"] == "invoice"]
        for ids in (plans, plans[:1], others, others[:1] + plans[1:], list(whole)):
            self.env.invalidate_all()
            rows = self.Forecast.browse(ids).read(names)
            self.assertEqual(rows, [whole[key] for key in ids])

    def test_documents_of_a_late_payer(self):
        """The column of a week finds what was due long before, as late as any payer is."""
        contract = self._contract(100, [(100, day(-150))])
        self.company.cash_doubtful_days = 0
        self._delay(contract.partner_id.commercial_partner_id, p50=160, average=160)
        self.company.cash_delay_basis = "p50"
        domain = self.Forecast._get_period_domain("behaviour", day(7), day(14))
        row = self.Forecast.search([*domain, ("contract_id", "=", contract.id)])
        self.assertEqual(row.date_behaviour, day(10))
