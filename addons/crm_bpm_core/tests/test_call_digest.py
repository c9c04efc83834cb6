"""HU-12: the responsible is notified once a morning, in one mail."""

from datetime import timedelta

from odoo.tests import tagged

from .nightly_common import NIGHT, NightlyCommon


@tagged("post_install", "-at_install")
class TestCallDigest(NightlyCommon):
    def setUp(self):
        super().setUp()
        self.Digest = self.env["crm.call.digest"]
        self.env["mail.activity"].search([("call_reason", "!=", False)]).unlink()

    def _morning(self, day=NIGHT, hours=8.1):
        """Digest mails that this moment brings."""
        before = self.env["mail.mail"].search([])
        with self._at_night(day, hours=hours):
            self.Digest._cron_send()
        return self.env["mail.mail"].search([]) - before

    def test_one_mail_a_morning(self):
        """HU-12: one mail with today's and the overdue calls, however often it runs."""
        late, today, later = (
            self._customer(name, phone="+7 495") for name in ("Late", "Now", "Soon")
        )
        self._call(late, day=NIGHT - timedelta(days=3))
        self._call(today)
        self._call(later, day=NIGHT + timedelta(days=1))
        mail = self._morning()
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        self.assertEqual(mail.subject, "Calls today: 2, overdue: 1")
        for text in ("Late", "Now", "+7 495", "Monitoring"):
            self.assertIn(text, mail.body_html)
        self.assertNotIn("Soon", mail.body_html)
        self.assertFalse(self._morning(hours=9))
        self.assertEqual(len(self._morning(NIGHT + timedelta(days=1))), 1)

    def test_language(self):
        """HU-12: the digest is in the language of the person."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self._call(self._customer())
        self.assertIn("02/03/2026", self._morning().body_html)

    def test_hour_and_working_day(self):
        """HU-12: not before the hour, not on Sunday."""
        self._call(self._customer(), day=NIGHT - timedelta(days=2))
        self.assertFalse(self._morning(hours=7.9))
        self.assertFalse(self._morning(NIGHT - timedelta(days=1)))
        self.assertTrue(self._morning())

    def test_nobody_to_tell(self):
        """HU-12: nothing without calls, for archived and for absent people."""
        self.assertFalse(self._morning())
        self._call(self._customer())
        self._call(self._customer(user=self.colleague), user=self.colleague)
        self.manager.write({"absence_from": NIGHT, "absence_to": NIGHT})
        self.colleague.action_archive()
        self.assertFalse(self._morning())

    def test_no_mail_for_each_call(self):
        """HU-12: hundreds of planned calls send no mails of their own."""
        partners = [self._due(f"C{n}") for n in range(5)]
        before = self.env["mail.mail"].search_count([])
        self._sweep()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(len(partners), 5)
