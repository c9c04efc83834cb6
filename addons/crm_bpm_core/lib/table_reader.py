"""Reading tables of unknown origin: CSV of any dialect, XLS and XLSX.

``read_table`` looks at the content, not at the name. Rows come one by one, so
that a file of millions of lines does not fill the memory.
"""

import csv
import io
import itertools
import zipfile

import openpyxl
import xlrd

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = (";", ",", "\t", "|")
SAMPLE_LINES = 30
MAX_UNPACKED = 4 << 30
HEADER_SEARCHED = 20


class TableError(Exception):
    """The file cannot be read; ``code`` says why.

    empty, not_table, one_column, no_rows, password, damaged, not_excel, web_page,
    pdf, too_large
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Table:
    """Headers of a table and, each time ``rows`` is called, its rows.

    A row is (number, cells): the number that a spreadsheet program shows, and as
    many cells as there are headers.
    """

    def __init__(self, kind, lines):
        self.kind = kind
        self._lines = lines
        self._header_line, self.headers = self._find_headers()
        if len(self.headers) < 2:
            raise TableError("one_column")
        if next(self.rows(), None) is None:
            raise TableError("no_rows")

    def _find_headers(self):
        """The first line with two texts; titles above the table have one."""
        lines = itertools.islice(self._lines(), HEADER_SEARCHED)
        best = (0, [])
        for number, cells in enumerate(lines, 1):
            texts = [_text(cell) for cell in cells]
            filled = [text for text in texts if text]
            if len(filled) > len([text for text in best[1] if text]) and not best[1][1:]:
                best = (number, texts)
        number, texts = best
        while texts and not texts[-1]:
            texts.pop()
        return number, texts

    def rows(self, skip=0):
        """Rows under the headers that are not empty; the first ``skip`` left out."""
        width = len(self.headers)
        lines = enumerate(self._lines(), 1)
        filled = (
            (number, cells)
            for number, cells in itertools.islice(lines, self._header_line, None)
            if any(cell not in (None, "") for cell in cells)
        )
        for number, cells in itertools.islice(filled, skip, None):
            yield number, [*cells[:width], *[None] * (width - len(cells))]


def _text(cell):
    return "" if cell is None else " ".join(str(cell).split())


def read_table(content):
    """The table in these bytes, or TableError."""
    if not content.strip(b" \t\r\n\x00"):
        raise TableError("empty")
    if content.startswith(b"PK"):
        return _read_xlsx(content)
    if content.startswith(OLE):
        return _read_xls(content)
    if content.startswith(b"%PDF"):
        raise TableError("pdf")
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise TableError("web_page")
    return _read_csv(content)


def _read_csv(content):
    encoding = _encoding(content)
    with io.TextIOWrapper(io.BytesIO(content), encoding, newline="") as text:
        sample = list(itertools.islice(text, SAMPLE_LINES))
    delimiter = _delimiter(sample)

    def lines():
        text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
        try:
            yield from csv.reader(text, delimiter=delimiter)
        except csv.Error as error:
            raise TableError("not_table") from error

    return Table("csv", lines)


def _encoding(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in content:
        raise TableError("not_table")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            content.decode("cp1251")
        except UnicodeDecodeError as error:
            raise TableError("not_table") from error
        return "cp1251"
    return "utf-8-sig"


def _delimiter(sample):
    """The delimiter that splits most sample lines into the same number of cells."""

    def quality(delimiter):
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        usual = max(set(widths), key=widths.count, default=1)
        return (usual > 1) * widths.count(usual) / max(len(widths), 1), usual

    try:
        best = max(DELIMITERS, key=quality)
        if quality(best)[1] < 2:
            raise TableError("one_column")
    except csv.Error as error:
        raise TableError("not_table") from error
    return best


def _read_xlsx(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            size = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise TableError("damaged") from error
    if not any(name.startswith("xl/") for name in names):
        raise TableError("not_excel")
    if size > MAX_UNPACKED:
        raise TableError("too_large")

    def lines():
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = _first_filled_sheet(book)
            # Some programs write wrong dimensions, and rows would be cut off.
            sheet.reset_dimensions()
            yield from sheet.iter_rows(values_only=True)
        finally:
            book.close()

    return _excel_table("xlsx", lines)


def _first_filled_sheet(book):
    for sheet in book.worksheets:
        if next(sheet.iter_rows(values_only=True), None):
            return sheet
    raise TableError("empty")


def _read_xls(content):
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise TableError("password")
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True)
    except xlrd.XLRDError as error:
        encrypted = "encrypted" in str(error).lower()
        raise TableError("password" if encrypted else "not_excel") from error
    except Exception as error:  # xlrd lets any error of a damaged file through
        raise TableError("damaged") from error

    def lines():
        sheets = (book.sheet_by_index(index) for index in range(book.nsheets))
        sheet = next((sheet for sheet in sheets if sheet.nrows), None)
        if sheet is None:
            raise TableError("empty")
        for number in range(sheet.nrows):
            yield [_xls_value(cell, book.datemode) for cell in sheet.row(number)]

    return _excel_table("xls", lines)


def _xls_value(cell, datemode):
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#?")
    return cell.value


def _excel_table(kind, lines):
    try:
        return Table(kind, lines)
    except TableError:
        raise
    except Exception as error:  # the libraries let any error of a damaged file through
        raise TableError("damaged") from error
