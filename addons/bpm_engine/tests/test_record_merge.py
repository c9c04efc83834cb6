from odoo.tests import freeze_time

from .run_common import RunCommon, catch, chain, end, start, task, timer


class TestRecordMerge(RunCommon):
    """Two cards of one customer become one: its processes go on (EP-05)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        cls.twin = cls.env["res.partner"].create({"name": "Vector twin"})

    def merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner + self.twin).ids, self.partner)
        self.env.invalidate_all()
        self.assertFalse(self.twin.exists())

    def test_goes_on(self):
        """EP-05: tasks, activities and the past stay; the next process on the card is refused."""
        past = self.launch(self.process, self.twin)
        self.do(past, "Visa")
        instance = self.launch(self.process, self.twin)
        row = instance.task_ids
        self.assertTrue(row.activity_ids)
        self.merge()
        self.assertEqual(instance.state, "running")
        self.assertEqual((instance + past).mapped("res_id"), [self.partner.id] * 2)
        self.assertEqual((row.state, row.res_id), ("todo", self.partner.id))
        self.assertEqual((row.activity_ids.res_model, row.activity_ids.res_id), (
            "res.partner", self.partner.id
        ))  # fmt: skip
        self.assertEqual((instance.name, past.name), ("Visa: Vector", "Visa: Vector twin"))
        self.assertIn("merged", instance.log_ids[-1].comment)
        with self.assertRaisesRegex(Exception, "already running on Vector"):
            self.launch(self.process)
        self.do(instance, "Visa")
        self.assertEqual(instance.state, "done")

    def test_waits_go_along(self):
        """EP-05: messages to the kept card reach it, its timer fires."""
        roots = '<message id="m" name="paid"/>'
        process = self.make(
            "waits",
            start(),
            catch("Paid", '<messageEventDefinition messageRef="m"/>'),
            catch("Pause", timer("PT1H")),
            task("Call"),
            end(),
            chain("Start", "Paid", "Pause", "Call", "End"),
            roots=roots,
        )
        instance = self.launch(process, self.twin)
        self.merge()
        with freeze_time("2026-03-02 08:00:00"):
            self.env["bpm.process"].with_user(self.worker).send_message(
                "paid", "res.partner", self.partner.id
            )
        self.run_timers("2026-03-02 09:00:00")
        self.assertEqual(self.open_names(instance), ["Call"])

    def test_both_have_one(self):
        """EP-05: where only one may run the twin's ends, and says into what it was merged."""
        kept, other = self.launch(self.process), self.launch(self.process, self.twin)
        self.merge()
        self.assertEqual((kept.state, other.state), ("running", "cancelled"))
        self.assertIn("Merged into “Vector”", other.result)
        self.assertEqual(other.task_ids.state, "cancelled")
        self.assertEqual(other.res_id, self.partner.id)

    def test_several_may_run(self):
        """EP-05: where several may run both go on."""
        self.process.one_per_record = False
        both = self.launch(self.process) | self.launch(self.process, self.twin)
        self.merge()
        self.assertEqual(both.mapped("state"), ["running", "running"])
