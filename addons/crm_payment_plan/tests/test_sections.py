from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import BaseCase, tagged

from ..lib.sections import SECTIONS, WEEK, ranges, section_of, thresholds
from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestSections(BaseCase):
    """EC-21: five sections around the current week."""

    def test_each_date_in_exactly_one_section(self):
        """EC-21: three years of "today", weeks from Monday and Sunday; others every fifth day."""
        day = date(2024, 1, 1)
        while day < date(2027, 1, 1):
            for week_start in range(1, 8) if day.day % 5 == 0 else (1, 7):
                spans = ranges(day, week_start)
                for offset in range(-45, 46):
                    other = day + timedelta(days=offset)
                    found = [
                        key
                        for key, (start, stop) in spans.items()
                        if (not start or other >= start) and (not stop or other < stop)
                    ]
                    self.assertEqual(found, [section_of(other, day, week_start)])
            day += timedelta(days=1)

    def test_order_of_sections(self):
        """EC-21: the sections follow each other in time and today is in this week."""
        for offset in range(1100):
            today = date(2024, 1, 1) + timedelta(days=offset)
            for week_start in (1, 7):
                days = thresholds(today, week_start)
                self.assertEqual(list(days), sorted(days))
                self.assertEqual(days[1].isoweekday(), week_start)
                self.assertEqual(section_of(today, today, week_start), WEEK)

    def test_week_across_months(self):
        """EC-21: the week wins: on 1 December 30 November is this week."""
        today = date(2026, 12, 1)
        expected = {
            date(2026, 11, 29): "1_earlier",
            date(2026, 11, 30): "3_week",
            date(2026, 12, 6): "3_week",
            date(2026, 12, 7): "4_month_after",
            date(2026, 12, 31): "4_month_after",
            date(2027, 1, 1): "5_later",
        }
        self.assertEqual({day: section_of(day, today) for day in expected}, expected)
        self.assertEqual(section_of(date(2026, 11, 9), date(2026, 11, 18)), "2_month_before")


