"""The list of requirements and the tool that says which test shows which."""

import json
import sys
import textwrap

import pytest

from tools import stories
from tools.setup.shell import SetupError

KNOWN = ["PK-11", "PK-12", "PK-13", "PK-14", "AT-01"]


def shown(source: str, tmp_path, known=KNOWN):
    file = tmp_path / "test_x.py"
    file.write_text(textwrap.dedent(source))
    return stories.collect([file], known)


def test_the_list_has_every_requirement_once():
    ids = stories.requirement_ids(stories.LIST.read_text())
    assert len(ids) == 273
    assert len(set(ids)) == 273


def test_every_customer_case_is_numbered_without_a_gap():
    ids = stories.requirement_ids(stories.LIST.read_text())
    for case in {name[:2] for name in ids}:
        numbers = [int(name[3:]) for name in ids if name.startswith(case)]
        assert numbers == list(range(1, len(numbers) + 1)), case


def test_an_id_twice_is_an_error():
    with pytest.raises(SetupError, match="more than once: PK-12"):
        stories.requirement_ids("- **PK-12** once\n- **PK-12** again\n")


def test_docstring_of_a_test_counts(tmp_path):
    found, unknown = shown('def test_a():\n    """PK-12: at one."""\n', tmp_path)
    assert found == {"PK-12": ["test_x.py::test_a"]}
    assert not unknown


def test_ids_of_a_class_hold_for_its_tests_only(tmp_path):
    source = '''
    class TestA:
        """PK-12, PK-13"""
        def test_a(self):
            """PK-14"""
        def helper(self):
            """PK-11"""
    class TestB:
        def test_b(self):
            pass
    '''
    found, _unknown = shown(source, tmp_path)
    assert found == {name: ["test_x.py::TestA::test_a"] for name in ("PK-12", "PK-13", "PK-14")}


def test_comments_count_where_they_stand(tmp_path):
    source = """
    class TestA:
        # PK-11
        value = 1

        # PK-12
        @decorator
        def test_a(self):
            pass

        def test_b(self):
            check()  # PK-13
    """
    found, _unknown = shown(source, tmp_path)
    a, b = "test_x.py::TestA::test_a", "test_x.py::TestA::test_b"
    assert found == {"PK-11": [a, b], "PK-12": [a], "PK-13": [b]}


def test_module_counts_once_and_only_with_tests(tmp_path):
    found, _unknown = shown('"""PK-12"""\ndef test_a():\n    pass\n', tmp_path)
    assert found == {"PK-12": ["test_x.py"]}
    found, _unknown = shown('"""PK-12"""\ndef helper():\n    pass\n', tmp_path)
    assert not found


def test_name_of_a_test_counts(tmp_path):
    found, _unknown = shown("def test_pk12_night_at_01():\n    pass\n", tmp_path)
    assert list(found) == ["PK-12"]


@pytest.mark.parametrize("text", ["PK-11…PK-14", "PK-11...14", "PK-11 to PK-14", "PK-11–14"])
def test_a_range_shows_nothing(text, tmp_path):
    found, unknown = shown(f'def test_a():\n    """{text}"""\n', tmp_path)
    assert not found
    assert not unknown


def test_an_unknown_id_is_an_error_with_its_place(tmp_path):
    name = "PK-" + "99"
    _found, unknown = shown(f'\n\ndef test_a():\n    """{name}"""\n', tmp_path)
    assert unknown == [f"test_x.py:3: {name} is no requirement"]


def test_strings_are_not_mentions(tmp_path):
    found, unknown = shown('def test_a():\n    article = "PK-12"\n', tmp_path)
    assert not found
    assert not unknown


def test_names_of_javascript_tests_count(tmp_path):
    file = tmp_path / "today.test.js"
    file.write_text('test("PK-13: the list", async () => {});\ntest("other", () => {});')
    found, _unknown = stories.collect([file], KNOWN)
    assert found == {"PK-13": ["today.test.js::PK-13: the list"]}


def test_json_tells_what_is_missing(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["stories", "--json"])
    code = stories.main()
    told = json.loads(capsys.readouterr().out)
    assert code == 0, told["unknown"]
    assert told["total"] == 273
    assert told["shown_count"] + len(told["missing"]) == 273
