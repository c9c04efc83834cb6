"""One customer, two companies: each document shows how he pays the company it is of."""

from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import ReminderCommon


@tagged("post_install", "-at_install")
class TestPayerCompanies(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shilling = cls.env.ref("base.KES")
        shilling.active = True
        cls.second = cls.env["res.company"].create({"name": "Second", "currency_id": shilling.id})
        cls.head.company_ids = [Command.link(cls.second.id)]
        cls.env["crm.payer.discipline"].create(
            [
                {"company_id": company.id, "partner_id": cls.payer.id, "payer_class": name,
                 "computed_class": name, "overdue_amount": amount}
                for company, name, amount in (
                    (cls.company, "strict", 0.0), (cls.second, "disloyal", 70.0))
            ]
        )  # fmt: skip

    def _documents(self, model, **values):
        """A document of each company, as the head sees both in one list."""
        common = {"partner_id": self.payer.id, **values}
        records = self.env[model].create(
            [{**common, "company_id": company.id} for company in (self.company, self.second)]
        )
        both = [self.company.id, self.second.id]
        return self.env[model].with_user(self.head).with_context(
            allowed_company_ids=both
        ).browse(records.ids)  # fmt: skip

    def test_opportunities(self):
        """PF-18: class and overdue sum of the document's company, not of the current one."""
        leads = self._documents("crm.lead", name="Deal", type="opportunity", user_id=self.head.id)
        self.assertEqual(leads.mapped("payer_class"), ["strict", "disloyal"])
        self.assertEqual(leads.mapped("payer_overdue_amount"), [0, 70])
        self.assertEqual(leads[1].payer_currency_id, self.second.currency_id)
        for order in ([0, 1], [1, 0]):
            found = leads.with_context(
                allowed_company_ids=[(self.company, self.second)[place].id for place in order]
            )
            mine = [("id", "in", leads.ids)]
            red = found.search([*mine, ("payer_class", "=", "disloyal")])
            self.assertEqual(red, leads[1])
            self.assertEqual(found.search([*mine, ("payer_class", "!=", "disloyal")]), leads[0])
            self.assertEqual(found.search([*mine, ("payer_overdue_amount", ">", 0)]), leads[1])
            self.assertEqual(found.search([*mine, ("payer_overdue_amount", "=", 0)]), leads[0])

    def test_without_company(self):
        """PF-18: what belongs to no company is seen by the current one."""
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": self.payer.id, "company_id": False, "team_id": False,
             "user_id": False}
        )  # fmt: skip
        self.assertFalse(lead.company_id)
        for company, name in ((self.company, "strict"), (self.second, "disloyal")):
            seen = lead.with_company(company)
            self.assertEqual(seen.payer_class, name)
            domain = [("id", "=", lead.id), ("payer_class", "=", name)]
            self.assertTrue(seen.search(domain))

    def test_contracts_and_payments(self):
        """PF-18: contract, planned payment and open debt show one class, that of their company."""
        contract = self._contract([(100, 10)])
        debt = self._invoice(-5)
        other = contract.with_company(self.second).with_context(
            allowed_company_ids=[self.second.id, self.company.id]
        )
        self.assertEqual(other.payer_class, "strict")
        self.assertEqual(other.payment_ids.payer_class, "strict")
        self.assertEqual(debt.with_company(self.second).payer_class, "strict")
        row = self.env["crm.receivable"].search([("move_id", "=", debt.id)])
        self.assertEqual(row.with_company(self.second).payer_class, "strict")

    def test_one_look_up_for_a_page(self):
        """PF-18: the classes of a page cost the same queries as those of two documents."""
        pages = [
            self._documents("crm.lead", name="Deal", type="opportunity", user_id=self.head.id)
            for _place in range(10)
        ]
        pages[0].mapped("payer_class")  # rights and companies are known from then on
        counts = []
        for leads in (pages[0], pages[0].union(*pages[1:])):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(leads.mapped("payer_class")), len(leads))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
