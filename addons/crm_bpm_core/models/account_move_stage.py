from odoo import api, models
from odoo.fields import Command


class AccountMove(models.Model):
    """An invoice is cancelled or deleted: its orders are not invoiced any more."""

    _inherit = "account.move"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        with self._get_regulated_orders()._watch_stage():
            return super().write(vals)

    def unlink(self):
        with self._get_regulated_orders()._watch_stage():
            return super().unlink()

    def _get_regulated_orders(self):
        """Orders of these invoices; none, without a look at them, if none are regulated."""
        orders = self.env["sale.order"]
        if not orders._get_stage_rules():
            return orders
        return self.sudo().line_ids.sale_line_ids.order_id.with_env(self.env)


class AccountMoveLine(models.Model):
    """Where an order gets its invoice, by whatever button: its regulation is asked (IM-13)."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        with self._get_linked_orders(vals_list)._watch_stage():
            return super().create(vals_list)

    def write(self, vals):
        if "sale_line_ids" not in vals:
            return super().write(vals)
        orders = self._get_linked_orders([vals]) | self.sale_line_ids.order_id
        with orders._watch_stage():
            return super().write(vals)

    def _get_linked_orders(self, vals_list):
        """Orders whose lines these values link with an invoice."""
        ids = set()
        for vals in vals_list:
            for command in vals.get("sale_line_ids") or ():
                if isinstance(command, int):
                    ids.add(command)
                elif command[0] == Command.SET:
                    ids.update(command[2])
                elif command[0] == Command.LINK:
                    ids.add(command[1])
        return self.env["sale.order.line"].browse(ids).sudo().order_id.with_env(self.env)
