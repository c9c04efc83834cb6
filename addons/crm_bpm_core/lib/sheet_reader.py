"""Sheets of unknown origin, line by line: CSV of any dialect, XLS, XLSX and HTML.

``open_sheet`` looks at the content, not at the name. Lines come one by one, so that
a file of millions of lines does not fill the memory. Workbooks also tell the outline
level of a line, by which reports of 1C show what belongs to what.
"""

import csv
import io
import itertools
import re
import zipfile

import openpyxl
import xlrd
from lxml import etree, html

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = (";", ",", "\t", "|")
SAMPLE_LINES = 30
MAX_UNPACKED = 4 << 30
#: Names of parts as the references in a workbook say them; 1C writes some in another case.
PARTS = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml")
SHEET_ROW = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row"
PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:html|!doctype|table|\?xml|meta|head|style)", re.I)


class TableError(Exception):
    """The file cannot be read; ``code`` says why.

    empty, not_table, one_column, no_rows, password, damaged, not_excel, web_page,
    pdf, too_large
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Sheet:
    """Lines of a sheet.

    ``kind`` is csv, xls, xlsx or html. ``lines()`` gives the cells of each line, as often
    as it is called. ``levels()`` gives {line number: outline level}, the first line being
    1; lines at level 0 are left out.
    """

    def __init__(self, kind, lines, levels=dict):
        self.kind = kind
        self._lines = lines
        self._levels = levels

    def lines(self):
        """Lists of cells; whatever is wrong with the file is a TableError."""
        try:
            yield from self._lines()
        except TableError:
            raise
        except Exception as error:  # the libraries let any error of a damaged file through
            raise TableError("damaged") from error

    def levels(self):
        try:
            return self._levels()
        except TableError:
            raise
        except Exception as error:
            raise TableError("damaged") from error


def open_sheet(content, pages=False):
    """The sheet in these bytes, or TableError.

    :param pages: also read web pages, as 1C saves them under the name .xls
    """
    if not content.strip(b" \t\r\n\x00"):
        raise TableError("empty")
    if content.startswith(b"PK"):
        return _open_xlsx(content)
    if content.startswith(OLE):
        return _open_xls(content)
    if content.startswith(b"%PDF"):
        raise TableError("pdf")
    if PAGE.match(content):
        if pages and b"<tr" in content.lower():
            return Sheet("html", lambda: _page_lines(content))
        raise TableError("web_page")
    return _open_csv(content)


# CSV -------------------------------------------------------------------------


def _open_csv(content):
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

    return Sheet("csv", lines)


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


# XLSX ------------------------------------------------------------------------


def _open_xlsx(content):
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

    def book():
        return openpyxl.load_workbook(_right_case(content), read_only=True, data_only=True)

    return Sheet("xlsx", lambda: _xlsx_lines(book()), lambda: _xlsx_levels(content, book()))


def _right_case(content):
    """The workbook with its parts named as its references name them."""
    right = {name.lower(): name for name in PARTS}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if all(right.get(name.lower(), name) == name for name in archive.namelist()):
            return io.BytesIO(content)
        repaired = io.BytesIO()
        with zipfile.ZipFile(repaired, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
            for item in archive.infolist():
                name = item.filename
                new.writestr(right.get(name.lower(), name), archive.read(item))
    repaired.seek(0)
    return repaired


def _xlsx_lines(book):
    try:
        sheet = _first_filled_sheet(book)
        # Some programs write wrong dimensions, and rows would be cut off.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _first_filled_sheet(book):
    for sheet in book.worksheets:
        if next(sheet.iter_rows(values_only=True), None):
            return sheet
    raise TableError("empty")


def _xlsx_levels(content, book):
    """Outline levels, which the quick reader of openpyxl does not tell."""
    try:
        path = _first_filled_sheet(book)._worksheet_path
    finally:
        book.close()
    levels = {}
    number = 0
    with zipfile.ZipFile(_right_case(content)) as archive, archive.open(path) as part:
        rows = etree.iterparse(part, tag=SHEET_ROW, resolve_entities=False, no_network=True)
        for _event, row in rows:
            number = int(row.get("r") or number + 1)
            if level := int(row.get("outlineLevel") or 0):
                levels[number] = level
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]
    return levels


# XLS -------------------------------------------------------------------------


def _open_xls(content):
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
        sheet = _filled_xls_sheet(book)
        for number in range(sheet.nrows):
            yield [_xls_value(cell, book.datemode) for cell in sheet.row(number)]

    return Sheet("xls", lines, lambda: _xls_levels(content))


def _filled_xls_sheet(book):
    sheets = (book.sheet_by_index(index) for index in range(book.nsheets))
    sheet = next((sheet for sheet in sheets if sheet.nrows), None)
    if sheet is None:
        raise TableError("empty")
    return sheet


def _xls_levels(content):
    book = xlrd.open_workbook(file_contents=content, on_demand=True, formatting_info=True)
    rows = _filled_xls_sheet(book).rowinfo_map
    return {number + 1: row.outline_level for number, row in rows.items() if row.outline_level}


def _xls_value(cell, datemode):
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#?")
    return cell.value


# HTML ------------------------------------------------------------------------


def _page_lines(content):
    """Rows of the page's largest table; a cell over several places fills the first."""
    tables = html.document_fromstring(content).xpath("//table")
    rows = max((table.xpath("./tr|./*/tr") for table in tables), key=len, default=[])
    if not rows:
        raise TableError("web_page")
    below = {}  # column -> further lines that a cell from above covers
    for row in rows:
        cells = []
        for cell in row.xpath("./td|./th"):
            _pass_covered(cells, below)
            lines, columns = (_span(cell, name) for name in ("rowspan", "colspan"))
            if lines > 1:
                below.update({len(cells) + index: lines - 1 for index in range(columns)})
            cells += [cell.text_content(), *[None] * (columns - 1)]
        _pass_covered(cells, below)
        yield cells


def _pass_covered(cells, below):
    while below.get(len(cells)):
        below[len(cells)] -= 1
        cells.append(None)


def _span(cell, name):
    text = cell.get(name) or "1"
    return min(max(int(text), 1), 1000) if text.isdigit() else 1
