from odoo import models


class ProjectProject(models.Model):
    """The cash curve of a realisation: what was to come and go by a week, and what did."""

    _inherit = "project.project"

    def action_view_cash_curve(self):
        """Button: money of the pool, planned and moved, cumulated week by week."""
        self.ensure_one()
        curve = self.env.ref("crm_payment_plan.crm_cash_report_view_graph_curve")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cash Curve of %s", self.name),
            "res_model": "crm.cash.report",
            "view_mode": "graph,pivot,list",
            "views": [(curve.id, "graph"), (False, "pivot"), (False, "list")],
            "domain": [("project_id", "=", self.id)],
        }
