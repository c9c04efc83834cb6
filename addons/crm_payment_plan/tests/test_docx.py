import base64
import io
import re
import zipfile
from unittest import skipUnless

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..lib import docx_template
from .forms_common import DOCX_PARTS, LINKS, FormsCommon, docx

EXTERNAL = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/%s" Target="%s" TargetMode="External"/>'
)


@tagged("-at_install", "post_install")
@skipUnless(docx_template.is_available(), "docxtpl is optional")
class TestDocx(FormsCommon):
    """TN-28: contracts from Word files, which are refused if they are anything else."""

    def _set(self, content):
        self.sale_text.write({"docx_file": base64.b64encode(content), "docx_name": "sale.docx"})

    def _words(self, copy):
        with zipfile.ZipFile(io.BytesIO(copy.attachment_id.raw)) as archive:
            return re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())

    def assertRefused(self, content, *parts):
        with self.assertRaises(ValidationError) as caught:
            self._set(content)
        for part in parts:
            self.assertIn(part, str(caught.exception))

    def test_filled_and_kept(self):
        self._set(
            docx(
                "Contract {{ number }} with {{partner_name}}: {{ amount_words }}",
                "{%p for row in payments %}",
                "{{ row.no }}: {{ row.amount }}",
                "{%p endfor %}",
                "{% if advance %}advance{% else %}nothing in advance{% endif %}",
            )
        )
        self.customer.name = "Smith & <Sons>"
        contract = self._contract(100, self.plan)
        contract.action_print_docx()
        copy = contract.print_ids
        self.assertEqual((copy.kind, copy.is_intact), ("docx", True))
        text = self._words(copy)
        self.assertIn(
            f"Contract {contract.number} with Smith &amp; &lt;Sons&gt;: One hundred", text
        )
        self.assertIn("1: 30.00", text)
        self.assertIn("2: 70.00", text)
        self.assertIn("nothing in advance", text)

    def test_values_are_not_templates(self):
        self._set(docx("{{ partner_name }}"))
        self.customer.name = "{{ 7*7 }}"
        contract = self._contract(100)
        contract.action_print_docx()
        self.assertIn("{{ 7*7 }}", self._words(contract.print_ids))

    def test_unknown_names_with_their_paragraphs(self):
        self.assertRefused(
            docx("Fine {{ number }}", "The {{ pirce }} is", "{{ row.amount }}"),
            "“pirce” in paragraph 2: The {{ pirce }} is",
            "“row.amount” in paragraph 3",
        )
        self.assertRefused(
            docx("{%p for row in payments %}", "{{ row.secret }}", "{%p endfor %}"), "row.secret"
        )

    def test_expressions_do_nothing_but_name(self):
        for attack in (
            "{{ ''.__class__.__mro__ }}", "{{ number.__class__ }}", "{{ number.upper() }}",
            "{{ range(10**9) }}", "{{ number * 999999999 }}", "{{ number|attr('x') }}",
            "{{ cycler.__init__.__globals__ }}", "{% set x = 1 %}", "{% include 'x' %}",
            "{% import 'x' as y %}", "{{ number['__class__'] }}", "{{ self }}", "{{ namespace() }}",
            "{% for a in payments.__class__ %}{% endfor %}", "{% macro m() %}{% endmacro %}",
        ):  # fmt: skip
            with self.assertRaises(ValidationError, msg=attack):
                self._set(docx(attack))

    def test_header_and_properties_are_checked(self):
        core = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>'
            "{{ ''.__class__ }}</dc:title></cp:coreProperties>"
        )
        types = DOCX_PARTS["[Content_Types].xml"].replace(
            "</Types>",
            '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-'
            'package.core-properties+xml"/></Types>',
        )
        rels = DOCX_PARTS["_rels/.rels"].replace(
            "</Relationships>",
            '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/'
            'relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        )
        self.assertRefused(
            docx(
                "a",
                **{"docProps/core.xml": core, "[Content_Types].xml": types, "_rels/.rels": rels},
            )
        )

    def test_malicious_files(self):
        macros = DOCX_PARTS["[Content_Types].xml"].replace(
            "openxmlformats-officedocument.wordprocessingml.document.main",
            "ms-word.document.macroEnabled.main",
        )
        rels = "word/_rels/document.xml.rels"
        for content, words in (
            (b"no file", "no Word document"),
            (b"PK\x05\x06" + bytes(18), "no Word document"),
            (docx("a", **{"word/vbaProject.bin": "x"}), "macros"),
            (docx("a", **{"[Content_Types].xml": macros}), "macros"),
            (docx("a", **{"word/embeddings/oleObject1.bin": "x"}), "macros"),
            (docx("a", **{rels: LINKS % EXTERNAL % ("image", "http://evil.example/x.png")}), "elsewhere"),  # noqa: E501
            (docx("a", **{rels: LINKS % EXTERNAL % ("attachedTemplate", "file:///c:/x.dotm")}), "elsewhere"),  # noqa: E501
            (docx("a", **{rels: LINKS % EXTERNAL % ("hyperlink", "file:///etc/passwd")}), "elsewhere"),  # noqa: E501
            (docx("a", xml='<w:p><w:r><w:instrText>DDEAUTO c:\\x</w:instrText></w:r></w:p>'), "elsewhere"),  # noqa: E501
            (docx("a", xml='<w:p><w:fldSimple w:instr="INCLUDETEXT x"/></w:p>'), "elsewhere"),
            (docx("a", xml='<w:altChunk/>'), "elsewhere"),
            (docx("a", **{"word/x.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), "entities"),  # noqa: E501
            (docx("a", **{"word/x.xml": "<a>" + " " * 30_000_000 + "</a>"}), "far more"),
            (docx("a", **{"word/media/x.png": "0" * 12_000_000}), "far more"),
            (docx("a", **{f"word/{n}.xml": "<a/>" for n in range(500)}), "far more"),
            (docx("a", **{"../../x.xml": "<a/>"}), "outside"),
            (bytes(6 * 2**20), "larger than 5 MB"),
        ):  # fmt: skip
            self.assertRefused(content, words)
        link = LINKS % EXTERNAL % ("hyperlink", "https://example.com")
        self._set(docx("a", **{rels: link}))

    def test_fields_in_pieces(self):
        """Word joins the runs of a field; a kind that a field within it makes is unknown."""
        begin, separate, end = (
            f'<w:r><w:fldChar w:fldCharType="{mark}"/></w:r>'
            for mark in ("begin", "separate", "end")
        )

        def field(*parts, result=""):
            runs = (
                part if part.startswith("<") else f"<w:r><w:instrText>{part}</w:instrText></w:r>"
                for part in parts
            )
            return begin + "".join(runs) + separate + result + end

        page = field("PAGE")
        for attack in (
            field("INCLUDE", 'PICTURE "http://evil.example/x"'),
            field("DDE", "AUTO", " c:\\x"),
            field("INC", "LUDE", "TEXT", " x"),
            field("DD", page, "E x"),
            field(field("QUOTE 68 68 69"), " c:\\x"),
            field("IF ", field("DDE", "AUTO x"), " = 1"),
            field("TOC", result=field("INCLUDE", "TEXT x")),
            begin + "<w:r><w:instrText>DDE</w:instrText><w:instrText>AUTO x</w:instrText></w:r>",
        ):
            self.assertRefused(docx("a", xml=f"<w:p>{attack}</w:p>"), "elsewhere")
        for fine in (
            field("PA", "GE"), field("HYPER", 'LINK "https://example.com"'),
            field(" = ", page, " + 1"), field("TOC", result=page + field("PAGEREF _a")),
        ):  # fmt: skip
            self._set(docx("a", xml=f"<w:p>{fine}</w:p>"))

    def test_field_made_of_values(self):
        """What a value or a condition would make a field of is refused when it is filled in."""
        run = "<w:p><w:r><w:instrText>%s</w:instrText></w:r></w:p>"
        for text in ("{{ partner_name }} c:\\x", "INCLUDE{# #}TEXT x"):
            self._set(docx("a", xml=run % text))
            self.customer.name = "DDEAUTO"
            with self.assertRaises(UserError) as caught:
                self._contract(100).action_print_docx()
            self.assertIn("elsewhere", str(caught.exception))

    def test_lists_do_not_multiply(self):
        """One list after the other; 24 payments seven deep were 4.6 billion rows."""
        walk, stop = "{%p for row in payments %}", "{%p endfor %}"
        self._set(docx(walk, "{{ row.no }}", stop, walk, "{{ row.no }}", stop))
        inner = "{%p for one in clauses %}"
        self.assertRefused(docx(walk, inner, "a", stop, stop), "within a list", "row in payments")
        asked = "{%p if number %}"
        self.assertRefused(
            docx(walk, asked, inner, "a", stop, "{%p endif %}", stop), "within a list"
        )

    def test_without_a_file(self):
        contract = self._contract(100)
        self.assertFalse(contract.has_docx)
        with self.assertRaises(UserError):
            contract.action_print_docx()
