from contextlib import contextmanager

from odoo import api, models

from odoo.addons.bpm_engine.models.base_stage import all_or_nothing

#: Value of the end that is no state of an order: it has an invoice.
INVOICED = "invoiced"


class SaleOrder(models.Model):
    """Orders under stage regulations: invoiced is an end, however the invoice is made."""

    _name = "sale.order"
    _inherit = ["sale.order", "bpm.stage.mixin"]

    def _get_stage_values(self):
        """An order with an invoice that was not cancelled is invoiced (IM-13)."""
        values = super()._get_stage_values()
        rules = self._get_stage_rules()
        if rules and rules.stage_field == "state":
            for order in self.sudo().filtered(lambda order: order.state == "sale"):
                if any(invoice.state != "cancel" for invoice in order.invoice_ids):
                    values[order.id] = INVOICED
        return values

    @api.model
    def _get_stage_choices(self, stage_field):
        """Between order and cancelled stands the invoice."""
        choices = super()._get_stage_choices(stage_field)
        if stage_field != "state":
            return choices
        invoiced = {"value": INVOICED, "name": self.env._("Invoiced"), "is_final": True}
        for choice in choices:
            if choice["value"] == "cancel":
                choice |= {"is_final": True, "is_lost": True}
        ends = [choice for choice in choices if choice["value"] == "cancel"]
        return [*(c for c in choices if c not in ends), invoiced, *ends]

    def _set_stage_value(self, value):
        """By the buttons of the order, which also do what belongs to them."""
        rules = self._get_stage_rules()
        buttons = {
            "sale": self.action_confirm,
            "sent": self.action_quotation_sent,
            "draft": self.action_draft,
            "cancel": self._action_cancel,
            INVOICED: self._create_invoices,
        }
        if rules.stage_field != "state" or value not in buttons:
            return super()._set_stage_value(value)
        buttons[value]()
        return None

    @contextmanager
    def _watch_stage(self):
        """Judges what happens to these orders inside, without a write on them."""
        rules = self._get_stage_rules()
        if not rules or rules.stage_field != "state" or not self:
            yield
            return
        before = self._get_stage_values()
        with all_or_nothing(self.env):
            yield
            self.invalidate_recordset(["invoice_ids"])
            self._pass_stage_gate(before)
