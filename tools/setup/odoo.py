"""Obtain Odoo 19.0: an own checkout (ODOO_HOME) or Debian's package, unpacked.

Nothing is installed into the system: apt works on private lists and a private
cache, and the packages are only unpacked into the cache folder.
"""

import os
import re
import shutil
from pathlib import Path

from . import paths
from .shell import SetupError, done, human_size, mark_done, run, step

#: Debian packages from unstable; the versions this product was tested with.
#: A pin that unstable no longer carries gives way to its present version.
SID_PACKAGES = {
    "odoo-19": "19.0.0+dfsg-1",
    "libjs-jquery": None,
    "libjs-jquery-form": None,
    "libjs-underscore": None,
    "fonts-montserrat": None,
    "fonts-roboto-unhinted": None,
    "fonts-inconsolata": None,
    "fonts-ocr-b": None,
    "fonts-lato": None,
    "fonts-glyphicons-halflings": None,
}
#: Font Awesome 7 lacks the files Odoo links to, so 4.7 of bookworm is taken.
BOOKWORM_PACKAGES = {"fonts-font-awesome": None}

OWN_ODOO_HELP = (
    "Odoo can also be given: set ODOO_HOME to a source checkout of Odoo 19.0 "
    "(the folder with odoo-bin) or to a folder that holds the package 'odoo'."
)


def odoo_python_path() -> Path:
    """The folder to put on sys.path so that ``import odoo`` works."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return paths.ODOO_TREE / "usr/lib/python3/dist-packages"
    folder = Path(home).expanduser().resolve()
    release = folder / "odoo" / "release.py"
    if not release.exists():
        raise SetupError(f"ODOO_HOME={home} holds no odoo/release.py.\n{OWN_ODOO_HELP}")
    version = re.search(r"version_info = \((\d+), (\d+)", release.read_text())
    if not version or version.groups() != ("19", "0"):
        found = ".".join(version.groups()) if version else "unknown"
        raise SetupError(f"ODOO_HOME={home} is Odoo {found}, not 19.0.\n{OWN_ODOO_HELP}")
    return folder


def is_debian_tree() -> bool:
    """Whether Odoo is Debian's package, which lacks one JavaScript file."""
    return not os.environ.get("ODOO_HOME")


def odoo_addons_paths() -> list[Path]:
    """Odoo's own addons folders beside the product's."""
    base = odoo_python_path()
    folders = [base / "addons", base / "odoo" / "addons"]
    return [folder for folder in folders if folder.is_dir()]


def obtain_odoo() -> None:
    with step("Odoo 19.0") as note:
        if os.environ.get("ODOO_HOME"):
            note(f"ODOO_HOME {odoo_python_path()}")
            return
        key = f"{SID_PACKAGES}{BOOKWORM_PACKAGES}"
        if done("odoo", key):
            note("there already")
            return
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise SetupError(
                "Odoo 19.0 comes from a Debian package, and this system has no "
                f"apt-get.\n{OWN_ODOO_HELP}"
            )
        shutil.rmtree(paths.ODOO_TREE, ignore_errors=True)
        for suite, packages in (
            ("sid", SID_PACKAGES),
            ("bookworm", BOOKWORM_PACKAGES),
        ):
            _unpack_from_suite(suite, packages)
        mark_done("odoo", key)
        note(human_size(paths.ODOO_TREE))


def _unpack_from_suite(suite: str, packages: dict) -> None:
    apt = private_apt(suite)
    folder = paths.DEBS / suite
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run(["apt-get", *apt, "update"], log=f"apt-{suite}")
        for name, version in packages.items():
            if not list(folder.glob(f"{name}_*.deb")):
                _download(apt, folder, name, version)
    except SetupError as error:
        raise SetupError(f"{error}\n{OWN_ODOO_HELP}") from error
    paths.ODOO_TREE.mkdir(parents=True, exist_ok=True)
    for name in packages:
        run(["dpkg", "-x", next(folder.glob(f"{name}_*.deb")), paths.ODOO_TREE])


def _download(apt: list[str], folder: Path, name: str, version: str | None) -> None:
    """Fetch into a folder of its own first: a cut download leaves nothing."""
    partial = folder / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        wanted = f"{name}={version}" if version else name
        run(["apt-get", *apt, "download", wanted], cwd=partial)
    except SetupError:
        if not version:
            raise
        run(["apt-get", *apt, "download", name], cwd=partial)
    for deb in partial.glob("*.deb"):
        deb.replace(folder / deb.name)


def private_apt(suite: str) -> list[str]:
    """Options that keep apt away from the system's own sources and lists."""
    root = paths.CACHE / "apt" / suite
    for part in ("lists/partial", "cache/archives/partial"):
        (root / part).mkdir(parents=True, exist_ok=True)
    sources = root / "sources.list"
    sources.write_text(f"deb {_mirror()} {suite} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": root / "lists",
        "Dir::Cache": root / "cache",
        "Dir::State::status": "/dev/null",
        "Acquire::Languages": "none",
        # The cache may lie in a home that the sandbox user cannot enter.
        "APT::Sandbox::User": "root",
    }
    return [part for k, v in options.items() for part in ("-o", f"{k}={v}")]


def _mirror() -> str:
    """The Debian mirror that this machine's own apt uses."""
    uris = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)", "Created-By: Packages"]
    ).split("\n")
    pairs = [line.split(" ", 1) for line in uris if line.strip()]
    for uri, *origin in pairs:
        if "security" not in uri and (not origin or origin[0].strip() in ("", "Debian")):
            return uri
    raise SetupError(
        f"apt on this machine names no Debian mirror to take Odoo from.\n{OWN_ODOO_HELP}"
    )
