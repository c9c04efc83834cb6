"""Ready processes of sales, as they are after the installation."""

from odoo.addons.bpm_engine.tests.ready_common import ReadyMixin
from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon


class CrmReadyCommon(ReadyMixin, CrmBpmCommon):
    """A salesperson with a customer and a head, whom no test gives more rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.manager
        cls.customer = cls._customer("Vector")

    @classmethod
    def _get_process(cls, key):
        return cls.env["bpm.process"].search([("key", "=", key)])

    @classmethod
    def _lead(cls, **values):
        """A new lead of the salesperson."""
        return cls.env["crm.lead"].create(
            {
                "name": "Brakes for a fleet",
                "type": "lead",
                "user_id": cls.manager.id,
                "team_id": cls.team.id,
                "partner_id": cls.customer.id,
                **values,
            }
        )
