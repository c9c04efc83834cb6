"""``make bench``: speed and memory against floors measured in the same run.

NAME='ledger|calls' runs the benches whose name the regular expression finds,
SIZE=10000 sets the number of customers (default 100000: 2.2 million orders, 10
million lines). Prints a table and writes bench.json; TABLE=docs/speed.md writes the
figures into the table of that document too, which keeps those of benches that did not
run. Ends with an error when a target is missed. The first run generates the data, which
takes minutes; it is kept.
"""

import os
import subprocess
import sys

from tools.setup import browser, databases, odoo, paths, postgres, python_env
from tools.setup.shell import SetupError, fail, only_one, say


def main() -> None:
    say("Setting up for benches")
    with only_one("setup"):
        python_env.check_python()
        odoo.obtain_odoo()
        python_env.python_env(dev=True)
        browser.browser()
        postgres.start_postgres()
        databases.build_base()
    command = [str(paths.VENV_PYTHON), "-m", "tests.bench", *_options()]
    env = {**os.environ, **databases.odoo_env()}
    sys.exit(subprocess.run(command, cwd=paths.REPO, env=env, check=False).returncode)


def _options() -> list[str]:
    """NAME, SIZE and TABLE of the make command as options of the bench program."""
    names = ("NAME", "SIZE", "TABLE")
    given = {f"--{name.lower()}": os.environ.get(name) for name in names}
    return [part for option, value in given.items() if value for part in (option, value)]


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
