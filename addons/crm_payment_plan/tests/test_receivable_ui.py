"""The weekly file and the payer's class in the real web client."""

import base64

from odoo.tests import HttpCase, tagged

from . import report_files as files
from .test_payer_discipline import DisciplineCommon
from .test_receivable_import import CAMOMILE, FIRST


@tagged("post_install", "-at_install")
class TestReceivableUi(DisciplineCommon, HttpCase):
    def test_weekly_file(self):
        """PF-20: an accountant takes in the weekly file, accepts a name and assigns a firm."""
        self._customer("Vector Auto")
        camomile = self._customer(CAMOMILE)
        file = self.Import.with_user(self.accountant).create(
            {
                "file": base64.b64encode(files.xlsx(files.ageing_rows(FIRST))),
                "file_name": "debts.xlsx",
                "company_id": self.company.id,
            }
        )
        self.start_tour(
            f"/odoo/debt-files/{file.id}", "crm_receivable_import", login="debts_accountant"
        )
        self.assertEqual(file.state, "done")
        self.assertEqual(self.Firm.search([("name", "=", CAMOMILE)]).partner_id, camomile)
        firm = self.Firm.search([("name", "=", FIRST[2].customer)])
        self.start_tour(
            f"/odoo/debt-firms/{firm.id}", "crm_receivable_firm", login="debts_accountant"
        )
        self.assertEqual((firm.partner_id.name, firm.matched_by), ("Vector Auto", "hand"))

    def test_class_on_the_card(self):
        """PF-17, PF-18: the head sees class and reason on the card and sets another for a time."""
        for due in (-100, -90, -80):
            self._invoice(due)
        self._run()
        url = f"/odoo/customers-watched/{self.payer.id}"
        self.start_tour(url, "crm_payer_override", login="bpm_head")
        self.assertEqual(
            self._state().history_ids.mapped("event"), ["override_end", "override", "class"]
        )

    def test_payers_over_time(self):
        """PF-18, TN-27: the chart counts payers in the colours of their classes."""
        for due in (-100, -70, -40):
            self._paid(due, due)
        self._invoice(-90, partner=self._debtor("Late"))
        self._run()
        self.start_tour("/odoo/payers-over-time", "crm_payer_chart", login="bpm_head")
