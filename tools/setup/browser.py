"""Chromium for browser tests and wkhtmltopdf for printed forms (Debian)."""

import shutil

from .shell import need_debian_packages, run, step


def pdf_printer() -> None:
    """wkhtmltopdf, and fonts that have Cyrillic."""
    with step("Printing (wkhtmltopdf)") as note:
        need_debian_packages(
            {
                "wkhtmltopdf": "wkhtmltopdf",
                "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/*",
            },
            "Printing PDF",
        )
        note(run(["wkhtmltopdf", "--version"]).strip())


def browser() -> None:
    """A headless browser that the tours drive."""
    with step("Browser for tests") as note:
        if not any(map(shutil.which, ("google-chrome", "chromium-browser"))):
            need_debian_packages({"chromium": "chromium"}, "Browser tests")
        note("there")
