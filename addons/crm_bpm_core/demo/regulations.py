"""Stage regulations of the demo company: two in force, with sales at every stage.

The people of the story go through the stages themselves; afterwards the clock of what
they did is turned back.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

#: name, amount, stages gone through (short status on leaving), number of steps done at the last
TENDERS = [
    ("Тендер: масла для парка «Волгатранс»", 2400000, ["price", "bid", "contract"], 1),
    ("Тендер: колодки и диски, городские автобусы", 1350000, ["price", "bid"], 1),
    ("Тендер: аккумуляторы для МУП «Тепло»", 780000, ["price"], 1),
    ("Тендер: фильтры для карьерной техники", 420000, ["price"], 0),
    ("Тендер: запчасти для скорой помощи", 960000, [], 2),
    ("Тендер: антифриз на зиму", 310000, [], 0),
    ("Тендер: подшипники, депо", 640000, ["price", "bid", "contract", "won"], 0),
    ("Тендер: шины для погрузчиков", 530000, ["price", "bid", "lost"], 0),
]
CHAINS = [
    ("Сеть СТО «Мотор»: годовая поставка", 1900000, ["qualification", "presentation"], 2),
    ("Сеть «Быстросервис»: расходники", 860000, ["qualification"], 3),
    ("Сеть моек «Блеск»: масла и химия", 240000, ["qualification"], 1),
    ("Сеть «АвтоДом»: запчасти в 14 салонов", 1450000,
     ["qualification", "presentation", "proposal"], 1),
    ("Сеть прокатов «Рулим»", 510000, [], 0),
]  # fmt: skip
FILES = ["Техническое задание.txt", "Заявка.txt", "Каталог услуг.txt", "Договор (contract).txt"]
COMMENTS = ["Условия подтверждены по телефону", "Документы приняты", "Ждут нашу цену к пятнице"]


class DemoRegulations:
    """Loads two ready regulations and plays sales under them."""

    def __init__(self, story):
        self.story = story
        self.env = story.env
        self.users = story.users
        self.now = fields.Datetime.now()

    def tell(self):
        self._play("tender_sale", "need_tender", TENDERS, ("igor", "maria"), days=45)
        self._play("chain_sale", "need_chain", CHAINS, ("dmitry", "olga"), days=30)

    def _play(self, key, need, deals, logins, days):
        sellers = [self.users[login] for login in logins]
        self._publish(key, sellers[0].sale_team_id)
        customers = {
            seller: iter([p for p in self.story.customers if p.user_id == seller])
            for seller in sellers
        }
        for number, (name, amount, keys, done) in enumerate(deals):
            seller = sellers[number % len(sellers)]
            lead = self._create_lead(
                {
                    "name": name,
                    "need_id": self.env.ref(f"crm_bpm_core.{need}").id,
                    "partner_id": next(customers[seller]).id,
                    "user_id": seller.id,
                    "team_id": sellers[0].sale_team_id.id,
                    "expected_revenue": amount,
                }
            )
            if need == "need_chain":
                self._describe_chain(lead.partner_id)
            for target in keys:
                self._leave(lead, target)
            self._do_steps(lead, done)
            self._turn_back(lead, days * (len(keys) + 1) / 5)

    def _publish(self, key, team):
        """As the head would: from the catalogue, for one team, whose stages are its own."""
        director = self.env(user=self.users["director"].id)
        template = director.ref(f"crm_bpm_core.regulation_{key}")
        uses = director["bpm.regulation.use"]
        use = uses.create({"template_id": template.id, "team_id": team.id})
        director["bpm.regulation.version"].browse(use.action_use()["res_id"]).action_publish()

    def _create_lead(self, values):
        deadline = self.story.today + timedelta(days=self.story.random.randint(12, 50))
        lead = self.env["crm.lead"].create(
            {"type": "opportunity", "date_deadline": deadline, **values}
        )
        self.env["ir.attachment"].create(
            [
                {"name": name, "raw": name.encode(), "res_model": "crm.lead", "res_id": lead.id}
                for name in FILES
            ]
        )
        return lead

    def _describe_chain(self, partner):
        principle = self.env.ref("crm_bpm_core.purchasing_principle_central")
        partner.write(
            {
                "chain_category_id": self.env.ref("crm_bpm_core.chain_category_regional").id,
                "purchasing_principle_id": principle.id,
                "outlet_count": self.story.random.randint(6, 40),
            }
        )

    # Going through the stages

    def _leave(self, lead, target):
        """Everything the stage demands is done, then on to the next."""
        if target != "lost":
            self._do_steps(lead, 99)
        if target in ("contract", "won"):
            self._order(lead)
        case = self.env["bpm.stage.case"]._get_cases(lead)[lead.id]
        content = lead._get_stage_rules() and case.regulation_id.template_id._get_content()
        keys = [stage["key"] for stage in content["stages"]]
        stage = case.version_id.stage_ids[keys.index(target)]
        statuses = case.regulation_id._get_statuses()
        self.env["bpm.stage.case"].with_user(lead.user_id).move(
            "crm.lead", lead.id, stage.value, self.story.random.choice(COMMENTS), statuses[:1].id
        )
        self.env.invalidate_all()

    def _do_steps(self, lead, count):
        while count:
            case = self.env["bpm.stage.case"]._get_cases(lead).get(lead.id)
            todo = case.step_ids.filtered(lambda s: s.state == "todo")[:1]
            if not todo:
                return
            person = todo.with_user(todo.user_id)
            person.action_approve() if todo.kind == "approval" else person.action_done()
            self.env.invalidate_all()
            count -= 1

    def _order(self, lead):
        """The quotation of the sale with goods, confirmed."""
        lead.with_user(lead.user_id).action_make_quotation()
        order = lead.order_ids[:1]
        if order.state != "sale":
            product = self.story.products[3]
            order.order_line = [Command.create({"product_id": product.id, "product_uom_qty": 100})]
            order.with_user(lead.user_id).action_confirm()

    # The past

    def _turn_back(self, lead, days):
        """As if it had begun so many days ago; what is open is due around today."""
        self.env.flush_all()
        case = self.env["bpm.stage.case"]._get_cases(lead).get(lead.id)
        changes = self.env["bpm.stage.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], order="id"
        )
        start, part = self.now - timedelta(days=days), timedelta(days=days) / (len(changes) + 1)
        for number, change in enumerate(changes):
            spent = part.total_seconds() / 86400 * 5 / 7 if number else 0
            self.env.cr.execute(
                "UPDATE bpm_stage_change SET at = %s, days = %s WHERE id = %s",
                [start + part * number, spent, change.id],
            )
        entered = start + part * max(0, len(changes) - 1)
        self.env.cr.execute(
            "UPDATE bpm_stage_case SET entered_at = %s WHERE id = %s", [entered, case.id]
        )
        shift = (self.now - entered) * 0.8
        self.env.cr.execute(
            """UPDATE bpm_stage_case_step
                  SET date_start = date_start - %(shift)s, deadline = deadline - %(shift)s,
                      date_done = date_done - %(shift)s WHERE case_id = %(case)s""",
            {"shift": shift, "case": case.id},
        )
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [start, lead.id])
        self.env.invalidate_all()
        for step in case.step_ids.filtered(lambda s: s.state == "todo"):
            step.activity_ids.date_deadline = step.deadline.date()