@tagged("-at_install", "post_install")
class TestSectionField(PlanCommon):
    """EC-21: the list groups and searches by a field that no cron keeps up to date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = [date(2026, 11, 1) + timedelta(days=n) for n in range(0, 75, 3)]
        cls.contract = cls._contract(
            7500, [(10 + n, day) for n, day in enumerate(cls.days)], approve=False
        )
        cls.mine = [("contract_id", "=", cls.contract.id)]

    def _groups(self):
        return {
            section: (count, amount)
            for section, count, amount in self.Payment._read_group(
                self.mine, ["section"], ["__count", "amount:sum"]
            )
        }

    def test_database_and_python_agree(self):
        """EC-21: compute, search and grouping say the same on every day of a month."""
        for offset in range(0, 31, 2):
            with freeze_time(f"2026-12-{offset + 1:02} 10:00:00"):
                self.env.invalidate_all()
                payments = self.contract.payment_ids
                by_python = {
                    key: payments.filtered(lambda p, key=key: p.section == key) for key in SECTIONS
                }
                for key in SECTIONS:
                    found = self.Payment.search([*self.mine, ("section", "=", key)])
                    self.assertEqual(found, by_python[key].sorted("date_planned"), key)
                self.assertEqual(
                    self._groups(),
                    {
                        key: (len(rows), sum(rows.mapped("amount")))
                        for key, rows in by_python.items()
                        if rows
                    },
                )

    @freeze_time("2026-12-06 10:00:00")
    def test_first_weekday_of_the_company(self):
        """EC-21: Sunday 6 December belongs to the week that the company says."""
        self.contract.payment_ids[:1].date_planned = "2026-12-06"
        row = self.contract.payment_ids.filtered(lambda p: str(p.date_planned) == "2026-12-07")
        row = row or self.contract.payment_ids[1:2]
        row.date_planned = "2026-12-07"
        self.assertEqual(row.section, "4_month_after")
        self.company.plan_week_start = "7"
        row.invalidate_recordset(["section"])
        self.assertEqual(row.section, "3_week")
        self.assertIn(row, self.Payment.search([*self.mine, ("section", "=", "3_week")]))

    @freeze_time("2026-12-06 10:00:00")
    def test_companies_with_other_weeks(self):
        """EC-21: rows of two companies are sorted by the week of each."""
        other = self.env["res.company"].create({"name": "Sunday Co", "plan_week_start": "7"})
        partner = self.env["res.partner"].create({"name": "Their buyer"})
        foreign = self._contract(
            10, [(10, "2026-12-07")], approve=False, company_id=other.id, partner_id=partner.id
        )
        ours = self._contract(10, [(10, "2026-12-07")], approve=False)
        rows = self.Payment._read_group(
            [("contract_id", "in", (foreign | ours).ids)], ["company_id", "section"], []
        )
        self.assertEqual(
            {company: section for company, section in rows},
            {other: "3_week", self.company: "4_month_after"},
        )

    def test_unknown_section(self):
        self.assertFalse(self.Payment.search([*self.mine, ("section", "=", "never")]))
        everything = self.Payment.search([*self.mine, ("section", "!=", "3_week")])
        week = self.Payment.search([*self.mine, ("section", "=", "3_week")])
        self.assertEqual(everything | week, self.Payment.search(self.mine))
        self.assertFalse(everything & week)

    @freeze_time("2026-12-06 10:00:00")
    def test_archived_company(self):
        """EC-21: payments of a company that was archived stand in exactly one section too."""
        other = self.env["res.company"].create({"name": "Closed Co", "plan_week_start": "7"})
        partner = self.env["res.partner"].create({"name": "Their buyer"})
        rows = self._contract(
            20,
            [(10, "2026-12-07"), (10, "2026-11-01")],
            approve=False,
            company_id=other.id,
            partner_id=partner.id,
        ).payment_ids
        other.active = False
        self.env.invalidate_all()
        mine = [("id", "in", rows.ids)]
        groups = self.Payment._read_group(mine, ["section"], ["__count"])
        self.assertEqual(dict(groups), {"1_earlier": 1, "3_week": 1})
        self.assertEqual(sorted(rows.mapped("section")), ["1_earlier", "3_week"])
        for key, number in (("1_earlier", 1), ("3_week", 1), ("5_later", 0)):
            self.assertEqual(self.Payment.search_count([*mine, ("section", "=", key)]), number)
        self.assertEqual(self.Payment.search_count([*mine, ("is_overdue", "=", True)]), 1)

    def test_local_midnight(self):
        """EC-21: at one moment companies east and west stand in different weeks."""
        rows = self.Payment
        for name, zone in (("East Co", "Pacific/Auckland"), ("West Co", "Pacific/Pago_Pago")):
            company = self.env["res.company"].create({"name": name, "plan_week_start": "1"})
            company.nightly_tz = zone
            partner = self.env["res.partner"].create({"name": f"Buyer of {name}"})
            rows |= self._contract(
                10, [(10, "2026-12-07")], approve=False, company_id=company.id,
                partner_id=partner.id,
            ).payment_ids  # fmt: skip
        for moment, expected in (
            ("2026-12-06 10:59:00", ["4_month_after", "4_month_after"]),
            ("2026-12-06 11:00:00", ["3_week", "4_month_after"]),
            ("2026-12-07 10:59:00", ["3_week", "4_month_after"]),
            ("2026-12-07 11:00:00", ["3_week", "3_week"]),
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                self.env.invalidate_all()
                self.assertEqual(rows.mapped("section"), expected)
                groups = self.Payment._read_group([("id", "in", rows.ids)], ["id", "section"], [])
                self.assertEqual([section for _row, section in sorted(
                    groups, key=lambda one: one[0].id)], expected)  # fmt: skip
