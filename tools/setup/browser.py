"""Chromium for browser tests (Debian)."""

import shutil

from .shell import need_debian_packages, step


def browser() -> None:
    """A headless browser that the tours drive."""
    with step("Browser for tests") as note:
        if not any(map(shutil.which, ("google-chrome", "chromium-browser"))):
            need_debian_packages({"chromium": "chromium"}, "Browser tests")
        note("there")
