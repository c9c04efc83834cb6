"""Agreement of invoice payment, from the start to every end, by the people in it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.ready_common import ReadyCommon


@tagged("post_install", "-at_install")
class TestReadyInvoice(ReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._publish("bpm_engine.template_invoice_payment")
        cls.accountant = cls.other_worker

    def _checked(self):
        """An invoice that the initiator found correct."""
        instance = self._start(self.process, self.partner)
        self._do(instance, "Check", "correct", self.worker)
        return instance

    def _agreed(self):
        """An invoice that the head agreed to."""
        instance = self._checked()
        self._do(instance, "Agree_head", "approved", self.head)
        return instance

    def _paid(self, instance):
        self._do(instance, "Plan", "planned", self.accountant)
        self._do(instance, "Pay", "paid", self.accountant)

    def test_paid_without_the_director(self):
        """HU-08: checked, agreed by the head, planned and paid; the record tells of it."""
        instance = self._agreed()
        self._paid(instance)
        self.assertEnded(instance, "Paid")
        self.assertIn("paid", self.partner.message_ids[:1].body)

    def test_paid_with_the_director(self):
        """HU-08: the head passes it on; only after the director accounting gets it."""
        instance = self._checked()
        self._do(instance, "Agree_head", "director", self.head)
        self.assertEqual(self._open(instance), ["Agree_director"])
        self._do(instance, "Agree_director", "approved", self.manager)
        self._paid(instance)
        self.assertEnded(instance, "Paid")

    def test_refused_by_the_director(self):
        """HU-08: the director's refusal ends it, with the reason in the history."""
        instance = self._checked()
        self._do(instance, "Agree_head", "director", self.head)
        self._do(instance, "Agree_director", "refused", self.manager, "Too dear")
        self.assertEnded(instance, "Refused by the director")
        self.assertIn("Too dear", instance.task_ids.mapped("comment"))

    def test_refused_by_the_head(self):
        """HU-08: the head's refusal ends it, and needs a reason."""
        instance = self._checked()
        with self.assertRaises(UserError):
            self._do(instance, "Agree_head", "refused", self.head, comment=None)
        self._do(instance, "Agree_head", "refused", self.head)
        self.assertEnded(instance, "Refused by the head")

    def test_sent_back_to_the_supplier(self):
        """HU-08: a wrong invoice ends at the initiator."""
        instance = self._start(self.process, self.partner)
        self._do(instance, "Check", "wrong", self.worker)
        self.assertEnded(instance, "Sent back to the supplier")

    def test_clarified_and_paid(self):
        """HU-08: a question takes it back to the initiator, then it is agreed anew."""
        instance = self._checked()
        self._do(instance, "Agree_head", "clarify", self.head, "Which order?")
        self._do(instance, "Check", "correct", self.worker)
        self._do(instance, "Agree_head", "approved", self.head)
        self._paid(instance)
        self.assertEnded(instance, "Paid")

    def test_returned_by_the_bank(self):
        """HU-08: a payment that came back is planned again."""
        instance = self._agreed()
        self._do(instance, "Plan", "planned", self.accountant)
        self._do(instance, "Pay", "returned", self.accountant, "Wrong account number")
        self._paid(instance)
        self.assertEnded(instance, "Paid")

    def test_late_payment_is_explained_to_the_supplier(self):
        """HU-08, HU-24: after 5 working days unpaid the initiator is asked to tell."""
        instance = self._agreed()
        self._do(instance, "Plan", "planned", self.accountant)
        self._pass(days=4)
        self.assertEqual(self._open(instance), ["Pay"])
        self._pass(days=4)
        self.assertEqual(self._open(instance), ["Explain", "Pay"])
        self._do(instance, "Pay", "paid", self.accountant)
        self._do(instance, "Explain", "told", self.worker)
        self.env.invalidate_all()
        self.assertEqual(instance.state, "done")
        self.assertFalse(self._open(instance))

    def test_nobody_else_agrees(self):
        """HU-23: only who holds the step may decide it."""
        instance = self._checked()
        with self.assertRaises(AccessError):
            self._do(instance, "Agree_head", "approved", self.worker)
        self.assertEqual(self._open(instance), ["Agree_head"])

    def test_deadlines_count_working_time(self):
        """HU-24: one working day from Monday 8:00 ends within Monday, not at night."""
        instance = self._start(self.process, self.partner)
        deadline = self._task(instance, "Check").deadline
        self.assertEqual((deadline.month, deadline.day), (3, 2))
