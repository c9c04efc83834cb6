"""Start rules and timers that cannot work hinder nobody else (HU-23, HU-24)."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger

from .run_common import RunCommon, catch, chain, choice, end, flow, start, task, timer

RIGHTS = "odoo.addons.bpm_engine.models.bpm_process_trigger_rights"


class TestStartHindered(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A model that not every employee may read.
        cls.env["ir.model.access"].search([("model_id.model", "=", "res.bank")]).active = False
        group = cls.env["res.groups"].create({"name": "Banks"})
        cls.env["ir.model.access"].create(
            {
                "name": "banks",
                "model_id": cls.env["ir.model"]._get_id("res.bank"),
                "group_id": group.id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create"), True),
            }
        )
        cls.group = group
        cls.worker.group_ids += group
        cls.owner = new_test_user(
            cls.env, "bpm_bank_owner", groups="base.group_user,bpm_engine.group_user"
        )
        cls.owner.group_ids += group

    def make_on_banks(self, key="banks", **trigger):
        process = self.make(
            key,
            start(),
            task("Look"),
            end(),
            chain("Start", "Look", "End"),
            model="res.bank",
            owner_id=self.owner.id,
        )
        row = self.env["bpm.process.trigger"].create({"process_id": process.id, **trigger})
        return process, row

    def leave(self):
        self.owner.group_ids -= self.group
        self.env.invalidate_all()

    def notes(self, process):
        return process.message_ids.filtered(lambda m: "may not read" in m.body)

    def started(self, process):
        return self.Instance.search([("process_id", "=", process.id)])

    def test_others_save_although_the_owner_may_not_read(self):
        """HU-24: created and changed records are saved; the owner is told once."""
        created, _row = self.make_on_banks(kind="create")
        changed, _row = self.make_on_banks("changed", kind="change", domain="[('name', '=', 'B')]")
        self.leave()
        banks = self.env["res.bank"].with_user(self.worker)
        with mute_logger(RIGHTS):
            for number in range(3):
                bank = banks.create({"name": f"A{number}"})
                self.env.cr.flush()
                bank.name = "B"
                self.env.cr.flush()
        self.assertEqual(bank.name, "B")
        for process in (created, changed):
            self.assertFalse(self.started(process))
            self.assertEqual(len(self.notes(process)), 1)
            self.assertIn(self.owner.name, self.notes(process).body)
            self.assertEqual(self.notes(process).notified_partner_ids, self.owner.partner_id)

    def test_without_an_owner(self):
        """HU-24: a process that nobody owns any more refuses nobody's record."""
        process, _row = self.make_on_banks(kind="create")
        process.owner_id = False
        with mute_logger(RIGHTS):
            bank = self.env["res.bank"].with_user(self.worker).create({"name": "Saved"})
            self.env.cr.flush()
        self.assertTrue(bank.exists())
        self.assertEqual(len(self.notes(process)), 1)

    def test_timed_starts_after_it_go_on(self):
        """HU-12: the start that may not look is told of, the next one begins in time."""
        broken, row = self.make_on_banks(kind="time", next_run="2026-03-02 08:00:00")
        sound = self.make(
            "sound", start(), task("Work"), end(), chain("Start", "Work", "End"), model=None
        )
        self.env["bpm.process.trigger"].create(
            {"process_id": sound.id, "kind": "time", "next_run": "2026-03-02 08:00:00"}
        )
        self.env["res.bank"].create({"name": "One"})
        self.leave()
        with mute_logger(RIGHTS):
            self.run_timers("2026-03-02 08:00:10")
        self.assertEqual(len(self.started(sound)), 1)
        self.assertFalse(self.started(broken))
        self.assertEqual(len(self.notes(broken)), 1)
        self.assertEqual(str(row.next_run), "2026-03-03 08:00:00", "not again at once")

    def test_message_and_signal_reach_the_others(self):
        """HU-23: who sends is not refused because one of those who listen may not look."""
        broken, _row = self.make_on_banks(kind="signal", message_name="go")
        by_message, _row = self.make_on_banks("by_message", kind="message", message_name="go")
        sound = self.make(
            "sound", start(), task("Work"), end(), chain("Start", "Work", "End"), model=None
        )
        self.env["bpm.process.trigger"].create(
            {"process_id": sound.id, "kind": "signal", "message_name": "go"}
        )
        bank = self.env["res.bank"].create({"name": "One"})
        self.leave()
        api = self.env["bpm.process"].with_user(self.worker)
        api.send_signal("go", None, "res.bank", bank.id)
        api.send_message("go", "res.bank", bank.id)
        self.assertEqual(len(self.started(sound)), 1)
        for process in (broken, by_message):
            self.assertFalse(self.started(process))
            self.assertEqual(len(self.notes(process)), 1)

    def test_refused_when_it_is_switched_on(self):
        """HU-23: a start that could only fail is refused, with who lacks what."""
        process, row = self.make_on_banks(kind="create", active=False)
        self.leave()
        with self.assertRaisesRegex(ValidationError, "Bank.*bpm_bank_owner.*may not read"):
            row.active = True
        process.run_as_user_id = self.worker
        row.active = True

    def test_refused_when_it_is_published(self):
        """HU-23: a draft with such a start is not put to use; corrected it is."""
        process, row = self.make_on_banks(kind="create")
        old = process.published_version_id
        draft = old.action_new_draft_version()
        old.state = "retired"
        self.leave()
        with self.assertRaisesRegex(UserError, "may not read"), self.env.cr.savepoint():
            draft.with_user(self.manager).action_publish()
        self.assertEqual(draft.state, "draft")
        row.active = False
        draft.with_user(self.manager).action_publish()
        self.assertEqual(draft.state, "published")


