from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .run_common import RunCommon, chain, end, service, start, task


class TestStart(RunCommon):
    """All the ways in which a process starts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))

    def trigger(self, kind, **values):
        return self.env["bpm.process.trigger"].create(
            {"process_id": self.process.id, "kind": kind, **values}
        )

    def started(self, records):
        self.env.cr.flush()
        return self.Instance.search(
            [("process_id", "=", self.process.id), ("res_id", "in", records.ids)]
        )

    # by hand

    def test_by_hand_on_several(self):
        """EP-05: one call on a list of cards starts one instance each."""
        partners = self.partner + self.partner.copy()
        ids = self.process.with_user(self.worker).action_start(partners.ids)
        instances = self.Instance.browse(ids)
        self.assertEqual(instances.mapped("res_id"), partners.ids)
        self.assertEqual(instances.starter_id, self.worker)
        self.assertEqual(instances.task_ids.mapped("state"), ["todo", "todo"])

    def test_once_per_record(self):
        """HU-23: a second one is refused while one runs, allowed afterwards."""
        instance = self.launch(self.process)
        with self.assertRaisesRegex(UserError, "already running on Vector"):
            self.launch(self.process)
        self.do(instance, "Visa")
        self.assertTrue(self.launch(self.process))

    def test_who_may_start(self):
        """HU-23: a viewer may not; with groups set only their members may."""
        with self.assertRaises(AccessError):
            self.launch(self.process, user=self.viewer)
        self.process.group_ids = self.env.ref("bpm_engine.group_manager")
        with self.assertRaises(AccessError):
            self.launch(self.process)
        self.assertTrue(self.launch(self.process, user=self.manager))

    def test_record_one_may_not_read(self):
        """HU-23: nobody starts a process on a record that he may not read."""
        rule = {
            "name": "hidden",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "domain_force": f"[('id', '!=', {self.partner.id})]",
        }
        self.env["ir.rule"].create(rule)
        with self.assertRaises(AccessError):
            self.launch(self.process)

    def test_refusals_name_the_cure(self):
        """HU-05: archived, unpublished, not by hand, no record, unknown variables."""
        user_process = self.process.with_user(self.worker)
        with self.assertRaisesRegex(UserError, "Choose the record"):
            user_process.action_start([])
        with self.assertRaisesRegex(UserError, "names with values"):
            user_process.action_start(self.partner.ids, ["x"])
        self.process.start_by_hand = False
        with self.assertRaisesRegex(UserError, "not started by hand"):
            user_process.action_start(self.partner.ids)
        self.process.start_by_hand = True
        self.process.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            user_process.action_start(self.partner.ids)
        self.process.active = True
        self.process.published_version_id.state = "retired"
        with self.assertRaisesRegex(UserError, "no published version"):
            user_process.action_start(self.partner.ids)

    def test_by_key(self):
        """PK-03: other systems start a process by its key."""
        api = self.env["bpm.process"].with_user(self.worker)
        instance_id = api.start("visa", "res.partner", self.partner.id, {"amount": 5})
        self.assertEqual(self.Instance.browse(instance_id).res_id, self.partner.id)
        with self.assertRaisesRegex(UserError, "no process with the key"):
            api.start("nothing")
        with self.assertRaisesRegex(UserError, "runs on res.partner"):
            api.start("visa", "res.users", self.worker.id)

    def test_without_record(self):
        """HU-05: a process of its own needs no record."""
        process = self.make(
            "own", start(), task("Work"), end(), chain("Start", "Work", "End"), model=None
        )
        instance = self.Instance.browse(process.with_user(self.worker).action_start())
        self.assertFalse(instance.res_model)
        self.assertEqual(self.open_names(instance), ["Work"])

    # on creation and on change

    def test_on_creation(self):
        """PK-03: created records that match start it, at the end of the transaction."""
        self.trigger("create", domain="[('is_company', '=', True)]")
        partners = (
            self.env["res.partner"]
            .with_user(self.manager)
            .create([{"name": "Firm", "is_company": True}, {"name": "Person"}])
        )
        instance = self.started(partners)
        self.assertEqual(instance.res_id, partners[0].id)
        self.assertEqual(instance.start_kind, "create")
        self.assertEqual(instance.starter_id, self.manager)

    def test_on_creation_sees_final_values(self):
        """PK-03: looked at once, as the record is when the transaction ends."""
        self.trigger("create", domain="[('is_company', '=', True)]")
        partner = self.env["res.partner"].create({"name": "Later a firm"})
        partner.is_company = True
        self.assertEqual(len(self.started(partner)), 1)

    def test_on_creation_in_a_form(self):
        """PK-03: the form is one of the ways a record comes to be."""
        self.trigger("create")
        with Form(self.env["res.partner"]) as form:
            form.name = "By form"
        self.assertEqual(len(self.started(form.record)), 1)

    def test_on_change_of_a_field(self):
        """HU-14: the named field changes, to whatever value; writing the same is no change."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.trigger("change", field_ids=field.ids)
        self.partner.ref = self.partner.ref
        self.partner.name = "Vector 2"
        self.assertFalse(self.started(self.partner))
        self.partner.ref = "A1"
        self.assertEqual(self.started(self.partner).start_kind, "change")

    def test_change_and_back(self):
        """HU-14: changed and changed back within one transaction is no change."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.trigger("change", field_ids=field.ids)
        before = self.partner.ref
        self.partner.ref = "A1"
        self.partner.ref = before
        self.assertFalse(self.started(self.partner))

    def test_on_change_that_makes_it_match(self):
        """HU-14: without fields: it matches now and did not before."""
        self.partner.ref = "A1"
        self.trigger("change", domain="[('ref', '=like', 'A%')]")
        self.partner.ref = "A2"
        self.assertFalse(self.started(self.partner))
        self.partner.ref = "B"
        self.env.cr.flush()
        self.partner.ref = "A3"
        self.assertEqual(len(self.started(self.partner)), 1)

    def test_unwatched_models_cost_no_query(self):
        """PK-04: records of other models are created without a look at processes."""
        self.trigger("create")
        self.env["res.partner.category"].create({"name": "warm"})
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env["res.partner.category"].create({"name": "cold"})
            self.env.flush_all()

    def test_import_starts_all(self):
        """PK-03: an import of many records starts as many."""
        self.trigger("create")
        partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(20)])
        self.assertEqual(len(self.started(partners)), 20)

    def test_first_step_that_fails_does_not_hinder(self):
        """HU-24: the user's record is saved; the failed step is an incident, the owner is told."""
        self.action("broken", "set", value_ids=[])
        self.publish(
            self.process, start(), service("Set", "gone"), end(), chain("Start", "Set", "End")
        )
        self.trigger("create")
        partner = self.env["res.partner"].create({"name": "Saved"})
        instance = self.started(partner)
        self.assertTrue(partner.exists())
        self.assertEqual(instance.state, "incident")
        self.assertIn("“Set” of Visa failed", instance.error)
        self.assertIn("no action “gone”", instance.error)
        self.assertIn(self.manager.partner_id, instance.message_ids.notified_partner_ids)

    @mute_logger("odoo.addons.bpm_engine.models.bpm_process_trigger_rights")
    def test_actions_that_trigger_themselves(self):
        """PK-04: a process whose action creates records that start it again ends."""
        target = self.env["ir.model"]._get("res.partner")
        name = self.env["ir.model.fields"]._get("res.partner", "name")
        self.action(
            "spawn",
            "record",
            target_model_id=target.id,
            value_ids=[(0, 0, {"field_id": name.id, "value": "again"})],
        )
        self.publish(
            self.process, start(), service("Spawn", "spawn"), end(), chain("Start", "Spawn", "End")
        )
        self.trigger("create")
        self.env["res.partner"].create({"name": "first"})
        self.env.cr.flush()
        count = self.env["res.partner"].search_count([("name", "=", "again")])
        self.assertEqual(count, 5)
        self.assertIn("without end", self.process.message_ids[0].body)

    # at a time

    def test_at_a_time(self):
        """HU-12: once a day for each record that matches; missed days are not made up."""
        self.env["res.users"].browse(self.manager.id).tz = "Europe/Sofia"
        trigger = self.trigger(
            "time", domain="[('ref', '=', 'daily')]", next_run="2026-03-27 06:00:00"
        )
        self.partner.ref = "daily"
        self.run_timers("2026-03-27 06:00:30")
        instance = self.started(self.partner)
        self.assertEqual(instance.start_kind, "time")
        self.assertEqual(str(trigger.next_run), "2026-03-28 06:00:00")
        self.do(instance, "Visa")
        self.run_timers("2026-03-30 10:00:00")
        self.assertEqual(len(self.started(self.partner)), 2)
        # Summer time began on the 29th: eight o'clock in Sofia is an hour earlier in UTC.
        self.assertEqual(str(trigger.next_run), "2026-03-31 05:00:00")

    def test_bad_condition(self):
        """PK-03: a condition that is no plain domain is refused when it is entered."""
        for domain in ("[('nothing', '=', 1)]", "__import__('os')", "[('id', '=', uid)]"):
            with self.assertRaisesRegex(UserError, "cannot be read"), self.cr.savepoint():
                self.trigger("create", domain=domain)
