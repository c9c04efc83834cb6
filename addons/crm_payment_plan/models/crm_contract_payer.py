"""Who pays is seen where his money is planned, and when it is to be expected of him."""

from datetime import timedelta

from odoo import api, fields, models


class CrmContract(models.Model):
    """The payer's class on the contract."""

    _name = "crm.contract"
    _inherit = ["crm.contract", "crm.payer.seen.mixin"]


class CrmContractPayment(models.Model):
    """The payer's class on a planned payment, and the day his habit makes of the planned one."""

    _name = "crm.contract.payment"
    _inherit = ["crm.contract.payment", "crm.payer.seen.mixin"]

    date_expected = fields.Date(
        string="Expected",
        compute="_compute_date_expected",
        help="The day the payer promised for this payment, else the planned day, later by what "
        "he is usually late. The cash forecast reckons with the same days.",
    )
    expected_note = fields.Char(string="Why Then", compute="_compute_date_expected")

    @api.depends(
        "date_planned", "state", "amount_remaining", "direction", "company_id",
        "contract_id.commercial_partner_id",
    )  # fmt: skip
    def _compute_date_expected(self):
        open_ones = self.filtered(
            lambda one: one.state == "planned"
            and one.amount_remaining > 0
            and one.direction == "income"
            and one.date_planned
        )
        (self - open_ones).date_expected = (self - open_ones).expected_note = False
        promised = open_ones._get_promised_days()
        delays = open_ones._get_usual_delays()
        for payment in open_ones:
            day = promised.get(payment._origin.id)
            days, note = delays[payment]
            payment.date_expected = day or payment.date_planned + timedelta(days=days)
            payment.expected_note = self.env._("promised by the payer") if day else note

    def _get_promised_days(self):
        """{id: earliest open promise that names the payment}."""
        groups = (
            self.env["crm.payment.promise"]
            .sudo()
            ._read_group(
                [("state", "=", "open"), ("payment_id", "in", self._origin.ids)],
                ["payment_id"],
                ["date:min"],
            )
        )
        return {payment.id: day for payment, day in groups}

    def _get_usual_delays(self):
        """{payment: (days, where they are from)}, by the basis that the company has chosen."""
        payers = self.contract_id.commercial_partner_id
        known = {
            (delay.company_id, delay.partner_id): delay
            for delay in self.env["crm.payer.delay"]
            .sudo()
            .search(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("partner_id", "in", [False, *payers.ids]),
                ]
            )
        }
        forecast = self.env["crm.cash.forecast"]
        none = self.env["res.partner"]
        delays = {}
        for payment in self:
            company = payment.company_id.sudo()
            payer = payment.contract_id.sudo().commercial_partner_id
            own, overall = known.get((company, payer)), known.get((company, none))
            basis = forecast._get_delay_basis(company)
            days = round((own or overall)[basis]) if own or overall else 0
            delays[payment] = days, self._get_delay_words(days, bool(own), bool(overall))
        return delays

    @api.model
    def _get_delay_words(self, days, own, overall):
        if own and not days:
            return self.env._("this payer usually pays on the day")
        if own:
            return self.env._("this payer is usually %s days late", days)
        if overall:
            return self.env._("payers of the company are %s days late", days)
        return self.env._("no history of payments yet")
