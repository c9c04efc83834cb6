from odoo import api, fields, models


class CrmContractVersion(models.Model):
    """Terms of a contract before they were revised; nobody edits them afterwards."""

    _name = "crm.contract.version"
    _description = "Version of a Contract"
    _order = "contract_id, version desc"

    contract_id = fields.Many2one("crm.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    version = fields.Integer(required=True, aggregator=None)
    reason = fields.Text(required=True, help="Why the terms were revised.")
    user_id = fields.Many2one("res.users", string="Revised By", required=True)
    date = fields.Datetime(string="Revised On", required=True, default=fields.Datetime.now)
    terms = fields.Json(required=True, help="Terms and plan of payments: {label: text}.")
    attachment_ids = fields.Many2many("ir.attachment", string="Signed Copies of This Version")
    changes = fields.Text(
        string="What Changed",
        compute="_compute_changes",
        help="Difference to the next version, or to the contract as it is now.",
    )

    _version_uniq = models.UniqueIndex(
        "(contract_id, version)", "The contract has that version already."
    )

    @api.depends("version", "reason")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._("Version %s", one.version)

    @api.depends("terms", "contract_id")
    def _compute_changes(self):
        for one in self:
            later = one.contract_id.version_ids.filtered(
                lambda other, one=one: other.version > one.version
            ).sorted("version")
            new = later[0].terms if later else one.contract_id._prepare_terms()
            one.changes = "\n".join(
                f"{label}: {(one.terms or {}).get(label) or '–'} → {new.get(label) or '–'}"
                for label in {**(one.terms or {}), **new}
                if (one.terms or {}).get(label) != new.get(label)
            )


class CrmContract(models.Model):
    _inherit = "crm.contract"

    version = fields.Integer(
        default=1, readonly=True, copy=False, aggregator=None, help="Grows by every revision."
    )
    version_ids = fields.One2many("crm.contract.version", "contract_id", string="Former Versions")

    def action_revise(self):
        """Ask for the reason, then reopen the terms."""
        self.ensure_one()
        self._check_state("approved", "active")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New version"),
            "res_model": "crm.contract.revise",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def _revise(self, reason):
        """Keep the terms as a version and open them for change; signatures start anew."""
        self.ensure_one()
        self._check_state("approved", "active")
        # Nobody but the system writes former versions.
        self.env["crm.contract.version"].sudo().create(self._prepare_version(reason))
        self._write_guarded(
            {
                "state": "draft",
                "version": self.version + 1,
                "company_signature": "none",
                "partner_signature": "none",
                # Payments that count from signing wait for the new signature; the version
                # keeps the day of the withdrawn one.
                "date_signed": False,
                "frozen_requisites": False,
                "signed_schedule": False,
                "signed_attachment_ids": [(5,)],
            }
        )
        self.parent_id._after_agreement()

    def _prepare_version(self, reason):
        return {
            "contract_id": self.id,
            "version": self.version,
            "reason": reason,
            "user_id": self.env.uid,
            "terms": self._prepare_terms(),
            "attachment_ids": [(6, 0, self.signed_attachment_ids.ids)],
        }

    def _prepare_terms(self):
        """Terms as {label: text}, which a person can compare years later."""
        self.ensure_one()
        names = (
            "number", "partner_reference", "title", "type_id", "company_id", "partner_id",
            "beneficiary_id", "amount_total", "currency_id", "date", "date_start", "date_end",
            "date_signed", "company_signer", "company_signer_basis", "partner_signer",
            "partner_signer_basis",
        )  # fmt: skip
        labels = self.fields_get(names, ["string"])
        terms = {labels[name]["string"]: self._term_text(name) for name in names}
        payments = self.payment_ids.filtered(lambda p: p.state != "cancelled")
        for payment in payments.sorted(lambda p: p._plan_place()):
            label = self.env._("Payment: %s", payment.name)
            place = 1
            # Payments of one name are told apart by their order.
            while (key := f"{label} ({place})" if place > 1 else label) in terms:
                place += 1
            terms[key] = self._payment_text(payment)
        return {label: text for label, text in terms.items() if text}

    def _payment_text(self, payment):
        """Amount, date and what the date counts from."""
        rule = payment.due_kind == "event" and payment._get_rule_text()
        parts = (
            self.currency_id.format(payment.amount),
            fields.Date.to_string(payment.date_planned),
            rule,
        )
        return " · ".join(part for part in parts if part)

    def _term_text(self, name):
        value = self[name]
        if name == "amount_total":
            return self.currency_id.format(value)
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        return str(value or "")
