"""Demo data: contracts of the distributor of car parts, one of them with overdue payments."""

from datetime import timedelta

from odoo.fields import Command

ADDON = "crm_payment_plan"
#: Place among the customers, days since the contract, sum, payments as (name, type,
#: percent, days from today), how many of them are marked as received.
STORY = [
    (0, 70, 1_260_000, [("Аванс", "advance", 30, -60), ("После отгрузки", "final", 70, -12)], 1),
    (1, 40, 480_000, [("Аванс", "advance", 50, -30), ("Окончательный расчёт", "final", 50, 3)], 1),
    (2, 90, 2_400_000, [("Этап 1", "stage", 25, -75), ("Этап 2", "stage", 25, -21),
                        ("Этап 3", "stage", 25, 9), ("Этап 4", "stage", 25, 40)], 1),
    (3, 15, 156_000, [("Предоплата", "advance", 100, 0)], 0),
    (4, 20, 640_000, [("Аванс", "advance", 30, -3), ("После приёмки", "final", 65, 27),
                      ("Гарантийное удержание", "retention", 5, 120)], 0),
    (5, 5, 320_000, [("Аванс", "advance", 40, 2), ("Остаток", "final", 60, 31)], 0),
    (6, 160, 900_000, [("Часть 1", "stage", 50, -150), ("Часть 2", "stage", 50, -90)], 2),
]  # fmt: skip


class DemoContracts:
    """Creates contracts in every state, a question with its answer, agreements, a refund."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()

    def tell(self):
        customers = self.env["res.partner"].search(
            [("customer_status_id", "!=", False), ("user_id", "!=", False)], order="id", limit=8
        )
        contracts = [
            self._contract(customers[place], *row)
            for place, *row in STORY
            if place < len(customers)
        ]
        self._draft(customers[-1:])
        if contracts:
            self._question(contracts[0])
            self._agreement(contracts[-2], 40_000, "Дополнительная партия")
        if len(contracts) == len(STORY):
            # Paid as a whole, then agreed to be less: what is too much goes back.
            self._agreement(contracts[-1], -36_000, "Уценка последней партии")
            contracts[-1].action_plan_refund()
        self._supplier()

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _contract(self, customer, age, amount, payments, received):
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_supply").id,
                "partner_id": customer.id,
                "user_id": customer.user_id.id,
                "amount_total": amount,
                "title": "запасные части",
                "company_signer": "директора Орлова А. В.",
                "company_signer_basis": "Устава",
                "partner_signer": "генерального директора Соколова П. Н.",
                "partner_signer_basis": "Устава",
                "company_signature_name": "Директор Орлов А. В.",
                "partner_signature_name": "Генеральный директор Соколов П. Н.",
                "date": self._day(-age),
                "date_start": self._day(-age),
                "date_end": self._day(365 - age),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {
                            "sequence": 10 * place,
                            "name": name,
                            "kind": kind,
                            "amount": amount * percent / 100,
                            "date_planned": self._day(days),
                        }
                    )
                    for place, (name, kind, percent, days) in enumerate(payments, 1)
                ],
            }
        )
        contract.action_approve()
        if age > 10:
            contract._sign(
                ("company", "partner"), "esign", self._day(3 - age), self.env["ir.attachment"]
            )
        contract.payment_ids.sorted("sequence")[:received].action_set_received()
        return contract

    def _draft(self, customer):
        """A draft with an order, and a clause that was agreed otherwise."""
        if not customer:
            return
        order = self.env["sale.order"].search(
            [("partner_id", "=", customer.id), ("crm_contract_id", "=", False)],
            order="amount_total desc, id",
            limit=1,
        )
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_supply").id,
                "partner_id": customer.id,
                "user_id": customer.user_id.id,
                "amount_total": order.amount_total or 210_000,
                "currency_id": (order.currency_id or self.company.currency_id).id,
                "title": "запасные части по заявке",
                "company_signer": "директора Орлова А. В.",
                "company_signer_basis": "Устава",
                "company_signature_name": "Директор Орлов А. В.",
                "date": self.today,
                "scheme_id": self.env.ref(f"{ADDON}.crm_payment_scheme_advance_30").id,
            }
        )
        contract.action_generate_plan()
        contract._link_orders(order)
        contract.action_edit_clauses()
        warranty = contract.clause_ids.filtered(lambda clause: clause.code == "warranty")
        terms = contract.clause_ids.filtered(lambda clause: clause.sequence > warranty.sequence)
        terms[:1].body = (
            "<p>Гарантия — 24 месяца со дня приёмки; поставщик {{company_name}} заменяет "
            "дефектные части за свой счёт в течение 10 дней.</p>"
        )

    def _question(self, contract):
        payment = contract.payment_ids.filtered("is_overdue")[:1]
        if not payment:
            return
        remark = self.env["crm.contract.payment.remark"].create(
            {
                "kind": "question",
                "payment_ids": payment.ids,
                "text": "Когда клиент обещает заплатить?",
                "user_id": contract.user_id.id,
            }
        )
        remark.action_apply()
        payment.question_ids.action_feedback(
            feedback="Бухгалтер в отпуске, оплата в следующий вторник."
        )

    def _agreement(self, contract, amount, title):
        agreement = self.env["crm.contract"].create(
            {
                **{
                    name: contract[name].id
                    for name in ("partner_id", "type_id", "currency_id", "user_id")
                },
                "parent_id": contract.id,
                "amount_total": amount,
                "title": title,
                "date": self.today,
            }
        )
        agreement.action_approve()

    def _supplier(self):
        supplier = self.env["res.partner"].create(
            {"name": "ООО «Завод фильтров»", "is_company": True, "supplier_rank": 1}
        )
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.env.ref(f"{ADDON}.crm_contract_type_purchase").id,
                "partner_id": supplier.id,
                "amount_total": 750_000,
                "title": "Закупка фильтров",
                "date": self._day(-25),
                "scheme_id": self.env.ref(f"{ADDON}.crm_payment_scheme_monthly").id,
            }
        )
        contract.action_generate_plan()
        contract.action_approve()
