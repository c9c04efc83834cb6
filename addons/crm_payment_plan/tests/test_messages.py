"""What processes hear of contracts, payments and payers (issue 5, HU-08)."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.tests.run_common import HEAD, end, flow

from .common import PlanCommon
from .test_payer_discipline import NIGHT, DisciplineCommon


class ListeningMixin:
    """Processes that begin with a message and end at once: one more for each time it comes."""

    @classmethod
    def _listen(cls, message, model):
        process = cls.env["bpm.process"].create(
            {"name": message, "key": f"{message}_{model.split('.')[-1]}",
             "model_id": cls.env["ir.model"]._get_id(model)}
        )  # fmt: skip
        draft = process.draft_version_id or cls.env["bpm.process.version"].create(
            {"process_id": process.id}
        )
        draft.bpmn_xml = (
            f'{HEAD}<message id="m" name="{message}"/><process id="{process.key}"'
            ' isExecutable="true"><startEvent id="Start" name="Start">'
            '<messageEventDefinition messageRef="m"/></startEvent>'
            f"{end()}{flow('f', 'Start', 'End')}</process></definitions>"
        )
        draft.action_publish()
        return process

    def _heard(self, process):
        """Records on which the message came, once for each time."""
        self.env.invalidate_all()
        found = self.env["bpm.instance"].search([("process_id", "=", process.id)], order="id")
        return [self.env[one.res_model].browse(one.res_id) for one in found]


@tagged("-at_install", "post_install")
class TestContractMessages(ListeningMixin, PlanCommon):
    def test_signed(self):
        """AL-15: told with the second signature, and only then."""
        heard = self._listen("contract_signed", "crm.contract")
        lead = self.env["crm.lead"].create({"name": "Lift", "type": "opportunity"})
        of_lead = self._listen("contract_signed", "crm.lead")
        contract = self._contract(lead_id=lead.id)
        sign = self.env["crm.contract.sign"].with_user(self.manager)
        for party, times in (("company", 0), ("partner", 1), ("both", 1)):
            sign.create(
                {"contract_id": contract.id, "how": "esign", "party": party, "proof": "17"}
            ).action_apply()
            self.assertEqual(self._heard(heard), [contract] * times)
        self.assertEqual(self._heard(of_lead), [lead])

    def test_received_and_paid(self):
        """HU-08: each payment once, the contract with the last; settling anew tells nothing."""
        received = self._listen("payment_received", "crm.contract.payment")
        of_contract = self._listen("payment_received", "crm.contract")
        paid = self._listen("contract_paid", "crm.contract")
        contract = self._contract(100, [(30, "2026-02-01"), (70, "2026-03-01")])
        first, second = contract.payment_ids.sorted("date_planned")
        self._advance(20, contract)
        self.assertEqual(self._heard(received), [])
        self._advance(10, contract)
        contract._settle()
        self.assertEqual((self._heard(received), self._heard(paid)), ([first], []))
        self._advance(70, contract)
        contract._settle()
        self.assertEqual(self._heard(received), [first, second])
        self.assertEqual(self._heard(of_contract), [contract, contract])
        self.assertEqual(self._heard(paid), [contract])

    def test_by_hand_is_told_once(self):
        """HU-08: marked by hand, marked again, then brought by accounting: once."""
        received = self._listen("payment_received", "crm.contract.payment")
        contract = self._contract(100, [(100, "2026-02-01")])
        payment = contract.payment_ids
        payment.action_set_received()
        payment.action_set_received()
        self._advance(100, contract)
        self.assertEqual(self._heard(received), [payment])

    def test_undone_and_come_again(self):
        """HU-08: what was taken back in accounting is news when it comes again."""
        received = self._listen("payment_received", "crm.contract.payment")
        paid = self._listen("contract_paid", "crm.contract")
        contract = self._contract(100, [(100, "2026-02-01")])
        money = self._advance(100, contract)
        money.action_draft()
        self.assertEqual(contract.payment_ids.state, "planned")
        money.action_post()
        self.assertEqual(self._heard(received), [contract.payment_ids] * 2)
        self.assertEqual(self._heard(paid), [contract] * 2)

    def test_part_of_the_agreed_is_not_paid(self):
        """HU-08: a contract of which only a part is planned is not paid with that part."""
        paid = self._listen("contract_paid", "crm.contract")
        contract = self._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        rest = contract.payment_ids.sorted("date_planned")[1]
        rest.unlink()
        self._advance(60, contract)
        self.assertEqual(self._heard(paid), [])
        contract.payment_ids = [(0, 0, {"name": "Rest", "amount": 40})]
        self._advance(40, contract)
        self.assertEqual(self._heard(paid), [contract])

    @mute_logger("odoo.addons.crm_payment_plan.models.bpm_process_tell")
    def test_a_failing_process_does_not_stop_money(self):
        """HU-08: a process that fails is logged; the payment stays."""
        self._listen("payment_received", "crm.contract.payment")
        contract = self._contract(100, [(100, "2026-02-01")])

        def fail(*_args, **_kwargs):
            raise UserError("Broken drawing")  # pylint: disable=translation-required

        with patch.object(type(self.env["bpm.process"]), "_send_message", fail):
            self._advance(100, contract)
        self.assertEqual(contract.payment_ids.state, "received")

    # Overdue -----------------------------------------------------------------------

    def _night(self, night):
        with freeze_time(f"{night} 01:00:00"):
            run = self.env["crm.nightly.run"]._create_run(self.company, night, "manual")
            stage = run.stage_ids.filtered(lambda one: one.code == "payment_overdue")
            with patch.object(type(run), "_commits", lambda _self: False):
                run._stage_payment_overdue(stage)
        self.env.invalidate_all()
        stage_values = (stage.total, stage.created)
        run.unlink()
        return stage_values

    def test_overdue_once(self):
        """HU-08: told the night after its day, once; planned anew and late again, once more."""
        heard = self._listen("payment_overdue", "crm.contract.payment")
        contract = self._contract(100, [(30, "2026-02-01"), (70, "2026-03-01")])
        first, second = contract.payment_ids.sorted("date_planned")
        self._contract(50, [(50, "2026-01-20")], approve=False)
        night = date(2026, 2, 1)
        self._night(night)
        self.assertEqual(self._heard(heard), [])
        for later in (1, 2, 3):
            self._night(night + timedelta(days=later))
            self.assertEqual(self._heard(heard), [first])
        first.date_planned = "2026-02-10"
        self._night(date(2026, 2, 12))
        self.assertEqual(self._heard(heard), [first, first])
        self._advance(30, contract)
        self._night(date(2026, 3, 5))
        self.assertEqual(self._heard(heard), [first, first, second])

    def test_overdue_without_listeners(self):
        """HU-08: nobody waits: one statement marks all; who comes later hears no old news."""
        contracts = [self._contract(10, [(10, "2026-02-01")]) for _number in range(3)]
        night = date(2026, 2, 5)
        self.assertEqual(self._night(night), (0, 0))
        payments = contracts[0].payment_ids | contracts[1].payment_ids
        self.assertEqual({str(day) for day in payments.mapped("overdue_told_date")}, {"2026-02-01"})
        heard = self._listen("payment_overdue", "crm.contract.payment")
        self._night(night + timedelta(days=1))
        self.assertEqual(self._heard(heard), [])

    def test_failing_overdue_is_tried_again(self):
        """HU-08: one failing process is reported; its payment is told the next night."""
        heard = self._listen("payment_overdue", "crm.contract.payment")
        bad, good = (self._contract(10, [(10, "2026-02-01")]).payment_ids for _one in range(2))
        Process = type(self.env["bpm.process"])
        send = Process._send_message

        def fail(process, name, model, res_id, *args):
            if res_id == bad.id:
                raise UserError("Broken")  # pylint: disable=translation-required
            return send(process, name, model, res_id, *args)

        with (
            patch.object(Process, "_send_message", fail),
            mute_logger("odoo.addons.crm_bpm_core.models.crm_nightly_run_work"),
        ):
            self._night(date(2026, 2, 5))
        self.assertEqual(self._heard(heard), [good])
        self._night(date(2026, 2, 6))
        self.assertEqual(self._heard(heard), [good, bad])


@tagged("-at_install", "post_install")
class TestPayerMessages(ListeningMixin, DisciplineCommon):
    def test_class_changed(self):
        """PF-17: told when the class changes, by night or by hand; a repetition tells nothing."""
        heard = self._listen("discipline_changed", "res.partner")
        for due in (-100, -70, -40):
            self._paid(due, due + 2)
        self._run()
        self._run()
        self.assertEqual(self._heard(heard), [self.payer])
        payer = self._state()
        with freeze_time(NIGHT):
            until = NIGHT + timedelta(days=5)
            payer._set_override("hesitant", "Known to pay late", until)
            self.assertEqual(self._heard(heard), [self.payer] * 2)
            payer._set_override("hesitant", "Known to pay late", until + timedelta(days=1))
        self._run()
        self.assertEqual(self._heard(heard), [self.payer] * 2)
