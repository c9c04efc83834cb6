from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import sections


class CrmContractPayment(models.Model):
    """The five sections of the receipts plan (EC-21).

    They depend on today and so are not stored: searching and grouping ask the
    database with today's thresholds, nothing has to be kept up to date at night.
    """

    _inherit = "crm.contract.payment"

    section = fields.Selection(
        [
            (sections.EARLIER, "Earlier"),
            (sections.MONTH_BEFORE, "This month, before this week"),
            (sections.WEEK, "This week"),
            (sections.MONTH_AFTER, "This month, after this week"),
            (sections.LATER, "Later"),
        ],
        compute="_compute_section",
        search="_search_section",
        group_expand=True,
        help="Where the planned date stands around the current week, whose first day the "
        "company sets.",
    )

    @api.depends("date_planned", "company_id")
    def _compute_section(self):
        for payment in self:
            company = payment.company_id or self.env.company
            payment.section = payment.date_planned and sections.section_of(
                payment.date_planned, company._get_local_today(), int(company.plan_week_start)
            )

    @api.model
    def _get_calendars(self):
        """Companies by today and first weekday: [((today, weekday), companies)]."""
        # Rows of an archived company stand in a section too.
        companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return list(
            companies.grouped(
                lambda one: (one._get_local_today(), int(one.plan_week_start))
            ).items()
        )

    @api.model
    def _search_section(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "in", companies.ids) & self._get_section_domain(key, *calendar)
            for calendar, companies in self._get_calendars()
            for key in value
            if key in sections.SECTIONS
        )

    @api.model
    def _get_section_domain(self, key, today, week_start):
        start, stop = sections.ranges(today, week_start)[key]
        domain = Domain("date_planned", "!=", False)
        if start:
            domain &= Domain("date_planned", ">=", start)
        if stop:
            domain &= Domain("date_planned", "<", stop)
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "section":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["section"], "read")
        day = self._field_to_sql(alias, "date_planned", query)
        company = self._field_to_sql(alias, "company_id", query)
        calendars = self._get_calendars()
        if len(calendars) == 1:
            return self._section_sql(day, *calendars[0][0])
        cases = SQL(" ").join(
            SQL(
                "WHEN %s IN %s THEN %s",
                company,
                tuple(companies.ids),
                self._section_sql(day, *calendar),
            )
            for calendar, companies in calendars
        )
        return SQL("(CASE %s END)", cases)

    @api.model
    def _section_sql(self, day, today, week_start):
        cases = SQL(" ").join(
            SQL("WHEN %s < %s THEN %s", day, first, key)
            for key, first in zip(
                sections.SECTIONS, sections.thresholds(today, week_start), strict=False
            )
        )
        return SQL("(CASE %s ELSE %s END)", cases, sections.LATER)
