"""The arrows that the viewer colours, of instances that really ran."""

from datetime import timedelta

from odoo import fields

from .run_common import RunCommon, catch, chain, choice, end, flow, start, task, timer


class TestWays(RunCommon):
    def gone(self, instance):
        return set(instance.with_user(self.viewer).get_sight()["flows"])

    def test_straight_on_or_round(self):
        """HU-06: where two ways meet again, only the one that was gone is coloured."""
        process = self.make(
            "visa",
            start(),
            task("Ask", "yes", "no"),
            choice("Needed", "straight"),
            task("Visa"),
            task("Plan"),
            end(),
            chain("Start", "Ask", "Needed"),
            flow("round", "Needed", "Visa", 'outcome == "yes"'),
            flow("straight", "Needed", "Plan"),
            chain("Visa", "Plan", "End"),
        )
        common = {"Start_Ask", "Ask_Needed"}
        instance = self.launch(process)
        self.do(instance, "Ask", "yes")
        self.do(instance, "Visa")
        self.assertEqual(self.gone(instance), common | {"round", "Visa_Plan"})
        instance = self.launch(process, self.env["res.partner"].create({"name": "Orion"}))
        self.do(instance, "Ask", "no")
        self.assertEqual(self.gone(instance), common | {"straight"})

    def test_branches_meet(self):
        """HU-06: of parallel branches every arrow that was gone, up to where they meet."""
        fork, join = (f'<parallelGateway id="{name}" name="{name}"/>' for name in ("Fork", "Join"))
        process = self.make(
            "both",
            start(),
            fork,
            task("One"),
            task("Two"),
            join,
            task("After"),
            end(),
            chain("Start", "Fork", "One", "Join", "After", "End"),
            chain("Fork", "Two", "Join"),
        )
        instance = self.launch(process)
        gone = {"Start_Fork", "Fork_One", "Fork_Two"}
        self.assertEqual(self.gone(instance), gone)
        self.do(instance, "Two")
        self.do(instance, "One")
        gone |= {"One_Join", "Two_Join", "Join_After"}
        self.assertEqual(self.gone(instance), gone)

    def test_event_at_the_border(self):
        """HU-06: the way out of a deadline drawn at a step, not the one behind the step."""
        process = self.make(
            "late",
            start(),
            task("Visa"),
            f'<boundaryEvent id="Late" name="Late" attachedToRef="Visa">{timer("P1D")}'
            "</boundaryEvent>",
            task("Plan"),
            end(),
            chain("Start", "Visa", "Plan", "End"),
            chain("Late", "Plan"),
        )
        instance = self.launch(process)
        self.run_timers(fields.Datetime.now() + timedelta(days=5))
        self.assertEqual(self.open_names(instance), ["Plan"])
        self.assertEqual(self.gone(instance), {"Start_Visa", "Late_Plan"})

    def test_what_comes_first(self):
        """HU-06: of events that are waited for together only the one that came."""
        process = self.make(
            "first",
            start(),
            '<eventBasedGateway id="First" name="First"/>',
            catch("Soon", timer("P1D")),
            catch("Never", '<messageEventDefinition messageRef="M"/>'),
            task("Plan"),
            end(),
            chain("Start", "First", "Soon", "Plan", "End"),
            chain("First", "Never", "Plan"),
            roots='<message id="M" name="never"/>',
        )
        instance = self.launch(process)
        self.run_timers(fields.Datetime.now() + timedelta(days=5))
        self.assertEqual(self.open_names(instance), ["Plan"])
        self.assertEqual(self.gone(instance), {"Start_First", "First_Soon", "Soon_Plan"})
