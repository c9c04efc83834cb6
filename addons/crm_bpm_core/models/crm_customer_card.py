import json
import math

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: k of the tolerated silence, where no rule is switched on.
DEFAULT_FACTOR = 4.0
LAST_CONTACTS = 3
LAST_STATUSES = 4


class CrmCustomerCard(models.AbstractModel):
    """What the card of a customer shows above its fields: one call of the client."""

    _inherit = "crm.customer.board"

    @api.model
    @api.readonly
    def get_customer_card(self, partner_id):
        """How things stand with a customer; a contact shows his company's values.

        :param partner_id: any partner; access is that of its form
        :return: dict, or False when it is no watched customer
        """
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        # A person who may read the contact sees what is agreed with the company.
        customer = partner.commercial_partner_id.sudo()
        if not customer.customer_status_id:
            return False
        today = self._get_today()
        rhythm = self._get_week_rows(customer.ids, today)[customer.id]
        alert = self._get_card_alert(customer)
        return {
            "today": today,
            "partner_id": customer.id,
            "partner_name": customer.display_name if customer != partner else False,
            "next_step": self._get_card_next_step(customer, today),
            "alert": alert,
            "rhythm": {**rhythm, **self._get_baseline(rhythm, alert)},
            "last_calls": self._get_last_calls(customer.ids, LAST_CONTACTS)[customer.id],
            "monitoring_active": customer.monitoring_active,
            "monitoring_next_date": customer.monitoring_next_date,
            "pause_until": customer.expected_pause_until,
            "user_name": customer.user_id.name,
            "history": self._get_card_history(customer),
            "currency_id": self.env.company.currency_id.id,
        }

    @api.model
    def _get_card_next_step(self, customer, today):
        activity = customer.next_step_activity_id
        if not customer.has_next_step:
            return False
        date = customer.next_step_date
        return {
            "id": activity.id,
            "summary": customer.next_step_summary or activity.activity_type_id.name,
            "type": activity.activity_type_id.name,
            "icon": activity.icon or "fa-tasks",
            "date": date,
            "overdue": (today - date).days if date else 0,
            "user_name": activity.user_id.name,
            "is_call": bool(activity.call_reason),
            "res_model": activity.res_model,
            "res_id": activity.res_id,
            "res_name": activity.res_name if activity.res_id != customer.id else False,
        }

    @api.model
    def _get_card_alert(self, customer):
        alert = customer.open_recession_alert_id
        if not alert:
            return False
        return {
            "id": alert.id,
            "kind": alert.kind,
            "explanation": alert.explanation,
            "alarm_date": alert.alarm_date,
            "state": self._get_labels("crm.recession.alert", "state")[alert.state],
            "tolerated": alert.tolerated,
            "week_amount": alert.base_week_amount,
        }

    @api.model
    def _get_card_history(self, customer):
        self.env["crm.customer.status.history"].flush_model()
        lang = self.env.lang or "en_US"
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT h.id, COALESCE(s.name ->> %(lang)s, s.name ->> 'en_US') AS status,
                       h.date::date AS date,
                       COALESCE(r.name ->> %(lang)s, r.name ->> 'en_US', up.name) AS who
                  FROM crm_customer_status_history h
                  LEFT JOIN crm_customer_status s ON s.id = h.to_status_id
                  LEFT JOIN crm_customer_promotion_rule r ON r.id = h.rule_id
                  LEFT JOIN res_users u ON u.id = h.user_id
                  LEFT JOIN res_partner up ON up.id = u.partner_id
                 WHERE h.partner_id = %(partner)s
                 ORDER BY h.date DESC, h.id DESC
                 LIMIT %(limit)s
                """,
                lang=lang,
                partner=customer.id,
                limit=LAST_STATUSES,
            )
        )
        return [
            {**row, "status": row["status"] or False, "who": row["who"] or False} for row in rows
        ]

    @api.model
    def _get_baseline(self, rhythm, alert):
        """Mean and swing of the weekly turnover, and how long silence is tolerated.

        The mean is taken over the weeks from the first order to the last one,
        so that a silence does not pull down the norm it is compared with.
        """
        amounts = rhythm["amounts"]
        filled = [number for number, amount in enumerate(amounts) if amount]
        norm = amounts[filled[0] : filled[-1] + 1] if filled else []
        mean = sum(norm) / len(norm) if norm else 0.0
        swing = math.sqrt(sum((a - mean) ** 2 for a in norm) / len(norm)) if norm else 0.0
        tolerated = alert and alert["tolerated"] or self._get_tolerated(rhythm)
        return {"mean": mean, "swing": swing, "tolerated": round(tolerated)}

    @api.model
    def _get_tolerated(self, rhythm):
        if not rhythm["gap"]:
            return 0
        rule = (
            self.env["crm.recession.rule"]
            .sudo()
            .search(
                Domain("kind", "=", "silence")
                & Domain("company_id", "=", self.env.company.id)
                & Domain("state", "=", "on"),
                limit=1,
            )
        )
        return (rule.factor or DEFAULT_FACTOR) * math.sqrt(7 * max(rhythm["gap"], 1))


class ResPartner(models.Model):
    """The card comes with the record when its form is read, in the same request."""

    _inherit = "res.partner"

    customer_card = fields.Json(
        compute="_compute_customer_card",
        export_string_translation=False,
        help="How things stand with the customer: what the top of his form shows.",
    )

    def _compute_customer_card(self):
        board = self.env["crm.customer.board"]
        for partner in self:
            card = board.get_customer_card(partner.id) if partner.id else False
            # Dates as the client gets them from everywhere else.
            partner.customer_card = json.loads(json.dumps(card, default=str))
