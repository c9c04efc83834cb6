"""Tables of unknown origin: headings and the rows under them.

How a file becomes lines of cells: ``sheet_reader``.
"""

import itertools

from .sheet_reader import TableError, open_sheet

__all__ = ["Table", "TableError", "read_table"]

HEADER_SEARCHED = 20


class Table:
    """Headers of a table and, each time ``rows`` is called, its rows.

    A row is (number, cells): the number that a spreadsheet program shows, and as
    many cells as there are headers.

    :param may_be_empty: headers without rows are a table too, not an error
    """

    def __init__(self, kind, lines, may_be_empty=False):
        self.kind = kind
        self._lines = lines
        self._header_line, self.headers = self._find_headers()
        if len(self.headers) < 2:
            raise TableError("one_column")
        if not may_be_empty and next(self.rows(), None) is None:
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
    sheet = open_sheet(content)
    return Table(sheet.kind, sheet.lines)
