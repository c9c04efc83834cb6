from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..lib.receivable_words import name_key, tax_id_key

LEGAL_FORMS = frozenset(
    (
        "ооо оао зао пао ао нао ип чп фоп тов ват пп ат оод еоод ад еад kft zrt bt llc ltd inc gmbh"
    ).split()
)
SIMILAR_SHOWN = 8


class CrmReceivableFirm(models.Model):
    """A firm as files of debts name it, and the customer it is.

    The customer is found by tax ID or by reference; exactly the same name is proposed when
    only one customer has it (``crm_receivable_firm_match``), similar names never. Such firms
    wait until an accountant assigns them, which is remembered for all later files.
    """

    _name = "crm.receivable.firm"
    _description = "Firm in Debt Files"
    _order = "name, id"
    _rec_names_search = ("name", "tax_id", "ref")

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True)
    tax_id = fields.Char(string="Tax ID", readonly=True)
    ref = fields.Char(string="Reference", readonly=True)
    name_key = fields.Char(readonly=True, index="btree_not_null")
    tax_key = fields.Char(readonly=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        domain="[('parent_id', '=', False), '|', ('company_id', '=', False), "
        "('company_id', '=', company_id)]",
    )
    matched_by = fields.Selection(
        [
            ("tax_id", "Tax ID"),
            ("ref", "Reference"),
            ("name", "Same name"),
            ("hand", "By hand"),
        ],
        readonly=True,
    )
    item_ids = fields.One2many("crm.receivable.item", "firm_id", string="Debts")
    open_amount = fields.Monetary(
        string="Open",
        compute="_compute_open_amount",
        currency_field="currency_id",
        help="In company currency, by all files.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    similar_ids = fields.Many2many(
        "res.partner",
        string="Similar Customers",
        compute="_compute_similar_ids",
        help="Customers whose name contains the same word. None of them is taken by itself.",
    )

    _key_uniq = models.UniqueIndex("(company_id, key)", "This firm is there already.")

    @api.depends("item_ids.open_amount", "item_ids.rate")
    def _compute_open_amount(self):
        self.env["crm.receivable.item"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT firm_id, round(sum(open_amount * rate::numeric), 2)
                     FROM crm_receivable_item
                    WHERE firm_id = ANY(%s) AND state = 'open' GROUP BY firm_id""",
                self.ids,
            )
        )
        amounts = dict(rows)
        for firm in self:
            firm.open_amount = amounts.get(firm.id, 0)

    @api.depends("name")
    def _compute_similar_ids(self):
        Partner = self.env["res.partner"]
        for firm in self:
            domain = firm._get_similar_domain()
            firm.similar_ids = domain and Partner.search(domain, limit=SIMILAR_SHOWN)

    def _get_similar_domain(self):
        """Customers of the company with the longest word of the firm's name."""
        self.ensure_one()
        words = [word for word in (self.name_key or "").split() if word not in LEGAL_FORMS]
        word = max(words, key=len, default="")
        if len(word) < 3:
            return False
        return [
            ("name", "ilike", word),
            ("parent_id", "=", False),
            ("company_id", "in", [False, self.company_id.id]),
        ]

    def write(self, vals):
        if not self.env.su and set(vals) - {"partner_id"}:
            raise AccessError(self.env._("Firms come from files; only their customer is chosen."))
        if "partner_id" in vals and "matched_by" not in vals:
            by = "hand" if vals["partner_id"] else False
            vals = {**vals, "matched_by": by, "proposed_partner_id": False}
        result = super().write(vals)
        if "partner_id" in vals:
            self._assign_items()
        return result

    def _assign_items(self):
        """Debts of the firms belong to their customers' commercial entities."""
        self.flush_recordset()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_receivable_item i SET partner_id = p.commercial_partner_id
                     FROM crm_receivable_firm f LEFT JOIN res_partner p ON p.id = f.partner_id
                    WHERE f.id = i.firm_id AND f.id = ANY(%s)
                      AND i.partner_id IS DISTINCT FROM p.commercial_partner_id""",
                self.ids,
            )
        )
        self.env["crm.receivable.item"].invalidate_model()

    def action_view_items(self):
        """Button: the debts that files show for this firm."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Debts"),
            "res_model": "crm.receivable.item",
            "view_mode": "list",
            "domain": [("firm_id", "in", self.ids)],
        }

    @api.model
    def _prepare_key(self, name, tax_id, ref):
        """(key, name_key, tax_key) by which a firm of a file is known again."""
        tax, named = tax_id_key(tax_id), name_key(name)
        return (f"t:{tax}" if tax else f"r:{ref}" if ref else f"n:{named}"), named, tax
