import base64
import re

from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, models


class CrmFormMixin(models.AbstractModel):
    """The code on an invoice from which a banking application fills in the payment."""

    _inherit = "crm.form.mixin"

    def _get_payment_code(self, party, payee, payer, amount, currency):
        """A picture as ``data:`` address, by whichever scheme of Odoo fits; "" without one.

        Schemes come with Odoo's modules: account_qr_code_sepa for euros in Europe, others with
        the accounting of a country. A code must ask for the account that stands on the paper.

        :param party: the payee as the form shows him, see ``_prepare_form_party``
        """
        if not self.company_id.sudo().qr_code or currency.compare_amounts(amount, 0) <= 0:
            return ""
        # Letters and digits alone: people and Odoo group the digits of an account differently.
        printed = [re.sub(r"\W", "", value).upper() for _label, value in party["payee"]]
        account = payee.commercial_partner_id.sudo().bank_ids.filtered(
            lambda one: any(one.sanitized_acc_number in value for value in printed)
        )[:1]
        reference = self._get_payment_reference()
        values = account._build_qr_code_vals(amount, reference, reference, currency, payer)
        drawn = values and account._get_qr_code_generation_params(**values)
        return self._draw_code(drawn) if drawn else ""

    def _get_payment_reference(self):
        """What the payer is asked to name."""
        return self._get_form_number()

    @api.model
    def _draw_code(self, drawn):
        """The code as SVG: sharp at any size, and drawn without the C library PNG needs.

        :param drawn: what Odoo's ``/report/barcode`` takes. What it lays over codes of single
            countries, a cross in the middle, belongs to their own forms and is left out.
        """
        drawing = createBarcodeDrawing(
            drawn["barcode_type"],
            value=drawn["value"],
            width=drawn["width"],
            height=drawn["height"],
            barLevel=drawn.get("barLevel", "L"),
            barBorder=0,
        )
        picture = base64.b64encode(drawing.asString("svg").encode())
        return f"data:image/svg+xml;base64,{picture.decode()}"
