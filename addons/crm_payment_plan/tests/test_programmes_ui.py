from odoo.tests import HttpCase, tagged

from .test_programmes import ProgrammeCommon


@tagged("-at_install", "post_install")
class TestProgrammesUi(HttpCase, ProgrammeCommon):
    """The contact's page of programmes in the browser."""

    browser_size = "1366x768"

    def test_contact(self):
        """LV-06, LV-07, LV-15: programmes, payments, and the letter with the confirmation."""
        self.manager.password = self.manager.login
        self.start_tour(
            f"/odoo/contacts/{self.student.id}",
            "crm_payment_plan_programmes",
            login=self.manager.login,
        )
