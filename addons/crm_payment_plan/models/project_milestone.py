from odoo import fields, models

from ..lib.kinds import REFUND


class ProjectMilestone(models.Model):
    """A milestone for each planned payment: what is delivered is what is paid (TN-23)."""

    _inherit = "project.milestone"

    crm_contract_payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        groups="crm_bpm_core.group_view,crm_payment_plan.group_plan_all",
        help="The milestone's day follows the planned date until it is reached.",
    )


class CrmContractPayment(models.Model):
    _inherit = "crm.contract.payment"

    project_id = fields.Many2one(
        related="contract_id.project_id",
        string="Realisation",
        store=True,
        index="btree_not_null",
        precompute=True,
    )

    def write(self, vals):
        result = super().write(vals)
        if "date_planned" in vals:
            # Planned dates belong to the contract's people, milestones to the project's.
            milestones = self.env["project.milestone"].sudo()
            for milestone in milestones.search(
                [("crm_contract_payment_id", "in", self.ids), ("is_reached", "=", False)]
            ):
                milestone.deadline = milestone.crm_contract_payment_id.date_planned
        return result

    def _make_milestones(self, project):
        """Milestones of payments that are to come; advances and refunds deliver nothing."""
        coming = self.filtered(
            lambda one: one.state == "planned" and one.kind not in ("advance", REFUND)
        )
        self.env["project.milestone"].create(
            [
                {
                    "name": payment.name,
                    "project_id": project.id,
                    "deadline": payment.date_planned,
                    "sequence": payment.sequence,
                    "crm_contract_payment_id": payment.id,
                }
                for payment in coming.sorted("date_planned")
            ]
        )
