"""Where the ledger comes from: orders, credit notes, imported transactions."""

from odoo import api, models
from odoo.tools import SQL


class CrmOrderDay(models.Model):
    _inherit = "crm.order.day"

    @api.model
    def _get_source_query(self, companies=None):
        """SQL that derives ledger rows: company_id, partner_id, day, order_count,
        line_count, quantity, amount.

        An order counts when something is left of it after credit notes; a day
        counts when its orders leave a positive amount and quantity. Sums are
        exact (numeric), so that deriving a day twice gives the very same row.
        Other sources of purchases are added by extending
        :meth:`_get_source_parts`.

        :param companies: derive everything of these companies; without it only
            the days in the temporary table ``crm_order_day_key``, whose orders are
            in ``crm_order_day_sale`` already
        """
        parts = self._get_source_parts(companies)
        return SQL(
            """
            WITH %(ctes)s
            SELECT company_id, partner_id, day,
                count(*) FILTER (WHERE amount > 0 AND quantity > 0)::int AS order_count,
                COALESCE(sum(line_count) FILTER (WHERE amount > 0 AND quantity > 0), 0)::int
                    AS line_count,
                round(sum(quantity), 4)::float8 AS quantity,
                round(sum(amount), 4)::float8 AS amount
            FROM (%(selects)s) AS purchase
            GROUP BY company_id, partner_id, day
            HAVING round(sum(amount), 4) > 0 AND round(sum(quantity), 4) > 0
                AND count(*) FILTER (WHERE amount > 0 AND quantity > 0) > 0
            """,
            ctes=SQL(", ").join(cte for cte, _select in parts if cte),
            selects=SQL(" UNION ALL ").join(select for _cte, select in parts),
        )

    @api.model
    def _get_source_parts(self, companies):
        """List of (CTE or None, SELECT of one row an order) of all sources.

        A SELECT gives company_id, partner_id (commercial), day, amount,
        quantity and line_count, the latter three as numeric and integer.
        """
        return [
            self._get_sale_order_part(companies),
            self._get_transaction_part(companies),
        ]

    @api.model
    def _get_sale_order_part(self, companies):
        cte = SQL(
            """
            sale AS %(orders)s,
            %(refunds)s,
            sale_line AS (
                SELECT l.order_id, sum(r.amount) AS refunded,
                    sum(l.product_uom_qty - COALESCE(r.quantity, 0)) AS quantity,
                    count(*) FILTER (WHERE l.product_uom_qty > COALESCE(r.quantity, 0))
                        AS line_count
                FROM sale JOIN sale_order_line l ON l.order_id = sale.id
                LEFT JOIN refund r ON r.line_id = l.id
                WHERE l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
                GROUP BY l.order_id
            )
            """,
            orders=SQL("(%s)", self._get_sale_order_query(companies))
            if companies is not None
            else SQL("(SELECT * FROM crm_order_day_sale)"),
            refunds=self._get_refund_query(),
        )
        select = SQL(
            """
            SELECT sale.company_id, sale.partner_id, sale.day,
                sale.amount - COALESCE(sale_line.refunded, 0) AS amount,
                sale_line.quantity, sale_line.line_count
            FROM sale JOIN sale_line ON sale_line.order_id = sale.id
            """
        )
        return cte, select

    @api.model
    def _get_sale_order_query(self, companies):
        """Confirmed orders with their local day and amount in company currency."""
        return SQL(
            """
            SELECT o.id, o.company_id, p.commercial_partner_id AS partner_id, o.day,
                o.amount_untaxed / o.rate AS amount, o.rate
            FROM (
                SELECT so.*, COALESCE(NULLIF(so.currency_rate, 0), 1) AS rate,
                    (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE c.nightly_tz)::date AS day
                FROM sale_order so JOIN res_company c ON c.id = so.company_id
                WHERE so.state = 'sale'
            ) AS o
            JOIN res_partner p ON p.id = o.partner_id
            %s
            """,
            SQL("WHERE o.company_id = ANY(%s)", companies.ids)
            if companies is not None
            else self._get_keys_condition(),
        )

    @api.model
    def _get_keys_condition(self):
        """Join of the collected days.

        The margins let the index of date_order help; the day decides. Mostly the
        days are the last ones, which the database must know to choose that index.
        """
        self.env.cr.execute("SELECT min(day), max(day) FROM crm_order_day_key")
        first, last = self.env.cr.fetchone()
        return SQL(
            """
            JOIN crm_order_day_key k ON k.company_id = o.company_id
                AND k.partner_id = p.commercial_partner_id AND k.day = o.day
            WHERE o.date_order >= k.day - 2 AND o.date_order < k.day + 3
                AND o.date_order >= %s::date - 2 AND o.date_order < %s::date + 3
            """,
            first,
            last,
        )

    @api.model
    def _get_refund_query(self):
        """What posted credit notes took back from each order line.

        A line that is linked to several order lines is shared equally. Goods
        count as returned when at least half of their price was given back; else
        it is a price reduction.
        """
        return SQL(
            """
            credit AS (
                SELECT l.id AS line_id, ml.balance / link.number AS amount,
                    ml.quantity * COALESCE(mu.factor / NULLIF(lu.factor, 0), 1) / link.number
                        AS quantity,
                    l.product_uom_qty AS sold, l.price_subtotal / sale.rate AS price
                FROM sale
                JOIN sale_order_line l ON l.order_id = sale.id
                JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.id
                JOIN account_move_line ml ON ml.id = rel.invoice_line_id
                JOIN account_move m ON m.id = ml.move_id
                    AND m.move_type = 'out_refund' AND m.state = 'posted'
                LEFT JOIN uom_uom mu ON mu.id = ml.product_uom_id
                LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                CROSS JOIN LATERAL (
                    SELECT count(*) AS number FROM sale_order_line_invoice_rel other
                    WHERE other.invoice_line_id = ml.id
                ) AS link
            ),
            refund AS (
                SELECT line_id, sum(amount) AS amount,
                    sum(CASE WHEN 2 * abs(amount * sold) >= abs(price * quantity)
                        THEN quantity ELSE 0 END) AS quantity
                FROM credit GROUP BY line_id
            )
            """
        )

    @api.model
    def _get_transaction_part(self, companies):
        select = SQL(
            """
            SELECT t.company_id, p.commercial_partner_id AS partner_id, t.date AS day,
                COALESCE(sum(t.amount::numeric), 0) AS amount,
                COALESCE(sum(t.quantity::numeric), 0) AS quantity,
                count(*) FILTER (WHERE t.quantity > 0) AS line_count
            FROM crm_transaction t JOIN res_partner p ON p.id = t.partner_id
            %s
            GROUP BY t.company_id, p.commercial_partner_id, t.date, COALESCE(t.order_ref, '')
            """,
            SQL("WHERE t.company_id = ANY(%s)", companies.ids)
            if companies is not None
            else SQL(
                """
                JOIN crm_order_day_key k ON k.company_id = t.company_id
                    AND k.partner_id = p.commercial_partner_id AND k.day = t.date
                """
            ),
        )
        return None, select
