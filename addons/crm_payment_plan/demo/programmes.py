"""Demo data: courses of the training centre; a firm pays for its people, one pays himself."""

from datetime import timedelta

from odoo.fields import Command

ADDON = "crm_payment_plan"
FIRM = "Учебная группа «Автопарк-Сервис»"
#: Name, passport: series and number, birth (days ago), place.
STUDENTS = (
    ("Мария Лебедева", "22 19 481516", 12_400, "г. Дзержинск"),
    ("Павел Громов", "22 20 234208", 10_900, "г. Нижний Новгород"),
)
#: Student, does the firm pay, programme, price, begins and ends (days from today), payments
#: as (name, percent, days from today), how many of them are received, does it go on.
STORY = (
    (0, True, "Диагностика тормозных систем", 48_000, -200, -140, [("Оплата", 100, -205)], 1, 0),
    (0, True, "Мастер-приёмщик автосервиса", 96_000, -40, 80,
     [("Аванс", 50, -45), ("Второй платёж", 50, 15)], 1, 1),
    (1, False, "Мастер-приёмщик автосервиса", 96_000, -40, 80,
     [("Первый взнос", 40, -42), ("Второй взнос", 30, -6), ("Третий взнос", 30, 25)], 1, 1),
    (1, False, "Управление складом запчастей", 54_000, 30, 75, [("Оплата", 100, 20)], 0, 1),
)  # fmt: skip


class DemoProgrammes:
    """Students with passports, finished, running and coming programmes."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.today = env.company._get_local_today()
        self.kind = env.ref(f"{ADDON}.crm_contract_type_enrolment")
        self.manager = env["res.users"].search([("login", "=", "anna")], limit=1) or self.env.user

    def tell(self):
        firm = self._partner(FIRM, is_company=True)
        students = [self._student(*row) for row in STUDENTS]
        students[0].parent_id = firm
        for place, by_firm, *row in STORY:
            self._enrol(firm if by_firm else students[place], students[place], *row)

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _partner(self, name, **values):
        return self.env["res.partner"].create(
            {"name": name, "user_id": self.manager.id, "lang": self.env.lang, **values}
        )

    def _student(self, name, number, age, place):
        return self._partner(
            name,
            email=f"student{number[-3:]}@example.com",
            passport_number=number,
            passport_issuer="ГУ МВД России по Нижегородской области",
            passport_date=self._day(7_300 - age),
            passport_birth_date=self._day(-age),
            passport_birth_place=place,
            passport_country_id=self.env.ref("base.ru").id,
            crm_payment_terms_note="Скидка 5 % при оплате вперёд; взносы до 5-го числа.",
        )

    def _enrol(self, payer, student, programme, price, begin, end, payments, received, goes_on):
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.kind.id,
                "partner_id": payer.id,
                "beneficiary_id": student.id if student != payer else False,
                "user_id": self.manager.id,
                "amount_total": price,
                "title": programme,
                "company_signer": "директора Орлова А. В.",
                "company_signer_basis": "Устава",
                "company_signature_name": "Директор Орлов А. В.",
                "date": self._day(begin - 10),
                "date_start": self._day(begin),
                "date_end": self._day(end),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {
                            "sequence": 10 * place,
                            "name": name,
                            "amount": price * percent / 100,
                            "date_planned": self._day(days),
                        }
                    )
                    for place, (name, percent, days) in enumerate(payments, 1)
                ],
            }
        )
        contract.action_approve()
        contract.payment_ids.sorted("sequence")[:received].action_set_received()
        if not goes_on:
            contract._sign(
                ("company", "partner"), "esign", self._day(begin - 8), self.env["ir.attachment"]
            )
            contract.action_complete()
