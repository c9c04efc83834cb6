"""Who may open which dialog; and every model of the addon stands in a table of rights."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_access, test_cash_budget, test_receivable_access, test_reminder_access
from .common import PlanCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
ROLES = ("nobody", "viewer", "manager", "accountant", "head", "portal")
#: Model -> rights of ROLES. Dialogs: each sees his own only.
RIGHTS = {
    "crm.contract.payment.remark": ("", "rwcu", "rwcu", "rwcu", "rwcu", ""),
    "crm.contract.preview":        ("", "rwc", "rwc", "rwc", "rwc", ""),
    "crm.contract.takeover":       ("", "", "rwcu", "rwcu", "rwcu", ""),
    "crm.contract.takeover.line":  ("", "", "rwcu", "rwcu", "rwcu", ""),
    "crm.contract.sign":           ("", "", "rwcu", "rwcu", "rwcu", ""),
    "crm.contract.revise":         ("", "", "rwcu", "rwcu", "rwcu", ""),
    "crm.contract.check":          ("", "", "", "rwcu", "rwcu", ""),
    "crm.contract.check.line":     ("", "", "", "rwcu", "rwcu", ""),
    "crm.reconciliation":          ("", "", "", "rwc", "rwc", ""),
}  # fmt: skip
TABLES = (
    test_access.MODELS, test_cash_budget.RIGHTS, test_receivable_access.RIGHTS,
    test_reminder_access.RIGHTS, RIGHTS,
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestWizardAccess(PlanCommon):
    def test_matrix(self):
        """EC-17: dialogs that change contracts are not for those who only look."""
        for model, rights in RIGHTS.items():
            for role, right in zip(ROLES, rights, strict=True):
                records = self.env[model].with_user(getattr(self, role))
                allowed = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                )
                self.assertEqual(allowed, right, f"{model}, {role}")

    def test_every_model_stands_in_a_table(self):
        """EC-17: a new model of this addon without a line in a table of rights fails here."""
        known = {model for table in TABLES for model in table}
        own = {
            name
            for name, model in self.env.items()
            if model._original_module == "crm_payment_plan" and not model._abstract
        }
        self.assertGreater(len(own), 40)
        self.assertEqual(own - known, set(), "models without a line")
        self.assertEqual({name for name in known if name not in self.env}, set(), "gone models")

    def test_dialogs_are_ones_own(self):
        """EC-17: nobody reads what another person types into a dialog."""
        contract = self._contract(100, [(100, "2026-02-01")])
        remark = self.env["crm.contract.payment.remark"].with_user(self.manager).create(
            {"payment_ids": contract.payment_ids.ids, "text": "Between us"}
        )  # fmt: skip
        self.assertEqual(remark.text, "Between us")
        for other in (self.viewer, self.head):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                remark.with_user(other).read(["text"])

    def test_no_dialog_opens_a_foreign_contract(self):
        """EC-17: a dialog gives nobody what the contract itself does not."""
        theirs = self._contract(
            100, [(100, "2026-02-01")], user_id=self.colleague.id,
            partner_id=self._customer("Colleague's", user=self.colleague).id,
        )  # fmt: skip
        remark = self.env["crm.contract.payment.remark"].with_user(self.manager)
        before = theirs.message_ids
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            remark.create({"payment_ids": theirs.payment_ids.ids, "text": "Hello"}).action_apply()
        self.assertEqual(theirs.message_ids, before)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.env["crm.contract.revise"].with_user(self.manager).create(
                {"contract_id": theirs.id, "reason": "Mine now"}
            ).action_apply()
        self.assertEqual(theirs.version, 1)
