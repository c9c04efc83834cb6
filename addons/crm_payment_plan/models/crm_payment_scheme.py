from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.kinds import DUE_EVENTS, DUE_KINDS, SCHEME_KINDS

BASES = [("percent", "Percent"), ("fixed", "Fixed amount"), ("remainder", "Remainder")]


class CrmPaymentScheme(models.Model):
    """How contracts are usually paid: 30 % in advance, the rest after acceptance ..."""

    _name = "crm.payment.scheme"
    _description = "Payment Scheme"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    line_ids = fields.One2many("crm.payment.scheme.line", "scheme_id", copy=True)

    @api.constrains("line_ids")
    def _check_lines(self):
        for scheme in self:
            percent = sum(
                line.percent * line.count for line in scheme.line_ids if line.basis == "percent"
            )
            rests = scheme.line_ids.filtered(lambda line: line.basis == "remainder")
            if round(percent, 6) > 100:
                raise ValidationError(
                    self.env._(
                        "Scheme %(scheme)s: the percentages add up to %(sum)s, more than 100.",
                        scheme=scheme.name,
                        sum=f"{percent:g}",
                    )
                )
            if len(rests) > 1:
                raise ValidationError(
                    self.env._("Scheme %s: only one line can take the remainder.", scheme.name)
                )


class CrmPaymentSchemeLine(models.Model):
    """One payment of a scheme, or several equal ones month after month."""

    _name = "crm.payment.scheme.line"
    _description = "Line of a Payment Scheme"
    _order = "scheme_id, sequence, id"

    scheme_id = fields.Many2one("crm.payment.scheme", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(SCHEME_KINDS, required=True, default="stage")
    basis = fields.Selection(BASES, required=True, default="percent")
    percent = fields.Float(digits=(16, 6), help="Of the contract's amount; of each payment.")
    amount = fields.Float(digits=(16, 2), help="In the contract's currency; of each payment.")
    count = fields.Integer(
        string="Payments",
        default=1,
        required=True,
        help="More than one: as many payments, one a month; the remainder is divided among them.",
    )
    due_kind = fields.Selection(DUE_KINDS, required=True, default="date")
    due_event = fields.Selection(DUE_EVENTS)
    due_days = fields.Integer(help="Days after the event, or after the contract's start.")
    due_working_days = fields.Boolean(help="Only working days of the company count.")

    _values = models.Constraint(
        "CHECK(percent >= 0 AND percent <= 100 AND amount >= 0 AND count BETWEEN 1 AND 120)",
        "Percentages are from 0 to 100, amounts are not negative, payments are 1 to 120.",
    )
    _event_named = models.Constraint(
        "CHECK(due_kind <> 'event' OR due_event IS NOT NULL)",
        "Choose the event from which the days count.",
    )

    def _get_payment_name(self, place):
        """What the payment at this place of the line is called."""
        return f"{self.name} {place + 1}/{self.count}" if self.count > 1 else self.name
