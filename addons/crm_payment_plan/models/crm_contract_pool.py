from collections import defaultdict

from odoo import models

from ..lib.kinds import TASK_EVENT_DATES

#: Sums of a pool, each in the currency of its contracts.
SUMS = ("agreed", "paid", "remaining", "overdue", "drafts")


class CrmContract(models.Model):
    """Contracts of one realisation taken together, and what they tell its project."""

    _inherit = "crm.contract"

    def write(self, vals):
        result = super().write(vals)
        if not set(TASK_EVENT_DATES.values()).isdisjoint(vals):
            self._follow_in_project()
        return result

    def _follow_in_project(self):
        """Tasks of the projects that these contracts made follow their dates."""
        # Whoever registers the event need not be a member of the project.
        projects = self.env["project.project"].sudo()
        for project in projects.search([("crm_contract_id", "in", self.ids)]):
            project.tasks._follow_contract(project.crm_contract_id)

    def _sum_by_currency(self):
        """Totals of these contracts by currency and direction: [{"currency_id", "direction",
        "agreed", "paid", "remaining", "overdue", "drafts"}], sums in that currency.
        """
        found = defaultdict(lambda: dict.fromkeys(SUMS, 0.0))
        for contract in self:
            row = found[contract.currency_id, contract.direction]
            agreed = contract._get_pool_amount()
            row["agreed"] += agreed
            row["paid"] += contract.received_total
            row["remaining"] += contract.open_total
            row["overdue"] += contract.overdue_total
            if contract.state == "draft":
                row["drafts"] += agreed
        return [
            {
                "currency_id": currency.id,
                "direction": direction,
                **{name: currency.round(amount) for name, amount in row.items()},
            }
            for (currency, direction), row in sorted(
                found.items(), key=lambda item: (item[0][0].id, item[0][1] == "expense")
            )
        ]

    def _get_pool_amount(self):
        """What the contract brings or costs: agreed, or planned if no sum is fixed; of a
        terminated one what was received.
        """
        self.ensure_one()
        if self.state == "terminated":
            return self.received_total
        return self.amount_effective or self.planned_total
