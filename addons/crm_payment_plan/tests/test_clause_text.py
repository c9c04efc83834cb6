from odoo.tests import BaseCase, tagged

from ..lib import clause_text
from ..lib.clause_text import ClauseError, Place


@tagged("-at_install", "post_install")
class TestClauseText(BaseCase):
    """TN-28: words of clauses: values, numbers, references, the HTML that may be printed."""

    def _numbers(self, *levels):
        return [place.number for place in clause_text.number([Place(level) for level in levels])]

    def test_numbers(self):
        self.assertEqual(
            self._numbers(
                "text", "section", "clause", "point", "point", "clause", "section", "clause"
            ),
            ["", "1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"],
        )
        self.assertEqual(self._numbers("clause", "point", "section"), ["1", "1.1", "2"])
        self.assertEqual(self._numbers("section", "point", "point"), ["1", "1.1", "1.2"])

    def test_left_out_with_its_clauses(self):
        places = [Place(level) for level in ("section", "clause", "point", "section", "clause")]
        kept = clause_text.applicable(places, [True, False, True, False, True])
        self.assertEqual(kept, places[:1])
        self.assertEqual(clause_text.applicable(places, [True] * 5), places)

    def test_values(self):
        filled = clause_text.fill(
            "<p>{{ number }} <b>{{a}}</b> {{<i>number}}</i> {{ref:pay}} {{gone}}</p>",
            {"number": "S/1", "a": "<script>x</script>", "gone": ""},
            {"pay": "2.1"},
            missing := set(),
        )
        self.assertEqual(missing, {"gone"})
        self.assertIn("S/1 <b>&lt;script&gt;x&lt;/script&gt;</b> S/1 2.1", filled)
        self.assertIn('<span class="o_missing">', filled)

    def test_a_value_is_not_filled_again(self):
        """A partner called {{company_account}} prints as he is called."""
        filled = clause_text.fill("<p>{{a}}</p>", {"a": "{{b}}", "b": "secret"}, {})
        self.assertEqual(filled, "<p>{{b}}</p>")

    def test_wrong_names(self):
        for text, token, reason in (
            ("<p>{{ ''.__class__.__mro__ }}</p>", "''.__class__.__mro__", "value"),
            (
                "<p>{{ object.company_id.partner_id.bank_ids }}</p>",
                "object.company_id.partner_id.bank_ids",
                "value",
            ),
            ("<p>{{ 7*7 }}</p>", "7*7", "value"),
            ("<p>{{ref:nowhere}}</p>", "ref:nowhere", "reference"),
            ("<p>{{number</p>", "{{", "braces"),
            ("<p>number}}</p>", "}}", "braces"),
        ):
            with self.assertRaises(ClauseError) as caught:
                clause_text.check(text, {"number"}, {"pay"})
            self.assertEqual((caught.exception.token, caught.exception.reason), (token, reason))
        clause_text.check("<p>{{ number }}{{ref:pay}}</p>", {"number"}, {"pay"})

    def test_nothing_is_fetched_or_run(self):
        """Pictures, frames, styles, links, scripts and QWeb leave the text."""
        for attack in (
            '<img src="file:///etc/passwd"/>',
            '<img src="http://169.254.169.254/latest/meta-data"/>',
            '<img src="/web/image/res.partner/1/avatar_128"/>',
            '<iframe src="file:///etc/passwd"></iframe>',
            '<object data="file:///etc/passwd"></object>',
            '<link rel="stylesheet" href="http://evil.example/x.css"/>',
            "<style>@import url(http://evil.example)</style>",
            '<p style="background: url(http://evil.example/x)">x</p>',
            '<p style="width: expression(alert(1))">x</p>',
            "<script>document.location='http://evil.example'</script>",
            '<p onclick="alert(1)">x</p>',
            '<a href="javascript:alert(1)">x</a>',
            '<t t-out="user.password">x</t>',
            '<div t-att-class="user.env.cr.execute(1)">x</div>',
            '<svg><image href="file:///etc/passwd"/></svg>',
            '<meta http-equiv="refresh" content="0;url=http://evil.example"/>',
            '<base href="http://evil.example"/>',
        ):
            cleaned = clause_text.clean(f"<p>before</p>{attack}<p>after</p>")
            for word in (
                "src",
                "href",
                "url",
                "script",
                "t-out",
                "t-att",
                "onclick",
                "import",
                "expression",
                "etc/passwd",
                "evil",
            ):
                self.assertNotIn(word, cleaned, attack)
            self.assertIn("before", cleaned)
            self.assertIn("after", cleaned)

    def test_formatting_stays(self):
        text = '<p style="text-align: center"><b>a</b></p><table><tbody><tr><td colspan="2">b</td></tr></tbody></table>'  # noqa: E501
        self.assertEqual(clause_text.clean(text), text)

    def test_difference(self):
        self.assertEqual(
            clause_text.difference("<p>pay in five days</p>", "<p>pay in <b>ten</b> days</p>"),
            "pay in <del>five</del> <ins>ten</ins> days",
        )
        self.assertEqual(clause_text.difference("<p>a<b></p>", "<p>a</p>"), "a")
