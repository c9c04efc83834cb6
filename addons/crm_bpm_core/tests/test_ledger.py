"""The daily ledger follows every change of orders, credit notes and customers."""

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..hooks import uninstall_hook
from ..models import crm_order_day_check
from .common import CrmBpmCommon

NOON = datetime(2026, 3, 2, 9)  # 12:00 in Moscow
DAY = date(2026, 3, 2)


class LedgerCommon(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Ledger = cls.env["crm.order.day"]
        cls.customer = cls._customer()
        cls.Ledger._refresh_all()

    def _days(self, *partners, refresh=True):
        """The ledger of partners: {(partner, day): (orders, lines, quantity, amount)}."""
        if refresh:
            self.Ledger._refresh_all()
        rows = self.Ledger.search([("partner_id", "in", [p.id for p in partners])])
        return {
            (row.partner_id, row.day): (
                row.order_count, row.line_count, row.quantity, row.amount
            )
            for row in rows
        }  # fmt: skip

    def _assert_ledger(self, expected):
        """All days of the customer, {day: measures}, and the ledger as a whole."""
        found = {day: row for (_partner, day), row in self._days(self.customer).items()}
        self.assertEqual(found, expected)
        self.assertEqual(self.Ledger.verify_ledger(), [])


@tagged("post_install", "-at_install")
class TestLedgerOrders(LedgerCommon):
    def test_orders_of_a_day_are_one_row(self):
        """PK-17: orders, lines, quantity and turnover of a day are summed up."""
        self._order(self.customer, NOON, lines=2, quantity=3)
        self._order(self.customer, datetime(2026, 3, 2, 15))
        self._assert_ledger({DAY: (2, 3, 7.0, 700.0)})

    def test_only_confirmed_orders_count(self):
        """PK-17: a quotation is no purchase until it is confirmed."""
        order = self._order(self.customer, NOON, confirm=False)
        self._assert_ledger({})
        order.action_confirm()
        order.date_order = NOON
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})

    def test_cancelled_order_leaves(self):
        """PK-17: a cancelled order is taken out, and comes back with a new confirmation."""
        order = self._order(self.customer, NOON)
        kept = self._order(self.customer, NOON)
        self._assert_ledger({DAY: (2, 2, 2.0, 200.0)})
        order._action_cancel()
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
        kept._action_cancel()
        self._assert_ledger({})

    def test_lines_change(self):
        """PK-17: quantity, added, removed lines and sections of a confirmed order."""
        order = self._order(self.customer, NOON, lines=2)
        self._assert_ledger({DAY: (1, 2, 2.0, 200.0)})
        order.order_line[0].product_uom_qty = 5
        self._assert_ledger({DAY: (1, 2, 6.0, 600.0)})
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Filters"}),
            Command.create({"product_id": self.product.id, "price_unit": 50}),
        ]
        self._assert_ledger({DAY: (1, 3, 7.0, 650.0)})
        order.order_line[0].product_uom_qty = 0
        self._assert_ledger({DAY: (1, 2, 2.0, 150.0)})
        self.env.cr.execute("DELETE FROM sale_order_line WHERE id = %s", [order.order_line[-1].id])
        self.env.invalidate_all()
        order.invalidate_recordset()
        self._days(self.customer)
        self.assertEqual(self._days(self.customer)[self.customer, DAY][:2], (1, 1))

    def test_backdated_order(self):
        """PK-17: an order entered later for an old day lands on that day."""
        self._order(self.customer, datetime(2024, 2, 29, 9))
        self._assert_ledger({date(2024, 2, 29): (1, 1, 1.0, 100.0)})

    def test_moved_order(self):
        """PK-17: an order moved to another day and customer leaves the old one."""
        order = self._order(self.customer, NOON)
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
        order.date_order = datetime(2026, 3, 4, 9)
        self._assert_ledger({date(2026, 3, 4): (1, 1, 1.0, 100.0)})
        order.partner_id = self._customer("Other")
        self._assert_ledger({})

    def test_contacts_order_for_their_company(self):
        """PK-17: orders of a contact belong to the commercial entity."""
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.customer.id})
        self._order(contact, NOON)
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})

    def test_free_and_returned_orders_are_no_order_days(self):
        """PK-17: a day without positive turnover and quantity is no order day."""
        self._order(self.customer, NOON, price=0)
        self._order(self.customer, datetime(2026, 3, 3, 9), quantity=-1)
        self._assert_ledger({})

    def test_plain_sql_is_seen(self):
        """PK-17: changes by SQL, which no method of ours sees, reach the ledger."""
        order = self._order(self.customer, NOON)
        self._days(self.customer)
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])
        self._assert_ledger({})

    def test_untouched_orders_cost_nothing(self):
        """PK-12: changes that cannot touch the ledger are not queued."""
        order = self._order(self.customer, NOON)
        quotation = self._order(self.customer, NOON, confirm=False)
        self._days(self.customer)
        order.note = "Call before delivery"
        order.client_order_ref = "A-1"
        quotation.order_line.product_uom_qty = 9
        self.customer.phone = "+7 495 000-00-00"
        self.env.flush_all()
        self.assertEqual(self.env["crm.order.day.queue"]._count_waiting(), 0)

    def test_refresh_in_batches(self):
        """PK-12: a long queue is worked off in parts, and says what remains."""
        for day in (2, 3, 4):
            self._order(self.customer, datetime(2026, 3, day, 9))
        self.env.flush_all()
        waiting = self.env["crm.order.day.queue"]._count_waiting()
        result = self.Ledger._refresh(limit=1)
        self.assertEqual(result["remaining"], waiting - 1)
        self.assertEqual(self.Ledger._refresh_all()["remaining"], 0)
        self.assertEqual(len(self._days(self.customer)), 3)

    def test_refresh_again_changes_nothing(self):
        """PK-12: deriving a day again writes nothing."""
        order = self._order(self.customer, NOON)
        self._days(self.customer)
        order.amount_untaxed += 0  # noqa: B018
        self.env.cr.execute(
            "INSERT INTO crm_order_day_queue (partner_id) VALUES (%s)", [self.customer.id]
        )
        self.assertEqual(self.Ledger._refresh(), {"days": 0, "remaining": 0})

    def test_cron(self):
        """PK-12: the job refreshes every ten minutes."""
        self._order(self.customer, NOON)
        cron = self.env.ref("crm_bpm_core.ir_cron_order_day_refresh")
        self.assertEqual((cron.interval_number, cron.interval_type), (10, "minutes"))
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self._days(self.customer, refresh=False)), 1)


