from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user

from .run_common import RunCommon, chain, end, flow, start, task

MESSAGE = '<message id="m" name="order_in"/>'
SIGNAL = '<signal id="s" name="prices_new"/>'


def by_message(id="ByMessage"):
    return (
        f'<startEvent id="{id}" name="{id}"><messageEventDefinition messageRef="m"/></startEvent>'
    )


def by_signal(id="BySignal"):
    return f'<startEvent id="{id}" name="{id}"><signalEventDefinition signalRef="s"/></startEvent>'


def by_timer(kind, text, basis=None, id="ByTimer"):
    own = f' bpm:basis="{basis}"' if basis else ""
    inside = f"<timerEventDefinition{own}><{kind}>{text}</{kind}></timerEventDefinition>"
    return f'<startEvent id="{id}" name="{id}">{inside}</startEvent>'


class TestStartDrawn(RunCommon):
    """Message, signal and timer starts of the drawing begin the process by themselves."""

    def draw(self, process, *body, roots=""):
        """Publish a drawing as a manager does."""
        xml = (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:test" id="D">'
            f'{roots}<process id="{process.key}" isExecutable="true">{"".join(body)}</process>'
            "</definitions>"
        )
        version = process.draft_version_id or self.env["bpm.process.version"].create(
            {"process_id": process.id}
        )
        version.bpmn_xml = xml
        version.with_user(self.manager).action_publish()
        return version

    def process(self, key, *body, roots="", model=None, **values):
        process = self.env["bpm.process"].create(
            {
                "name": key.title(),
                "key": key,
                "model_id": self.env["ir.model"]._get_id(model) if model else False,
                "owner_id": self.manager.id,
                **values,
            }
        )
        self.draw(process, *body, roots=roots)
        return process

    def two_ways(self, first, key="drawn", roots="", **values):
        """A plain start to A, the drawn one to B."""
        one = first.split('id="')[1].split('"')[0]
        return self.process(
            key,
            start(),
            task("A"),
            first,
            task("B"),
            end(),
            end("End2"),
            chain("Start", "A", "End"),
            chain(one, "B", "End2"),
            roots=roots,
            **values,
        )

    def instances(self, process):
        return self.Instance.search([("process_id", "=", process.id)], order="id")

    # message

    def test_message_goes_to_its_branch(self):
        """PK-03: the drawn message starts at its own start event, on the message's record."""
        process = self.two_ways(by_message(), roots=MESSAGE, model="res.partner")
        sent = (
            self.env["bpm.process"]
            .with_user(self.worker)
            .send_message("order_in", "res.partner", self.partner.id, {"sum": 5})
        )
        instance = self.Instance.browse(sent["started"])
        self.assertEqual(instance.process_id, process)
        self.assertEqual((instance.start_kind, instance.start_event), ("message", "ByMessage"))
        self.assertEqual((instance.res_id, instance.starter_id), (self.partner.id, self.worker))
        self.assertEqual(self.open_names(instance), ["B"])
        self.assertNotIn("Start", instance.log_ids.mapped("element"))
        by_hand = self.launch(process, self.env["res.partner"].create({"name": "Other"}))
        self.assertEqual(self.open_names(by_hand), ["A"])

    def test_listed_as_drawn_and_read_only(self):
        """PK-03: seen among the starts with where it comes from; changed only by drawing."""
        process = self.two_ways(by_message(), roots=MESSAGE, model="res.partner")
        trigger = process.trigger_ids
        self.assertEqual((trigger.kind, trigger.message_name), ("message", "order_in"))
        self.assertEqual(trigger.origin, "the drawing")
        as_manager = trigger.with_user(self.manager)
        for refused in (
            lambda: as_manager.write({"message_name": "other"}),
            lambda: as_manager.with_context(bpm_publishing=True).write({"kind": "create"}),
            lambda: as_manager.unlink(),
            lambda: trigger.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "drawn as a start event"):
                refused()
        as_manager.active = False
        sent = process.send_message("order_in", "res.partner", self.partner.id)
        self.assertFalse(sent["started"])

    def test_nobody_forges_a_drawn_start(self):
        """HU-23: what belongs to the drawing cannot be written from outside."""
        process = self.two_ways(by_message(), roots=MESSAGE, model="res.partner")
        forged = (
            self.env["bpm.process.trigger"]
            .with_user(self.manager)
            .with_context(bpm_publishing=True)
            .create(
                {
                    "process_id": process.id,
                    "version_id": process.published_version_id.id,
                    "start_event": "ByMessage",
                }
            )
        )
        self.assertFalse(forged.version_id)
        self.assertFalse(forged.start_event)

    def test_next_version_replaces(self):
        """HU-20: the new drawing's starts, not the old ones; the choice of records goes on."""
        process = self.two_ways(by_message(), roots=MESSAGE, model="res.partner")
        process.trigger_ids.with_user(self.manager).domain = "[('is_company', '=', True)]"
        self.env["bpm.process.trigger"].create({"process_id": process.id, "kind": "create"})
        self.draw(
            process,
            by_message(),
            by_signal(),
            '<exclusiveGateway id="X" name="X"/>',
            task("B"),
            end(),
            chain("ByMessage", "X", "B", "End"),
            chain("BySignal", "X"),
            roots=MESSAGE + SIGNAL,
        )
        triggers = process.trigger_ids
        drawn = triggers.filtered("version_id")
        self.assertEqual(sorted(drawn.mapped("kind")), ["message", "signal"])
        self.assertEqual(drawn.version_id, process.published_version_id)
        kept = drawn.filtered(lambda t: t.kind == "message")
        self.assertEqual(kept.domain, "[('is_company', '=', True)]")
        self.assertEqual((triggers - drawn).kind, "create")
        self.draw(process, start(), task("B"), end(), chain("Start", "B", "End"))
        self.assertEqual(process.trigger_ids.kind, "create")

    def test_off_with_the_process(self):
        """HU-12: an archived process starts neither by message, signal nor timer."""
        with freeze_time("2026-03-02 08:00:00"):
            process = self.process(
                "drawn",
                by_message(),
                by_signal(),
                by_timer("timeCycle", "R/P1D"),
                '<exclusiveGateway id="X" name="X"/>',
                task("B"),
                end(),
                chain("ByMessage", "X", "B", "End"),
                chain("BySignal", "X"),
                chain("ByTimer", "X"),
                roots=MESSAGE + SIGNAL,
            )
        process.active = False
        process.send_message("order_in")
        process.send_signal("prices_new")
        self.run_timers("2026-03-04 08:00:00")
        self.assertFalse(self.instances(process))
        process.active = True
        self.run_timers("2026-03-04 09:00:00")
        self.assertEqual(len(self.instances(process)), 1)

    def test_copy_waits_for_its_own_drawing(self):
        """PK-03: a duplicated process starts nothing until it is published itself."""
        process = self.two_ways(by_message(), roots=MESSAGE, model="res.partner")
        copy = process.copy()
        self.assertFalse(copy.with_context(active_test=False).trigger_ids)

    # signal

    def thrower(self, model="res.partner"):
        throw = (
            '<intermediateThrowEvent id="Tell" name="Tell">'
            '<signalEventDefinition signalRef="s"/></intermediateThrowEvent>'
        )
        return self.process(
            "thrower",
            start(),
            throw,
            end(),
            chain("Start", "Tell", "End"),
            roots=SIGNAL,
            model=model,
        )

    def test_signal_thrown_by_another_process(self):
        """PK-03: a signal of one process starts the other, on the record it comes from."""
        process = self.two_ways(by_signal(), roots=SIGNAL, model="res.partner")
        alone = self.two_ways(by_signal(), "alone", roots=SIGNAL)
        self.launch(self.thrower())
        instance = self.instances(process)
        self.assertEqual(self.open_names(instance), ["B"])
        self.assertEqual((instance.start_kind, instance.res_id), ("signal", self.partner.id))
        self.assertEqual(self.open_names(self.instances(alone)), ["B"])

    def test_signal_over_rpc(self):
        """PK-03: other systems give signals; from nowhere it starts where a condition says."""
        process = self.two_ways(by_signal(), roots=SIGNAL, model="res.partner")
        alone = self.two_ways(by_signal(), "alone", roots=SIGNAL)
        api = self.env["bpm.process"].with_user(self.worker)
        self.assertEqual(api.send_signal("prices_new", {"x": 1}), self.instances(alone).ids)
        self.partner.ref = "signal"
        process.trigger_ids.domain = "[('ref', '=', 'signal')]"
        api.send_signal("prices_new")
        self.assertEqual(self.instances(process).res_id, self.partner.id)
        other = self.env["res.partner"].create({"name": "Other", "ref": "signal"})
        api.send_signal("prices_new", None, "res.partner", other.id)
        self.assertEqual(self.instances(process).mapped("res_id"), [self.partner.id, other.id])
        with self.assertRaisesRegex(UserError, "or neither"):
            api.send_signal("prices_new", None, "res.partner")

    def test_signal_in_a_circle(self):
        """PK-04: a process that gives the signal it starts by does not go on for ever."""
        process = self.process(
            "circle",
            by_signal(),
            '<intermediateThrowEvent id="Tell" name="Tell">'
            '<signalEventDefinition signalRef="s"/></intermediateThrowEvent>',
            end(),
            chain("BySignal", "Tell", "End"),
            roots=SIGNAL,
        )
        with self.assertRaisesRegex(UserError, "in a circle"), self.cr.savepoint():
            self.env["bpm.process"].send_signal("prices_new")
        self.assertFalse(self.instances(process))

    def test_failed_start_is_repeated_at_its_start(self):
        """HU-24: retrying a failed first step begins at the drawn start again."""
        with freeze_time("2026-03-02 08:00:00"):
            process = self.process(
                "failing",
                start(),
                task("A"),
                by_timer("timeDuration", "PT1H"),
                '<exclusiveGateway id="X" name="Go?"/>',
                end(),
                end("Stop"),
                chain("Start", "A", "End"),
                chain("ByTimer", "X"),
                flow("X_End", "X", "End", "go == 1"),
                flow("X_Stop", "X", "Stop", "go == 2"),
            )
        self.run_timers("2026-03-02 09:00:01")
        instance = self.instances(process)
        self.assertEqual(instance.state, "incident")
        instance.job_ids.variables = {"go": 2}
        instance.job_ids.with_user(self.manager).action_retry()
        self.assertEqual((instance.state, instance.result), ("done", "Stop"))

    # timer

    def timed(self, kind, text, basis=None, at="2026-03-02 08:00:00", **values):
        """Published on a Monday at eight (UTC)."""
        with freeze_time(at):
            return self.two_ways(by_timer(kind, text, basis), **values)

    def test_date(self):
        """HU-12: once, at the date; as the owner."""
        process = self.timed("timeDate", "2026-03-03T10:00:00+02:00")
        self.run_timers("2026-03-03 07:59:00")
        self.assertFalse(self.instances(process))
        self.run_timers("2026-03-03 08:00:30")
        instance = self.instances(process)
        self.assertEqual(self.open_names(instance), ["B"])
        self.assertEqual((instance.start_kind, instance.starter_id), ("time", self.manager))
        self.run_timers("2027-03-03 08:00:30")
        self.assertEqual(len(self.instances(process)), 1)

    def test_cycle_is_bounded_and_missed_ones_count_once(self):
        """HU-12: R3 starts three times; a week without a cron starts once, not seven times."""
        process = self.timed("timeCycle", "R3/P1D")
        moments = (("03-03 08:00:10", 1), ("03-03 20:00:00", 1), ("03-10 09:00:00", 2))
        for moment, count in moments:
            self.run_timers(f"2026-{moment}")
            self.assertEqual(len(self.instances(process)), count, moment)
        self.assertEqual(process.trigger_ids.next_run, datetime(2026, 3, 11, 8))
        self.run_timers("2026-03-11 08:00:10")
        self.run_timers("2026-03-20 08:00:10")
        self.assertEqual(len(self.instances(process)), 3)
        self.assertFalse(process.trigger_ids.next_run)

    def test_days_keep_the_hour_of_the_owner(self):
        """HU-12: daily at eight stays eight when summer time begins; the 31st stays the last."""
        self.manager.tz = "Europe/Sofia"
        process = self.timed("timeCycle", "R/2026-03-28T08:00:00+02:00/P1D")
        self.run_timers("2026-03-28 06:00:10")
        self.assertEqual(process.trigger_ids.next_run, datetime(2026, 3, 29, 5))
        monthly = self.timed("timeCycle", "R/2026-03-31T08:00:00+03:00/P1M", key="monthly")
        for moment in ("2026-03-31 05:00:10", "2026-04-30 05:00:10"):
            self.run_timers(moment)
        self.assertEqual(monthly.trigger_ids.next_run, datetime(2026, 5, 31, 5))
        self.assertEqual(len(self.instances(monthly)), 2)

    def test_working_time(self):
        """PK-26: ten working hours after Friday four o'clock is on Monday."""
        company = self.env.company
        company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "8 to 16", "tz": "UTC", "attendance_ids": [(5,)] + [
                (0, 0, {"name": str(day), "dayofweek": str(day), "hour_from": 8, "hour_to": 16})
                for day in range(5)
            ]}
        )  # fmt: skip
        process = self.timed(
            "timeDuration", "PT4H", "working", at="2026-03-06 14:00:00", company_id=company.id
        )
        self.assertEqual(process.trigger_ids.next_run, datetime(2026, 3, 9, 10))
        daily = self.timed(
            "timeCycle",
            "R2/P1D",
            "working",
            at="2026-03-06 14:00:00",
            company_id=company.id,
            key="daily",
        )
        self.assertEqual(daily.trigger_ids.next_run, datetime(2026, 3, 9, 14))
        self.run_timers("2026-03-09 14:00:10")
        self.assertEqual(daily.trigger_ids.next_run, datetime(2026, 3, 10, 14))

    def test_records_of_a_timer(self):
        """HU-12: on a process with records it waits until somebody says which; then it stays."""
        process = self.timed("timeCycle", "R/P1D", model="res.partner")
        everything = process.with_context(active_test=False)
        trigger = everything.trigger_ids
        self.assertFalse(trigger.active)
        self.assertIn("choose the records", trigger.summary)
        self.run_timers("2026-03-04 08:00:00")
        self.assertFalse(self.instances(process))
        self.partner.ref = "daily"
        with freeze_time("2026-03-04 12:00:00"):
            trigger.with_user(self.manager).write(
                {"domain": "[('ref', '=', 'daily')]", "active": True}
            )
        self.assertEqual(trigger.next_run, datetime(2026, 3, 5, 12))
        self.run_timers("2026-03-05 12:00:10")
        self.assertEqual(self.instances(process).res_id, self.partner.id)
        xml = process.published_version_id.bpmn_xml.replace('name="B"', 'name="C"')
        process.published_version_id.with_user(self.manager).action_new_draft()
        process.draft_version_id.bpmn_xml = xml
        process.draft_version_id.with_user(self.manager).action_publish()
        kept = everything.trigger_ids
        self.assertEqual(kept.next_run, datetime(2026, 3, 6, 12))
        self.assertEqual((kept.active, kept.domain), (True, "[('ref', '=', 'daily')]"))

    # while drawing

    def lint(self, *body, roots="", model=None):
        xml = (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
            f' targetNamespace="urn:test" id="D">{roots}<process id="x">{"".join(body)}'
            "</process></definitions>"
        )
        process = self.env["bpm.process"].new(
            {"name": "X", "model_id": self.env["ir.model"]._get_id(model) if model else False}
        )
        found = self.env["bpm.process.version"]._lint(xml, process)
        return {problem["code"]: problem["level"] for problem in found}

    def test_said_while_drawing(self):
        """PK-26: a start that cannot begin anything is named before publishing."""
        rest = (task("B"), end(), chain("ByTimer", "B", "End"))
        cases = (
            (by_timer("timeDate", "record.create_date"), "start_timer", "error"),
            (by_timer("timeDate", "missing"), "start_timer", "error"),
            (by_timer("timeDate", ""), "timer", "error"),
            (by_timer("timeDate", "2020-01-01"), "start_passed", "warning"),
        )
        for first, code, level in cases:
            self.assertEqual(self.lint(first, *rest).get(code), level, first)
        fine = self.lint(by_timer("timeCycle", "R/P1D"), *rest)
        self.assertFalse({"start_records", "start_timer"} & set(fine))
        asked = self.lint(by_timer("timeCycle", "R/P1D"), *rest, model="res.partner")
        self.assertEqual(asked["start_records"], "warning")
        unnamed = '<startEvent id="ByTimer" name=""><messageEventDefinition/></startEvent>'
        self.assertEqual(self.lint(unnamed, *rest)["event_name"], "error")
        twice = self.lint(
            by_message("ByTimer"),
            by_message("Second"),
            '<exclusiveGateway id="X" name="X"/>',
            *rest[:2],
            chain("ByTimer", "X", "B", "End"),
            chain("Second", "X"),
            roots=MESSAGE,
        )
        self.assertEqual(twice["same_start"], "error")

    def test_other_companies_do_not_see_them(self):
        """HU-23: starts of a process of another company stay there."""
        company = self.env["res.company"].create({"name": "Other"})
        process = self.two_ways(by_message(), roots=MESSAGE, company_id=company.id)
        person = new_test_user(self.env, "bpm_home", groups="bpm_engine.group_user")
        self.assertFalse(
            self.env["bpm.process.trigger"]
            .with_user(person)
            .search([("process_id", "=", process.id)])
        )
