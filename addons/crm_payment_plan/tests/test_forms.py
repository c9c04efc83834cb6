import hashlib
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models import ir_actions_report

from ..lib.pdf_pages import print_whole_pages
from .common import ADDON
from .forms_common import FormsCommon
from .printing import words


@tagged("-at_install", "post_install")
class TestForms(FormsCommon):
    """TN-28, LV-15: printed contracts, invoices, acts and schedules."""

    def test_contract_with_appendices(self):
        contract = self._written(("section", "Price"), ("clause", "{{amount}}"), payments=self.plan)
        self._order(contract, 60.5, 39.5)
        document = contract._get_document()
        rows = document["specification"]["rows"]
        self.assertEqual([(row["no"], row["total"]) for row in rows], [(1, "60.50"), (2, "39.50")])
        self.assertEqual(document["specification"]["total"], "100.00")
        self.assertEqual(
            [(row["share"], row["amount"]) for row in document["schedule"]["rows"]],
            [("30 %", "30.00"), ("70 %", "70.00")],
        )
        self.assertIn("One hundred", document["schedule"]["words"])
        html = self._html("report_contract", contract)
        for text in (
            "Appendix",
            "Specification",
            "Payment schedule",
            "Lathe 2",
            "Stamp",
            "Buyer Ltd",
            "director A. Ivanov",
        ):
            self.assertIn(text, html)

    def test_signature_place_and_pages(self):
        """A real PDF: pages are numbered and a draft is marked, with the build that is there."""
        contract = self._written(("clause", "{{amount}}"), payments=self.plan)
        draft = words(self._pdf("report_contract", contract))
        self.assertEqual(len(draft), 2)
        self.assertTrue(all("DRAFT" in page for page in draft))
        self.assertIn("1 / 2", draft[0])
        self.assertIn("2 / 2", draft[1])
        self.assertFalse(contract.print_ids)
        contract.action_approve()
        final = words(self._pdf("report_contract", contract))
        self.assertFalse(any("DRAFT" in page for page in final))
        self.assertIn(contract.number, final[0])

    def test_printed_copy_is_kept(self):
        """The signed text is shown years later as it went out."""
        contract = self._written(("clause", "{{partner_name}}"))
        contract.action_approve()
        first = self._pdf("report_contract", contract)
        copy = contract.print_ids
        self.assertEqual(copy.sha256, hashlib.sha256(first).hexdigest())
        self.assertTrue(copy.is_intact)
        self.customer.name = "Renamed"
        self.assertEqual(self._pdf("report_contract", contract), first)
        self.assertEqual(len(contract.print_ids), 1)
        contract._revise("new name")
        contract.action_approve()
        second = self._pdf("report_contract", contract)
        self.assertIn("Renamed", " ".join(words(second)))
        self.assertEqual(contract.version_ids.print_ids, copy)
        self.assertEqual(
            contract.version_ids.action_print()["url"],
            f"/web/content/{copy.attachment_id.id}?download=true",
        )
        copy.sudo().attachment_id.raw = b"forged"
        copy.invalidate_recordset()
        self.assertFalse(copy.is_intact)

    def test_viewer_prints(self):
        """Who may see a contract may print it, and nobody forges a copy."""
        contract = self._written(("clause", "{{amount}}"), user_id=self.viewer.id)
        contract.action_approve()
        reports = self.env["ir.actions.report"].with_user(self.viewer)
        with self.allow_pdf_render():
            reports.with_context(force_report_rendering=True)._render_qweb_pdf(
                f"{ADDON}.report_contract", contract.ids
            )
        copy = contract.print_ids.with_user(self.viewer)
        self.assertEqual(copy.user_id, self.viewer)
        self.assertTrue(copy.attachment_id.raw)
        with self.assertRaises(AccessError):
            copy.write({"sha256": "0"})
        with self.assertRaises(AccessError):
            reports.with_user(self.colleague)._render_qweb_pdf_prepare_streams(
                f"{ADDON}.report_contract", {}, contract.ids
            )
        with self.assertRaises(AccessError):
            copy.with_user(self.colleague).attachment_id.read(["raw"])

    def test_several_at_once(self):
        """Also with builds that refuse several texts."""
        contracts = self._written(("clause", "first")) | self._written(("clause", "second"))
        pages = words(self._pdf("report_contract", contracts))
        self.assertEqual(len(pages), 2)
        self.assertIn("first", pages[0])
        self.assertIn("second", pages[1])

    def test_nothing_is_fetched(self):
        """Printing needs no server to answer: the page has all it needs."""
        html = self._html("report_contract", self._written(("clause", "a")))
        report = self.env.ref(f"{ADDON}.action_report_contract")
        bodies, _ids, header, footer, _args = report._prepare_html(html, "crm.contract")
        self.assertFalse(header or footer)
        for word in ("http:", "https:", "src=", "<link", "<script", "url("):
            self.assertNotIn(word, bodies[0])

    def test_invoice_of_a_planned_payment(self):
        """SK-08: the plan makes the invoice: sums, words, parties and basis without typing."""
        contract = self._contract(100, self.plan, title="lathes")
        form = contract.payment_ids[0]._get_form()
        self.assertEqual(form["title"], f"Invoice for payment {contract.number}-1")
        self.assertEqual(form["totals"]["total"], "30.00")
        self.assertIn("Thirty", form["totals"]["words"])
        self.assertEqual(form["parties"][0]["rows"][0][1], self.company.partner_id.name)
        self.assertIn(contract.number, form["basis"])
        html = self._html("report_payment", contract.payment_ids[0])
        self.assertIn("February 1, 2026", html)

    def test_invoice_and_act(self):
        """EC-18: the planned payment it belongs to; totals are the invoice's; draft is marked."""
        contract = self._contract(100, self.plan)
        move = self._invoice([(contract, 30, contract.payment_ids[0])], post=False)
        form = move._get_form()
        self.assertEqual(form["planned"], ["Part 1, February 1, 2026"])
        self.assertEqual(form["totals"]["total"], "30.00")
        self.assertTrue(form["is_draft"])
        move.action_post()
        self.assertFalse(move._get_form()["is_draft"])
        self.customer.name = "Renamed"
        # The requisites of the contract, not today's.
        self.assertEqual(move._get_act()["parties"][1]["rows"][0][1], "Buyer Ltd")
        self.assertIn(move.name, self._html("report_act", move))
        bill = self._invoice([(None, 10)], kind="in_invoice", partner_id=self.customer.id)
        self.assertEqual(bill._get_form()["parties"][1]["rows"][0][1], self.company.partner_id.name)

    def test_schedule(self):
        contract = self._contract(100, self.plan)
        contract.payment_ids[0].action_set_received()
        form = contract._get_schedule_form()
        self.assertEqual(
            (form["schedule"]["received"], form["schedule"]["remaining"]), ("30.00", "70.00")
        )
        with self.assertRaises(UserError):
            self._contract(0)._get_schedule_form()

    def test_mail(self):
        """LV-15: sent with the PDF, which is the stored copy; then it counts as sent."""
        self.customer.email = "buyer@example.com"
        contract = self._written(("clause", "{{amount}}"))
        contract.action_approve()
        pdf = self._pdf("report_contract", contract)
        action = contract.with_user(self.head).action_send_mail()
        context = {**action["context"], "force_report_rendering": True}
        composer = self.env["mail.compose.message"].with_context(**context).create({})
        self.assertIn(self.customer, composer.partner_ids)
        self.assertEqual(composer.attachment_ids.raw, pdf)
        composer._action_send_mail()
        self.assertEqual(contract.signature_state, "sent")
        self.assertEqual(contract.message_ids[0].attachment_ids.raw, pdf)
        with self.assertRaises(UserError):
            cancelled = self._contract(10)
            cancelled.action_cancel()
            cancelled.action_send_mail()

    def test_from_order_and_lead(self):
        contract = self._written(("clause", "a"))
        order = self._order(contract, 100)
        self.assertEqual(
            order.action_print_crm_contract()["report_name"], f"{ADDON}.report_contract"
        )
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": self.customer.id})
        contract.lead_id = lead
        other = self._contract(10, lead_id=lead.id)
        other.action_cancel()
        self.assertEqual(lead.action_print_crm_contract()["context"]["active_ids"], contract.ids)


