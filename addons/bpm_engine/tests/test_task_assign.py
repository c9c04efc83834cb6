from odoo.tests import tagged

from odoo.addons.bpm_engine.engine.diagram import Lane

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestTaskAssign(TaskCommon):
    """Who gets a task, and why, in words."""

    def test_person(self):
        """HU-23: the process names a person by login."""
        task = self._task_of(self.other_worker)
        self.assertEqual(task.user_id, self.other_worker)
        self.assertIn("Other Worker", task.why)
        self.assertEqual(task.name, "Check")

    def test_group(self):
        """HU-23: a group's task is for anybody of it and has no holder yet."""
        task = self._task(assignment={"kind": "group", "group": f"#{self.group.id}"})
        self.assertFalse(task.user_id)
        self.assertEqual(task.group_id, self.group)
        self.assertIn("Lawyers", task.why)
        self.assertFalse(self._activities(task))

    def test_group_by_external_id(self):
        """HU-23: groups are named by their external id as well."""
        task = self._task(assignment={"kind": "group", "group": "bpm_engine.group_designer"})
        self.assertEqual(task.group_id, self.env.ref("bpm_engine.group_designer"))

    def test_empty_group_goes_to_the_owner(self):
        """HU-23: a group without people is nobody, so the owner gets the task."""
        empty = self.env["res.groups"].create({"name": "Empty"})
        task = self._task(assignment={"kind": "group", "group": f"#{empty.id}"})
        self.assertEqual(task.user_id, self.manager)
        self.assertFalse(task.group_id)
        self.assertIn("Empty", task.why)

    def test_role_that_is_a_person(self):
        """HU-23: the responsible of the customer, by a field path on the record."""
        self.partner.user_id = self.other_worker
        task = self._task(assignment={"kind": "role", "role": "user_id"})
        self.assertEqual(task.user_id, self.other_worker)
        label = self.partner._fields["user_id"]._description_string(self.env)
        self.assertEqual(task.why, f"{label}: {self.other_worker.name}")
        self.assertNotIn("user_id", task.why)

    def test_role_through_a_contact(self):
        """HU-23: a path that ends at a contact means the user behind it."""
        self.partner.parent_id = self.other_worker.partner_id
        task = self._task(assignment={"kind": "role", "role": "parent_id"})
        self.assertEqual(task.user_id, self.other_worker)

    def test_long_path_in_words(self):
        """HU-23: why somebody has a task names each field on the way, no technical name."""
        self.partner.parent_id = self.env["res.partner"].create(
            {"name": "Holding", "user_id": self.other_worker.id}
        )
        task = self._task(assignment={"kind": "role", "role": "parent_id.user_id"})
        labels = [
            self.partner._fields[name]._description_string(self.env)
            for name in ("parent_id", "user_id")
        ]
        self.assertEqual(task.why, f"{labels[0]} › {labels[1]}: {self.other_worker.name}")

    def test_empty_role(self):
        """HU-23: nobody is responsible: the owner, and it is said why."""
        task = self._task(assignment={"kind": "role", "role": "user_id"})
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("empty", task.why)
        self.assertIn("owner", task.why)

    def test_wrong_path(self):
        """HU-23: a path that does not exist stops no process."""
        task = self._task(assignment={"kind": "role", "role": "no_such.field"})
        self.assertEqual(task.user_id, self.manager)

    def test_starter(self):
        """HU-23: without any rule whoever started it."""
        self.assertEqual(self._task().user_id, self.worker)

    def test_manager_of_the_starter(self):
        """HU-23: the starter's manager, if one is known."""
        people = type(self.env["res.users"])
        self.patch(people, "_get_bpm_manager", lambda users: self.other_worker)
        task = self._task(assignment={"kind": "starter_manager"})
        self.assertEqual(task.user_id, self.other_worker)
        self.assertIn("manager of Worker", task.why)

    def test_unknown_manager_of_the_starter(self):
        """HU-23: no hierarchy is kept: the owner of the process."""
        people = type(self.env["res.users"])
        self.patch(people, "_get_bpm_manager", lambda users: users.browse())
        self.assertEqual(self._task(assignment={"kind": "starter_manager"}).user_id, self.manager)

    def test_previous_performer(self):
        """HU-23: whoever did the earlier task does this one too."""
        first = self._task_of(self.other_worker)
        first.with_user(self.other_worker).action_complete()
        rule = {"kind": "previous", "element": first.element_id.element_id}
        second = self._task(assignment=rule)
        self.assertEqual(second.user_id, self.other_worker)
        self.assertIn("Check", second.why)

    def test_previous_not_done_yet(self):
        """HU-23: nobody did the earlier task: the owner."""
        task = self._task(assignment={"kind": "previous", "element": "Task_unknown"})
        self.assertEqual(task.user_id, self.manager)

    def test_lane(self):
        """HU-23: a task without a rule has its lane's."""
        element = self._element()
        rule = {"kind": "group", "group": f"#{self.group.id}"}
        lane = Lane("Lane_1", "Lawyers", {"assignment": rule}, [element.element_id])
        self.addCleanup(self.diagram.lanes.clear)
        self.diagram.lanes["Lane_1"] = lane
        self.assertEqual(self._task(element=element).group_id, self.group)
        self.assertEqual(self._task().user_id, self.worker)

    def test_variable_of_the_process(self):
        """HU-23: a login or id held by a variable, as in tasks for each of a list."""
        rule = {"kind": "user", "user": "approver"}
        by_login = self._task(assignment=rule, data={"approver": self.other_worker.login})
        by_id = self._task(assignment=rule, data={"approver": self.worker.id})
        self.assertEqual(by_login.user_id, self.other_worker)
        self.assertEqual(by_id.user_id, self.worker)

    def test_gone_person_without_substitute(self):
        """HU-23: an archived person's task goes to the owner."""
        self.other_worker.active = False
        task = self._task_of(self.other_worker)
        self.assertEqual(task.user_id, self.manager)
        self.assertEqual(task.original_user_id, self.other_worker)
        self.assertIn("no longer works here", task.why)

    def test_never_nobody(self):
        """HU-23: even with an archived owner somebody who manages processes has it."""
        self.process.owner_id = self.other_worker
        self.other_worker.active = False
        task = self._task_of(self.other_worker)
        self.assertTrue(task.user_id.active)
        self.assertTrue(task.user_id.has_group("bpm_engine.group_manager"))

    def test_unknown_kind(self):
        """HU-23: a rule this version does not know stops no process."""
        task = self._task(assignment={"kind": "horoscope"})
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("horoscope", task.why)

    def test_repeated_call_makes_no_second_task(self):
        """HU-24: a token has one task, however often it is asked for."""
        element = self._element()
        token = self._token(element)
        tasks = self.env["bpm.task"]
        first = tasks._create_for(self.instance, [token])
        again = tasks._create_for(self.instance, [token])
        self.assertEqual(len(first), 1)
        self.assertFalse(again)

    def test_holder_becomes_participant(self):
        """HU-06: whoever has a task may see the process it belongs to."""
        task = self._task_of(self.employee)
        self.assertIn(self.employee, self.instance.participant_ids)
        self.assertTrue(task.with_user(self.employee).instance_id.name)

    def test_reassign_at_once(self):
        """HU-20: the head hands an operation to another employee; open tasks move."""
        element = self._element(assignment={"kind": "user", "user": self.worker.login})
        task = self._task(element=element)
        rule = {"kind": "user", "user": self.other_worker.login}
        self._set_settings(element, assignment=rule)
        moved = self.env["bpm.task"]._reassign_open(element)
        self.assertEqual(moved, task)
        self.assertEqual(task.user_id, self.other_worker)
        self.assertEqual(self._activities(task).user_id, self.other_worker)

    def _apply(self, element, assignment=None, **settings):
        """Change an element at once, and press the button that applies it to open tasks.

        :return: the answer in words
        """
        settings = {**settings, "assignment": assignment or element.settings["assignment"]}
        self._set_settings(element, **settings)
        answer = element.with_user(self.manager).action_hand_over()
        self.env.invalidate_all()
        return answer["params"]["message"]

    def test_apply_leaves_what_was_taken(self):
        """HU-20: a new deadline takes no task from who took it from the group."""
        element = self._element(assignment={"kind": "group", "group": f"#{self.group.id}"})
        taken, free, passed = (self._task(element=element) for _number in range(3))
        (taken | passed).with_user(self.worker).action_claim()
        passed.with_user(self.worker).action_delegate(self.employee.id)
        message = self._apply(element, deadline={"amount": 1, "unit": "day"})
        self.assertEqual(taken.user_id, self.worker)
        self.assertEqual(taken.group_id, self.group)
        self.assertFalse(free.user_id)
        self.assertEqual(passed.user_id, self.employee)
        self.assertTrue(taken.deadline)
        self.assertIn("2 taken or passed on", message)
        taken.with_user(self.worker).action_release()
        self.assertEqual(taken.group_id, self.group)

    def test_apply_leaves_what_was_passed_on(self):
        """HU-20: nor from who got it from another, over however many hands."""
        element = self._element(assignment={"kind": "user", "user": self.worker.login})
        once, twice = self._task(element=element), self._task(element=element)
        (once | twice).with_user(self.worker).action_delegate(self.other_worker.id)
        twice.with_user(self.other_worker).action_delegate(self.designer.id)
        message = self._apply(element, deadline={"amount": 1, "unit": "day"})
        self.assertEqual(once.user_id, self.other_worker)
        self.assertEqual(twice.user_id, self.designer)
        self.assertIn("2 taken or passed on", message)

    def test_apply_leaves_what_was_escalated(self):
        """HU-20, HU-24: nor back from those to whom it was passed on because it was late."""
        escalation = {"kind": "group", "group": f"#{self.group.id}", "action": "reassign"}
        element = self._element(
            assignment={"kind": "user", "user": self.employee.login}, escalation=escalation
        )
        task = self._task(element=element)
        task._escalate()
        self._apply(element, escalation=escalation, instruction="Hurry")
        self.assertEqual(task.group_id, self.group)
        self.assertFalse(task.user_id)

    def test_apply_another_assignment(self):
        """HU-20: when the head names somebody else, passed on tasks follow like all others."""
        element = self._element(assignment={"kind": "user", "user": self.worker.login})
        task = self._task(element=element)
        task.with_user(self.worker).action_delegate(self.other_worker.id)
        message = self._apply(element, {"kind": "user", "user": self.employee.login})
        self.assertEqual(task.user_id, self.employee)
        self.assertNotIn("stay", message)
        self._apply(element, {"kind": "group", "group": f"#{self.group.id}"})
        self.assertFalse(task.user_id)
        self.assertEqual(task.group_id, self.group)

    def test_apply_when_the_holder_left(self):
        """HU-20, HU-23: a task of a person who no longer works here does not stay."""
        element = self._element(assignment={"kind": "user", "user": self.worker.login})
        task, passed = self._task(element=element), self._task(element=element)
        passed.with_user(self.worker).action_delegate(self.other_worker.id)
        (self.worker | self.other_worker).active = False
        self._apply(element)
        self.assertEqual((task | passed).user_id, self.manager)

    def test_queries_do_not_grow_with_tasks(self):
        """HU-24: ten tasks at once need few more queries than two."""

        def count(number):
            elements = [self._element(name=f"T{i}") for i in range(number)]
            tokens = [self._token(element) for element in elements]
            instance = self._instance(self.partner)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bpm.task"].with_context(mail_activity_quick_update=True)._create_for(
                instance, tokens
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        two, ten = count(2), count(10)
        self.assertLess(ten - two, 24, f"{two} queries for 2 tasks, {ten} for 10")
