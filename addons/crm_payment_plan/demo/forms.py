"""Demo data: what the printed forms need: requisites, goods, an agreed change, an invoice."""

from datetime import timedelta

from odoo.fields import Command

ADDON = "crm_payment_plan"
TAX = 20
COMPANY = {
    "street": "ул. Коминтерна, 47, оф. 12",
    "city": "Нижний Новгород",
    "zip": "603950",
    "phone": "+7 831 200-00-01",
    "email": "office@example.com",
    "vat": "5263098765",
    "company_registry": "1095263001234",
}
BUYER = {
    "name": "ООО «Северный автопарк»",
    "is_company": True,
    "street": "пр. Ленина, 110",
    "city": "Дзержинск",
    "zip": "606000",
    "phone": "+7 8313 25-00-11",
    "email": "zakupki@example.com",
    "vat": "5249054321",
    "company_registry": "1065249001122",
}
#: Account, bank, BIC, correspondent account is part of the bank's name.
ACCOUNTS = (
    ("40702810900000001234", "ПАО «Волга-Банк», к/с 30101810900000000603", "042202603"),
    ("40702810500000005678", "АО «Нижегородский кредит», к/с 30101810200000000824", "042202824"),
)
#: Lines of the order; the parts are taken in turn.
LINES = 36


class DemoForms:
    """A contract with a long specification, revised once, invoiced and partly paid."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()

    def tell(self):
        products = self.env["product.product"].search([("sale_ok", "=", True)], order="id")
        if not products:
            return
        self.company.partner_id.country_id = self.env.ref("base.ru")
        self._requisites(self.company.partner_id, COMPANY, *ACCOUNTS[0])
        buyer = self.env["res.partner"].create(
            {"name": BUYER["name"], "user_id": self._manager().id, "lang": self.env.lang}
        )
        self._requisites(buyer, BUYER, *ACCOUNTS[1])
        order = self._order(buyer, products)
        contract = self._contract(buyer, order)
        self._revise(contract)
        self._invoice(contract, order)

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _manager(self):
        users = self.env["res.users"]
        return users.search([("login", "=", "anna")], limit=1) or self.env.user

    def _requisites(self, partner, values, account, bank, code):
        """Fills in what is empty: a real company keeps its own."""
        partner.write({name: value for name, value in values.items() if not partner[name]})
        if partner.bank_ids:
            return
        found = self.env["res.bank"].create({"name": bank, "bic": code})
        self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": account, "bank_id": found.id}
        )

    def _tax(self):
        """The value added tax that is in the price, as distributors quote."""
        Tax = self.env["account.tax"]
        domain = [
            *Tax._check_company_domain(self.company),
            ("type_tax_use", "=", "sale"),
            ("amount", "=", TAX),
            ("price_include_override", "=", "tax_included"),
        ]
        return Tax.search(domain, limit=1) or Tax.create(
            {
                "name": f"НДС {TAX}%",
                "amount": TAX,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )

    def _order(self, buyer, products):
        tax = self._tax()
        order = self.env["sale.order"].create(
            {
                "partner_id": buyer.id,
                "user_id": buyer.user_id.id,
                # A list of prices in another currency may be the default one.
                "pricelist_id": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": products[place % len(products)].id,
                            "product_uom_qty": 2 + place % 7,
                            "price_unit": 940 + 365 * (place % 11) + 0.5 * (place % 3),
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                    for place in range(LINES)
                ],
            }
        )
        order.action_confirm()
        return order

    def _contract(self, buyer, order, **values):
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_supply").id,
                "partner_id": buyer.id,
                "user_id": buyer.user_id.id,
                "amount_total": order.amount_total,
                "currency_id": order.currency_id.id,
                "title": "запасные части для автопарка",
                "company_signer": "директора Орлова А. В.",
                "company_signer_basis": "Устава",
                "company_signature_name": "Директор Орлов А. В.",
                "partner_signature_name": "Генеральный директор Зимин К. Л.",
                "partner_signer": "генерального директора Зимина К. Л.",
                "partner_signer_basis": "доверенности № 14 от 12 января",
                "date": self._day(-30),
                "date_start": self._day(-30),
                "date_end": self._day(335),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {
                            "sequence": 10 * place,
                            "name": name,
                            "kind": kind,
                            "amount": amount,
                            "date_planned": self._day(days),
                        }
                    )
                    for place, (name, kind, amount, days) in enumerate(
                        self._payments(order.amount_total), 1
                    )
                ],
                **values,
            }
        )
        contract._link_orders(order)
        contract.action_approve()
        return contract

    def _payments(self, total):
        advance = round(total * 0.3, 2)
        after = round(total * 0.5, 2)
        return (
            ("Аванс", "advance", advance, -20),
            ("После отгрузки", "final", after, 12),
            ("Через месяц после отгрузки", "final", round(total - advance - after, 2), 42),
        )

    def _revise(self, contract):
        """The buyer asked for other delivery terms: the first text is kept as a version."""
        contract._revise("Покупатель попросил перенести последний платёж")
        contract.payment_ids.sorted("sequence")[-1].date_planned = self._day(49)
        contract.action_approve()
        contract._sign(("company", "partner"), "esign", self._day(-25), self.env["ir.attachment"])

    def _invoice(self, contract, order):
        """Goods are handed over and invoiced; of the money the advance has come."""
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        if not journal.default_account_id:
            return
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        move = order._create_invoices(final=True)
        move.write({"invoice_date": self._day(-8), "invoice_date_due": self._day(12)})
        move.action_post()
        advance = contract.payment_ids.sorted("sequence")[:1]
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {
                "amount": advance.amount,
                "payment_date": self._day(-5),
                "journal_id": journal.id,
            }
        )._create_payments()
