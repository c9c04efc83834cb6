"""Enrolments: which programme is bought, for whom, and how far the training is."""

from odoo import api, fields, models

#: Training that goes on or is to begin; the others are history.
RUNNING = ("enrolled", "studying")


class CrmContractType(models.Model):
    _inherit = "crm.contract.type"

    is_enrolment = fields.Boolean(
        string="Enrolment on Programmes",
        help="Contracts of this type stand on the contact among his programmes, and a "
        "confirmation of study can be sent.",
    )


class CrmContract(models.Model):
    """A contract of enrolment as a programme of a student (LV-06, LV-08)."""

    _inherit = "crm.contract"

    is_enrolment = fields.Boolean(related="type_id.is_enrolment")
    student_id = fields.Many2one(
        "res.partner",
        compute="_compute_student_id",
        help="The beneficiary; without one, who pays.",
    )
    student_name = fields.Char(compute="_compute_student_id")
    programme = fields.Char(
        compute="_compute_programme",
        help="What the sales orders of the contract sell; without orders the subject.",
    )
    training_state = fields.Selection(
        [
            ("offered", "Offered"),
            ("enrolled", "Enrolled"),
            ("studying", "Studying"),
            ("finished", "Finished"),
            ("left", "Left"),
            ("cancelled", "Cancelled"),
        ],
        string="Training",
        compute="_compute_training_state",
        help="By the status of the contract and by the days from which and until which it is "
        "valid. Left: the contract was terminated.",
    )
    unpaid_total = fields.Monetary(
        string="Left to Pay",
        compute="_compute_unpaid_total",
        help="The contract amount that was not received yet, planned or not. Of a contract that "
        "ended early: the payments that are still open.",
    )

    @api.model
    def _load_demo_programmes(self):
        """Demo data: students and what they study; called by the demo file only."""
        from ..demo.programmes import DemoProgrammes  # the story is no part of a running product

        DemoProgrammes(self.env).tell()

    @api.depends("beneficiary_id.name", "partner_id.name")
    def _compute_student_id(self):
        for contract in self:
            contract.student_id = contract.beneficiary_id or contract.partner_id
            # The name alone: of a firm's employee Odoo shows the firm first.
            contract.student_name = contract.student_id.name

    @api.depends("title", "type_id", "order_ids.state", "order_ids.order_line.product_id")
    @api.depends_context("lang")
    def _compute_programme(self):
        for contract in self:
            # Whoever sees the contract sees what is bought, without the right to orders.
            orders = contract.sudo().order_ids.filtered(lambda order: order.state != "cancel")
            lines = orders.order_line.filtered(
                lambda line: not line.display_type and not line.is_downpayment
            )
            names = dict.fromkeys(line.product_id.name or line.name for line in lines)
            contract.programme = ", ".join(names) or contract.title or contract.type_id.name

    @api.depends("state", "date_start", "date_end", "company_id")
    def _compute_training_state(self):
        ended = {
            "draft": "offered",
            "cancelled": "cancelled",
            "terminated": "left",
            "completed": "finished",
        }
        for contract in self:
            contract.training_state = ended.get(contract.state) or contract._get_training_stage()

    def action_open_contract(self):
        """The whole contract, from the programme on the contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": self.id,
            "view_mode": "form",
        }

    def _get_training_stage(self):
        """Where the training of an agreed contract is today, in the company's zone."""
        today = self.company_id._get_local_today()
        if self.date_end and self.date_end < today:
            return "finished"
        return "studying" if self.date_start and self.date_start <= today else "enrolled"

    @api.depends("state", "amount_effective", "credited_total", "received_total", "remaining_total")
    def _compute_unpaid_total(self):
        for contract in self:
            if contract.state in ("terminated", "cancelled"):
                contract.unpaid_total = max(contract.remaining_total, 0)
            else:
                owed = contract.amount_effective - (contract.credited_total or 0)
                rest = owed - contract.received_total
                contract.unpaid_total = max(contract.currency_id.round(rest), 0)
