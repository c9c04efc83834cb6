"""Users by role, statuses and orders that every test of this addon builds on."""

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

CORE = "crm_bpm_core"


class CrmBpmCommon(BaseCommon):
    """Company in Moscow time with one person per role and a product to sell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.nightly_tz = "Europe/Moscow"
        cls.Status = cls.env["crm.customer.status"]
        cls.potential = cls.env.ref(f"{CORE}.customer_status_potential")
        cls.authorized = cls.env.ref(f"{CORE}.customer_status_authorized")
        cls.first_order = cls.env.ref(f"{CORE}.customer_status_first_order")
        cls.permanent = cls.env.ref(f"{CORE}.customer_status_permanent")
        cls.viewer = cls._new_user("viewer", "group_view")
        cls.manager = cls._new_user("manager", "group_full")
        cls.colleague = cls._new_user("colleague", "group_full")
        cls.team_leader = cls._new_user("leader", "group_full", "group_scope_team")
        cls.head = cls._new_user("head", "group_head")
        cls.nobody = new_test_user(cls.env, login="bpm_nobody", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="bpm_portal", groups="base.group_portal")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Wholesale",
                "user_id": cls.team_leader.id,
                "member_ids": [Command.set([cls.manager.id, cls.team_leader.id])],
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Oil filter", "list_price": 100.0, "type": "consu", "taxes_id": False}
        )

    @classmethod
    def _new_user(cls, name, *groups):
        return new_test_user(
            cls.env,
            login=f"bpm_{name}",
            name=name.title(),
            groups=",".join(f"{CORE}.{group}" for group in groups),
            email=f"{name}@example.com",
        )

    @classmethod
    def _customer(cls, name="Customer", status=None, user=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_status_id": (status or cls.permanent).id,
                "user_id": (user or cls.manager).id,
                **values,
            }
        )

    @classmethod
    def _order(cls, partner, date, lines=1, quantity=1.0, price=100.0, confirm=True):
        """A sales order dated as told (UTC), confirmed unless said otherwise."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    )
                    for _line in range(lines)
                ],
            }
        )
        if confirm:
            order.action_confirm()
        order.date_order = date
        return order
