from odoo import api, models

from ..regulations import CHANGES, CONTENTS


class BpmRegulationTemplate(models.Model):
    """Ready regulations of contracts; sales ask for contracts instead of files (AL-15)."""

    _inherit = "bpm.regulation.template"

    @api.model
    def _get_contents(self):
        contents = super()._get_contents() | CONTENTS
        return contents | {
            key: change(contents[key]) for key, change in CHANGES.items() if key in contents
        }
