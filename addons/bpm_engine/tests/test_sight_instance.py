from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


@freeze_time(NOW)
class TestInstance(SightCommon):
    def _sight(self, instance, moment=None, user=None):
        return instance.with_user(user or self.viewer).get_sight(moment)

    def _marks(self, sight):
        return {mark["element"]: mark["state"] for mark in sight["marks"]}

    def test_task_in_words(self):
        """HU-06: one sentence says who does what until when, and what follows."""
        self.worker.name = "Anna"
        instance = self._waiting(self.worker, deadline=NOW + timedelta(hours=3))
        self.assertEqual(
            instance.next_step,
            "Anna does “Check invoice” until 19 Nov 2026 15:00, then “Pay” or “Refused”.",
        )

    def test_late_group_and_nobody_in_words(self):
        """HU-06: lateness, a group that may take it, and a task without anybody."""
        self.worker.name = "Anna"
        late = self._waiting(self.worker, deadline=self._ago(hours=1))
        self.assertTrue(
            late.next_step.startswith("Anna is late with “Check invoice”, due 19 Nov 2026 11:00")
        )
        group = self._waiting(group_id=self.env.ref("bpm_engine.group_user").id)
        self.assertTrue(
            group.next_step.startswith("Anybody of “Work in processes” may take “Check invoice”")
        )
        self.assertTrue(self._waiting().next_step.startswith("Nobody has “Check invoice” yet"))

    def test_waits_and_states_in_words(self):
        """HU-06: timers, messages, incidents, suspension and the end are told as well."""
        instance = self._instance(self._ago(days=1))
        self.assertIn("Nothing is open", instance.next_step)
        wait = {"instance_id": instance.id, "element_id": self._element("Money").id}
        self.env["bpm.wait"].create({**wait, "kind": "message", "name": "money"})
        self.assertEqual(instance.next_step, "It waits for “Money left”, then “Paid”.")
        instance.wait_ids.write({"kind": "timer", "due": NOW + timedelta(days=1)})
        instance.invalidate_recordset()
        self.assertEqual(
            instance.next_step, "It waits until 20 Nov 2026 12:00 (“Money left”), then “Paid”."
        )
        instance.state = "suspended"
        self.assertIn("until a manager resumes it", instance.next_step)
        instance.write({"state": "done", "date_end": NOW, "result": "Paid"})
        self.assertEqual(instance.next_step, "Ended with “Paid” on 19 Nov 2026 12:00.")
        instance.state = "cancelled"
        self.assertIn("Cancelled on 19 Nov 2026 12:00", instance.next_step)

    def test_picture_of_a_running_instance(self):
        """HU-06: done, active and late elements, the flows passed, holder and time."""
        self.worker.name = "Anna"
        instance = self._waiting(self.worker, started=self._ago(hours=50))
        sight = self._sight(instance)
        self.assertEqual(self._marks(sight), {"Start": "done", "Check": "active"})
        self.assertEqual(sight["marks"][1]["badge"], "Anna · 2 d 2 h")
        self.assertEqual(sight["flows"], ["F1"])
        instance.task_ids.deadline = self._ago(hours=1)
        self.assertEqual(self._marks(self._sight(instance))["Check"], "late")

    def test_own_version_is_shown(self):
        """HU-19: an instance shows the diagram it runs on, not the newest."""
        sight = self._sight(self._waiting(self.worker, version=self.old))
        self.assertIn("Old check", sight["bpmn_xml"])
        self.assertEqual(sight["version"], self.old.display_name)

    def test_incident(self):
        """HU-24: the element that failed is marked, the sentence says who helps."""
        instance = self._instance(self._ago(days=1), state="incident", error="No server")
        self._log(instance, "entered", "Pay", self._ago(hours=2))
        self._log(instance, "error", "Pay", self._ago(hours=1), comment="No server")
        self.env["bpm.job"].create(
            {
                "instance_id": instance.id,
                "element_id": self._element("Pay").id,
                "element_name": "Pay",
                "token": "1",
                "state": "incident",
            }
        )
        sight = self._sight(instance)
        self.assertEqual(self._marks(sight), {"Pay": "error"})
        self.assertEqual(
            sight["sentence"],
            "Stopped at “Pay” by an error: a manager repeats or skips the step.",
        )
        self.assertEqual(instance.incident_job_ids.element_name, "Pay")

    def test_ended_instance_has_nothing_active(self):
        """HU-06: after the end everything is done, even what was left standing."""
        instance = self._run_to_end(2)
        self._log(instance, "entered", "Money", self._ago(days=3))
        marks = self._marks(self._sight(instance))
        self.assertEqual(set(marks.values()), {"done"})

    def test_as_it_stood_then(self):
        """HU-06: the picture of an earlier moment, with holder-free badge and its sentence."""
        instance = self._run_to_end(10, started=self._ago(days=5))
        sight = self._sight(instance, "2026-11-14 15:00:00")
        self.assertEqual(self._marks(sight), {"Start": "done", "Check": "active"})
        self.assertEqual(sight["marks"][1]["badge"], "3 h")
        self.assertEqual(sight["sentence"], "On 14 Nov 2026 15:00 it stood at “Check invoice”.")
        before = self._sight(instance, "2026-11-01 00:00:00")
        self.assertEqual((before["marks"], before["history"]), ([], []))

    def test_history(self):
        """HU-06: who did what when, how long it took, late or not, in words."""
        self.worker.name = "Anna"
        lines = self._sight(self._run_to_end(2, late=True))["history"]
        told = [line for line in lines if not line["quiet"]]
        self.assertEqual(
            [line["name"] or line["event"] for line in told],
            ["Started", "Check invoice", "Pay", "Ended"],
        )
        check = told[1]
        self.assertEqual((check["took"], check["overdue"], check["user"]), ("2 h", True, "Anna"))
        self.assertEqual(check["decisions"][0]["label"], "Agreed")
        self.assertEqual(len(lines), 7)

    def test_search(self):
        """HU-06: instances are found by where they stand, who holds them, and lateness."""
        late = self._waiting(self.worker, deadline=self._ago(hours=1))
        money = self._instance(self._ago(days=1))
        self.env["bpm.wait"].create(
            {"instance_id": money.id, "element_id": self._element("Money").id, "kind": "message"}
        )
        self._run_to_end(1)
        Instance = self.env["bpm.instance"].with_user(self.viewer)

        def find(*domain):
            return Instance.search([("process_id", "=", self.process.id), *domain])

        self.assertEqual(find(("standing_at", "ilike", "check")), late)
        self.assertEqual(find(("standing_at", "ilike", "money")), money)
        self.assertEqual(find(("holder_ids", "in", self.worker.ids)), late)
        self.assertEqual(find(("holder_ids", "ilike", "bpm_worker")), late)
        self.assertEqual(find(("is_overdue", "=", True)), late)
        self.assertEqual((late.standing_at, late.holder_ids), ("Check invoice", self.worker))
        self.assertTrue(late.is_overdue)

    def test_search_by_record(self):
        """HU-06: found by the record's name of today, old names and secret records apart."""
        instance = self._waiting(self.worker)
        other = self._waiting(self.worker)
        other.sudo().res_id = self.env["res.partner"].create({"name": "Zarya"}).id
        Instance = self.env["bpm.instance"].with_user(self.viewer)

        def find(*condition):
            return Instance.search([("process_id", "=", self.process.id), condition])

        self.assertEqual(find("record_name", "ilike", "vect"), instance)
        self.assertEqual(find("record_name", "=", "Zarya"), other)
        self.partner.name = "Meteor"
        self.assertFalse(find("record_name", "ilike", "vect"))
        self.assertEqual(find("record_name", "ilike", "meteor"), instance)
        self.partner.active = False
        self.assertEqual(find("record_name", "ilike", "meteor"), instance)
        rule = {
            "name": "hidden",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "domain_force": f"[('id', '!=', {self.partner.id})]",
        }
        self.env["ir.rule"].create(rule)
        self.assertFalse(find("record_name", "ilike", "meteor"))

    def test_access(self):
        """HU-06: those with a part in it see it; others, other companies and portals do not."""
        instance = self._waiting(self.worker)
        own = new_test_user(self.env, "bpm_own", "base.group_user")
        with self.assertRaises(AccessError):
            self._sight(instance, user=own)
        instance.participant_ids += own
        self.assertTrue(self._sight(instance, user=own)["marks"])
        for user in (self.viewer, self.worker, self.designer, self.manager):
            self.assertTrue(self._sight(instance, user=user)["marks"])
        portal = new_test_user(self.env, "bpm_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self._sight(instance, user=portal)
        company = self.env["res.company"].create({"name": "Other Ltd"})
        foreign = new_test_user(
            self.env,
            "bpm_foreign",
            "bpm_engine.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self._sight(instance, user=foreign)

    def test_record(self):
        """EP-05: the record is one click away, with its own rights; a lost one is told."""
        instance = self._waiting(self.worker)
        self.assertEqual(instance.record_name, "Vector")
        action = instance.with_user(self.viewer).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.partner.id))
        instance.sudo().res_id = 2147483647
        instance.invalidate_recordset()
        self.assertFalse(instance.record_name)
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            instance.action_open_record()

    def test_secret_record(self):
        """EP-05: who may not read the record learns its kind, not its name."""
        secret = self.env["ir.cron"].search([], limit=1)
        instance = self._waiting(self.worker)
        instance.sudo().write({"res_model": "ir.cron", "res_id": secret.id})
        seen = instance.with_user(self.viewer)
        seen.invalidate_recordset()
        self.assertEqual(seen.record_name, "Scheduled Actions")
        with self.assertRaisesRegex(AccessError, "no right to see its record"):
            seen.action_open_record()

    def test_reason_dialog(self):
        """HU-24: suspending asks why; others than managers are refused in the end."""
        instance = self._waiting(self.worker)
        action = instance.with_user(self.manager).action_ask_suspend()
        dialog = self.env["bpm.reason"].with_user(self.manager).with_context(**action["context"])
        dialog.create({"reason": "Audit"}).action_apply()
        self.assertEqual(instance.state, "suspended")
        self.assertEqual(instance.log_ids[-1].comment, "Audit")
        dialog = self.env["bpm.reason"].with_user(self.worker).with_context(**action["context"])
        with self.assertRaises(AccessError):
            dialog.create({"reason": "I want", "act": "cancel"}).action_apply()
