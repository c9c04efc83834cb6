from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestOutsideSource(PlanCommon):
    """TN-20, TN-23: another source, a won tender say, fills a realisation by the hooks."""

    def _win(self, source):
        """What an addon does at its win, as readme/DEVELOP.md tells; harmless when repeated."""
        projects = self.env["project.project"]
        if not source.get("project"):
            source["project"] = projects._create_realisation(
                {
                    "name": "Tender 17",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                }
            )
        project = source["project"]
        for direction, partner in (("income", self.customer), ("expense", self.supplier)):
            known = project.crm_contract_ids.filtered(
                lambda one, direction=direction: one.direction == direction
            )
            if not known:
                contract = self.Contract.create(
                    {
                        **project._prepare_pool_contract(direction),
                        "partner_id": partner.id,
                        "amount_total": 300 if direction == "income" else 120,
                        "date": "2026-01-10",
                    }
                )
                contract._generate_plan(self.scheme)
        return project

    def test_won_twice(self):
        """TN-23: income and expense contracts with their plans, once."""
        self.supplier = self.env["res.partner"].create({"name": "Maker Ltd"})
        self.scheme = self.env["crm.payment.scheme"].create(
            {
                "name": "Halves",
                "line_ids": [
                    (
                        0,
                        0,
                        {"name": "Advance", "kind": "advance", "basis": "percent", "percent": 50},
                    ),
                    (0, 0, {"name": "Rest", "kind": "final", "basis": "remainder"}),
                ],
            }
        )
        source = {}
        project = self._win(source)
        self.assertEqual(self._win(source), project)
        contracts = project.crm_contract_ids.sorted("amount_total")
        self.assertEqual(contracts.mapped("direction"), ["expense", "income"])
        self.assertEqual([c.planned_total for c in contracts], [120, 300])
        self.assertEqual(len(contracts.payment_ids), 4)
        for contract in contracts:
            contract.action_approve()
        self.assertEqual((project.income_total, project.expense_total), (300, 120))
        self.assertEqual(project.margin_planned, 180)
        self._advance(150, contracts[1])
        self.assertReceived(contracts[1], 150)
        self.assertEqual(project.income_received, 150)
