"""Demo data: an invoice in another currency, with the tax on top of its prices."""

from odoo.fields import Command

from .forms import TAX, DemoForms
from .realisation import EURO

BUYER = {
    "name": "ТОО «Степной перевозчик»",
    "is_company": True,
    "street": "ул. Абая, 12",
    "city": "Актобе",
    "zip": "030000",
    "phone": "+7 7132 55-00-14",
    "email": "buh@example.com",
    "vat": "120440001234",
}
ACCOUNT = ("KZ86125KZT5004100100", "АО «Актобе-Банк»", "AKTBKZKX")
#: Service, days or people, price of one in euros without tax.
SERVICES = (
    ("Обучение механиков, группа до 8 человек", 4, 245.50),
    ("Диагностика подвески на площадке заказчика", 12, 37.85),
    ("Настройка стенда развал-схождения", 1, 310),
)


class DemoFormsAbroad(DemoForms):
    """A customer abroad buys services in euros; half is paid in advance, tax comes on top."""

    def tell(self):
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        if not journals.default_account_id:
            return
        buyer = self.env["res.partner"].create(
            {
                "name": BUYER["name"],
                "user_id": self._manager().id,
                "lang": self.env.lang,
                "country_id": self.env.ref("base.kz").id,
            }
        )
        self._requisites(buyer, BUYER, *ACCOUNT)
        order = self._order(buyer, self._tax_on_top(), self._euro())
        self._contract(
            buyer,
            order,
            title="обучение механиков и наладка стенда",
            partner_signature_name="Директор Ахметов Е. С.",
            partner_signer="директора Ахметова Е. С.",
            partner_signer_basis="Устава",
        )
        move = order._create_invoices(final=True)
        move.write({"invoice_date": self._day(-3), "invoice_date_due": self._day(11)})
        move.action_post()

    def _euro(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        if euro != self.company.currency_id and not euro.rate_ids:
            rate = {"currency_id": euro.id, "rate": 1 / EURO, "name": self._day(-60)}
            self.env["res.currency.rate"].create({**rate, "company_id": self.company.id})
        return euro

    def _tax_on_top(self):
        Tax = self.env["account.tax"]
        values = {"name": f"НДС {TAX}% сверху", "type_tax_use": "sale"}
        domain = [(name, "=", value) for name, value in values.items()]
        return Tax.search([*Tax._check_company_domain(self.company), *domain]) or Tax.create(
            {
                **values,
                "invoice_label": f"НДС {TAX}%",
                "amount": TAX,
                "price_include_override": "tax_excluded",
            }
        )

    def _order(self, buyer, tax, currency):
        products = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "invoice_policy": "order", "list_price": 0}
                for name, _quantity, _price in SERVICES
            ]
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Цены в евро", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": buyer.id,
                "user_id": buyer.user_id.id,
                "pricelist_id": prices.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                    for product, (_name, quantity, price) in zip(products, SERVICES, strict=True)
                ],
            }
        )
        order.action_confirm()
        return order

    def _payments(self, total):
        advance = round(total / 2, 2)
        return (
            ("Аванс", "advance", advance, 11),
            ("После работ", "final", round(total - advance, 2), 40),
        )
