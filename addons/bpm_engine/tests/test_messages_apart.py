"""What fails behind a message is a matter of who receives it, not of who sends (PK-04, HU-24)."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger

from .run_common import RunCommon, catch, chain, choice, end, flow, service, start, task, timer

ROOTS = '<message id="M" name="paid"/><message id="N" name="again"/><signal id="S" name="alarm"/>'
MESSAGE = '<messageEventDefinition messageRef="M"/>'
AGAIN = '<messageEventDefinition messageRef="N"/>'
SIGNAL = '<signalEventDefinition signalRef="S"/>'
#: Cannot be calculated until the record has a colour.
COLOURED = "10 / record.color &gt; 1"


def throw(id, definition):
    return f'<intermediateThrowEvent id="{id}" name="{id}">{definition}</intermediateThrowEvent>'


class TestMessagesApart(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager"
        cls.owner = new_test_user(cls.env, "bpm_hears", groups=groups)
        cls.sound_partner = cls.partner.copy({"color": 5})

    def make_listener(self, key, *definitions, **values):
        """Behind each message a way that is bad on an uncoloured record; owned by another."""
        body = [start(), '<parallelGateway id="Fork"/>', end(), chain("Start", "Fork")]
        for at, definition in enumerate(definitions):
            body += [
                catch(f"Hear{at}", definition),
                choice(f"Way{at}", f"no{at}"),
                task(f"Yes{at}"),
                chain("Fork", f"Hear{at}", f"Way{at}"),
                flow(f"yes{at}", f"Way{at}", f"Yes{at}", COLOURED),
                flow(f"no{at}", f"Way{at}", "End"),
                chain(f"Yes{at}", "End"),
            ]
        return self.make(key, *body, roots=ROOTS, owner_id=self.owner.id, **values)

    def make_sender(self, *steps, first=None, key="sender"):
        ids = [f"Tell{at}" for at in range(len(steps))]
        body = [step(id) for id, step in zip(ids, steps, strict=True)]
        return self.make(
            key,
            start(),
            first or task("Send"),
            *body,
            end(),
            chain("Start", "Send", *ids, "End"),
            roots=ROOTS,
        )

    def send(self, *steps, **values):
        """A person does the task in front of what is thrown."""
        sender = self.launch(self.make_sender(*steps, **values), self.sound_partner)
        sender.task_ids.with_user(self.worker).action_complete()
        self.assertEqual((sender.state, len(sender.job_ids)), ("done", 0))
        return sender

    def told(self, instance):
        return self.owner.partner_id in instance.message_ids.notified_partner_ids

    def test_others_receive_and_the_sender_goes_on(self):
        """PK-04: of two that wait for a signal one fails: an incident of its own, repaired."""
        process = self.make_listener("hears", SIGNAL)
        broken, sound = self.launch(process), self.launch(process, self.sound_partner)
        sender = self.send(lambda id: throw(id, SIGNAL))
        self.assertEqual((sound.state, self.open_names(sound)), ("running", ["Yes0"]))
        self.assertEqual((broken.state, broken.job_ids.kind), ("incident", "event"))
        self.assertTrue(self.told(broken))
        self.assertFalse(self.told(sender))
        self.assertEqual(broken.wait_ids.name, "alarm", "its token stands where it stood")
        self.partner.color = 5
        broken.job_ids.with_user(self.manager).action_retry()
        self.assertEqual((broken.state, self.open_names(broken)), ("running", ["Yes0"]))
        self.assertFalse(broken.wait_ids)

    def test_messages_wait_in_the_order_they_came(self):
        """PK-04: what could not be taken is kept with all it brought, and taken once."""
        process = self.make_listener("hears", MESSAGE, AGAIN)
        broken = self.launch(process)
        self.action("tell", "event")
        sender = self.make_sender(
            lambda id: service(id, "tell", name="paid", amount="=3 + 4"),
            lambda id: service(id, "tell", name="again", more="yes"),
        )
        instance = self.launch(sender)
        self.do(instance, "Send")
        self.assertEqual(instance.state, "done")
        job = broken.job_ids
        self.assertEqual(
            job.variables,
            [["message", "paid", {"amount": 7}], ["message", "again", {"more": "yes"}]],
        )
        job.with_user(self.manager).action_retry()
        again = broken.job_ids - job
        self.assertEqual((again.state, again.variables), ("incident", job.variables))
        self.partner.color = 5
        again.with_user(self.manager).action_retry()
        self.assertEqual((broken.state, self.open_names(broken)), ("running", ["Yes0", "Yes1"]))
        data = [task.data for task in broken._load().open_tasks()]
        self.assertEqual(sorted(one.get("amount", 0) for one in data), [0, 7])

    def test_a_service_behind_it_fails(self):
        """HU-24: the message is taken, its service is the incident; skipped, it goes on."""
        process = self.make(
            "hears",
            start(),
            catch("Hear", MESSAGE),
            service("Do", "missing"),
            task("After"),
            end(),
            chain("Start", "Hear", "Do", "After", "End"),
            roots=ROOTS,
            owner_id=self.owner.id,
        )
        broken = self.launch(process, self.sound_partner)
        self.send(lambda id: throw(id, MESSAGE))
        self.assertEqual((broken.state, broken.job_ids.element_name), ("incident", "Do"))
        self.assertFalse(broken.wait_ids)
        broken.job_ids.with_user(self.manager).action_skip("By phone")
        self.assertEqual(self.open_names(broken), ["After"])

    def test_sender_and_receiver_of_one_process(self):
        """HU-24: the place that fails is the receiver's, although the sender has the same."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        value = {"field_id": field.id, "value": "=10 / record.color"}
        self.action("mark", "set", value_ids=[(0, 0, value)])
        process = self.make(
            "both",
            start(),
            choice("Role", "hears"),
            catch("Pause", timer("PT1H")),
            catch("Hear", SIGNAL),
            service("Mark", "mark"),
            choice("Told", "over"),
            throw("Tell", SIGNAL),
            end(),
            chain("Start", "Role"),
            flow("sends", "Role", "Pause", "role == 'sends'"),
            flow("hears", "Role", "Hear"),
            chain("Pause", "Mark"),
            chain("Hear", "Mark", "Told"),
            flow("tells", "Told", "Tell", "role == 'sends'"),
            flow("over", "Told", "End"),
            chain("Tell", "End"),
            roots=ROOTS,
        )
        with freeze_time("2026-03-02 08:00:00"):
            broken = self.launch(process, role="hears")
            sender = self.launch(process, self.sound_partner, role="sends")
        with mute_logger("odoo.sql_db"):
            self.run_timers("2026-03-02 09:00:00")
        self.assertEqual((sender.state, len(sender.job_ids)), ("done", 0))
        self.assertEqual((broken.state, broken.job_ids.element_name), ("incident", "Mark"))

    def test_starts(self):
        """PK-03: one of two that start by it fails: it can be started again with what came."""
        body = (
            start(),
            choice("Way", "no"),
            task("Yes"),
            end(),
            chain("Start", "Way"),
            flow("yes", "Way", "Yes", "10 / n &gt; 1"),
            flow("no", "Way", "End"),
            chain("Yes", "End"),
        )
        broken = self.make("broken", *body, owner_id=self.owner.id)
        self.publish(broken, *(part.replace("10 / n", "10 / (n - 2)") for part in body))
        sound = self.make("sound", *body)
        for process in broken | sound:
            self.env["bpm.process.trigger"].create(
                {"process_id": process.id, "kind": "message", "message_name": "paid"}
            )
        self.action("tell", "event")
        self.send(lambda id: service(id, "tell", name="paid", n="=1 + 1"))
        self.assertEqual(self.open_names(sound.instance_ids), ["Yes"])
        stuck = broken.instance_ids
        self.assertEqual((stuck.state, stuck.start_kind), ("incident", "message"))
        self.assertEqual((stuck.job_ids.kind, stuck.job_ids.variables), ("start", {"n": 2}))
        self.assertTrue(self.told(stuck))

    def test_a_call_from_outside_is_all_or_nothing(self):
        """PK-03: who calls is told of the failure, and nobody has received anything."""
        process = self.make_listener("hears", SIGNAL)
        sound, broken = self.launch(process, self.sound_partner), self.launch(process)
        api = self.env["bpm.process"].with_user(self.worker)
        with self.assertRaisesRegex(UserError, "Way0"), self.cr.savepoint():
            api.send_signal("alarm")
        self.env.invalidate_all()
        self.assertEqual((sound + broken).mapped("state"), ["running"] * 2)
        self.assertEqual(self.open_names(sound), [])

    def test_what_cannot_be_sent_is_a_matter_of_the_sender(self):
        """PK-04: a record is no value of a message: its sender fails, no receiver."""
        waiting = self.launch(self.make_listener("hears", MESSAGE), self.sound_partner)
        self.action("tell", "event")
        process = self.make_sender(
            lambda id: service(id, "tell", name="paid", when="=record.create_date")
        )
        instance = self.launch(process, self.sound_partner)
        with self.assertRaisesRegex(UserError, "Tell0.*cannot be stored"), self.cr.savepoint():
            self.do(instance, "Send")
        self.env.invalidate_all()
        self.assertEqual((waiting.state, len(waiting.job_ids)), ("running", 0))

    def test_nothing_to_repair_once_it_ended(self):
        """HU-24: an incident of a process that ended another way is closed with it."""
        process = self.make(
            "hears",
            start(),
            '<parallelGateway id="Fork"/>',
            catch("Hear", MESSAGE),
            choice("Way", "no"),
            task("Stop"),
            end(),
            end("Out"),
            '<endEvent id="All" name="All"><terminateEventDefinition/></endEvent>',
            chain("Start", "Fork", "Hear", "Way"),
            flow("yes", "Way", "Out", COLOURED),
            flow("no", "Way", "End"),
            chain("Fork", "Stop", "All"),
            roots=ROOTS,
        )
        broken = self.launch(process)
        self.action("tell", "event")
        self.do(self.launch(self.make_sender(lambda id: throw(id, MESSAGE))), "Send")
        self.assertEqual(broken.state, "incident")
        self.do(broken, "Stop")
        self.assertEqual((broken.state, broken.job_ids.state), ("done", "cancelled"))
