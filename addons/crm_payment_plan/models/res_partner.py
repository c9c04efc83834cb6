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
            self._get_crm_contract_domain(), self._get_crm_party_fields(), ["__count"]
        )
        for partner in self:
            partner.crm_contract_count = sum(
                count for *parties, count in groups if partner._origin in parties
            )

    def action_view_crm_contracts(self):
        """Contracts of this partner and of his contacts, and those that others pay for him."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_payment_plan.crm_contract_action"
        )
        return {
            **action,
            "domain": list(self._get_crm_contract_domain()),
            "context": {"default_partner_id": self.id},
        }

    def _prepare_requisites(self):
        """Requisites as a contract freezes them: [[label, value], ...]; extend by more."""
        if not self:
            return []
        facts = self._prepare_requisite_facts()
        labels = [
            ("name", ""),
            ("vat", self.env._("Tax ID")),
            ("registry", self.env._("Company ID")),
            ("address", self.env._("Address")),
            ("phone", self.env._("Phone")),
            ("email", self.env._("Email")),
            ("account", self.env._("Account")),
        ]
        return [[label, facts[name]] for name, label in labels if facts[name]]

    def _prepare_requisite_facts(self):
        """The same by name, each on one line, for values in the text of contracts."""
        firm = self.commercial_partner_id
        # Whoever approves a contract prints the account, though only accountants edit it.
        account = firm.sudo().bank_ids[:1]
        code = account.bank_id.bic and self.env._("BIC %s", account.bank_id.bic)
        bank = ", ".join(filter(None, (account.bank_id.name, code)))
        facts = {
            "name": firm.name or self.name,
            "vat": firm.vat,
            "registry": firm.company_registry,
            "address": firm and firm._display_address(without_company=True),
            "phone": firm.phone,
            "email": firm.email,
            "account": " · ".join(filter(None, (account.acc_number, bank))),
        }
        return {
            name: ", ".join(filter(None, map(str.strip, (value or "").splitlines())))
            for name, value in facts.items()
        }
