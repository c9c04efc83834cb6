from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageWatch(StageCommon):
    """LV-13, EP-06: conditions about other records are looked at again when those change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.partner"].create({"name": "Group", "city": "Perm"})
        cls.chain = cls._regulation(
            "Chains", domain="[('is_company', '=', True), ('parent_id.city', '=', 'Omsk')]",
            sequence=1,
        )  # fmt: skip
        version = cls.chain.action_new_draft()
        stage = cls._stage(cls.qualify, version)
        cls._stage(cls.present, version)
        cls._step(stage, "Visit the group")
        cls._publish(version)
        cls._step(cls.s_qualify, "Visit", domain="[('parent_id.function', '=', 'Pharmacy')]")
        cls._step(cls.s_qualify, "Ask the clerk", domain="[('child_ids.function', '=', 'Clerk')]")
        cls._publish()

    def _names(self, customer):
        steps = self._steps(customer).filtered(lambda step: step.state == "todo")
        return steps.mapped("name")

    def _regulation_of(self, customer):
        return self._steps(customer).case_id.regulation_id.name

    def test_step_of_another_record(self):
        """LV-13: a step whose condition asks about the parent comes and goes with it."""
        customer = self._customer(parent_id=self.group.id)
        self.assertEqual(self._names(customer), [])
        self.group.function = "Pharmacy"
        self.assertEqual(self._names(customer), ["Visit"])
        self.group.function = "Plant"
        self.assertEqual(self._names(customer), [])

    def test_regulation_of_another_record(self):
        """LV-12: the parent's town decides which regulation applies; it changes there only."""
        customer = self._customer(parent_id=self.group.id, function="x")
        self.group.city = "Omsk"
        self.assertEqual(self._names(customer), ["Visit the group"])
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        self.assertEqual(case.regulation_id, self.chain)
        self.assertIn("Chains", customer.message_ids[0].body)
        self.group.city = "Perm"
        case.invalidate_recordset()
        self.assertEqual(case.regulation_id, self.regulation)

    def test_lines(self):
        """LV-13: lines that are added, changed, moved to another record or deleted count."""
        customer, other = self._customer(), self._customer(name="Other")
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": customer.id, "function": "Clerk"}
        )
        self.assertEqual(self._names(customer), ["Ask the clerk"])
        clerk.function = "Director"
        self.assertEqual(self._names(customer), [])
        clerk.function = "Clerk"
        clerk.parent_id = other
        self.assertEqual((self._names(customer), self._names(other)), ([], ["Ask the clerk"]))
        clerk.unlink()
        self.assertEqual(self._names(other), [])

    def test_others_pay_nothing(self):
        """A write that no condition asks about looks for nobody."""
        self._customer(parent_id=self.group.id)
        self.group.comment = "a"
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.group.comment = "b"
            self.env.flush_all()

    def test_set_based(self):
        """TN-30: one statement finds all; twice the records ask as much."""

        def count(number):
            group = self.env["res.partner"].create({"name": "G"})
            for index in range(number):
                self._customer(name=f"{index}", parent_id=group.id)
            self.env.flush_all()
            before = self.cr.sql_log_count
            group.function = "Pharmacy"
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(10)
        self.assertLessEqual(many, few + 3, f"{few} queries for 5, {many} for 10")

    def test_dates_that_come_near(self):
        """LV-12, LV-13: which regulation applies and which steps are meant is asked anew each
        night, where that goes by dates."""
        soon = self._regulation(
            "Old ones", sequence=0,
            domain="[('is_company', '=', True), ('create_date', '<', 'today -60d')]",
        )  # fmt: skip
        version = soon.action_new_draft()
        self._step(self._stage(self.qualify, version), "Clear up")
        self._publish(version)
        draft = self.regulation.action_new_draft()
        first = draft.stage_ids.filtered(lambda stage: stage.name == "Qualification")
        self._step(first, "Ask how it goes", domain="[('create_date', '<', 'today -30d')]")
        self._publish(draft)
        customer = self._customer()
        night = self.env["bpm.stage.case"]._cron_take_in
        for days, names in ((29, []), (32, ["Ask how it goes"]), (62, ["Clear up"])):
            with freeze_time(datetime.now() + timedelta(days=days)):
                night()
            self.env.invalidate_all()
            self.assertEqual(self._names(customer), names, f"after {days} days")
        self.assertEqual(self._regulation_of(customer), "Old ones")

    def test_nightly(self):
        """What nobody can watch is looked at by the nightly job."""
        customer = self._customer(parent_id=self.group.id)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET function = 'Pharmacy' WHERE id = %s", [self.group.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._names(customer), [])
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual(self._names(customer), ["Visit"])

    def test_stage_changed_in_the_database(self):
        """EP-06, IM-13: whoever stands elsewhere than was judged is taken in there, and listed."""
        draft = self.regulation.action_new_draft()
        early, late = draft.stage_ids[0], draft.stage_ids[2]
        self._step(early, "Call")
        self._step(late, "Offer")
        late.may_go_back = False
        self._publish(draft)
        customer, other = self._customer(), self._customer(name="Other")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET industry_id = %s WHERE id = %s", [self.propose.id, customer.id]
        )
        self.env.invalidate_all()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        with self.assertRaisesRegex(UserError, "“Offer”"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.won
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual((self._names(customer), self._names(other)), (["Offer"], ["Call"]))
        told = panel.get_history("res.partner", customer.id)[0]
        self.assertEqual((told["from"], told["to"]), ("Qualification", "Proposal"))
        self.assertEqual((told["kind"], bool(told["reason"])), ("bypass", True))
        with self.assertRaisesRegex(UserError, "does not go back"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.qualify
        changes = self._changes(customer) | self._changes(other)
        self.env["bpm.stage.case"]._cron_take_in()
        self.assertEqual(self._changes(customer) | self._changes(other), changes)

    def test_stage_changed_in_the_database_asked_at_once(self):
        """EP-06: nobody need wait for the night."""
        customer = self._customer(parent_id=self.group.id, function="x")
        self.group.function = "Pharmacy"
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET industry_id = %s WHERE id = %s", [self.propose.id, customer.id]
        )
        self.env.invalidate_all()
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        panel.ask_steps("res.partner", customer.ids)
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        self.assertEqual(case.value, str(self.propose.id))

    def test_nightly_by_date(self):
        """EP-06: a condition about a date that comes near holds from the night it has come."""
        draft = self.regulation.action_new_draft()
        self._step(draft.stage_ids[0], "Renew", domain="[('create_date', '<', 'today -30d')]")
        self._publish(draft)
        customer = self._customer()
        self.assertEqual(self._names(customer), [])
        later = datetime.now() + timedelta(days=40)
        with freeze_time(later):
            self.env["bpm.stage.case"]._cron_take_in()
            self.env.invalidate_all()
            self.assertEqual(self._names(customer), ["Renew"])
