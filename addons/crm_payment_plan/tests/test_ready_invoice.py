"""The ready process "Agreement of invoice payment" on real vendor bills (HU-08)."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyMixin

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestReadyInvoiceOnBills(ReadyMixin, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager, cls.head):
            user.group_ids += cls.env.ref("bpm_engine.group_manager")
            user.group_ids += cls.env.ref("account.group_account_invoice")
        template = cls.env.ref("bpm_engine.template_invoice_payment")
        # The director is the person responsible for the bill.
        lanes = {
            "Lane_director": {"kind": "role", "role": "invoice_user_id"},
            "Lane_head": {"kind": "user", "user": cls.head.login},
            "Lane_accounting": {"kind": "user", "user": cls.accountant.login},
        }
        cls.agreement = template._create_process(lanes, owner_id=cls.head.id)
        draft = cls.agreement.draft_version_id
        director = "outcomes.Agree_head == 'director'"
        draft.bpmn_xml = draft.bpmn_xml.replace(
            f">{director}<", f">{director} or record.amount_total &gt; 1000<"
        )
        draft.with_user(cls.head).action_publish()
        cls.director = cls._new_user("director", "group_full")
        cls.director.group_ids += cls.env.ref("account.group_account_invoice")

    def bill(self, amount):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "journal_id": self.bills.id,
                "partner_id": self.customer.id,
                "invoice_user_id": self.director.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Steel",
                            "price_unit": amount,
                            "tax_ids": [],
                            "account_id": self.expense.id,
                        }
                    )
                ],
            }
        )

    def checked(self, amount):
        bill = self.bill(amount)
        instance = self._start(self.agreement, bill, self.manager)
        self._do(instance, "Check", "correct", self.manager)
        return bill, instance

    def paid(self, instance):
        self._do(instance, "Plan", "planned", self.accountant)
        self._do(instance, "Pay", "paid", self.accountant)
        self.assertEnded(instance, "Paid")

    def test_paid(self):
        """HU-08: a small bill needs the head only; the note stands on the bill."""
        bill, instance = self.checked(100)
        self.assertEqual(instance.record_name, bill.display_name)
        self._do(instance, "Agree_head", "approved", self.head)
        self.paid(instance)
        self.assertIn("paid", bill.message_ids[:1].body)

    def test_large_one_goes_to_the_responsible(self):
        """HU-08: by its amount it goes to the person responsible for the bill, then it is paid."""
        _bill, instance = self.checked(5000)
        self._do(instance, "Agree_head", "approved", self.head)
        self.assertEqual(self._task(instance, "Agree_director").user_id, self.director)
        self._do(instance, "Agree_director", "approved", self.director)
        self.paid(instance)

    def test_refused(self):
        """HU-08: refused by the head, or by the responsible, with the reason kept."""
        _bill, instance = self.checked(100)
        self._do(instance, "Agree_head", "refused", self.head, "Not ordered")
        self.assertEnded(instance, "Refused by the head")
        _bill, instance = self.checked(5000)
        self._do(instance, "Agree_head", "approved", self.head)
        self._do(instance, "Agree_director", "refused", self.director, "Too dear")
        self.assertEnded(instance, "Refused by the director")
        self.assertIn("Too dear", instance.task_ids.mapped("comment"))
