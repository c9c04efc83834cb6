"""What a contract in force owes does not disappear while its terms are revised."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestNewVersion(ReminderCommon):
    """TN-23: the terms are open until the new version is approved, the debts are not."""

    def _figures(self, contract):
        """What everybody who asks for overdue money sees of it."""
        self.env.flush_all()
        documents = self.env.execute_query_dict(
            self.Run._get_documents_sql(self.company, NIGHT, self.payer.ids)
        )
        self._run()
        night = self.env["crm.nightly.run"]._create_run(self.company, NIGHT, "manual")
        untold = night._get_untold()
        night.unlink()
        of_contract = [("contract_id", "=", contract.id)]
        plan = self.env["crm.cash.report"]._read_group(
            [*of_contract, ("kind", "=", "plan")], [], ["planned:sum"]
        )
        forecast = self.env["crm.cash.forecast"].search(of_contract)
        return {
            "reminded": [one["open_amount"] for one in documents],
            "overdue of the payer": self._state().overdue_amount,
            "told": untold & contract.payment_ids,
            "plan": plan[0][0],
            "forecast": [(row.certainty, row.amount) for row in forecast],
        }

    def test_debts_stand(self):
        with freeze_time(NIGHT + timedelta(hours=9)):
            contract = self._contract([(100, -61)])
            before = self._figures(contract)
            self.assertEqual(
                before,
                {
                    "reminded": [100],
                    "overdue of the payer": 100,
                    "told": contract.payment_ids,
                    "plan": 100,
                    "forecast": [("firm", 100)],
                },
            )
            contract._revise("They asked for another delivery")
            self.assertEqual(contract.state, "draft")
            self.assertEqual(self._figures(contract), before)

    def test_first_version_owes_nothing(self):
        with freeze_time(NIGHT + timedelta(hours=9)):
            contract = self._contract([(100, -61)])
            contract._write_guarded({"state": "draft"})
            drafted = self._figures(contract)
        self.assertEqual(drafted["forecast"], [("draft", 100)])
        self.assertFalse(any(drafted[name] for name in drafted if name != "forecast"))

    def test_debt_of_a_file_during_a_revision(self):
        """TN-27: the plan under revision and the debt of a file are still the same money."""
        with freeze_time(NIGHT + timedelta(hours=9)):
            contract = self._contract([(100, -10)])
            self._file_debt("77", -8, 100)
            contract._revise("Another address")
            self.env.flush_all()
            rows = self.env["crm.cash.forecast"].search([("partner_id", "=", self.payer.id)])
            self.assertEqual([(row.source, row.amount) for row in rows], [("plan", 100)])
