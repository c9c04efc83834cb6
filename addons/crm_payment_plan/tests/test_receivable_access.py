"""Who may see debts, classes and files: every model for every role, and companies."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from . import report_files as files
from .test_payer_discipline import NIGHT, DisciplineCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Model -> rights of: stranger, view, full, head, accountant, auditor, chief, portal.
RIGHTS = {
    "crm.receivable.source":         ("", "", "", "", "rw", "r", "rwcu", ""),
    "crm.receivable.layout":         ("", "", "", "", "r", "r", "ru", ""),
    "crm.receivable.firm":           ("", "", "", "", "rw", "r", "rw", ""),
    "crm.receivable.item":           ("", "", "", "", "rw", "r", "rw", ""),
    "crm.receivable.payment":        ("", "", "", "", "r", "r", "r", ""),
    "crm.receivable.row":            ("", "", "", "", "r", "r", "r", ""),
    "crm.receivable":                ("", "", "", "r", "r", "r", "r", ""),
    "crm.receivable.import":         ("", "", "", "", "rwcu", "r", "rwcu", ""),
    "crm.receivable.import.column":  ("", "", "", "", "rwcu", "r", "rwcu", ""),
    "crm.payer.rule":                ("", "r", "r", "rwcu", "r", "r", "rwcu", ""),
    "crm.payer.discipline":          ("", "r", "r", "r", "r", "r", "r", ""),
    "crm.payer.discipline.history":  ("", "r", "r", "r", "r", "r", "r", ""),
    "crm.payer.month":               ("", "r", "r", "r", "r", "r", "r", ""),
    "crm.collection.month":          ("", "", "", "r", "r", "r", "r", ""),
    "crm.payer.discipline.override": ("", "", "", "rwcu", "", "", "rwcu", ""),
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestReceivableAccess(DisciplineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._new_accountant("debts_auditor", "account.group_account_readonly")
        cls.foreigner = new_test_user(
            cls.env,
            login="debts_foreigner",
            groups="account.group_account_invoice",
            company_id=cls.env["res.company"].create({"name": "Second"}).id,
        )

    def test_matrix(self):
        """PF-17, PF-20, EC-17: accountants work with files, salespeople see classes only."""
        users = (
            self.nobody, self.viewer, self.manager, self.head, self.accountant, self.auditor,
            self.chief, self.portal,
        )  # fmt: skip
        for model, rights in RIGHTS.items():
            for user, right in zip(users, rights, strict=True):
                allowed = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                self.assertEqual(allowed, right, f"{model}, {user.login}")

    def test_own_customers(self):
        """EC-17: a salesperson sees the classes of his customers, the head those of all."""
        theirs = self._debtor("Colleague's", user=self.colleague)
        for partner in (self.payer, theirs):
            for due in (-100, -70, -40):
                self._paid(due, due, partner=partner)
        self._run()
        both = self._state() + self._state(theirs)
        mine = [("id", "in", both.ids)]
        for user, seen in (
            (self.manager, self._state()), (self.colleague, self._state(theirs)),
            (self.head, both), (self.accountant, both),
        ):  # fmt: skip
            found = self.Payer.with_user(user).search(mine)
            self.assertEqual(found.sorted("id"), seen.sorted("id"), user.login)
            history = self.History.with_user(user).search([("discipline_id", "in", both.ids)])
            self.assertEqual(history.discipline_id.sorted("id"), seen.sorted("id"))

    def test_class_without_invoices(self):
        """PF-18: a salesperson reads class, overdue sum and why, and no invoice."""
        for due in (-100, -90, -80):
            self._invoice(due)
        self._run()
        partner = self.payer.with_user(self.manager)
        self.assertEqual((partner.payer_class, partner.payer_overdue_amount), ("disloyal", 300.0))
        self.assertIn("overdue for 100 days", partner.payer_explanation)
        with self.assertRaises(AccessError):
            self.env["crm.receivable"].with_user(self.manager).search([])
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            partner.with_user(self.nobody).read(["payer_class"])

    def test_other_company(self):
        """PF-20: an accountant of another company sees nothing of this one."""
        file = self._ageing([files.doc("ИП Петров", "P-1", "01.10.2026", 10.0, 2)])
        file.action_apply()
        for due in (-100, -90, -80):
            self._invoice(due)
        self._run(NIGHT)
        for model in RIGHTS:
            if model in ("crm.payer.discipline.override", "crm.payer.rule"):
                continue
            records = self.env[model].with_user(self.foreigner)
            self.assertFalse(records.search([]), model)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            file.with_user(self.foreigner).read(["name"])

    def test_facts_are_not_typed(self):
        """PK-21, PF-20: amounts of files and the state of a file are not edited by hand."""
        file = self._ageing([files.doc("ИП Петров", "P-1", "01.10.2026", 10.0, 2)])
        file.action_apply()
        item = self.Item.search([("number", "=", "P-1")]).with_user(self.accountant)
        for values in ({"open_amount": 1.0}, {"due_date": "2020-01-01"}, {"partner_id": 1}):
            with self.assertRaises(AccessError):
                item.write(values)
        item.disputed = True
        with self.assertRaises(AccessError):
            file.with_user(self.accountant).write({"state": "draft"})
        with self.assertRaises(AccessError):
            self.Import.with_user(self.accountant).create({"file": b"", "state": "preview"})
