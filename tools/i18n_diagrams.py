"""Terms of the ready processes: what people read in an addon's data/processes/*.bpmn.

Odoo exports terms of code, views and data only. Those of diagrams are written like terms of
Python code, so that Odoo finds their translations by module, language and text.
"""

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

from tools.setup import paths

#: By this comment Odoo knows the terms that its server may be asked for.
COMMENT = "odoo-python"
#: Names of ready processes are asked for before the database knows their translations.
_OF_TEMPLATE = "model:bpm.process.template,"
WORDS = paths.ADDONS / "bpm_engine" / "lib" / "diagram_words.py"


def add_terms(terms, addon: Path) -> None:
    """Add the texts of an addon's diagrams to its terms, in the order Odoo gives them.

    :param terms: polib.POFile, changed in place.
    """
    import polib

    known = {entry.msgid: entry for entry in terms}
    for entry in terms:
        if any(_OF_TEMPLATE in place for place, _line in entry.occurrences):
            _offer(entry, addon, _find_data(addon))
    for text, files in find_terms(addon).items():
        entry = known.get(text)
        if entry is None:
            entry = polib.POEntry(msgid=text, comment=f"module: {addon.name}")
            terms.append(entry)
        _offer(entry, addon, files)
    terms.sort(key=lambda entry: entry.msgid)


def _offer(entry, addon: Path, files: list[str]) -> None:
    """Let Odoo's server find the term by its text, as one of its code in these files."""
    if COMMENT not in entry.comment.splitlines():
        entry.comment = f"{entry.comment}\n{COMMENT}"
    places = [(f"code:addons/{addon.name}/{file}", "0") for file in files]
    entry.occurrences += [place for place in places if place not in entry.occurrences]


def _find_data(addon: Path) -> list[str]:
    """Files that describe the addon's ready processes."""
    files = sorted((addon / "data").glob("*.xml"))
    found = [path for path in files if 'model="bpm.process.template"' in path.read_text()]
    return [path.relative_to(addon).as_posix() for path in found[:1]]


def find_terms(addon: Path) -> dict[str, list[str]]:
    """{text: files of the addon in which it stands}."""
    words = _load_words()
    found: dict[str, list[str]] = {}
    for path in sorted((addon / "data" / "processes").glob("*.bpmn")):
        file = path.relative_to(addon).as_posix()
        for text in words.words_of(ElementTree.parse(path).getroot()):
            files = found.setdefault(text, [])
            if file not in files:
                files.append(file)
    return found


def _load_words():
    """The addon's own rule of what is read, without its Odoo parts."""
    spec = importlib.util.spec_from_file_location("diagram_words", WORDS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
