import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, urlparse

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PlanCommon

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@tagged("-at_install", "post_install")
class TestPortal(HttpCase, PlanCommon):
    """AL-15, TN-26: the customer's own contracts in the portal, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._portal_user("buyer", cls.customer)
        cls.stranger = cls._portal_user("stranger", cls._customer("Stranger Ltd"))
        cls.manager.password = cls.manager.login
        cls.colleague.password = cls.colleague.login
        cls.contract = cls._contract(
            100, [(40, "2026-02-01"), (60, "2036-03-01")], title="Doors", note="<p>Ex works</p>"
        )
        cls.contract.action_send_to_sign()
        cls.draft = cls._contract(50, approve=False, title="Secret draft")
        cls.unsent = cls._contract(51, title="Not sent yet")
        cls.other = cls._contract(52, partner_id=cls.stranger.partner_id.id, title="Of a stranger")
        cls.other.action_send_to_sign()
        cls.bought = cls._contract(53, kind=cls.purchase, title="We buy")
        cls.bought.action_send_to_sign()

    @classmethod
    def _portal_user(cls, login, company):
        contact = cls.env["res.partner"].create(
            {"name": login.title(), "parent_id": company.id, "email": f"{login}@example.com"}
        )
        user = new_test_user(
            cls.env, login=f"portal_{login}", password=f"portal_{login}",
            groups="base.group_portal", partner_id=contact.id,
        )  # fmt: skip
        return user

    def _page(self, path, login=None, token=None):
        """Text of a page, and the path at which it ended."""
        if login:
            self.authenticate(login, login)
        answer = self.url_open(f"{path}?access_token={token}" if token else path)
        self.assertLess(answer.status_code, 500)
        return answer.text, urlparse(answer.url).path

    def _accept(self, contract, token=None, **params):
        answer = self.url_open(
            f"/my/contracts/{contract.id}/accept" + (f"?access_token={token}" if token else ""),
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()["result"]

    # What is seen ---------------------------------------------------------------------

    def test_list(self):
        """TN-26: contracts that were sent or signed; no draft, no other's, no purchase."""
        text, path = self._page("/my/contracts", self.buyer.login)
        self.assertEqual(path, "/my/contracts")
        self.assertIn("Doors", text)
        for hidden in (self.draft, self.unsent, self.other, self.bought):
            self.assertNotIn(hidden.title, text)

    def test_search_sort_filter(self):
        signed = self._contract(500, title="Windows")
        signed._sign(("company", "partner"), "esign", "2026-02-01", self.env["ir.attachment"])
        self.authenticate(self.buyer.login, self.buyer.login)

        def shown(query):
            text = self.url_open(f"/my/contracts?{query}").text
            places = [(text.find(name), name) for name in ("Doors", "Windows")]
            return [name for place, name in sorted(places) if place >= 0]

        self.assertEqual(shown("search=indow&search_in=title"), ["Windows"])
        self.assertEqual(shown(f"search={self.contract.number}"), ["Doors"])
        self.assertEqual(shown("search=nothing"), [])
        self.assertEqual(shown("filterby=to_sign"), ["Doors"])
        self.assertEqual(shown("filterby=active"), ["Windows"])
        self.assertEqual(shown("sortby=amount"), ["Windows", "Doors"])
        self.assertEqual(shown("sortby=number"), ["Doors", "Windows"])
        self.assertEqual(shown("sortby=bogus&filterby=bogus"), ["Windows", "Doors"])

    def test_pages(self):
        for number in range(81):
            self._contract(1, title=f"Small {number}").action_send_to_sign()
        self.authenticate(self.buyer.login, self.buyer.login)
        first = self.url_open("/my/contracts").text
        self.assertIn("/my/contracts/page/2", first)
        self.assertEqual(len(re.findall(r'href="/my/contracts/\d+"', first)), 80)
        second = self.url_open("/my/contracts/page/2").text
        self.assertEqual(len(re.findall(r'href="/my/contracts/\d+"', second)), 2)

    def test_page(self):
        """TN-26: payments with what is paid, left and overdue; invoices; terms."""
        invoice = self._invoice([(self.contract, 30, self.contract.payment_ids[0])])
        self._pay(invoice, amount=10)
        text, path = self._page(f"/my/contracts/{self.contract.id}", self.buyer.login)
        self.assertEqual(path, f"/my/contracts/{self.contract.id}")
        for shown in ("Part 1", "Part 2", "Overdue", "To come", "Ex works", invoice.name):
            self.assertIn(shown, text)
        amounts = re.findall(r'oe_currency_value">([\d.,]+)<', text)
        for amount in ("100.00", "40.00", "10.00", "30.00", "20.00"):
            self.assertIn(amount, amounts)

    def test_nothing_internal(self):
        """PF-17: neither rating nor internal notes, questions and files reach the customer."""
        self.contract.message_post(body="He never pays", subtype_xmlid="mail.mt_note")
        self.env["ir.attachment"].create(
            {"name": "calculation.xlsx", "raw": b"x", "res_model": "crm.contract",
             "res_id": self.contract.id}
        )  # fmt: skip
        self.customer.message_post(body="Disloyal")
        text, _path = self._page(f"/my/contracts/{self.contract.id}", self.buyer.login)
        for secret in ("never pays", "calculation.xlsx", "isloyal", "esitant", "iscipline"):
            self.assertNotIn(secret, text)
        answer = self.url_open(
            "/mail/thread/messages",
            data=json.dumps({"params": {"thread_model": "crm.contract",
                                        "thread_id": self.contract.id,
                                        "token": self.contract._portal_ensure_token()}}),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        self.assertNotIn("never pays", answer.text)

    def test_files(self):
        """AL-15: signed copies and files marked for the customer, no other."""

        def attach(name):
            return self.env["ir.attachment"].create(
                {"name": name, "raw": name.encode(), "res_model": "crm.contract",
                 "res_id": self.contract.id}
            )  # fmt: skip

        marked, inside, scan = map(attach, ("price.txt", "margin.txt", "scan.txt"))
        self.contract.portal_attachment_ids = marked
        self.contract._sign(("company",), "scan", "2026-02-01", scan)
        base = f"/my/contracts/{self.contract.id}/file"
        self.assertEqual(self._page(f"{base}/{marked.id}", self.buyer.login)[0], "price.txt")
        self.assertEqual(self._page(f"{base}/{scan.id}")[0], "scan.txt")
        self.assertEqual(self._page(f"{base}/{inside.id}")[1], "/my")
        # Nor by Odoo's own route for files, nor another's file through one's own contract.
        self.assertEqual(self.url_open(f"/web/content/{inside.id}").status_code, 404)
        foreign = self.env["ir.attachment"].create({"name": "f.txt", "raw": b"foreign"})
        self.other.portal_attachment_ids = foreign
        self.assertEqual(self._page(f"{base}/{foreign.id}")[1], "/my")

    def test_versions_show_their_copies(self):
        """AL-15: copies of former versions stay with the customer, their reason does not."""
        scan = self.env["ir.attachment"].create({"name": "v1.pdf", "raw": b"%PDF"})
        self.contract._sign(("company", "partner"), "scan", "2026-02-01", scan)
        self.contract._revise("They were too cheap")
        self.contract.action_approve()
        self.contract.action_send_to_sign()
        text, _path = self._page(f"/my/contracts/{self.contract.id}", self.buyer.login)
        self.assertIn("v1.pdf", text)
        self.assertRegex(text, r"version\s+2")
        self.assertNotIn("too cheap", text)

    def test_agreements(self):
        shown = self._contract(10, parent_id=self.contract.id, title="More doors")
        shown.action_send_to_sign()
        self._contract(11, parent_id=self.contract.id, title="Only an idea", approve=False)
        text, _path = self._page(f"/my/contracts/{self.contract.id}", self.buyer.login)
        self.assertIn("More doors", text)
        self.assertNotIn("Only an idea", text)
        self.assertIn("Additional agreement", self._page(f"/my/contracts/{shown.id}")[0])

    # To whom --------------------------------------------------------------------------

    def test_who_may(self):
        """EC-17: each person and contract: the page, or back to the own start page."""
        url = f"/my/contracts/{self.contract.id}"
        token = self.contract._portal_ensure_token()
        cases = [
            (self.buyer, self.contract, None, True),
            (self.buyer, self.draft, None, False),
            (self.buyer, self.unsent, None, False),
            (self.buyer, self.other, None, False),
            (self.buyer, self.bought, None, False),
            (self.stranger, self.contract, None, False),
            (self.stranger, self.contract, "wrong", False),
            (self.stranger, self.contract, token, True),
            (self.manager, self.contract, None, True),
            (self.manager, self.draft, None, True),
            (self.colleague, self.contract, None, False),
        ]
        for user, contract, given, allowed in cases:
            _text, path = self._page(f"/my/contracts/{contract.id}", user.login, given)
            self.assertEqual(
                path == f"/my/contracts/{contract.id}", allowed, f"{user.login} {contract.title}"
            )
        self.authenticate(None, None)
        self.assertEqual(self._page(url, token=token)[1], url)
        self.assertNotEqual(self._page(url)[1], url)
        self.assertNotEqual(self._page("/my/contracts/999999999", token=token)[1],
                            "/my/contracts/999999999")  # fmt: skip
        self.assertEqual(self._page("/my/contracts")[1], "/web/login")

    def test_link_shows_no_draft(self):
        """A link that was sent shows nothing while the terms are open."""
        token = self.contract._portal_ensure_token()
        self.contract._revise("New prices")
        self.authenticate(None, None)
        _text, path = self._page(f"/my/contracts/{self.contract.id}", token=token)
        self.assertNotEqual(path, f"/my/contracts/{self.contract.id}")

    def test_link_dies_with_its_party(self):
        token = self.contract._portal_ensure_token()
        self.contract._revise("Another buyer")
        self.contract.partner_id = self.stranger.partner_id.commercial_partner_id
        self.contract.action_approve()
        self.contract.action_send_to_sign()
        self.authenticate(None, None)
        _text, path = self._page(f"/my/contracts/{self.contract.id}", token=token)
        self.assertNotEqual(path, f"/my/contracts/{self.contract.id}")

    def test_no_right_by_rpc(self):
        """Portal users read contracts on the pages only: never fields or files by RPC."""
        for model in ("crm.contract", "crm.contract.payment", "crm.contract.version"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.buyer).search_read([], ["id"])
        with self.assertRaises(AccessError):
            self.contract.with_user(self.buyer).read(["note"])

    def test_counters(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        answer = self.url_open(
            "/my/counters",
            data=json.dumps({"params": {"counters": ["contract_count", "contract_sign_count"]}}),
            headers={"Content-Type": "application/json"},
        ).json()["result"]
        self.assertEqual(answer, {"contract_count": 1, "contract_sign_count": 1})
        self.assertIn("/my/contracts", self.url_open("/my").text)

    # Signing --------------------------------------------------------------------------

    def test_sign(self):
        """AL-15: the customer signs online; with ours the contract comes into force."""
        self.contract._sign(("company",), "esign", "2026-02-01", self.env["ir.attachment"])
        self.authenticate(self.buyer.login, self.buyer.login)
        answer = self._accept(self.contract, name=" Anna Buyer ", signature=PNG)
        self.assertIn(f"/my/contracts/{self.contract.id}", answer["redirect_url"])
        contract = self.contract
        self.assertEqual(
            (contract.partner_signature, contract.signature_state, contract.state),
            ("esign", "signed", "active"),
        )
        self.assertEqual((contract.portal_signed_by, contract.partner_signer), ("Anna Buyer",) * 2)
        self.assertTrue(contract.portal_signed_at)
        drawn, terms = contract.signed_attachment_ids.sorted("name")
        self.assertEqual(drawn.raw, base64.b64decode(PNG))
        self.assertEqual(contract.portal_digest, hashlib.sha256(terms.raw).hexdigest())
        for kept in (contract.number, "Doors", "Part 2"):
            self.assertIn(kept, terms.raw.decode())
        message = contract.message_ids.filtered(lambda one: "signed version 1" in one.body)
        self.assertEqual(message.author_id, self.buyer.partner_id)
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)
        self.assertIn("error", self._accept(contract, name="Again", signature=PNG))

    def test_sign_by_link(self):
        """AL-15: whoever has the link signs for the party; we are asked to sign, too."""
        self.authenticate(None, None)
        token = self.contract._portal_ensure_token()
        self.assertIn("error", self._accept(self.contract, "wrong", name="X", signature=PNG))
        self.assertNotIn("error", self._accept(self.contract, token, name="X", signature=PNG))
        self.assertEqual(self.contract.signature_state, "half")
        self.assertEqual(self.contract.activity_ids.user_id, self.manager)
        message = self.contract.message_ids.filtered(lambda one: "signed version 1" in one.body)
        self.assertEqual(message.author_id, self.customer)

    def test_what_is_no_signature(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        for params in (
            {"name": "Anna", "signature": ""},
            {"name": "Anna", "signature": "no base64!"},
            {"name": "Anna", "signature": base64.b64encode(b"<svg onload=x>").decode()},
            {"name": "  ", "signature": PNG},
        ):
            self.assertIn("error", self._accept(self.contract, **params))
        self.assertEqual(self.contract.partner_signature, "sent")
        self.assertFalse(self.contract.signed_attachment_ids)

    def test_who_may_not_sign(self):
        for user in (self.stranger, self.colleague, self.manager):
            self.authenticate(user.login, user.login)
            self.assertIn("error", self._accept(self.contract, name="X", signature=PNG))
        self.assertEqual(self.contract.partner_signature, "sent")

    def test_new_version_wants_a_new_signature(self):
        self.contract._sign_online("Anna", PNG, self.buyer.partner_id)
        self.contract._revise("New prices")
        self.assertFalse(self.contract.portal_signed_by or self.contract.portal_signature)
        self.assertEqual(len(self.contract.version_ids.attachment_ids), 2)
        with self.assertRaisesRegex(UserError, "does not wait"):
            self.contract._sign_online("Anna", PNG, self.buyer.partner_id)

    def test_ask_for_changes(self):
        """AL-15: the customer says what should change; the responsible person has it to do."""
        self.authenticate(self.buyer.login, self.buyer.login)
        page = self.url_open(f"/my/contracts/{self.contract.id}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        answer = self.url_open(
            f"/my/contracts/{self.contract.id}/changes",
            data={"csrf_token": token, "text": "Deliver in <May>"},
        )
        self.assertEqual(parse_qs(urlparse(answer.url).query)["message"], ["asked"])
        self.assertEqual(self.contract.activity_ids.user_id, self.manager)
        self.assertIn("&lt;May&gt;", self.contract.message_ids[:1].body)
        self.assertEqual(self.contract.partner_signature, "sent")

    # The salesperson's side -------------------------------------------------------------

    def test_share(self):
        with self.assertRaisesRegex(UserError, "Sent to sign"):
            self.unsent.with_user(self.manager).action_share_portal()
        action = self.contract.with_user(self.manager).action_share_portal()
        share = (
            self.env["portal.share"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"res_model": "crm.contract", "res_id": self.contract.id})
        )
        self.authenticate(None, None)
        answer = self.url_open(share.share_link)
        self.assertEqual(urlparse(answer.url).path, f"/my/contracts/{self.contract.id}")
        preview = self.contract.with_user(self.manager).action_preview_portal()
        self.assertIn(self.contract.access_token, preview["url"])