class TestTimersHindered(RunCommon):
    def test_archived_owner_stops_only_his_own(self):
        """HU-24: nobody to act as: one incident; other processes' timers fire."""
        body = (
            start(),
            catch("Pause", timer("PT1H")),
            choice("Way", "to_no"),
            task("Yes"),
            task("No"),
            end(),
            chain("Start", "Pause", "Way"),
            flow("to_yes", "Way", "Yes", "record.name == 'Vector'"),
            flow("to_no", "Way", "No"),
            chain("Yes", "End"),
            chain("No", "End"),
        )
        leaver = new_test_user(self.env, "bpm_leaver", groups="bpm_engine.group_user")
        broken = self.make("broken", *body, owner_id=leaver.id)
        sound = self.make("sound", *body)
        timed = self.make(
            "timed", start(), task("Work"), end(), chain("Start", "Work", "End"), model=None
        )
        self.env["bpm.process.trigger"].create(
            {"process_id": timed.id, "kind": "time", "next_run": "2026-03-02 09:00:00"}
        )
        with freeze_time("2026-03-02 08:00:00"):
            stuck = self.launch(broken)
        with freeze_time("2026-03-02 08:00:30"):
            going = self.launch(sound)
        leaver.active = False
        self.run_timers("2026-03-02 09:01:00")
        self.assertEqual(stuck.state, "incident")
        self.assertEqual(len(stuck.job_ids), 1)
        self.assertIn("nobody to act as", stuck.error)
        self.assertEqual(self.open_names(going), ["Yes"])
        self.assertTrue(self.Instance.search([("process_id", "=", timed.id)]))
        broken.owner_id = self.manager
        with freeze_time("2026-03-02 09:10:00"):
            stuck.job_ids.with_user(self.manager).action_retry()
        self.assertEqual((stuck.state, self.open_names(stuck)), ("running", ["Yes"]))

    def test_any_failure_is_a_matter_of_one(self):
        """HU-24: what nobody foresaw in one instance leaves the clock of the others running."""
        process = self.make(
            "wait",
            start(),
            catch("Pause", timer("PT1H")),
            task("Call"),
            end(),
            chain("Start", "Pause", "Call", "End"),
            one_per_record=False,
        )
        with freeze_time("2026-03-02 08:00:00"):
            first, second = self.launch(process), self.launch(process)
        fire = type(self.Instance)._fire_timers

        def fail(instance):
            if instance == first:
                raise KeyError("unforeseen")
            return fire(instance)

        self.patch(type(self.Instance), "_fire_timers", fail)
        with mute_logger("odoo.addons.bpm_engine.models.bpm_instance_repair"):
            self.run_timers("2026-03-02 09:00:00")
        self.assertEqual(first.state, "incident")
        self.assertEqual(self.open_names(second), ["Call"])


