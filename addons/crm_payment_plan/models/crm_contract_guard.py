from odoo import api, fields, models

HEAD = "crm_bpm_core.group_head"
#: Approval, signatures and what was agreed then: set by the buttons of the contract.
BY_BUTTON = frozenset(
    {
        "state",
        "version",
        "company_signature",
        "partner_signature",
        "signed_attachment_ids",
        "frozen_requisites",
        "frozen_document",
        "document_hash",
        "date_advance",
        "date_invoiced",
        "credited_total",
        "signed_schedule",
        "portal_signature",
        "portal_signed_by",
        "portal_signed_at",
        "portal_digest",
    }
)
#: What a head brings in with contracts that were signed before there was this program.
TAKEN_OVER = frozenset({"state", "company_signature", "partner_signature"})
IN_FORCE = ("approved", "active", "completed", "terminated")
#: Of a planned payment.
MADE = {
    "amount_received",
    "amount_cash",
    "date_received",
    "amount_invoiced",
    "amount_credited",
    "is_invoiced",
    "is_ended",
}


class CrmContract(models.Model):
    """What nobody may type into a contract: its figures, its approval, its signatures."""

    _name = "crm.contract"
    _inherit = ["crm.contract", "crm.guarded.mixin"]

    number_stands = fields.Boolean(compute="_compute_number_stands")

    @api.depends("state", "version")
    @api.depends_context("uid")
    def _compute_number_stands(self):
        """Whether the person may change the number: once given at approval only a head may."""
        head = self.env.user.has_group(HEAD)
        for contract in self:
            approved = contract.state != "draft" or contract.version > 1
            contract.number_stands = not head and approved and bool(contract.number)

    @api.model
    def _get_guarded_names(self):
        guarded = super()._get_guarded_names() | BY_BUTTON
        return (
            guarded if self.env.su or self.env.user.has_group(HEAD) else {*guarded, "date_signed"}
        )

    @api.model_create_multi
    def create(self, vals_list):
        if "default_direction" in self.env.context:
            # The direction is that of the type; as a default it only chooses the type.
            vals_list = [{**self.default_get(["type_id"]), **vals} for vals in vals_list]
        contracts = super().create(vals_list)
        contracts.filtered(lambda one: one.state in IN_FORCE)._complete_taken_over()
        return contracts

    @api.model
    def _is_given(self, name, value):
        if name in TAKEN_OVER and self.env.user.has_group(HEAD):
            return False
        return super()._is_given(name, value)

    def _complete_taken_over(self):
        """Number and requisites of contracts that are created approved already."""
        self._check_rates()
        for contract in self:
            approved = contract._prepare_approval_values()
            contract.sudo().write(
                {name: approved[name] for name in ("number", "frozen_requisites")}
            )

    def write(self, vals):
        if "number" in vals and not self.env.su:
            given = self.filtered("number_stands")
            number = (vals["number"] or "").strip() or False
            given._refuse_guarded(["number"] if any(one.number != number for one in given) else ())
        return super().write(vals)


class CrmContractPayment(models.Model):
    """What nobody may type into a planned payment: what was received and invoiced of it."""

    _name = "crm.contract.payment"
    _inherit = ["crm.contract.payment", "crm.guarded.mixin"]

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | MADE
