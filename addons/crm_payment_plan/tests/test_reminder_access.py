"""Who sees and sends reminders, and who notes promises: every model for every role."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT, ReminderCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Model -> rights of: stranger, view, full, head, accountant, auditor, chief, sender, portal.
RIGHTS = {
    "crm.contact.role":           ("r", "r", "r", "rwcu", "r", "r", "rwcu", "r", ""),
    "crm.payment.reminder.level": ("", "", "", "rwcu", "r", "r", "rwcu", "r", ""),
    "crm.payment.reminder.run":   ("", "", "", "rwu", "rw", "r", "rwu", "rw", ""),
    "crm.payment.reminder":       ("", "", "", "rw", "rw", "r", "rw", "rw", ""),
    "crm.payment.reminder.item":  ("", "", "", "r", "r", "r", "r", "r", ""),
    "crm.debt.digest":            ("", "", "", "", "", "", "", "", ""),
    "crm.payment.promise":        ("", "r", "rwc", "rwcu", "rwc", "r", "rwcu", "rwc", ""),
    "crm.payment.dispute":        ("", "r", "rwc", "rwcu", "rwc", "r", "rwcu", "rwc", ""),
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestReminderAccess(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._new_accountant("reminder_auditor", "account.group_account_readonly")
        cls.sender = cls._new_accountant("reminder_sender", "crm_payment_plan.group_reminder_user")
        cls.foreigner = new_test_user(
            cls.env,
            login="reminder_foreigner",
            groups="account.group_account_manager,crm_bpm_core.group_head",
            company_id=cls.env["res.company"].create({"name": "Second"}).id,
        )
        cls.theirs = cls._debtor("Colleague's", user=cls.colleague)

    def test_matrix(self):
        """PF-13, EC-17: view, send and manage are rights of their own."""
        users = (
            self.nobody, self.viewer, self.manager, self.head, self.accountant, self.auditor,
            self.chief, self.sender, self.portal,
        )  # fmt: skip
        for model, rights in RIGHTS.items():
            for user, right in zip(users, rights, strict=True):
                allowed = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                self.assertEqual(allowed, right, f"{model}, {user.login}")

    def test_whose_promises(self):
        """EC-17: a salesperson notes and sees promises and disputes of his customers."""
        mine, theirs = self._promise(5), self._promise(5, partner=self.theirs)
        both = mine | theirs
        for user, seen in (
            (self.manager, mine), (self.colleague, theirs), (self.team_leader, mine),
            (self.head, both), (self.sender, both), (self.auditor, both),
            (self.foreigner, self.Promise),
        ):  # fmt: skip
            found = self.Promise.with_user(user).search([("id", "in", both.ids)])
            self.assertEqual(found.sorted("id"), seen, user.login)
        values = {"partner_id": self.theirs.id, "amount": 5, "date": NIGHT}
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.Promise.with_user(self.manager).create({**values, "date_made": NIGHT})
        self.Promise.with_user(self.manager).create(
            {**values, "partner_id": self.payer.id, "date_made": NIGHT}
        )

    def test_salesperson_disputes_a_planned_payment(self):
        contract = self._contract([(100, -8)])
        action = contract.payment_ids.with_user(self.manager).action_payment_dispute()
        dispute = self.Dispute.with_user(self.manager).with_context(**action["context"]).create(
            {"reason": "goods"}
        )  # fmt: skip
        dispute.solution = "Replaced"
        dispute.action_solve()
        self.assertEqual(dispute.state, "solved")

    def test_card_for_everybody(self):
        """PF-18: the card opens for each role, with what it may see."""
        self._promise(5)
        for user in (self.manager, self.sender, self.auditor, self.nobody):
            arch = self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
            names = {
                name
                for name in etree.fromstring(arch).xpath("//field/@name")
                if name.startswith(("promise", "reminder", "payer", "contact_role"))
            }
            self.payer.with_user(user).read(sorted(names))
        self.assertNotIn("promise_text", names)

    def test_other_company(self):
        """PF-13: another company sees nothing of this one's lists."""
        self._invoice(-8)
        self._promise(5, partner=self.theirs)
        run = self._review()
        self._send(run)
        for model in RIGHTS:
            if model not in ("crm.contact.role", "crm.debt.digest"):
                records = self.env[model].with_user(self.foreigner)
                found = records.search([("company_id", "=", self.company.id)])
                self.assertFalse(found, model)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            run.with_user(self.foreigner).read(["name"])

    def test_who_sends(self):
        """PF-13: sending, refreshing and dropping need the right; a look does not."""
        self._invoice(-8)
        run = self._review()
        run.with_user(self.auditor).read()
        run.with_user(self.auditor).reminder_ids.read()
        for name in ("action_send", "action_refresh", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.auditor), name)()
        with self.assertRaises(AccessError):
            self.Run.with_user(self.manager).action_review()
        with self.assertRaises(AccessError):
            self.payer.with_user(self.manager).action_payment_reminder()
        run.with_user(self.sender).reminder_ids.read()
        run.with_user(self.sender).action_send()
        self.assertEqual(run.state, "done")

    def test_remind_many_at_once(self):
        """PF-13: “Remind” on marked rows of each list makes one list of their customers."""
        other, third = self._debtor("Second"), self._debtor("Not marked")
        contract = self._contract([(70, -8)], partner=other)
        moves = self._invoice(-8) | self._invoice(-9)
        theirs = self._invoice(-8, partner=self.theirs)
        self._invoice(-8, partner=third)
        debts = self.env["crm.receivable"].search([("move_id", "in", (moves | theirs).ids)])
        marked = {
            "account_move_action_remind": moves | theirs,
            "crm_receivable_action_remind": debts,
            "crm_contract_payment_action_remind": contract.payment_ids,
            "res_partner_action_remind": self.payer | self.theirs | other,
        }
        for name, records in marked.items():
            action = self.env.ref(f"crm_payment_plan.{name}").with_context(
                active_model=records._name, active_ids=records.ids, active_id=records.ids[0]
            )
            result = action.with_user(self.accountant).run()
            run = self.Run.browse(result["res_id"])
            self.assertEqual(
                run.reminder_ids.partner_id,
                (records.partner_id if "partner_id" in records else records),
                name,
            )
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_actions"):
                action.with_user(self.manager).run()
        self.assertEqual(len(self.Run.browse(result["res_id"]).reminder_ids), 3)

    def test_remind_without_the_right(self):
        """PF-13: who may not send is told who may, and nothing is made."""
        move = self._invoice(-8, partner=self.theirs)
        before = self.Run.search_count([])
        for records in (self.theirs, move.sudo().with_user(self.manager)):
            with self.assertRaises(AccessError) as caught:
                records.with_user(self.manager).action_payment_reminder()
            self.assertIn("Payment reminders: Send", str(caught.exception))
        self.assertEqual(self.Run.search_count([]), before)
        with self.assertRaises(UserError) as caught:
            self.env["res.partner"].with_user(self.sender).action_payment_reminder()
        self.assertIn("Choose customers", str(caught.exception))

    def test_facts_are_not_typed(self):
        """PK-21: amounts, states and the memory of what was sent are not edited by hand."""
        self._invoice(-8)
        run = self._review()
        reminder = run.reminder_ids.with_user(self.head)
        for values in ({"state": "sent"}, {"amount": 1}, {"hold_reason": False},
                       {"document_ids": [Command.clear()]}):  # fmt: skip
            with self.assertRaises(AccessError):
                reminder.write(values)
        with self.assertRaises(AccessError):
            run.with_user(self.head).write({"state": "done"})
        run.with_user(self.sender).write(
            {"reminder_ids": [Command.update(reminder.id, {"chosen": False})]}
        )
        self.assertFalse(reminder.chosen)
        promise = self._promise(5)
        with self.assertRaises(AccessError):
            promise.with_user(self.manager).write({"state": "kept"})
        with self.assertRaises(AccessError):
            self.Promise.with_user(self.manager).create(
                {"partner_id": self.payer.id, "amount": 5, "date": NIGHT, "date_made": NIGHT,
                 "state": "kept"}
            )  # fmt: skip

    def test_sent_lists_stay(self):
        self._invoice(-8)
        run = self._review()
        self._send(run)
        with self.assertRaises(UserError):
            run.with_user(self.chief).unlink()
