"""Two people on one draft: the second is told, nobody's drawing is overwritten in silence."""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    diagram_base = fields.Char(
        compute="_compute_diagram_base",
        readonly=False,
        help="Fingerprint of the diagram as it stands. Whoever writes a diagram may send the "
        "fingerprint of the one that was opened: it is refused when another one stands "
        "there by now.",
    )

    @api.depends("bpmn_xml")
    def _compute_diagram_base(self):
        for version in self:
            version.diagram_base = _fingerprint(version.bpmn_xml)

    @api.model_create_multi
    def create(self, vals_list):
        """A new version has no diagram before it."""
        return super().create([_without_base(vals) for vals in vals_list])

    def write(self, vals):
        """Write the diagram only where the one stands that the writer had before him."""
        if vals.get("diagram_base") and "bpmn_xml" in vals:
            self._check_diagram_base(vals["bpmn_xml"], vals["diagram_base"])
        return super().write(_without_base(vals))

    def _check_diagram_base(self, xml, base):
        # Of two who save at the same moment the database lets one write; the other is run
        # again by the server and then sees what was written.
        for version in self:
            now = version.bpmn_xml
            if now != xml and _fingerprint(now) != base:
                raise UserError(version._moved_message())

    def _moved_message(self):
        self.ensure_one()
        return self.env._(
            "%(person)s changed the drawing “%(version)s” at %(time)s, after you had opened it. "
            "Saving yours would throw that away, so nothing was saved.\n"
            "Nothing of yours is lost: your browser keeps it. Discard your changes to see the "
            "other drawing; above it you can bring yours back.",
            person=self.sudo().write_uid.name,
            version=self.display_name,
            time=format_datetime(self.env, self.write_date, dt_format="short"),
        )


def _fingerprint(xml):
    return hashlib.sha256((xml or "").encode()).hexdigest()


def _without_base(vals):
    return {name: value for name, value in vals.items() if name != "diagram_base"}
