from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ADDON
from .forms_common import FormsCommon


@tagged("-at_install", "post_install")
class TestClauses(FormsCommon):
    """TN-28, AL-15: the text of contracts, edited without code."""

    def test_ready_text(self):
        """The text of the type, with the contract's own values, conditions and references."""
        contract = self._contract(100, approve=False, title="two lathes")
        self.assertEqual(contract.template_id, self.sale_text)
        without = " ".join(self._texts(contract))
        self.assertIn("transfers equipment into the property of the Buyer", without)
        self.assertIn("two lathes", without)
        self.assertIn("from the day this contract is signed", without)
        self.assertNotIn("advance", without)
        self.Payment.create(
            [
                {"contract_id": contract.id, "name": "A", "kind": kind, "amount": amount}
                for kind, amount in (("advance", 30), ("final", 70))
            ]
        )
        with_advance = self._texts(contract)
        self.assertIn("2.2 The Buyer pays an advance of 30 %", " ".join(with_advance))
        self.assertTrue(any("under clause 2.2 is received" in text for text in with_advance))
        self.assertTrue(any("(Thirty" in text for text in with_advance))

    def test_every_ready_text_prints(self):
        for template in self.env["crm.contract.template"].search([]):
            template.clause_ids._check_words()
            template.clause_ids._check_condition()
            contract = self._contract(100, self.plan, approve=False, template_id=template.id)
            self.assertGreater(len(self._texts(contract)), 10)
            self.assertNotIn("{{", " ".join(self._texts(contract)))

    def test_numbers_follow_the_order(self):
        contract = self._written(
            ("section", "One"), ("clause", "a {{ref:last}}"), ("section", "Two"),
            {"level": "clause", "code": "last", "body": "<p>b</p>"},
        )  # fmt: skip
        self.assertEqual(self._texts(contract), ["1 One", "1.1 a 2.1", "2 Two", "2.1 b"])
        contract.clause_ids[2].sequence = 5
        self.assertEqual(self._texts(contract), ["1 Two", "2 One", "2.1 a 2.2", "2.2 b"])
        self.assertEqual(
            contract.clause_ids.sorted("sequence").mapped("number"), ["1", "2", "2.1", "2.2"]
        )

    def test_condition(self):
        """A section that is left out takes its clauses with it; numbers close up."""
        rub = self.env.ref("base.RUB")
        contract = self._written(
            {"level": "section", "title": "Foreign", "condition": f"[('currency_id', '!=', {self.currency.id})]"},  # noqa: E501
            ("clause", "rates"),
            {"level": "section", "title": "Firms", "condition": "[('partner_id.is_company', '=', True)]"},  # noqa: E501
            ("clause", "seal"),
        )  # fmt: skip
        self.assertEqual(self._texts(contract), ["1 Firms", "1.1 seal"])
        self.assertEqual(contract.clause_ids.mapped("is_left_out"), [True, True, False, False])
        rub.active = True
        other = self.env.ref("base.USD") if self.currency == rub else rub
        other.active = True
        contract.currency_id = other
        self.customer.is_company = False
        self.assertEqual(self._texts(contract), ["1 Foreign", "1.1 rates"])

    def test_advance_is_searched(self):
        with_advance = self._contract(100, self.plan, approve=False)
        with_advance.payment_ids[0].kind = "advance"
        without = self._contract(100, self.plan, approve=False)
        both = with_advance | without
        domain = [("id", "in", both.ids), ("has_advance", "=", True)]
        self.assertEqual(self.Contract.search(domain), with_advance)
        domain[-1] = ("has_advance", "=", False)
        self.assertEqual(self.Contract.search(domain), without)
        self.assertEqual(with_advance.advance_total, 30)

    def test_one_clear_error(self):
        """It names the clause and the value, whoever writes it where."""
        contract = self._written(("section", "Price"))
        for body, words in (
            ("<p>{{ pirce }}</p>", "there is no value “pirce”"),
            ("<p>{{ref:elsewhere}}</p>", "refers to “ref:elsewhere”"),
            ("<p>{{number</p>", "“{{” has no partner"),
        ):
            with self.assertRaises(ValidationError) as caught:
                contract.clause_ids = [
                    Command.create({"level": "clause", "title": "Sum", "body": body})
                ]
            self.assertIn(words, str(caught.exception))
            self.assertIn("Sum", str(caught.exception))

    def test_attacks_on_values(self):
        """An author of texts neither runs code nor reads what is no value of the contract."""
        secret = self.env["res.partner"].create({"name": "Secret", "comment": "42"})
        for attack in (
            "{{ object.env['res.users'].search([]) }}",
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ self }}", "{{ env }}", "{{ user.password }}", "{{ ctx }}",
            "{{ company_id.partner_id.bank_ids }}", "{{ range(10**9) }}",
            f"{{{{ env['res.partner'].browse({secret.id}).comment }}}}",
        ):  # fmt: skip
            with self.assertRaises(ValidationError):
                self._written(("clause", attack))

    def test_attacks_on_the_page(self):
        """QWeb, scripts and pictures in a text are words at best, also after a value is filled."""
        self.customer.name = '<img src="file:///etc/passwd"/>{{company_account}}<t t-out="1+1"/>'
        contract = self._written(
            ("clause", '{{partner_name}} <t t-out="6*7">x</t><img src="/web/image/res.users/2"/>')
        )
        html = self._html("report_contract", contract)
        self.assertNotIn("<img", html)
        self.assertNotIn("42", html.split("<main")[1])
        self.assertIn("&lt;img src=", html)
        self.assertIn("{{company_account}}", html)

    def test_attacks_on_translations(self):
        """Whoever translates a text cannot smuggle pictures into it."""
        row = self.sale_text.clause_ids.filtered("code")[:1]
        clause = self.sale_text.clause_ids.filtered(lambda c: c.body)[0]
        clause.update_field_translations(
            "body", {"en_US": {clause.body.removeprefix("<p>").removesuffix("</p>"):
                               'A <img src="file:///etc/passwd"/> B'}}
        )  # fmt: skip
        html = self._html("report_contract", self._contract(100, approve=False))
        self.assertNotIn("<img", html)
        self.assertTrue(row)

    def test_attacks_on_conditions(self):
        """A condition asks for the contract, not for what the reader may not see."""
        contract = self._written(("clause", "a"))
        for attack in (
            "[('partner_id.comment', 'ilike', 'secret')]",
            "[('partner_id.bank_ids.acc_number', '=like', '4%')]",
            "[('company_id.partner_id.email', 'ilike', 'x')]",
            "[('user_id.password', '!=', False)]",
            "[('partner_id.child_ids', 'any', [('email', '!=', False)])]",
            "[('partner_id', 'any', [('comment', 'ilike', 'x')])]",
            "[('message_ids.body', 'ilike', 'secret')]",
            "[('no_such_field', '=', 1)]",
            "[('amount_total', '>', __import__('os').getpid())]",
            "env['res.users'].search([])",
            "[(1, '=', 1), ('x')]",
        ):
            with self.assertRaises(ValidationError, msg=attack) as caught:
                contract.clause_ids.condition = attack
            self.assertIn("Clause “1", str(caught.exception))
        for fine in (
            "[('amount_total', '>', 1000000)]", "[('has_advance', '=', True)]",
            "['|', ('partner_id.country_id', '=', 1), ('date_end', '!=', False)]",
        ):  # fmt: skip
            contract.clause_ids.condition = fine

    def test_taking_over(self):
        """What was edited stays, and the difference is shown before."""
        template = self.sale_text.copy({"name": "Ours"})
        contract = self._contract(100, approve=False, template_id=template.id)
        contract.action_edit_clauses()
        self.assertEqual(len(contract.clause_ids), len(template.clause_ids))
        self.assertFalse(any(contract.clause_ids.mapped("is_edited")))
        texts = self._texts(contract)
        edited = contract.clause_ids.filtered(lambda c: c.code == "price")
        edited.body = "<p>Ours is {{amount}}.</p>"
        self.assertTrue(edited.is_edited)
        rows = template.clause_ids
        rows.filtered(lambda c: c.code == "price").body = "<p>The price is {{amount}}.</p>"
        rows.filtered(lambda c: c.code == "warranty").title = "Guarantee"
        template.clause_ids = [
            Command.create({"level": "clause", "body": "<p>New</p>", "sequence": 999})
        ]
        mine = self.Clause.create(
            {"contract_id": contract.id, "body": "<p>Mine</p>", "sequence": 998}
        )
        action = contract.action_take_over()
        takeover = self.env[action["res_model"]].browse(action["res_id"])
        kinds = {line.kind: line for line in takeover.line_ids}
        self.assertEqual(sorted(kinds), ["changed", "edited", "gone", "new"])
        self.assertIn("<del>Ours</del>", kinds["edited"].difference)
        self.assertIn("<ins>Guarantee</ins>", kinds["changed"].difference)
        takeover.action_apply()
        after = self._texts(contract)
        self.assertIn("Ours is 100.00.", " ".join(after))
        self.assertIn("Guarantee", " ".join(after))
        self.assertEqual(after[-2:], ["8.4 Mine", "8.5 New"])
        self.assertTrue(mine.exists())
        self.assertEqual(len(texts) + 2, len(after))
        again = contract.action_take_over()
        lines = self.env[again["res_model"]].browse(again["res_id"]).line_ids
        self.assertEqual(sorted(lines.mapped("kind")), ["edited", "gone"])
        self.assertFalse(any(lines.mapped("apply")))

    def test_approval_locks_the_text(self):
        contract = self._written(("clause", "a"))
        contract.action_approve()
        for act in (
            lambda: contract.clause_ids.write({"body": "<p>b</p>"}),
            lambda: contract.clause_ids.unlink(),
            lambda: self.Clause.create({"contract_id": contract.id, "body": "<p>c</p>"}),
            contract.action_edit_clauses,
            contract.action_take_over,
        ):
            with self.assertRaises(UserError):
                act()

    def test_issued_text_stands(self):
        """Once it is sent or signed, nothing changes it; a new version keeps it."""
        contract = self._written(("clause", "{{partner_name}} pays {{amount}}"))
        contract.action_approve()
        self.assertFalse(contract.frozen_document)
        contract.action_send_to_sign()
        before = contract._get_document()
        self.customer.name = "Renamed"
        contract.template_id.heading = "Other"
        self.assertEqual(contract._get_document(), before)
        self.assertEqual(self._texts(contract), ["1 Buyer Ltd pays 100.00"])
        self.assertEqual(len(contract.document_hash), 64)
        for name in ("frozen_document", "document_hash"):
            with self.assertRaises(AccessError):
                contract.with_user(self.head).write({name: False})
        contract._revise("dearer")
        self.assertFalse(contract.frozen_document)
        contract.amount_total = 200
        self.assertEqual(self._texts(contract), ["1 Renamed pays 200.00"])
        self.assertEqual(
            contract.version_ids.document["clauses"][0]["body"], "<p>Buyer Ltd pays 100.00</p>"
        )
        self.assertIn("Buyer Ltd pays 100.00", self._html("report_version", contract.version_ids))

    def test_signing_keeps_the_text(self):
        contract = self._written(("clause", "{{amount}}"))
        contract.action_approve()
        contract._sign(("company", "partner"), "esign", "2026-02-01", self.env["ir.attachment"])
        self.assertEqual(self._texts(contract), ["1 100.00"])
        self.assertTrue(contract.frozen)

    def test_requisites_of_approval(self):
        """Values of the parties are those of the day the contract was approved."""
        contract = self._written(("clause", "{{partner_name}}, {{partner_vat}}"))
        contract.action_approve()
        self.customer.write({"name": "Renamed", "vat": False})
        self.assertEqual(self._texts(contract), ["1 Buyer Ltd, 7707083893"])

    def test_preview(self):
        """Values that are missing are named in words, and another text changes nothing."""
        contract = self._written(("clause", "{{partner_signer}} {{amount}}"))
        action = contract.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("100.00", preview.html)
        self.assertEqual(preview.missing, "The other party: Who signs")
        service = self.env.ref(f"{ADDON}.crm_contract_template_service")
        service.contract_id = contract
        action = service.action_preview()
        other = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("renders services", other.html)
        self.assertEqual(contract.template_id, self.sale_text)
        self.assertEqual(len(contract.clause_ids), 1)

    def test_picker_lists_all_values(self):
        groups = self.Contract.with_user(self.manager).get_clause_values()
        names = [value["name"] for group in groups for value in group["values"]]
        self.assertEqual(names, self.Contract._get_value_names())
        self.assertEqual(set(self._contract(approve=False)._prepare_values()), set(names))

    def test_language(self):
        """PF-22, LV-15: the text speaks the language of the other party, or the chosen one."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms([ADDON], ["ru_RU"])
        self.customer.lang = "ru_RU"
        contract = self._contract(1002.5, approve=False, title="станки")
        self.assertEqual(contract.document_lang, "ru_RU")
        document = contract._get_document()
        self.assertEqual(document["heading"], "Договор поставки")
        text = " ".join(self._texts(contract))
        self.assertIn("обязуется передать в собственность, а Покупатель", text)
        self.assertIn("10 января 2026", document["date"])
        contract.action_edit_clauses()
        self.assertIn(
            "обязуется передать", contract.clause_ids.filtered(lambda c: c.number == "1.1").summary
        )
        contract.document_lang = "en_US"
        contract.action_follow_template()
        self.assertIn("transfers equipment", " ".join(self._texts(contract)))
