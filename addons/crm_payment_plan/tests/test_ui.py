from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestUi(HttpCase, PlanCommon):
    """The screens of contracts and of the receipts plan in the browser."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager, cls.head):
            user.password = user.login
        today = cls.company._get_local_today()
        cls.contract = cls._contract(200)
        cls.late, cls.next = cls.Payment.create(
            [
                {
                    "contract_id": cls.contract.id,
                    "name": name,
                    "amount": 100,
                    "date_planned": today + timedelta(days=days),
                }
                for name, days in (("Late part", -40), ("Next part", 0))
            ]
        )
        cls.late.kind = "advance"

    def test_receipts_plan(self):
        """EC-20, EC-21, EC-22, EC-23: from the row and from the card."""
        self.start_tour(
            "/odoo/receipts-plan", "crm_payment_plan_receipts", login=self.manager.login
        )
        self.assertEqual((self.late.state, self.next.state), ("received", "cancelled"))
        self.assertEqual(self.late.question_ids.user_id, self.manager)

    def test_contract(self):
        """TN-23, AL-15: a contract made, planned and approved in the form."""
        buyer = self._customer("Tour Buyer")
        self.start_tour("/odoo/contracts", "crm_payment_plan_contract", login=self.manager.login)
        contract = self.Contract.search([("partner_id", "=", buyer.id)])
        self.assertEqual((contract.state, len(contract.payment_ids)), ("approved", 12))
        self.assertEqual(round(contract.planned_total, 2), 100)

    def test_board(self):
        """EC-16, EC-17: the plan on the page that opens for the head."""
        self.start_tour("/odoo/customers-board", "crm_payment_plan_board", login=self.head.login)

    def test_contract_text(self):
        """TN-28: a clause edited without code, previewed and printed."""
        contract = self._contract(100, approve=False, title="machines")
        self.start_tour(
            f"/odoo/contracts/{contract.id}",
            "crm_payment_plan_contract_text",
            login=self.manager.login,
        )
        edited = contract.clause_ids.filtered("is_edited")
        self.assertIn("{{date_end}}", edited.body)
        self.assertEqual(contract.state, "approved")
        self._check_download(contract)

    def _check_download(self, contract):
        """The button's address gives a PDF, and keeps it."""
        reports = type(self.env["ir.actions.report"])
        prepare = reports._pre_render_qweb_pdf

        def really(self, *args, **kwargs):
            return prepare(self.with_context(force_report_rendering=True), *args, **kwargs)

        self.authenticate(self.manager.login, self.manager.login)
        with patch.object(reports, "_pre_render_qweb_pdf", really):
            answer = self.url_open(f"/report/pdf/crm_payment_plan.report_contract/{contract.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertEqual(contract.print_ids.attachment_id.raw, answer.content)

    def test_question_in_a_popup(self):
        """EC-22: sign of an open question, pop-up with question and answer, edited in it; the
        other question answered on the card by the person asked."""
        asked = self.late.copy({"name": "Asked part"})
        for text in ("When?", "How much?"):
            self.env["crm.contract.payment.remark"].create(
                {
                    "kind": "question",
                    "payment_ids": asked.ids,
                    "text": text,
                    "user_id": self.manager.id,
                }
            ).action_apply()
        asked.question_ids.sorted("id")[0].action_feedback(feedback="On Friday")
        self.start_tour("/odoo/receipts-plan", "crm_payment_plan_popup", login=self.manager.login)
        self.assertEqual((asked.name, asked.open_question_count), ("Renamed part", 0))
        self.assertIn("Ninety today", " ".join(asked.question_ids.mapped("feedback")))

    def test_search(self):
        """EC-19: quick search and the filter tree on the left."""
        self.start_tour("/odoo/receipts-plan", "crm_payment_plan_search", login=self.manager.login)

    def test_realisation(self):
        """TN-20, TN-21: the pool of contracts, formed from the project."""
        maker = self._customer("Tour Maker")
        project = self.env["project.project"].create({"name": "Tour Project"})
        self.contract.project_id = project
        self._contract(70, kind=self.purchase, partner_id=maker.id, project_id=project.id)
        self.start_tour(
            "/odoo/realisations", "crm_payment_plan_realisation", login=self.manager.login
        )
        self.assertEqual(project.with_user(self.head).margin_planned, 110)

    def test_sign_in_the_portal(self):
        """AL-15: found, read and signed by the customer."""
        contact = self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.customer.id, "email": "anna@example.com"}
        )
        user = new_test_user(
            self.env, login="portal_anna", password="portal_anna", groups="base.group_portal",
            partner_id=contact.id,
        )  # fmt: skip
        contract = self._contract(90, [(90, "2036-01-01")], title="Tour doors")
        contract.action_send_to_sign()
        self.start_tour("/my/contracts", "crm_payment_plan_portal_sign", login=user.login)
        self.assertEqual(
            (contract.partner_signature, contract.portal_signed_by), ("esign", "Anna Buyer")
        )


@tagged("-at_install", "post_install")
class TestPhone(HttpCase, PlanCommon):
    """The receipts plan on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_sections(self):
        """EC-21: no empty section stands first."""
        self.manager.password = self.manager.login
        today = self.company._get_local_today()
        contract = self._contract(100)
        self.Payment.create(
            {"contract_id": contract.id, "name": "Next part", "amount": 9, "date_planned": today}
        )
        self.start_tour("/odoo/receipts-plan", "crm_payment_plan_phone", login=self.manager.login)
