from odoo import api, fields, models
from odoo.exceptions import AccessError

from .crm_payer_discipline import CLASSES


class CrmPayerDisciplineHistory(models.Model):
    """What was known of a payer on a day. Rows are added by the sweep and never changed."""

    _name = "crm.payer.discipline.history"
    _description = "History of Payer Discipline"
    _order = "date desc, id desc"
    _rec_name = "date"
    _log_access = False

    discipline_id = fields.Many2one(
        "crm.payer.discipline", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    event = fields.Selection(
        [
            ("week", "Weekly figures"),
            ("class", "Class changed"),
            ("override", "Set by hand"),
            ("override_end", "Setting ended"),
        ],
        required=True,
    )
    payer_class = fields.Selection(CLASSES, string="Class", required=True)
    computed_class = fields.Selection(CLASSES, required=True)
    debt_count = fields.Integer(string="Debts")
    days_late = fields.Float(digits=(16, 1))
    on_time = fields.Float()
    max_overdue = fields.Integer(string="Oldest Overdue")
    overdue_amount = fields.Monetary(string="Overdue")
    currency_id = fields.Many2one(related="company_id.currency_id")
    score = fields.Integer()
    reason = fields.Char()
    user_id = fields.Many2one("res.users", string="By")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise self._get_refusal()

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._get_refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._get_refusal()

    def _get_refusal(self):
        return AccessError(self.env._("The history of payers is written by the system only."))
