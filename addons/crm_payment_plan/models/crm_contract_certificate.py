"""The confirmation of study: a PDF that the student gets by mail (LV-15)."""

from odoo import models
from odoo.exceptions import UserError

KIND = "certificate"


class CrmContract(models.Model):
    _inherit = "crm.contract"

    # Buttons ------------------------------------------------------------------------

    def action_print_certificate(self):
        """The confirmation of study as PDF."""
        self._check_certificate()
        return self.env.ref("crm_payment_plan.action_report_certificate").report_action(
            self, config=False
        )

    def action_send_certificate(self):
        """A letter to the student, else to who pays, with the confirmation as PDF."""
        self.ensure_one()
        self._check_certificate()
        template = self.env.ref("crm_payment_plan.mail_template_certificate")
        return self._open_composer(template)

    def _check_certificate(self):
        for contract in self:
            error = contract._get_certificate_error()
            if error:
                raise UserError(error)

    def _get_certificate_error(self):
        """Why no study can be confirmed; False if it can."""
        if not self.is_enrolment:
            return self.env._(
                "Contract %(contract)s is no enrolment: its type %(type)s is not marked "
                '"Enrolment on Programmes".',
                contract=self.display_name,
                type=self.type_id.name,
            )
        if not self._is_issued():
            return self.env._(
                "%s is not agreed: approve the contract, then its study can be confirmed.",
                self.display_name,
            )
        return False

    # The form -----------------------------------------------------------------------

    def _get_certificate_form(self):
        """What the confirmation shows, in the language of the contract."""
        self.ensure_one()
        self._check_certificate()
        contract = self.with_context(lang=self.document_lang or self.env.lang)
        mixin = contract.env["crm.form.mixin"]
        company, _partner = mixin._prepare_form_parties(
            contract, contract.company_id, contract.partner_id, ("", "")
        )
        title, statement = contract._get_certificate_words()
        return {
            "lang": contract.env.lang,
            "title": title,
            "number": contract.number or "",
            "date": contract._date_text(contract.company_id._get_local_today()),
            "place": contract.place or contract.company_id.city or "",
            "letterhead": company["line"],
            "statement": statement,
            "student": contract.student_name,
            "rows": [row for row in contract._prepare_certificate_rows() if row[1]],
            "parties": [{**company, "title": contract.env._("Issued by")}],
        }

    def _get_certificate_words(self):
        """Title and sentence, by where the training is.

        Odoo tries mail templates on any contract, so every contract has a title.
        """
        _ = self.env._
        study = (
            _("Confirmation of study"),
            _("We confirm that the following person is studying on our programme:"),
        )
        return {
            "enrolled": (
                _("Confirmation of enrolment"),
                _("We confirm that the following person is enrolled on our programme:"),
            ),
            "finished": (
                _("Confirmation of completion"),
                _("We confirm that the following person has completed our programme:"),
            ),
            "left": (
                _("Confirmation of attendance"),
                _("We confirm that the following person attended our programme for a time:"),
            ),
        }.get(self.training_state, study)

    def _get_certificate_subject(self):
        """Subject of the letter: Confirmation of study: Welding."""
        return f"{self._get_certificate_words()[0]}: {self.programme}"

    def _prepare_certificate_rows(self):
        """[(label, value)]; rows without a value are not printed."""
        _ = self.env._
        payer = self.partner_id if self.partner_id != self.student_id else False
        return [
            (_("Programme"), self.programme),
            (_("Beginning"), self._date_text(self.date_start)),
            (_("End"), self._date_text(self.date_end)),
            (_("Contract"), self._get_certificate_basis()),
            (_("Paid by"), payer and payer.commercial_partner_id.name),
            (_("Cost"), self._certificate_amount(self.amount_effective)),
            (_("Paid"), self._certificate_amount(self.received_total)),
            (_("Left to pay"), self._certificate_amount(self.unpaid_total)),
        ]

    def _get_certificate_basis(self):
        return self.env._(
            "No. %(number)s of %(date)s",
            number=self.number or "…",
            date=self._date_text(self.date),
        )

    def _certificate_amount(self, amount):
        return f"{self._amount_text(amount)}\u00a0{self.currency_id.name}" if amount else ""

    def _get_form_stamp(self, kind):
        if kind != KIND:
            return super()._get_form_stamp(kind)
        form = self._get_certificate_form()
        return " · ".join(filter(None, (form["title"], form["number"]))), ""
