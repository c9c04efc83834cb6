"""Changes at once beside a draft, and beside those of somebody else."""

from odoo.exceptions import UserError

from .versions_common import VersionsCommon, two_steps

ASSIGNED = '<bpm:assignment kind="user" user="bpm_worker"/>'


class HotCommon(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps(settings=ASSIGNED))
        self.version = self.process.published_version_id.with_user(self.manager)
        self.worker_rule = {"kind": "user", "user": self.worker.login}
        self.other_rule = {"kind": "user", "user": self.other_worker.login}

    def element(self, name="Check"):
        elements = self.process.published_version_id.element_ids
        return elements.filtered(lambda element: element.element_id == name)


class TestHotAndDraft(HotCommon):
    def draw(self, draft, settings, first="Check"):
        draft.bpmn_xml = self.drawing(self.process, *two_steps(first, settings=settings))

    def hot_changes(self, draft):
        return [row for row in draft._find_problems() if row["code"] == "hot_change"]

    def test_publishing_keeps_what_was_changed_at_once(self):
        """HU-19, HU-20: the draft was begun before the step was handed over; it stays so."""
        draft = self.draft(self.process)
        self.version.set_hot("Check", {"assignment": self.other_rule}, name="Look")
        found = self.hot_changes(draft)
        self.assertEqual({row["level"] for row in found}, {"warning"})
        self.assertEqual(len(found), 2, "its title and who does it")
        self.assertIn(self.other_worker.login, found[1]["message"])
        action = draft.with_user(self.manager).action_ask_publish()
        self.assertEqual(action["res_model"], "bpm.publish", "it is told before")
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.process.published_version_id, draft)
        self.assertEqual(self.element().name, "Look")
        self.assertEqual(self.element().drawn_settings, {"assignment": self.other_rule})
        self.assertEqual(self.launch(self.process).task_ids.user_id, self.other_worker)

    def test_each_setting_for_itself(self):
        """HU-19, HU-20: the draft says what to do, the head who does it: both are in force."""
        draft = self.draft(self.process)
        self.version.set_hot("Check", {"assignment": self.other_rule})
        deadline = '<bpm:deadline amount="2" unit="day" basis="calendar"/>'
        self.draw(draft, ASSIGNED + deadline)
        draft.with_user(self.manager).action_publish()
        settings = self.element().settings
        self.assertEqual(settings["assignment"], self.other_rule)
        self.assertEqual(settings["deadline"]["amount"], 2)

    def test_draft_changes_the_same(self):
        """HU-19, HU-20: what the draft changes, too, is as drawn; before publishing it is said."""
        draft = self.draft(self.process)
        self.version.set_hot("Check", {"assignment": self.other_rule})
        self.draw(draft, '<bpm:assignment kind="starter"/>')
        (found,) = self.hot_changes(draft)
        for piece in (self.worker.login, self.other_worker.login, "starter"):
            self.assertIn(piece, found["message"])
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.element().settings["assignment"], {"kind": "starter"})

    def test_draft_begun_afterwards(self):
        """HU-20: a draft that carries the change may take it back; nothing is said of it."""
        self.version.set_hot("Check", {"assignment": self.other_rule})
        draft = self.draft(self.process)
        self.draw(draft, ASSIGNED)
        self.assertEqual(self.hot_changes(draft), [])
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.element().settings["assignment"], self.worker_rule)

    def test_changed_twice_and_gone(self):
        """HU-20: of two changes the last counts; a step that the draft has not is left aside."""
        draft = self.draft(self.process)
        self.version.set_hot("Check", {"assignment": {"kind": "starter"}})
        self.version.set_hot("Check", {"assignment": self.other_rule})
        self.assertEqual(len(self.hot_changes(draft)), 1)
        self.draw(draft, ASSIGNED, first="Look")
        self.assertEqual(self.hot_changes(draft), [])

    def test_lane(self):
        """HU-20: who works in a lane is kept as well."""
        lane = (
            f'<laneSet id="S"><lane id="L" name="Office"><extensionElements>{ASSIGNED}'
            "</extensionElements><flowNodeRef>Check</flowNodeRef></lane></laneSet>"
        )
        process = self.make("lanes", *two_steps())
        self.publish(process, lane, *two_steps())
        draft = self.draft(process)
        used = process.published_version_id.with_user(self.manager)
        used.set_hot("L", {"assignment": self.other_rule})
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.launch(process).task_ids.user_id, self.other_worker)


class TestTwoManagers(HotCommon):
    def setUp(self):
        super().setUp()
        self.seen = {"name": "Check", "settings": dict(self.element().settings)}
        self.second = self.manager.copy({"login": "bpm_manager_2", "name": "Second"})

    def as_seen(self, **values):
        return {**self.seen["settings"], **values}

    def test_other_setting(self):
        """HU-20: one hands the step over, the other corrects the text: both stand."""
        first = self.as_seen(assignment=self.other_rule)
        self.version.set_hot("Check", first, "Check", seen=self.seen)
        late = self.version.with_user(self.second)
        late.set_hot("Check", self.as_seen(instruction="Look twice"), "Check!", seen=self.seen)
        element = self.element()
        self.assertEqual(element.settings["assignment"], self.other_rule)
        self.assertEqual((element.settings["instruction"], element.name), ("Look twice", "Check!"))

    def test_same_setting(self):
        """HU-20: who would undo what somebody else did meanwhile is told by whom, of what."""
        self.version.set_hot("Check", self.as_seen(assignment=self.other_rule), seen=self.seen)
        late = self.version.with_user(self.second)
        mine = self.as_seen(assignment={"kind": "starter"}, instruction="Look twice")
        with self.assertRaises(UserError) as refused:
            late.set_hot("Check", mine, seen=self.seen)
        for piece in (self.manager.name, "Check", self.other_worker.login):
            self.assertIn(piece, str(refused.exception))
        self.assertEqual(self.element().settings, {"assignment": self.other_rule})

    def test_numbers_as_text(self):
        """HU-20: a number that a browser sends as text is no change: what stands there stays."""
        deadline = {"amount": "2", "unit": "day", "basis": "calendar"}
        self.version.set_hot("Check", self.as_seen(deadline=deadline))
        settings = dict(self.element().settings)
        seen = {"name": "Check", "settings": settings}
        self.version.set_hot("Check", {**settings, "assignment": self.other_rule})
        logged = len(self.version.message_ids)
        self.version.set_hot("Check", {**settings, "deadline": deadline}, "Check", seen=seen)
        self.assertEqual(self.element().settings["assignment"], self.other_rule)
        self.assertEqual(len(self.version.message_ids), logged)

    def test_several_or_none(self):
        """HU-20: several steps change together; with an error in one none of them does."""
        good = {"element_id": "Pay", "settings": {"assignment": self.other_rule}, "name": "Pay"}
        bad = {"element_id": "Check", "settings": {"assignment": {"kind": "user", "user": "ghost"}}}
        with self.assertRaisesRegex(UserError, "ghost"), self.cr.savepoint():
            self.version.set_hot_many([good, bad])
        self.env.invalidate_all()
        self.assertFalse(self.element("Pay").settings)
        self.version.set_hot_many([good, {**bad, "settings": {"assignment": self.other_rule}}])
        self.assertEqual(self.element("Pay").settings, self.element().settings)
