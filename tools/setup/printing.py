"""wkhtmltopdf, which prints Odoo's reports.

Debian 12 has it as a package. Debian 13 dropped it: there, and wherever nobody
may install packages, the one of Debian 12 is unpacked into the cache together
with every library it needs, down to the loader, so that it depends on nothing
of the system.
"""

import shutil

from . import paths
from .odoo import private_apt
from .shell import SetupError, done, mark_done, need_debian_packages, run, step

SUITE = "bookworm"
PACKAGES = ("wkhtmltopdf", "fonts-dejavu-core", "fontconfig-config")
ROOT = paths.CACHE / "wkhtmltopdf"
BIN = paths.CACHE / "bin"

WRAPPER = """#!/bin/sh
# wkhtmltopdf of Debian 12 with its own loader and libraries.
root='{root}'
export FONTCONFIG_PATH="$root/etc/fonts" QT_PLUGIN_PATH="{libraries}/qt5/plugins"
export XDG_DATA_DIRS="/usr/share:$root/usr/share" QT_QPA_PLATFORM=offscreen
exec '{loader}' --library-path '{search_path}' "$root/usr/bin/wkhtmltopdf" "$@"
"""


def pdf_printer() -> None:
    with step("Printing (wkhtmltopdf)") as note:
        if not shutil.which("wkhtmltopdf"):
            try:
                need_debian_packages({"wkhtmltopdf": "wkhtmltopdf"}, "Printing PDF")
            except SetupError:
                _unpack()
        note(run([program(), "--version"]).strip())


def program() -> str:
    own = BIN / "wkhtmltopdf"
    return str(own) if own.exists() else "wkhtmltopdf"


def _unpack() -> None:
    key = f"{SUITE}{PACKAGES}{WRAPPER}"
    if done("wkhtmltopdf", key) and (BIN / "wkhtmltopdf").exists():
        return
    debs = _download()
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for deb in debs:
        run(["dpkg", "-x", deb, ROOT])
    # Debian links configuration by absolute path into /usr/share.
    _copy_font_configuration()
    _write_wrapper()
    shutil.rmtree(debs[0].parent)
    mark_done("wkhtmltopdf", key)


def _download():
    """All packages that these need, as if nothing were installed."""
    apt = private_apt(SUITE)
    archives = paths.CACHE / "apt" / SUITE / "cache" / "archives"
    run(["apt-get", *apt, "update"], log=f"apt-{SUITE}")
    options = ["-o", "Debug::NoLocking=1", "-o", "APT::Install-Recommends=0"]
    command = ["apt-get", *apt, *options, "install", "--download-only", "-y", *PACKAGES]
    run(command, log="apt-wkhtmltopdf")
    return sorted(archives.glob("*.deb"))


def _copy_font_configuration() -> None:
    fonts = ROOT / "etc" / "fonts"
    for link in (fonts / "conf.d").glob("*.conf"):
        target = ROOT / str(link.readlink()).lstrip("/")
        if link.is_symlink() and target.exists():
            link.unlink()
            shutil.copy(target, link)


def _write_wrapper() -> None:
    loader = next(ROOT.glob("**/ld-linux-*.so.*"))
    libraries = next(ROOT.glob("usr/lib/*-linux-gnu*"))
    folders = [libraries, *(p for p in libraries.iterdir() if p.is_dir()), loader.parent]
    BIN.mkdir(exist_ok=True)
    wrapper = BIN / "wkhtmltopdf"
    wrapper.write_text(
        WRAPPER.format(
            root=ROOT,
            loader=loader,
            libraries=libraries,
            search_path=":".join(str(folder) for folder in folders),
        )
    )
    wrapper.chmod(0o755)
