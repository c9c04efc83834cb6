"""Accountants, firms and files that the tests of debts share."""

import base64

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon

from . import report_files as files

ACCOUNTANT = "account.group_account_invoice"
CHIEF = "account.group_account_manager"


class ReceivableCommon(CrmBpmCommon):
    NOW = "2026-11-23 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_accountant("debts_accountant", ACCOUNTANT)
        cls.chief = cls._new_accountant("debts_chief", CHIEF)
        cls.Import = cls.env["crm.receivable.import"]
        cls.Item = cls.env["crm.receivable.item"]
        cls.Firm = cls.env["crm.receivable.firm"]
        cls.startClassPatcher(freeze_time(cls.NOW))

    @classmethod
    def _new_accountant(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _file(self, content, user=None, **values):
        """A file read by an accountant."""
        file = self.Import.with_user(user or self.accountant).create(
            {
                "file": base64.b64encode(content),
                "file_name": "debts.xlsx",
                "company_id": self.company.id,
                **values,
            }
        )
        file.action_read()
        return file

    def _ageing(self, docs, day="20 ноября 2026 г.", **values):
        return self._file(files.xlsx(files.ageing_rows(docs, day=day)), **values)

    def _apply(self, docs, day="20 ноября 2026 г."):
        file = self._ageing(docs, day)
        file.action_apply()
        self.assertEqual(file.state, "done", file.message)
        return file

    def _counts(self, file):
        """{change: number} of the changes that there are."""
        changes = ("new", "grown", "partial", "paid", "gone", "settled", "unchanged")
        return {name: file[f"{name}_count"] for name in changes if file[f"{name}_count"]}

    def _open(self):
        """{number: open amount} of the open debts."""
        items = self.Item.search([("company_id", "=", self.company.id), ("state", "=", "open")])
        return {item.number: item.open_amount for item in items}
