"""PK-06, PK-11: status and monitoring of a customer, on every path that changes them."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .nightly_common import NightlyCommon


@tagged("post_install", "-at_install")
class TestLifeCycle(NightlyCommon):
    def _history(self, partner):
        rows = self.env["crm.customer.status.history"].search(
            [("partner_id", "=", partner.id)], order="id"
        )
        return [(row.from_status_id.code, row.to_status_id.code) for row in rows]

    def test_history_of_writes(self):
        """PK-06: each change by form, import or RPC leaves a row with who and when."""
        partner = self._customer(status=self.potential)
        partner.with_user(self.manager).write({"customer_status_id": self.permanent.id})
        partner.write({"customer_status_id": self.permanent.id})
        partner.customer_status_id = False
        self.assertEqual(
            self._history(partner),
            [(False, "potential"), ("potential", "permanent"), ("permanent", False)],
        )
        self.assertEqual(partner.status_history_ids.sorted("id")[1].user_id, self.manager)

    def test_history_is_nobodys(self):
        """PK-06: no role can make, change or delete history."""
        row = self._customer().status_history_ids
        for user in (self.viewer, self.manager, self.head):
            mine = row.with_user(user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(mine.has_access(operation), (user.name, operation))
            with self.assertRaises(AccessError):
                mine.write({"to_status_id": self.potential.id})

    def test_contact_means_its_company(self):
        """PK-11: what is set on a contact is set on the customer he belongs to."""
        company = self._customer(status=self.potential)
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": company.id})
        contact.write({"customer_status_id": self.permanent.id, "function": "Buyer"})
        self.assertEqual(company.customer_status_id, self.permanent)
        self.assertFalse(contact.customer_status_id)
        self.assertEqual((contact.function, company.function), ("Buyer", False))

    def test_person_joins_a_company(self):
        """PK-11: a person who becomes a contact hands his status over, if there is none."""
        person = self._customer("Ivan", is_company=False)
        company = self.env["res.partner"].create({"name": "Vector", "is_company": True})
        person.parent_id = company
        self.assertEqual(company.customer_status_id, self.permanent)
        self.assertFalse(person.customer_status_id)
        other = self._customer("Petr", is_company=False, status=self.potential)
        other.parent_id = company
        self.assertEqual(company.customer_status_id, self.permanent)

    def test_monitoring_switched_on(self):
        """PK-14: the first call is due one interval after today, keeping the day."""
        with self._at_night(date(2026, 1, 31), hours=12):
            partner = self._customer()
            partner.monitoring_active = True
            self.assertEqual(partner.monitoring_next_date, date(2026, 2, 28))
            self.assertEqual(partner.monitoring_anchor_day, 31)
            potential = self._customer(status=self.potential, monitoring_active=True)
            self.assertEqual(potential.monitoring_next_date, date(2026, 4, 30))

    def test_today_is_the_companys(self):
        """PK-12: at 23:30 UTC it is tomorrow in Moscow."""
        with self._at_night(date(2026, 3, 11), hours=2.5):
            partner = self._customer(monitoring_active=True)
        self.assertEqual(partner.monitoring_next_date, date(2026, 4, 11))

    def test_date_by_hand_is_the_anchor(self):
        """PK-11: a date set by hand is kept, and the day of the month with it."""
        partner = self._customer(monitoring_active=True)
        partner.monitoring_next_date = date(2026, 3, 30)
        self.assertEqual(partner.monitoring_anchor_day, 30)
        other = self._customer()
        other.monitoring_next_date = date(2026, 3, 30)
        self.assertTrue(other.monitoring_active)

    def test_status_changes_the_rhythm(self):
        """PK-14: another status counts its interval from the last call, after today."""
        with self._at_night(date(2026, 2, 20), hours=12):
            partner = self._customer(status=self.potential, monitoring_active=True)
            partner.write({"monitoring_last_date": date(2026, 1, 10), "monitoring_anchor_day": 10})
            partner.customer_status_id = self.permanent
            self.assertEqual(partner.monitoring_next_date, date(2026, 3, 10))
            partner.customer_status_id = self.potential
            self.assertEqual(partner.monitoring_next_date, date(2026, 4, 10))

    def test_switched_off(self):
        partner = self._due()
        partner.monitoring_active = False
        self.assertFalse(partner.monitoring_next_date)
        partner = self._due()
        partner.customer_status_id = False
        self.assertFalse(partner.monitoring_active)

    def test_monitored_without_status_becomes_potential(self):
        """PK-06: who is monitored is a customer: he gets the first status."""
        partner = self.env["res.partner"].create({"name": "New"})
        partner.monitoring_active = True
        self.assertEqual(partner.customer_status_id, self.potential)

    def test_interval_zero_is_never(self):
        self.permanent.monitoring_interval = 0
        partner = self._customer(monitoring_active=True)
        self.assertFalse(partner.monitoring_next_date)

    def test_lead_becomes_potential(self):
        """PK-06, PK-07: a lead that becomes a customer is Potential and monitored."""
        lead = self.env["crm.lead"].create({"name": "Lead", "partner_name": "Newcomer"})
        lead._handle_partner_assignment(create_missing=True)
        self.assertEqual(lead.partner_id.customer_status_id, self.potential)
        self.assertTrue(lead.partner_id.monitoring_active)
        old = self._customer()
        again = self.env["crm.lead"].create({"name": "Again", "partner_id": old.id})
        again._handle_partner_assignment()
        self.assertEqual(old.customer_status_id, self.permanent)

    def test_initial_statuses(self):
        """PK-06, PK-08: customers from before the installation are classified."""
        regular, rare, registered, other = partners = self.env["res.partner"].create(
            [{"name": name} for name in ("Regular", "Rare", "Registered", "Other")]
        )
        for week in range(6):
            self._ledger(regular, date(2026, 1, 5 + week))
        self._ledger(rare, date(2020, 1, 5), orders=9)
        self.portal.partner_id.parent_id = registered
        registered.is_company = True
        with self._at_night(hours=12):
            self.env["res.partner"]._init_customer_status()
            self.env["res.partner"]._init_customer_status()
        self.assertEqual(
            [partner.customer_status_id.code for partner in partners],
            ["permanent", "first_order", "authorized", False],
        )
        self.assertEqual(self._history(regular), [(False, "permanent")])
        self.assertFalse(regular.monitoring_active)

    def test_rule_needs_statuses(self):
        with self.assertRaises(ValidationError):
            self.env["crm.customer.promotion.rule"].create(
                {"name": "Nobody", "to_status_id": self.permanent.id}
            )
        with self.assertRaises(ValidationError):
            self.env["crm.customer.promotion.rule"].create(
                {
                    "name": "Circle",
                    "to_status_id": self.permanent.id,
                    "from_status_ids": [Command.link(self.permanent.id)],
                }
            )
