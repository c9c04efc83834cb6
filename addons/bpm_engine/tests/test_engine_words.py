from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.engine import lint
from odoo.addons.bpm_engine.models.bpm_engine_words import said

from .versions_common import VersionsCommon


@tagged("post_install", "-at_install")
class TestEngineWords(VersionsCommon):
    """What the engine says reaches people in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")

    def test_problems_of_a_diagram(self):
        """HU-05: the designer's list of problems is in the language of who draws."""
        process = self.env["bpm.process"].create({"name": "Empty", "key": "empty_words"})
        russian = process.draft_version_id.with_context(lang="ru_RU")
        english = russian.with_context(lang="en_US")
        xml = process.draft_version_id.bpmn_xml.replace("endEvent", "startEvent")
        for version, words in ((russian, "нет конечного события"), (english, "no end event")):
            problems = version.lint_xml(xml, process.id)
            self.assertTrue([p for p in problems if words in p["message"]], problems)

    def test_refused_publishing(self):
        """HU-05: the refusal lists places and cures in the same language."""
        process = self.env["bpm.process"].create({"name": "Torn", "key": "torn_words"})
        version = process.draft_version_id.with_context(lang="ru_RU")
        version.bpmn_xml = "<a/>"
        with self.assertRaisesRegex(UserError, "не схема BPMN 2.0"):
            version._publish()

    def test_values_inside_are_said_too(self):
        """HU-05: a quoted sentence is translated with the sentence that quotes it."""
        problem = lint("<a")[0]
        self.assertIn("не является правильным XML", said(self.env(context={"lang": "ru_RU"}),
                                                         problem.message))  # fmt: skip
        self.assertEqual(said(self.env(context={"lang": "en_US"}), problem.message),
                         problem.message)  # fmt: skip
        self.assertEqual(said(self.env, ValueError("plain")), "plain")
