from odoo.exceptions import AccessError

from .screens_common import ScreensCommon


class TestCustomerCard(ScreensCommon):
    def _get(self, partner, user=None):
        self.env.flush_all()
        return self.Board.with_user(user or self.manager).get_customer_card(partner.id)

    def test_rhythm_and_baseline(self):
        """PK-17, PK-22: the card shows the norm, the silence and how long it is tolerated."""
        customer = self._customer("Weekly")
        self._order_days(customer, range(20, 160, 7), amount=700.0)
        rhythm = self._get(customer)["rhythm"]
        self.assertEqual((rhythm["silence"], rhythm["gap"]), (20, 7.0))
        self.assertAlmostEqual(rhythm["mean"], 700.0)
        self.assertAlmostEqual(rhythm["swing"], 0.0)
        self.assertEqual(rhythm["tolerated"], 28)

    def test_contact_shows_his_company(self):
        """PK-22: how things stand is the same on the company's contacts."""
        customer = self._customer("Company")
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": customer.id})
        self._order_days(customer, (3,))
        card = self._get(contact)
        self.assertEqual((card["partner_id"], card["partner_name"]), (customer.id, "Company"))
        self.assertEqual(card["rhythm"]["silence"], 3)

    def test_not_watched(self):
        """A partner without status has no card."""
        partner = self.env["res.partner"].create({"name": "Bank", "user_id": self.manager.id})
        self.assertFalse(self._get(partner))

    def test_next_step_contacts_and_alarm(self):
        """AL-05: the next step, the last three contacts and the alarm stand on the card."""
        customer = self._customer("Vector")
        for number in range(4):
            self._finished_call(customer, f"said {number}", days=-10 + number)
        alert = self._alert(customer)
        call = self._call(customer, "recession", days=1, alert=alert)
        card = self._get(customer)
        self.assertEqual([c["text"] for c in card["last_calls"]], ["said 3", "said 2", "said 1"])
        self.assertEqual(card["alert"]["id"], alert.id)
        self.assertEqual((card["next_step"]["id"], card["next_step"]["overdue"]), (call.id, -1))
        self.assertTrue(card["next_step"]["is_call"])

    def test_access_is_that_of_the_form(self):
        """EC-04: who may not read the partner cannot load his card."""
        with self.assertRaises(AccessError):
            self._get(self._customer("Vector"), user=self.portal)


class TestRhythmFields(ScreensCommon):
    def test_figures(self):
        """PK-11: last order, usual gap, silence and weekly turnover of the ledger."""
        customer = self._customer("Weekly")
        self._order_days(customer, (3, 10, 17, 24), amount=260.0)
        self.assertEqual(customer.last_order_date, self._day(-3))
        self.assertEqual((customer.order_gap_days, customer.order_silence_days), (7.0, 3))
        self.assertAlmostEqual(customer.order_week_amount, 40.0)

    def test_one_query_for_a_page_of_customers(self):
        """PK-23: a list of 80 customers reads the ledger once."""
        customers = self.env["res.partner"].concat(
            *(self._customer(f"Customer {number}") for number in range(80))
        )
        for customer in customers:
            self._order_days(customer, (5, 12))
        self.env.flush_all()
        self.env.invalidate_all()
        customers.mapped("commercial_partner_id")
        customers.env.company._get_local_today()
        self.assertTrue(customers.env.companies.ids)
        with self.assertQueryCount(1):
            customers.mapped("order_silence_days")

    def test_search(self):
        """PK-23: customers are found by the day of their last order, and by having none."""
        old, new, never = (self._customer(name) for name in ("old", "new", "never"))
        self._order_days(old, (90, 60))
        self._order_days(new, (60, 2))
        found = self.env["res.partner"].search
        ours = [("id", "in", (old + new + never).ids)]
        self.assertEqual(found(ours + [("last_order_date", "<", self._day(-30))]), old)
        self.assertEqual(found(ours + [("last_order_date", "=", self._day(-2))]), new)
        self.assertEqual(found(ours + [("last_order_date", "=", False)]), never)
        self.assertEqual(found(ours + [("last_order_date", "!=", False)], order="id"), old + new)

    def test_recession_badge(self):
        """HU-15: the badge of an open alarm, and the filter of such customers."""
        falling, fine = self._customer("falling"), self._customer("fine")
        alert = self._alert(falling)
        self.assertEqual(falling.open_recession_alert_id, alert)
        self.assertFalse(fine.open_recession_alert_id)
        domain = [("id", "in", (falling + fine).ids), ("open_recession_alert_id", "!=", False)]
        self.assertEqual(self.env["res.partner"].search(domain), falling)
        alert.write({"state": "closed"})
        self.assertFalse(falling.open_recession_alert_id)
