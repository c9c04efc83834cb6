"""Sales history from outside: by file and by RPC, idempotent, with errors in words."""

import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models import crm_transaction_batch
from .common import CrmBpmCommon
from .test_table_reader import xlsx_bytes

DAY = date(2026, 3, 2)


class ImportCommon(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("ООО Вектор", ref="C-1", vat="RU 7701234567")
        cls.Transaction = cls.env["crm.transaction"].with_user(cls.head)
        cls.Ledger = cls.env["crm.order.day"]

    def _row(self, **values):
        return {"customer": "C-1", "date": "2026-03-02", "quantity": 2, "amount": 10, **values}

    def _import(self, *rows, **options):
        return self.Transaction.import_transactions(list(rows), **options)

    def _assert_ledger(self, expected):
        self.Ledger._refresh_all()
        rows = self.Ledger.search([("partner_id", "=", self.customer.id)])
        found = {r.day: (r.order_count, r.line_count, r.quantity, r.amount) for r in rows}
        self.assertEqual(found, expected)
        self.assertEqual(self.Ledger.verify_ledger(), [])


@tagged("post_install", "-at_install")
class TestTransactionRpc(ImportCommon):
    def test_rows_reach_the_ledger(self):
        """PK-17: imported rows are order days of the customer."""
        result = self._import(self._row(), self._row(date="03.03.2026", amount="1 000,5"))
        self.assertEqual((result["rows"], result["created"], result["errors"]), (2, 2, []))
        self._assert_ledger({DAY: (1, 1, 2.0, 10.0), date(2026, 3, 3): (1, 1, 2.0, 1000.5)})

    def test_orders_of_a_day(self):
        """PK-17: an order is what has one number; rows without number are one order."""
        self._import(
            self._row(order_ref="A"), self._row(order_ref="A", article="x"),
            self._row(order="B"), self._row(), self._row(article="y"),
        )  # fmt: skip
        self._assert_ledger({DAY: (3, 5, 10.0, 50.0)})

    def test_returns(self):
        """PK-17: returns reduce the turnover; a day with nothing left is no order day."""
        back = self._row(quantity=-2, amount=-10)
        self._import(self._row(order_ref="A"), self._row(order_ref="B"), back)
        self._assert_ledger({DAY: (2, 2, 2.0, 10.0)})
        self._import(self._row(order_ref="C", quantity=-2, amount=-10))
        self._assert_ledger({})

    def test_twice_changes_nothing(self):
        """PK-17: importing again changes nothing; equal rows of a file all count."""
        rows = [self._row(), self._row(), self._row(article="x"), self._row(key="K")]
        self.assertEqual(self._import(*rows)["created"], 4)
        result = self._import(*rows)
        self.assertEqual((result["created"], result["duplicates"]), (0, 4))
        result = self._import(self._row(), *rows)
        self.assertEqual((result["created"], result["duplicates"]), (1, 4))
        self._assert_ledger({DAY: (1, 5, 10.0, 50.0)})

    def test_twice_after_a_merge(self):
        """PK-17: rows of customers who were merged are known again."""
        twin = self._customer("Twin", ref="C-2")
        rows = [self._row(), self._row(customer="C-2")]
        self._import(*rows)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | twin).ids, self.customer
        )
        result = self._import(self._row(), self._row())
        self.assertEqual((result["created"], result["duplicates"]), (0, 2))
        self._assert_ledger({DAY: (1, 2, 4.0, 20.0)})

    def test_by_another_name_is_the_same(self):
        """PK-17: a row imported by reference is known by tax ID too."""
        self._import(self._row())
        result = self._import(self._row(customer="ru7701234567"), customer_by="vat")
        self.assertEqual(result["duplicates"], 1)

    def test_customers_found(self):
        """PK-17: by reference, tax ID, name, external ID and database ID."""
        self.env["ir.model.data"].create(
            {
                "module": "erp",
                "name": "c1",
                "model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        for number, (kind, value) in enumerate(
            {
                "ref": "C-1",
                "vat": "RU7701234567",
                "name": "ооо вектор",
                "external": "erp.c1",
                "id": self.customer.id,
            }.items(),
            1,
        ):
            with self.subTest(kind):
                row = self._row(customer=value, article=str(number))
                result = self._import(row, customer_by=kind)
                self.assertEqual((result["created"], result["errors"]), (1, []))
        self._assert_ledger({DAY: (1, 5, 10.0, 50.0)})

    def test_bad_rows_are_told_and_good_ones_kept(self):
        """PK-17: each bad row has number, column, value, what is wrong and the cure."""
        self._customer("One", ref="TWICE")
        self._customer("Two", ref="TWICE")
        result = self._import(
            self._row(),
            self._row(date="31.02.2026"),
            self._row(customer="C-9"),
            self._row(customer="TWICE"),
            self._row(amount="much"),
            self._row(customer=""),
            self._row(key="K"),
            self._row(key="K", amount=11),
        )
        self.assertEqual((result["rows"], result["created"], result["error_count"]), (8, 2, 6))
        errors = {error["row"]: error for error in result["errors"]}
        self.assertEqual(
            {row: (error["column"], error["value"]) for row, error in errors.items()},
            {
                2: ("Date", "31.02.2026"), 3: ("Customer", "C-9"), 4: ("Customer", "TWICE"),
                5: ("Amount", "much"), 6: ("Customer", ""), 8: ("Key of the row", "K"),
            },
        )  # fmt: skip
        self.assertEqual(errors[2]["message"], "This is not a date.")
        self.assertTrue(all(error["cure"] for error in errors.values()))

    def test_missing_customers_are_created(self):
        """PK-17: on demand, once a customer however many rows he has."""
        rows = [
            self._row(customer="N-1", customer_name="ООО Новый"),
            self._row(customer="N-1", article="x"),
            self._row(customer="N-2"),
        ]
        result = self._import(*rows, create_customers=True)
        self.assertEqual((result["created"], result["customers"]), (3, 2))
        created = self.env["res.partner"].search([("ref", "in", ["N-1", "N-2"])], order="ref")
        self.assertEqual(created.mapped("name"), ["ООО Новый", "N-2"])
        with self.assertRaises(UserError):
            self._import(*rows, customer_by="id", create_customers=True)

    def test_refused_customer_spoils_only_his_rows(self):
        """PK-17: when Odoo refuses a customer, the others are created."""
        create = type(self.env["res.partner"]).create

        def refuse(partners, vals_list):
            if any(vals.get("ref") == "BAD" for vals in vals_list):
                raise UserError(self.env._("No such customer"))
            return create(partners, vals_list)

        self.patch(type(self.env["res.partner"]), "create", refuse)
        result = self._import(
            self._row(customer="BAD"), self._row(customer="GOOD"), create_customers=True
        )
        self.assertEqual((result["created"], result["customers"]), (1, 1))
        self.assertIn("No such customer", result["errors"][0]["message"])

    def test_dry_run(self):
        """PK-17: a dry run says the same and leaves nothing."""
        before = self.env["crm.transaction.batch"].search_count([])
        result = self._import(
            self._row(), self._row(customer="N-1"), create_customers=True, dry_run=True
        )
        self.assertEqual((result["created"], result["customers"]), (2, 1))
        self.assertFalse(result["batch_id"])
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "N-1")]))
        self.assertEqual(self.env["crm.transaction.batch"].search_count([]), before)
        self._assert_ledger({})

    def test_delete_takes_back(self):
        """PK-17: deleting an import takes its transactions back, and their days."""
        first = self._import(self._row())
        second = self._import(self._row(), self._row(date="2026-03-03"))
        self._assert_ledger({DAY: (1, 1, 2.0, 10.0), date(2026, 3, 3): (1, 1, 2.0, 10.0)})
        batches = self.env["crm.transaction.batch"].with_user(self.head)
        batches.browse(second["batch_id"]).unlink()
        self._assert_ledger({DAY: (1, 1, 2.0, 10.0)})
        batches.browse(first["batch_id"]).unlink()
        self._assert_ledger({})

    def test_rights(self):
        """EC-04: only a head imports, and only into his companies."""
        for user in (self.viewer, self.manager, self.nobody):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.Transaction.with_user(user).import_transactions([self._row()])
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self._import(self._row(), company_id=other.id)

    def test_bad_calls(self):
        """PK-17: a call that is no list of rows is refused in words."""
        for rows in ("C-1;2026-03-02", [["C-1", "2026-03-02"]]):
            with self.assertRaisesRegex(UserError, "must be a list of dictionaries"):
                self.Transaction.import_transactions(rows)
        with self.assertRaisesRegex(UserError, "not by 'colour'"):
            self._import(self._row(), customer_by="colour")
        self.assertEqual(self._import()["rows"], 0)

    def test_companies_are_apart(self):
        """PK-17: rows of two companies do not meet, even with equal keys."""
        other = self.env["res.company"].create({"name": "Other"})
        self.head.company_ids += other
        self._import(self._row(key="K"))
        result = self._import(self._row(key="K"), company_id=other.id)
        self.assertEqual(result["created"], 1)
        self.Ledger._refresh_all()
        rows = self.Ledger.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(rows.company_id, self.company | other)


