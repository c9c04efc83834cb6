from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestTalk(PlanCommon):
    """EC-22, SK-07: comments and questions at a payment, as tasks of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(100, "2026-02-01")])
        cls.payment = cls.contract.payment_ids

    def _remark(self, kind, text="Will they pay?", user=None, by=None, **values):
        action = getattr(self.payment, "action_ask" if kind == "question" else "action_comment")()
        wizard = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .with_user(by or self.manager)
            .create({"text": text, **({"user_id": user.id} if user else {}), **values})
        )
        self.assertEqual(wizard.payment_ids, self.payment)
        return wizard

    def test_comment(self):
        self._remark("comment", "Called, <b>waits</b> for a grant").action_apply()
        message = self.payment.message_ids[:1]
        self.assertIn("waits", message.body)
        self.assertNotIn("<b>", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)

    def test_question_and_answer(self):
        """EC-22: the question is a task of the person asked; its answer shows on the card."""
        self._remark("question", user=self.head).action_apply()
        question = self.payment.question_ids
        self.assertEqual((question.user_id, self.payment.open_question_count), (self.head, 1))
        self.assertIn(question, self.env["mail.activity"].search([("user_id", "=", self.head.id)]))
        question.with_user(self.head).action_feedback(feedback="On Friday")
        self.payment.invalidate_recordset()
        shown = self.payment.with_user(self.manager).question_ids
        self.assertEqual((shown.feedback, shown.active), ("On Friday", False))
        self.assertEqual(self.payment.open_question_count, 0)
        self.assertIn("Will they pay?", shown.note)

    def _told(self, user):
        return self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])

    def test_asker_is_told_of_the_answer(self):
        """EC-22: he need not open the card again and again, though he may only look at it."""
        self.contract.partner_id.customer_user_id = self.viewer
        self.viewer.notification_type = "inbox"
        self._remark("question", user=self.head, by=self.viewer).action_apply()
        self.assertNotIn(self.viewer.partner_id, self.payment.message_partner_ids)
        self.assertFalse(self._told(self.viewer))
        self.payment.question_ids.with_user(self.head).action_feedback(feedback="On <Friday>")
        told = self._told(self.viewer)
        self.assertEqual(told.notification_type, "inbox")
        message = told.mail_message_id
        self.assertEqual(message.author_id, self.head.partner_id)
        self.assertEqual((message.model, message.res_id), (self.payment._name, self.payment.id))
        self.assertEqual(message.subject, "Answer: Will they pay?")
        self.assertIn("On &lt;Friday&gt;", message.body)
        self.assertIn("Will they pay?", message.body)

    def test_closed_without_an_answer(self):
        """EC-22: that is told too; nobody is told of what he does himself."""
        self._remark("question", user=self.head).action_apply()
        self.payment.question_ids.with_user(self.head).action_done()
        self.assertIn("without an answer", self._told(self.manager).mail_message_id.body)
        self._remark("question", user=self.head, by=self.head).action_apply()
        question = self.payment.question_ids.filtered("active")
        question.with_user(self.head).action_feedback(feedback="I know")
        subjects = self._told(self.head).mail_message_id.mapped("subject")
        self.assertFalse([one for one in subjects if one and one.startswith("Answer")])

    def test_text_is_text(self):
        self._remark("question", "<script>x</script>", user=self.head).action_apply()
        self.assertNotIn("<script>", self.payment.question_ids.note)

    def test_asked_by_default(self):
        self.assertEqual(self._remark("question").user_id, self.manager)

    def test_refusals(self):
        """EC-22: whoever may not see the payment cannot be asked; an empty text is none."""
        with self.assertRaisesRegex(UserError, "may not see"):
            self._remark("question", user=self.colleague).action_apply()
        with self.assertRaisesRegex(UserError, "empty"):
            self._remark("comment", "  ").action_apply()
        self.assertFalse(self.payment.question_ids)

    def test_viewer(self):
        """EC-22: who only looks at the plan comments and asks, and changes nothing."""
        self.contract.partner_id.customer_user_id = self.viewer
        payment = self.payment.with_user(self.viewer)
        self.assertFalse(payment.has_access("write"))
        self._remark("comment", "They called", by=self.viewer).action_apply()
        self.assertIn("They called", self.payment.message_ids[0].body)
        self._remark("question", user=self.head, by=self.viewer).action_apply()
        self.assertEqual(self.payment.question_ids.create_uid, self.viewer)
        self.payment.question_ids.with_user(self.head).action_feedback(feedback="Tomorrow")
        self.payment.invalidate_recordset()
        self.assertEqual(payment.question_ids.feedback, "Tomorrow")
