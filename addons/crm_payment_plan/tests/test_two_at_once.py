from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.crm_contract_project import CURABLE

#: Marks what real connections have to commit and to delete again.
CODE = "crm_payment_plan.test_two_at_once"


@tagged("-at_install", "post_install")
class TestTwoAtOnce(TransactionCase):
    """Of two people at one moment the second is refused by the database, and so repeated."""

    def setUp(self):
        super().setUp()
        self.connection = db_connect(self.env.cr.dbname)
        self.addCleanup(self._forget)
        with self.connection.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            values = {
                "type_id": env["crm.contract.type"].create({"name": CODE}).id,
                "partner_id": env["res.partner"].create({"name": CODE}).id,
                "company_id": env.ref("base.main_company").id,
                "user_id": False,
                "title": CODE,
            }
            main = env["crm.contract"].create({**values, "number": CODE})
            main.child_ids = [Command.create(values) for _place in range(2)]
            cursor.commit()

    def _contracts(self, cursor):
        """The contract and its two agreements, as a transaction sees them."""
        env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
        return env["crm.contract"].search([("title", "=", CODE)], order="id")

    def _forget(self):
        with self.connection.cursor() as cursor:
            contracts = self._contracts(cursor)
            partner, kind = contracts.partner_id, contracts.type_id
            projects = contracts.project_id
            contracts.write({"project_id": False, "state": "draft", "number": False})
            projects.unlink()
            contracts.child_ids.unlink()
            contracts.exists().unlink()
            partner.unlink()
            kind._get_series_sequences().unlink()
            kind.unlink()
            cursor.commit()

    def _race(self, act):
        """Let two transactions do it, the second begun before the first has ended.

        :param act: function of (contracts, place of the transaction)
        """
        with self.connection.cursor() as first, self.connection.cursor() as second:
            late = self._contracts(second)
            late.mapped("number")
            act(self._contracts(first), 0)
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                act(late, 1)
            # As Odoo repeats the request.
            second.rollback()
            act(self._contracts(second), 1)
            second.commit()
        # What a payment cannot survive must not be taken for something that a person cures.
        self.assertFalse(issubclass(SerializationFailure, CURABLE))

    def test_project(self):
        """AL-16: two payments of one advance at a time begin one project."""
        seen = []
        self._race(lambda contracts, _place: seen.append(contracts[0]._ensure_project().id))
        self.assertEqual(seen[0], seen[1])
        with self.connection.cursor() as cursor:
            main = self._contracts(cursor)[0]
            projects = main.env["project.project"].search([("crm_contract_id", "=", main.id)])
            self.assertEqual(projects.ids, seen[:1])

    def test_numbers_of_agreements(self):
        """AL-15: two agreements of a contract approved at a time get two numbers."""
        self._race(lambda contracts, place: contracts[1 + place].action_approve())
        with self.connection.cursor() as cursor:
            agreements = self._contracts(cursor)[1:]
            self.assertEqual(agreements.mapped("number"), [f"{CODE}-1", f"{CODE}-2"])
