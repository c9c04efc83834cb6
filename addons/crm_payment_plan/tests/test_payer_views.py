from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.fields import Date
from odoo.tests import new_test_user, tagged

from .cash_common import CashCommon, day

BADGE = {
    "decoration-success": "payer_class == 'strict'",
    "decoration-warning": "payer_class == 'hesitant'",
    "decoration-danger": "payer_class == 'disloyal'",
}
ADDON = "crm_payment_plan"
#: Where a person decides about a customer: model, view, kind.
PLACES = [
    ("res.partner", "base.view_partner_form", "form"),
    ("res.partner", "base.view_partner_tree", "list"),
    ("res.partner", "base.res_partner_kanban_view", "kanban"),
    ("res.partner", "crm_bpm_core.res_partner_view_list_customers", "list"),
    ("res.partner", "crm_bpm_core.res_partner_view_kanban_customers", "kanban"),
    ("crm.lead", "crm.crm_lead_view_form", "form"),
    ("crm.lead", "crm.crm_case_tree_view_oppor", "list"),
    ("crm.lead", "crm.crm_case_tree_view_leads", "list"),
    ("crm.lead", "crm.crm_case_kanban_view_leads", "kanban"),
    ("sale.order", "sale.view_order_form", "form"),
    ("sale.order", "sale.sale_order_tree", "list"),
    ("sale.order", "sale.view_sale_order_kanban", "kanban"),
    ("crm.contract", f"{ADDON}.crm_contract_view_form", "form"),
    ("crm.contract", f"{ADDON}.crm_contract_view_list", "list"),
    ("crm.contract", f"{ADDON}.crm_contract_view_kanban", "kanban"),
    ("crm.contract.payment", f"{ADDON}.crm_contract_payment_view_form", "form"),
    ("crm.contract.payment", f"{ADDON}.crm_contract_payment_view_list", "list"),
    ("crm.contract.payment", f"{ADDON}.crm_contract_payment_view_kanban", "kanban"),
    ("project.project", f"{ADDON}.project_project_view_form_realisation", "form"),
    ("project.project", f"{ADDON}.project_project_view_list_realisation", "list"),
    ("project.project", f"{ADDON}.project_project_view_kanban_realisation", "kanban"),
    ("project.project", "project.edit_project", "form"),
]
#: Where accountants and heads look after debts.
DEBTS = [
    ("crm.receivable", f"{ADDON}.crm_receivable_view_list", "list"),
    ("crm.receivable", f"{ADDON}.crm_receivable_view_kanban", "kanban"),
    ("crm.payment.reminder.run", f"{ADDON}.crm_payment_reminder_run_view_form", "form"),
    ("crm.payment.reminder", f"{ADDON}.crm_payment_reminder_view_form", "form"),
    ("crm.payment.reminder", f"{ADDON}.crm_payment_reminder_view_list", "list"),
    ("crm.payment.reminder", f"{ADDON}.crm_payment_reminder_view_kanban", "kanban"),
]
#: Where accountants work: model, view, kind, fields that are seen without asking for them.
ACCOUNTING = [
    ("account.move", "account.view_move_form", "form", ("payer_class", "crm_contract_id")),
    ("account.move", "account.view_invoice_tree", "list",
     ("payer_class", "crm_contract_ids", "crm_contract_payment_ids")),
    ("account.payment", "account.view_account_payment_form", "form",
     ("payer_class", "crm_contract_id", "crm_contract_payment_id")),
    ("account.payment", "account.view_account_payment_tree", "list",
     ("payer_class", "crm_contract_id", "crm_contract_payment_id")),
    # What a phone shows of the same.
    ("account.move", "account.view_account_move_kanban", "kanban",
     ("payer_class", "crm_contract_ids", "crm_contract_payment_ids")),
    ("account.payment", "account.view_account_payment_kanban", "kanban",
     ("payer_class", "crm_contract_id", "crm_contract_payment_id")),
    ("account.move.line", "account.account_move_line_view_kanban", "kanban",
     ("payer_class", "crm_contract_id", "crm_contract_payment_id")),
]  # fmt: skip
#: Where payers of a class are looked for: model, view.
SEARCHES = [
    ("crm.contract", f"{ADDON}.crm_contract_view_search"),
    ("crm.contract.payment", f"{ADDON}.crm_contract_payment_view_search"),
    ("crm.lead", "crm.view_crm_case_opportunities_filter"),
    ("sale.order", "sale.view_sales_order_filter"),
    ("sale.order", "sale.sale_order_view_search_inherit_quotation"),
    ("sale.order", "sale.sale_order_view_search_inherit_sale"),
]


