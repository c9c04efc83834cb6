from odoo import api, fields, models

from . import rows


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
        compute="_compute_number_prefix",
        store=True,
        readonly=False,
        precompute=True,
        help="Begins the numbers of new contracts; %(range_year)s is the year of the contract.",
    )
    prefix_note = fields.Char(
        compute="_compute_prefix_note",
        help="Which other types number their contracts with the same prefix.",
    )
    scheme_id = fields.Many2one(
        "crm.payment.scheme",
        string="Usual Payment Scheme",
        ondelete="set null",
        help="Offered for the payment plan of new contracts of this type.",
    )
    contract_count = fields.Integer(compute="_compute_contract_count")

    @api.depends("name")
    def _compute_number_prefix(self):
        """Initials of the name, which no other type has: "SP-%(range_year)s/"."""
        known = set(self.sudo().with_context(active_test=False).search([]).mapped("number_prefix"))
        for kind in self:
            if kind.number_prefix or not kind.name:
                continue
            words = kind.name.split()
            stem = "".join(word[0] for word in words if word[0].isalnum()).upper()[:3] or "C"
            place, prefix = 1, f"{stem}-%(range_year)s/"
            while prefix in known:
                place += 1
                prefix = f"{stem}{place}-%(range_year)s/"
            known.add(prefix)
            kind.number_prefix = prefix

    @api.depends("number_prefix", "direction")
    def _compute_prefix_note(self):
        for kind in self:
            others = kind._get_sharing_types() - kind._origin
            names = ", ".join(others.mapped("name"))
            kind.prefix_note = (
                self.env._(
                    "The same prefix as: %s. Their contracts and these are numbered in one row.",
                    names,
                )
                if names
                else False
            )

    def _get_sharing_types(self):
        """Types of the direction with the same prefix: their numbers must not meet."""
        self.ensure_one()
        return self.with_context(active_test=False).search(
            [("direction", "=", self.direction), ("number_prefix", "=", self.number_prefix)]
        )

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
        """Next number of this type in a company that no contract has.

        The series begins with the first one. Numbers are passed over that were typed in,
        taken over with older contracts, or given by another type with the same prefix: the
        database would refuse them for good.
        """
        self.ensure_one()
        # A salesperson takes numbers, but has no right to sequences.
        Sequence = self.env["ir.sequence"].sudo()
        mine = [("code", "=", self._get_series_code()), ("company_id", "=", company.id)]
        sharing = self.sudo()._get_sharing_types()
        sequence = Sequence.search(mine, limit=1)
        if len(sharing) > 1 or not self._is_begun(sequence, date):
            # Who comes at the same time waits, and his request is repeated.
            rows.take(sharing | self)
        sequence = sequence or Sequence.create(self._prepare_series(company))
        number = sequence.next_by_id(sequence_date=date)
        while self._is_taken(number, company):
            number = sequence.next_by_id(sequence_date=date)
        return number

    @api.model
    def _is_begun(self, sequence, date):
        """Whether the numbers of the year of this day have begun."""
        ranges = sequence.date_range_ids
        day = fields.Date.to_date(date)
        return any(one.date_from <= day <= one.date_to for one in ranges)

    def _is_taken(self, number, company):
        """Whether a contract of this direction has the number, whoever may see it."""
        contracts = self.env["crm.contract"].sudo()
        return contracts.search_count(
            [
                ("company_id", "=", company.id),
                ("direction", "=", self.direction),
                ("number", "=", number),
            ],
            limit=1,
        )

    def _prepare_series(self, company):
        return {
            "name": f"{self.name} ({company.name})",
            "code": self._get_series_code(),
            "company_id": company.id,
            "prefix": self.number_prefix,
            "padding": 4,
            "use_date_range": True,
        }
