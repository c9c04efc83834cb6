"""The virtual environment: pinned PyPI packages, Odoo on its path."""

import shutil
import sys
from pathlib import Path

from . import paths
from .odoo import odoo_python_path
from .shell import (
    SetupError,
    digest,
    done,
    human_size,
    mark_done,
    need_debian_packages,
    run,
    step,
)

#: Odoo 19.0 runs on these interpreters (odoo/release.py: MIN_PY, MAX_PY).
PYTHONS = ((3, 10), (3, 13))


def python_env(dev: bool) -> None:
    """Create or complete the environment; ``dev`` adds the test tools."""
    check_python()
    requirements = paths.REPO / ("requirements-dev.txt" if dev else "requirements.txt")
    stamp = f"python-{paths.VENV.name}" + ("-dev" if dev else "")
    key = digest(*(f.read_text() for f in paths.REPO.glob("requirements*.txt")))
    with step("Python packages" + (" (with test tools)" if dev else "")) as note:
        if not paths.VENV_PYTHON.exists():
            _create_venv()
        if done(stamp, key):
            note("there already")
        else:
            pip_install("-r", requirements)
            # OCA's addons ask for a distribution named odoo, which Odoo's own
            # package is not; what they need besides stands in requirements.txt.
            pip_install("--no-deps", "-r", paths.REPO / "requirements-oca.txt")
            if dev:
                pip_install("--no-deps", "-r", paths.REPO / "requirements-oca-dev.txt")
            mark_done(stamp, key)
            note(human_size(paths.VENV))
        _link_odoo()


def pip_install(*arguments) -> None:
    run(
        [paths.VENV_PYTHON, "-m", "pip", "install", "--quiet", *arguments],
        log="pip",
        env={"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )


def check_python() -> None:
    """Refuse interpreters that Odoo 19.0 does not support."""
    low, high = PYTHONS
    if not low <= sys.version_info[:2] <= high:
        raise SetupError(
            f"Odoo 19.0 runs on Python {low[0]}.{low[1]} to {high[0]}.{high[1]}; this is "
            f"{sys.version.split()[0]}. Name another one: make run PYTHON=python3.12"
        )


def _create_venv() -> None:
    shutil.rmtree(paths.VENV, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", paths.VENV])
    except SetupError:
        shutil.rmtree(paths.VENV, ignore_errors=True)
        # Debian splits ensurepip off the interpreter.
        need_debian_packages(
            {"python3-venv": f"/usr/lib/python3.{sys.version_info[1]}/ensurepip"},
            "A virtual environment",
        )
        run([sys.executable, "-m", "venv", paths.VENV])


def _site_packages() -> Path:
    return next(paths.VENV.glob("lib/python3*/site-packages"))


def oca_addons_paths() -> list[Path]:
    """The folder of OCA's addons that pip has filled, if there is one."""
    folders = [site / "odoo" / "addons" for site in paths.VENV.glob("lib/python3*/site-packages")]
    return [folder for folder in folders if folder.is_dir()]


def _link_odoo() -> None:
    """One .pth file puts Odoo on the path of this environment."""
    site = _site_packages()
    link = site / "crm_bpm_odoo.pth"
    wanted = f"{odoo_python_path()}\n"
    if not link.exists() or link.read_text() != wanted:
        link.write_text(wanted)
