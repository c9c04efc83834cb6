from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageBar(StageCommon):
    """EP-06, AL-22: the bar comes with the record of a form, cheap and never stale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._fact(cls.s_qualify, "In town", "domain", domain="[('city', '=', 'Omsk')]")
        cls._step(cls.s_qualify, "Meeting", deadline_number=1)
        cls.s_qualify.norm_days = 2
        cls._publish()
        cls.customer = cls._customer()

    def _read(self, record=None, **context):
        record = (record or self.customer).with_user(self.seller).with_context(**context)
        return record.web_read({"name": {}, "child_ids": {"fields": {"name": {}}}})[0]

    def _bar(self):
        return self._read(bpm_stage_bar=True)["bpm_stage_bar"]

    def test_comes_with_the_record(self):
        """EP-06: whoever asks with the record gets the same bar; lines inside have none."""
        self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        found = self._read(bpm_stage_bar=True)
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        self.assertEqual(found["bpm_stage_bar"], panel.get_bar("res.partner", self.customer.id))
        self.assertNotIn("bpm_stage_bar", found["child_ids"][0])
        self.assertNotIn("bpm_stage_bar", self._read())
        outside = self._customer(name="Out", ref="outside")
        self.assertIs(self._read(outside, bpm_stage_bar=True)["bpm_stage_bar"], False)

    def test_costs_a_handful_of_queries(self):
        """EP-06: the case, its steps, their activities, and names of people."""

        def count(**context):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._read(**context)
            return self.cr.sql_log_count - before

        count(bpm_stage_bar=True)
        plain, regulated = count(), count(bpm_stage_bar=True)
        self.assertLessEqual(regulated - plain, 7)

    def test_who_and_when(self):
        """AL-22: each step says who has it until when, and who did it when."""
        [step] = self._bar()["steps"]
        self.assertEqual(step["user"], [self.seller.id, self.seller.name])
        self.assertTrue(step["deadline"])
        self.assertFalse(step["overdue"])
        self._steps(self.customer).with_user(self.head).action_done("Went well")
        [step] = self._bar()["steps"]
        self.assertEqual((step["state"], step["comment"]), ("done", "Went well"))
        self.assertEqual(step["done_by"], [self.head.id, self.head.name])
        self.assertTrue(step["date_done"])

    def test_overdue_and_over_the_norm(self):
        """AL-22: what is late says so, and how long it stands is told against the norm."""
        case = self.env["bpm.stage.case"]._get_cases(self.customer)[self.customer.id]
        case.entered_at = datetime(2026, 11, 16, 8)
        case.step_ids.deadline = datetime(2026, 11, 17, 8)
        self.env.company.resource_calendar_id.tz = "UTC"
        until = datetime(2026, 11, 20, 8)
        self.assertEqual(round(case._get_days_by_case([case], until)[case], 2), 4)
        with freeze_time(until):
            bar = self._bar()
        self.assertTrue(bar["steps"][0]["overdue"])
        self.assertEqual(bar["norm_days"], 2)

    def test_holidays_count_at_once(self):
        """TN-10: a holiday entered later is no working day of those that stand."""
        case = self.env["bpm.stage.case"]._get_cases(self.customer)[self.customer.id]
        case.entered_at = datetime(2026, 11, 16, 8)
        self.env.company.resource_calendar_id.tz = "UTC"
        until = datetime(2026, 11, 20, 8)
        before = case._get_days_by_case([case], until)[case]
        self.env["resource.calendar.leaves"].create({
            "name": "Holiday", "calendar_id": self.env.company.resource_calendar_id.id,
            "date_from": datetime(2026, 11, 18), "date_to": datetime(2026, 11, 19),
        })  # fmt: skip
        after = case._get_days_by_case([case], until)[case]
        self.assertAlmostEqual(before - after, 1)

    def test_what_is_kept_follows_changes(self):
        """EP-06: names, translations, statuses and another version show at once."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self._bar()
        self.regulation.name = "Sale to shops"
        self.assertEqual(self._bar()["regulation"]["name"], "Sale to shops")
        self.regulation.update_field_translations("name", {"ru_RU": "Продажа"})
        found = self._read(bpm_stage_bar=True, lang="ru_RU")["bpm_stage_bar"]
        self.assertEqual(found["regulation"]["name"], "Продажа")
        self.assertEqual(self._bar()["asks"]["statuses"], [])
        status = self.env["bpm.stage.status"].create({"name": "Warm"})
        self.assertEqual(self._bar()["asks"]["statuses"], [[status.id, "Warm"]])
        draft = self.regulation.action_new_draft()
        self._fact(draft.stage_ids[0], "Mail known", field="email")
        self.assertEqual(self._bar()["stages"][1]["missing"], 3)
        self._publish(draft)
        self.assertEqual(self._bar()["stages"][1]["missing"], 4)
