"""EC-04: who may see and change what the nightly watch is made of."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .nightly_common import NightlyCommon

#: model -> rights (read, write, create, unlink) of viewer, manager, head
RIGHTS = {
    "crm.customer.status": ("r", "r", "rwcu"),
    "crm.customer.promotion.rule": ("r", "r", "rwcu"),
    "crm.customer.status.history": ("r", "r", "r"),
    "crm.customer.snapshot": ("r", "r", "r"),
    "crm.nightly.run": ("", "", "r"),
    "crm.nightly.run.stage": ("", "", "r"),
    "crm.nightly.run.issue": ("", "", "r"),
    "crm.call.digest": ("", "", "r"),
    "crm.nightly.preview": ("", "", "rwcu"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestNightlyAccess(NightlyCommon):
    def test_rights_by_level(self):
        """EC-04: view only reads, full works with customers, the head sets the rules."""
        for model, rights in RIGHTS.items():
            for user, allowed in zip((self.viewer, self.manager, self.head), rights, strict=True):
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation),
                        letter in allowed,
                        (model, user.name, operation),
                    )

    def test_viewer_changes_no_status(self):
        """EC-04: view only changes neither status nor monitoring."""
        partner = self._customer()
        for values in ({"customer_status_id": self.potential.id}, {"monitoring_active": True}):
            with self.assertRaises(AccessError):
                partner.with_user(self.viewer).write(values)
        self.assertEqual(partner.customer_status_id, self.permanent)

    def test_own_absence(self):
        """HU-11: everybody may say himself when he is away and who stands in."""
        me = self.manager.with_user(self.manager)
        me.write({"absence_from": "2026-03-02", "substitute_user_id": self.colleague.id})
        self.assertEqual(self.manager.substitute_user_id, self.colleague)
        with self.assertRaises(AccessError):
            me.write({"call_daily_limit": 1})

    def test_screens_open(self):
        """EC-04: the head can open every list and form of the nightly watch."""
        for model in ("crm.nightly.run", "crm.customer.status", "crm.customer.promotion.rule",
                      "crm.nightly.preview", "crm.call.result"):  # fmt: skip
            views = self.env[model].with_user(self.head).get_views([(False, "form")])
            self.assertIn("form", views["views"])
        run = self._sweep()
        values = run.with_user(self.head).read(
            ["display_name", "progress", "duration", "call_count", "issue_count"]
        )
        self.assertEqual(values[0]["progress"], 100.0)
