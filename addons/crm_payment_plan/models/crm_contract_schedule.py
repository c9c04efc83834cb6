from odoo import api, fields, models

from odoo.addons.bpm_engine.lib.own_context import INTERNAL, is_internal

TOLD = "crm_plan_told"
#: States in which a plan is agreed: who waits for its money is told of every change.
AGREED = ("approved", "active")
#: Fields of a planned payment that the contract's schedule prints.
PRINTED = frozenset(
    {"name", "amount", "share", "date_planned", "due_kind", "due_event", "due_days",
     "due_working_days", "state", "contract_id"}
)  # fmt: skip


class CrmContract(models.Model):
    """The schedule that was signed, and what became of it since.

    Payments are moved every day and need no new version for that; but nobody should have to
    compare the PDF with the screen to know that they differ.
    """

    _inherit = "crm.contract"

    signed_schedule = fields.Json(
        copy=False, help="Planned payments as they were when both had signed: {name: text}."
    )
    schedule_note = fields.Text(
        string="Differs from the Signed Schedule", compute="_compute_schedule_note"
    )

    @api.depends("signed_schedule", "payment_ids.amount", "payment_ids.date_planned",
                 "payment_ids.name", "payment_ids.state")  # fmt: skip
    @api.depends_context("lang")
    def _compute_schedule_note(self):
        for contract in self:
            signed = contract.signed_schedule
            changes = signed and contract._compare_plans(signed, contract._get_plan_texts())
            contract.schedule_note = "\n".join(changes) if changes else False

    def _get_plan_texts(self):
        """{name of a payment: its amount and date, or what the date counts from}"""
        self.ensure_one()
        texts = {}
        payments = self.payment_ids.filtered(lambda payment: payment.state != "cancelled")
        for payment in payments.sorted(lambda one: one._plan_place()):
            place, key = 1, payment.name
            # Payments of one name are told apart by their order.
            while key in texts:
                place += 1
                key = f"{payment.name} ({place})"
            due = fields.Date.to_string(payment.date_planned)
            if payment.due_kind == "event":
                due = payment._get_rule_text()
            texts[key] = f"{self.currency_id.format(payment.amount)} · {due}"
        return texts

    @api.model
    def _compare_plans(self, before, after):
        return [
            f"{name}: {before.get(name, '–')} → {after.get(name, '–')}"
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        ]

    def _get_told_plans(self):
        """Plans of the contracts whose changes are told on them: {contract: texts}."""
        agreed = self.filtered(lambda one: one.state in AGREED)
        return {contract: contract._get_plan_texts() for contract in agreed.exists()}

    @api.model
    def _tell_plan_changes(self, before):
        """Say on each contract how its plan changed, so that its history tells who did it."""
        for contract, texts in before.items():
            changes = contract._compare_plans(texts, contract._get_plan_texts())
            if changes:
                contract.message_post(body=self.env._("Plan of payments: %s", "; ".join(changes)))
                contract._tell_plan_changed(changes)

    def _prepare_version(self, reason):
        return {**super()._prepare_version(reason), "plan": self._get_plan_texts()}

    def action_approve(self):
        """The plan of a revised contract is news once it is approved, not while it is drawn up."""
        result = super().action_approve()
        for contract in self.filtered(lambda one: one.version > 1):
            agreed = contract.version_ids.sorted("version")[-1:].plan
            changes = agreed and contract._compare_plans(agreed, contract._get_plan_texts())
            if changes:
                contract._tell_plan_changed(changes)
        return result

    def _after_signing(self):
        """An agreement that is signed changes the schedule of its contract."""
        result = super()._after_signing()
        for contract in self:
            main = contract.parent_id or contract
            # In the language of the record's history, whoever looks at it later.
            main.sudo().signed_schedule = main._get_plan_texts()
        return result

    def write(self, vals):
        if "payment_ids" not in vals or is_internal(self.env, TOLD):
            return super().write(vals)
        before = self._get_told_plans()
        telling = self.with_context(**{TOLD: INTERNAL})
        result = super(CrmContract, telling).write(vals)
        self._tell_plan_changes(before)
        return result

    def _generate_plan(self, scheme):
        before = self._get_told_plans()
        telling = self.with_context(**{TOLD: INTERNAL})
        result = super(CrmContract, telling)._generate_plan(scheme)
        self._tell_plan_changes(before)
        return result


class CrmContractVersion(models.Model):
    _inherit = "crm.contract.version"

    plan = fields.Json(help="Planned payments of the version: {name: text}.")


class CrmContractPayment(models.Model):
    _inherit = "crm.contract.payment"

    def _is_told(self):
        """Whether the program tells the change itself, or makes it itself."""
        return self._is_settling() or is_internal(self.env, TOLD)

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_told():
            return super().create(vals_list)
        contracts = self.env["crm.contract"].browse(
            {vals["contract_id"] for vals in vals_list if vals.get("contract_id")}
        )
        before = contracts._get_told_plans()
        payments = super().create(vals_list)
        contracts._tell_plan_changes(before)
        return payments

    def write(self, vals):
        if PRINTED.isdisjoint(vals) or self._is_told():
            return super().write(vals)
        before = self.contract_id._get_told_plans()
        telling = self.with_context(**{TOLD: INTERNAL})
        result = super(CrmContractPayment, telling).write(vals)
        self.contract_id._tell_plan_changes(before)
        return result

    def unlink(self):
        if self._is_told():
            return super().unlink()
        contracts = self.contract_id
        before = contracts._get_told_plans()
        result = super().unlink()
        contracts._tell_plan_changes(before)
        return result
