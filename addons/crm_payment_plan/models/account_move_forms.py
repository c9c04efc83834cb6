from odoo import models
from odoo.exceptions import UserError

from ..lib.kinds import REFUND


class AccountMove(models.Model):
    """Invoice for payment and act of an invoice, with the contract's requisites."""

    _name = "account.move"
    _inherit = ["account.move", "crm.form.mixin"]

    def _get_form_contract(self):
        # An accountant prints what stands in the contract, whosever contract it is.
        return self.sudo().crm_contract_id

    def _get_form_partner(self):
        return self.commercial_partner_id

    def _prepare_form(self):
        """The invoice for payment."""
        title = self.env._("Invoice for payment %s", self._get_form_number())
        form = self._prepare_move_form(title)
        return {**form, "kind": "invoice", "payment_code": self._get_move_code(form)}

    def _get_move_code(self, form):
        """The code to pay what is still open; credit notes and drafts have none."""
        if form["is_draft"] or not self.display_qr_code:
            return ""
        firms = self.company_id.partner_id, self.commercial_partner_id
        payee, payer = firms if self.is_sale_document(include_receipts=True) else firms[::-1]
        return self._get_payment_code(
            form["parties"][0], payee, payer, self.amount_residual, self.currency_id
        )

    def _get_payment_reference(self):
        return self.payment_reference or super()._get_payment_reference()

    def _get_act(self):
        """The act in its language."""
        self.ensure_one()
        move = self.with_context(lang=self._get_form_lang())
        title = move.env._("Act %s", move._get_form_number())
        return {
            **move._prepare_move_form(title),
            "kind": "act",
            "statement": move.env._(
                "The works and services above are done, and the goods handed over, in full and in "
                "time. The recipient has no claims as to volume, quality and time."
            ),
        }

    def _get_form_number(self):
        return self.name if self.name and self.name != "/" else ""

    def _prepare_move_form(self, title):
        contract = self._get_form_contract()
        outgoing = self.is_sale_document(include_receipts=True)
        titles = self._get_form_titles(contract)
        on_top = self._has_taxes_on_top(self.invoice_line_ids)
        rows = self._prepare_form_rows(on_top)
        totals = self._prepare_form_totals(
            self.currency_id, self.amount_tax, self.amount_total, on_top
        )
        return {
            "lang": self.env.lang,
            "title": title,
            "heading": self._get_form_heading(title, self.invoice_date or self.date),
            "summary": self._get_form_summary(rows, totals),
            "basis": self._prepare_basis(contract),
            "parties": self._prepare_form_parties(
                contract, self.company_id, self.commercial_partner_id, titles, outgoing
            ),
            "rows": rows,
            "totals": totals,
            "due": self._form_date(self.invoice_date_due),
            "planned": self._prepare_planned_texts(),
            "reference": self.payment_reference or "",
            "is_draft": self.state != "posted",
        }

    def _get_form_titles(self, contract):
        """What seller and buyer are called, as in the contract."""
        if not contract:
            return self.env._("Seller"), self.env._("Buyer")
        contract = contract.with_context(lang=self.env.lang)
        titles = [contract._get_party_title(party) for party in ("company", "partner")]
        return titles if contract.direction == "income" else titles[::-1]

    def _prepare_form_rows(self, on_top):
        rows, place = [], 0
        lines = self.invoice_line_ids.with_context(lang=self.env.lang)
        for line in lines.sorted(lambda one: (one.sequence, one.id)):
            if line.display_type == "line_section":
                rows.append({"section": line.name})
            if line.display_type != "product":
                continue
            place += 1
            rows.append(
                {
                    "section": "",
                    "no": place,
                    "name": line.name or line.product_id.display_name or "",
                    "quantity": self._form_quantity(line.quantity),
                    "unit": line.product_uom_id.name or "",
                    **self._prepare_form_money(line, line.quantity, self.currency_id, on_top),
                }
            )
        return rows

    def _prepare_planned_texts(self):
        """Planned payments of the contract that this invoice is for."""
        named = self.sudo().line_ids.crm_contract_payment_id
        payments = named.with_context(lang=self.env.lang)
        return [
            self.env._("%(name)s, %(due)s", name=payment.name, due=payment._get_due_text())
            for payment in payments.sorted("date_planned")
        ]

    def _get_form_stamp(self, kind):
        form = self._get_act() if kind == "act" else self._get_form()
        mark = self.with_context(lang=form["lang"]).env._("DRAFT") if form["is_draft"] else ""
        return form["title"], mark


