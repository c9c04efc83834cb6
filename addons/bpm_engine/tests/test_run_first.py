from .run_common import RunCommon, chain, choice, end, flow, start, task


class TestRunFirst(RunCommon):
    """A drawn process from start to end."""

    def make_visa(self, key="visa", **values):
        return self.make(
            key,
            start(),
            task("Visa", "yes", "no"),
            choice("Agreed", "to_no"),
            task("Present"),
            end("Done"),
            end("Refused"),
            chain("Start", "Visa", "Agreed"),
            flow("to_yes", "Agreed", "Present", "outcome == 'yes'"),
            flow("to_no", "Agreed", "Refused"),
            flow("last", "Present", "Done"),
            **values,
        )

    def test_start_complete_end(self):
        """HU-05, EP-05: by hand on a partner, a task with an outcome, the end with result."""
        instance = self.launch(self.make_visa())
        self.assertEqual(instance.state, "running")
        self.assertEqual(self.open_names(instance), ["Visa"])
        row = instance.task_ids
        self.assertEqual(row.activity_ids.res_id, self.partner.id)
        self.do(instance, "Visa", "yes", "Good customer")
        self.assertEqual(self.open_names(instance), ["Present"])
        self.assertEqual(row.outcome, "yes")
        self.do(instance, "Present")
        self.assertEqual(instance.state, "done")
        self.assertEqual(instance.result, "Done")
        self.assertTrue(instance.date_end)

    def test_refusal(self):
        """HU-05: the other outcome goes the other way."""
        instance = self.launch(self.make_visa())
        self.do(instance, "Visa", "no")
        self.assertEqual(instance.state, "done")
        self.assertEqual(instance.result, "Refused")

    def test_history(self):
        """HU-06: who decided what, with the outcome and the comment."""
        instance = self.launch(self.make_visa())
        self.do(instance, "Visa", "yes", "Good customer")
        line = instance.log_ids.filtered(lambda one: one.element == "Visa" and one.event == "left")
        self.assertEqual(line.user_id, self.worker)
        self.assertEqual((line.outcome, line.comment), ("yes", "Good customer"))
        self.assertEqual(instance.log_ids[0].event, "started")

    def test_drawn_published_done(self):
        """HU-05: as people do it: draw, publish, start on a card, press the outcome."""
        process = self.make_visa("drawn")
        xml = process.published_version_id.bpmn_xml
        fresh = self.env["bpm.process"].create(
            {
                "name": "Real",
                "key": "real",
                "model_id": process.model_id.id,
                "owner_id": self.manager.id,
            }
        )
        fresh.draft_version_id.bpmn_xml = xml
        fresh.draft_version_id.with_user(self.manager).action_publish()
        instance = self.launch(fresh)
        row = instance.task_ids
        self.assertEqual(row.user_id, self.worker)
        row.with_user(self.worker).action_complete("yes", "Good customer")
        self.assertEqual(self.open_names(instance), ["Present"])
        self.assertEqual((row.state, row.outcome), ("done", "yes"))
        self.assertFalse(row.activity_ids.filtered("active"))
        instance.task_ids.filtered(lambda one: one.state == "todo").activity_ids.with_user(
            self.worker
        ).action_done()
        self.assertEqual((instance.state, instance.result), ("done", "Done"))
