from odoo import api, fields, models


class CrmContractType(models.Model):
    """Kind of contract: supply, services, purchase ... with its own series of numbers."""

    _name = "crm.contract.type"
    _description = "Contract Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    direction = fields.Selection(
        [("income", "Income"), ("expense", "Expense")],
        required=True,
        default="income",
        help="Income: the other party pays us. Expense: we pay.",
    )
    number_prefix = fields.Char(
        required=True,
        default="C/%(range_year)s/",
        help="Begins the numbers of new contracts; %(range_year)s is the year of the contract.",
    )
    scheme_id = fields.Many2one(
        "crm.payment.scheme",
        string="Usual Payment Scheme",
        ondelete="set null",
        help="Offered for the payment plan of new contracts of this type.",
    )
    contract_count = fields.Integer(compute="_compute_contract_count")

    @api.depends_context("allowed_company_ids")
    def _compute_contract_count(self):
        groups = self.env["crm.contract"]._read_group(
            [("type_id", "in", self.ids)], ["type_id"], ["__count"]
        )
        counts = {kind.id: count for kind, count in groups}
        for kind in self:
            kind.contract_count = counts.get(kind.id, 0)

    def write(self, vals):
        result = super().write(vals)
        if "number_prefix" in vals:
            self._get_series_sequences().write({"prefix": vals["number_prefix"]})
        return result

    def _get_series_code(self):
        """Code of the ``ir.sequence`` that numbers this type in every company."""
        self.ensure_one()
        return f"crm.contract.type.{self.id}"

    def _get_series_sequences(self):
        # Only administrators may touch sequences; the head of sales sets the prefix here.
        codes = [kind._get_series_code() for kind in self]
        return self.env["ir.sequence"].sudo().search([("code", "in", codes)])

    def _next_number(self, company, date):
        """Next number of this type in a company; the series begins with the first one."""
        self.ensure_one()
        # A salesperson takes numbers, but has no right to sequences.
        Sequence = self.env["ir.sequence"].sudo()
        sequence = Sequence.search(
            [("code", "=", self._get_series_code()), ("company_id", "=", company.id)], limit=1
        ) or Sequence.create(self._prepare_series(company))
        return sequence.next_by_id(sequence_date=date)

    def _prepare_series(self, company):
        return {
            "name": f"{self.name} ({company.name})",
            "code": self._get_series_code(),
            "company_id": company.id,
            "prefix": self.number_prefix,
            "padding": 4,
            "use_date_range": True,
        }
