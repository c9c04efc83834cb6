from odoo import api, models

from ..regulations import CONTENTS


class BpmRegulationTemplate(models.Model):
    """Ready regulations of sales."""

    _inherit = "bpm.regulation.template"

    @api.model
    def _get_contents(self):
        return super()._get_contents() | CONTENTS
