from odoo import api, fields, models
from odoo.tools import SQL

#: From so many order days in the last 26 weeks an old customer counts as permanent.
PERMANENT_ORDER_DAYS = 6


class ResPartner(models.Model):
    """Changes of status for many customers in one statement, and new customers."""

    _inherit = "res.partner"

    @api.model
    def _apply_customer_status(
        self, partner_ids, status, day, monitor=False, condition=None, rule=None, run=None
    ):
        """Give customers a status, with history and monitoring dates as ``write`` does.

        :param day: local day of the change; monitoring starts or goes on after it
        :param monitor: also switch monitoring on where it is off
        :param condition: SQL on the partner's row ``p`` that must still hold
        :return: partners that changed
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
WITH before AS (
    SELECT p.id, p.customer_status_id AS old, p.monitoring_active IS TRUE AS monitored,
           CASE WHEN p.monitoring_active THEN p.monitoring_last_date END AS last,
           NULLIF(p.monitoring_anchor_day, 0) AS anchor
      FROM res_partner p
     WHERE p.id = ANY(%(ids)s) AND p.customer_status_id IS DISTINCT FROM %(status)s
       AND %(condition)s
), rhythm AS (
    SELECT id, old, monitored OR %(monitor)s AS monitored,
           COALESCE(last, %(day)s::date) AS base,
           COALESCE(CASE WHEN last IS NOT NULL THEN anchor END,
                    EXTRACT(DAY FROM COALESCE(last, %(day)s::date))::int) AS anchor
      FROM before
), logged AS (
    INSERT INTO crm_customer_status_history
           (partner_id, from_status_id, to_status_id, date, user_id, rule_id, run_id,
            create_uid, write_uid, create_date, write_date)
    SELECT id, old, %(status)s, %(now)s, %(user)s, %(rule)s, %(run)s,
           %(user)s, %(user)s, %(now)s, %(now)s
      FROM rhythm
)
UPDATE res_partner p
   SET customer_status_id = s.id, monitoring_active = r.monitored,
       monitoring_anchor_day = CASE WHEN r.monitored THEN r.anchor
                                    ELSE p.monitoring_anchor_day END,
       monitoring_next_date = CASE WHEN r.monitored THEN %(next)s END,
       write_uid = %(user)s, write_date = %(now)s
  FROM rhythm r JOIN crm_customer_status s ON s.id = %(status)s
 WHERE p.id = r.id
RETURNING p.id""",
                ids=list(partner_ids),
                status=status.id,
                condition=condition or SQL("TRUE"),
                monitor=monitor,
                day=day,
                now=fields.Datetime.now(),
                user=self.env.uid,
                rule=rule.id if rule else None,
                run=run.id if run else None,
                next=self.env["crm.customer.status"]._get_next_date_sql(
                    SQL("r.base"), SQL("r.anchor"), SQL("%s::date", day)
                ),
            )
        )
        partners = self.browse(row[0] for row in rows)
        partners._life_cycle_written()
        self.env["crm.customer.status.history"].invalidate_model()
        return partners

    def _life_cycle_written(self):
        """What the database changed past the ORM is read anew, computes included."""
        names = [
            "customer_status_id",
            "monitoring_active",
            "monitoring_next_date",
            "monitoring_anchor_day",
            "monitoring_last_date",
        ]
        self.invalidate_recordset([*names, "status_history_ids"], flush=False)
        self.modified(names)

    def _become_customer(self):
        """New customers start with the first status and are monitored (PK-06, PK-07).

        Those who are customers already stay as they are.
        """
        status = self.env["crm.customer.status"]._get_default_status()
        new = self.commercial_partner_id.filtered(lambda p: not p.customer_status_id)
        if status and new:
            new.write({"customer_status_id": status.id, "monitoring_active": True})

    def action_monitoring_start(self):
        """Button and list action: monitor these customers from now on."""
        self.commercial_partner_id.filtered(lambda p: not p.monitoring_active).write(
            {"monitoring_active": True}
        )

    def action_monitoring_stop(self):
        """Button and list action: no more monitoring calls for these customers."""
        self.commercial_partner_id.write({"monitoring_active": False})

    @api.model
    def _init_customer_status(self):
        """Classify partners that were customers before this addon was installed.

        Six order days or more in the last 26 weeks: permanent; fewer: first order;
        no order but access to the store: authorized. Monitoring stays off, so that
        an installation makes no calls; the head switches it on for whom he wants.
        """
        today = self.env.company._get_local_today()
        for code, ids in self._get_initial_status_ids(today).items():
            status = self.env.ref(f"crm_bpm_core.customer_status_{code}", False)
            if status and ids:
                self._apply_customer_status(
                    ids, status, today, condition=SQL("p.customer_status_id IS NULL")
                )

    @api.model
    def _get_initial_status_ids(self, today):
        """Ids of partners by code of status, the highest status first."""
        self.env["crm.order.day"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.partner_id,
                          count(DISTINCT o.day) FILTER (WHERE o.day >= %s::date - 182) >= %s
                     FROM crm_order_day o JOIN res_partner p ON p.id = o.partner_id
                    WHERE o.order_count > 0 AND p.customer_status_id IS NULL
                 GROUP BY o.partner_id""",
                today,
                PERMANENT_ORDER_DAYS,
            )
        )
        portal = self.env["crm.customer.promotion.rule"]._get_portal_sql(today, today)
        return {
            "permanent": [partner for partner, regular in rows if regular],
            "first_order": [partner for partner, regular in rows if not regular],
            "authorized": [row[0] for row in self.env.execute_query(portal)],
        }