@tagged("post_install", "-at_install")
class TestTransactionFile(ImportCommon):
    CSV = (
        "Клиент;Дата;Кол-во;Сумма\n"
        "C-1;02.03.2026;2;10,5\n"
        "C-9;02.03.2026;2;10\n"
        "C-1;02.03.2026;2;=много\n"
    )

    def _wizard(self, content):
        content = content if isinstance(content, bytes) else content.encode()
        wizard = (
            self.env["crm.transaction.import"]
            .with_user(self.head)
            .create({"file": base64.b64encode(content), "file_name": "sales.csv"})
        )
        wizard.action_read()
        return wizard

    def _batch(self, action):
        return self.env[action["res_model"]].with_user(self.head).browse(action["res_id"])

    def test_import_of_a_file(self):
        """PK-17: columns are guessed, shown as they will be read, imported; errors listed."""
        wizard = self._wizard(self.CSV)
        self.assertEqual(
            wizard.column_ids.mapped("target"), ["customer", "date", "quantity", "amount"]
        )
        self.assertFalse(wizard.problem)
        self.assertIn("<td>10.50</td>", wizard.preview)
        self.assertIn("This is not a number.", wizard.preview)
        batch = self._batch(wizard.action_import())
        self.assertEqual(batch.state, "done")
        self.assertEqual((batch.row_count, batch.created_count, batch.error_count), (3, 1, 2))
        self.assertEqual(batch.error_ids.mapped("number"), [3, 4])
        self._assert_ledger({DAY: (1, 1, 2.0, 10.5)})

    def test_error_table(self):
        """PK-17: bad rows can be downloaded; no cell becomes a formula."""
        batch = self._batch(self._wizard(self.CSV).action_import())
        self.assertIn(f"/{batch.id}/error_file", batch.action_download_errors()["url"])
        lines = base64.b64decode(batch.error_file).decode("utf-8-sig").splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn(";'=много;", lines[2])

    def test_excel_file(self):
        """PK-17: an Excel file with its own dates."""
        content = xlsx_bytes([["Customer", "Date", "Amount"], ["C-1", DAY, 7]])
        batch = self._batch(self._wizard(content).action_import())
        self.assertEqual(batch.created_count, 1)
        self._assert_ledger({DAY: (1, 1, 1.0, 7.0)})

    def test_columns_by_hand(self):
        """PK-17: columns that were not guessed are chosen; what lacks is named."""
        wizard = self._wizard("a;b;c\nC-1;02.03.2026;5\n")
        self.assertEqual(wizard.problem, "Say which column is: Customer, Date, Amount.")
        with self.assertRaisesRegex(UserError, "Say which column is"):
            wizard.action_import()
        with Form(wizard) as form:
            for number, target in enumerate(("customer", "date", "date")):
                with form.column_ids.edit(number) as column:
                    column.target = target
        self.assertEqual(wizard.problem, "Two columns are 'Date'. Leave one of them.")
        wizard.column_ids[2].target = "amount"
        self.assertFalse(wizard.problem)
        self.assertEqual(self._batch(wizard.action_import()).created_count, 1)

    def test_check_of_the_whole_file(self):
        """PK-17: the check counts and names the first error, and imports nothing."""
        notification = self._wizard(self.CSV).action_check()["params"]
        self.assertIn("3 rows: 1 new, 0 known already", notification["message"])
        self.assertIn("First error: row 3", notification["message"])
        self._assert_ledger({})

    def test_bad_files(self):
        """PK-17: every file that cannot be read is refused in words."""
        for content in (b"\n", b"%PDF-1", b"PK\x03\x04", b"a;b\n", b"text"):
            with self.subTest(content), self.assertRaises(UserError):
                self._wizard(content)
        messages = self.env["crm.transaction.batch"]._get_file_messages()
        self.assertNotIn("%(cure)s", "".join(messages.values()))

    def test_rights(self):
        """EC-04: the wizard is the head's."""
        with self.assertRaises(AccessError):
            self.env["crm.transaction.import"].with_user(self.manager).create({"file": "eA=="})

    def test_large_file_in_the_background(self):
        """PK-17: a large file waits for the job, which reads it in parts."""
        rows = "".join(f"C-1;02.03.2026;1;{number}\n" for number in range(1, 26))
        self.patch(crm_transaction_batch, "CHUNK", 10)
        with patch.object(type(self.env["crm.transaction.import"]), "_is_large", lambda _w: True):
            batch = self._batch(self._wizard("Клиент;Дата;Кол-во;Сумма\n" + rows).action_import())
        self.assertEqual(batch.state, "queued")
        with self.enter_registry_test_mode():
            self.env.ref("crm_bpm_core.ir_cron_transaction_import").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual((batch.state, batch.created_count), ("done", 25))
        self._assert_ledger({DAY: (1, 25, 25.0, 325.0)})

    def test_interrupted_import_goes_on(self):
        """PK-17: an import that was killed goes on after the last part, nothing twice."""
        wizard = self._wizard("Клиент;Дата;Кол-во;Сумма\n" + "C-1;02.03.2026;1;5\n" * 25)
        self.patch(crm_transaction_batch, "CHUNK", 10)
        batch = wizard._create_batch()
        batch.state = "running"
        batch._stage(list(batch._read_rows())[:10])
        self.assertEqual(batch.processed_count, 10)
        with self.enter_registry_test_mode():
            self.env.ref("crm_bpm_core.ir_cron_transaction_import").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual((batch.state, batch.created_count), ("done", 25))

    def test_failed_import(self):
        """PK-17: a file that fails in the background says why, and can be tried again."""
        batch = self._wizard(self.CSV)._create_batch()
        batch.write({"file": base64.b64encode(b"%PDF-1"), "state": "queued"})
        with self.enter_registry_test_mode():
            self.env.ref("crm_bpm_core.ir_cron_transaction_import").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual(batch.state, "failed")
        self.assertIn("PDF", batch.message)
        batch.file = base64.b64encode(self.CSV.encode())
        batch.action_retry()
        self.assertEqual(batch.state, "queued")
