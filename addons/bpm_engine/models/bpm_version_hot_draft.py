"""What was changed at once while a draft is drawn: publishing the draft must not undo it."""

from odoo import fields, models

from ..engine import DiagramError
from ..engine.diagram import sketch
from ..engine.xml_source import read_xml
from ..lib.diagram_xml import merge_settings
from ..lib.settings_merge import PARTS, merged, reading, split


class BpmElement(models.Model):
    _inherit = "bpm.element"

    before_draft = fields.Json(
        readonly=True,
        help="Id of the draft that is being drawn, and how the element read before it was first "
        "changed at once since that draft was begun.",
    )

    def _prepare_hot_values(self, vals):
        return {**super()._prepare_hot_values(vals), **self._prepare_before_draft()}

    def _prepare_before_draft(self):
        version = self.version_id.sudo()
        draft = version.process_id.draft_version_id
        known = (self.before_draft or {}).get("draft") == draft.id
        if version.state != "published" or not draft or known:
            return {}
        return {"before_draft": {"draft": draft.id, "read": reading(self.name, self.settings)}}

    def _merge_into(self, drawn):
        """This element's change at once, put into how a draft reads.

        :param drawn: the element of the draft, see reading().
        :return: how both read together, None where nothing is to be taken over; lines that
            tell each change.
        """
        was = self.before_draft["read"]
        now = reading(self.name, self.settings)
        both, clashes = merged(was, drawn, now)
        taken = self.env._(
            "“%(element)s”: %(what)s was changed at once while this draft was drawn "
            "(%(was)s → %(now)s). Publishing keeps that."
        )
        lost = self.env._(
            "“%(element)s”: %(what)s was changed at once while this draft was drawn "
            "(%(was)s → %(now)s), and the draft says “%(drawn)s”. Publishing puts the draft's in "
            "its place."
        )
        lines = [
            self._tell_hot_change(key, taken, was=was, now=now)
            for key in PARTS
            if both.get(key) != drawn.get(key)
        ]
        changed = bool(lines)
        lines += [
            self._tell_hot_change(key, lost, was=was, now=now, drawn=drawn) for key in clashes
        ]
        return (both if changed else None), lines

    def _tell_hot_change(self, key, text, **readings):
        """One line of the check before publishing: what became of a change made at once."""
        said = {name: self._part_words(key, read) for name, read in readings.items()}
        return {
            "element": self.element_id,
            "code": "hot_change",
            "message": text % {"element": self.display_name, "what": self._part_label(key), **said},
            "level": "warning",
        }


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _find_problems(self):
        """Also what was changed at once since the draft was begun: it is kept, or replaced."""
        found = super()._find_problems()
        if self.state == "draft":
            told = self._merge_hot_changes()[1]
            if told:
                found = self.sudo().problems = found + told
        return found

    def _publish(self):
        if self.state == "draft":
            xml = self._merge_hot_changes()[0]
            if xml != self.bpmn_xml:
                self.sudo().bpmn_xml = xml
        return super()._publish()

    def _merge_hot_changes(self):
        """The drawing with what was changed at once on the version in use since it was begun.

        Each setting for itself: where the draft reads as the version in use did then, the
        change is taken over; what the draft changes, too, stays as drawn and is told.

        :return: text of the diagram, lines for the check before publishing.
        """
        elements = self._get_hot_since_draft()
        if not elements:
            return self.bpmn_xml, []
        try:
            drawn = sketch(read_xml(self.bpmn_xml or ""))
        except DiagramError:
            return self.bpmn_xml, []
        parts = {**drawn.elements, **drawn.lanes}
        changes, told = {}, []
        for element in elements:
            part = parts.get(element.element_id)
            if part is None or getattr(part, "type", "lane") != element.type:
                continue
            both, lines = element._merge_into(reading(part.name, part.settings))
            told += lines
            if both is not None:
                changes[element.element_id] = split(both)
        return (merge_settings(self.bpmn_xml, changes) if changes else self.bpmn_xml), told

    def _get_hot_since_draft(self):
        used = self.sudo().process_id.published_version_id.element_ids
        return used.filtered(lambda element: (element.before_draft or {}).get("draft") == self.id)
