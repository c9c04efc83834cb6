import unittest
from datetime import datetime, timedelta

from odoo.addons.bpm_engine.sight import FlowMap, Story
from odoo.addons.bpm_engine.tests.sight_common import draw

START = datetime(2026, 11, 19, 9, 0)


def row(number, event, element=None, token=None, **values):
    return {
        "id": number,
        "event": event,
        "element": element,
        "element_name": values.pop("name", element),
        "element_type": values.pop("type", "userTask"),
        "token": token,
        "at": START + timedelta(minutes=number),
        "user_id": False,
        "duration": 0.0,
        "overdue": False,
        "outcome": False,
        "comment": False,
        **values,
    }


class TestStory(unittest.TestCase):
    """No database: rows in, lines out."""

    def test_standing_and_done(self):
        """HU-06: open is what was entered and neither left nor withdrawn."""
        story = Story(
            [
                row(1, "entered", "A", "1"),
                row(2, "left", "A", "1"),
                row(3, "entered", "B", "2"),
                row(4, "entered", "C", "3"),
                row(5, "cancelled", "C", "3"),
            ]
        )
        self.assertEqual([r["element"] for r in story.standing], ["B"])
        self.assertEqual(story.done, ["A"])

    def test_same_token_comes_back(self):
        """HU-06: a token that returns to its element is open again."""
        rows = [row(1, "entered", "A", "1"), row(2, "left", "A", "1"), row(3, "entered", "A", "1")]
        self.assertEqual([r["id"] for r in Story(rows).standing], [3])

    def test_put_on_another_step(self):
        """HU-06, HU-19: moved by a decision it stands elsewhere, since it came to the first."""
        rows = [
            row(1, "entered", "A", "1"),
            row(5, "cancelled", "A", "1"),
            row(6, "migrated"),
            row(7, "entered", "B", "1"),
        ]
        (stands,) = Story(rows).standing
        self.assertEqual((stands["element"], stands["since"]), ("B", rows[0]["at"]))
        (stands,) = Story(rows[:1]).standing
        self.assertEqual(stands["element"], "A")

    def test_two_tokens_at_one_element(self):
        """HU-06: of two parallel voters one may be done while the other is open."""
        rows = [row(1, "entered", "A", "1"), row(2, "entered", "A", "2"), row(3, "left", "A", "1")]
        story = Story(rows)
        self.assertEqual([r["token"] for r in story.standing], ["2"])
        self.assertEqual(len(story.timeline()), 2)

    def test_repaired_is_no_error(self):
        """HU-24: an element whose error was repaired is not failed any more."""
        rows = [row(1, "entered", "A", "1"), row(2, "error", "A")]
        self.assertEqual(Story(rows).failed, ["A"])
        self.assertEqual(Story([*rows, row(3, "repaired", "A", "1")]).failed, [])

    def test_line_of_a_step(self):
        """HU-06: one line tells who decided what, how long it took and what happened meanwhile."""
        story = Story(
            [
                row(1, "started", user_id="Anna"),
                row(2, "entered", "A", "1"),
                row(3, "assigned", "A", "1", user_id="Boris", comment="ill"),
                row(9, "left", "A", "1", user_id="Anna", outcome="yes", duration=420, overdue=True),
                row(10, "ended"),
            ]
        )
        started, line, ended = story.timeline()
        self.assertEqual((started["state"], started["user"]), ("started", "Anna"))
        self.assertEqual(line["state"], "done")
        self.assertEqual(line["seconds"], 420)
        self.assertTrue(line["overdue"])
        self.assertEqual(line["decisions"][0]["user_id"], "Anna")
        self.assertEqual(line["decisions"][0]["outcome"], "yes")
        self.assertEqual(line["notes"][0]["comment"], "ill")
        self.assertEqual(ended["state"], "ended")

    def test_votes(self):
        """AT-07: each vote is a decision of its own; the element's leaving adds none."""
        story = Story(
            [
                row(1, "entered", "A", "1"),
                row(2, "decided", "A", "1", user_id="Anna", outcome="yes"),
                row(3, "decided", "A", "1", user_id="Boris", outcome="no", comment="too dear"),
                row(4, "left", "A", "1", outcome="no"),
            ]
        )
        (line,) = story.timeline()
        self.assertEqual(
            [(d["user_id"], d["outcome"], d["comment"]) for d in line["decisions"]],
            [("Anna", "yes", False), ("Boris", "no", "too dear")],
        )

    def test_gateways_are_quiet(self):
        """HU-06: gateways stand in the history only when asked for."""
        rows = [row(1, "entered", "G", "1", type="exclusiveGateway"), row(2, "left", "G", "1")]
        self.assertEqual(Story(rows).timeline(), [])
        self.assertEqual(len(Story(rows).timeline(quiet=True)), 1)


class TestFlowMap(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.map = FlowMap.of(draw())

    def test_what_follows(self):
        """HU-06: behind a gateway each way is named; unnamed elements are passed over."""
        self.assertEqual(self.map.after("Check"), (["Pay", "Refused"], False))
        self.assertEqual(self.map.after("Pay"), (["Money left"], False))
        self.assertEqual(self.map.after("Paid"), ([], False))

    def test_parallel(self):
        """HU-06: behind a parallel gateway both come."""
        xml = draw().replace("exclusiveGateway", "parallelGateway")
        self.assertEqual(FlowMap.of(xml).after("Check"), (["Pay", "Refused"], True))

    def test_loop_ends(self):
        """HU-06: a circle of unnamed gateways does not keep the reader waiting."""
        xml = draw().replace('sourceRef="Ok" targetRef="Pay"', 'sourceRef="Ok" targetRef="Ok"')
        self.assertEqual(FlowMap.of(xml).after("Check"), (["Refused"], False))

    def test_passed_flows(self):
        """HU-06: flows gone along, and only those; the other way of a gateway is not."""
        steps = [
            ("Start", "entered"),
            ("Start", "left"),
            ("Check", "entered"),
            ("Check", "left"),
            ("Ok", "entered"),
            ("Ok", "left"),
            ("Refused", "entered"),
        ]
        self.assertEqual(self.map.passed(steps), ["F1", "F2", "F4"])

    def test_passed_twice(self):
        """HU-06: who comes round again goes along the same flows; nothing else is coloured."""
        once = [("Start", "entered"), ("Start", "left"), ("Check", "entered"), ("Check", "left")]
        again = [("Ok", "entered"), ("Ok", "left"), ("Pay", "entered")]
        steps = [*once, *again, ("Check", "entered"), ("Check", "left"), *again]
        self.assertEqual(self.map.passed(steps), ["F1", "F2", "F3"])
        self.assertEqual(self.map.passed([("Check", "entered"), ("Gone", "left")]), [])

    def test_broken_xml(self):
        """HU-06: what cannot be read shows nothing, and says so elsewhere."""
        for xml in (None, "", "<a", "no xml"):
            self.assertEqual(FlowMap.of(xml).flows, [])

    def test_no_entities(self):
        """PK-03: a file that names a file of the server gets nothing of it."""
        evil = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
        self.assertEqual(FlowMap.of(evil).nodes, {})