@tagged("-at_install", "post_install")
class TestPages(FormsCommon):
    """TN-28: pages break between rows, below headers, never before lonely signatures."""

    def _long(self, count):
        contract = self._written(("clause", "a"))
        self._order(contract, *range(1, count + 1))
        return contract

    def test_header_on_every_page(self):
        pages = words(self._pdf("report_contract", self._long(70)))
        goods = [page for page in pages if "Lathe" in page]
        self.assertGreater(len(goods), 1)
        for page in goods:
            self.assertIn("Goods, works, services", page)
        numbers = [n for n in range(1, 71) if any(f"Lathe {n} " in page for page in goods)]
        self.assertEqual(len(numbers), 70)

    def test_signatures_are_never_alone(self):
        """Around the length at which the page is full."""
        for count in range(22, 34, 2):
            contract = self._contract(100)
            move = self._invoice([(contract, price) for price in range(1, count + 1)])
            for page in words(self._pdf("report_act", move)):
                self.assertIn("Goods", page, f"{count} lines")

    def test_stops_when_a_row_is_longer_than_a_page(self):
        html = (
            "<html><body><table><thead><tr><th>H</th></tr></thead><tbody><tr><td>x</td></tr>"
            "<tr><td>y</td></tr></tbody></table></body></html>"
        )
        calls = []

        def render(text):
            calls.append(text)
            return b"pdf"

        places = {"u": {0: {0}, 1: {0, 1}}, "h": {0: {0}}, "c": {}}
        with (
            patch("odoo.addons.crm_payment_plan.lib.pdf_pages.count_pages", return_value=2),
            patch("odoo.addons.crm_payment_plan.lib.pdf_pages._get_places", return_value=places),
        ):
            print_whole_pages(html, render, breaks_well=False)
        self.assertLess(len(calls), 6)

    def test_style_of_both_builds(self):
        """The style of the page follows the build: what it keeps whole, how large it prints."""
        report = self.env.ref(f"{ADDON}.action_report_contract")
        html = self._html("report_contract", self._written(("clause", "a")))
        bodies = []
        for patched, zoom in ((True, 1), (False, 1.28)):
            info = ir_actions_report._wkhtml()._replace(is_patched_qt=patched)
            with (
                patch.object(ir_actions_report, "_wkhtml", lambda info=info: info),
                patch.object(type(report), "_get_form_zoom", lambda self, zoom=zoom: zoom),
            ):
                bodies.append(report._prepare_html(html, "crm.contract")[0][0])
        self.assertIn("font-size: 13px", bodies[0])
        self.assertIn("font-size: 16.64px", bodies[1])
        self.assertIn("page-break-inside: avoid", bodies[0])
        self.assertNotIn("page-break-inside: avoid", bodies[1])


