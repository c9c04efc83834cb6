"""A stage regulation of the demo company: sales to garages, in two versions, with a past.

It is chosen by a tag, so that it keeps nobody from trying the other demo deals.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

TAG = "Автосервисы"
STATUSES = ("Думают", "Просят скидку", "Ждут сезона")
DEALS = ["Сервис на Гагарина", "Шиномонтаж «Колесо»", "СТО «Мотор»", "Гараж таксопарка",
         "Сервис «Три ключа»", "Автомойка с сервисом"]  # fmt: skip
#: How many deals came to an end under each version, and what share of them was won with
#: the call made and without.
PAST = [(46, 0.55, 0.25), (38, 0.7, 0.35)]


class DemoStages:
    """Writes the regulation as a head of sales would, and plays deals through it."""

    def __init__(self, story):
        self.env = story.env
        self.users = story.users
        self.random = story.random
        self.now = fields.Datetime.now()

    def tell(self):
        self.env["bpm.stage.status"].create([{"name": name} for name in STATUSES])
        self.tag = self.env["crm.tag"].create({"name": TAG})
        self.won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.regulation = self._create_regulation()
        first = self._write_first()
        first.action_publish()
        self._play_past(*PAST[0])
        second = self.regulation.action_new_draft()
        second.change_note = "Виза руководителя до предложения, а не после"
        self._add_visa(second)
        second.action_publish()
        self._play_past(*PAST[1])
        self._create_open()

    def _create_regulation(self):
        director = self.users["director"]
        director.group_ids |= self.env.ref("bpm_engine.group_override")
        return self.env["bpm.regulation"].create(
            {
                "name": "Продажи автосервисам",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "stage_field_id": self._field("stage_id").id,
                "domain": f"[('type', '=', 'opportunity'), ('tag_ids.name', '=', '{TAG}')]",
                "owner_id": director.id,
            }
        )

    def _field(self, name):
        return self.env["ir.model.fields"]._get("crm.lead", name)

    def _write_first(self):
        version = self.regulation.action_new_draft()
        version.load_stages()
        first, second, third, *_rest = version.stage_ids
        call = self.env.ref("mail.mail_activity_data_call")
        first.write({
            "norm_days": 3,
            "fact_ids": [Command.create({
                "name": "Бюджет известен", "field_id": self._field("expected_revenue").id,
                "cure": "спросите порядок суммы",
            })],
            "step_ids": [
                Command.create({"name": "Первый звонок", "activity_type_id": call.id}),
                Command.create({"name": "Отправить каталог", "required": False}),
            ],
        })  # fmt: skip
        second.write({
            "norm_days": 5, "ask_comment": True, "ask_status": True,
            "fact_ids": [Command.create({
                "name": "Список позиций приложен", "kind": "document",
            })],
        })  # fmt: skip
        third.write({
            "norm_days": 10, "may_lose": False,
            "fact_ids": [Command.create({
                "name": "Сумма от 50 000", "kind": "domain",
                "domain": "[('expected_revenue', '>=', 50000)]",
            })],
        })  # fmt: skip
        return version

    def _add_visa(self, version):
        version.stage_ids[1].step_ids = [
            Command.create({
                "name": "Виза руководителя", "kind": "approval", "assign_kind": "user",
                "assign_user_id": self.users["director"].id,
            })
        ]  # fmt: skip

    # ------------------------------------------------------------ deals

    def _create_deals(self, names, revenue):
        sellers = [self.users[login] for login in ("igor", "maria", "dmitry", "anna")]
        return self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "user_id": sellers[number % len(sellers)].id,
                    "tag_ids": [Command.link(self.tag.id)],
                    "expected_revenue": revenue and 1000 * self.random.randint(*revenue),
                }
                for number, name in enumerate(names)
            ]
        )

    def _steps(self, deals):
        cases = self.env["bpm.stage.case"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", deals.ids)]
        )
        return cases.step_ids.filtered(lambda step: step.required and step.state == "todo")

    def _play_past(self, number, share_called, share_not):
        """Deals that are over; some went on without the call, by an override."""
        names = [f"{DEALS[n % len(DEALS)]}, {n + 1}" for n in range(number)]
        deals = self._create_deals(names, (60, 300))
        called = deals.filtered(lambda _deal: self.random.random() < 0.6)
        self._steps(called)._mark_done()
        for some, share in ((called, share_called), (deals - called, share_not)):
            won = some.filtered(lambda _deal, share=share: self.random.random() < share)
            past = some._with_stage_bypass("Перенос из прежней системы")
            second = self.env["crm.stage"].search([], limit=2)[1]
            past.stage_id = second
            (past & won).stage_id = self.won
            (past - won).action_set_lost()
        self._age(deals, called)

    def _age(self, deals, called):
        """As if their stages had taken days, longer without the call."""
        changes = self.env["bpm.stage.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", deals.ids)]
        )
        for change in changes.with_context(bpm_purge=True):
            longest = 6 if change.res_id in called.ids else 11
            change.days = change.from_value and round(self.random.uniform(1, longest), 1)
            change.at = self.now - timedelta(days=self.random.uniform(5, 60))

    def _create_open(self):
        """What people work on now: at the first stage, at the second, one overridden."""
        fresh = self._create_deals(DEALS[:2], None)
        ready = self._create_deals(DEALS[2:3], (60, 90))
        self._steps(ready)._mark_done()
        going = self._create_deals(DEALS[3:5], (60, 200))
        self._steps(going)._mark_done()
        second = self.env["crm.stage"].search([], limit=2)[1]
        going.stage_id = second
        pushed = self._create_deals(DEALS[5:], None).with_user(self.users["director"])
        pushed.with_context(bpm_stage_override="Старый знакомый, бюджет обещал").stage_id = second
        return fresh | ready | going | pushed
