"""What the engine says can be said in other languages: pattern and values go with it (HU-05)."""

import ast
from pathlib import Path

import pytest

from ... import engine
from ...engine import DiagramError, ExpressionError, expressions, lint, read_diagram
from ...engine.words import Told, told
from .test_lint import CASES, Facts

#: Calls whose texts reach people.
SAYING = {"Problem", "refuse", "add", "fail", "_refuse"}
SOURCES = sorted(Path(engine.__file__).parent.glob("*.py"))


def rendered(sentence):
    """A sentence made anew of its pattern and values, as a translation would be."""
    values = {
        name: rendered(value) if isinstance(value, Told) else value
        for name, value in sentence.values.items()
    }
    return sentence.pattern % values if values else sentence.pattern


def test_a_sentence_is_its_text_and_keeps_what_it_is_made_of():
    inner = told("there is no task “%(task)s”.", task="100 %")
    whole = told("%(place)s: %(text)s", place="Lane", text=inner)
    assert whole == "Lane: there is no task “100 %”."
    assert whole.values["text"].pattern == "there is no task “%(task)s”."
    assert rendered(whole) == whole


def test_an_error_inside_a_sentence_keeps_its_pattern():
    with pytest.raises(ExpressionError) as caught:
        expressions.parse("amount >")
    whole = told("%(place)s: %(error)s", place="Timer", error=caught.value)
    assert isinstance(whole.values["error"], Told)
    assert rendered(whole) == whole
    assert told("%(error)s", error=ValueError("plain")) == "plain"


@pytest.mark.parametrize("code", CASES)
def test_every_finding_can_be_translated(code):
    for problem in lint(CASES[code], Facts()):
        assert isinstance(problem.message, Told), problem
        assert rendered(problem.message) == problem.message


@pytest.mark.parametrize("xml", ["", "<a", "<a/>", "<!DOCTYPE a><a/>", "x" * 2_000_000])
def test_every_refusal_of_a_file_can_be_translated(xml):
    with pytest.raises(DiagramError) as caught:
        read_diagram(xml)
    assert all(isinstance(problem.message, Told) for problem in caught.value.problems)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_text_for_people_is_put_together_by_hand(source):
    """A text that is no term of the addon would stay English for ever."""
    found = []
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SAYING or name.endswith("Error"):
            found += [
                f"{source.name}:{text.lineno}"
                for text in [*node.args, *(keyword.value for keyword in node.keywords)]
                if isinstance(text, ast.JoinedStr)
                or (isinstance(text, ast.Constant) and " " in str(text.value))
            ]
    assert not found


def test_an_unreadable_expression_names_the_place_and_an_example():
    with pytest.raises(ExpressionError, match="cannot be read from “> 5” on.*for instance"):
        expressions.parse("amount > > 5")
