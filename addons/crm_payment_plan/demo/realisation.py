"""Demo data: a project that an advance began, its pool of contracts, a customer's portal."""

from datetime import timedelta

from odoo.fields import Command

ADDON = "crm_payment_plan"
#: Tasks of the template: name, event of the contract, days after it.
TASKS = [
    ("Замер и план размещения", "advance", 3),
    ("Заказать подъёмник на заводе", "advance", 5),
    ("Подготовить площадку", "signed", 20),
    ("Монтаж и пусконаладка", "shipped", 7),
    ("Обучить персонал заказчика", "accepted", 2),
    ("Закрыть гарантийное удержание", "end", -10),
]
#: Customer of the portal: login, which is the password too.
CLIENT = "client"
#: Roubles for a euro: the lift is imported.
EURO = 100


class DemoRealisation:
    """Creates the template, the contracts of the pool, a customer who signs online."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
        self.company = env.company
        self.today = env.company._get_local_today()

    def tell(self):
        customers = self.env["res.partner"].search(
            [("customer_status_id", "!=", False), ("user_id", "!=", False)], order="id", limit=9
        )
        if not customers:
            return
        self._template()
        contract = self._equip(customers[-1])
        self._pool(contract.project_id)
        self._portal(customers[0])

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _template(self):
        template = self.env["project.project"].create(
            {
                "name": "Оснащение поста сервиса",
                "user_id": False,
                "is_template": True,
                "allow_milestones": True,
                "type_ids": [
                    Command.create({"name": name, "sequence": place, "fold": place == 3})
                    for place, name in enumerate(("К работе", "В работе", "Готово"), 1)
                ],
            }
        )
        self.env["project.task"].create(
            [
                {
                    "name": name,
                    "project_id": template.id,
                    "stage_id": template.type_ids.sorted("sequence")[0].id,
                    "sequence": place,
                    "contract_event": event,
                    "contract_days": days,
                }
                for place, (name, event, days) in enumerate(TASKS)
            ]
        )
        self.env.ref(f"{ADDON}.crm_contract_type_service").write(
            {"project_trigger": "advance", "project_template_id": template.id}
        )

    def _contract(self, kind, partner, amount, title, payments, **values):
        """A contract; payments as (name, type, percent, days from today)."""
        return self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_{kind}").id,
                "partner_id": partner.id,
                "user_id": partner.user_id.id or self.env.uid,
                "amount_total": amount,
                "title": title,
                "date": self._day(-30),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {
                            "sequence": 10 * place,
                            "name": name,
                            "kind": sort,
                            "amount": amount * percent / 100,
                            "date_planned": self._day(days),
                        }
                    )
                    for place, (name, sort, percent, days) in enumerate(payments, 1)
                ],
                **values,
            }
        )

    def _equip(self, customer):
        """The advance of this contract begins its project by itself."""
        contract = self._contract(
            "service",
            customer,
            1_850_000,
            "Оснащение поста диагностики",
            [
                ("Аванс", "advance", 40, -20),
                ("После поставки", "stage", 40, 15),
                ("После приёмки", "final", 20, 45),
            ],
            date_end=self._day(90),
        )
        for payment, event, days in zip(
            contract.payment_ids.sorted("sequence")[1:], ("shipped", "accepted"), (10, 5),
            strict=True,
        ):  # fmt: skip
            payment.write({"due_kind": "event", "due_event": event, "due_days": days})
        contract.action_approve()
        signed = self._day(-24)
        contract._sign(("company", "partner"), "esign", signed, self.env["ir.attachment"])
        contract.payment_ids.sorted("sequence")[0].action_set_received()
        return contract

    def _pool(self, project):
        euro = self.env.ref("base.EUR")
        if not euro.active:
            euro.active = True
        if euro != self.company.currency_id and not euro.rate_ids:
            rate = {"currency_id": euro.id, "rate": 1 / EURO, "name": self._day(-60)}
            self.env["res.currency.rate"].create({**rate, "company_id": self.company.id})
        maker, fitters = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "supplier_rank": 1}
                for name in ("Werkstatt Technik GmbH", "ООО «Монтаж-НН»")
            ]
        )
        lift = self._contract(
            "purchase",
            maker,
            7_200,
            "Подъёмник четырёхстоечный",
            [("Предоплата", "advance", 50, -6), ("Перед отгрузкой", "final", 50, 12)],
            currency_id=euro.id,
            project_id=project.id,
        )
        lift.action_approve()
        lift.payment_ids.sorted("sequence")[0].action_set_received()
        self._contract(
            "subcontract",
            fitters,
            240_000,
            "Монтаж и пусконаладка",
            [("Аванс", "advance", 30, -3), ("По акту", "final", 70, 30)],
            project_id=project.id,
        ).action_approve()
        self._contract(
            "subcontract",
            fitters,
            65_000,
            "Подготовка площадки",
            [("По акту", "final", 100, 20)],
            project_id=project.id,
        )

    def _portal(self, customer):
        """A person of the customer with a portal, one contract to sign, one in force."""
        contact = self.env["res.partner"].create(
            {
                "name": "Ольга Закупкина",
                "parent_id": customer.commercial_partner_id.id,
                "email": f"{CLIENT}@example.com",
                "lang": self.env.user.lang,
            }
        )
        self.env["res.users"].create(
            {
                "login": CLIENT,
                "password": CLIENT,
                "partner_id": contact.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        contract = self._contract(
            "supply",
            customer,
            386_400,
            "Масла и фильтры на сезон",
            [("Аванс", "advance", 50, 5), ("После отгрузки", "final", 50, 25)],
            date=self.today,
            date_start=self.today,
            date_end=self._day(180),
            note="<p>Поставка партиями по заявкам, в течение трёх рабочих дней.</p>",
        )
        contract.action_approve()
        contract.portal_attachment_ids = self.env["ir.attachment"].create(
            {
                "name": "Спецификация.txt",
                "raw": "Масло 5W-40, 208 л: 12 бочек\nФильтр масляный: 600 шт.".encode(),
                "res_model": contract._name,
                "res_id": contract.id,
            }
        )
        contract._sign(("company",), "esign", self.today, self.env["ir.attachment"])
