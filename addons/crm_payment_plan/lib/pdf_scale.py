"""How large a build of wkhtmltopdf prints: no two of them agree.

13 px come out as 7.7 points with Debian's build, 8.5 with the patched 0.12.4, 10.9 with the
patched 0.12.3. A probe of known size tells; what is printed is enlarged accordingly.
"""

import io

from PyPDF2 import PdfReader

PROBE_PX = 100
PROBE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head>'
    f'<body><p style="font-size:{PROBE_PX}px">H</p></body></html>'
)
#: A pixel of style sheets is 1/96 of an inch.
POINTS_IN_PX = 72 / 96


def measure_zoom(content: bytes) -> float:
    """By how much lengths are to be multiplied for letters of their proper size.

    :param content: PDF of PROBE.
    """
    sizes = []

    def visit(text, cm, tm, _font, size):
        if text.strip():
            sizes.append(abs(size * tm[3] * cm[3]))

    PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=visit)
    printed = max(sizes, default=0)
    return PROBE_PX * POINTS_IN_PX / printed if printed else 1
