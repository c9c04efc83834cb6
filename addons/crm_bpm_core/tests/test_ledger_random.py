"""Whatever happens in whatever order: the ledger equals one built from scratch."""

import random
from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .test_ledger import LedgerCommon

START = datetime(2026, 3, 1, 18)


@tagged("post_install", "-at_install")
class TestLedgerRandom(LedgerCommon):
    def _random_moment(self):
        return START + timedelta(hours=self.random.randrange(240))

    def _edit_create(self):
        partner = self.random.choice(self.partners.exists())
        self.orders += self._order(
            partner,
            self._random_moment(),
            lines=self.random.randint(1, 3),
            quantity=self.random.choice([1, 2, 0.5]),
            price=self.random.choice([0, 10, 33.33]),
            confirm=self.random.random() < 0.8,
        )

    def _edit_cancel(self):
        order = self.random.choice(self.orders)
        if order.state == "cancel":
            order.action_draft()
        else:
            order._action_cancel()

    def _edit_confirm(self):
        orders = self.orders.filtered(lambda order: order.state == "draft")
        orders[:1].action_confirm()

    def _edit_move(self):
        self.random.choice(self.orders).date_order = self._random_moment()

    def _edit_line(self):
        order = self.random.choice(self.orders)
        if order.state == "cancel":
            return
        line = self.random.choice(order.order_line)
        line.write(
            {
                "product_uom_qty": self.random.choice([0, 1, 7]),
                "price_unit": self.random.choice([5, 20]),
            }
        )

    def _edit_add_line(self):
        order = self.random.choice(self.orders)
        if order.state != "cancel":
            order.order_line = [Command.create({"product_id": self.product.id})]

    def _edit_transactions(self):
        self.transactions += self.env["crm.transaction"].create(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.random.choice(self.partners.exists()).id,
                    "date": self._random_moment().date(),
                    "order_ref": self.random.choice([False, "A", "B"]),
                    "quantity": self.random.choice([1, 2, -1]),
                    "amount": self.random.choice([10, 0.1, -7]),
                    "key": str(self.random.random()),
                }
                for _number in range(3)
            ]
        )

    def _edit_transaction(self):
        row = self.random.choice(self.transactions.exists() or [self.transactions])
        if self.random.random() < 0.5:
            row.unlink()
        elif row:
            row.write({"amount": 3, "date": self._random_moment().date()})

    def _edit_parent(self):
        contact = self.random.choice(self.contacts)
        if contact.exists():
            companies = self.companies.exists()
            contact.parent_id = self.random.choice([self.env["res.partner"], *companies])

    def _edit_merge(self):
        companies = self.companies.exists()
        if len(companies) > 2 and self.random.random() < 0.3:
            pair = companies[:2]
            self.env["base.partner.merge.automatic.wizard"].create({})._merge(pair.ids, pair[0])

    def _edit_time_zone(self):
        if self.random.random() < 0.3:
            self.company.nightly_tz = self.random.choice(["UTC", "Europe/Moscow", "Asia/Tokyo"])

    def _edit_refresh(self):
        self.Ledger._refresh(limit=self.random.choice([1, 5, 100]))

    def test_incremental_equals_rebuild(self):
        """PK-12, PK-17: 120 random edits, refreshed now and then, leave nothing behind."""
        for seed in (1, 2):
            with self.subTest(seed=seed):
                self._play(seed, 60)

    def _play(self, seed, count):
        self.random = random.Random(seed)
        self.companies = self.env["res.partner"].union(
            *(self._customer(f"Company {number}") for number in range(4))
        )
        self.contacts = self.env["res.partner"].create(
            [{"name": f"C{n}", "parent_id": c.id} for n, c in enumerate(self.companies)]
        )
        self.partners = self.companies | self.contacts
        self.orders = self.env["sale.order"]
        self.transactions = self.env["crm.transaction"]
        for _start in range(4):
            self._edit_create()
        edits = sorted(name for name in dir(self) if name.startswith("_edit_"))
        for _number in range(count):
            getattr(self, self.random.choice(edits))()
        self.assertEqual(self.Ledger.verify_ledger(), [])
        columns = ["company_id", "partner_id", "day", "order_count", "line_count", "amount"]
        before = self._rows(columns)
        self.assertTrue(before)
        self.Ledger.rebuild_ledger()
        self.assertEqual(self._rows(columns), before)

    def _rows(self, columns):
        self.env.cr.execute(f"SELECT {', '.join(columns)} FROM crm_order_day ORDER BY 1, 2, 3")
        return self.env.cr.fetchall()
