"""PK-15, PK-16, HU-14: customers move to another status by their orders."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .nightly_common import NIGHT, NightlyCommon

YESTERDAY = NIGHT - timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPromotion(NightlyCommon):
    def _weekly_rule(self, count=3, window=7):
        return self.env["crm.customer.promotion.rule"].create(
            {
                "name": "Weekly",
                "sequence": 90,
                "from_status_ids": [Command.link(self.potential.id)],
                "to_status_id": self.permanent.id,
                "order_count": count,
                "window_days": window,
            }
        )

    def test_more_than_three_orders(self):
        """PK-15: three orders in a day do not make a permanent customer, four do."""
        three, four = (self._customer(name, status=self.potential) for name in ("3", "4"))
        self._ledger(three, YESTERDAY, orders=3)
        self._ledger(four, YESTERDAY, orders=4)
        self._sweep()
        self.assertEqual(three.customer_status_id, self.first_order)
        self.assertEqual(four.customer_status_id, self.permanent)

    def test_monitoring_is_switched_on(self):
        """PK-16: the promoted customer is monitored from now on, monthly."""
        partner = self._customer(status=self.first_order)
        self._ledger(partner, YESTERDAY, orders=4)
        self._sweep()
        self.assertTrue(partner.monitoring_active)
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 2))
        self.assertFalse(self._calls(partner))

    def test_orders_of_two_days_do_not_add_up(self):
        """PK-15: the window is one calendar day."""
        partner = self._customer(status=self.potential)
        self._ledger(partner, YESTERDAY, orders=2)
        self._ledger(partner, YESTERDAY - timedelta(days=1), orders=2)
        self._sweep()
        self.assertEqual(partner.customer_status_id, self.first_order)

    def test_night_itself_does_not_count(self):
        """PK-15: only orders before the night's day count."""
        partner = self._customer(status=self.potential)
        self._ledger(partner, NIGHT, orders=4)
        self._sweep()
        self.assertEqual(partner.customer_status_id, self.potential)

    def test_downtime_loses_nobody(self):
        """PK-15: a day whose night was missed counts in the next sweep, older ones do not."""
        self._sweep(NIGHT - timedelta(days=5))
        missed, old = (self._customer(name, status=self.first_order) for name in ("m", "o"))
        self._ledger(missed, NIGHT - timedelta(days=4), orders=4)
        self._ledger(old, NIGHT - timedelta(days=6), orders=4)
        self._sweep()
        self.assertEqual(missed.customer_status_id, self.permanent)
        self.assertEqual(old.customer_status_id, self.first_order)

    def test_sliding_window(self):
        """PK-15: a window of several days may end on any missed night."""
        self.env["crm.customer.promotion.rule"].search([]).active = False
        self._weekly_rule()
        self._sweep(NIGHT - timedelta(days=10))
        inside, outside, early, ended = (
            self._customer(name, status=self.potential) for name in "abcd"
        )
        for back in (1, 3, 5, 7):
            self._ledger(inside, NIGHT - timedelta(days=back))
        for back in (1, 3, 5, 8):
            self._ledger(outside, NIGHT - timedelta(days=back))
        for back in (4, 6, 8, 10):
            self._ledger(early, NIGHT - timedelta(days=back))
        for back in (11, 12, 13, 16):
            self._ledger(ended, NIGHT - timedelta(days=back))
        self._sweep()
        self.assertEqual(inside.customer_status_id, self.permanent)
        self.assertEqual(outside.customer_status_id, self.potential)
        self.assertEqual(early.customer_status_id, self.permanent)
        self.assertEqual(ended.customer_status_id, self.permanent, "its window ends 10 days ago")

    def test_first_order_without_status(self):
        """PK-06: whoever orders for the first time becomes a watched customer."""
        partner = self.env["res.partner"].create({"name": "Stranger"})
        self._ledger(partner, date(2025, 11, 3))
        contact = self.env["res.partner"].create({"name": "Nobody"})
        self._sweep()
        self.assertEqual(partner.customer_status_id, self.first_order)
        self.assertFalse(contact.customer_status_id)

    def test_portal_access(self):
        """PK-06: access to the store makes an authorized customer of a potential one."""
        partner = self._customer(status=self.potential)
        self.portal.partner_id.parent_id = partner
        permanent = self._customer()
        self._sweep()
        self.assertEqual(partner.customer_status_id, self.authorized)
        self.assertEqual(permanent.customer_status_id, self.permanent)

    def test_history_names_the_rule(self):
        """HU-14: the history says which rule and which night changed the status."""
        partner = self._customer(status=self.first_order)
        self._ledger(partner, YESTERDAY, orders=4)
        run = self._sweep()
        row = partner.status_history_ids.sorted("id")[-1]
        self.assertEqual(row.rule_id, self.env.ref("crm_bpm_core.promotion_rule_permanent"))
        self.assertEqual(row.run_id, run)
        self.assertGreaterEqual(run.promotion_count, 1)

    def test_twice_is_once(self):
        """PK-12: the same night again changes nothing."""
        partner = self._customer(status=self.potential)
        self._ledger(partner, YESTERDAY, orders=4)
        run = self._sweep()
        history = partner.status_history_ids
        with self._at_night():
            run._reset()
            run._work()
        self.assertEqual(run.state, "done")
        self.assertEqual(partner.status_history_ids, history)
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 2))

    @mute_logger("odoo.addons.crm_bpm_core.models.crm_nightly_run_work", "odoo.sql_db")
    def test_bad_record_is_skipped(self):
        """PK-12: one customer whose row cannot be written is reported; the others move."""
        partners = [self._customer(f"C{n}", status=self.first_order) for n in range(7)]
        for partner in partners:
            self._ledger(partner, YESTERDAY, orders=4)
        bad = partners[3]
        self.env.flush_all()
        self.env.cr.execute(
            f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'row is broken'; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON res_partner FOR EACH ROW
                WHEN (OLD.id = {bad.id}) EXECUTE FUNCTION refuse()"""
        )
        run = self._sweep()
        self.assertEqual(run.state, "warning")
        self.assertEqual(run.issue_ids.partner_id, bad)
        self.assertIn("row is broken", run.issue_ids.message)
        statuses = [partner.customer_status_id.code for partner in partners]
        self.assertEqual(statuses.count("permanent"), 6)
        self.assertEqual(statuses[3], "first_order")

    def test_rule_of_another_company(self):
        """A rule of one company promotes nobody in another's sweep."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.ref("crm_bpm_core.promotion_rule_permanent").company_id = other
        partner = self._customer(status=self.first_order)
        self._ledger(partner, YESTERDAY, orders=4)
        self._sweep()
        self.assertEqual(partner.customer_status_id, self.first_order)