class CrmContractPayment(models.Model):
    """The invoice for a planned payment, before accounting makes an entry of it."""

    _name = "crm.contract.payment"
    _inherit = ["crm.contract.payment", "crm.form.mixin"]

    def _get_form_contract(self):
        return self.contract_id

    def _get_form_number(self):
        """Number of the contract with the place of the payment in its plan."""
        payments = self.contract_id.payment_ids.sorted(lambda p: p._plan_place())
        return f"{self.contract_id.number or '…'}-{list(payments.ids).index(self.id) + 1}"

    def _prepare_form(self):
        if self.kind == REFUND:
            raise UserError(self.env._("%s goes back: no invoice asks for it.", self.display_name))
        contract = self.contract_id
        outgoing = contract.direction == "income"
        titles = self.env["account.move"]._get_form_titles(contract)
        open_amount = self.amount_remaining or self.amount
        title = self.env._("Invoice for payment %s", self._get_form_number())
        tax, names = self._get_form_taxes(open_amount)
        rows = [{**self._prepare_form_row(open_amount), "tax": names}]
        totals = self._prepare_form_totals(self.currency_id, tax, open_amount)
        parties = self._prepare_form_parties(
            contract, contract.company_id, contract.partner_id, titles, outgoing
        )
        return {
            "kind": "invoice",
            "lang": self.env.lang,
            "title": title,
            "heading": self._get_form_heading(title, self.company_id._get_local_today()),
            "summary": self._get_form_summary(rows, totals),
            "basis": self._prepare_basis(contract),
            "parties": parties,
            "rows": rows,
            "totals": totals,
            "due": self._get_due_text(),
            "planned": [],
            "reference": self._get_payment_reference(),
            "payment_code": self._get_plan_code(parties[0], open_amount),
            "is_draft": not contract._is_issued(),
        }

    def _get_plan_code(self, party, amount):
        """The code to pay this payment; a draft has none."""
        contract = self.contract_id
        if not contract._is_issued():
            return ""
        firms = contract.company_id.partner_id, contract.partner_id
        payee, payer = firms if contract.direction == "income" else firms[::-1]
        return self._get_payment_code(party, payee, payer, amount, self.currency_id)

    def _get_form_taxes(self, amount):
        """What of a part of the contract's price is taxes, and which taxes they are.

        Planned amounts are with taxes. Which, only the contract's orders tell, and only when
        their total is the contract's price; a part has the same share of taxes as the whole.

        :return: (None, "") when nobody knows
        """
        contract = self.contract_id
        orders = contract._get_specified_orders()
        total, tax = (sum(orders.mapped(name)) for name in ("amount_total", "amount_tax"))
        if not tax or self.currency_id.compare_amounts(total, contract.amount_effective):
            return None, ""
        names = self._get_tax_names(orders.order_line.tax_ids)
        return self.currency_id.round(amount * tax / total), names

    def _prepare_form_row(self, amount):
        text = self._form_amount(amount, self.currency_id)
        return {
            "section": "",
            "no": 1,
            "name": self._get_form_line(),
            "quantity": "1",
            "unit": "",
            "price": text,
            "tax": "",
            "total": text,
        }

    def _get_form_line(self):
        contract = self.contract_id
        return ", ".join(filter(None, (self.name, contract.title, self._prepare_basis(contract))))

    def _get_form_stamp(self, kind):
        form = self._get_form()
        mark = self.with_context(lang=form["lang"]).env._("DRAFT") if form["is_draft"] else ""
        return form["title"], mark

    def action_print_invoice(self):
        """The invoice for this payment as PDF."""
        return self.env.ref("crm_payment_plan.action_report_payment").report_action(
            self, config=False
        )
