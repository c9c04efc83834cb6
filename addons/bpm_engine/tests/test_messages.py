from odoo.exceptions import AccessError, UserError

from .run_common import RunCommon, catch, chain, end, service, start, task

ROOTS = '<message id="M" name="paid"/><message id="N" name="again"/><signal id="S" name="alarm"/>'
MESSAGE = '<messageEventDefinition messageRef="M"/>'
SIGNAL = '<signalEventDefinition signalRef="S"/>'


class TestMessages(RunCommon):
    """Messages from other systems, addons and processes."""

    def make_wait(self, key="wait", definition=MESSAGE, **values):
        return self.make(
            key,
            start(),
            catch("Paid", definition),
            task("Ship"),
            end(),
            chain("Start", "Paid", "Ship", "End"),
            roots=ROOTS,
            **values,
        )

    def send(self, name="paid", record=None, payload=None, user=None):
        record = record or self.partner
        process = self.env["bpm.process"].with_user(user or self.worker)
        return process.send_message(name, record._name, record.id, payload)

    def test_message_reaches_its_record(self):
        """PK-03: only the instance on that record goes on, with what the message brought."""
        process = self.make_wait()
        other = self.partner.copy()
        instance = self.launch(process)
        waiting = self.launch(process, other)
        answer = self.send(payload={"amount": 7})
        self.assertEqual(answer, {"delivered": instance.ids, "started": []})
        self.assertEqual(self.open_names(instance), ["Ship"])
        self.assertEqual(self.open_names(waiting), [])
        self.assertFalse(instance.wait_ids)

    def test_nobody_waits(self):
        """PK-03: a message that nobody waits for does nothing, and says so."""
        self.assertEqual(self.send("paid"), {"delivered": [], "started": []})

    def test_twice(self):
        """PK-03: a message that is sent twice is taken once."""
        self.launch(self.make_wait())
        self.send()
        self.assertEqual(self.send()["delivered"], [])

    def test_starts_processes(self):
        """PK-03: an order from the site starts its process, once per record."""
        process = self.make("order", start(), task("Check"), end(), chain("Start", "Check", "End"))
        self.env["bpm.process.trigger"].create(
            {"process_id": process.id, "kind": "message", "message_name": "ordered"}
        )
        started = self.Instance.browse(self.send("ordered")["started"])
        self.assertEqual((started.start_kind, started.starter_id), ("message", self.worker))
        self.assertEqual(self.open_names(started), ["Check"])
        self.assertEqual(self.send("ordered")["started"], [])

    def test_signal_reaches_all(self):
        """PK-04: a signal goes to whoever waits for it, whatever the record."""
        process = self.make_wait("signal", SIGNAL)
        instances = self.launch(process) | self.launch(process, self.partner.copy())
        taken = self.env["bpm.process"].with_user(self.worker).send_signal("alarm")
        self.assertEqual(set(taken), set(instances.ids))
        for instance in instances:
            self.assertEqual(self.open_names(instance), ["Ship"])

    def test_process_to_process(self):
        """PK-04: a message thrown by one process is heard by another on the same record."""
        instance = self.launch(self.make_wait())
        sender = self.make(
            "sender",
            start(),
            f'<intermediateThrowEvent id="Tell" name="Tell">{MESSAGE}</intermediateThrowEvent>',
            end(),
            chain("Start", "Tell", "End"),
            roots=ROOTS,
        )
        self.launch(sender)
        self.assertEqual(self.open_names(instance), ["Ship"])

    def test_signal_at_the_end_is_heard_inside_and_outside(self):
        """PK-03: what the process hears itself also reaches others and starts processes."""
        outside = self.launch(self.make_wait("outside", SIGNAL))
        begun = self.make("begun", start(), task("Begin"), end(), chain("Start", "Begin", "End"))
        self.env["bpm.process.trigger"].create(
            {"process_id": begun.id, "kind": "signal", "message_name": "alarm"}
        )
        sender = self.make(
            "sender",
            start(),
            '<parallelGateway id="Split"/>',
            task("Look"),
            f'<endEvent id="Cry" name="Cry">{SIGNAL}</endEvent>',
            catch("Heard", SIGNAL),
            task("Help"),
            end(),
            chain("Start", "Split", "Look", "Cry"),
            chain("Split", "Heard", "Help", "End"),
            roots=ROOTS,
        )
        instance = self.launch(sender)
        instance.task_ids.with_user(self.worker).action_complete()
        self.assertEqual(self.open_names(instance), ["Help"])
        self.assertEqual(self.open_names(outside), ["Ship"])
        self.assertEqual(self.open_names(begun.instance_ids), ["Begin"])

    def test_event_action(self):
        """PK-04: an action of the whitelist sends a message."""
        instance = self.launch(self.make_wait())
        self.action("tell", "event")
        sender = self.make(
            "sender",
            start(),
            service("Tell", "tell", name="paid"),
            end(),
            chain("Start", "Tell", "End"),
        )
        self.launch(sender)
        self.assertEqual(self.open_names(instance), ["Ship"])

    def test_rights(self):
        """HU-23: who may not work in processes or not read the record sends nothing."""
        self.launch(self.make_wait())
        with self.assertRaises(AccessError):
            self.send(user=self.viewer)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.partner.id})]",
            }
        )
        with self.assertRaises(AccessError):
            self.send()

    def test_bad_input(self):
        """PK-03: each refusal is one sentence."""
        process = self.env["bpm.process"].with_user(self.worker)
        for arguments in (
            ("",),
            ("paid", "res.partner"),
            ("paid", "no.model", 1),
            ("paid", "res.partner", 10**8),
            ("paid", "res.partner", self.partner.id, ["x"]),
        ):
            with self.assertRaises(UserError, msg=str(arguments)):
                process.send_message(*arguments)

    def test_payload_is_plain(self):
        """PK-03: what cannot be stored is refused, with its place; the wait stays."""
        instance = self.launch(self.make_wait())
        with self.assertRaisesRegex(UserError, "cannot be stored"), self.cr.savepoint():
            self.send(payload={"when": self.partner})
        self.env.invalidate_all()
        self.assertEqual(instance.wait_ids.name, "paid")

    def test_answer_during_the_own_step(self):
        """PK-04: what a process is sent while it is in a step waits until that is saved."""
        answer = self.make(
            "answer",
            start(),
            f'<intermediateThrowEvent id="Tell" name="Tell">{MESSAGE}</intermediateThrowEvent>',
            end(),
            chain("Start", "Tell", "End"),
            roots=ROOTS,
        )
        self.action("ask", "process", started_process_id=answer.id)
        process = self.make(
            "ask",
            start(),
            '<parallelGateway id="Fork"/>',
            catch("Paid", MESSAGE),
            task("Ask"),
            service("Do", "ask"),
            task("Ship"),
            '<parallelGateway id="Join"/>',
            end(),
            chain("Start", "Fork", "Paid", "Ship", "Join", "End"),
            chain("Fork", "Ask", "Do", "Join"),
            roots=ROOTS,
        )
        instance = self.launch(process)
        self.do(instance, "Ask")
        self.assertEqual(self.open_names(instance), ["Ship"])
        self.do(instance, "Ship")
        self.assertEqual(instance.state, "done")
