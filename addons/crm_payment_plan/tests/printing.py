"""Printing with each build of wkhtmltopdf that is there.

Debian's has Qt as it is; the one that Odoo recommends has Qt patched, and breaks pages and
sizes letters otherwise. ``requirements-dev.txt`` brings the latter as wkhtmltopdf-pack.
"""

import io
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from PyPDF2 import PdfReader

from odoo.addons.base.models import ir_actions_report

OTHER = Path(sys.executable).with_name("wkhtmltopdf-pack")


def builds():
    """{name: what Odoo knows of the build}; tests of the patched one are skipped without it."""
    found = ir_actions_report._wkhtml()
    known = {found.is_patched_qt: found}
    if OTHER.exists():
        text = subprocess.run([OTHER, "--version"], capture_output=True, text=True, check=True)
        known[True] = found._replace(
            bin=str(OTHER),
            version=re.search(r"[\d.]+", text.stdout).group(),
            dpi_zoom_ratio=True,
            is_patched_qt="patched qt" in text.stdout,
        )
    return {"patched" if patched else "plain": info for patched, info in known.items()}


@contextmanager
def printed_by(info):
    """Let Odoo print with this build."""
    with patch.object(ir_actions_report, "_wkhtml", lambda: info):
        yield


def words(pdf):
    """The text of every page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def letters(pdf):
    """Heights of the letters of the first page in points, the largest first."""
    sizes = set()

    def visit(text, cm, tm, _font, size):
        if text.strip():
            sizes.add(round(abs(size * tm[3] * cm[3]), 2))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return sorted(sizes, reverse=True)
