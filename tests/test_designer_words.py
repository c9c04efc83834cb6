"""Every word that bpmn.io shows in the designer has a translation; an update loses none unseen.

What it may show is read from the bundle itself (tools/bundle/bpmn.js), not from a list kept here.
"""

import json
import re

import pytest

from tools.setup import paths

DESIGNER = paths.REPO / "addons/bpm_engine/static/src/designer"
BUNDLE = paths.REPO / "addons/bpm_engine/static/lib/bpmn/bpmn.js"
LANGUAGES = ("ru", "bg", "hu", "uk")
#: Our own palette stands in place of bpmn.io's, our own signs in place of those.
PALETTE = re.compile(r"(Create|Activate) ")
REPLACED = {
    "Append end event",
    "Append gateway",
    "Append intermediate/boundary event",
    "Append task",
}
#: Signs that are taken away, because the engine does not run what they draw.
TAKEN_AWAY = {"Append compensation activity", "Append conditional intermediate catch event"}
#: Only between data objects, which the designer does not offer.
NOT_OFFERED = {"Connect using association", "Connect using data input association"}
#: Not on the designer's page: the link to its makers, tooltips of other tools' templates.
ELSEWHERE = {"Powered by bpmn.io", "Open entry documentation", "Back"}


@pytest.fixture(scope="module")
def bundle() -> str:
    assert BUNDLE.exists(), f"{BUNDLE} is missing; type: make run"
    return BUNDLE.read_text()


def _menu_words(bundle):
    """Labels of the menu that changes an element, without those that are left out of it."""
    source = (DESIGNER / "modeler_parts.js").read_text()
    left_out = re.compile(re.search(r"UNSUPPORTED =\s*/(.*)/;", source)[1])
    entries = re.findall(r'[{,]"?([a-z][a-z-]*)"?:\{label:"([^"]+)",className:"bpmn-icon', bundle)
    flows = re.findall(r'label:"([^"]+)",actionName:"([^"]+)"', bundle)
    assert len(entries) > 60, "the bundle is built in another way: read it anew"
    assert len(flows) >= 3
    named = [(f"replace-with-{key}", label) for key, label in entries]
    named += [(action, label) for label, action in flows]
    return {label for action, label in named if not left_out.search(action)}


def _sign_words(bundle):
    """Titles of signs and tools that bpmn.io itself asks the translator for."""
    titles = re.findall(r'(?:title|label):[\w.$]+\("([^"]+)"', bundle)
    signs = re.findall(r'"bpmn-icon-[\w-]+",[\w$]+\("([^"]+)"', bundle)
    assert len(titles) > 15
    assert len(signs) > 5
    found = {word.strip() for word in titles + signs if not PALETTE.match(word)}
    return found - REPLACED - TAKEN_AWAY - NOT_OFFERED


def _simulation_words(bundle):
    """What trying out writes by itself, never asking a translator."""
    texts = re.findall(r'text:(?:[\w$]+\|\|)?"([^"]+)"', bundle)
    titles = re.findall(r'title="([^"$]{4,})"', bundle)
    assert len(texts) > 15
    assert "Trigger Event" in titles
    assert "Simulation Log" in bundle
    assert "No Entries" in bundle
    found = set(texts) | {title for title in titles if "'" not in title}
    patterns = re.findall(
        r'"([^"]*\{value\}[^"]*)"', (DESIGNER / "simulation_words.js").read_text()
    )
    told = {"Simulation Log", "No Entries", "Add pause point", "Remove pause point"}
    told |= {f"Process {what}" for what in ("started", "finished", "canceled")}
    return (found | told | set(patterns) | {"Slow", "Normal", "Fast"}) - ELSEWHERE


def _words(language, bundle):
    """Keys of our own file; of Russian also those of the translation that is bundled."""
    source = (DESIGNER / f"translations/{language}.js").read_text()
    pairs = re.findall(r'^    (?:"([^"]+)"|(\w+)): "([^"]+)",$', source, re.M)
    known = {quoted or bare: said for quoted, bare, said in pairs}
    if language == "ru":
        bundled = re.findall(r'[{,](?:"([^"]+)"|(\w+)):"([^"]*[А-я][^"]*)"', bundle)
        known = {quoted or bare: said for quoted, bare, said in bundled} | known
    return known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words_of", [_menu_words, _sign_words, _simulation_words])
def test_all_words_are_translated(bundle, language, words_of):
    """HU-05: menus, signs and trying out speak the person's language, whole."""
    wanted, known = words_of(bundle), _words(language, bundle)
    missing = sorted(word for word in wanted if not known.get(word))
    assert not missing, f"translations/{language}.js lacks: {json.dumps(missing)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_in_a_text_are_kept(bundle, language):
    """A value that is put into a text has its place in the translation too."""
    for word, said in _words(language, bundle).items():
        assert set(re.findall(r"\{\w+\}", word)) == set(re.findall(r"\{\w+\}", said)), word


def test_patterns_still_fit(bundle):
    """Texts with a value in them are written as the designer takes them apart."""
    for piece in (
        "Set animation speed = ${",
        "Focus process instance ${",
        "pause point",
        '"finished":"canceled"',
        "} started`",
        '["Slow",',
    ):
        assert piece in bundle, piece
