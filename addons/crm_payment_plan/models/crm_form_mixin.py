from markupsafe import Markup

from odoo import api, models
from odoo.tools import float_compare, float_round

from ..lib.paper_number import paper_number

#: Digits after the point that a printed quantity or price may have.
DIGITS = 6


class CrmFormMixin(models.AbstractModel):
    """What printed forms with lines, totals and two parties have in common.

    A form is plain data in the language of its reader; its template prints it as it is.
    """

    _name = "crm.form.mixin"
    _description = "Printed Form"

    def _get_form_lang(self):
        """Language of the form: of its contract, else of the other party."""
        contract = self._get_form_contract()
        partner = self._get_form_partner()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (contract.document_lang, partner.lang, self.env.lang)
        return next((one for one in wanted if one in installed), self.env.lang)

    def _get_form_contract(self):
        """The contract whose frozen requisites the form shows; may be empty."""
        return self.env["crm.contract"]

    def _get_form_partner(self):
        return self.partner_id

    def _get_form(self):
        """The form in its language."""
        self.ensure_one()
        return self.with_context(lang=self._get_form_lang())._prepare_form()

    def _prepare_form(self):
        """What the form shows."""
        raise NotImplementedError

    def _get_form_stamp(self, kind):
        """Foot of every page, and a mark across it."""
        return self._get_form()["title"], ""

    # Parts ------------------------------------------------------------------------

    @api.model
    def _prepare_form_parties(self, contract, company, partner, titles, company_first=True):
        """Both parties with requisites and signers; those of the contract are the frozen ones."""
        frozen = contract.frozen_requisites or {
            "company": company.partner_id._prepare_requisites(),
            "partner": partner._prepare_requisites(),
            "facts": {
                "company": company.partner_id._prepare_requisite_facts(),
                "partner": partner._prepare_requisite_facts(),
            },
        }
        facts = frozen.get("facts") or {}
        parties = [
            {
                **self._prepare_form_party(frozen[party], facts.get(party) or {}),
                "signer": contract._get_signature_name(party),
            }
            for party in ("company", "partner")
        ]
        ordered = parties if company_first else parties[::-1]
        return [{**party, "title": title} for party, title in zip(ordered, titles, strict=True)]

    @api.model
    def _prepare_form_party(self, rows, facts):
        """Requisites as a list, in one line, and those that a bank asks for.

        :param rows: [[label, value], ...], the name first and without label.
        :param facts: the same by name; contracts of old have none, then all is shown.
        """
        bank = {facts.get(name) for name in ("name", "vat", "account")}
        own = {facts.get(name) for name in ("account", "email")}
        name = rows[0][1] if rows else ""
        words = [f"{label}: {value}" for label, value in rows[1:] if value not in own]
        return {
            "rows": rows,
            "line": Markup("<b>%s</b>%s") % (name, "".join(f", {one}" for one in words)),
            "payee": [
                [label or self.env._("Payee"), value]
                for label, value in rows
                if value in bank or not facts
            ],
        }

    @api.model
    def _get_form_heading(self, title, day):
        """Invoice for payment 12 of March 5, 2026."""
        if not day:
            return title
        return self.env._("%(title)s of %(date)s", title=title, date=self._form_date(day))

    @api.model
    def _get_form_summary(self, rows, totals):
        """How many lines, and what they come to, below the table of goods."""
        values = {
            "count": len([row for row in rows if not row["section"]]),
            "amount": f"{totals['total']}\u00a0{totals['currency']}",
        }
        if totals["tax"] or not totals["is_tax_known"]:
            return self.env._("Lines: %(count)s. In all: %(amount)s.", **values)
        return self.env._("Lines: %(count)s. In all: %(amount)s, without taxes.", **values)

    @api.model
    def _prepare_basis(self, contract):
        """The contract that a form stands on: contract S-2026/0001 of March 5, 2026."""
        if not contract:
            return ""
        date = contract.with_context(lang=self.env.lang)._date_text(contract.date)
        return self.env._(
            "contract %(number)s of %(date)s", number=contract.number or "…", date=date
        )

    @api.model
    def _prepare_form_totals(self, currency, tax, total, on_top=False):
        """Totals of a form.

        :param tax: what of the total is taxes; None if nobody knows, then the paper is silent
            about taxes: a buyer books what it says.
        :param on_top: the lines are without taxes, see ``_has_taxes_on_top``
        """
        return {
            "currency": currency.name,
            "is_tax_known": tax is not None,
            "on_top": on_top,
            "untaxed": self._form_amount(total - tax, currency) if on_top else "",
            "tax": self._form_amount(tax, currency) if tax else "",
            "total": self._form_amount(total, currency),
            "words": self.env["crm.contract"]._in_words(total, currency),
        }

    @api.model
    def _has_taxes_on_top(self, lines):
        """Whether prices of these lines are without taxes; then their amounts are as well.

        On paper quantity times price must be the amount.
        """
        return any(self._is_taxed_on_top(line) for line in lines)

    @api.model
    def _is_taxed_on_top(self, line):
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        return line.price_total != line.price_subtotal and not all(taxes.mapped("price_include"))

    @api.model
    def _prepare_form_money(self, line, quantity, currency, on_top):
        """Price and amount of a line of an order or invoice, and what taxes it has."""
        price, discount = line.price_unit, line.discount
        if on_top and not self._is_taxed_on_top(line) and quantity:
            # A price with its tax among prices without.
            price, discount = line.price_subtotal / quantity, 0
            price = float_round(price, precision_digits=self._get_price_digits(currency))
        return {
            "price": self._form_price(price, discount, currency),
            "tax": self._get_tax_names(line.tax_ids),
            "total": self._form_amount(
                line.price_subtotal if on_top else line.price_total, currency
            ),
        }

    @api.model
    def _get_tax_names(self, taxes):
        """Taxes as they are called on invoices; names are for those who choose them."""
        return ", ".join(dict.fromkeys(tax.invoice_label or tax.name for tax in taxes))

    @api.model
    def _get_price_digits(self, currency):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return max(digits, currency.decimal_places)

    @api.model
    def _form_amount(self, amount, currency):
        return paper_number(self.env, amount, currency.decimal_places)

    @api.model
    def _form_quantity(self, quantity):
        """A quantity with all its digits, and no more than it has."""
        return self._form_number(quantity, 0)

    @api.model
    def _form_price(self, price, discount, currency):
        """The price of a unit: a part of a coin is printed, or the sum would not follow."""
        if not discount:
            return self._form_number(price, currency.decimal_places)
        most = self._get_price_digits(currency)
        return self._form_number(price * (1 - discount / 100), currency.decimal_places, most)

    @api.model
    def _form_number(self, number, least, most=DIGITS):
        """A number as the language writes it.

        :param least: digits after the point that are always printed
        :param most: digits to which it is rounded
        """
        number = float_round(number or 0, precision_digits=most)
        digits = next(
            (n for n in range(least, most) if not float_compare(number, round(number, n), most)),
            most,
        )
        return paper_number(self.env, number, digits)

    @api.model
    def _form_date(self, day):
        return self.env["crm.contract"]._date_text(day)
