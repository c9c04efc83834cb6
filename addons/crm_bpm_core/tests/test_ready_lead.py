"""Lead management, from the start to every end, by the people in it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.ready_common import CrmReadyCommon


@tagged("post_install", "-at_install")
class TestReadyLead(CrmReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._get_process("lead_management")

    def setUp(self):
        super().setUp()
        self.lead = self._lead()
        self.instance = self._start(self.process, self.lead)

    def test_qualified(self):
        """AT-06: a qualified lead becomes a sale (an opportunity) of its customer."""
        self._do(self.instance, "Qualify", "qualified", self.manager)
        self.lead.with_user(self.manager).date_deadline = "2026-04-01"
        self._do(self.instance, "Needs", "noted", self.manager)
        self.assertEnded(self.instance, "Opportunity")
        self.assertEqual(self.lead.type, "opportunity")
        self.assertEqual(self.lead.partner_id, self.customer)

    def test_without_a_date_it_is_no_sale(self):
        """AT-06: until when it is needed must be known before the lead becomes a sale."""
        self._do(self.instance, "Qualify", "qualified", self.manager)
        with self.assertRaises(UserError):
            self._do(self.instance, "Needs", "noted", self.manager)
        self.assertEqual(self.lead.type, "lead")

    def test_nurtured(self):
        """AT-06: put off, asked again after 30 days, put off again, then a sale."""
        self._do(self.instance, "Qualify", "later", self.manager)
        self._pass(days=29)
        self.assertEqual(self._open(self.instance), [])
        self._pass(days=2)
        self._do(self.instance, "Again", "later", self.manager)
        self._pass(days=31)
        self._do(self.instance, "Again", "ready", self.manager)
        self.lead.date_deadline = "2026-05-20"
        self._do(self.instance, "Needs", "noted", self.manager)
        self.assertEnded(self.instance, "Opportunity")

    def test_declined(self):
        """AT-06: declined with a reason that the head agrees to; the lead is lost."""
        with self.assertRaises(UserError):
            self._do(self.instance, "Qualify", "unsuitable", self.manager, comment=None)
        self._do(self.instance, "Qualify", "unsuitable", self.manager, "Too small")
        with self.assertRaises(AccessError):
            self._do(self.instance, "Agree_decline", "agreed", self.manager)
        self._do(self.instance, "Agree_decline", "agreed", self.head)
        self.assertEnded(self.instance, "Declined")
        self.assertFalse(self.lead.active)
        self.assertEqual(self.lead.won_status, "lost")

    def test_declined_after_waiting(self):
        """AT-06: a need that never came is declined in the same way."""
        self._do(self.instance, "Qualify", "later", self.manager)
        self._pass(days=31)
        self._do(self.instance, "Again", "unsuitable", self.manager)
        self._do(self.instance, "Agree_decline", "agreed", self.head)
        self.assertEnded(self.instance, "Declined")

    def test_the_head_sends_it_back(self):
        """AT-06: the head may have the lead contacted once more."""
        self._do(self.instance, "Qualify", "unsuitable", self.manager)
        self._do(self.instance, "Agree_decline", "try_again", self.head, "Ask for the chief")
        self.assertEqual(self._task(self.instance, "Qualify").user_id, self.manager)

    def test_lost_by_hand_ends_the_process(self):
        """HU-24: who loses the lead on its card leaves no tasks behind."""
        self.lead.with_user(self.manager).action_set_lost()
        self.env.invalidate_all()
        self.assertEqual(self.instance.state, "cancelled")
        self.assertEqual(self._open(self.instance), [])

    def test_strangers_do_not_start_it(self):
        """EP-05: people without access to customers cannot start processes of sales."""
        with self.assertRaises(AccessError):
            self._start(self.process, self._lead(), self.nobody)
