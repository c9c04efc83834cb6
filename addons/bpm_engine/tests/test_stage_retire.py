from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.test_stage_takeover import TakeoverCommon


@tagged("post_install", "-at_install")
class TestStageRetire(TakeoverCommon):
    """HU-07, AT-09: a regulation goes out of force; what was done under it stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._step(cls.s_qualify, "Meeting")
        cls._step(cls.s_qualify, "Visa", "approval", assign_kind="user", assign_user_id=cls.head.id)
        cls._publish()
        cls.customer = cls._customer()
        cls._do(cls.customer, "Meeting", cls.seller)
        cls._do(cls.customer, "Visa", cls.head)

    @classmethod
    def _do(cls, customer, name, user):
        steps = cls.env["bpm.stage.case"]._get_cases(customer)[customer.id].step_ids
        steps.filtered(lambda s: s.name == name and s.state == "todo").with_user(user)._finish("")

    def _retire(self):
        self.regulation.published_version_id.with_user(self.manager).action_retire()

    def _publish_again(self):
        draft, _stages = self._draft()
        self._publish(draft)
        return draft

    # ------------------------------------------------------------ retired

    def test_proof_is_kept(self):
        """AT-09: who gave which visa when is known when the regulation is retired, and is done
        when it is in force again; so is how long the record has stood at its stage."""
        case = self._case(self.customer)
        entered = case.entered_at
        rows = case.step_ids
        self._retire()
        self.assertFalse(self._case(self.customer))
        self.assertFalse(self.env["bpm.stage.case"].get_bar("res.partner", self.customer.id))
        visa = rows.exists().filtered(lambda s: s.name == "Visa")
        self.assertEqual((visa.state, visa.done_by_id), ("done", self.head))
        draft = self._publish_again()
        self.assertEqual(self._states(self.customer), {"Meeting": "done", "Visa": "done"})
        case = self._case(self.customer)
        self.assertEqual((case.version_id, case.entered_at), (draft, entered))
        self.customer.with_user(self.seller).industry_id = self.present

    def test_gone_on_meanwhile(self):
        """AT-09: a record that moved without a regulation is judged where it stands; what it did
        before is done."""
        self._retire()
        self.customer.industry_id = self.present
        self._publish_again()
        case = self._case(self.customer)
        self.assertEqual((case.value, case.stage_id.name), (str(self.present.id), "Presentation"))
        self.customer.with_user(self.seller).industry_id = self.qualify
        self.assertEqual(self._states(self.customer), {"Meeting": "done", "Visa": "done"})

    def test_moved_without_regulation_is_no_way_round(self):
        """EP-06: the stage noted when the way ended lets nobody through afterwards."""
        other = self._customer(name="Other")
        self._retire()
        other.industry_id = self.lost
        self._publish_again()
        # Back to where the ended case stood, then on: judged as any other.
        other.industry_id = self.qualify
        with self.assertRaisesRegex(StageRefused, "Meeting"), self.cr.savepoint():
            other.with_user(self.seller).industry_id = self.present

    def test_worth_stays(self):
        """EP-06: what the regulation was worth is known when it is retired and after."""
        self.customer.industry_id = self.won
        worth = self.env["bpm.regulation"].with_user(self.manager).get_worth

        def figures():
            steps = worth(self.regulation.id)["steps"]
            return [(s["name"], s["with"]["count"], s["without"]["count"]) for s in steps]

        before = figures()
        self.assertEqual(before, [("Meeting", 1, 0), ("Visa", 1, 0)])
        self._retire()
        self.assertEqual(figures(), before)
        self._publish_again()
        self.assertEqual(figures(), before)
        self.assertEqual(self._states(self.customer), {"Meeting": "done", "Visa": "done"})

    def test_need_taken_away_for_a_while(self):
        """LV-12: without the need nothing is to be done; given back, done is done, and what was
        open is asked anew."""
        other = self._customer(name="Other")
        self._do(other, "Visa", self.head)
        other.ref = "outside"
        self.assertFalse(self._case(other))
        self.assertFalse(other.activity_ids)
        other.ref = False
        self.assertEqual(self._states(other), {"Visa": "done", "Meeting": "todo"})
        self.customer.ref = "outside"
        self.customer.industry_id = self.present
        self.customer.with_user(self.seller).ref = False
        self.assertEqual(self._case(self.customer).stage_id, self.s_present)

    def test_deleted_records_leave_nothing(self):
        """HU-07: with the record its way is gone, also the one that has ended."""
        rows = self._steps(self.customer)
        self._retire()
        self.customer.unlink()
        self.assertFalse(rows.exists())

    # ------------------------------------------------------------ archived, other records

    def test_archived(self):
        """HU-07: an archived regulation asks nothing of anybody, and comes back as it was."""
        other = self._customer(name="Other")
        self.assertEqual(len(other.activity_ids), 2)
        self.regulation.with_user(self.manager).action_archive()
        self.assertFalse(other.activity_ids)
        self.assertFalse(self._case(other))
        other.with_user(self.seller).industry_id = self.present
        self.regulation.with_user(self.manager).action_unarchive()
        self.assertEqual(self._case(other).stage_id, self.s_present)
        self.assertEqual(self._states(self.customer), {"Meeting": "done", "Visa": "done"})

    def test_archived_before_another(self):
        """LV-12: its records go under the next regulation that fits."""
        general = self._general(sequence=20)
        self.regulation.with_user(self.manager).action_archive()
        case = self._case(self.customer)
        self.assertEqual(case.regulation_id, general)
        self.regulation.with_user(self.manager).action_unarchive()
        self.assertEqual(case.regulation_id, self.regulation)

    def test_other_records(self):
        """LV-12: who it is for takes effect at once, both for who comes in and who goes out."""
        far = self._customer(name="Far", ref="outside")
        self.assertFalse(self._case(far))
        self.regulation.with_user(self.manager).domain = "[('ref', '=', 'outside')]"
        self.assertFalse(self._case(self.customer))
        self.assertEqual(self._states(far), {"Meeting": "todo", "Visa": "todo"})
        self.regulation.with_user(self.manager).domain = "[]"
        self.assertEqual(self._states(self.customer), {"Meeting": "done", "Visa": "done"})

    def test_another_company(self):
        """HU-23: a regulation that becomes one company's lets go of the others' records."""
        company = self.env["res.company"].create({"name": "Other"})
        self.customer.company_id = company
        self.regulation.with_user(self.manager).company_id = self.env.company
        self.assertFalse(self._case(self.customer))

    def test_another_order(self):
        """LV-12: of several that fit the first applies, as soon as it is the first."""
        general = self._general(sequence=20)
        self.assertEqual(self._case(self.customer).regulation_id, self.regulation)
        general.with_user(self.manager).sequence = 1
        self.assertEqual(self._case(self.customer).regulation_id, general)

    def test_same_again_changes_nothing(self):
        """TN-30: what is written but not changed looks at nobody."""
        regulation = self.regulation.with_user(self.manager)
        regulation.sequence = 11

        def refuse(*_args):
            raise AssertionError("looked at records although nothing changed")

        self.patch(type(self.env["bpm.stage.case"]), "_look_again", refuse)
        regulation.write({"domain": regulation.domain, "sequence": 12, "active": True})
        self._regulation("Draft", sequence=1).write({"domain": "[]", "active": False})

    def _general(self, sequence):
        general = self._regulation("General", domain="[]", sequence=sequence)
        version = general.action_new_draft()
        for industry in (self.qualify, self.present, self.won):
            self._stage(industry, version)
        self._publish(version)
        return general
