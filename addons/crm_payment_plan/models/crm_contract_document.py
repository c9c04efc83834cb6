import hashlib
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import clause_text

#: What went out: kept by printing, sending and signing, and by nothing else.
FROZEN = frozenset({"frozen_document", "document_hash"})


def printable(document):
    """A kept document whose texts of clauses may be printed; they are cleaned once more."""
    clauses = [
        {**row, "title": clause_text.clean(row["title"]), "body": clause_text.clean(row["body"])}
        for row in document.get("clauses", [])
    ]
    blocks = []
    for row in clauses:
        # A heading stands on the page of its first clause.
        if blocks and blocks[-1][-1]["level"] == "section" and row["level"] != "section":
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return {**document, "blocks": blocks}


class CrmContract(models.Model):
    """The printed contract as plain data: what is issued is kept and never made anew."""

    _inherit = "crm.contract"

    #: Not read along with other fields: it is as long as the contract.
    frozen_document = fields.Json(
        copy=False,
        prefetch=False,
        help="The text with its values and appendices as it was when the contract was first "
        "printed, sent or signed.",
    )
    document_hash = fields.Char(
        string="Fingerprint", copy=False, readonly=True, help="SHA-256 of the issued text."
    )

    frozen = fields.Boolean(compute="_compute_frozen")

    @api.depends("document_hash")
    def _compute_frozen(self):
        for contract in self:
            contract.frozen = bool(contract.document_hash)

    def _get_document(self):
        """The issued text, or the text as it would be issued now."""
        self.ensure_one()
        return self.frozen_document or self._prepare_document()

    def _get_form(self):
        """The document for its template: what is text of clauses is HTML again."""
        return printable(self._get_document())

    def _get_form_stamp(self, kind):
        """Foot of every page, and the mark of what is not agreed yet."""
        contract = self.with_context(lang=self.document_lang or self.env.lang)
        document = self._get_document()
        parts = [document["title"], contract.env._("version %s", document["version"])]
        if self.document_hash:
            parts.append(self.document_hash[:12])
        mark = "" if self._is_issued() else contract.env._("DRAFT")
        return " · ".join(filter(None, parts)), mark

    def _prepare_document(self):
        """Everything that the printed contract shows, in its language and without records."""
        self.ensure_one()
        contract = self.with_context(lang=self.document_lang or self.env.lang)
        missing = set()
        values = contract._prepare_values()
        return {
            "lang": contract.env.lang,
            "kind": "contract",
            "heading": contract._get_heading(),
            "title": contract._get_document_title(),
            "number": contract.number or "",
            "main": contract._prepare_main_line(values),
            "date": values["date"],
            "place": values["place"],
            "version": contract.version,
            "clauses": contract._prepare_printed_clauses(values, missing),
            "parties": contract._prepare_parties(),
            "specification": contract._prepare_specification(),
            "schedule": contract._prepare_schedule(),
            "missing": sorted(missing),
        }

    def _get_heading(self):
        return self.template_id.sudo().heading or self.type_id.name

    def _get_document_title(self):
        """Contract of sale No. S-2026/0001."""
        if not self.number:
            return self._get_heading()
        return self.env._(
            "%(heading)s No. %(number)s", heading=self._get_heading(), number=self.number
        )

    def _prepare_main_line(self, values):
        if not self.parent_id:
            return ""
        return self.env._(
            "Additional agreement to contract %(number)s of %(date)s",
            number=values["main_number"] or "…",
            date=values["main_date"],
        )

    def _prepare_printed_clauses(self, values, missing):
        """Clauses that belong into the text: number, heading, words."""
        clauses = self._get_clauses()
        places = clause_text.number(
            [clause_text.Place(clause.level, clause.code or "") for clause in clauses]
        )
        numbers = {place.code: place.number for place in places if place.code}
        rows = []
        for clause, place in zip(clauses, places, strict=True):
            words = [
                clause_text.fill(source, values, numbers, missing)
                for source in (Markup.escape(clause.title or ""), clause.body)
            ]
            rows.append(
                {
                    "number": place.number,
                    "level": clause.level,
                    "title": str(words[0]),
                    "body": str(words[1]),
                }
            )
        if not rows and self.note:
            rows.append(
                {
                    "number": "",
                    "level": "text",
                    "title": "",
                    "body": str(clause_text.clean(self.note)),
                }
            )
        return rows

    def _prepare_parties(self):
        frozen = self.frozen_requisites or self._prepare_requisites()
        customer_first = self.direction == "expense"
        parties = [
            {
                "title": title,
                "rows": frozen[party],
                "signer": self._get_signature_name(party),
            }
            for party, title in (
                ("company", self._get_party_title("company")),
                ("partner", self._get_party_title("partner")),
            )
        ]
        return parties[::-1] if customer_first else parties

    def _get_party_title(self, party):
        """What the party is called above its requisites."""
        named = self.template_id.sudo()[f"{party}_title"]
        if named:
            return named
        sells = (party == "company") == (self.direction == "income")
        return self.env._("Seller") if sells else self.env._("Buyer")

    # Appendices ---------------------------------------------------------------------

    def _prepare_specification(self):
        """Goods and services of the contract's sales orders; None without any."""
        orders = self._get_specified_orders()
        on_top = self.env["crm.form.mixin"]._has_taxes_on_top(orders.order_line)
        rows, place = [], 0
        for line in orders.order_line:
            if line.display_type:
                if line.display_type == "line_section":
                    rows.append({"section": line.name})
                continue
            place += 1
            rows.append(self._prepare_specification_row(place, line, on_top))
        if not place:
            return None
        totals = {
            name: sum(orders.mapped(name))
            for name in ("amount_untaxed", "amount_tax", "amount_total")
        }
        return {
            "rows": rows,
            "currency": self.currency_id.name,
            "on_top": on_top,
            "untaxed": self._amount_text(totals["amount_untaxed"]),
            "tax": self._amount_text(totals["amount_tax"]) if totals["amount_tax"] else "",
            "total": self._amount_text(totals["amount_total"]),
            "words": self._amount_words_text(totals["amount_total"]),
        }

    def _prepare_specification_row(self, place, line, on_top):
        forms = self.env["crm.form.mixin"]
        return {
            "section": "",
            "no": place,
            "name": line.name,
            "quantity": forms._form_quantity(line.product_uom_qty),
            "unit": line.product_uom_id.name or "",
            **forms._prepare_form_money(line, line.product_uom_qty, self.currency_id, on_top),
        }

    def _prepare_schedule(self):
        """Planned payments with their shares and terms; None without any."""
        payments = self.payment_ids.filtered(lambda payment: payment.state != "cancelled")
        payments = payments.sorted(lambda p: (p.date_planned, p.sequence, p.id))
        if not payments:
            return None
        total = sum(payments.mapped("amount"))
        return {
            "rows": [
                {
                    "no": place,
                    "name": payment._get_printed_name(),
                    "due": payment._get_due_text(),
                    "share": f"{round(100 * payment.amount / total, 2):g} %" if total else "",
                    "amount": self._amount_text(payment.amount),
                    "received": self._amount_text(payment.amount_received),
                    "remaining": self._amount_text(payment.amount_remaining),
                }
                for place, payment in enumerate(payments, 1)
            ],
            "currency": self.currency_id.name,
            "total": self._amount_text(total),
            "received": self._amount_text(sum(payments.mapped("amount_received"))),
            "remaining": self._amount_text(sum(payments.mapped("amount_remaining"))),
            "words": self._amount_words_text(total),
        }

    def _get_schedule_form(self):
        """The payment schedule as it stands today, with what was received."""
        self.ensure_one()
        contract = self.with_context(lang=self.document_lang or self.env.lang)
        schedule = contract._prepare_schedule()
        if not schedule:
            raise UserError(self.env._("Contract %s has no planned payments.", self.display_name))
        return {
            "lang": contract.env.lang,
            "basis": contract.env["crm.form.mixin"]._prepare_basis(contract),
            "parties": contract._prepare_parties(),
            "currency": self.currency_id.name,
            "today": contract._date_text(self.company_id._get_local_today()),
            "schedule": schedule,
            "remaining_words": contract._amount_words_text(self.remaining_total),
        }

    # Issuing ------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and not FROZEN.isdisjoint(vals):
            raise AccessError(self.env._("What was issued of a contract cannot be changed."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(not FROZEN.isdisjoint(vals) for vals in vals_list):
            raise AccessError(self.env._("What was issued of a contract cannot be changed."))
        return super().create(vals_list)

    def _freeze_document(self):
        """Keep the text of approved contracts as it goes out; what is kept stays."""
        for contract in self.filtered(lambda c: c.state != "draft" and c.state != "cancelled"):
            if contract.frozen_document:
                continue
            document = contract._prepare_document()
            # Whoever may print fixes the text, even without the right to change the contract.
            contract.sudo().write(
                {"frozen_document": document, "document_hash": contract._hash_document(document)}
            )

    def _hash_document(self, document):
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def action_send_to_sign(self):
        result = super().action_send_to_sign()
        self._freeze_document()
        return result

    def _sign(self, parties, how, date, attachments):
        self._freeze_document()
        return super()._sign(parties, how, date, attachments)

    def _prepare_version(self, reason):
        return {**super()._prepare_version(reason), "document": self._get_document()}

    def _revise(self, reason):
        result = super()._revise(reason)
        # Only the system forgets what was issued, after a version has kept it.
        self.sudo().write({"frozen_document": False, "document_hash": False})
        return result

    def action_reopen(self):
        result = super().action_reopen()
        self.filtered(lambda contract: contract.state == "draft").sudo().write(
            {"frozen_document": False, "document_hash": False}
        )
        return result


class CrmContractPayment(models.Model):
    _inherit = "crm.contract.payment"

    def _get_due_text(self):
        """When the payment is due, in words: a day, or so many days after an event."""
        self.ensure_one()
        if self.due_kind != "event" or not self.is_estimated:
            return self.contract_id.with_context(lang=self.env.lang)._date_text(self.date_planned)
        events = dict(self._fields["due_event"]._description_selection(self.env))
        unit = self.env._("working days") if self.due_working_days else self.env._("days")
        return self.env._(
            "%(days)s %(unit)s after: %(event)s",
            days=self.due_days,
            unit=unit,
            event=events[self.due_event].lower(),
        )


class CrmContractVersion(models.Model):
    _inherit = "crm.contract.version"

    document = fields.Json(
        prefetch=False, help="The text of this version, as plain data for its print."
    )

    def _get_document(self):
        """The text of the version; the terms alone for versions of old."""
        self.ensure_one()
        return self.document or {}

    def _get_form(self):
        return printable(self._get_document())

    def _get_form_stamp(self, kind):
        lang = self._get_document().get("lang") or self.env.lang
        words = self.with_context(lang=lang).env._("former version %s", self.version)
        return f"{self.contract_id.number or ''} · {words}", ""
