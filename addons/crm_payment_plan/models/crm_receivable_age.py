from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import debt_age


class CrmReceivable(models.Model):
    """How long debts are overdue, in the usual buckets, by the day of their company.

    They depend on today and so are not stored: searching and grouping ask the database with
    the last days of the buckets.
    """

    _inherit = "crm.receivable"

    age = fields.Selection(
        [
            (debt_age.NOT_DUE, "Not due yet"),
            (debt_age.OVERDUE[0], "1 to 30 days"),
            (debt_age.OVERDUE[1], "31 to 60 days"),
            (debt_age.OVERDUE[2], "61 to 90 days"),
            (debt_age.OVERDUE[3], "More than 90 days"),
            (debt_age.UNKNOWN, "Due date not known"),
        ],
        string="Overdue For",
        compute="_compute_age",
        search="_search_age",
        group_expand=True,
    )

    @api.depends("due_date", "company_id")
    def _compute_age(self):
        for debt in self:
            today = (debt.company_id or self.env.company)._get_local_today()
            debt.age = debt_age.age_of(debt.due_date, today)

    @api.model
    def _get_days(self):
        """Companies by their today: {day: companies}."""
        companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return companies.grouped(lambda one: one._get_local_today())

    @api.model
    def _search_age(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "in", companies.ids) & self._get_age_domain(key, today)
            for today, companies in self._get_days().items()
            for key in value
            if key in debt_age.AGES
        )

    @api.model
    def _get_age_domain(self, key, today):
        if key == debt_age.UNKNOWN:
            return Domain("due_date", "=", False)
        if key == debt_age.NOT_DUE:
            return Domain("due_date", ">=", today)
        first, last = debt_age.days_of(key)
        domain = Domain("due_date", "<=", today - timedelta(days=first))
        if last:
            domain &= Domain("due_date", ">=", today - timedelta(days=last))
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "age":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["age"], "read")
        due = self._field_to_sql(alias, "due_date", query)
        company = self._field_to_sql(alias, "company_id", query)
        cases = SQL(" ").join(
            SQL("WHEN %s IN %s THEN %s", company, tuple(companies.ids), self._age_sql(due, today))
            for today, companies in self._get_days().items()
        )
        return SQL("(CASE %s END)", cases)

    @api.model
    def _age_sql(self, due, today):
        cases = SQL(" ").join(
            SQL("WHEN %s >= %s THEN %s", due, today - timedelta(days=last), key)
            for key, last in zip(debt_age.OVERDUE, debt_age.BOUNDS, strict=False)
        )
        return SQL(
            "(CASE WHEN %(due)s IS NULL THEN %(unknown)s WHEN %(due)s >= %(today)s THEN %(open)s "
            "%(cases)s ELSE %(oldest)s END)",
            due=due,
            today=today,
            unknown=debt_age.UNKNOWN,
            open=debt_age.NOT_DUE,
            cases=cases,
            oldest=debt_age.OVERDUE[-1],
        )
