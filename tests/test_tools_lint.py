"""The house's own checks: each must find what it is for."""

import pytest

from tools import lint

MANIFEST = {
    "name": "X",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "depends": ["crm"],
    "data": ["views/x.xml"],
}


@pytest.fixture
def addon(tmp_path):
    """Write an addon with this manifest; returns what is found."""

    def check(name="crm_bpm_core", **changes):
        folder = tmp_path / name
        (folder / "views").mkdir(parents=True, exist_ok=True)
        (folder / "views" / "x.xml").write_text("<odoo/>")
        (folder / "__manifest__.py").write_text(repr({**MANIFEST, **changes}))
        return lint.manifest_findings(folder)

    return check


def test_a_right_manifest(addon):
    assert addon() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "19.0.1.0"}, "is not 19.0.x.y.z"),
        ({"version": "18.0.1.0.0"}, "is not 19.0.x.y.z"),
        ({"license": "AGPL-3"}, "must be LGPL-3"),
        ({"data": []}, "does not name views/x.xml"),
        ({"data": ["views/x.xml", "data/y.xml"]}, "names data/y.xml, which does not exist"),
        ({"assets": {"web.assets_backend": ["crm_bpm_core/static/src/*.js"]}}, "matches no file"),
        ({"depends": ["crm_tenders"]}, "points the wrong way"),
    ],
)
def test_a_wrong_manifest(addon, changes, said):
    found = addon(**changes)
    assert len(found) == 1
    assert said in found[0]


def test_only_the_helpdesk_is_agpl(addon):
    assert addon("crm_helpdesk_sla", license="AGPL-3") == []
    assert "must be AGPL-3" in addon("crm_helpdesk_sla")[0]


def test_layers():
    """Dependencies point one way; a bridge that installs itself may join any two."""
    assert lint._layer_findings("crm_tenders", {"depends": ["crm_payment_plan"]}) == []
    assert lint._layer_findings("crm_payment_plan", {"depends": ["crm_tenders"]})
    assert lint._layer_findings("bpm_engine", {"depends": ["crm_bpm_core"]})
    assert lint._layer_findings("crm_unknown", {"depends": []})
    bridge = {"depends": ["crm_telephony", "crm_tenders"], "auto_install": True}
    assert lint._layer_findings("crm_telephony_tenders", bridge) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{lint.XML_HEADER}\n<odoo />\n", None),
        ("<odoo />\n", "the first line must be"),
        (f"{lint.XML_HEADER}\n<odoo>\n", "not well-formed"),
        (
            f"{lint.XML_HEADER}\n<odoo><field name='domain'>[('a', 'not\n in', b)]</field></odoo>",
            "no expression of Python",
        ),
        (f"{lint.XML_HEADER}\n<odoo><field name='domain'>\n[('a', '=', b)]</field></odoo>", None),
        (f"{lint.XML_HEADER}\n<odoo><field name='note'>\n a</field></odoo>", "its indentation"),
        (f"{lint.XML_HEADER}\n<odoo><field name='note'>a</field></odoo>", None),
    ],
)
def test_xml(tmp_path, text, said):
    file = tmp_path / "x.xml"
    file.write_text(text)
    found = lint.xml_findings(file)
    assert [said in line for line in found] == ([True] if said else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "root/clone/x.py", True),
        ("/" + "home/anna/project", True),
        ("https://packages.example.com/x", True),
        ("/usr/lib/postgresql", False),
        ("${HOME}/home/x", False),
        ("docs/home/page", False),
        ("~/.cache/crm-bpm", False),
    ],
)
def test_traces_of_a_machine(monkeypatch, text, found):
    monkeypatch.setattr(lint, "registry_hosts", lambda: {"packages.example.com"})
    assert bool(lint.trace_pattern().search(text)) is found


def test_tests_that_nobody_loads(tmp_path, monkeypatch):
    (tmp_path / "__init__.py").write_text("from . import test_a\n")
    (tmp_path / "test_a.py").write_text("")
    (tmp_path / "test_b.py").write_text("")
    assert [line.split(": ")[1] for line in lint._unloaded_tests(tmp_path)] == [
        "does not import test_b"
    ]


def test_imports_of_an_addon_above(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("import os\nfrom odoo.addons.crm_tenders.models import tender\n")
    assert ":2: imports odoo.addons.crm_tenders" in lint._foreign_imports(file, {"crm_tenders"})[0]
    assert lint._foreign_imports(file, {"crm_1c_sync"}) == []


@pytest.mark.parametrize(
    ("line", "suffix", "said"),
    [
        ("text", ".py", ""),
        ("text ", ".py", "blanks"),
        ("text  ", ".md", ""),
        ("text\r", ".py", "CR"),
        ("<" * 7 + " HEAD", ".py", "conflict"),
    ],
)
def test_text(line, suffix, said):
    assert said in lint._line_finding(line, suffix)
    assert bool(lint._line_finding(line, suffix)) is bool(said)