@tagged("-at_install", "post_install")
class TestPayerViews(CashCommon):
    """PF-18: the payer's class in colour and in words, and the day to expect his money."""

    def _fields(self, model, view, kind, name, user):
        records = self.env[model].with_user(user)
        arch = etree.fromstring(records.get_view(self.env.ref(view).id, kind)["arch"])
        return arch.xpath(f"//field[@name='{name}']")

    def test_colour_and_word(self):
        """Every card, list and kanban where something is promised: a badge of three colours."""
        places = [(*place, self.manager) for place in PLACES]
        places += [(*place, self.accountant) for place in DEBTS]
        for model, view, kind, user in places:
            with self.subTest(view=view):
                nodes = self._fields(model, view, kind, "payer_class", user)
                self.assertTrue(nodes)
                for node in nodes:
                    self.assertEqual(node.get("widget"), "badge")
                    self.assertEqual({name: node.get(name) for name in BADGE}, BADGE)
                    self.assertNotEqual(node.get("optional"), "hide")

    def test_words_of_the_classes(self):
        """The badge says the class in words: nobody has to know the colours."""
        words = dict(
            self.env["crm.contract"]._fields["payer_class"]._description_selection(self.env)
        )
        self.assertEqual(
            [words[name] for name in ("strict", "hesitant", "disloyal")],
            ["Strict payer", "Hesitant payer", "Disloyal payer"],
        )

    def test_filters(self):
        """PF-18: contracts, planned payments, deals and orders of such payers are found."""
        self.env["crm.payer.discipline"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "payer_class": "hesitant",
                "computed_class": "hesitant",
            }
        )
        contract = self._contract(100, [(100, day(3))])
        mine = {
            "crm.contract": contract,
            "crm.contract.payment": contract.payment_ids,
            "crm.lead": self.env["crm.lead"].create(
                {"name": "Lift", "type": "opportunity", "partner_id": self.customer.id,
                 "user_id": self.manager.id}
            ),
            "sale.order": self._order(self.customer, "2026-03-01 10:00:00", confirm=False),
        }  # fmt: skip
        self.env.flush_all()
        for model, view in SEARCHES:
            records = self.env[model].with_user(self.manager)
            arch = etree.fromstring(records.get_view(self.env.ref(view).id, "search")["arch"])
            for payer_class in ("strict", "hesitant", "disloyal"):
                with self.subTest(view=view, payer_class=payer_class):
                    [node] = arch.xpath(f"//filter[@name='payer_{payer_class}']")
                    domain = [("id", "in", mine[model].ids), *literal_eval(node.get("domain"))]
                    found = records.search(domain)
                    self.assertEqual(bool(found), payer_class == "hesitant")

    def test_filters_of_others(self):
        """Who may not see the class has no filter by it."""
        plain = new_test_user(self.env, login="plan_seller", groups="sales_team.group_sale_manager")
        for model, view in SEARCHES:
            if model in ("crm.lead", "sale.order"):
                records = self.env[model].with_user(plain)
                arch = etree.fromstring(records.get_view(self.env.ref(view).id, "search")["arch"])
                self.assertFalse(arch.xpath("//filter[starts-with(@name, 'payer_')]"), view)

    def test_overdue_is_red_and_marked(self):
        """EC-23: an overdue row is red in the list, and has a sign beside its date."""
        arch = etree.fromstring(
            self.env["crm.contract.payment"].get_view(
                self.env.ref(f"{ADDON}.crm_contract_payment_view_list").id, "list"
            )["arch"]
        )
        self.assertEqual(arch.get("decoration-danger"), "is_overdue")
        self.assertEqual(
            arch.xpath("//field[@name='date_planned']")[0].get("widget"), "crm_planned_date"
        )

    def test_accountants_see_it_at_once(self):
        """PF-17, EC-18: contract, planned payment and class are shown, not only offered."""
        for model, view, kind, names in ACCOUNTING:
            for name in names:
                with self.subTest(view=view, field=name):
                    nodes = self._fields(model, view, kind, name, self.accountant)
                    shown = [
                        node
                        for node in nodes
                        if node.get("optional") != "hide"
                        and node.get("column_invisible") not in ("1", "True")
                        and node.get("invisible") not in ("1", "True")
                    ]
                    self.assertTrue(shown)
        for name in ("crm_contract_id", "crm_contract_payment_id"):
            (node,) = [
                one
                for one in self._fields(
                    "account.move", "account.view_move_form", "form", name, self.accountant
                )
                if one.xpath("ancestor::field[@name='invoice_line_ids']")
                and one.xpath("ancestor::list")
            ]
            self.assertEqual(node.get("optional"), "show", name)

    # The expected day ---------------------------------------------------------------

    def _delay(self, days, partner=None):
        values = {"average": days, "p50": days, "p75": days + 5, "p90": days + 9}
        return self.env["crm.payer.delay"].create(
            {
                "company_id": self.company.id,
                "partner_id": partner and partner.id,
                "debt_count": 9,
                **values,
            }
        )

    def _forecast(self, payment):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.cash.forecast"].search([("payment_id", "=", payment.id)])

    def test_expected_day(self):
        """PF-18: the payer's own habit, else all payers', else the planned day; as the forecast."""
        self.env["crm.payer.delay"].search([]).unlink()
        contract = self._contract(100, [(60, day(3)), (40, day(20))])
        first, second = contract.payment_ids
        self.assertEqual(first.date_expected, first.date_planned)
        self.assertIn("no history", first.expected_note)
        self._delay(4)
        contract.payment_ids.invalidate_recordset()
        self.assertEqual(first.date_expected, first.date_planned + timedelta(days=4))
        self.assertEqual(first.expected_note, "payers of the company are 4 days late")
        self._delay(11, contract.commercial_partner_id)
        contract.payment_ids.invalidate_recordset()
        for payment in (first, second):
            self.assertEqual(payment.date_expected, self._forecast(payment).date_behaviour)
            self.assertEqual(payment.expected_note, "this payer is usually 11 days late")
        self.company.cash_delay_basis = "p90"
        contract.payment_ids.invalidate_recordset()
        self.assertEqual(first.date_expected, first.date_planned + timedelta(days=20))
        self.assertEqual(first.date_expected, self._forecast(first).date_behaviour)

    def test_promised_day(self):
        """What the payer promised for this payment is stronger than his habit."""
        contract = self._contract(100, [(100, day(3))])
        payment = contract.payment_ids
        self._delay(11, contract.commercial_partner_id)
        self.env["crm.payment.promise"].create(
            {
                "partner_id": contract.partner_id.id,
                "payment_id": payment.id,
                "amount": 100,
                "date": Date.to_string(Date.to_date(day(3)) + timedelta(days=2)),
            }
        )
        payment.invalidate_recordset()
        self.assertEqual(payment.date_expected, payment.date_planned + timedelta(days=2))
        self.assertEqual(payment.expected_note, "promised by the payer")
        payment.action_set_received()
        self.assertFalse(payment.date_expected)

    def test_what_we_pay(self):
        """Nobody's habit dates our own payments."""
        supply = self._contract(
            50, [(50, day(3))], type_id=self.env.ref(f"{ADDON}.crm_contract_type_purchase").id
        )
        self.assertFalse(supply.payment_ids.date_expected)

    def test_no_query_per_row(self):
        """The column costs as much for forty rows as for two."""
        rows = self.env["crm.contract.payment"]
        for _number in range(20):
            rows |= self._contract(100, [(60, day(3)), (40, day(20))]).payment_ids
        self.env.flush_all()
        counts = []
        for some in (rows[:2], rows):
            self.env.invalidate_all()
            some.mapped("contract_id.commercial_partner_id")
            some.mapped("company_id.cash_delay_basis")
            before = self.env.cr.sql_log_count
            some.mapped("date_expected")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
