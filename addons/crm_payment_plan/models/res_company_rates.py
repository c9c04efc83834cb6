from odoo import models


class ResCompany(models.Model):
    """Currencies whose worth the company knows."""

    _inherit = "res.company"

    def _get_rated_currencies(self):
        """Its own currency and those with an exchange rate; Odoo counts others one to one."""
        self.ensure_one()
        rates = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group([("company_id", "in", [False, self.root_id.id])], ["currency_id"])
        )
        return self.currency_id.union(*(currency for (currency,) in rates))
