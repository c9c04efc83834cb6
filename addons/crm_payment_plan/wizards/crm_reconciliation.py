from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..lib.splitting import by_largest_remainder

TERM_ACCOUNTS = ("asset_receivable", "liability_payable")


class CrmReconciliation(models.TransientModel):
    """Reconciliation statement: what a partner and we owe each other, by contract.

    Every figure is a sum of posted receivable and payable items, so balances and turnovers of
    all contracts together are the ledger's. An item is divided among contracts as its invoice
    is; money goes where the invoices are that it closes, and what closes none to the contract
    that the payment names.
    """

    _name = "crm.reconciliation"
    _description = "Reconciliation Statement"
    _inherit = ["crm.form.mixin"]

    partner_id = fields.Many2one("res.partner", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The company's currency: all items as they are booked. Another one: items in it.",
    )
    contract_id = fields.Many2one(
        "crm.contract",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('parent_id', '=', False),"
        " ('company_id', '=', company_id)]",
        help="Empty: all contracts, and what belongs to none.",
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    date_from = fields.Date(required=True, default=lambda self: self._default_from())
    date_to = fields.Date(required=True, default=lambda self: self.env.company._get_local_today())
    document_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Language"
    )

    @api.model
    def _default_from(self):
        return self.env.company._get_local_today().replace(month=1, day=1)

    @api.depends("company_id")
    def _compute_currency_id(self):
        for statement in self:
            statement.currency_id = statement.currency_id or statement.company_id.currency_id

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for statement in self:
            if statement.date_from > statement.date_to:
                raise ValidationError(
                    self.env._("The period of the statement ends before it begins.")
                )

    @api.onchange("contract_id")
    def _onchange_contract_id(self):
        if self.contract_id:
            self.currency_id = self.contract_id.currency_id

    def action_print(self):
        """The statement as PDF."""
        self._check_reader()
        return self.env.ref("crm_payment_plan.action_report_reconciliation").report_action(
            self, config=False
        )

    def _check_reader(self):
        """The ledger is read for those only who see the whole plan of the company."""
        self.ensure_one()
        if self.company_id not in self.env.user.company_ids and not self.env.su:
            raise UserError(self.env._("You do not work in %s.", self.company_id.name))
        self.contract_id.check_access("read")

    # Items --------------------------------------------------------------------------

    def _get_items_domain(self):
        domain = (
            Domain("parent_state", "=", "posted")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("account_id.account_type", "in", TERM_ACCOUNTS)
            & Domain("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id)
            & Domain("date", "<=", self.date_to)
        )
        if self._is_foreign():
            domain &= Domain("currency_id", "=", self.currency_id.id)
        return domain

    def _is_foreign(self):
        return self.currency_id != self.company_id.currency_id

    def _get_items(self):
        """Posted items up to the end of the period."""
        # Heads of sales print statements without the right to open the entries.
        items = self.env["account.move.line"].sudo()
        return items.search(self._get_items_domain(), order="date, move_id, id")

    def _coins(self, amount):
        return round(amount * 10**self.currency_id.decimal_places)

    def _money(self, coins):
        return coins / 10**self.currency_id.decimal_places

    def _get_parts(self):
        """Items divided among contracts: [(item, contract id or False, coins)]."""
        items = self._get_items()
        weights = self._get_move_weights(items)
        parts = []
        for item in items:
            amount = self._coins(item.amount_currency if self._is_foreign() else item.balance)
            if amount:
                parts += self._split_item(item, amount, weights)
        chosen = self.contract_id.id
        return [part for part in parts if not chosen or part[1] == chosen]

    def _get_move_weights(self, items):
        """Share of every contract in invoices, of the items and of what they close."""
        partials = items.matched_debit_ids | items.matched_credit_ids
        moves = (items | partials.debit_move_id | partials.credit_move_id).move_id
        weights = defaultdict(dict)
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("move_id", "in", moves.filtered(lambda move: move.is_invoice(True)).ids),
                    ("display_type", "=", "product"),
                ],
                ["move_id", "crm_contract_id"],
                ["price_total:sum"],
            )
        )
        for move, contract, total in groups:
            weights[move.id][contract.id or False] = self._coins(total)
        return weights

    def _split_item(self, item, amount, weights):
        own = weights.get(item.move_id.id)
        if own:
            return self._divide(item, amount, own)
        rest, parts = amount, []
        sign = 1 if amount > 0 else -1
        for partial in item.matched_debit_ids | item.matched_credit_ids:
            is_debit = partial.debit_move_id == item
            other = partial.credit_move_id if is_debit else partial.debit_move_id
            shares = weights.get(other.move_id.id)
            if not shares and other.crm_contract_id and not item.crm_contract_id:
                shares = {other.crm_contract_id.id: 1}
            if not shares or other.parent_state != "posted":
                continue
            side = "debit" if is_debit else "credit"
            closed = partial[f"{side}_amount_currency"] if self._is_foreign() else partial.amount
            closed = sign * min(self._coins(closed), abs(rest))
            rest -= closed
            parts += self._divide(item, closed, shares)
        # What was taken over from former accounting names its contract itself.
        contract = item.move_id.origin_payment_id.crm_contract_id or item.crm_contract_id
        return [*parts, (item, contract.id or False, rest)] if rest else parts

    def _divide(self, item, amount, shares):
        keys = sorted(shares, key=lambda key: key or 0)
        coins = by_largest_remainder(amount, [shares[key] for key in keys])
        return [(item, key, part) for key, part in zip(keys, coins, strict=True) if part]

    # Statement ----------------------------------------------------------------------

    def _get_statement(self):
        """Sections by contract with balances and turnovers, in coins, and their sum."""
        self.ensure_one()
        sections = {}
        for item, contract_id, coins in self._get_parts():
            section = sections.setdefault(
                contract_id, {"opening": 0, "debit": 0, "credit": 0, "rows": {}}
            )
            if item.date < self.date_from:
                section["opening"] += coins
                continue
            booked = item.amount_currency if self._is_foreign() else item.balance
            side = "debit" if booked > 0 else "credit"
            row = section["rows"].setdefault(
                item.move_id.id, {"move": item.move_id, "debit": 0, "credit": 0}
            )
            signed = coins if side == "debit" else -coins
            row[side] += signed
            section[side] += signed
        for section in sections.values():
            section["closing"] = section["opening"] + section["debit"] - section["credit"]
        return sections

    @api.model
    def _sum_sections(self, sections):
        return {
            name: sum(section[name] for section in sections.values())
            for name in ("opening", "debit", "credit", "closing")
        }

    def _get_form_lang(self):
        return self.document_lang or super()._get_form_lang()

    def _get_form_contract(self):
        return self.contract_id

    def _prepare_form(self):
        self._check_reader()
        sections = self._get_statement()
        total = self._sum_sections(sections)
        contracts = self.env["crm.contract"].sudo().browse(key for key in sections if key)
        by_id = {contract.id: contract for contract in contracts}
        ordered = sorted(sections.items(), key=lambda pair: (not pair[0], pair[0]))
        return {
            "lang": self.env.lang,
            "title": self._get_title(),
            "period": self.env._(
                "for the period from %(start)s to %(end)s",
                start=self._form_date(self.date_from),
                end=self._form_date(self.date_to),
            ),
            "basis": self._prepare_basis(self.contract_id),
            "currency": self.currency_id.name,
            "company": self.company_id.partner_id.name,
            "partner": self.commercial_partner_id.name,
            "sections": [
                self._prepare_section(by_id.get(key), section) for key, section in ordered
            ],
            "total": self._prepare_figures(total),
            "conclusion": self._prepare_conclusion(total["closing"]),
            "parties": self._prepare_form_parties(
                self.contract_id,
                self.company_id,
                self.commercial_partner_id,
                (self.env._("On our part"), self.env._("On the part of the partner")),
            ),
        }

    def _get_title(self):
        return self.env._("Reconciliation statement")

    def _prepare_section(self, contract, section):
        rows = sorted(section["rows"].values(), key=lambda row: (row["move"].date, row["move"].id))
        return {
            "title": self._prepare_basis(contract)
            if contract
            else self.env._("Without a contract"),
            **self._prepare_figures(section),
            "rows": [
                {
                    "date": fields.Date.to_date(row["move"].date).strftime("%d.%m.%Y"),
                    "name": self._get_move_label(row["move"]),
                    "debit": self._figure(row["debit"]),
                    "credit": self._figure(row["credit"]),
                }
                for row in rows
            ],
        }

    def _prepare_figures(self, sums):
        """Balances on the side they belong to, turnovers as they are."""
        return {
            "debit": self._figure(sums["debit"], zero=True),
            "credit": self._figure(sums["credit"], zero=True),
            **{
                f"{name}_{side}": self._figure(max(sign * sums[name], 0))
                for name in ("opening", "closing")
                for side, sign in (("debit", 1), ("credit", -1))
            },
        }

    def _figure(self, coins, zero=False):
        return self._form_amount(self._money(coins), self.currency_id) if coins or zero else ""

    def _get_move_label(self, move):
        labels = {
            "out_invoice": self.env._("Invoice"),
            "in_invoice": self.env._("Bill"),
            "out_refund": self.env._("Credit note"),
            "in_refund": self.env._("Supplier credit note"),
        }
        payment = self.env._("Payment") if move.origin_payment_id else self.env._("Entry")
        return f"{labels.get(move.move_type, payment)} {move.name or ''}".strip()

    def _prepare_conclusion(self, coins):
        day = self._form_date(self.date_to)
        if not coins:
            return self.env._("On %s neither party owes the other anything.", day)
        creditor = self.company_id.partner_id if coins > 0 else self.commercial_partner_id
        amount = self._money(abs(coins))
        facts = {
            "day": day,
            "creditor": creditor.name,
            "amount": self._form_amount(amount, self.currency_id),
            "currency": self.currency_id.name,
            "words": self.env["crm.contract"]._in_words(amount, self.currency_id),
        }
        if not facts["words"]:
            return self.env._(
                "On %(day)s the debt in favour of %(creditor)s is %(amount)s %(currency)s.", **facts
            )
        return self.env._(
            "On %(day)s the debt in favour of %(creditor)s is %(amount)s %(currency)s (%(words)s).",
            **facts,
        )

    def _get_form_stamp(self, kind):
        form = self._get_form()
        return f"{form['title']} {form['period']} · {form['partner']}", ""
