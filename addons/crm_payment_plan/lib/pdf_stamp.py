"""Page numbers and a mark across the pages of a PDF.

wkhtmltopdf writes page numbers only when built with its patched Qt, which Debian's is not;
written afterwards they stand in the same place with every build.
"""

import io
from functools import lru_cache

from PyPDF2 import PdfReader, PdfWriter
from PyPDF2.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

POINTS_IN_MM = 72 / 25.4
GREY = Color(0.35, 0.35, 0.35)
PALE = Color(0.55, 0.55, 0.55, alpha=0.22)


@lru_cache(maxsize=4)
def _font(path):
    """Register a TrueType font once; it must have the letters of the stamped text."""
    name = f"stamp-{abs(hash(path))}"
    pdfmetrics.registerFont(TTFont(name, path))
    return name


def stamp(content: bytes, font: str, footer: str, mark: str = "") -> bytes:
    """A PDF with a line at the foot of every page.

    :param font: path of a TrueType font.
    :param footer: text at the left of the foot; "page / pages" stands at the right.
    :param mark: word across every page, for what is not final.
    """
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    layers = PdfReader(io.BytesIO(_draw_layers(reader, font, footer, mark)))
    for page, layer in zip(reader.pages, layers.pages, strict=True):
        writer.add_page(page)
        _put_on(writer, writer.pages[-1], layer)
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _put_on(writer, page, layer):
    """A layer over a page, as an object of its own: merging would parse and unpack the page."""
    form = _stream(layer.get_contents().get_data()).flate_encode()
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(layer.mediabox),
            NameObject("/Resources"): layer["/Resources"],
        }
    )
    resources = page["/Resources"].get_object()
    objects = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
    objects[NameObject("/Stamp")] = writer._add_object(form)
    old = page["/Contents"]
    streams = (
        list(old.get_object())
        if isinstance(old.get_object(), ArrayObject)
        else [page.raw_get("/Contents")]
    )
    # The page may leave its coordinates turned: what it draws is put between q and Q.
    page[NameObject("/Contents")] = ArrayObject(
        [
            writer._add_object(_stream(b"q\n")),
            *streams,
            writer._add_object(_stream(b"\nQ\nq /Stamp Do Q\n")),
        ]
    )


def _stream(data):
    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream


def _draw_layers(reader, font, footer, mark):
    """What is stamped, as a PDF with as many pages: the font is in it once."""
    stream = io.BytesIO()
    layers = canvas.Canvas(stream)
    total = len(reader.pages)
    for place, page in enumerate(reader.pages, 1):
        size = float(page.mediabox.width), float(page.mediabox.height)
        layers.setPageSize(size)
        _draw(layers, *size, _font(font), footer, f"{place} / {total}", mark)
        layers.showPage()
    layers.save()
    return stream.getvalue()


def _draw(page, width, height, name, footer, number, mark):
    side, foot = 15 * POINTS_IN_MM, 8 * POINTS_IN_MM
    if mark:
        page.saveState()
        page.setFillColor(PALE)
        size = min(110, 0.95 * width / max(len(mark), 1) * 1.5)
        page.setFont(name, size)
        page.translate(width / 2, height / 2)
        page.rotate(52)
        page.drawCentredString(0, -size / 3, mark)
        page.restoreState()
    page.setFillColor(GREY)
    page.setFont(name, 7.5)
    page.drawString(side, foot, footer[:120])
    page.drawRightString(width - side, foot, number)