class TestCompanies(RunCommon):
    """Processes of one company keep to its records; shared ones hear everybody (HU-23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env.company
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.manager.company_ids += cls.other
        cls.body = (start(), task("Work"), end(), chain("Start", "Work", "End"))
        cls.process = cls.make("theirs", *cls.body, company_id=cls.other.id)
        Partner = cls.env["res.partner"]
        cls.ours, cls.theirs, cls.shared = Partner.create(
            [
                {"name": "Ours", "company_id": cls.home.id, "ref": "x"},
                {"name": "Theirs", "company_id": cls.other.id, "ref": "x"},
                {"name": "Shared", "ref": "x"},
            ]
        )
        cls.three = cls.ours + cls.theirs + cls.shared

    def trigger(self, kind, **values):
        values = {"domain": "[('ref', '=', 'x')]", **values}
        return self.env["bpm.process.trigger"].create(
            {"process_id": self.process.id, "kind": kind, **values}
        )

    def names(self):
        self.env.cr.flush()
        found = self.Instance.search([("process_id", "=", self.process.id)])
        return sorted(self.env["res.partner"].browse(found.mapped("res_id")).mapped("name"))

    def test_created_and_changed(self):
        """HU-23: an owner of both companies does not carry a process over the border."""
        self.trigger("create")
        copies = self.env["res.partner"].create(
            [{"name": one.name, "company_id": one.company_id.id, "ref": "x"} for one in self.three]
        )
        self.assertEqual(len(copies), 3)
        self.assertEqual(self.names(), ["Shared", "Theirs"])
        field = self.env["ir.model.fields"]._get("res.partner", "comment")
        self.trigger("change", field_ids=[Command.set(field.ids)])
        self.three.comment = "changed"
        self.assertEqual(self.names(), ["Shared", "Shared", "Theirs", "Theirs"])

    def test_at_a_time(self):
        """HU-12, HU-23: a nightly start takes the records of its own company."""
        self.trigger("time", next_run="2026-03-02 08:00:00")
        self.run_timers("2026-03-02 08:00:10")
        self.assertEqual(self.names(), ["Shared", "Theirs"])

    def test_message(self):
        """HU-23: a message about another company's record starts nothing."""
        self.trigger("message", message_name="go")
        for partner in self.three:
            self.env["bpm.process"].with_user(self.manager).send_message(
                "go", "res.partner", partner.id
            )
        self.assertEqual(self.names(), ["Shared", "Theirs"])

    def test_signal_from_a_record(self):
        """HU-23: a signal given on a record of another company does not start it."""
        self.trigger("signal", message_name="go")
        api = self.env["bpm.process"].with_user(self.manager)
        api.send_signal("go", None, "res.partner", self.ours.id)
        self.assertEqual(self.names(), [])
        api.send_signal("go", None, "res.partner", self.theirs.id)
        self.assertEqual(self.names(), ["Theirs"])
        self.process.one_per_record = False
        api.with_user(self.worker).send_signal("go")
        self.assertEqual(self.names(), ["Theirs"], "the sender is of the other company only")
        api.send_signal("go")
        self.assertEqual(self.names(), ["Shared", "Theirs", "Theirs"])

    def test_signal_to_those_who_wait(self):
        """HU-23: instances of the sender's company and of shared processes go on."""
        roots = '<signal id="s" name="prices"/>'
        body = (
            start(),
            catch("Wait", '<signalEventDefinition signalRef="s"/>'),
            end(),
            chain("Start", "Wait", "End"),
        )
        waiting = {
            company.name or "All": self.make(
                f"wait_{company.id or 0}", *body, roots=roots, company_id=company.id
            )
            .with_company(company or self.other)
            ._start(partner)
            for company, partner in (
                (self.home, self.ours),
                (self.other, self.theirs),
                (self.env["res.company"], self.shared),
            )
        }
        api = self.env["bpm.process"].with_user(self.worker)
        got = self.Instance.browse(api.send_signal("prices"))
        self.assertEqual(got, waiting[self.home.name] | waiting["All"])
        self.assertEqual(waiting["Other"].state, "running")
        self.env["bpm.process"].sudo()._send_signal("prices", None)
        self.assertEqual(waiting["Other"].state, "done", "the system reaches everybody")

    def test_signal_of_a_process(self):
        """HU-23: what a process of one company gives is heard there."""
        roots = '<signal id="s" name="prices"/>'
        thrown = (
            start(),
            '<endEvent id="End" name="End"><signalEventDefinition signalRef="s"/></endEvent>',
            chain("Start", "End"),
        )
        self.trigger("signal", message_name="prices")
        here = self.make("here", *thrown, roots=roots, company_id=self.home.id)
        there = self.make("there", *thrown, roots=roots, company_id=self.other.id)
        here._start(self.shared)
        self.assertEqual(self.names(), [])
        there._start(self.shared)
        self.assertEqual(self.names(), ["Shared"])
