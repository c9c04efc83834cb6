"""Processes of the demo company: in use, at various steps, some late, one stopped.

Everything runs through the engine by the people of the story; afterwards the clock of
what ran is turned back, so that there is a past to look at.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import file_open

NEEDS = [
    "Колодки для автопарка", "Фильтры на сезон", "Поставка масла в сервис", "Амортизаторы оптом",
    "Запчасти для такси", "Диски и колодки, тендер", "Расходники для СТО", "Аккумуляторы к зиме",
    "Ремни ГРМ, договор на год", "Антифриз, 2 паллеты", "Подвеска для ГАЗелей", "Свечи, опт",
]  # fmt: skip
REQUESTS = ["Не пришли две позиции", "Счёт на старые реквизиты", "Прайс не открывается",
            "Нужен сертификат на масло"]  # fmt: skip
#: Steps by the people who have them: (element, outcome, what was said).
LEADS = [
    [("Qualify", "qualified"), ("Needs", "noted")],
    [("Qualify", "qualified"), ("Needs", "noted")],
    [("Qualify", "unsuitable", "Берут только оригинал"), ("Agree_decline", "agreed")],
    [("Qualify", "qualified"), ("Needs", "noted")],
    [("Qualify", "unsuitable", "Нет бюджета")],
    [("Qualify", "later")],
    [("Qualify", "qualified")],
    [],
]
QUALIFIED = [("Analyse", "done"), ("People", "done"), ("Sum_up", "meets")]
PRESENTED = [*QUALIFIED, ("Visa", "approved"), ("Present", "held"), ("Catalogue", "prepared")]
OFFERED = [*PRESENTED, ("Agree_catalogue", "approved"), ("Offer", "sent")]
SHIPPED = [("Answer", "accepted"), ("Prepare", "prepared"), ("Ship", "arrived")]
SALES = [
    [*OFFERED, *SHIPPED, ("Contract", "signed")],
    [*OFFERED, ("Answer", "declined", "Выбрали другого поставщика")],
    [*OFFERED],
    [*PRESENTED],
    [*QUALIFIED],
    [("Analyse", "done")],
]
RECOVERIES = [
    [("Call", "refused", "Открыли свой склад"), ("Decide", "give_up", "Не наш объём")],
    [("Call", "offer"), ("Offer", "agreed")],
    [("Call", "no_answer")],
    [("Call", "visit")],
    [],
]
HANDLED = [
    [("Register", "accepted"), ("Solve", "solved"), ("Confirm", "confirmed")],
    [("Register", "accepted"), ("Solve", "solved")],
    [("Register", "accepted")],
    [],
]
IDEAS = [
    ("Offer", "Шаблон предложения вместо письма с нуля",
     "На каждое предложение уходит полдня. Возьмём шаблон по группе товаров.", 4, 0),
    ("Visa", "Виза не нужна до 300 тысяч",
     "Небольшие продажи ждут визу по два дня, отказов за полгода не было.", 3, 1),
]  # fmt: skip


class DemoProcesses:
    """Runs the ready processes as the people of the story would."""

    def __init__(self, story):
        self.story = story
        self.env = story.env
        self.users = story.users
        self.random = story.random
        self.now = fields.Datetime.now()

    def tell(self):
        every = self.env["bpm.process"].search([])
        every.owner_id = self.users["director"]
        silent = [p for p, kind in self.story.customers.items() if kind.startswith("stopped")]
        self._play("customer_recovery", silent[-len(RECOVERIES) :], RECOVERIES, 14)
        self._play("lead_management", self._create_leads(LEADS, "lead"), LEADS, 25)
        self._play("corporate_sale", self._create_leads(SALES, "opportunity"), SALES, 40)
        weekly = [p for p, kind in self.story.customers.items() if kind == "weekly"]
        self._create_requests()
        self._play("request_handling", weekly[: len(HANDLED)], HANDLED, 6)
        self._stop_somewhere(weekly[-2:])
        self._propose()

    # Playing

    def _play(self, key, records, scripts, days):
        """One instance per script; those that got further began earlier."""
        process = self.env["bpm.process"].search([("key", "=", key)])
        for record, script in zip(records, scripts, strict=False):
            instance = self._start(process, record)
            for step in script:
                self._do(instance, *step)
            self._turn_back(instance, days * (1 + len(script)) / (2 + len(script)))

    def _start(self, process, record):
        starter = record.user_id or self.users["anna"]
        ids = process.with_user(starter).action_start(record.ids)
        return self.env["bpm.instance"].browse(ids)

    def _do(self, instance, element, outcome, comment=None):
        task = instance.task_ids.filtered(
            lambda t: t.state == "todo" and t.element_id.element_id == element
        )
        user = task.user_id
        if not user:
            members = [u for u in self.users.values() if task.group_id in u.all_group_ids]
            user = members[0]
            task.with_user(user).action_claim()
        task.with_user(user).action_complete(outcome, comment)

    def _create_leads(self, scripts, kind):
        sellers = [self.users[login] for login in ("igor", "maria", "dmitry", "anna")]
        customers = [p for p, status in self.story.customers.items() if status == "potential"]
        return self.env["crm.lead"].create(
            [
                {
                    "name": NEEDS[number % len(NEEDS)],
                    "type": kind,
                    "partner_id": customers[number % len(customers)].id,
                    "user_id": sellers[number % len(sellers)].id,
                    "expected_revenue": 10000 * self.random.randint(4, 90),
                    "date_deadline": self.story.today + timedelta(days=self.random.randint(9, 60)),
                }
                for number in range(len(scripts))
            ]
        )

    def _create_requests(self):
        group = {"kind": "group", "group": "crm_bpm_core.group_full"}
        process = self.env.ref("bpm_engine.template_request_handling")._create_process(
            lanes={"Lane_dispatcher": {"kind": "user", "user": "anna"}, "Lane_specialist": group},
            model_id=self.env["ir.model"]._get_id("res.partner"),
            owner_id=self.users["anna"].id,
            group_ids=[Command.set(self.env.ref("crm_bpm_core.group_full").ids)],
            one_per_record=False,
        )
        process.draft_version_id._publish()

    # The past

    def _turn_back(self, instance, days):
        """As if it had been started so many days ago and its steps spread over them."""
        self.env.flush_all()
        logs = self.env["bpm.log"].sudo().search([("instance_id", "=", instance.id)])
        start = self.now - timedelta(days=days)
        step = timedelta(days=days * 0.8) / max(1, len(logs))
        moments = {log: start + step * number for number, log in enumerate(logs)}
        entered, rows = {}, []
        for log, moment in moments.items():
            begun = entered.setdefault(log.token, moment) if log.token else moment
            spent = (moment - begun).total_seconds() if log.event == "left" else None
            rows.append((log.id, moment, spent))
        self.env.cr.execute_values(
            """UPDATE bpm_log log SET at = row.at, duration = row.spent::float
                 FROM (VALUES %s) AS row (id, at, spent) WHERE row.id = log.id""",
            rows,
        )
        self._turn_back_tasks(instance, entered, {log.token: moments[log] for log in logs})
        self.env.cr.execute(
            """UPDATE bpm_instance SET date_start = %s, create_date = %s,
                      date_end = CASE WHEN date_end IS NULL THEN NULL ELSE %s END WHERE id = %s""",
            [start, start, max(moments.values(), default=start), instance.id],
        )
        self.env.invalidate_all()
        self.env.add_to_compute(instance._fields["duration_hours"], instance)

    def _turn_back_tasks(self, instance, begun, ended):
        for task in instance.task_ids:
            start = begun.get(task.token) or task.date_start
            shift = task.date_start - start
            done = ended.get(task.token) if task.date_done else None
            self.env.cr.execute(
                """UPDATE bpm_task SET date_start = %s, create_date = %s, date_done = %s,
                          deadline = deadline - %s::interval WHERE id = %s""",
                [start, start, done, f"{int(shift.total_seconds())} seconds", task.id],
            )
        self.env.invalidate_all()
        for task in instance.task_ids.filtered(lambda t: t.state == "todo" and t.deadline):
            task.activity_ids.date_deadline = task.deadline.date()

    # An incident, and ideas

    def _stop_somewhere(self, partners):
        """A process whose background step fails: another system does not answer."""
        action = self.env["bpm.action"].create(
            {
                "name": "Сообщить в складскую систему",
                "key": "demo_warehouse",
                "kind": "server",
                "is_async": True,
                "max_tries": 1,
                "server_action_id": self._create_server_action().id,
            }
        )
        with file_open("crm_bpm_core/demo/return_of_goods.bpmn") as source:
            diagram = source.read()
        process = self.env["bpm.process"].create(
            {
                "name": "Возврат товара",
                "key": "return_of_goods",
                "category": "Склад",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "owner_id": self.users["director"].id,
                "group_ids": [Command.set(self.env.ref("crm_bpm_core.group_full").ids)],
                "version_ids": [Command.create({"bpmn_xml": diagram})],
            }
        )
        process.draft_version_id._publish()
        scripts = [[("Accept", "accepted"), ("Receive", "received")], []]
        self._play(process.key, partners, scripts, 5)
        self.env["bpm.job"].search([("action_id", "=", action.id)])._perform()

    def _create_server_action(self):
        return self.env["ir.actions.server"].create(
            {
                "name": "Сообщить в складскую систему",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": 'raise UserError("Складская система не отвечает (тайм-аут 30 с).")',
            }
        )

    def _propose(self):
        process = self.env["bpm.process"].search([("key", "=", "corporate_sale")])
        voters = [self.users[login] for login in ("anna", "maria", "petr", "dmitry", "olga")]
        for element, name, text, count_for, count_against in IDEAS:
            found = process.published_version_id.element_ids.filtered(
                lambda item, element=element: item.element_id == element
            )
            proposal = (
                self.env["bpm.proposal"]
                .with_user(self.users["igor"])
                .create(
                    {
                        "name": name,
                        "process_id": process.id,
                        "version_id": process.published_version_id.id,
                        "element": element,
                        "element_name": found.name,
                        "description": text,
                    }
                )
            )
            for voter in voters[:count_for]:
                proposal.with_user(voter).action_vote_for()
            for voter in voters[count_for : count_for + count_against]:
                proposal.with_user(voter).action_vote_against()
