"""How a customer pays is seen on the row of the call and on the realisation."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_bpm_core.tests.screens_common import ScreensCommon

from .common import PlanCommon


class PayerCommon(PlanCommon, ScreensCommon):
    """Two companies, and customers of whom each knows something else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})

    @classmethod
    def _rate(cls, partner, name, overdue=0.0, company=None):
        return cls.env["crm.payer.discipline"].create(
            {
                "company_id": (company or cls.company).id,
                "partner_id": partner.id,
                "payer_class": name,
                "computed_class": name,
                "overdue_amount": overdue,
            }
        )


@tagged("-at_install", "post_install")
class TestPayerCalls(PayerCommon):
    def _payers(self):
        """{customer: what his row says of his paying}"""
        rows = self.Board.with_user(self.manager).get_calls_today("my")["calls"]
        return {row["name"]: row["payer"] for row in rows}

    def test_class_on_the_row(self):
        """PF-18: class in words and the overdue sum of the current company; unrated says none."""
        late, fresh, foreign = (self._customer(name) for name in ("Late", "Fresh", "Foreign"))
        payer = self._rate(late, "disloyal", 70)
        self._rate(late, "strict", 0, self.second)
        self._rate(fresh, "unrated")
        self._rate(foreign, "hesitant", 5, self.second)
        for partner in (late, fresh, foreign):
            self._call(partner)
        self.assertEqual(
            self._payers(),
            {
                "Late": {"id": payer.id, "payer_class": "disloyal", "label": "Disloyal payer",
                         "overdue": 70},
                "Fresh": False,
                "Foreign": False,
            },
        )  # fmt: skip
        self.env["crm.payer.discipline"].search([("partner_id", "=", fresh.id)]).write(
            {"overdue_amount": 9}
        )
        self.assertEqual(self._payers()["Fresh"]["label"], "Not rated")

    def test_a_contact_is_his_company(self):
        """PF-18: whoever is on the phone, the firm pays."""
        firm = self._customer("Firm")
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": firm.id})
        self._rate(firm, "strict")
        facts = self.Board._get_payer_facts([contact.id, firm.id])
        self.assertEqual(facts[contact.id], facts[firm.id])
        self.assertEqual(self.Board._get_payer_facts([]), {})

    def test_one_query_for_all_rows(self):
        """PF-18: twenty calls cost one query more than none, as two do."""
        partners = [self._customer(f"Customer {place}") for place in range(20)]
        for partner in partners:
            self._rate(partner, "hesitant", 1)
        self.env.flush_all()
        counts = []
        for some in (partners[:2], partners):
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.Board._get_payer_facts([one.id for one in some])), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    def test_realisation(self):
        """PF-18, TN-20: a project shows the class that its own company gave its customer."""
        self._rate(self.customer, "strict")
        self._rate(self.customer, "disloyal", 70, self.second)
        self.head.company_ids = [Command.link(self.second.id)]
        projects = self.env["project.project"].create(
            [
                {"name": company.name, "partner_id": self.customer.id, "company_id": company.id}
                for company in (self.company, self.second)
            ]
        )
        seen = projects.with_user(self.head).with_context(
            allowed_company_ids=[self.company.id, self.second.id]
        )
        self.assertEqual(seen.mapped("payer_class"), ["strict", "disloyal"])
        self.assertEqual(seen.mapped("payer_overdue_amount"), [0, 70])
        mine = [("id", "in", seen.ids)]
        self.assertEqual(seen.search([*mine, ("payer_class", "=", "disloyal")]), seen[1])


@tagged("-at_install", "post_install")
class TestPayerPhone(HttpCase, PayerCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_call_and_realisation(self):
        """PF-18: before the call and on the realisation, at 390 px, in colour and in words."""
        self.manager.password = self.manager.login
        self._rate(self.customer, "disloyal", 12345)
        self._call(self.customer)
        project = self.env["project.project"].create(
            {"name": "Tour Project", "partner_id": self.customer.id}
        )
        self._contract(100, [(100, self.today + timedelta(days=9))], project_id=project.id)
        self.start_tour("/odoo/calls-today", "crm_payment_plan_payer", login=self.manager.login)
