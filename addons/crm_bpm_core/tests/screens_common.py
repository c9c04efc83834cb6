"""Customers with calls, alarms and orders, as the screens show them."""

from datetime import timedelta

from .common import CrmBpmCommon


class ScreensCommon(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Board = cls.env["crm.customer.board"]
        cls.today = cls.Board._get_today()
        cls.rule = cls.env["crm.recession.rule"].create(
            {"name": "Silence", "company_id": cls.company.id}
        )

    @classmethod
    def _day(cls, days):
        return cls.today + timedelta(days=days)

    @classmethod
    def _order_days(cls, partner, days_ago, amount=700.0, lines=6):
        """Ledger rows, as the ledger derives them from orders."""
        cls.env["crm.order.day"].create(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "day": cls._day(-days),
                    "order_count": 1,
                    "line_count": lines,
                    "quantity": lines,
                    "amount": amount,
                }
                for days in days_ago
            ]
        )

    @classmethod
    def _call(cls, partner, reason="monitoring", days=0, user=None, alert=None, **values):
        return (
            cls.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                {
                    "res_model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "res_id": partner.id,
                    "activity_type_id": cls.env.ref("mail.mail_activity_data_call").id,
                    "summary": f"Call {partner.name}",
                    "date_deadline": cls._day(days),
                    "user_id": (user or cls.manager).id,
                    "call_reason": reason,
                    "recession_alert_id": alert.id if alert else False,
                    **values,
                }
            )
        )

    @classmethod
    def _alert(cls, partner, amount=1000.0, **values):
        return cls.env["crm.recession.alert"].create(
            {
                "company_id": cls.company.id,
                "rule_id": cls.rule.id,
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "alarm_date": cls.today,
                "gap": 7.0,
                "silence": 29.0,
                "silence_days": 29,
                "tolerated": 28.0,
                "factor": 4.0,
                "base_week_amount": amount,
                "last_order_day": cls._day(-29),
                **values,
            }
        )

    @classmethod
    def _finished_call(cls, partner, text, days=-1, result="reached"):
        call = cls._call(partner, days=days, call_result=result, feedback=text, active=False)
        call.date_done = cls._day(days)
        return call
