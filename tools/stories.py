"""``make stories``: which requirement is shown by which test, and which by none.

docs/requirements.md lists the requirements. A test names those it shows in its
docstring, in a comment or in its name (``test_pk12_...``). An id at a class
holds for all its tests, one at a module for the module. Only ids that are
written out count: a range like ``PK-06...PK-19`` shows nothing.
"""

import ast
import json
import re
import sys
import textwrap
import tokenize
from collections import defaultdict
from pathlib import Path

from tools.setup import paths
from tools.setup.shell import SetupError, fail, say

LIST = paths.REPO / "docs" / "requirements.md"
ENTRY = re.compile(r"^- \*\*([A-Z]{2}-\d{2})\*\* \S")
ID = re.compile(r"\b[A-Z]{2}-\d{2}\b")
RANGE = re.compile(
    r"\b[A-Z]{2}-\d{2}\s*(?:…|\.{2,3}|–|—|-|\bto\b|\buntil\b)\s*(?:[A-Z]{2}-)?\d{2}\b"
)
NAMED = re.compile(r"_([a-z]{2})(\d{2})(?=_|$)")
JAVASCRIPT_TEST = re.compile(r"""\btest\(\s*(["'`])(.*?)\1""", re.DOTALL)


def main() -> int:
    known = requirement_ids(LIST.read_text())
    shown, unknown = collect(test_files(paths.REPO), known)
    if "--json" in sys.argv:
        say(json.dumps(report(shown, unknown, known), indent=1, ensure_ascii=False))
    else:
        print_report(shown, unknown, known)
    return int(bool(unknown))


def requirement_ids(text: str) -> list[str]:
    """The ids of the list, in its order; one that stands there twice is an error."""
    found = [match[1] for match in map(ENTRY.match, text.splitlines()) if match]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise SetupError(f"{LIST.name} has these ids more than once: {', '.join(twice)}")
    return found


def test_files(repo: Path) -> list[Path]:
    patterns = (
        "addons/*/tests/**/test_*.py",
        "tests/**/test_*.py",
        "addons/*/static/tests/**/*.test.js",
    )
    return sorted({file for pattern in patterns for file in repo.glob(pattern)})


def collect(files, known) -> tuple[dict[str, list[str]], list[str]]:
    """Id -> tests that name it, and complaints about ids that do not exist."""
    shown = defaultdict(list)
    unknown = []
    for file in files:
        name = (
            file.relative_to(paths.REPO).as_posix()
            if file.is_relative_to(paths.REPO)
            else file.name
        )
        read = _javascript_mentions if file.suffix == ".js" else mentions
        for place, line, found in read(file.read_text()):
            for requirement in found:
                if requirement not in known:
                    unknown.append(f"{name}:{line}: {requirement} is no requirement")
                elif place is not None:
                    shown[requirement].append(f"{name}{place}")
    return {key: list(dict.fromkeys(shown[key])) for key in known if key in shown}, unknown


def mentions(source: str) -> list[tuple[str | None, int, set[str]]]:
    """(test, line, ids) of a Python test module; the test is None where none is meant."""
    tree = ast.parse(source)
    comments = _comments(source)
    tests = [node for node in ast.walk(tree) if _is_test(node)]
    module = "" if tests else None
    result = [(module, 1, _written_ids(ast.get_docstring(tree)))]
    taken = set()
    for node in tree.body:
        result += _of_node(node, "", set(), comments, source.splitlines(), taken)
    rest = " ".join(text for line, text in comments.items() if line not in taken)
    result.append((module, 1, _written_ids(rest)))
    return [item for item in result if item[2]]


def _of_node(node, prefix, inherited, comments, lines, taken) -> list:
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    place = f"{prefix}::{node.name}"
    own = _written_ids(ast.get_docstring(node))
    if not isinstance(node, ast.ClassDef):
        own |= _comment_ids(_first_line(node, lines), node.end_lineno, comments, taken)
        if not _is_test(node):
            return [(None, node.lineno, own)]
        return [
            (place, node.lineno, own | inherited),
            (place, node.lineno, _ids_of_name(node.name)),
        ]
    inside = []
    # Comments of the class are those that no method of it has taken.
    methods = [child for child in node.body if not isinstance(child, ast.ClassDef)]
    spans = [
        (_first_line(child, lines), child.end_lineno) for child in methods if _is_function(child)
    ]
    free = {
        line: text
        for line, text in comments.items()
        if not any(first <= line <= last for first, last in spans)
    }
    own |= _comment_ids(_first_line(node, lines), node.end_lineno, free, taken)
    for child in node.body:
        inside += _of_node(child, place, own | inherited, comments, lines, taken)
    has_tests = any(_is_test(child) for child in ast.walk(node))
    return inside if has_tests else [(None, node.lineno, own), *inside]


def _comment_ids(first, last, comments, taken) -> set[str]:
    mine = [line for line in comments if first <= line <= last]
    taken.update(mine)
    return _written_ids(" ".join(comments[line] for line in mine))


def _first_line(node, lines: list[str]) -> int:
    """Where the node begins, with its decorators and the comment above them."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    while first > 1 and lines[first - 2].strip().startswith("#"):
        first -= 1
    return first


def _is_function(node) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _is_test(node) -> bool:
    return _is_function(node) and node.name.startswith("test")


def _written_ids(text: str | None) -> set[str]:
    return set(ID.findall(RANGE.sub(" ", text or "")))


def _ids_of_name(name: str) -> set[str]:
    return {f"{letters.upper()}-{digits}" for letters, digits in NAMED.findall(name)}


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _javascript_mentions(source: str) -> list[tuple[str, int, set[str]]]:
    return [
        (f"::{match[2]}", source.count("\n", 0, match.start()) + 1, _written_ids(match[2]))
        for match in JAVASCRIPT_TEST.finditer(source)
    ]


def report(shown, unknown, known) -> dict:
    missing = [name for name in known if name not in shown]
    return {
        "total": len(known),
        "shown_count": len(shown),
        "shown": shown,
        "missing": missing,
        "unknown": unknown,
    }


def print_report(shown, unknown, known) -> None:
    for name, tests in shown.items():
        say(f"{name}  {tests[0]}")
        for test in tests[1:]:
            say(f"       {test}")
    missing = report(shown, unknown, known)["missing"]
    say(
        textwrap.fill(
            f"missing: {' '.join(missing) or 'none'}",
            100,
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
    )
    for line in unknown:
        say(f"error: {line}")
    say(f"{len(shown)} of {len(known)} requirements are shown by a test")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        fail(error)
