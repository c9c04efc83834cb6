from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: A partner's name as ``name_key`` makes it of a firm's.
NAME_SQL = r"""trim(regexp_replace(regexp_replace(regexp_replace(
    replace(lower(p.name), 'ё', 'е'), '["''«»“”„`’]', ' ', 'g'),
    '\s*([().,;-])\s*', ' \1 ', 'g'), '\s+', ' ', 'g'))"""
TAX_SQL = r"COALESCE(upper(regexp_replace(%s, '[^[:alnum:]]', '', 'g')), '')"
#: What a tax ID may be called elsewhere: without the letters of its country, and the
#: Hungarian one of eleven digits by the eight of the VAT number. Two derived ones are no proof.
KEYS_SQL = """(VALUES (x.tax, FALSE), (substring(x.tax FROM '^[A-Z]{2}([0-9].*)$'), TRUE),
    (CASE WHEN x.tax ~ '^[0-9]{8}[1-5][0-9]{2}$' THEN 'HU' || left(x.tax, 8) END, TRUE)
) k (key, derived)"""
#: A firm that says its tax ID is not a customer who has another one.
AGREES = f"""(COALESCE(f.tax_key, '') = ''
    OR {TAX_SQL % "p.vat"} = '' AND {TAX_SQL % "p.company_registry"} = '')"""
#: Firms ``f`` and the partners ``p`` that each way gives them.
WAYS = {
    "tax_id": f"""(
        SELECT f.id AS firm_id, k.key, k.derived FROM f
         CROSS JOIN LATERAL (SELECT f.tax_key AS tax) x CROSS JOIN LATERAL {KEYS_SQL}
         WHERE x.tax <> '' AND k.key IS NOT NULL) f
        JOIN (SELECT p.*, k.key, k.derived FROM res_partner p
         CROSS JOIN LATERAL (VALUES ({TAX_SQL % "p.vat"}),
                                    ({TAX_SQL % "p.company_registry"})) x (tax)
         CROSS JOIN LATERAL {KEYS_SQL}
         WHERE x.tax <> '' AND k.key IS NOT NULL) p
          ON p.key = f.key AND NOT (p.derived AND f.derived)""",
    "ref": f"""(SELECT f.*, f.id AS firm_id FROM f WHERE f.ref <> '') f
        JOIN res_partner p ON p.ref = f.ref AND {AGREES}""",
    "name": f"""(SELECT f.*, f.id AS firm_id FROM f WHERE f.name_key <> '') f
        JOIN res_partner p ON {NAME_SQL} = f.name_key AND {AGREES}""",
}


class CrmReceivableFirm(models.Model):
    """Which customer a firm of the files is.

    A tax ID or a reference says it. An equal name is proposed only, as many firms have the
    same one, and an accountant accepts it with one click; a company may choose to take
    equal names at once. Whoever has another tax ID is neither taken nor proposed.
    """

    _inherit = "crm.receivable.firm"

    proposed_partner_id = fields.Many2one(
        "res.partner",
        string="Same Name",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The only customer with exactly this name. Its debts are his once it is accepted.",
    )

    @api.model
    def _match(self, company):
        """Find the customers of all firms of a company that have none yet.

        Each way is tried in turn; one that fits several customers leaves the firm in
        the queue. Debts of earlier files follow their firm.
        """
        self.flush_model()
        self.env["res.partner"].flush_model()
        ways = ["tax_id", "ref", *(["name"] if company.debt_take_names else [])]
        found = [key for way in ways for key in self._take(company, way)]
        self._propose(company)
        self.invalidate_model()
        self.browse(found)._assign_items()

    @api.model
    def _get_found_sql(self, company, way):
        """Rows (id of a firm without customer, partner_id): where exactly one customer fits."""
        return SQL(
            """WITH f AS (
                SELECT id, name_key, tax_key, ref FROM crm_receivable_firm
                 WHERE company_id = %(company)s AND partner_id IS NULL
            ), fitting AS (
                SELECT f.firm_id AS id, p.commercial_partner_id AS partner_id, rank() OVER (
                    PARTITION BY f.firm_id
                    ORDER BY p.active DESC, (p.id = p.commercial_partner_id) DESC
                ) AS rank
                  FROM %(fitting)s
                 WHERE (p.company_id IS NULL OR p.company_id = %(company)s)
            )
            SELECT id, min(partner_id) AS partner_id FROM fitting
             WHERE rank = 1 GROUP BY id HAVING count(DISTINCT partner_id) = 1""",
            company=company.id,
            fitting=SQL(WAYS[way]),  # a constant of this file
        )

    @api.model
    def _take(self, company, way):
        """Give firms the customers that one way finds.

        :return: ids of these firms
        """
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_receivable_firm SET partner_id = found.partner_id,
                          matched_by = %(way)s
                     FROM (%(found)s) found WHERE found.id = crm_receivable_firm.id
                RETURNING crm_receivable_firm.id""",
                way=way,
                found=self._get_found_sql(company, way),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _propose(self, company):
        """Note the customer of the same name where there is one, forget proposals that are not."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_receivable_firm firm SET proposed_partner_id = found.partner_id
                     FROM crm_receivable_firm own
                LEFT JOIN (%(found)s) found ON found.id = own.id
                    WHERE own.id = firm.id AND firm.company_id = %(company)s
                      AND firm.proposed_partner_id IS DISTINCT FROM found.partner_id""",
                company=company.id,
                found=self._get_found_sql(company, "name"),
            )
        )

    def action_accept(self):
        """Button: these firms are the customers who have their very name."""
        self.check_access("write")
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_receivable_firm
                      SET partner_id = proposed_partner_id, matched_by = 'name',
                          proposed_partner_id = NULL, write_uid = %s, write_date = %s
                    WHERE id = ANY(%s) AND partner_id IS NULL AND proposed_partner_id IS NOT NULL
                RETURNING id""",
                self.env.uid,
                fields.Datetime.now(),
                self.ids,
            )
        )
        if not rows:
            raise UserError(
                self.env._(
                    "None of these firms has exactly the name of one customer. Choose their "
                    "customers by hand."
                )
            )
        self.invalidate_model()
        self.env["crm.receivable.import"].invalidate_model(["unmatched_count", "proposed_count"])
        self.browse([row[0] for row in rows])._assign_items()
