"""Terms that Odoo's exporter takes from Python code although nobody ever reads them.

It takes a bracket for the call of the last name before it: the ``("state", "=", "sale")`` that
follows ``_lt("Goods shipped"), "where": [`` comes out as a text of its own, and translators are
asked for the name of a field. Here the code is read as Python reads it.
"""

import ast
from pathlib import Path

#: How code calls for a translation: ``_``, ``self.env._``, ``_lt``.
SAYING = {"_", "_lt"}


def find_said(addon: Path) -> set[str]:
    """All texts for which the addon's Python code calls for a translation."""
    return {
        text
        for file in addon.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and _name_of(node.func) in SAYING
        for text in _texts_of(node.args[:1])
    }


def drop_unsaid(terms, addon: Path) -> None:
    """Take out of ``terms`` what is in Python code only and is never said there.

    :param terms: the addon's terms (``polib.POFile``).
    """
    said = find_said(addon)
    for entry in [entry for entry in terms if entry.msgid not in said]:
        if all(_is_python(place) for place, _line in entry.occurrences):
            terms.remove(entry)


def _is_python(place: str) -> bool:
    return place.startswith("code:") and place.endswith(".py")


def _name_of(called) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _texts_of(arguments) -> list[str]:
    return [
        node.value
        for argument in arguments
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
