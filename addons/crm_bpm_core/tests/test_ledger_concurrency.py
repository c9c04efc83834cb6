"""Several transactions and servers at once, on real connections."""

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

DAY = "2001-02-03"


@tagged("post_install", "-at_install")
class TestLedgerConcurrency(TransactionCase):
    """Commits for real, in a corner of the calendar that it cleans up again."""

    def setUp(self):
        super().setUp()
        self.partner_id = self.env.ref("base.main_partner").id
        self.company_id = self.env.ref("base.main_company").id
        self.addCleanup(self._clean)

    def _connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return cr

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_transaction WHERE date = %s", [DAY])
            cr.commit()
            self._refresh(cr)

    def _insert(self, cr, key):
        cr.execute(
            "INSERT INTO crm_transaction (company_id, partner_id, date, quantity, amount, key)"
            " VALUES (%s, %s, %s, 1, 10, %s)",
            [self.company_id, self.partner_id, DAY, key],
        )

    def _refresh(self, cr):
        result = api.Environment(cr, SUPERUSER_ID, {})["crm.order.day"]._refresh()
        cr.commit()
        return result

    def _amount(self, cr):
        cr.execute("SELECT sum(amount) FROM crm_order_day WHERE day = %s", [DAY])
        amount = cr.fetchone()[0]
        cr.commit()
        return amount

    def test_late_commit(self):
        """PK-12: a transaction that commits after a refresh it began before is seen by the next."""
        late, early = self._connect(), self._connect()
        self._insert(late, "late")
        self._insert(early, "early")
        early.commit()
        self._refresh(early)
        self.assertEqual(self._amount(early), 10)
        late.commit()
        self._refresh(early)
        self.assertEqual(self._amount(early), 20)

    def test_second_server_waits_for_what_the_first_left(self):
        """PK-12: a refresh older than that of another server does nothing, then all."""
        first, second = self._connect(), self._connect()
        self._insert(first, "one")
        first.commit()
        second.execute("SELECT count(*) FROM crm_order_day_queue")  # its snapshot is taken
        self._refresh(first)
        self._insert(first, "two")
        first.commit()
        result = self._refresh(second)
        self.assertEqual(result["days"], 0)
        self.assertTrue(result["remaining"])
        self.assertEqual(self._refresh(second), {"days": 1, "remaining": 0})
        self.assertEqual(self._amount(second), 20)
        self.assertEqual(self._refresh(first)["remaining"], 0)

    def test_cancel_while_another_refreshes(self):
        """PK-12: what is undone while a refresh runs does not stay in the ledger."""
        first, second = self._connect(), self._connect()
        self._insert(second, "one")
        second.commit()
        api.Environment(first, SUPERUSER_ID, {})["crm.order.day"]._refresh()
        second.execute("DELETE FROM crm_transaction WHERE date = %s", [DAY])
        second.commit()
        first.commit()
        self._refresh(second)
        self.assertIsNone(self._amount(second))
