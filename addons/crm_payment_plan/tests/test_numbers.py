from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PlanCommon

CODE = "crm_payment_plan.test_two_connections"


@tagged("-at_install", "post_install")
class TestNumbers(PlanCommon):
    """AL-15: approval always finds a number that no other contract has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = cls.env["crm.contract.type"].create(
            [
                {"name": name, "number_prefix": "Q/%(range_year)s/"}
                for name in ("Delivery", "Assembly")
            ]
        )

    def test_two_types_with_one_prefix(self):
        """Their contracts are numbered in one row, and the head is told of it."""
        first, second = self.kinds
        numbers = [self._contract(kind=kind).number for kind in (first, second, first, second)]
        self.assertEqual(len(set(numbers)), 4)
        self.assertEqual(numbers[:2], ["Q/2026/0001", "Q/2026/0002"])
        self.assertIn("Assembly", first.prefix_note)
        second.number_prefix = "R/%(range_year)s/"
        first.invalidate_recordset(["prefix_note"])
        self.assertFalse(first.prefix_note)

    def test_typed_before_the_first_approval(self):
        """Contracts taken over with numbers of the series do not stand in its way."""
        kind = self.kinds[0]
        for number in ("Q/2026/0001", "Q/2026/0002", "Q/2026/0004"):
            self._contract(kind=kind, number=number, approve=False)
        self.assertEqual(self._contract(kind=kind).number, "Q/2026/0003")
        self.assertEqual(self._contract(kind=kind).number, "Q/2026/0005")

    def test_same_number_of_another_direction_or_company(self):
        kind = self.kinds[0]
        self._contract(kind=self.purchase, number="Q/2026/0001")
        self.assertEqual(self._contract(kind=kind).number, "Q/2026/0001")

    def test_years_mixed(self):
        """Each year has its own series, in whatever order contracts come."""
        kind = self.kinds[0]
        days = ("2026-05-01", "2025-03-01", "2027-01-01", "2025-12-31", "2026-01-01", "2027-06-01")
        self.assertEqual(
            [self._contract(kind=kind, date=day).number for day in days],
            ["Q/2026/0001", "Q/2025/0001", "Q/2027/0001",
             "Q/2025/0002", "Q/2026/0002", "Q/2027/0002"],
        )  # fmt: skip

    def test_many_at_once(self):
        contracts = self.Contract.union(
            *(self._contract(kind=self.kinds[0], approve=False) for _place in range(50))
        )
        contracts.with_user(self.manager).action_approve()
        self.assertEqual(
            sorted(contracts.mapped("number")), [f"Q/2026/{n:04}" for n in range(1, 51)]
        )

    def test_prefix_of_a_new_type(self):
        """Initials of its name; another type's prefix is not taken."""
        with Form(self.env["crm.contract.type"].with_user(self.head)) as form:
            form.name = "Quality zoning"
        self.assertEqual(form.record.number_prefix, "QZ-%(range_year)s/")
        other = self.env["crm.contract.type"].create({"name": "Quick zoom"})
        self.assertEqual(other.number_prefix, "QZ2-%(range_year)s/")

    # Additional agreements --------------------------------------------------------

    def _agreement(self, main, **values):
        return self._contract(5, parent_id=main.id, **values)

    def test_agreement_of_a_colleague(self):
        """Agreements that the person does not see have numbers too."""
        main = self._contract(100)
        self._agreement(main, user_id=self.colleague.id)
        mine = self._agreement(main, approve=False)
        self.customer.customer_user_id = self.colleague
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(main.with_user(self.manager).child_ids.ids, mine.ids)
        mine.with_user(self.manager).action_approve()
        self.assertEqual(mine.number, f"{main.number}-2")

    def test_typed_number_of_an_agreement(self):
        """A contract typed in or taken over with such a number does not stand in the way."""
        main = self._contract(100)
        self._contract(7, number=f"{main.number}-1", approve=False)
        self.assertEqual(self._agreement(main).number, f"{main.number}-2")
        self.assertEqual(self._agreement(main).number, f"{main.number}-3")

    def test_first_numbers_of_a_year_at_one_time(self):
        """Of two people at one moment the second is repeated, and gets the next number."""
        connection = db_connect(self.env.cr.dbname)

        def kind(cursor):
            env = api.Environment(cursor, SUPERUSER_ID, {})
            return env["crm.contract.type"].search([("name", "=", CODE)], limit=1)

        with connection.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            env["crm.contract.type"].create({"name": CODE, "number_prefix": "ZZ/%(range_year)s/"})
            cursor.commit()
        try:
            with connection.cursor() as first, connection.cursor() as second:
                one, other = kind(first), kind(second)
                company = one.env.ref("base.main_company")
                self.assertEqual(one._next_number(company, "2031-01-01"), "ZZ/2031/0001")
                first.commit()
                with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                    other._next_number(other.env.ref("base.main_company"), "2031-01-01")
                second.rollback()
                other.env.invalidate_all()
                again = kind(second)
                company = again.env.ref("base.main_company")
                self.assertEqual(again._next_number(company, "2031-01-01"), "ZZ/2031/0002")
                second.rollback()
        finally:
            with connection.cursor() as cursor:
                found = kind(cursor)
                found._get_series_sequences().unlink()
                found.unlink()
                cursor.commit()
