"""AL-05, IM-06: no customer without a next step."""

from datetime import timedelta

from odoo.tests import tagged

from .nightly_common import NIGHT, NightlyCommon


@tagged("post_install", "-at_install")
class TestNextStep(NightlyCommon):
    def _activity(self, record, day=NIGHT, summary="Visit"):
        return record.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=day, summary=summary,
            user_id=self.manager.id,
        )  # fmt: skip

    def _without(self, partners):
        return self.env["res.partner"].search(
            [("id", "in", partners.ids), ("has_next_step", "=", False)]
        )

    def test_what_counts(self):
        """AL-05: activities of the customer, his people, open leads, quotations and orders."""
        own, by_contact, by_lead, by_lost_lead, by_order, none = partners = self.env[
            "res.partner"
        ].concat(*(self._customer(name) for name in "abcdef"))
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": by_contact.id})
        lead, lost = (
            self.env["crm.lead"].create({"name": "Deal", "partner_id": partner.id})
            for partner in (by_lead, by_lost_lead)
        )
        order = self._order(by_order, "2026-02-20 10:00:00", confirm=False)
        activities = [self._activity(record) for record in (own, contact, lead, lost, order)]
        lost.action_set_lost()
        self.assertEqual(
            [partner.has_next_step for partner in partners],
            [True, True, True, False, True, False],
        )
        self.assertEqual(self._without(partners), by_lost_lead | none)
        self.assertTrue(contact.has_next_step)
        self.assertEqual(by_order.next_step_activity_id, activities[4])
        self.assertEqual((own.next_step_summary, own.next_step_date), ("Visit", NIGHT))
        with_step = self.env["res.partner"].search(
            [("id", "in", partners.ids), ("has_next_step", "=", True)]
        )
        self.assertEqual(with_step, own | by_contact | by_lead | by_order)

    def test_earliest_step(self):
        partner = self._customer()
        self._activity(partner, NIGHT + timedelta(days=5), "Later")
        self._activity(partner, NIGHT, "Sooner")
        self.assertEqual(partner.next_step_summary, "Sooner")

    def test_monitoring_may_count(self):
        """AL-05: a coming monitoring date counts where the company says so."""
        partner = self._due(day=NIGHT + timedelta(days=9))
        self.assertFalse(partner.has_next_step)
        self.company.monitoring_counts_as_step = True
        partner.invalidate_recordset()
        self.assertTrue(partner.has_next_step)
        self.assertEqual(partner.next_step_summary, "Monitoring")
        self.assertFalse(self._without(partner))

    def test_last_contact(self):
        """AL-05: the last closed activity or mail, of contacts too, but no inner note."""
        partner = self._customer()
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": partner.id})
        self.assertFalse(partner.last_contact_date)
        self._activity(contact).with_user(self.manager).action_feedback(feedback="Sent prices")
        partner.message_post(body="internal", subtype_xmlid="mail.mt_note")
        partner.invalidate_recordset()
        self.assertIn("Sent prices", partner.last_contact_summary)
        self.assertTrue(partner.last_contact_date)

    def test_queries_do_not_grow(self):
        """AL-05: a list of 80 customers needs as few queries as one of 2."""
        partners = self.env["res.partner"].create(
            [{"name": f"C{n}", "customer_status_id": self.permanent.id} for n in range(80)]
        )
        for partner in partners[:20]:
            self._activity(partner)
        partners.mapped("last_contact_summary")
        self.env.flush_all()
        for group in (partners[:2], partners):
            group.invalidate_recordset(["has_next_step", "last_contact_date"])
            group.mapped("commercial_partner_id")
            with self.assertQueryCount(2):
                group.mapped("next_step_summary")
                group.mapped("last_contact_date")

    def test_reminder(self):
        """AL-05, IM-06: the responsible is asked to plan a step, the dearest customers first."""
        self.company.next_step_daily_limit = 2
        cheap, dear, dearest, busy = (self._customer(name) for name in "abcd")
        self._activity(busy)
        for partner, amount in ((cheap, 1), (dear, 10), (dearest, 100)):
            self._ledger(partner, NIGHT - timedelta(days=9), amount=amount)
        run = self._sweep()
        reminder = self._calls(dearest, "next_step")
        self.assertEqual(reminder.user_id, self.manager)
        self.assertEqual(reminder.summary, "Plan the next step")
        self.assertTrue(self._calls(dear, "next_step"))
        self.assertFalse(self._calls(cheap | busy, "next_step"))
        stage = run.stage_ids.filtered(lambda s: s.code == "next_step")
        self.assertEqual(stage.created, 2)
        self.assertIn("more customers", stage.message)
        self.assertEqual(self._without(dear), dear, "a reminder is no step")

    def test_twice_is_once(self):
        """AL-05: the same night again reminds of nobody else."""
        self.company.next_step_daily_limit = 2
        partners = self.env["res.partner"].concat(*(self._customer(n) for n in "abcde"))
        run = self._sweep()
        with self._at_night():
            run._reset()
            run._work()
        self.assertEqual(len(self._calls(partners, "next_step")), 2)
        self._sweep(NIGHT + timedelta(days=1))
        self.assertEqual(len(self._calls(partners, "next_step")), 4)

    def test_answered_reminder_is_closed(self):
        """AL-05: once a step is planned, the next sweep closes the reminder."""
        partner = self._customer()
        self._sweep()
        reminder = self._calls(partner, "next_step")
        self._activity(partner)
        self._sweep(NIGHT + timedelta(days=1))
        self.assertEqual((reminder.active, reminder.call_result), (False, "obsolete"))

    def test_not_demanded(self):
        """AL-05: a status may demand no next step."""
        self.permanent.require_next_step = False
        partner = self._customer()
        self._sweep()
        self.assertFalse(self._calls(partner, "next_step"))
