"""Firms of the files: which customer each is, and that it stays the same firm."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import report_files as files
from .receivable_common import ReceivableCommon
from .test_receivable_import import BRANCH, CAMOMILE, FIRST, NEXT_WEEK, NOW, VECTOR


@tagged("post_install", "-at_install")
class TestReceivableFirms(ReceivableCommon):
    NOW = NOW

    def _firm(self, name):
        return self.Firm.search([("name", "=", name)])

    def _numbers(self, partner):
        return sorted(self.Item.search([("partner_id", "=", partner.id)]).mapped("number"))

    def _table(self, *rows, headers=("Контрагент", "ИНН", "Документ", "Долг")):
        """A file of documents, applied."""
        file = self._file(files.table_csv(rows, headers=headers))
        if file.state == "columns":
            file.action_confirm_columns()
        file.action_apply()
        self.assertEqual(file.state, "done", file.message)
        return file

    def test_same_name_and_similar_ones(self):
        """PF-20: exactly the same name is proposed and accepted with one click."""
        camomile = self._customer("ооо  «Ромашка»")
        self._customer("ООО Ромашка-Плюс")
        file = self._apply(FIRST)
        firm, branch = self._firm(CAMOMILE), self._firm(BRANCH)
        self.assertEqual((firm.partner_id.id, firm.proposed_partner_id), (False, camomile))
        self.assertFalse(branch.partner_id | branch.proposed_partner_id)
        self.assertIn(camomile, branch.similar_ids)
        self.assertEqual((file.unmatched_count, file.proposed_count), (3, 1))
        self.assertFalse(self._numbers(camomile), "nobody has accepted it yet")
        with self.assertRaisesRegex(UserError, "by hand"):
            branch.with_user(self.accountant).action_accept()
        (firm | branch).with_user(self.accountant).action_accept()
        self.assertEqual((firm.partner_id, firm.matched_by), (camomile, "name"))
        self.assertFalse(firm.proposed_partner_id | branch.partner_id)
        self.assertEqual(self._numbers(camomile), ["R-1", "R-2"])
        self.assertEqual((file.unmatched_count, file.proposed_count), (2, 0))

    def test_all_of_a_file(self):
        """PF-20: all proposals of a file are accepted at once, before it is applied too."""
        camomile, vector = self._customer(CAMOMILE), self._customer(VECTOR)
        file = self._ageing(FIRST)
        self.assertEqual(file.proposed_count, 2)
        file.action_accept_proposed()
        file.action_apply()
        self.assertEqual(self._numbers(camomile), ["R-1", "R-2"])
        self.assertEqual(self._numbers(vector), ["V-1"])

    def test_accepting_is_for_accountants(self):
        """PF-20, EC-17: who only looks accepts nothing."""
        self._customer(CAMOMILE)
        self._apply(FIRST[:1])
        auditor = self._new_accountant("names_auditor", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._firm(CAMOMILE).with_user(auditor).action_accept()

    def test_names_taken_at_once(self):
        """PF-20: a company may say that equal names are enough."""
        self.company.debt_take_names = True
        camomile = self._customer(CAMOMILE)
        self._apply(FIRST[:1])
        self.assertEqual(self._firm(CAMOMILE).partner_id, camomile)

    def test_other_tax_id_of_the_name(self):
        """PF-20: whoever has another tax ID is another firm, whatever its name or number."""
        self.company.debt_take_names = True
        self._customer("ООО Вектор", vat="7701234567")
        self._customer("Other", company_registry="5024050507", ref="C-17")
        headers = ("Контрагент", "ИНН", "Код", "Документ", "Долг")
        rows = [("ООО Вектор", "7709876543", "", "1", "5"), ("X", "7709876544", "C-17", "2", "6")]
        self._table(*rows, headers=headers)
        for firm in self.Firm.search([]):
            self.assertFalse(firm.partner_id | firm.proposed_partner_id, firm.name)

    def test_tax_id_with_country(self):
        """PF-20: a tax ID is the same with and without the letters of its country."""
        bulgarian = self._customer("B", vat="BG123456789")
        romanian = self._customer("R", company_registry="14399840")
        hungarian = self._customer("H", vat="HU12345678")
        self._customer("Other", vat="EL987654321")
        self._table(
            ("b", "123456789", "1", "5"), ("r", "RO 14399840", "2", "5"),
            ("h", "12345678-2-42", "3", "5"), ("o", "RO987654321", "4", "5"),
        )  # fmt: skip
        found = {item.number: item.partner_id for item in self.Item.search([])}
        none = self.env["res.partner"]
        self.assertEqual(found, {"1": bulgarian, "2": romanian, "3": hungarian, "4": none})

    def test_old_debts_follow_an_automatic_match(self):
        """PF-20: debts of a firm that was unknown become the customer's once he is found."""
        row = ("Вектор", "7701234567", "1", "5")
        self._table(row)
        self.assertFalse(self.Item.search([]).partner_id)
        vector = self._customer("V", vat="7701234567")
        self._table(row, ("Вектор", "7701234567", "2", "7"))
        self.assertEqual(self._numbers(vector), ["1", "2"])

    def test_column_of_tax_ids_appears(self):
        """PF-20: tax IDs that a file begins, or ceases, to tell double and pay no debt."""
        old = ("Контрагент", "Документ", "Долг")
        self._table(("ООО Вектор", "1", "5"), ("Луч", "2", "7"), ("Луч", "3", "8"), headers=old)
        partner = self._customer("Chosen by hand")
        self._firm("ООО Вектор").with_user(self.accountant).partner_id = partner
        sunbeam = self._customer("Sunbeam", vat="7702222222")
        new = ("Контрагент", "ИНН", "Документ", "Долг")
        rows = [("ООО Вектор", "7701111111", "1", "5"), ("Луч", "7702222222", "2", "6"),
                ("Луч", "7702222222", "3", "8"), ("Луч", "7702222222", "4", "9")]  # fmt: skip
        source = self.env["crm.receivable.source"].search([])
        file = self._file(files.table_csv(rows, headers=new))
        self.assertEqual(file.source_id, source)
        file.action_confirm_columns()
        self.assertEqual(self._counts(file), {"new": 1, "partial": 1, "unchanged": 2})
        file.action_apply()
        self.assertEqual(self._open(), {"1": 5, "2": 6, "3": 8, "4": 9})
        self.assertEqual(self._numbers(partner), ["1"])
        self.assertEqual(self._numbers(sunbeam), ["2", "3", "4"])
        [payment] = self.env["crm.receivable.payment"].search([])
        self.assertEqual(payment.amount, 1)
        again = self._file(files.table_csv(rows, headers=new))
        self.assertEqual(self._counts(again), {"unchanged": 4})
        without = [(row[0], *row[2:]) for row in rows]
        back = self._file(files.table_csv(without, headers=old))
        self.assertEqual(self._counts(back), {"unchanged": 4})
        back.action_apply()
        self.assertEqual(self._numbers(partner), ["1"])
        self.assertEqual(self._numbers(sunbeam), ["2", "3", "4"])

    def test_one_firm_gets_its_tax_id(self):
        """PF-20: of two firms of one name, one with another tax ID, no debt changes hands."""
        headers = ("Контрагент", "ИНН", "Документ", "Долг")
        self._table(("Луч", "7702222222", "1", "5"), ("Луч", "", "1", "7"), headers=headers)
        rows = [("Луч", "7702222222", "1", "5"), ("Луч", "7703333333", "1", "7")]
        file = self._file(files.table_csv(rows, headers=headers))
        self.assertEqual(self._counts(file), {"unchanged": 2})

    def test_two_customers_of_one_name(self):
        """PF-20: when two customers have the name, neither is proposed."""
        self._customer(CAMOMILE)
        self._customer(CAMOMILE)
        self._apply(FIRST[:1])
        firm = self._firm(CAMOMILE)
        self.assertFalse(firm.partner_id | firm.proposed_partner_id)

    def test_assigned_once(self):
        """PF-20: an accountant assigns a firm once; debts and later files follow."""
        self._apply(FIRST)
        partner = self._customer("Ромашка-Тверь")
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": partner.id})
        self._firm(BRANCH).with_user(self.accountant).partner_id = contact
        item = self.Item.search([("number", "=", "T-1")])
        self.assertEqual(item.partner_id, partner)
        self._apply([*FIRST, files.doc(BRANCH, "T-2", "25.11.2026", 5.0)], NEXT_WEEK)
        self.assertEqual(self.Item.search([("number", "=", "T-2")]).partner_id, partner)
        self.assertEqual(self._firm(BRANCH).matched_by, "hand")

    def test_tax_id_goes_before_the_name(self):
        """PF-20: a tax ID or reference names the customer whatever the name is."""
        named = self._customer("ООО Вектор")
        taxed = self._customer("Вектор, новое имя", vat="7701234567")
        referred = self._customer("Another", ref="C-17")
        headers = ("Контрагент", "ИНН", "Код", "Документ", "Долг")
        rows = [
            ("ООО Вектор", "7701234567", "", "1", "5"),
            ("Кто-то", "", "C-17", "2", "6"),
            ("ООО Вектор", "", "", "3", "7"),
        ]
        file = self._file(files.table_csv(rows, headers=headers))
        file.action_confirm_columns()
        file.action_apply()
        found = {item.number: item.partner_id for item in self.Item.search([])}
        self.assertEqual(found, {"1": taxed, "2": referred, "3": self.env["res.partner"]})
        proposed = self.Firm.search([("proposed_partner_id", "!=", False)])
        self.assertEqual((proposed.tax_id, proposed.proposed_partner_id), (False, named))

    def test_customers_of_another_company(self):
        """PF-20: a customer of another company is not taken."""
        other = self.env["res.company"].create({"name": "Second"})
        self._customer(CAMOMILE, company_id=other.id)
        self._apply(FIRST[:1])
        firm = self._firm(CAMOMILE)
        self.assertFalse(firm.partner_id | firm.proposed_partner_id)
