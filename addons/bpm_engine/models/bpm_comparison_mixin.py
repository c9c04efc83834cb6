from markupsafe import Markup

from odoo import api, fields, models

from ..engine import DiagramError, migration
from ..engine.diagram import sketch
from ..engine.xml_source import read_xml


class BpmComparisonMixin(models.AbstractModel):
    """Two versions of a diagram beside each other, and what differs in words."""

    _name = "bpm.comparison.mixin"
    _description = "Comparison of Two Versions"

    from_version_id = fields.Many2one(
        "bpm.process.version", string="Before", ondelete="cascade", readonly=True
    )
    version_id = fields.Many2one("bpm.process.version", string="After", ondelete="cascade")
    old_xml = fields.Text(related="from_version_id.bpmn_xml", string="Diagram Before")
    new_xml = fields.Text(related="version_id.bpmn_xml", string="Diagram After")
    differences = fields.Json(
        compute="_compute_differences",
        help="Element ids: added, removed, changed (structure), texts (who, until when, names).",
    )
    old_marks = fields.Json(compute="_compute_differences", help="For the picture before.")
    new_marks = fields.Json(compute="_compute_differences", help="For the picture after.")
    differences_html = fields.Html(compute="_compute_differences", sanitize=False)

    @api.depends("from_version_id", "version_id")
    def _compute_differences(self):
        for record in self:
            found, names = record._find_differences()
            record.differences = found
            record.old_marks = _marks(found, ("texts", "changed", "removed"))
            record.new_marks = _marks(found, ("texts", "changed", "added"))
            record.differences_html = record._describe_differences(found, names)

    def _find_differences(self):
        """(ids by kind of difference, names by id); empty when one diagram cannot be read."""
        if not (self.from_version_id and self.version_id):
            return {}, {}
        try:
            old, new = (
                sketch(read_xml(version._current_xml() or ""))
                for version in (self.from_version_id, self.version_id)
            )
        except DiagramError:
            return {}, {}
        changes = migration.compare(old, new)
        names = {**_labels(old, set(changes.removed)), **_labels(new, set(changes.added))}
        kinds = ("added", "removed", "changed", "texts")
        return {kind: sorted(getattr(changes, kind)) for kind in kinds}, names

    def _describe_differences(self, found, names):
        titles = {
            "added": self.env._("New"),
            "removed": self.env._("Gone"),
            "changed": self.env._("Changed flow or behaviour"),
            "texts": self.env._("Changed people, times or texts"),
        }
        told = {title: _told(found.get(kind, ()), names) for kind, title in titles.items()}
        rows = Markup("").join(
            Markup("<dt>%s</dt><dd>%s</dd>") % (title, " · ".join(labels))
            for title, labels in told.items()
            if labels
        )
        return Markup("<dl>%s</dl>") % rows if rows else self.env._("Nothing differs.")


def _labels(diagram, steps):
    """What people call elements and flows: a flow by its name, else by its ends.

    :param steps: what came or went with its flows: those without a name are called "".
    """
    labels = {element.id: element.label for element in diagram.elements.values()}
    called = dict(labels)
    for flow in diagram.flows.values():
        ends = f"{labels.get(flow.source, '?')} → {labels.get(flow.target, '?')}"
        is_told = {flow.source, flow.target} & steps
        called[flow.id] = flow.name or ("" if is_told else ends)
    return called


def _told(elements, names):
    """Names to tell, steps before the arrows between them."""
    told = filter(None, (names.get(element, element) for element in elements))
    return sorted(told, key=lambda name: "→" in name)


def _marks(found, kinds):
    """What the viewer of diagrams marks; of several kinds at one element the last counts."""
    states = {element: kind for kind in kinds for element in found.get(kind, ())}
    return {"marks": [{"element": element, "state": kind} for element, kind in states.items()]}
