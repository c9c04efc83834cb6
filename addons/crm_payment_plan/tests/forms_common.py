"""Contracts with text, orders and plans, as the tests of printed forms need them."""

import io
import zipfile

from odoo.fields import Command

from .common import ADDON, PlanCommon

DOCX_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
        'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.'
        'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
}
BODY = (
    '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
    'wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
)
LINKS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships">%s</Relationships>'
)


def docx(*paragraphs, xml="", **parts):
    """A Word file of these paragraphs; ``parts`` by path, with ``__`` for a slash."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**DOCX_PARTS, "word/document.xml": BODY % (body + xml)}.items():
            archive.writestr(name, parts.pop(name, text))
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


class FormsCommon(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sale_text = cls.env.ref(f"{ADDON}.crm_contract_template_sale")
        cls.company.city = "Nizhny Novgorod"
        cls.customer.is_company = True
        cls.plan = [(30, "2026-02-01"), (70, "2026-03-01")]
        cls.Clause = cls.env["crm.contract.clause"]

    @classmethod
    def _written(cls, *clauses, payments=None, **values):
        """A draft with clauses (level, words) or dicts of its own."""
        rows = [
            one if isinstance(one, dict) else {"level": one[0], "body": f"<p>{one[1]}</p>"}
            for one in clauses
        ]
        return cls._contract(
            100,
            payments,
            approve=False,
            title="machines",
            company_signer="director A. Ivanov",
            company_signer_basis="the charter",
            clause_ids=[
                Command.create({"sequence": 10 * place, **row}) for place, row in enumerate(rows, 1)
            ],
            **values,
        )

    @classmethod
    def _order(cls, contract, *prices):
        """A sales order of the contract; its lines become the specification."""
        product = cls.env["product.product"].create({"name": "Lathe"})
        return cls.env["sale.order"].create(
            {
                "partner_id": contract.partner_id.id,
                "currency_id": contract.currency_id.id,
                "crm_contract_id": contract.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": f"Lathe {place}",
                            "product_uom_qty": 1,
                            "price_unit": price,
                            "tax_ids": False,
                        }
                    )
                    for place, price in enumerate(prices, 1)
                ],
            }
        )

    def _texts(self, contract):
        """Number, heading and words of the printed clauses."""
        from ..lib.clause_text import plain

        return [
            " ".join(filter(None, (row["number"], row["title"], plain(row["body"]))))
            for row in contract._get_document()["clauses"]
        ]

    def _html(self, report, records):
        reports = self.env["ir.actions.report"]
        return reports._render_qweb_html(f"{ADDON}.{report}", records.ids)[0].decode()

    def _pdf(self, report, records):
        """A real PDF: tests get HTML otherwise."""
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            return reports._render_qweb_pdf(f"{ADDON}.{report}", records.ids)[0]
