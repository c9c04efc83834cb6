from odoo import fields, models


class ResPartner(models.Model):
    """No customer without a next step (AL-05)."""

    _inherit = "res.partner"

    has_next_step = fields.Boolean(
        compute="_compute_next_step",
        search="_search_has_next_step",
        help="An activity is planned on the customer, his contacts, leads or orders.",
    )
    next_step_summary = fields.Char(compute="_compute_next_step")
    next_step_date = fields.Date(compute="_compute_next_step")
    next_step_activity_id = fields.Many2one("mail.activity", compute="_compute_next_step")
    last_contact_date = fields.Datetime(compute="_compute_last_contact")
    last_contact_summary = fields.Char(compute="_compute_last_contact")

    def _compute_next_step(self):
        self.has_next_step = self.next_step_summary = self.next_step_date = False
        self.next_step_activity_id = False

    def _search_has_next_step(self, operator, value):
        return NotImplemented

    def _compute_last_contact(self):
        self.last_contact_date = self.last_contact_summary = False
