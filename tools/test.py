"""``make test``: set up what is missing, lint, then pytest, whose line ends it.

ADDON=crm_bpm_core limits the run to that addon, K=monitoring to tests whose
name matches, TESTS="path ..." to files; then lint is left out.
"""

import os
import subprocess
import sys

from tools import lint
from tools.setup import browser, databases, node, odoo, paths, postgres, printing, python_env
from tools.setup.shell import SetupError, digest, fail, only_one, say, step


def main() -> None:
    part = any(os.environ.get(name) for name in ("ADDON", "K", "TESTS"))
    say("Setting up for tests")
    with only_one("setup"):
        python_env.check_python()
        odoo.obtain_odoo()
        python_env.python_env(dev=True)
        if not part:
            node.npm_packages()
        node.designer_bundle()
        printing.pdf_printer()
        browser.browser()
        postgres.start_postgres()
        template = databases.build_template(demo=False)
        database = _test_database(template)
    if not part and lint.main():
        raise SetupError("lint found what stands above; 'make lint' repeats only this")
    try:
        code = pytest(database, template)
    finally:
        databases.drop(database)
    sys.exit(code)


def _test_database(template: str) -> str:
    name = f"{databases.PREFIX}_run_{digest(template, str(os.getpid()))}"
    with step("Test database") as note:
        databases.clone(template, name)
        note(name)
    return name


def _parallel() -> list[str]:
    """Options for the whole suite: one worker a core, each with its own copy of the database.

    A file stays with one worker, as its classes share what they set up.
    """
    if any(os.environ.get(name) for name in ("ADDON", "K", "TESTS")):
        return []
    return ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]


def pytest(database: str, template: str) -> int:
    addon = os.environ.get("ADDON")
    keyword = os.environ.get("K")
    tests = os.environ.get("TESTS", "").split()
    # What starts servers and browsers takes longest, so it begins first.
    where = tests or ([f"addons/{addon}"] if addon else ["tests", "addons"])
    for target in where:
        if not (paths.REPO / target.split("::")[0]).exists():
            raise SetupError(f"{target} does not exist in this clone.")
    command = [
        str(paths.VENV_PYTHON), "-m", "pytest",
        "--odoo-http", "--odoo-log-level=error", f"--odoo-database={database}",
        *where, *_parallel(),
        *(["-k", keyword] if keyword else []),
        *os.environ.get("PYTEST_ARGS", "").split(),
    ]  # fmt: skip
    env = {
        **os.environ,
        **databases.odoo_env(),
        # Tests throw everything away: no need to wait for the disk.
        "PGOPTIONS": "-c synchronous_commit=off",
        # Tests with processes of their own clone it: nobody is connected to it.
        "CRM_BPM_TEMPLATE": template,
    }
    return subprocess.run(command, cwd=paths.REPO, env=env, check=False).returncode


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        say("\nInterrupted.")
        sys.exit(130)
