from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from . import rows


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
        """A contract from the lead's data; the ones that it has already are shown instead.

        Two clicks at the same time make one contract.
        """
        self.ensure_one()
        rows.take(self)
        # A colleague's contract of the same opportunity is one, too.
        known = self.sudo().crm_contract_ids.filtered(lambda one: one.state != "cancelled")
        if not known:
            return self._make_crm_contract()
        if known.with_env(self.env)._filtered_access("read"):
            return self.action_view_crm_contracts()
        raise UserError(
            self.env._(
                "%(lead)s has a contract already: %(contracts)s. Ask %(user)s about it, or "
                'press "Another contract".',
                lead=self.name,
                contracts=", ".join(known.mapped("display_name")),
                user=", ".join(known.user_id.mapped("name")) or self.env._("your head of sales"),
            )
        )

    def action_create_another_crm_contract(self):
        """One more contract of the opportunity; the button asks before."""
        self.ensure_one()
        return self._make_crm_contract()

    def _make_crm_contract(self):
        """Make the contract; the customer is made from the lead's data if there is none."""
        if not self.partner_id:
            # Odoo would name the customer after the opportunity.
            if not (self.partner_name or self.contact_name or self.email_from):
                raise UserError(
                    self.env._("%s has no customer: enter the company or the contact.", self.name)
                )
            self._handle_partner_assignment(create_missing=True)
        orders = self._get_orders_without_contract()
        contract = self.env["crm.contract"].create(self._prepare_crm_contract())
        contract._link_orders(orders)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": contract.id,
            "view_mode": "form",
        }

    def _get_orders_without_contract(self):
        return self.order_ids.filtered(lambda o: o.state == "sale" and not o.crm_contract_id)

    def _prepare_crm_contract(self):
        """Values of the contract: of one confirmed order all that it agrees, else of the lead."""
        orders = self._get_orders_without_contract()
        if len(orders) == 1:
            return {
                **orders._prepare_crm_contract(),
                "lead_id": self.id,
                "title": self.name,
                "tag_ids": [Command.set((self.tag_ids | orders.tag_ids).ids)],
            }
        company = self.company_id or self.env.company
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
            "tag_ids": [Command.set(self.tag_ids.ids)],
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

    def action_print_crm_contract(self):
        """The contracts of this opportunity as PDF; cancelled ones only if there is no other."""
        self.ensure_one()
        contracts = self.crm_contract_ids
        live = contracts.filtered(lambda contract: contract.state != "cancelled")
        return (live or contracts).action_print()
