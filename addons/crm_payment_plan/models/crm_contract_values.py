from babel.dates import format_date
from markupsafe import Markup

from odoo import api, models
from odoo.tools.misc import babel_locale_parse

from ..lib import AmountError, amount_in_words, clause_text, has_words
from ..lib.paper_number import paper_number


class CrmContract(models.Model):
    """The closed list of values that the text of a contract may name."""

    _inherit = "crm.contract"

    @api.model
    def _get_value_catalogue(self):
        """Values by group: [(group, [(name, label)])]; other addons add theirs.

        The names stand in texts and DOCX files of companies: they are not renamed.
        """
        _ = self.env._
        return [
            (
                _("Contract"),
                [
                    ("number", _("Number")),
                    ("date", _("Date in words")),
                    ("place", _("Town")),
                    ("subject", _("Subject")),
                    ("partner_number", _("Their number")),
                    ("date_start", _("Valid from")),
                    ("date_end", _("Valid until")),
                    ("main_number", _("Number of the main contract")),
                    ("main_date", _("Date of the main contract")),
                ],
            ),
            (
                _("Money"),
                [
                    ("amount", _("Amount in digits")),
                    ("amount_words", _("Amount in words")),
                    ("currency", _("Currency")),
                    ("advance", _("Advance in digits")),
                    ("advance_words", _("Advance in words")),
                    ("advance_percent", _("Advance in percent")),
                    ("rest", _("Amount without the advance in digits")),
                    ("rest_words", _("Amount without the advance in words")),
                    ("payment_table", _("Table of payments")),
                    ("specification_table", _("Table of goods and services")),
                ],
            ),
            (_("We"), self._get_party_catalogue("company")),
            (_("The other party"), self._get_party_catalogue("partner")),
            (
                _("People"),
                [
                    ("beneficiary_name", _("Beneficiary")),
                    ("user_name", _("Responsible: name")),
                    ("user_phone", _("Responsible: phone")),
                    ("user_email", _("Responsible: e-mail")),
                ],
            ),
        ]

    @api.model
    def _get_party_catalogue(self, party):
        _ = self.env._
        return [
            (f"{party}_name", _("Name")),
            (f"{party}_title", _("What the text calls them: Seller, Buyer")),
            (f"{party}_signer", _("Who signs")),
            (f"{party}_basis", _("On the basis of")),
            (f"{party}_vat", _("Tax ID")),
            (f"{party}_registry", _("Company ID")),
            (f"{party}_address", _("Address")),
            (f"{party}_phone", _("Phone")),
            (f"{party}_email", _("E-mail")),
            (f"{party}_account", _("Bank account")),
            (f"{party}_requisites", _("All requisites")),
        ]

    @api.model
    def _get_value_names(self):
        return [name for _group, rows in self._get_value_catalogue() for name, _label in rows]

    @api.model
    @api.readonly
    def get_clause_values(self):
        """For the picker of the clause editor: [{group, values: [{name, label}]}]."""
        self.check_access("read")
        return [
            {"group": group, "values": [{"name": name, "label": label} for name, label in rows]}
            for group, rows in self._get_value_catalogue()
        ]

    # What the values are ------------------------------------------------------------

    def _prepare_values(self):
        """The values of this contract, as text in the language of the context."""
        self.ensure_one()
        return {
            **self._prepare_term_values(),
            **self._prepare_money_values(),
            **self._prepare_party_values("company"),
            **self._prepare_party_values("partner"),
            **self._prepare_people_values(),
        }

    def _prepare_term_values(self):
        main = self.parent_id
        return {
            "number": self.number or "",
            "date": self._date_text(self.date),
            "place": self.place or self.company_id.city or "",
            "subject": self.title or "",
            "partner_number": self.partner_reference or "",
            "date_start": self._date_text(self.date_start),
            "date_end": self._date_text(self.date_end),
            "main_number": main.number or "",
            "main_date": self._date_text(main.date),
        }

    def _prepare_money_values(self):
        currency = self.currency_id
        rest = currency.round(self.amount_total - self.advance_total)
        percent = 100 * self.advance_total / self.amount_total if self.amount_total else 0
        return {
            **self._prepare_amount("amount", self.amount_total),
            **self._prepare_amount("advance", self.advance_total),
            **self._prepare_amount("rest", rest if self.advance_total else 0),
            "currency": currency.name,
            "advance_percent": f"{round(percent, 2):g}" if percent else "",
            "payment_table": self._render_table("schedule", self._prepare_schedule()),
            "specification_table": self._render_table(
                "specification", self._prepare_specification()
            ),
        }

    def _prepare_amount(self, name, amount):
        if not amount:
            return {name: "", f"{name}_words": ""}
        known = has_words(self.currency_id.name, self.env.lang or "en_US")
        words = self._amount_words_text(amount) if known else clause_text.OMITTED
        return {name: self._amount_text(amount), f"{name}_words": words}

    def _prepare_party_values(self, party):
        firm = self.company_id.partner_id if party == "company" else self.partner_id
        frozen = self.frozen_requisites or {}
        rows = frozen.get(party) or firm._prepare_requisites()
        facts = (frozen.get("facts") or {}).get(party) or firm._prepare_requisite_facts()
        lines = [f"{label}: {value}" if label else value for label, value in rows]
        return {
            **{f"{party}_{name}": value for name, value in facts.items()},
            f"{party}_title": self._get_party_title(party),
            f"{party}_signer": self[f"{party}_signer"] or "",
            f"{party}_basis": self[f"{party}_signer_basis"] or "",
            f"{party}_requisites": Markup("<br/>").join(lines),
        }

    def _prepare_people_values(self):
        user = self.user_id.sudo()
        return {
            "beneficiary_name": self.beneficiary_id.name or "",
            "user_name": user.name or "",
            "user_phone": user.phone or "",
            "user_email": user.email or "",
        }

    def _render_table(self, kind, rows):
        """A table of the appendices as part of the text."""
        if not rows:
            return ""
        return self.env["ir.qweb"]._render(f"crm_payment_plan.form_table_{kind}", {"table": rows})

    # Figures and days ---------------------------------------------------------------

    def _date_text(self, day):
        """A day as contracts write it: 5 марта 2026 г."""
        if not day:
            return ""
        return format_date(day, format="long", locale=babel_locale_parse(self.env.lang))

    def _amount_text(self, amount):
        """A sum with its coins, grouped as the language does; the currency stands apart."""
        return paper_number(self.env, amount, self.currency_id.decimal_places)

    def _amount_words_text(self, amount):
        return self._in_words(amount, self.currency_id)

    @api.model
    def _in_words(self, amount, currency):
        """A sum in words of the language of the context, beginning with a capital letter.

        Empty if there are no words for the currency in it: digits and code stand before.
        """
        lang = self.env.lang or "en_US"
        if not has_words(currency.name, lang):
            return ""
        try:
            words = amount_in_words(round(amount, 2), currency.name, lang)
        except AmountError:
            # An agreement that lowers the amount has a sign and no words.
            return ""
        return words[:1].upper() + words[1:]
