from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

#: What the parties agreed; after approval it changes only by a new version.
TERMS = frozenset(
    {"partner_id", "company_id", "currency_id", "type_id", "amount_total", "date", "parent_id"}
)
#: What stands when somebody has signed: until then the parties may still agree on it.
AGREED_TERMS = frozenset({"title", "beneficiary_id", "date_start", "date_end"})
#: Who signs for a party, until that party has signed.
SIGNERS = ("signer", "signer_basis")
PARTIES = ("company", "partner")
SIGNED_TERMS = AGREED_TERMS | {f"{party}_{name}" for party in PARTIES for name in SIGNERS}
OPEN_STATES = ("draft", "approved", "active")


class CrmContract(models.Model):
    """A contract with a customer (income) or with a supplier (expense).

    Its planned payments are its own rows in the contract's currency, which exist
    before any invoice; what was paid is derived from posted accounting entries. An
    additional agreement is a contract with a parent: it changes the parent's amount,
    and the plan stays with the parent.
    """

    _name = "crm.contract"
    _description = "Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_reference", "title", "partner_id.name"]
    _check_company_auto = True

    number = fields.Char(
        copy=False,
        tracking=True,
        index="trigram",
        help="Given at approval from the series of the type and the company.",
    )
    partner_reference = fields.Char(
        string="Their Number", copy=False, help="Number the other party gave the contract."
    )
    title = fields.Char(string="Subject", help="What the contract is about, in a few words.")
    type_id = fields.Many2one(
        "crm.contract.type",
        required=True,
        index=True,
        default=lambda self: self._get_default_type(),
        ondelete="restrict",
        tracking=True,
    )
    direction = fields.Selection(
        related="type_id.direction", store=True, index=True, precompute=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("active", "In force"),
            ("completed", "Completed"),
            ("terminated", "Terminated"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        index=True,
        copy=False,
        tracking=True,
    )
    # Parties
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Other Party",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Who pays (income) or is paid (expense).",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", related="partner_id.commercial_partner_id", store=True, index=True
    )
    beneficiary_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        help="For whom the contract is, when somebody else pays: a student, a subsidiary.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    # Terms
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount_total = fields.Monetary(
        string="Amount",
        tracking=True,
        help="With taxes. 0: open-ended, no fixed sum. Of an additional agreement: by how "
        "much it changes the contract, negative if the contract becomes cheaper.",
    )
    date = fields.Date(
        string="Contract Date", default=lambda self: self.env.company._get_local_today()
    )
    date_start = fields.Date(string="Valid From")
    date_end = fields.Date(string="Valid Until", tracking=True)
    note = fields.Html(string="Terms")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    # Where it comes from
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", index="btree_not_null", check_company=True, copy=False
    )
    order_ids = fields.One2many("sale.order", "crm_contract_id", string="Sales Orders")
    order_count = fields.Integer(compute="_compute_order_count")
    # Additional agreements
    parent_id = fields.Many2one(
        "crm.contract",
        string="Main Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
    )
    child_ids = fields.One2many("crm.contract", "parent_id", string="Additional Agreements")
    child_count = fields.Integer(compute="_compute_child_count")

    _number_uniq = models.UniqueIndex(
        "(company_id, direction, number) WHERE number IS NOT NULL",
        "A contract of this company has that number already.",
    )
    _dates_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A contract cannot end before it begins.",
    )
    _amount_of_main = models.Constraint(
        "CHECK(parent_id IS NOT NULL OR amount_total >= 0)",
        "The amount of a contract cannot be negative.",
    )

    # Defaults and computes -------------------------------------------------------

    @api.model
    def _get_default_type(self):
        direction = self.env.context.get("default_direction") or "income"
        return self.env["crm.contract.type"].search([("direction", "=", direction)], limit=1)

    @api.depends("company_id", "parent_id")
    def _compute_currency_id(self):
        for contract in self:
            main = contract.parent_id.currency_id
            contract.currency_id = main or contract.currency_id or contract.company_id.currency_id

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = contract.number or self.env._(
                "Draft for %s", contract.partner_id.name or "…"
            )

    @api.depends("order_ids")
    def _compute_order_count(self):
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            # Whoever only looks at contracts still opens their form.
            self.order_count = 0
            return
        groups = orders._read_group(
            [("crm_contract_id", "in", self.ids)], ["crm_contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.order_count = counts.get(contract.id, 0)

    @api.depends("child_ids")
    def _compute_child_count(self):
        for contract in self:
            contract.child_count = len(contract.child_ids)

    @api.onchange("parent_id")
    def _onchange_parent_id(self):
        if self.parent_id:
            for name in ("partner_id", "company_id", "type_id", "currency_id", "user_id"):
                self[name] = self.parent_id[name]

    # Invariants ------------------------------------------------------------------

    @api.constrains("parent_id", "partner_id", "currency_id", "type_id", "company_id")
    def _check_parent(self):
        for contract in self.filtered("parent_id"):
            main = contract.parent_id
            if main.parent_id or contract.child_ids or main == contract:
                raise ValidationError(
                    self.env._(
                        "%s is itself an additional agreement: choose its main contract.",
                        main.display_name,
                    )
                )
            same = ("commercial_partner_id", "currency_id", "direction", "company_id")
            if any(contract[name] != main[name] for name in same):
                raise ValidationError(
                    self.env._(
                        "An additional agreement has the same parties, currency and direction "
                        "as its contract %s.",
                        main.display_name,
                    )
                )

    def write(self, vals):
        if "number" in vals and vals["number"] is not None:
            vals = {**vals, "number": (vals["number"] or "").strip() or False}
        if not (TERMS | SIGNED_TERMS).isdisjoint(vals):
            self._check_terms_unlocked(vals)
        return super().write(vals)

    def _check_terms_unlocked(self, vals):
        for contract in self.filtered(lambda c: c.state != "draft"):
            terms = sorted(contract._get_standing_terms().intersection(vals))
            stored = contract._convert_to_write({name: contract[name] for name in terms})
            for name in {"date", "date_start", "date_end"}.intersection(terms):
                stored[name] = contract[name]
            changed = [
                name
                for name in terms
                if self._fields[name].convert_to_cache(vals[name], contract)
                != self._fields[name].convert_to_cache(stored[name], contract)
            ]
            if changed:
                labels = self.fields_get(changed, ["string"])
                raise UserError(
                    self.env._(
                        "Contract %(contract)s is approved, its terms stand: %(fields)s. "
                        "Make a new version to change them.",
                        contract=contract.display_name,
                        fields=", ".join(labels[name]["string"] for name in changed),
                    )
                )

    def _get_standing_terms(self):
        """Terms of the approved contract that change only by a new version."""
        self.ensure_one()
        if self.signature_state not in ("half", "signed"):
            return TERMS
        signed = [one for one in PARTIES if self[f"{one}_signature"] not in ("none", "sent")]
        signers = {f"{party}_{name}" for party in signed for name in SIGNERS}
        return TERMS | AGREED_TERMS | signers

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for contract in self:
            if contract.state not in ("draft", "cancelled") or contract.number:
                raise UserError(
                    self.env._(
                        "Contract %s has a number: cancel or terminate it instead of deleting.",
                        contract.display_name,
                    )
                )

    def copy_data(self, default=None):
        return [
            {**vals, "payment_ids": contract._prepare_copied_plan()}
            for contract, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # Buttons ---------------------------------------------------------------------

    def action_view_orders(self):
        """Sales orders of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {
            **action,
            "domain": [("crm_contract_id", "=", self.id)],
            "context": {
                "default_crm_contract_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def action_view_children(self):
        """Additional agreements of the contract, and the place to add one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Additional agreements of %s", self.display_name),
            "res_model": "crm.contract",
            "view_mode": "list,form",
            "domain": [("parent_id", "=", self.id)],
            "context": self._get_child_context(),
        }

    def action_new_child(self):
        """Form of a new additional agreement."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New additional agreement"),
            "res_model": "crm.contract",
            "view_mode": "form",
            "context": self._get_child_context(),
        }

    def _get_child_context(self):
        self.ensure_one()
        return {
            "default_parent_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_type_id": self.type_id.id,
            "default_company_id": self.company_id.id,
            "default_currency_id": self.currency_id.id,
            "default_user_id": self.user_id.id,
        }

    def _link_orders(self, orders):
        """Sales orders that this contract covers; their invoices follow."""
        self.write({"order_ids": [Command.link(order.id) for order in orders]})
