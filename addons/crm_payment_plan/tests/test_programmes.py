"""What a contact studies, what it costs and who pays; his passport; his confirmation."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ADDON
from .forms_common import FormsCommon
from .printing import words

PAGE = (
    "crm_programme_ids", "crm_payment_ids", "crm_tuition_cost", "crm_tuition_paid",
    "crm_tuition_unpaid", "crm_payment_terms_note",
)  # fmt: skip
PASSPORT = (
    "passport_number", "passport_issuer", "passport_date", "passport_valid_until",
    "passport_birth_date", "passport_birth_place", "passport_country_id", "passport_address",
)  # fmt: skip
#: Who sees the page of a contact, and who his passport.
SEES_PAGE = {"viewer", "manager", "accountant", "head", "clerk"}
SEES_PASSPORT = {"clerk"}


class ProgrammeCommon(FormsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref(f"{ADDON}.crm_contract_type_enrolment")
        cls.kind.is_enrolment = True
        cls.today = cls.company._get_local_today()
        cls.student = cls._customer(
            "Maria Student", is_company=False, email="maria@example.com", user=cls.manager
        )
        cls.paid_by_firm = cls._enrol(
            "Lathes", 100, [(60, "2026-02-01"), (40, "2026-03-01")], beneficiary_id=cls.student.id
        )
        cls.paid_by_firm.payment_ids.sorted("date_planned")[:1].action_set_received()
        cls.own = cls._enrol("Welding", 50, [(50, "2026-04-01")], partner_id=cls.student.id)
        cls.clerk = new_test_user(
            cls.env,
            "plan_clerk",
            groups=f"crm_bpm_core.group_full,crm_bpm_core.group_scope_all,{ADDON}.group_passport",
        )

    @classmethod
    def _enrol(cls, title, amount, payments, **values):
        return cls._contract(
            amount, payments, kind=cls.kind, title=title,
            company_signer="director A. Ivanov", **values,
        )  # fmt: skip

    def _day(self, days):
        return self.today + timedelta(days=days)


@tagged("-at_install", "post_install")
class TestProgrammes(ProgrammeCommon):
    def test_rows_of_payer_and_student(self):
        """LV-06, LV-08: who studies and who pays find the programme; a stranger does not."""
        stranger = self._customer("Stranger")
        both = self.student | self.customer | stranger
        self.assertEqual(
            [one.crm_programme_ids for one in both],
            [
                (self.own | self.paid_by_firm).sorted(lambda one: -one.id),
                self.paid_by_firm,
                self.Contract,
            ],
        )
        rows = [
            (one.programme, one.student_id, one.amount_effective, one.received_total,
             one.unpaid_total)
            for one in self.student.crm_programme_ids.sorted("id")
        ]  # fmt: skip
        self.assertEqual(
            rows,
            [("Lathes", self.student, 100, 60, 40), ("Welding", self.student, 50, 0, 50)],
        )
        self.assertEqual(self.student.crm_contract_count, 2)
        shown = self.Contract.search(self.student.action_view_crm_contracts()["domain"])
        self.assertEqual(shown, self.student.crm_programme_ids)

    def test_people_of_a_firm(self):
        """LV-06: the firm's card shows what its people pay, each contract once."""
        worker = self.env["res.partner"].create(
            {"name": "Worker", "parent_id": self.customer.id, "type": "contact"}
        )
        contract = self._enrol("Paint", 10, [], partner_id=worker.id, beneficiary_id=worker.id)
        self.assertEqual(self.customer.crm_programme_ids, self.paid_by_firm | contract)
        self.assertEqual(worker.crm_programme_ids, contract)
        self.assertEqual((worker.crm_contract_count, self.customer.crm_contract_count), (1, 2))

    def test_programme_is_what_is_ordered(self):
        """LV-06: the name comes from the order's lines, whoever looks."""
        self._order(self.own, 20, 30)
        self.assertEqual(self.own.with_user(self.accountant).programme, "Lathe")
        self.own.order_ids.write({"state": "cancel"})
        self.assertEqual(self.own.programme, "Welding")

    def test_cost_of_tuition(self):
        """LV-04: cost, paid, left, by currency; offers and what is no enrolment do not count."""
        euro = self.env.ref("base.EUR")
        other = euro if euro != self.currency else self.env.ref("base.USD")
        self._activate(other)
        self._enrol("Abroad", 7, [], partner_id=self.student.id, currency_id=other.id)
        self._enrol("Offer", 900, [], partner_id=self.student.id, approve=False)
        self._contract(800, [], partner_id=self.student.id)
        cost, left = self.student.crm_tuition_cost, self.student.crm_tuition_unpaid
        for text, sums in ((cost, ("150.00", "7.00")), (left, ("90.00", "7.00"))):
            self.assertEqual(len(text.split(" + ")), 2, text)
            for figure in sums:
                self.assertIn(figure, text)
        self.assertIn("60.00", self.student.crm_tuition_paid)
        self.assertFalse(self._customer("Nobody").crm_tuition_cost)

    def test_rules_of_payment(self):
        """LV-05: the manager writes how this customer pays; it is not for everybody."""
        with Form(self.student.with_user(self.manager)) as form:
            form.crm_payment_terms_note = "5 % off in advance"
        self.assertEqual(self.student.crm_payment_terms_note, "5 % off in advance")

    def test_payments(self):
        """LV-07: planned and received ones, latest first; what we pay and cancelled are not."""
        cancelled = self._enrol("C", 9, [(9, "2026-05-01")], partner_id=self.student.id)
        cancelled.payment_ids.action_set_cancelled()
        bought = self._contract(
            5, [(5, "2026-05-01")], kind=self.purchase, partner_id=self.student.id
        )
        rows = self.student.crm_payment_ids
        self.assertEqual([one.amount for one in rows], [50, 40, 60])
        self.assertNotIn(bought.payment_ids, rows)
        self.assertEqual(
            self.customer.crm_payment_ids,
            self.paid_by_firm.payment_ids.sorted("date_planned", reverse=True),
        )

    def test_training_state(self):
        """LV-08: where each programme stands, the ended ones as well."""
        self.own.write({"date_start": self._day(5), "date_end": self._day(9)})
        self.assertEqual(self.own.training_state, "enrolled")
        self.own.date_start = self._day(0)
        self.assertEqual(self.own.training_state, "studying")
        self.own.write({"date_start": self._day(-5), "date_end": self._day(-1)})
        self.assertEqual(self.own.training_state, "finished")
        self.paid_by_firm.action_terminate()
        self.assertEqual(self.paid_by_firm.training_state, "left")
        self.assertEqual(self.paid_by_firm.unpaid_total, 0)
        draft = self._enrol("Draft", 1, [], partner_id=self.student.id, approve=False)
        self.assertEqual(draft.training_state, "offered")
        self.assertEqual(len(self.student.crm_programme_ids), 3)

    def test_set_based(self):
        """LV-06, LV-07: many contacts cost no more questions than a few."""
        people = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(12)])
        for one in people:
            self._enrol("Many", 10, [(10, "2026-02-01")], beneficiary_id=one.id)
        names = [*PAGE[:5], "crm_contract_count"]

        def ask(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(names)
            for one in partners:
                one.crm_programme_ids.mapped("programme")
            return self.env.cr.sql_log_count - before

        ask(people[:3])
        self.assertEqual(ask(people[:3]), ask(people))

    def test_whose_rows(self):
        """LV-06, LV-07, EC-17: another's salesperson opens the contact and finds no row."""
        self.student.customer_status_id = False  # a contact whom everybody sees
        self.env.flush_all()
        for user, seen in ((self.manager, 2), (self.colleague, 0), (self.head, 2)):
            contact = self.student.with_user(user)
            self.assertEqual(len(contact.crm_programme_ids), seen, user.name)
            self.assertEqual(len(contact.crm_payment_ids), 3 if seen else 0, user.name)
            self.assertEqual(bool(contact.crm_tuition_cost), bool(seen), user.name)
        with self.assertRaises(AccessError):
            self.paid_by_firm.with_user(self.colleague).read(["programme"])

    def test_other_company(self):
        """LV-06: contracts of a company that is not chosen do not show."""
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env, "plan_lv_other", groups="crm_bpm_core.group_head",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        contact = self.student.with_user(user)
        self.assertFalse(contact.crm_programme_ids | contact.crm_payment_ids.contract_id)
        self.assertFalse(contact.crm_tuition_cost)


@tagged("-at_install", "post_install")
class TestPassport(ProgrammeCommon):
    def test_fields_by_role(self):
        """LV-04, LV-05, LV-06: the page for who sees contracts, passports for the named few."""
        for role in ("nobody", "portal", "viewer", "manager", "accountant", "head", "clerk"):
            partners = self.env["res.partner"].with_user(getattr(self, role))
            for names, who in ((PAGE, SEES_PAGE), (PASSPORT, SEES_PASSPORT)):
                for name in names:
                    self.assertEqual(
                        partners._has_field_access(partners._fields[name], "read"),
                        role in who,
                        f"{role}: {name}",
                    )

    def test_page_by_role(self):
        """LV-06: the card opens for everybody, with the pages that are his."""
        for role in ("nobody", "viewer", "manager", "accountant", "head", "clerk"):
            user = getattr(self, role)
            arch = self.env["res.partner"].with_user(user).get_view(
                self.env.ref("base.view_partner_form").id, "form"
            )["arch"]  # fmt: skip
            self.assertEqual('name="crm_programmes"' in arch, role in SEES_PAGE, role)
            self.assertEqual('name="crm_passport"' in arch, role in SEES_PASSPORT, role)

    def test_head_neither_reads_nor_finds(self):
        """LV-06: no reading, searching, grouping or writing around the group."""
        self.student.with_user(self.clerk).passport_number = "22 19 481516"
        contact = self.student.with_user(self.head)
        for act in (
            lambda: contact.read(["passport_number"]),
            lambda: contact.search([("passport_number", "like", "22")]),
            lambda: contact._read_group([], ["passport_number"]),
            lambda: contact.write({"passport_number": "1"}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertEqual(self.student.passport_number, "22 19 481516")
        self.assertFalse(self.student.copy().passport_number)

    def test_days(self):
        """LV-06: days that cannot be are refused."""
        for values in (
            {"passport_date": "2020-05-01", "passport_valid_until": "2020-04-01"},
            {"passport_date": "2020-05-01", "passport_birth_date": "2021-04-01"},
        ):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.student.write(values)


@tagged("-at_install", "post_install")
class TestCertificate(ProgrammeCommon):
    def _text(self, contract):
        return " ".join(words(self._pdf("report_certificate", contract)))

    def test_pdf(self):
        """LV-15: name, programme, days, who pays, cost and what was paid, on one page."""
        self.paid_by_firm.write({"date_start": self._day(-3), "date_end": self._day(30)})
        pages = words(self._pdf("report_certificate", self.paid_by_firm))
        self.assertEqual(len(pages), 1)
        for part in (
            "Confirmation of study", "Maria Student", "Lathes", self.customer.name,
            self.paid_by_firm.number, "100.00", "60.00", "40.00",
            self.paid_by_firm._date_text(self._day(-3)),
            self.paid_by_firm._date_text(self._day(30)),
            "director A. Ivanov", "1 / 1",
        ):  # fmt: skip
            self.assertIn(part, pages[0])

    def test_titles(self):
        """LV-15, LV-08: what is confirmed follows the training; a payer of his own is not named."""
        self.own.date_start = self._day(9)
        text = self._text(self.own)
        self.assertIn("Confirmation of enrolment", text)
        self.assertNotIn("Paid by", text)
        self.own.date_start = self._day(-9)
        self.own.date_end = self._day(-2)
        self.assertIn("completion", self.own._get_certificate_form()["title"])
        self.own.action_terminate()
        self.assertIn("attendance", self.own._get_certificate_form()["title"])

    def test_mail(self):
        """LV-15: the button opens the composer with the PDF, addressed to the student."""
        action = self.paid_by_firm.with_user(self.manager).action_send_certificate()
        context = {**action["context"], "force_report_rendering": True}
        with self.allow_pdf_render():
            composer = (
                self.env["mail.compose.message"]
                .with_user(self.manager)
                .with_context(**context)
                .create({})
            )
            self.assertEqual(composer.partner_ids, self.student)
            self.assertTrue(composer.attachment_ids.raw.startswith(b"%PDF"))
            self.assertIn("Confirmation", composer.subject)
            composer._action_send_mail()
        self.assertEqual(self.paid_by_firm.signature_state, "none")
        message = self.paid_by_firm.message_ids[0]
        self.assertEqual(message.partner_ids, self.student)
        self.assertIn("Maria Student", " ".join(words(message.attachment_ids.raw)))

    def test_to_the_payer(self):
        """LV-15: a student without an address: who pays gets it."""
        self.student.email = False
        template = self.env.ref(f"{ADDON}.mail_template_certificate")
        sent = template._generate_template(self.paid_by_firm.ids, ("partner_to",))
        self.assertEqual(sent[self.paid_by_firm.id]["partner_ids"], self.customer.ids)

    def test_refused(self):
        """LV-15: only agreed enrolments are confirmed, and the sentence says what to do."""
        draft = self._enrol("Draft", 1, [], approve=False)
        supply = self._contract(1)
        for contract, part in ((draft, "approve the contract"), (supply, "is no enrolment")):
            for act in ("action_send_certificate", "action_print_certificate"):
                with self.assertRaisesRegex(UserError, part):
                    getattr(contract, act)()
            with self.assertRaisesRegex(UserError, part):
                contract._get_certificate_form()

    def test_not_by_a_stranger(self):
        """LV-15, EC-17: a colleague without right to the contract prints nothing of it."""
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.colleague).with_context(
                force_report_rendering=True
            )._render_qweb_pdf(f"{ADDON}.report_certificate", self.paid_by_firm.ids)
