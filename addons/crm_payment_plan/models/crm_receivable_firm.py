from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..lib.receivable_words import name_key, tax_id_key

#: A partner's name as ``name_key`` makes it of a firm's.
NAME_SQL = r"""trim(regexp_replace(regexp_replace(regexp_replace(
    replace(lower(p.name), 'ё', 'е'), '["''«»“”„`’]', ' ', 'g'),
    '\s*([().,;-])\s*', ' \1 ', 'g'), '\s+', ' ', 'g'))"""
TAX_SQL = r"upper(regexp_replace(%s, '[^[:alnum:]]', '', 'g'))"
MATCHES = (
    ("tax_id", f"f.tax_key IN ({TAX_SQL % 'p.vat'}, {TAX_SQL % 'p.company_registry'})"),
    ("ref", "f.ref = p.ref"),
    ("name", f"f.name_key = {NAME_SQL}"),
)
#: What a firm must have for the match to be tried.
FILLED = {"tax_id": "f.tax_key <> ''", "ref": "f.ref <> ''", "name": "f.name_key <> ''"}
LEGAL_FORMS = frozenset(
    (
        "ооо оао зао пао ао нао ип чп фоп тов ват пп ат оод еоод ад еад kft zrt bt llc ltd inc gmbh"
    ).split()
)
SIMILAR_SHOWN = 8


class CrmReceivableFirm(models.Model):
    """A firm as files of debts name it, and the customer it is.

    The customer is found by tax ID, by reference, or by exactly the same name when only
    one customer has it; similar names are never taken for the same. Other firms wait
    until an accountant assigns them, which is remembered for all later files.
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
            vals = {**vals, "matched_by": "hand" if vals["partner_id"] else False}
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

    @api.model
    def _match(self, company):
        """Find the customers of all firms of a company that have none yet.

        Each way is tried in turn; one that fits several customers leaves the firm in
        the queue.
        """
        self.flush_model()
        self.env["res.partner"].flush_model()
        for way, condition in MATCHES:
            self.env.cr.execute(
                SQL(
                    """WITH f AS (
                        SELECT id, name_key, tax_key, ref FROM crm_receivable_firm f
                         WHERE company_id = %(company)s AND partner_id IS NULL AND %(filled)s
                    ), fitting AS (
                        SELECT f.id, p.commercial_partner_id AS partner_id, rank() OVER (
                            PARTITION BY f.id
                            ORDER BY p.active DESC, (p.id = p.commercial_partner_id) DESC
                        ) AS rank
                          FROM f JOIN res_partner p ON %(condition)s
                         WHERE (p.company_id IS NULL OR p.company_id = %(company)s)
                    ), found AS (
                        SELECT id, min(partner_id) AS partner_id FROM fitting
                         WHERE rank = 1 GROUP BY id HAVING count(DISTINCT partner_id) = 1
                    )
                    UPDATE crm_receivable_firm SET partner_id = found.partner_id,
                           matched_by = %(way)s
                      FROM found WHERE found.id = crm_receivable_firm.id""",
                    company=company.id,
                    filled=SQL(FILLED[way]),
                    condition=SQL(condition),  # a constant of this file
                    way=way,
                )
            )
        self.invalidate_model()