@tagged("post_install", "-at_install")
class TestLedgerDays(LedgerCommon):
    def test_day_is_the_companys(self):
        """PK-12: the day is the company's: 21:00 UTC is the next day in Moscow."""
        self._order(self.customer, datetime(2026, 3, 1, 20, 59))
        self._order(self.customer, datetime(2026, 3, 1, 21, 0))
        self._assert_ledger({date(2026, 3, 1): (1, 1, 1.0, 100.0), DAY: (1, 1, 1.0, 100.0)})

    def test_summer_time(self):
        """PK-12: days keep to the clock when summer time begins and ends."""
        self.company.nightly_tz = "Europe/Sofia"
        for moment in (
            datetime(2026, 3, 28, 22, 0),  # 29 March 00:00 (+2)
            datetime(2026, 3, 29, 20, 59),  # 29 March 23:59 (+3)
            datetime(2026, 10, 24, 21, 0),  # 25 October 00:00 (+3)
            datetime(2026, 10, 25, 21, 59),  # 25 October 23:59 (+2)
        ):
            self._order(self.customer, moment)
        self._assert_ledger(
            {
                date(2026, 3, 29): (2, 2, 2.0, 200.0),
                date(2026, 10, 25): (2, 2, 2.0, 200.0),
            }
        )

    def test_midnight_skipped_by_summer_time(self):
        """PK-12: also where the clocks change at midnight."""
        self.company.nightly_tz = "Africa/Cairo"  # 24 April 2026 begins at 01:00
        order = self._order(self.customer, datetime(2026, 4, 23, 21, 59))
        self._order(self.customer, datetime(2026, 4, 23, 22, 0))
        one = (1, 1, 1.0, 100.0)
        self._assert_ledger({date(2026, 4, 23): one, date(2026, 4, 24): one})
        order.date_order = datetime(2026, 4, 23, 22, 1)
        self._assert_ledger({date(2026, 4, 24): (2, 2, 2.0, 200.0)})

    def test_new_time_zone_rebuilds(self):
        """PK-12: another time zone of the company moves orders to its days."""
        self._order(self.customer, datetime(2026, 3, 1, 22, 0))
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
        self.company.nightly_tz = "UTC"
        self._assert_ledger({date(2026, 3, 1): (1, 1, 1.0, 100.0)})

    def test_companies_are_apart(self):
        """PK-12: each company has its own ledger and its own days."""
        other = self.env["res.company"].create({"name": "Vladivostok"})
        other.nightly_tz = "Asia/Vladivostok"
        self.env.user.company_ids += other
        moment = datetime(2026, 3, 1, 16)  # 19:00 in Moscow, 02:00 of the next day there
        self._order(self.customer, moment)
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        order.action_confirm()
        order.date_order = moment
        self.Ledger._refresh_all()
        rows = self.Ledger.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            {(row.company_id, row.day) for row in rows},
            {(self.company, date(2026, 3, 1)), (other, DAY)},
        )
        self.assertEqual(self.Ledger.verify_ledger([self.company.id]), [])

    def test_foreign_currency(self):
        """PK-17: turnover is in company currency at the rate of the order."""
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 4.0}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._order(self.customer, NOON, confirm=False)
        order.pricelist_id = pricelist
        order.order_line.price_unit = 100
        order.date_order = NOON
        order.state = "sale"
        self.assertEqual(order.currency_rate, 4.0)
        self._assert_ledger({DAY: (1, 1, 1.0, 25.0)})


