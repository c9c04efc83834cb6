from odoo import api, fields, models


class CrmLead(models.Model):
    """Contracts that an opportunity led to."""

    _inherit = "crm.lead"

    crm_contract_ids = fields.One2many("crm.contract", "lead_id", string="Contracts")
    crm_contract_count = fields.Integer(
        compute="_compute_crm_contract_count",
        groups="crm_bpm_core.group_view,crm_payment_plan.group_plan_all",
    )

    @api.depends("crm_contract_ids")
    def _compute_crm_contract_count(self):
        groups = self.env["crm.contract"]._read_group(
            [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in groups}
        for lead in self:
            lead.crm_contract_count = counts.get(lead._origin.id, 0)

    def action_create_crm_contract(self):
        """A contract from the lead's data; the customer is made from them if there is none."""
        self.ensure_one()
        if not self.partner_id:
            self._handle_partner_assignment(create_missing=True)
        contract = self.env["crm.contract"].create(self._prepare_crm_contract())
        contract._link_orders(
            self.order_ids.filtered(lambda o: o.state == "sale" and not o.crm_contract_id)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": contract.id,
            "view_mode": "form",
        }

    def _prepare_crm_contract(self):
        company = self.company_id or self.env.company
        orders = self.order_ids.filtered(lambda o: o.state == "sale" and not o.crm_contract_id)
        same = orders and len(orders.currency_id) == 1
        currency = orders.currency_id if same else company.currency_id
        return {
            "partner_id": self.partner_id.commercial_partner_id.id,
            "company_id": company.id,
            "currency_id": currency.id,
            "amount_total": sum(orders.mapped("amount_total")) if same else self.expected_revenue,
            "user_id": self.user_id.id or self.env.uid,
            "lead_id": self.id,
            "title": self.name,
        }

    def action_view_crm_contracts(self):
        """Contracts of this opportunity."""
        self.ensure_one()
        contracts = self.crm_contract_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts of %s", self.name),
            "res_model": "crm.contract",
            "view_mode": "list,form",
            "domain": [("lead_id", "=", self.id)],
            "context": {"default_lead_id": self.id, "default_partner_id": self.partner_id.id},
        }
        if len(contracts) == 1:
            action.update(view_mode="form", res_id=contracts.id)
        return action
