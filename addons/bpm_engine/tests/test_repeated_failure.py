from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import RunCommon, catch, chain, end, extension, service, start, task, timer

EACH = (
    '<multiInstanceLoopCharacteristics bpm:collection="names" bpm:elementVariable="one"'
    "{sequential}/>"
)


class TestRepeatedFailure(RunCommon):
    """One item of a repeated service fails: the others are done (HU-24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        name = cls.env["ir.model.fields"]._get("res.partner", "name")
        cls.action(
            "make",
            "record",
            target_model_id=cls.env["ir.model"]._get_id("res.partner"),
            value_ids=[Command.create({"field_id": name.id, "value": "=one"})],
            max_tries=1,
        )

    def make_each(self, each):
        return self.make(
            "each",
            start(),
            catch("Pause", timer("PT1H")),
            each,
            task("After"),
            end(),
            chain("Start", "Pause", "Each", "After", "End"),
        )

    def each_service(self, sequential=""):
        action = extension('<bpm:action name="make" async="false"/>')
        loop = EACH.format(sequential=sequential)
        return f'<serviceTask id="Each" name="Each">{action}{loop}</serviceTask>'

    def fire(self, process, names):
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(process, names=names)
        with trap_jobs() as trap, mute_logger("odoo.sql_db"):
            self.run_timers("2026-03-02 09:00:00")
        return instance, trap

    def made(self, names):
        return sorted(self.env["res.partner"].search([("name", "in", names)]).mapped("name"))

    def test_siblings_are_kept(self):
        """HU-24: of three one has no name: one incident; skipped, the process goes on."""
        names = ["Repeated A", "", "Repeated C"]
        instance, trap = self.fire(self.make_each(self.each_service()), names)
        self.assertEqual(self.made(names), ["Repeated A", "Repeated C"])
        self.assertEqual(instance.state, "incident", instance.error)
        job = instance.job_ids
        self.assertEqual((job.state, job.element_name), ("incident", "Each"))
        self.assertIn("“Each” of Each: Vector failed: Contacts require a name", job.error)
        trap.assert_jobs_count(0)
        job.with_user(self.manager).action_skip("no such customer")
        self.assertEqual((instance.state, self.open_names(instance)), ("running", ["After"]))
        self.assertEqual(self.made(names), ["Repeated A", "Repeated C"])

    def test_inside_a_sub_process(self):
        """HU-24: the same where a frame with several steps is repeated."""
        frame = (
            f'<subProcess id="Each" name="Each">{EACH.format(sequential="")}'
            f"{start('In')}{service('Make', 'make')}{service('Tell', 'make')}{end('Out')}"
            f"{chain('In', 'Make', 'Tell', 'Out')}</subProcess>"
        )
        names = ["Repeated A", "", "Repeated C"]
        instance, _trap = self.fire(self.make_each(frame), names)
        self.assertEqual(self.made(names), ["Repeated A"] * 2 + ["Repeated C"] * 2)
        self.assertEqual(instance.job_ids.mapped("element_name"), ["Make"])
        self.assertEqual(instance.job_ids.state, "incident")

    def test_one_after_the_other(self):
        """HU-24: in sequence the ones before are kept, the ones after wait for the repair."""
        names = ["Repeated A", "", "Repeated C"]
        each = self.each_service(' isSequential="true"')
        instance, _trap = self.fire(self.make_each(each), names)
        self.assertEqual(self.made(names), ["Repeated A"])
        instance.job_ids.with_user(self.manager).action_skip("no such customer")
        self.assertEqual(self.made(names), ["Repeated A", "Repeated C"])
        self.assertEqual(self.open_names(instance), ["After"])

    def test_many_failures(self):
        """HU-24: when many fail the rest is left to jobs, instead of trying again and again."""
        names = [""] * 12 + ["Repeated A"]
        instance, trap = self.fire(self.make_each(self.each_service()), names)
        states = instance.job_ids.mapped("state")
        self.assertEqual((states.count("incident"), states.count("waiting")), (5, 8))
        trap.assert_jobs_count(8)
        waiting = instance.job_ids.filtered(lambda job: job.state == "waiting")
        with mute_logger("odoo.sql_db"), trap_jobs():
            for job in waiting:
                job._perform()
        self.assertEqual(self.made(names), ["Repeated A"])
        self.assertEqual(instance.job_ids.mapped("state").count("incident"), 12)
