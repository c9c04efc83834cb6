"""Tables of any origin are read, and what is no table is refused (no database needed)."""

import datetime as dt
import io
import random
import zipfile

import openpyxl
import xlwt

from odoo.tests import BaseCase

from ..lib.table_reader import TableError, read_table
from ..lib.table_values import parse_date, parse_number, parse_text
from ..lib.transaction_rows import BadCell, RowParser, guess_customer_by, guess_mapping

HEADERS = ["Контрагент", "Дата", "Количество", "Сумма"]
ROWS = [["ООО Вектор", "31.01.2026", "6", "1 234,50"], ["ИП Сидоров", "01.02.2026", "1", "5"]]


def csv_bytes(delimiter=";", encoding="utf-8", rows=ROWS, headers=HEADERS):
    return "\r\n".join(delimiter.join(row) for row in [headers, *rows]).encode(encoding)


def xlsx_bytes(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls_bytes(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sales")
    style = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            extra = [style] if isinstance(cell, dt.date) else []
            sheet.write(number, index, cell, *extra)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class TestTableReader(BaseCase):
    def _assert_refused(self, content, code):
        with self.assertRaises(TableError) as refused:
            read_table(content)
        self.assertEqual(refused.exception.code, code)

    def test_csv_dialects(self):
        """PK-17: delimiter and encoding are found out."""
        for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16"):
            for delimiter in (";", "\t", "|"):
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    table = read_table(csv_bytes(delimiter, encoding))
                    self.assertEqual(table.headers, HEADERS)
                    self.assertEqual(list(table.rows()), [(2, ROWS[0]), (3, ROWS[1])])

    def test_csv_with_commas_and_quotes(self):
        """PK-17: commas as delimiter; quoted cells hold commas and line breaks."""
        table = read_table(b'customer,date,amount\n"A, B\nC",2026-01-31,"1,5"\n')
        self.assertEqual(list(table.rows()), [(2, ["A, B\nC", "2026-01-31", "1,5"])])

    def test_rows_can_be_skipped(self):
        """PK-17: reading goes on in the middle; empty rows do not count."""
        table = read_table(b"a;b\n1;2\n\n;;\n3;4\n5;6\n")
        self.assertEqual(list(table.rows(skip=1)), [(5, ["3", "4"]), (6, ["5", "6"])])

    def test_title_above_headings(self):
        """PK-17: reports of 1C have a title above the headings."""
        table = read_table(xlsx_bytes([["Продажи"], [], HEADERS, ROWS[0]]))
        self.assertEqual(table.headers, HEADERS)
        self.assertEqual(list(table.rows()), [(4, ROWS[0])])

    def test_excel(self):
        """PK-17: XLSX and XLS, with Excel's own dates and numbers."""
        day = dt.datetime(2026, 1, 31)
        rows = [HEADERS, ["C-1", day, 6, 12.5], ["C-2", day, -1, -2]]
        for content in (xlsx_bytes(rows), xls_bytes(rows)):
            table = read_table(content)
            cells = [cells for _number, cells in table.rows()]
            self.assertEqual(cells, rows[1:])

    def test_bad_files(self):
        """PK-17: what is no table is told apart."""
        self._assert_refused(b"", "empty")
        self._assert_refused(b" \r\n\r\n", "empty")
        self._assert_refused(b"a;b\n", "no_rows")
        self._assert_refused(b"just a text\nof two lines\n", "one_column")
        self._assert_refused(b"\x00\x01\x02" * 99, "not_table")
        self._assert_refused(b"%PDF-1.7", "pdf")
        self._assert_refused(b"<html><table><tr><td>1</td></tr></table></html>", "web_page")
        self._assert_refused(b"PK\x03\x04 broken", "damaged")
        self._assert_refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "damaged")
        encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        self._assert_refused(encrypted, "password")
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        self._assert_refused(file.getvalue(), "not_excel")

    def test_broken_files_never_surprise(self):
        """PK-17: whatever bytes come, the answer is a table or a TableError."""
        dice = random.Random(1)
        good = [csv_bytes(), xlsx_bytes([HEADERS, *ROWS]), xls_bytes([HEADERS, *ROWS])]
        refused = 0
        for number in range(150):
            content = bytearray(good[number % 3])
            for _flip in range(dice.randint(1, 40)):
                content[dice.randrange(len(content))] = dice.randrange(256)
            try:
                list(read_table(bytes(content[: dice.randrange(9, len(content))])).rows())
            except TableError:
                refused += 1
        self.assertGreater(refused, 20)


class TestTableValues(BaseCase):
    def test_numbers(self):
        """PK-17: numbers with comma decimals, spaces, signs and currencies."""
        for text, number in {
            "6": 6, "-1.5": -1.5, "1234,5": 1234.5, "1 234,50": 1234.5, "1\u00a0234": 1234,
            "1\u202f234,5": 1234.5, "1.234,50": 1234.5, "1,234.50": 1234.5,
            "1.234.567": 1234567, "1,234,567": 1234567, "12-": -12, "(3,5)": -3.5,
            "1 200 руб.": 1200, "99,9 ₽": 99.9, "€5": 5, "1'000": 1000, "1e3": 1000, "−4": -4,
            0: 0, 2.5: 2.5,
        }.items():  # fmt: skip
            with self.subTest(text):
                self.assertEqual(parse_number(text), number)

    def test_no_numbers(self):
        """PK-17: what is no number is refused, not guessed."""
        for text in ("", "six", "1-2", "12,3,4.5.6", "nan", "inf", "1 2a", "--5", True, "٣x"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_number(text)

    def test_dates(self):
        """PK-17: ISO dates, dd.mm.yyyy and Excel's day numbers."""
        for text in (
            "2026-01-31", "2026-01-31T23:59:59", "2026-01-31 10:00", "20260131", "31.01.2026",
            "31.1.26", "31/01/2026", "31.01.2026 12:00:00", 46053, 46053.9, "46053",
            dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 23),
        ):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(parse_date(text), dt.date(2026, 1, 31))

    def test_no_dates(self):
        """PK-17: what is no date is refused; months do not come first."""
        for text in ("", "01/31/2026", "31.02.2026", "soon", "2026-13-01", "0001-01-01", 7, "7"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)

    def test_texts(self):
        """PK-17: numbers that are names lose Excel's decimals."""
        self.assertEqual(parse_text(12345.0), "12345")
        self.assertEqual(parse_text(" A \x00 B "), "A B")
        self.assertEqual(parse_text(None), "")


class TestTransactionRows(BaseCase):
    def test_guess(self):
        """PK-17: Russian and English headings are understood."""
        self.assertEqual(
            guess_mapping(HEADERS), {"customer": 0, "date": 1, "quantity": 2, "amount": 3}
        )
        headers = [
            "household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value",
            "transaction_timestamp",
        ]  # fmt: skip
        self.assertEqual(
            guess_mapping(headers, [["1", "2", "3", "4", "5", "6", "2017-01-01"]]),
            {
                "customer": 0, "order_ref": 2, "article": 3, "quantity": 4, "amount": 5,
                "date": 6,
            },
        )  # fmt: skip
        headers = ["Номер заказа", "Дата заказа", "Код клиента", "Артикул", "Кол-во", "Сумма, руб"]
        self.assertEqual(
            guess_mapping(headers),
            {"order_ref": 0, "date": 1, "customer": 2, "article": 3, "quantity": 4, "amount": 5},
        )

    def test_guess_looks_at_the_cells(self):
        """PK-17: a column 'date' without dates is not the date."""
        headers = ["date", "date of order", "customer", "amount"]
        mapping = guess_mapping(headers, [["soon", "2026-01-31", "A", "1"]])
        self.assertEqual(mapping["date"], 1)

    def test_guess_customer_by(self):
        """PK-17: how customers are named is guessed from heading and values."""
        self.assertEqual(guess_customer_by("ИНН покупателя", ["7701234567"]), "vat")
        self.assertEqual(guess_customer_by("Клиент", ["ООО Вектор", "ИП Сидоров"]), "name")
        self.assertEqual(guess_customer_by("household_id", [1.0, 2.0]), "ref")

    def test_quantity_may_lack(self):
        """PK-17: without quantity a row is one piece, or one piece back."""
        raw = {"customer": "A", "date": "2026-01-31", "amount": "5"}
        self.assertEqual(RowParser().parse(raw)["quantity"], 1)
        self.assertEqual(RowParser().parse({**raw, "amount": -5})["quantity"], -1)

    def test_bad_cells(self):
        """PK-17: the first bad cell of a row is named with its value."""
        good = {"customer": "A", "date": "2026-01-31", "amount": "5", "quantity": "1"}
        for target, value, code in (
            ("customer", " ", "missing"),
            ("date", None, "missing"),
            ("date", "31.31.2026", "bad_date"),
            ("date", [], "bad_date"),
            ("amount", "", "missing"),
            ("amount", "much", "bad_number"),
            ("quantity", "some", "bad_number"),
        ):
            with self.subTest(target, value=value), self.assertRaises(BadCell) as bad:
                RowParser().parse({**good, target: value})
            self.assertEqual((bad.exception.target, bad.exception.code), (target, code))
