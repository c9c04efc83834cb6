"""Contracts in other currencies: the unit's word in the form's language, no foreign code."""

import re

from odoo.tests import tagged

from .forms_common import FormsCommon
from .printing import builds, printed_by, words

#: Currency, language, what 100 of it are in words. None: there are no words for the pair.
PAIRS = (
    ("EUR", "bg_BG", "Сто евро"),
    ("UAH", "uk_UA", "Сто гривень"),
    ("RUB", "ru_RU", "Сто рублей"),
    ("BGN", "bg_BG", "Сто лева"),
    ("KZT", "ru_RU", None),
    ("BGN", "ru_RU", None),
)
CODES = {code for code, _lang, _words in PAIRS} | {"USD"}
FORMS = ("contract", "schedule", "payment", "invoice", "act")


@tagged("-at_install", "post_install")
class TestFormsCurrency(FormsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in sorted({lang for _code, lang, _words in PAIRS}):
            cls.env["res.lang"]._activate_lang(lang)
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.currencies = {one.name: one for one in currencies.search([("name", "in", [*CODES])])}
        for currency in cls.currencies.values():
            currency.active = True
            # A currency without a rate is not used by anybody.
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2020-01-01", "rate": 2.0,
                 "company_id": cls.company.id}
            ) if currency != cls.company.currency_id else None  # fmt: skip

    def _world(self, code, lang):
        currency = self.currencies[code]
        self.customer.lang = lang
        contract = self._written(
            ("clause", "{{amount}} {{currency}} ({{amount_words}})."),
            payments=[(100, "2026-02-01")], document_lang=lang, currency_id=currency.id,
        )  # fmt: skip
        contract.action_approve()
        move = self._invoice([(contract, 100)], date="2026-02-03", currency_id=currency.id)
        return dict(zip(FORMS, (contract, contract, contract.payment_ids[0], move, move),
                        strict=True))  # fmt: skip

    def test_words_and_codes(self):
        """TN-28, PF-22: each form in its currency alone, in words where there are words."""
        for code, lang, text in PAIRS:
            for name, record in self._world(code, lang).items():
                with self.subTest(code=code, lang=lang, form=name):
                    html = re.sub(r"<[^>]*>|\s+", " ", self._html(f"report_{name}", record))
                    self.assertIn(code, html)
                    for other in CODES - {code}:
                        self.assertNotRegex(html, rf"\b{other}\b")
                    if text:
                        self.assertIn(text, html)
                    if not text:
                        self.assertNotRegex(html, rf"\([\d.,\s]*{code}\s*\)", "digits for words")
                        self.assertNotRegex(html, r"\(\s*\)", "brackets around nothing")
                        self.assertNotIn("o_missing", html)

    def test_printed(self):
        """TN-28: each form in another currency, with both builds, on paper."""
        for name, (code, lang, text) in zip(FORMS, PAIRS, strict=False):
            for build, info in builds().items():
                with self.subTest(code=code, form=name, build=build), printed_by(info):
                    # Another one for each build: of an issued contract the copy is printed.
                    record = self._world(code, lang)[name]
                    page = " ".join(words(self._pdf(f"report_{name}", record)))
                    self.assertIn(code, page)
                    self.assertIn(text or "100", page)
                    for other in CODES - {code}:
                        self.assertNotRegex(page, rf"\b{other}\b")

    def test_statement_without_words(self):
        """TN-28: the conclusion of a statement has no empty brackets either."""
        self._world("KZT", "ru_RU")
        statement = self.env["crm.reconciliation"].create(
            {"partner_id": self.customer.id, "date_from": "2026-01-01", "date_to": "2026-12-31",
             "currency_id": self.currencies["KZT"].id, "document_lang": "ru_RU"}
        )  # fmt: skip
        html = self._html("report_reconciliation", statement)
        self.assertIn("KZT.", html)
        self.assertNotRegex(html, r"\(\s*\)")

    def test_missing_requisites(self):
        """TN-28: tax number and account that nobody has filled in are named before printing."""
        self.customer.write({"vat": False, "bank_ids": [(5, 0, 0)]})
        contract = self._written(("clause", "{{partner_vat}} {{partner_account}} {{amount}}"))
        missing = contract._get_document()["missing"]
        self.assertEqual(missing, ["partner_account", "partner_vat"])
