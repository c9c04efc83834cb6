from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmCustomerPromotionRule(models.Model):
    """When a customer moves to another status by himself (PK-15, HU-14)."""

    _name = "crm.customer.promotion.rule"
    _description = "Customer Promotion Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    trigger = fields.Selection(
        [("orders", "Orders in a window"), ("portal", "Got access to the web store")],
        default="orders",
        required=True,
    )
    from_status_ids = fields.Many2many("crm.customer.status", string="From")
    from_no_status = fields.Boolean(
        string="Also Without Status",
        help="Also partners who are no watched customers yet, as soon as they fulfil the rule.",
    )
    to_status_id = fields.Many2one(
        "crm.customer.status", string="To", required=True, ondelete="cascade"
    )
    order_count = fields.Integer(
        string="More Than",
        default=3,
        help="The customer is promoted when he placed more orders than this in the window.",
    )
    window_days = fields.Integer(
        string="Within Days",
        default=1,
        help="Length of the window in calendar days of the company. 0: ever.",
    )
    start_monitoring = fields.Boolean(
        string="Switch Monitoring On",
        default=True,
        help="The first monitoring call is due one interval of the new status later.",
    )

    _count_positive = models.Constraint(
        "CHECK(order_count >= 0 AND window_days >= 0)",
        "Number of orders and window cannot be negative.",
    )

    @api.constrains("from_status_ids", "from_no_status", "to_status_id")
    def _check_statuses(self):
        for rule in self:
            if not rule.from_status_ids and not rule.from_no_status:
                raise ValidationError(
                    self.env._("Rule %s: say which statuses it promotes from.", rule.name)
                )
            if rule.to_status_id in rule.from_status_ids:
                raise ValidationError(
                    self.env._("Rule %s would promote customers to their own status.", rule.name)
                )

    # Who fulfils the rule -----------------------------------------------------

    def _get_candidate_ids(self, company, night, since):
        """Customers of the company's sweep who fulfil the rule, by id.

        Every window that ends on one of the days from ``since`` to the day before
        ``night`` counts, so that nights without a sweep lose nobody.
        """
        self.ensure_one()
        query = SQL(
            # Materialized: the planner takes the many who met a rule for a few, and
            # would look for each partner through the whole ledger.
            """WITH met(partner_id) AS MATERIALIZED (%(met)s)
               SELECT DISTINCT p.id
                 FROM met
                 JOIN res_partner p ON p.id = met.partner_id
            LEFT JOIN res_users u ON u.id = p.user_id
                WHERE p.active AND p.id = p.commercial_partner_id
                  AND %(from)s AND %(sweep)s = %(company)s
             ORDER BY p.id""",
            sweep=self.env["res.partner"]._get_sweep_company_sql(),
            company=company.id,
            met=getattr(self, f"_get_{self.trigger}_sql")(night, since),
            **{"from": self._get_from_sql()},
        )
        self.env["res.partner"].flush_model()
        self.env["res.users"].flush_model()
        return [row[0] for row in self.env.execute_query(query)]

    def _get_from_sql(self):
        condition = SQL("p.customer_status_id = ANY(%s)", self.from_status_ids.ids)
        if self.from_no_status:
            return SQL("(p.customer_status_id IS NULL OR %s)", condition)
        return condition

    def _get_portal_sql(self, night, since):
        """Customers one of whose people may log in to the store."""
        portal = self.env.ref("base.group_portal").id
        return SQL(
            """SELECT c.commercial_partner_id
                 FROM res_users pu
                 JOIN res_groups_users_rel g ON g.uid = pu.id AND g.gid = %s
                 JOIN res_partner c ON c.id = pu.partner_id
                WHERE pu.active""",
            portal,
        )

    def _get_orders_sql(self, night, since):
        self.env["crm.order.day"].flush_model()
        if not self.window_days:
            return SQL(
                """SELECT partner_id FROM crm_order_day WHERE day < %s
                 GROUP BY partner_id HAVING sum(order_count) > %s""",
                night,
                self.order_count,
            )
        before = self.window_days - 1
        # The rows without orders stand for windows that end on the first day.
        return SQL(
            """SELECT partner_id FROM (
                   SELECT partner_id, day, sum(sum(order_count)) OVER (
                              PARTITION BY partner_id ORDER BY day
                              RANGE BETWEEN make_interval(days => %(before)s) PRECEDING
                                        AND CURRENT ROW) AS orders
                     FROM (SELECT partner_id, day, order_count FROM crm_order_day
                            WHERE day >= %(start)s AND day < %(night)s
                        UNION ALL
                           SELECT DISTINCT partner_id, %(since)s::date, 0 FROM crm_order_day
                            WHERE day >= %(start)s AND day < %(since)s) AS o
                 GROUP BY partner_id, day) AS windows
                WHERE orders > %(count)s AND day >= %(since)s""",
            before=before,
            start=since - timedelta(days=before),
            since=since,
            night=night,
            count=self.order_count,
        )

    # What happens to them -----------------------------------------------------

    def _promote(self, partner_ids, night, run=None):
        """Give these customers the rule's status; those who left it meanwhile stay.

        :return: number of customers promoted
        """
        self.ensure_one()
        promoted = self.env["res.partner"]._apply_customer_status(
            partner_ids,
            self.to_status_id,
            night,
            monitor=self.start_monitoring,
            condition=self._get_from_sql(),
            rule=self,
            run=run,
        )
        self._after_promotion(promoted, run)
        return len(promoted)

    def _after_promotion(self, partners, run=None):
        """Hook: what else happens to customers whom this rule promoted."""
