"""The addon's translations have the shape of their sources; the designer is whole (HU-05)."""

import re
from pathlib import Path

import polib
import pytest

I18N = Path(__file__).resolve().parents[1] / "i18n"
LANGUAGES = ("bg", "hu", "ru", "uk")
#: What code fills in, and tags with the attributes that no translation may change.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]")
TAG = re.compile(r"<(/?\w+)([^<>]*)>")
SHOWN_ATTRIBUTE = re.compile(r'\b(?:title|aria-label|placeholder|help|string)="[^"]*"')


def terms(name):
    return polib.pofile(str(I18N / name))


def shape(text):
    """What a translation keeps of its source, in any order.

    Of plural forms divided by "|" a language has its own number; each keeps the same.
    """
    if "|" in text and "%s" in text:
        text = text.split("|", maxsplit=1)[0]
    tags = [(tag, SHOWN_ATTRIBUTE.sub("", rest).strip()) for tag, rest in TAG.findall(text)]
    return sorted(PLACEHOLDER.findall(text)), sorted(tags)


def edges(text):
    """Line breaks and blanks that separate a part from what code puts beside it."""
    return text[:1] == " ", text[-1:] == " "


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_stay(language):
    wrong = [
        f"{entry.msgid!r} -> {entry.msgstr!r}"
        for entry in terms(f"{language}.po").translated_entries()
        if shape(entry.msgid) != shape(entry.msgstr)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_parts_keep_their_blanks(language):
    wrong = [
        entry.msgid
        for entry in terms(f"{language}.po").translated_entries()
        if "odoo-python" in entry.comment and edges(entry.msgid) != edges(entry.msgstr)
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_and_the_terms_are_those_of_the_template(language):
    translated = terms(f"{language}.po")
    assert not [entry.msgid for entry in translated if entry.fuzzy]
    assert {entry.msgid for entry in translated} == {
        entry.msgid for entry in terms("bpm_engine.pot")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_designer_speaks_the_language(language):
    """HU-05: every word of the designer is there in each of the languages."""
    of_designer = [
        entry
        for entry in terms(f"{language}.po")
        if any("/static/src/designer/" in place for place, _line in entry.occurrences)
    ]
    assert len(of_designer) > 200
    assert not [entry.msgid for entry in of_designer if not entry.msgstr]


def test_shape_tells_a_lost_placeholder_and_a_changed_tag():
    assert shape("%(name)s has %s") == shape("у %(name)s есть %s")
    assert shape("%(name)s has %s") != shape("%(nome)s has %s")
    assert shape('<i class="fa" title="Late"/>') == shape('<i class="fa" title="Поздно"/>')
    assert shape('<i class="fa" title="Late"/>') != shape('<i class="fo" title="Late"/>')
