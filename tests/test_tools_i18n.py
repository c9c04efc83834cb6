"""``make i18n`` finds what people read, also in the diagrams of ready processes (AT-07, PF-03)."""

import polib

from tools import i18n_code, i18n_diagrams
from tools.setup import paths

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpm="{bpm}">
  <message id="m" name="a_key"/>
  <process id="p" name="Sale">
    <!-- never read -->
    <userTask id="a" name="Call">
      <documentation>
        Ring twice.
      </documentation>
      <extensionElements>
        <bpm:assignment kind="role" role="user_id"/>
        <bpm:outcome key="yes" label="Agreed"/>
        <bpm:field name="phone"/>
        <bpm:action name="post_message">
          <bpm:parameter name="body" value="Called."/>
          <bpm:parameter name="note" value="=record.name"/>
          <bpm:parameter name="stage" value="crm.stage_lead2"/>
        </bpm:action>
      </extensionElements>
    </userTask>
    <textAnnotation id="t"><text>Only by day</text></textAnnotation>
    <sequenceFlow id="f" name=" "><conditionExpression>outcome == 'yes'</conditionExpression>
    </sequenceFlow>
  </process>
</definitions>"""


def make_addon(folder):
    namespace = "https://example.com/bpm"
    target = folder / "data" / "processes"
    target.mkdir(parents=True)
    (folder / "data" / "other.xml").write_text("<odoo />")
    (folder / "data" / "ready.xml").write_text('<record model="bpm.process.template" />')
    (target / "sale.bpmn").write_text(DIAGRAM.format(bpm=namespace))
    return folder


def test_what_people_read(tmp_path):
    """Names, buttons, instructions, notes and sentences; no keys, paths or conditions."""
    found = i18n_diagrams.find_terms(make_addon(tmp_path))
    assert list(found) == ["Sale", "Call", "Ring twice.", "Agreed", "Called.", "Only by day"]
    assert found["Call"] == ["data/processes/sale.bpmn"]


def test_terms_are_added_once(tmp_path):
    """They are terms of the server's code; what is translated already stays as it is."""
    terms = polib.POFile()
    model = polib.POEntry(msgid="Agreed", msgstr="Да", comment="module: x")
    model.occurrences = [("model:bpm.process.template,name:x.y", "0")]
    terms.append(model)
    shop = make_addon(tmp_path / "shop")
    for _time in range(2):
        i18n_diagrams.add_terms(terms, shop)
    by_text = {entry.msgid: entry for entry in terms}
    assert len(by_text) == len(terms) == 6
    assert by_text["Agreed"].msgstr == "Да"
    assert by_text["Agreed"].comment.splitlines() == ["module: x", "odoo-python"]
    assert [place for place, _line in by_text["Agreed"].occurrences] == [
        "model:bpm.process.template,name:x.y",
        "code:addons/shop/data/ready.xml",
        "code:addons/shop/data/processes/sale.bpmn",
    ]
    assert [entry.msgid for entry in terms] == sorted(by_text)


CODE = """
_lt = LazyTranslate(__name__)
SHIPPED = {"name": _lt("Goods " "shipped"), "where": [("state", "=", "sale")]}
def tell(self):
    return self.env._("%s was told", _("the %(who)s", who="buyer")), ("parent_id", "=", 1)
"""


def test_code_words_are_no_terms(tmp_path):
    """What Odoo takes for a text because of the bracket behind it is not asked of translators."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "sale.py").write_text(CODE)
    said = ["Goods shipped", "%s was told", "the %(who)s"]
    code, view = "code:addons/x/models/sale.py", "model_terms:ir.ui.view,arch_db:x.form"
    places = {text: [code] for text in (*said, "state", "parent_id")} | {"sale": [code, view]}
    terms = polib.POFile()
    for text, of_text in places.items():
        occurrences = [(place, "0") for place in of_text]
        terms.append(polib.POEntry(msgid=text, occurrences=occurrences))
    i18n_code.drop_unsaid(terms, tmp_path)
    assert [entry.msgid for entry in terms] == [*said, "sale"]


def test_the_engine_brings_its_own():
    """Each text of its three diagrams is a term of bpm_engine, said in each language."""
    addon = paths.ADDONS / "bpm_engine"
    found = i18n_diagrams.find_terms(addon)
    assert len(found) > 100
    for file in (addon / "i18n").glob("*.po*"):
        known = {entry.msgid: entry for entry in polib.pofile(str(file))}
        for text in found:
            assert i18n_diagrams.COMMENT in known[text].comment, f"{file.name}: {text}"
            assert file.suffix == ".pot" or known[text].msgstr, f"{file.name}: {text}"
