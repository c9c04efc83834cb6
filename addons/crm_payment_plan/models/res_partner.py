from odoo import api, fields, models


class ResPartner(models.Model):
    """Contracts and payments of a partner, and the requisites that contracts take from him."""

    _inherit = "res.partner"

    crm_contract_count = fields.Integer(
        compute="_compute_crm_contract_count",
        groups="crm_bpm_core.group_view,crm_payment_plan.group_plan_all",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_contract_count(self):
        groups = self.env["crm.contract"]._read_group(
            ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)],
            ["partner_id", "commercial_partner_id"],
            ["__count"],
        )
        for partner in self:
            partner.crm_contract_count = sum(
                count for own, entity, count in groups if partner._origin in (own, entity)
            )

    def action_view_crm_contracts(self):
        """Contracts of this partner and of his contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_payment_plan.crm_contract_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("partner_id", "=", self.id),
                ("commercial_partner_id", "=", self.id),
            ],
            "context": {"default_partner_id": self.id},
        }

    def _prepare_requisites(self):
        """Requisites as a contract freezes them: [[label, value], ...]; extend by more."""
        if not self:
            return []
        firm = self.commercial_partner_id
        rows = [
            ["", firm.name or self.name],
            [self.env._("Tax ID"), firm.vat],
            [self.env._("Company ID"), firm.company_registry],
            [self.env._("Address"), firm._display_address(without_company=True)],
            [self.env._("Phone"), firm.phone],
            [self.env._("Email"), firm.email],
        ]
        # Whoever approves a contract prints the account, though only accountants edit it.
        for account in firm.sudo().bank_ids[:1]:
            bank = ", ".join(filter(None, (account.bank_id.name, account.bank_id.bic)))
            rows.append(
                [self.env._("Account"), " · ".join(filter(None, (account.acc_number, bank)))]
            )
        return [
            [label, ", ".join(filter(None, map(str.strip, value.splitlines())))]
            for label, value in rows
            if value and value.strip()
        ]