@tagged("post_install", "-at_install")
class TestLedgerPartners(LedgerCommon):
    def test_merge(self):
        """PK-17: merged customers have one ledger, also when both ordered on a day."""
        twin = self._customer("Twin")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": twin.id})
        self._order(self.customer, NOON)
        self._order(twin, NOON)
        self._order(contact, datetime(2026, 3, 5, 9))
        self.assertEqual(len(self._days(self.customer, twin)), 3)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | twin).ids, self.customer)
        self.assertFalse(twin.exists())
        self._assert_ledger({DAY: (2, 2, 2.0, 200.0), date(2026, 3, 5): (1, 1, 1.0, 100.0)})

    def test_changed_parent(self):
        """PK-17: orders move with a contact who gets another company."""
        other = self._customer("Other")
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.customer.id})
        self._order(contact, NOON)
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
        contact.parent_id = other
        self._assert_ledger({})
        self.assertEqual(self._days(other), {(other, DAY): (1, 1, 1.0, 100.0)})

    def test_company_becomes_a_branch(self):
        """PK-17: a customer who becomes a contact of another leaves no days behind."""
        shop = self.env["res.partner"].create({"name": "Shop"})
        self._order(shop, NOON)
        self.assertEqual(self._days(shop), {(shop, DAY): (1, 1, 1.0, 100.0)})
        shop.parent_id = self.customer
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
        self.assertFalse(self._days(shop))

    def test_order_and_move_before_one_refresh(self):
        """PK-17: an order queued for a contact who then moves ends at the new company."""
        other = self._customer("Other")
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.customer.id})
        self._order(contact, NOON)
        contact.parent_id = other
        self._order(contact, NOON)
        self._assert_ledger({})
        self.assertEqual(self._days(other), {(other, DAY): (2, 2, 2.0, 200.0)})

    def test_deleted_contact_takes_his_transactions(self):
        """PK-17: the days of a deleted contact's transactions are derived anew."""
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.customer.id})
        self.env["crm.transaction"].create(
            {
                "company_id": self.company.id,
                "partner_id": contact.id,
                "date": DAY,
                "quantity": 1,
                "amount": 10,
                "key": "1",
            }
        )
        self._assert_ledger({DAY: (1, 1, 1.0, 10.0)})
        contact.unlink()
        self._assert_ledger({})


@tagged("post_install", "-at_install")
class TestLedgerCheck(LedgerCommon):
    def test_verify_names_differences(self):
        """PK-12: what differs is named with customer, day, expected and found."""
        self._order(self.customer, NOON)
        self._days(self.customer)
        self.env.cr.execute(
            "UPDATE crm_order_day SET amount = 1 WHERE partner_id = %s", [self.customer.id]
        )
        measures = {"orders": 1, "lines": 1, "quantity": 1.0}
        self.assertEqual(
            self.Ledger.with_user(self.head).verify_ledger(),
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "partner": "Customer",
                    "day": "2026-03-02",
                    "expected": {**measures, "amount": 100.0},
                    "found": {**measures, "amount": 1.0},
                }
            ],
        )
        notification = self.Ledger.with_user(self.head).action_verify()
        self.assertEqual(notification["params"]["type"], "danger")
        self.assertIn("Customer", notification["params"]["message"])
        notification = self.Ledger.with_user(self.head).action_rebuild()
        self.assertEqual(notification["params"]["type"], "success")
        notification = self.Ledger.with_user(self.head).action_verify()
        self.assertEqual(notification["params"]["type"], "success")

    def test_large_ledger_is_rebuilt_in_the_background(self):
        """PK-12: a large ledger is rebuilt by the job, not in the request."""
        self.patch(crm_order_day_check, "BACKGROUND_DAYS", 0)
        self._order(self.customer, NOON)
        self._days(self.customer)
        self.env.cr.execute("UPDATE crm_order_day SET amount = 1")
        notification = self.Ledger.with_user(self.head).action_rebuild()
        self.assertEqual(notification["params"]["type"], "info")
        self.assertEqual(len(self.Ledger._get_differences(self.company, 10)), 1)
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})

    def test_verify_finds_missing_and_surplus_days(self):
        """PK-12: days that lack and days that should not be are told apart."""
        self._order(self.customer, NOON)
        self._days(self.customer)
        self.env.cr.execute(
            "UPDATE crm_order_day SET day = '2026-03-09' WHERE partner_id = %s",
            [self.customer.id],
        )
        surplus, missing = self.Ledger.verify_ledger()
        self.assertFalse(surplus["expected"])
        self.assertFalse(missing["found"])

    def test_only_a_head_may(self):
        """EC-04: only a head of sales verifies, refreshes or rebuilds the ledger."""
        for method in ("verify_ledger", "rebuild_ledger", "refresh_ledger"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.Ledger.with_user(self.manager), method)()

    def test_other_company_is_refused(self):
        """EC-04: a head works on the ledger of his own companies only."""
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self.Ledger.with_user(self.head).verify_ledger([other.id])

    def test_uninstall_leaves_no_trigger(self):
        """Orders can be confirmed after the addon is gone."""
        uninstall_hook(self.env)
        self.env.cr.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm_ledger%'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.env["crm.order.day.queue"]._create_triggers()
        self._order(self.customer, NOON)
        self._assert_ledger({DAY: (1, 1, 1.0, 100.0)})
