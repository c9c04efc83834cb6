import platform
import unittest

import lxml.html

from odoo.fields import Command
from odoo.tests import tagged

from ..lib.pdf_pages import count_pages
from .common import ADDON
from .forms_common import FormsCommon
from .printing import OTHER, builds, letters, printed_by, words

#: Currency, amount in words and month of the invoice's date, as each language writes them.
WORDS = {
    "en_US": ("One hundred", "February", "Buyer"),
    "ru_RU": ("Сто", "февраля", "Покупатель Щука"),
    "bg_BG": ("Сто", "февруари", "Купувач Ябълка"),
    "uk_UA": ("Сто", "лютого", "Покупець Їжак Ґанок"),
}


@tagged("-at_install", "post_install")
class TestFormsPdf(FormsCommon):
    """TN-28: each of the eight forms is a PDF, with each build, in the letters of its reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in WORDS:
            cls.env["res.lang"]._activate_lang(lang)
        bank = cls.env["res.bank"].create({"name": "Volga Bank", "bic": "042202603"})
        cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "40702810900000001234",
                "bank_id": bank.id,
            }
        )
        cls.company.vat = "5263098765"
        # Contained in the price: the sum of the forms stays a round one.
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 25 %", "amount": 25, "price_include_override": "tax_included",
             "type_tax_use": "sale", "country_id": cls.company.account_fiscal_country_id.id}
        )  # fmt: skip

    def _world(self, lang):
        """A signed contract revised once, its plan, its invoice, and what is owed."""
        self.customer.write({"name": WORDS[lang][2], "lang": lang})
        contract = self._written(
            ("section", "Price"),
            ("clause", "{{amount}}"),
            payments=self.plan,
            document_lang=lang,
            partner_signer="Director B. Petrov",
            partner_signature_name="Petrov beside the line",
        )
        self._order(contract, 60.5, 39.5)
        contract.action_approve()
        contract._freeze_document()
        contract._revise("later")
        contract.action_approve()
        move = self._invoice(
            [(contract, 100, contract.payment_ids[0])], date="2026-02-03", post=False
        )
        move.invoice_line_ids.tax_ids = self.tax
        move.action_post()
        statement = self.env["crm.reconciliation"].create(
            {
                "partner_id": self.customer.id,
                "date_from": "2026-02-01",
                "date_to": "2026-12-31",
                "currency_id": self.currency.id,
                "document_lang": lang,
            }
        )
        enrolment = self._contract(
            100,
            self.plan,
            kind=self.env.ref(f"{ADDON}.crm_contract_type_enrolment"),
            document_lang=lang,
            title="Lathe operators",
        )
        return {
            "certificate": enrolment,
            "contract": contract,
            "schedule": contract,
            "version": contract.version_ids,
            "payment": contract.payment_ids[1],
            "invoice": move,
            "act": move,
            "reconciliation": statement,
        }

    def _print_all(self, lang):
        """{form: PDF}, with the build that is set; the printed copy is forgotten again."""
        world = self._world(lang)
        return {name: self._pdf(f"report_{name}", record) for name, record in world.items()}

    @unittest.skipUnless(platform.machine() == "x86_64", "the other build is for x86_64 only")
    def test_both_builds_are_there(self):
        """TN-28: without the second build half of these tests would print nothing, and pass."""
        self.assertEqual(set(builds()), {"plain", "patched"}, f"{OTHER} is missing")

    def test_every_action_is_printed(self):
        """No form stands in the menus that the tests below do not print."""
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", f"{ADDON}.report_%")]
        )
        names = {one.report_name.removeprefix(f"{ADDON}.report_") for one in reports}
        self.assertEqual(names, {*self._world("en_US"), "payment_reminder"})

    def test_eight_forms(self):
        """TN-25, TN-26, TN-28, LV-15: title, sums in words, signatures; no empty page."""
        for build, info in builds().items():
            for lang, (amount, month, buyer) in WORDS.items():
                with self.subTest(build=build, lang=lang), printed_by(info):
                    pdfs = self._print_all(lang)
                    pages = {name: words(pdf) for name, pdf in pdfs.items()}
                    texts = {name: " ".join(text) for name, text in pages.items()}
                    for name, pdf in pdfs.items():
                        self.assertTrue(pdf.startswith(b"%PDF"), name)
                        # Beside the foot there is something on every page.
                        self.assertTrue(all(len(page) > 60 for page in pages[name]), name)
                        self.assertIn(buyer, texts[name])
                        self.assertIn(f"1 / {count_pages(pdf)}", texts[name])
                        self.assertNotIn("\ufffd", texts[name])
                        self.assertNotIn("■", texts[name])
                    for name in ("contract", "version", "schedule", "invoice", "act"):
                        self.assertIn(amount, texts[name], name)
                    for name in ("invoice", "act"):
                        self.assertIn(month, texts[name], name)
                        self.assertIn("VAT 25 %", texts[name], name)
                        self.assertRegex(texts[name], r"20[.,]00", name)
                    for name in ("contract", "version", "invoice", "payment"):
                        self.assertIn("40702810900000001234", texts[name], name)
                        self.assertIn("042202603", texts[name], name)
                        self.assertIn("5263098765", texts[name], name)
                    for name in ("contract", "version", "schedule", "act"):
                        self.assertIn("Petrov beside the line", texts[name], name)
                        self.assertEqual(texts[name].count("director A. Ivanov") > 0, True, name)

    def test_no_stray_blanks(self):
        """Numbers, colons and brackets stand close to their words."""
        for name, record in self._world("en_US").items():
            root = lxml.html.fromstring(self._html(f"report_{name}", record))
            # Cells are words of their own; what is bold within a line is not.
            text = " ".join(" ".join(node.text_content().split()) for node in root.iter("td", "p"))
            for stray in (" :", " .", " ,", "( ", " )"):
                self.assertNotIn(stray, text, f"{name}: {stray!r} in {text}")

    def test_number_keeps_its_capitals(self):
        """The number of a contract is written in the statement as it is."""
        world = self._world("en_US")
        contract = world["contract"]
        self.assertIn(
            f"Contract {contract.number} of",
            " ".join(words(self._pdf("report_reconciliation", world["reconciliation"]))),
        )

    def test_same_size_with_every_build(self):
        """What is 13 px in the style is 9.75 points on paper, whoever prints it."""
        move = self._world("en_US")["invoice"]
        sizes = {}
        for build, info in builds().items():
            with printed_by(info):
                sizes[build] = letters(self._pdf("report_invoice", move))
        if len(sizes) == 1:
            self.skipTest(f"There is one build only: {OTHER} is missing.")
        for build, (title, *_rest) in sizes.items():
            self.assertAlmostEqual(title, 19 * 0.75, delta=0.5, msg=build)

    def test_long_goods(self):
        """No row is torn, none lost, no page empty; headers repeat; signatures not alone."""
        contract = self._contract(100)
        product = self.env["product.product"].create({"name": "Lathe"})
        for count in (27, 31, 33, 58):
            move = self._invoice([(contract, price) for price in range(1, count + 1)], post=False)
            for place, line in enumerate(move.invoice_line_ids, 1):
                line.name = f"Part {place}." + " two lines of words of the part" * (place % 3)
                line.product_id = product
            for build, info in builds().items():
                with self.subTest(build=build, count=count), printed_by(info):
                    pages = words(self._pdf("report_act", move))
                    for place, page in enumerate(pages):
                        self.assertIn("Goods, works", page, f"page {place + 1}")
                    for number in range(1, count + 1):
                        places = [one for one in pages if f"Part {number}." in one]
                        self.assertEqual(len(places), 1, number)
                    self.assertIn("no claims", pages[-1])

    def test_copy_of_each_build_is_kept(self):
        """LV-15: with either build the issued copy is what is printed ever after."""
        for build, info in builds().items():
            with self.subTest(build=build), printed_by(info):
                contract = self._written(("clause", "{{amount}}"))
                contract.clause_ids = [Command.create({"level": "clause", "body": "<p>b</p>"})]
                contract.action_approve()
                first = self._pdf("report_contract", contract)
                self.assertEqual(self._pdf("report_contract", contract), first)
