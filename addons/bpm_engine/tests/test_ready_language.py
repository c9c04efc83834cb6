"""Ready processes are made in the language of the company (AT-07, PF-03)."""

import re

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import get_translation

from odoo.addons.bpm_engine.engine.diagram import sketch
from odoo.addons.bpm_engine.engine.xml_source import read_xml
from odoo.addons.bpm_engine.lib.diagram_words import words_of

LATIN = re.compile(r"[A-Za-z]{2,}")
OWN = "bpm_engine/"


@tagged("post_install", "-at_install")
class TestReadyLanguage(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        templates = cls.env["bpm.process.template"].search([])
        cls.templates = templates.filtered(lambda template: template.file.startswith(OWN))

    def _speak(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        self.env.company.partner_id.lang = lang

    def _words(self, xml):
        return list(words_of(read_xml(xml)))

    def test_nothing_stays_english(self):
        """AT-07, PF-03: steps, buttons, lanes, instructions, ends: all is said in the language."""
        self.assertTrue(self.templates)
        for lang in ("ru_RU", "uk_UA", "bg_BG"):
            self._speak(lang)
            for template in self.templates:
                with self.subTest(f"{template.key} {lang}"):
                    drawn = template._create_process().draft_version_id.bpmn_xml
                    self.assertEqual([one for one in self._words(drawn) if LATIN.search(one)], [])

    def test_hungarian(self):
        """AT-07, PF-03: nor in a language of Latin letters."""
        self._speak("hu_HU")
        for template in self.templates:
            english = set(self._words(template._get_xml()))
            drawn = set(self._words(template._create_process().draft_version_id.bpmn_xml))
            self.assertEqual(english & drawn, set(), template.key)

    def test_only_words_change(self):
        """AT-07: what the process does is the same in every language."""
        self._speak("ru_RU")
        for template in self.templates:
            before = sketch(read_xml(template._get_xml()))
            after = sketch(read_xml(template._get_said_xml("ru_RU")))
            self.assertEqual(list(after.elements), list(before.elements))
            self.assertEqual(
                {key: flow.condition for key, flow in after.flows.items()},
                {key: flow.condition for key, flow in before.flows.items()},
            )
            for key, element in after.elements.items():
                self.assertEqual(self._mute(element), self._mute(before.elements[key]), key)
        self.assertEqual(template._get_said_xml("en_US"), template._get_xml())

    def _mute(self, element):
        """Settings of an element without what people read."""
        settings = {
            key: value for key, value in element.settings.items() if key not in ("instruction",)
        }
        for outcome in settings.get("outcomes", ()):
            outcome.pop("label", None)
        if "action" in settings:
            settings["action"].pop("parameters", None)
        return settings

    def test_language_of_the_company(self):
        """PF-03: it is the company's language, not that of whoever installs or makes it."""
        self._speak("ru_RU")
        template = self.env.ref("bpm_engine.template_invoice_payment").with_context(lang="en_US")
        lane = template._get_lanes()[0]
        self.assertEqual(lane[1], "Director")
        process = template._create_process({lane[0]: {"kind": "starter"}})
        xml = process.draft_version_id.bpmn_xml
        self.assertIn(get_translation("bpm_engine", "ru_RU", "Check the invoice", ()), xml)
        said = sketch(read_xml(xml)).lanes[lane[0]]
        self.assertEqual(
            (said.name, said.settings["assignment"]), ("Директор", {"kind": "starter"})
        )

    def test_installed(self):
        """AT-07, PF-03: processes that addons install are published in it, and can run."""
        self._speak("ru_RU")
        template = self.env.ref("bpm_engine.template_request_handling")
        self.env["bpm.process"].search([("key", "=", template.key)]).key = "elsewhere"
        template._install()
        process = self.env["bpm.process"].search([("key", "=", template.key)])
        self.assertEqual(process.state, "published")
        names = process.published_version_id.element_ids.mapped("name")
        self.assertFalse([name for name in names if name and LATIN.search(name)])
        # The database learns an addon's terms only after its data, of which this is a part.
        self.assertEqual(template.with_context(lang="ru_RU").name, "Request handling")
        for said in (process.name, process.description, process.category):
            self.assertFalse(LATIN.search(said), said)
