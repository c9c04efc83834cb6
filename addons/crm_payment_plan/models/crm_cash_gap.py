from odoo import api, fields, models
from odoo.tools import format_amount, format_date

ACTIVITY = "crm_payment_plan.mail_activity_type_cash_gap"


class CrmCashGap(models.Model):
    """A gap in the cash forecast of a company, from the night it is found till it is gone.

    There is at most one open gap per company, so its treasurer is warned once; when the gap
    moves or grows the record follows and its history tells, without another activity.
    """

    _name = "crm.cash.gap"
    _description = "Cash Gap"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, found_date desc, id desc"
    _rec_name = "week_date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Gone")], default="open", required=True, readonly=True
    )
    found_date = fields.Date(string="Found On", readonly=True)
    closed_date = fields.Date(string="Gone On", readonly=True)
    week_date = fields.Date(string="Week From", readonly=True, tracking=True)
    low_date = fields.Date(string="Lowest On", readonly=True)
    balance = fields.Monetary(string="Lowest Balance", readonly=True, tracking=True)
    minimum = fields.Monetary(string="Least Balance Wanted", readonly=True)
    missing = fields.Monetary(readonly=True, help="How much is needed to keep the least balance.")
    warned_user_id = fields.Many2one("res.users", string="Warned", readonly=True)
    date_mode = fields.Selection(related="company_id.cash_date_mode", string="By Dates")

    _one_open = models.UniqueIndex("(company_id) WHERE state = 'open'")

    @api.depends("week_date", "state")
    def _compute_display_name(self):
        for gap in self:
            gap.display_name = self.env._(
                "Cash gap in the week of %s", format_date(self.env, gap.week_date)
            )

    @api.model
    def _watch(self, company, day):
        """Look for a gap of a company; tell its treasurer once, or that it is gone.

        :return: the gap that was found new, if any
        """
        Board = self.env["crm.cash.board"].with_context(allowed_company_ids=company.ids)
        board = Board.with_company(company).get_board()
        known = self.search([("company_id", "=", company.id), ("state", "=", "open")])
        found = board["gap"]
        if not found:
            known._close(day)
            return self.browse()
        values = self._prepare_gap(found, board["minimum"])
        if known:
            changed = {name: value for name, value in values.items() if known[name] != value}
            if changed:
                known.write(changed)
            known._warn(day)
            return self.browse()
        gap = self.create({**values, "company_id": company.id, "found_date": day})
        gap._warn(day)
        return gap

    @api.model
    def _prepare_gap(self, found, minimum):
        return {
            "week_date": found["start"],
            "low_date": found["date"],
            "balance": found["balance"],
            "minimum": minimum,
            "missing": found["missing"],
        }

    def _warn(self, day):
        """An activity of the treasurer, in words and with the sum that is missing.

        Once: again only when another person has taken over, whose activity it is then, due on
        the day on which he is told.
        """
        self.ensure_one()
        treasurer = self.company_id._get_cash_watcher()
        if not treasurer or treasurer == self.warned_user_id:
            return
        self.activity_unlink([ACTIVITY])
        self.warned_user_id = treasurer
        gap = self.with_context(lang=treasurer.lang)
        gap.activity_schedule(
            ACTIVITY,
            date_deadline=day,
            user_id=treasurer.id,
            summary=gap.env._(
                "%(amount)s missing in the week of %(week)s",
                amount=format_amount(gap.env, self.missing, self.currency_id),
                week=format_date(gap.env, self.week_date),
            ),
            note=gap.env._(
                "On %(day)s bank and cash of %(company)s are forecast at %(balance)s.",
                day=format_date(gap.env, self.low_date),
                company=self.company_id.name,
                balance=format_amount(gap.env, self.balance, self.currency_id),
            ),
        )

    def _close(self, day):
        for gap in self:
            gap.write({"state": "closed", "closed_date": day})
            gap.activity_feedback([ACTIVITY], feedback=gap.env._("The gap is gone."))

    def action_open_board(self):
        """The cash board, to see what makes the gap."""
        return self.env["ir.actions.client"]._for_xml_id("crm_payment_plan.crm_cash_board_action")
