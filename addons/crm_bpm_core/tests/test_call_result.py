"""HU-12, PK-13, PK-19: every planned call is closed with a result and a comment."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .nightly_common import NIGHT, NightlyCommon


@tagged("post_install", "-at_install")
class TestCallResult(NightlyCommon):
    def setUp(self):
        super().setUp()
        self.partner = self._customer()
        self.call = self._call(self.partner)
        self.startPatcher(self._at_night(hours=10))

    def _register(self, *args, user=None, call=None, **kwargs):
        call = (call or self.call).with_user(user or self.manager)
        return self.Activity.browse(call.register_call_result(*args, **kwargs) or ())

    def test_no_way_around_the_result(self):
        """PK-13: done, feedback, archiving and deleting are refused without a result."""
        call = self.call.with_user(self.manager)
        for close in (
            call.action_done,
            lambda: call.action_feedback(feedback="talked"),
            call.action_archive,
            lambda: call.write({"active": False}),
            call.unlink,
            call.action_cancel,
        ):
            with self.assertRaisesRegex(UserError, "result"):
                close()
        self.assertTrue(self.call.active)

    def test_other_activities_as_before(self):
        """PK-13: an activity that is no planned call needs no result."""
        activity = self.partner.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        activity.with_user(self.manager).action_feedback(feedback="done")
        self.assertFalse(activity.active)

    def test_result_and_comment(self):
        """PK-13: the result is kept, the comment goes to the customer's chatter."""
        self._register("reached", "Wants the new catalogue")
        self.assertEqual((self.call.active, self.call.call_result), (False, "reached"))
        self.assertEqual(self.call.feedback, "Wants the new catalogue")
        message = self.partner.message_ids[:1]
        self.assertIn("Wants the new catalogue", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)

    def test_bad_values(self):
        """PK-13: each bad value is refused with the reason."""
        for args, kwargs, text in (
            (("reached", " "), {}, "comment"),
            (("obsolete", "x"), {}, "no result"),
            (("nonsense", "x"), {}, "no result"),
            (("callback", "x"), {}, "when to call back"),
            (("callback", "x"), {"next_date": "2026-03-01"}, "past"),
            (("reached", "x"), {"pause_until": "2026-02-01"}, "past"),
            (("reached", "x"), {"outcome_reason": "pause"}, "until when"),
            (("reached", "x"), {"outcome_reason": "weather"}, "no reason"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                self._register(*args, **kwargs)
        self._register("reached", "x")
        with self.assertRaisesRegex(ValidationError, "no open call"):
            self._register("reached", "again")

    def test_no_answer_is_repeated(self):
        """HU-10: nobody answered: the next call is on the next working day."""
        following = self._register("no_answer", "Nobody there")
        self.assertEqual(following.call_reason, "promised")
        self.assertEqual(following.date_deadline, NIGHT + timedelta(days=1))
        self.assertEqual(following.user_id, self.manager)
        friday = self._call(self._customer(), day=NIGHT + timedelta(days=4))
        with self._at_night(NIGHT + timedelta(days=4), hours=12):
            following = self._register("no_answer", "Nobody there", call=friday)
        self.assertEqual(following.date_deadline, NIGHT + timedelta(days=7))

    def test_call_back(self):
        """HU-10: a promised call is planned for the day the customer named."""
        following = self._register("callback", "After the fair", next_date="2026-03-21")
        self.assertEqual(following.date_deadline, date(2026, 3, 21))
        self.assertEqual(self._calls(self.partner, "promised"), following)
        self.assertTrue(following.active)

    def test_pause(self):
        """PK-17: an announced pause is kept at the customer."""
        self._register("reached", "Moving", outcome_reason="pause", pause_until="2026-04-01")
        self.assertEqual(self.partner.expected_pause_until, date(2026, 4, 1))

    def _alert(self):
        rule = self.env["crm.recession.rule"].create({"name": "Silence"})
        return self.env["crm.recession.alert"].create(
            {"company_id": self.company.id, "rule_id": rule.id, "partner_id": self.partner.id,
             "alarm_date": NIGHT, "state": "open"}
        )  # fmt: skip

    def test_recession_call(self):
        """PK-19: the alarm learns when it was called about, and why orders receded."""
        alert = self._alert()
        call = self._call(self.partner, reason="recession", recession_alert_id=alert.id)
        following = self._register("no_answer", "Nobody", call=call)
        self.assertEqual((alert.state, alert.call_date), ("open", False))
        self.assertEqual(following.recession_alert_id, alert)
        self.assertEqual(alert.activity_call_id, following)
        self._register("refused", "Too dear", call=following, outcome_reason="price")
        self.assertEqual((alert.state, alert.outcome_reason), ("called", "price"))
        self.assertTrue(alert.call_date)

    def test_obsolete(self):
        """PK-19: a call that nobody needs any more is closed with the reason."""
        self.call._close_calls_obsolete("The customer ordered.")
        self.assertEqual((self.call.active, self.call.call_result), (False, "obsolete"))
        self.assertIn("The customer ordered.", self.partner.message_ids[:1].body)

    def test_rights(self):
        """EC-04: view-only people close no calls of others; the head deletes them."""
        for user in (self.viewer, self.nobody):
            with self.assertRaises(AccessError):
                self._register("reached", "x", user=user)
        self.assertTrue(self.call.active)
        self._register("reached", "x", user=self.manager)
        other = self._call(self._customer())
        self._register("reached", "x", user=self.head, call=other)
        third = self._call(self._customer())
        third.with_user(self.head).unlink()

    def test_wizard(self):
        """PK-13: the wizard proposes the next date and closes the call."""
        action = self.call.with_user(self.manager).action_call_result()
        wizard = (
            self.env["crm.call.result"].with_user(self.manager).with_context(**action["context"])
        )
        form = Form(wizard)
        form.result = "no_answer"
        self.assertEqual(form.next_date, NIGHT + timedelta(days=1))
        form.result = "callback"
        form.next_date = date(2026, 3, 12)
        form.comment = "On Thursday"
        form.save().action_save()
        self.assertEqual(self.call.call_result, "callback")
        self.assertEqual(self._calls(self.partner, "promised").date_deadline, date(2026, 3, 12))

    def test_deleted_customer(self):
        """PK-13: a customer without documents can be deleted with his calls."""
        self.partner.unlink()
        self.assertFalse(self.call.exists())