@tagged("-at_install", "post_install")
class TestReconciliation(FormsCommon):
    """TN-25, TN-26, TN-28: the statement equals the ledger, whatever happened."""

    def _statement(self, **values):
        return self.env["crm.reconciliation"].create(
            {
                "partner_id": self.customer.id,
                "date_from": "2026-02-01",
                "date_to": "2026-12-31",
                "currency_id": self.currency.id,
                **values,
            }
        )

    def _ledger(self, *domain):
        """Debit, credit and balance of the partner's terms, straight from the items."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id", "in", (self.receivable | self.payable).ids),
                ("parent_state", "=", "posted"),
                *domain,
            ],
            [],
            ["debit:sum", "credit:sum", "balance:sum"],
        )
        return [round(100 * (amount or 0)) for amount in groups[0]]

    def assertLedger(self, statement):
        """Opening, turnovers and closing of all sections together are the ledger's."""
        total = statement._sum_sections(statement._get_statement())
        start, end = statement.date_from, statement.date_to
        opening = self._ledger(("date", "<", start))[2]
        debit, credit, _balance = self._ledger(("date", ">=", start), ("date", "<=", end))
        closing = self._ledger(("date", "<=", end))[2]
        self.assertEqual(
            total, {"opening": opening, "debit": debit, "credit": credit, "closing": closing}
        )

    def test_equals_the_ledger(self):
        first, second = self._contract(200), self._contract(300)
        self._invoice([(first, 100)], date="2026-01-15")
        shared = self._invoice([(first, 33.33), (second, 66.68), (None, 0.01)], date="2026-02-03")
        self._pay(shared, 50.01, date="2026-02-10")
        self._pay(shared, 20, date="2026-03-10", write_off=self.write_off)
        self._invoice([(second, 10)], kind="out_refund", date="2026-03-11")
        self._advance(77.77, first, date="2026-03-12")
        self._advance(5, date="2026-03-13")
        self._invoice([(second, 999)], post=False)
        back = self._advance(1000, second, date="2026-04-01")
        back.action_draft()
        for start, end in (
            ("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-12-31"),
            ("2026-02-04", "2026-03-11"), ("2026-03-10", "2026-03-10"), ("2027-01-01", "2027-12-31"),  # noqa: E501
        ):  # fmt: skip
            self.assertLedger(self._statement(date_from=start, date_to=end))

    def test_by_contract(self):
        """Each contract's part; together with what belongs to none they are the whole."""
        first, second = self._contract(200), self._contract(300)
        shared = self._invoice([(first, 25), (second, 75)], date="2026-02-03")
        self._pay(shared, 10, date="2026-02-10")
        self._advance(7, second, date="2026-02-11")
        self._advance(3, date="2026-02-12")
        sections = self._statement()._get_statement()
        self.assertEqual(
            {key: (one["debit"], one["credit"]) for key, one in sections.items()},
            {first.id: (2500, 250), second.id: (7500, 1450), False: (0, 300)},
        )
        only = self._statement(contract_id=first.id)._get_statement()
        self.assertEqual(only[first.id]["closing"], 2250)
        self.assertEqual(list(only), [first.id])

    def test_foreign_currency(self):
        eur = self.env.ref("base.EUR") if self.currency.name != "EUR" else self.env.ref("base.USD")
        self._activate(eur)
        contract = self._contract(100, currency_id=eur.id)
        self._invoice([(contract, 100)], date="2026-02-03", currency_id=eur.id)
        statement = self._statement(currency_id=eur.id)
        self.assertEqual(statement._get_statement()[contract.id]["closing"], 10000)
        self.assertLedger(self._statement())

    def test_form(self):
        contract = self._contract(200)
        self._invoice([(contract, 100)], date="2026-02-03")
        form = self._statement()._get_form()
        self.assertIn("the debt in favour of", form["conclusion"])
        self.assertIn("100.00", form["conclusion"])
        self.assertIn("One hundred", form["conclusion"])
        self.assertEqual(form["total"]["closing_debit"], "100.00")
        self.assertIn(
            "Balance at the beginning", self._html("report_reconciliation", self._statement())
        )

    def test_who_prints(self):
        contract = self._contract(200)
        self._invoice([(contract, 100)], date="2026-02-03")
        Statement = self.env["crm.reconciliation"]
        values = {
            "partner_id": self.customer.id,
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
        }
        for user in (self.manager, self.viewer, self.portal):
            with self.assertRaises(AccessError):
                Statement.with_user(user).create(values)
        for user in (self.head, self.accountant):
            form = Statement.with_user(user).create(values)._get_form()
            self.assertEqual(form["total"]["closing_debit"], "100.00")
        other = self.env["res.company"].create({"name": "Other"})
        foreign = Statement.with_user(self.head).create({**values, "company_id": other.id})
        with self.assertRaises(UserError):
            foreign._get_form()
        with self.assertRaises(UserError):
            Statement.create({**values, "date_to": "2025-01-01"})
