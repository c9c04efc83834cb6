from odoo.exceptions import UserError

from .run_common import RunCommon, chain, choice, end, flow, service, start, task


class TestCalled(RunCommon):
    """Sub-processes, called processes and several instances of a task."""

    def make_called(self):
        return self.make(
            "inner", start(), task("Same", "ok"), end("Inner"), chain("Start", "Same", "Inner")
        )

    def test_called_process(self):
        """PK-04: a process as a step of another; its tasks are those of its own diagram."""
        self.make_called()
        outer = self.make(
            "outer",
            start(),
            '<callActivity id="Call" name="Call" calledElement="inner"/>',
            task("After"),
            end(),
            chain("Start", "Call", "After", "End"),
        )
        instance = self.launch(outer)
        self.assertEqual(self.open_names(instance), ["Same"])
        self.assertEqual(instance.task_ids.element_id.process_id.key, "inner")
        self.do(instance, "Same", "ok")
        self.assertEqual(self.open_names(instance), ["After"])
        self.do(instance, "After")
        self.assertEqual((instance.state, instance.result), ("done", "End"))

    def test_same_ids_in_both_diagrams(self):
        """PK-04: caller and called may use the same ids for different steps."""
        self.make_called()
        outer = self.make(
            "outer",
            start(),
            '<callActivity id="Call" name="Call" calledElement="inner"/>',
            '<userTask id="Same" name="Mine"/>',
            end(),
            chain("Start", "Call", "Same", "End"),
        )
        instance = self.launch(outer)
        self.assertEqual(self.open_names(instance), ["Same"])
        self.do(instance, "Same", "ok")
        self.assertEqual(self.open_names(instance), ["Mine"])

    def test_running_keeps_the_called_version(self):
        """HU-19: a new version of the called process does not touch what runs."""
        inner = self.make_called()
        outer = self.make(
            "outer",
            start(),
            '<callActivity id="Call" name="Call" calledElement="inner"/>',
            end(),
            chain("Start", "Call", "End"),
        )
        instance = self.launch(outer)
        self.publish(inner, start(), task("Other"), end(), chain("Start", "Other", "End"))
        self.do(instance, "Same", "ok")
        self.assertEqual(instance.state, "done")

    def test_service_in_a_called_process(self):
        """PK-04: actions of a called process are those of its own diagram."""
        self.action("one", "message")
        self.action("two", "message")
        self.make(
            "inner",
            start(),
            service("Do", "one", body="inner"),
            end(),
            chain("Start", "Do", "End"),
        )
        outer = self.make(
            "outer",
            start(),
            '<callActivity id="Call" name="Call" calledElement="inner"/>',
            service("Do", "two", body="outer"),
            end(),
            chain("Start", "Call", "Do", "End"),
        )
        self.launch(outer)
        bodies = self.partner.message_ids.sorted("id")[-2:].mapped("preview")
        self.assertEqual(bodies, ["inner", "outer"])

    def test_sub_process(self):
        """PK-04: a frame with a timerless inside, left when the inside has ended."""
        process = self.make(
            "frame",
            start(),
            '<subProcess id="Frame" name="Frame">',
            start("In"),
            task("Inside"),
            end("Out"),
            chain("In", "Inside", "Out"),
            "</subProcess>",
            end(),
            chain("Start", "Frame", "End"),
        )
        instance = self.launch(process)
        self.do(instance, "Inside")
        self.assertEqual((instance.state, instance.result), ("done", "End"))

    def test_several_instances(self):
        """HU-05: one task per item of a list; all are to be done."""
        process = self.make(
            "many",
            start(),
            '<userTask id="Each" name="Each"><multiInstanceLoopCharacteristics '
            'bpm:collection="shops" bpm:elementVariable="shop"/></userTask>',
            end(),
            chain("Start", "Each", "End"),
        )
        instance = self.launch(process, shops=["a", "b", "c"])
        self.assertEqual(instance.task_ids.mapped("index"), [0, 1, 2])
        for row in instance.task_ids:
            instance.with_user(self.worker)._complete_task(row)
        self.assertEqual(instance.state, "done")

    def test_parallel_branches_and_rework(self):
        """HU-05: both branches are to be done; a rework loop gives new tasks each time."""
        process = self.make(
            "both",
            start(),
            '<parallelGateway id="Fork"/>',
            task("Left"),
            task("Right", "ok", "again"),
            choice("Good", "to_join"),
            '<parallelGateway id="Join"/>',
            end(),
            chain("Start", "Fork", "Left", "Join", "End"),
            chain("Fork", "Right", "Good"),
            flow("back", "Good", "Right", "outcome == 'again'"),
            flow("to_join", "Good", "Join"),
        )
        instance = self.launch(process)
        for _round in range(3):
            self.do(instance, "Right", "again")
        self.assertEqual(self.open_names(instance), ["Left", "Right"])
        self.do(instance, "Left")
        self.do(instance, "Right", "ok")
        self.assertEqual(instance.state, "done")
        self.assertEqual(len(instance.task_ids), 5)

    def test_loop_without_people(self):
        """PK-04: a loop that passes nobody is stopped with a sentence; nothing is kept."""
        process = self.make(
            "loop",
            start(),
            '<exclusiveGateway id="Merge"/>',
            choice("Way", "out"),
            end(),
            chain("Start", "Merge", "Way"),
            flow("back", "Way", "Merge", "1 == 1"),
            flow("out", "Way", "End"),
        )
        before = self.Instance.search_count([])
        with self.assertRaisesRegex(UserError, "round in circles"), self.cr.savepoint():
            self.launch(process)
        self.assertEqual(self.Instance.search_count([]), before)
