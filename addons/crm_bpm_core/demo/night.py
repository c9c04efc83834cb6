"""The demo company's past: calls, alarms and how they ended; then its last night."""

from datetime import datetime, time, timedelta

from . import names

STEPS = [
    "Отправить новый прайс",
    "Согласовать условия доставки",
    "Встреча на складе",
    "Акт сверки за квартал",
    "Подписать договор на новый год",
    "Предложить тормозную группу",
]
PROMISES = [
    "Перезвонить после инвентаризации",
    "Обещал заявку к обеду",
    "Уточнить цену на амортизаторы",
]
SNAPSHOT_DAYS = 182


class DemoNight:
    """Everything of the demo story that the sweeps and people would have made."""

    def __init__(self, story):
        self.story = story
        self.env = story.env
        self.today = story.today
        self.random = story.random
        self.company = story.company
        self.call_type = self.env.ref("mail.mail_activity_data_call")
        self.todo_type = self.env.ref("mail.mail_activity_data_todo")
        self.partner_model = self.env["ir.model"]._get_id("res.partner")

    def tell(self):
        self._set_people()
        self.rule = self._get_rule()
        self._write_finished_calls()
        self._write_closed_alarms()
        self._write_snapshots()
        self._plan_steps()
        self._plan_promises()
        self._run_last_night()
        self._arrange_today()

    def _customers(self, *kinds):
        return [partner for partner, kind in self.story.customers.items() if kind in kinds]

    def _set_people(self):
        users = self.story.users
        self.company.write({"call_daily_limit": 8, "call_fallback_user_id": users["director"].id})
        users["igor"].call_daily_limit = 6
        users["olga"].write(
            {
                "absence_from": self.today + timedelta(days=2),
                "absence_to": self.today + timedelta(days=5),
                "substitute_user_id": users["maria"].id,
            }
        )

    def _get_rule(self):
        """The rule of silence, switched on a while ago."""
        Rule = self.env["crm.recession.rule"].with_context(active_test=False)
        rule = Rule.search(
            [("kind", "=", "silence"), ("company_id", "=", self.company.id)], limit=1
        ) or Rule.create({"name": "Silence", "company_id": self.company.id})
        rule.write(
            {
                "active": True,
                "state": "on",
                "activation_date": self.today - timedelta(days=120),
                "user_id": self.story.users["director"].id,
            }
        )
        return rule

    # Activities

    def _prepare_activity(self, partner, day, summary, **values):
        return {
            "res_model_id": self.partner_model,
            "res_model": "res.partner",
            "res_id": partner.id,
            "activity_type_id": self.call_type.id,
            "summary": summary,
            "date_deadline": day,
            "user_id": partner.user_id.id,
            "automated": True,
            **values,
        }

    def _write_finished_calls(self):
        """Calls of the last two months with what was said, a few of them of today."""
        values = []
        for partner in self.story.customers:
            for _number in range(self.random.choice((0, 1, 1, 2))):
                day = self.today - timedelta(days=self.random.randint(1, 60))
                values.append(self._prepare_finished_call(partner, day, "monitoring"))
        for user in ("anna", "igor", "maria", "petr", "dmitry", "olga"):
            own = [p for p in self._customers("weekly") if p.user_id == self.story.users[user]]
            for partner in own[: self.random.randint(2, 4)]:
                values.append(self._prepare_finished_call(partner, self.today, "monitoring"))
        self._create_finished(values)

    def _prepare_finished_call(self, partner, day, reason):
        result, text = self.random.choice(names.SAID)
        return self._prepare_activity(
            partner,
            day,
            "Monitoring call" if reason == "monitoring" else "Restore relations",
            call_reason=reason,
            call_result=result,
            feedback=text,
            active=False,
        )

    def _create_finished(self, values):
        calls = self.env["mail.activity"].create(values)
        self.env.flush_all()
        # The day on which a call was closed is computed as today.
        self.env.cr.execute(
            "UPDATE mail_activity SET date_done = date_deadline WHERE id IN %s",
            [tuple(calls.ids)],
        )
        calls.invalidate_recordset()

    def _plan_steps(self):
        """Somebody has already planned something with most customers."""
        values = []
        for partner in self.story.customers:
            if self.random.random() < 0.72:
                day = self.today + timedelta(days=self.random.randint(1, 30))
                step = self._prepare_activity(partner, day, self.random.choice(STEPS))
                values.append({**step, "activity_type_id": self.todo_type.id, "automated": False})
        self.env["mail.activity"].create(values)

    def _plan_promises(self):
        partners = self.random.sample(self._customers("weekly", "biweekly", "monthly"), 40)
        self.env["mail.activity"].create(
            [
                self._prepare_activity(
                    partner,
                    self.today + timedelta(days=number % 10),
                    self.random.choice(PROMISES),
                    call_reason="promised",
                )
                for number, partner in enumerate(partners)
            ]
        )

    # Alarms that are over

    def _write_closed_alarms(self):
        endings = [
            (self._customers("recovered"), "recovered", False),
            (self._customers("stopped_long")[:2], "lost", "competitor"),
            (self._customers("biweekly")[:3], "false_alarm", "error"),
            (self._customers("monthly")[:1], "paused", "pause"),
        ]
        values = [
            self._prepare_closed_alarm(partner, outcome, reason)
            for partners, outcome, reason in endings
            for partner in partners
        ]
        self.env["crm.recession.alert"].create(values)

    def _prepare_closed_alarm(self, partner, outcome, reason):
        alarm = self.today - timedelta(days=self.random.randint(34, 55))
        resumed = self.today - timedelta(days=self.random.randint(0, min(18, self.today.day - 1)))
        amount = self._get_week_amount(partner)
        return {
            "company_id": self.company.id,
            "rule_id": self.rule.id,
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "alarm_date": alarm,
            "state": "closed",
            "outcome": outcome,
            "outcome_reason": reason,
            "last_order_day": alarm - timedelta(days=29),
            "order_day_count": 40,
            "gap": 7.0,
            "silence": 29.0,
            "silence_days": 29,
            "tolerated": 28.0,
            "factor": 4.0,
            "weeks_ordered": 25,
            "week_lines": 6.4,
            "base_week_amount": amount,
            "call_date": datetime.combine(alarm + timedelta(days=1), time(9)),
            "resumed_date": resumed if outcome == "recovered" else False,
            "closed_date": resumed,
            "won_back_amount": round(amount * 1.7) if outcome == "recovered" else 0.0,
        }

    def _get_week_amount(self, partner):
        return round(partner.order_week_amount) or 20000

    # Snapshots

    def _write_snapshots(self):
        """How the customers of each person moved through the statuses, night by night."""
        rows = []
        users = {partner.user_id for partner in self.story.customers}
        for status in self.story.statuses.values():
            for user in users:
                rows += self._get_snapshot_rows(status, user)
        self.env.cr.execute_values(
            """INSERT INTO crm_customer_snapshot (company_id, status_id, user_id, day,
                   customer_count, arrived_count, left_count, recession_count,
                   without_step_count, overdue_call_count) VALUES %s
               ON CONFLICT DO NOTHING""",
            rows,
        )

    def _get_snapshot_rows(self, status, user):
        """Walks back from today's number, so that the last point is the truth."""
        count = sum(
            partner.user_id == user and partner.customer_status_id == status
            for partner in self.story.customers
        )
        growing = status.code == "permanent"
        rows = []
        for days in range(1, SNAPSHOT_DAYS):
            day = self.today - timedelta(days=days)
            arrived = int(self.random.random() < 0.04)
            gone = int(not growing and self.random.random() < 0.035)
            rows.append(
                (self.company.id, status.id, user.id, day, count, arrived, gone,
                 self.random.randint(0, 4), self.random.randint(0, 6), self.random.randint(0, 3))
            )  # fmt: skip
            count = max(0, count - arrived + gone)
        return rows

    # The last night and the morning after

    def _run_last_night(self):
        self.env.flush_all()
        self.env["crm.nightly.run"]._run_night(self.company, self.today, "manual")
        self.env.invalidate_all()

    def _arrange_today(self):
        """Whatever the day of the week, the demo has a day's work, some of it late."""
        for user in self.story.users.values():
            calls = self.env["mail.activity"].search(
                [("user_id", "=", user.id), ("call_reason", "!=", False)],
                order="id",
            )
            chosen = self.random.sample(list(calls), min(len(calls), self.random.randint(7, 9)))
            for number, call in enumerate(chosen):
                late = self.random.randint(1, 3) if number % 5 == 4 else 0
                call.date_deadline = self.today - timedelta(days=late)
        assigned = self.env["crm.recession.alert"].search([("state", "!=", "closed")], limit=3)
        assigned[1:].write({"user_id": False})
