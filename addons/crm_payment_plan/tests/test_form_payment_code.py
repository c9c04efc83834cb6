"""The code on an invoice from which a banking application fills in the payment."""

from odoo.tests import tagged

from .forms_common import FormsCommon

ACCOUNT = "DE89370400440532013000"


@tagged("-at_install", "post_install")
class TestFormPaymentCode(FormsCommon):
    """TN-28: invoices carry the code of Odoo's schemes, for the account that is printed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.qr_code = True
        cls.company.partner_id.bank_ids.unlink()
        cls.account = cls.env["res.partner.bank"].create(
            {"partner_id": cls.company.partner_id.id, "acc_number": ACCOUNT}
        )

    def setUp(self):
        super().setUp()
        # Schemes are modules of their own; what they get and how the picture comes is Odoo's.
        self.asked, banks = [], type(self.account)

        def params(account, amount, currency, debtor_partner, free_communication, **_more):
            asked = (account.acc_number, amount, currency, debtor_partner, free_communication)
            self.asked.append(asked)
            return {"barcode_type": "QR", "width": 64, "height": 64, "value": str(asked)}

        self.patch(banks, "_get_available_qr_methods", lambda _self: [("test_qr", "Test", 1)])
        self.patch(banks, "_get_qr_code_generation_params", params)

    def test_planned_payment(self):
        """What is open of a planned payment, by the number its invoice has."""
        contract = self._contract(100, self.plan)
        payment = contract.payment_ids.sorted("sequence")[0]
        self.account.acc_number = "DE89 3704 0044 0532 0130 00"  # printed without blanks
        form = payment._get_form()
        self.assertTrue(form["payment_code"].startswith("data:image/svg+xml;base64,"))
        number = f"{contract.number}-1"
        self.assertEqual(form["reference"], number)
        self.assertEqual(
            self.asked, [(self.account.acc_number, 30, self.currency, self.customer, number)]
        )
        self.assertIn(form["payment_code"], self._html("report_payment", payment))

    def test_invoice(self):
        """What is still open of an invoice; nothing of a draft, a paid one, a credit note."""
        move = self._invoice([(None, 100)], post=False)
        self.assertFalse(move._get_form()["payment_code"])
        move.action_post()
        self._pay(move, 40)
        self.assertIn(move._get_form()["payment_code"], self._html("report_invoice", move))
        reference = move.payment_reference or move.name
        self.assertEqual(set(self.asked), {(ACCOUNT, 60, self.currency, self.customer, reference)})
        self._pay(move, 60)
        credit = self._invoice([(None, 10)], kind="out_refund")
        for paper in (move, credit):
            self.assertFalse(paper._get_form()["payment_code"])
            self.assertNotIn("o_pay_code", self._html("report_invoice", paper))

    def test_account_of_the_paper(self):
        """A contract prints the account of the day on which it was approved."""
        contract = self._contract(100, self.plan)
        self.assertIn(ACCOUNT, str(contract.frozen_requisites))
        self.account.unlink()
        self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": "FR7630006000011234567890189"}
        )
        self.assertFalse(contract.payment_ids[0]._get_form()["payment_code"])
        self.assertFalse(self.asked)

    def test_not_wanted(self):
        self.company.qr_code = False
        self.assertFalse(self._invoice([(None, 100)])._get_form()["payment_code"])
        self.assertFalse(self._contract(100, self.plan).payment_ids[0]._get_form()["payment_code"])
