"""``make i18n``: the terms of every product addon into its i18n/*.pot and *.po.

Odoo exports the terms from a copy of the tests' template, which has no demo
data; those of the ready processes are added (see i18n_diagrams.py), and code
words that nobody reads are left out (see i18n_code.py). The .po
files that stand there keep their translations: new terms come in empty, terms
that are gone leave. A new language starts as an empty file:
``touch addons/bpm_engine/i18n/sk.po``, then ``make i18n``.
"""

import sys
from pathlib import Path

from tools import i18n_code, i18n_diagrams
from tools.setup import browser, databases, node, odoo, paths, postgres, printing, python_env
from tools.setup.shell import SetupError, fail, only_one, say, step

METADATA = {
    "Project-Id-Version": "Odoo Server 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def main() -> None:
    with only_one("setup"):
        python_env.check_python()
        odoo.obtain_odoo()
        python_env.python_env(dev=True)
        node.designer_bundle()
        printing.pdf_printer()
        browser.browser()
        postgres.start_postgres()
        template = databases.build_template(demo=False)
        database = f"{databases.PREFIX}_i18n"
        databases.clone(template, database)
    try:
        export(database)
    finally:
        databases.drop(database)
    for addon in paths.product_addons():
        refresh(paths.ADDONS / addon / "i18n")


def export(database: str) -> None:
    """Let Odoo write ``<addon>/i18n/<addon>.pot`` of every product addon."""
    with step("Terms of the addons") as note:
        addons = paths.product_addons()
        for addon in addons:
            (paths.ADDONS / addon / "i18n").mkdir(exist_ok=True)
        databases.odoo("i18n", "export", "-d", database, *addons, log="i18n")
        note(", ".join(addons))


def refresh(folder: Path) -> None:
    """Bring a folder's .po files up to its .pot; what is translated stays so."""
    # The virtual environment has it; the interpreter that runs the tools may not.
    sys.path[:0] = map(str, paths.VENV.glob("lib/python3*/site-packages"))
    import polib

    (template,) = folder.glob("*.pot")
    terms = polib.pofile(str(template), wrapwidth=78)
    i18n_code.drop_unsaid(terms, folder.parent)
    i18n_diagrams.add_terms(terms, folder.parent)
    # Dates of export would make every run a change.
    terms.metadata = dict(METADATA)
    terms.save(newline="\n")
    for file in sorted(folder.glob("*.po")):
        old = polib.pofile(str(file)) if file.stat().st_size else ()
        known = {entry.msgid: entry.msgstr for entry in old}
        # A text that was only wrapped differently in its source keeps its translation.
        wrapped = {_flat(entry.msgid): _flat(entry.msgstr) for entry in old if "\n" in entry.msgid}
        for entry in terms:
            entry.msgstr = known.get(entry.msgid) or wrapped.get(entry.msgid, "")
        terms.metadata = {**METADATA, "Language": file.stem}
        terms.save(str(file), newline="\n")
        said = sum(bool(entry.msgstr) for entry in terms)
        say(f"  {folder.parent.name} {file.name}: {said} of {len(terms)} terms")


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
