"""``make forms``: every printed form of the demo as PDF and as pictures of its pages.

With each build of wkhtmltopdf that is there, into build/forms/<build>. A person looks at
them: alignment, page breaks, signatures, letters. FORM_LANGUAGE=en_US prints another language;
from the English ones docs/pictures are made.
"""

import os
import subprocess

from tools.run import DATABASE
from tools.setup import databases, paths, postgres, printing, python_env
from tools.setup.shell import SetupError, fail, only_one, say

TARGET = paths.REPO / "build" / "forms"
MARK = "FORM "
CODE = """
from pathlib import Path
from tools.forms_print import print_all
for row in print_all(env, Path({folder!r}), {language!r}):
    print("{mark}" + "\\t".join(map(str, row)))
"""


def main() -> None:
    database = os.environ.get("DATABASE") or DATABASE
    with only_one("setup"):
        python_env.python_env(dev=True)
        printing.pdf_printer()
        postgres.start_postgres()
    if not databases.exists(database):
        raise SetupError(f"There is no database {database}: make run makes it.")
    for build, name, pages in _print(database):
        say(f"  {build:<8} {name:<18} {pages} page(s)")
    say(f"Look at them in {TARGET}")


def _print(database: str) -> list[list[str]]:
    language = os.environ.get("FORM_LANGUAGE") or "ru_RU"
    process = subprocess.run(
        [str(paths.VENV_PYTHON), "-m", "odoo", "shell", "-d", database, "--no-http"],
        input=CODE.format(folder=str(TARGET), language=language, mark=MARK),
        capture_output=True,
        text=True,
        cwd=paths.REPO,
        env={**os.environ, **databases.odoo_env(), "PYTHONPATH": str(paths.REPO)},
        check=False,
    )
    rows = [
        line.split(MARK, 1)[1].split("\t") for line in process.stdout.splitlines() if MARK in line
    ]
    if not rows:
        tail = "\n".join((process.stderr or process.stdout).strip().splitlines()[-8:])
        raise SetupError(f"The forms of {database} could not be printed:\n{tail}")
    return rows


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
