from odoo import api, fields, models
from odoo.exceptions import UserError

from . import rows

SIGNATURES = [
    ("none", "Not signed"),
    ("sent", "Sent to sign"),
    ("scan", "Signed, scan filed"),
    ("esign", "Signed electronically"),
]
SIGNED = ("scan", "esign")


class CrmContract(models.Model):
    """From draft to the signed contract: number, frozen requisites, signatures."""

    _inherit = "crm.contract"

    company_signature = fields.Selection(
        SIGNATURES, string="Our Signature", default="none", required=True, copy=False, tracking=True
    )
    partner_signature = fields.Selection(
        SIGNATURES,
        string="Their Signature",
        default="none",
        required=True,
        copy=False,
        tracking=True,
    )
    signature_state = fields.Selection(
        [
            ("none", "Not signed"),
            ("sent", "Sent to sign"),
            ("half", "One party signed"),
            ("signed", "Signed"),
        ],
        string="Signature",
        compute="_compute_signature_state",
        store=True,
        index=True,
        precompute=True,
    )
    date_signed = fields.Date(
        string="Signed On",
        copy=False,
        help="Day of the second signature; payments may count from it.",
    )
    company_signer = fields.Char(string="Signs for Us", help="Post and name.")
    company_signer_basis = fields.Char(
        string="On the Basis of", help="Charter, power of attorney with number and date."
    )
    partner_signer = fields.Char(string="Signs for Them", help="Post and name.")
    partner_signer_basis = fields.Char(string="On Their Basis")
    signed_attachment_ids = fields.Many2many(
        "ir.attachment", string="Signed Copies", copy=False, readonly=True
    )
    frozen_requisites = fields.Json(
        copy=False,
        help="Requisites of the parties as they were at approval: later changes of the "
        "partner do not alter the contract.",
    )
    company_requisites = fields.Text(string="Our Requisites", compute="_compute_requisites")
    partner_requisites = fields.Text(string="Their Requisites", compute="_compute_requisites")

    @api.depends("company_signature", "partner_signature")
    def _compute_signature_state(self):
        for contract in self:
            signatures = (contract.company_signature, contract.partner_signature)
            signed = sum(one in SIGNED for one in signatures)
            contract.signature_state = (
                "signed"
                if signed == 2
                else "half"
                if signed
                else "sent"
                if "sent" in signatures
                else "none"
            )

    @api.depends("frozen_requisites", "partner_id", "company_id", "document_lang")
    def _compute_requisites(self):
        for contract in self:
            frozen = contract.frozen_requisites or contract._prepare_requisites()
            contract.company_requisites = contract._requisites_text(frozen["company"])
            contract.partner_requisites = contract._requisites_text(frozen["partner"])

    def _prepare_requisites(self):
        """Requisites of both parties as they are now, in the language of the printed contract.

        :return: {party: [[label, value], ...], "facts": {party: {name: value}}}
        """
        self.ensure_one()
        lang = self.document_lang or self.env.lang
        company = self.company_id.partner_id.with_context(lang=lang)
        partner = self.partner_id.with_context(lang=lang)
        return {
            "company": company._prepare_requisites(),
            "partner": partner._prepare_requisites(),
            "facts": {
                "company": company._prepare_requisite_facts(),
                "partner": partner._prepare_requisite_facts(),
            },
        }

    @api.model
    def _requisites_text(self, rows):
        return "\n".join(f"{label}: {value}" if label else value for label, value in rows)

    # From state to state ---------------------------------------------------------

    def action_approve(self):
        """Give the contract its number and freeze what the parties are called."""
        self._check_state("draft")
        self._check_rates()
        for contract in self:
            contract._write_guarded(contract._prepare_approval_values())
        self.parent_id._after_agreement()

    def _prepare_approval_values(self):
        date = self.date or self.company_id._get_local_today()
        return {
            "state": "approved",
            "date": date,
            "number": self.number or self._get_next_number(date),
            "frozen_requisites": self._prepare_requisites(),
        }

    def _get_next_number(self, date):
        """A number of the series; of an agreement the contract's number with its own after it."""
        # Agreements of colleagues have numbers too, whoever may see them.
        main = self.parent_id.sudo()
        if not main:
            return self.type_id._next_number(self.company_id, date)
        if not main.number:
            raise UserError(self.env._("Approve the main contract %s first.", main.display_name))
        # Who comes at the same time waits, and his request is repeated.
        rows.take(main)
        taken = set(main.child_ids.mapped("number"))
        place = 1
        # A contract that is no agreement of this one may have been typed in with such a number.
        while (number := f"{main.number}-{place}") in taken or self.type_id._is_taken(
            number, self.company_id
        ):
            place += 1
        return number

    def action_send_to_sign(self):
        """The contract went to the other party."""
        self._check_state("approved", "active")
        for contract in self:
            contract._write_guarded(
                {
                    name: "sent"
                    for name in ("company_signature", "partner_signature")
                    if contract[name] == "none"
                }
            )

    def action_sign(self):
        """Ask who signed, when, and for the signed copy."""
        self.ensure_one()
        self._check_state("approved", "active")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register signature"),
            "res_model": "crm.contract.sign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def _sign(self, parties, how, date, attachments):
        """Signatures of one party or both; the second one brings the contract into force."""
        self.ensure_one()
        self._write_guarded(
            {
                **{f"{party}_signature": how for party in parties},
                "signed_attachment_ids": [(4, one.id) for one in attachments],
            }
        )
        if self.signature_state == "signed":
            values = {"date_signed": date}
            if self.state == "approved":
                values["state"] = "active"
            self._write_guarded(values)
            self._after_signing()

    def _after_signing(self):
        """Hook: both parties have signed."""

    def _after_agreement(self):
        """Hook: an additional agreement of these contracts was approved, revised or cancelled."""

    def action_complete(self):
        """Everything is delivered and paid."""
        self._check_state("active")
        for contract in self.filtered("open_total"):
            raise UserError(contract._get_expected_text())
        self._write_guarded({"state": "completed"})

    def _get_expected_text(self):
        """Why the contract cannot be completed yet, and what to do about it."""
        self.ensure_one()
        if self.open_total < 0:
            return self.env._(
                "Of contract %(contract)s %(amount)s is to go back: register or cancel that "
                "refund first.",
                contract=self.display_name,
                amount=self.currency_id.format(-self.open_total),
            )
        if self.remaining_total:
            return self.env._(
                "Contract %(contract)s still expects %(amount)s: cancel or register those "
                "payments first.",
                contract=self.display_name,
                amount=self.currency_id.format(self.remaining_total),
            )
        return self.env._(
            "Of contract %(contract)s %(amount)s is neither received nor planned: plan and "
            "register it, or lower the amount by an additional agreement.",
            contract=self.display_name,
            amount=self.currency_id.format(self.open_total),
        )

    def action_terminate(self):
        """End the contract before its time; payments that are not received are cancelled."""
        self._check_state("approved", "active")
        self._end("terminated")

    def action_cancel(self):
        """The contract did not come about."""
        self._check_state("draft", "approved")
        self._end("cancelled")

    def _end(self, state):
        untouched = self.payment_ids.filtered(
            lambda payment: payment.state == "planned" and not payment.amount_received
        )
        untouched._set_state("cancelled")
        untouched._write_settled({"is_ended": True})
        self._write_guarded({"state": state})
        self.parent_id._after_agreement()

    def action_reopen(self):
        """Back to draft after a cancellation, back into force after an end, plan and all."""
        self._check_state("completed", "terminated", "cancelled")
        for contract in self:
            signed = contract.signature_state == "signed"
            back = "active" if signed else "approved" if contract.number else "draft"
            state = "draft" if contract.state == "cancelled" else back
            contract._write_guarded({"state": state})
        self.payment_ids.filtered("is_ended")._set_state("planned")
        self.parent_id._after_agreement()

    def _check_state(self, *states):
        """Refuse with the states in which this can be done."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for contract in self.filtered(lambda c: c.state not in states):
            raise UserError(
                self.env._(
                    'Contract %(contract)s is in state "%(state)s"; this is possible in: '
                    "%(states)s.",
                    contract=contract.display_name,
                    state=labels[contract.state],
                    states=", ".join(labels[state] for state in states),
                )
            )
