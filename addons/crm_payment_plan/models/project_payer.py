from odoo import models


class ProjectProject(models.Model):
    """The payer's class on the realisation, before work goes on for somebody who does not pay."""

    _name = "project.project"
    _inherit = ["project.project", "crm.payer.overdue.mixin"]
