"""Diagrams as the engine runs them, read once per process of the server."""

import hashlib
import threading
from collections import OrderedDict

from odoo import models, tools
from odoo.tools import SQL

from ..engine import read_diagram
from ..lib.kept import give_values, read_values

_diagrams = OrderedDict()
_lock = threading.Lock()
_KEPT = 300


def _cached(key, read):
    """Diagram of exactly this content; content never changes, so nothing is ever stale."""
    with _lock:
        if key in _diagrams:
            _diagrams.move_to_end(key)
            return _diagrams[key]
    diagram = read()
    with _lock:
        _diagrams[key] = diagram
        while len(_diagrams) > _KEPT:
            _diagrams.popitem(last=False)
    return diagram


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _get_diagram(self):
        """Diagram of this version with those it calls, ready to run.

        :raise DiagramError: it cannot run; never for a published version.
        """
        self.ensure_one()
        if self.state == "draft":
            return self._get_keyed_diagram()[1]
        key = self._get_kept_key()
        return _cached(key, lambda: self._get_keyed_diagram()[1])

    @tools.ormcache("self.id")
    def _get_kept_key(self):
        """What is drawn in a published version and all it calls never changes."""
        return self._get_keyed_diagram()[0]

    def _get_keyed_diagram(self):
        called = {}
        keys = []
        for version in self.sudo()._get_called_versions():
            key, diagram = version._get_keyed_diagram()
            called[version.process_id.key] = diagram
            keys.append((version.process_id.key, key))
        key = (self._get_fingerprint(), tuple(sorted(keys)))
        return key, _cached(key, lambda: read_diagram(self.sudo().bpmn_xml or "", called))

    def _get_fingerprint(self):
        """Hash of what is drawn; kept on published versions, which never change."""
        version = self.sudo()
        if version.state != "draft" and version.sha256:
            return version.sha256
        return hashlib.sha256((version.bpmn_xml or "").encode()).hexdigest()

    def _get_called_versions(self):
        """Versions it calls: fixed at publication; of a draft, those in use now."""
        return self.called_version_ids

    def _get_element_ids(self):
        """Database id of each element, by (id of the drawn process, id in the diagram).

        Elements of this version are also found under (None, id); of a called version only
        where this one has no element of the same id.
        """
        self.ensure_one()
        if self.state == "draft":
            return self._read_element_ids()
        return self._get_kept_element_ids()

    @tools.ormcache("self.id")
    def _get_kept_element_ids(self):
        return self._read_element_ids()

    def _read_element_ids(self):
        result = {}
        version = self.sudo()
        for called in version._get_called_versions():
            result |= called._get_element_ids()
        process_id = version._get_diagram().process_id
        elements = (
            self.env["bpm.element"]
            .sudo()
            .search_fetch([("version_id", "=", version.id)], ["element_id"])
        )
        for element in elements:
            result[process_id, element.element_id] = element.id
            result[None, element.element_id] = element.id
        return result

    def _remember_element(self, element):
        """Give the ORM what is kept of an element, so that it need not be read again."""
        if self.state == "draft" or element._fields["type"]._get_cache(self.env).get(element.id):
            return
        give_values(element, self._get_kept_elements())

    @tools.ormcache("self.id", "self.revision")
    def _get_kept_elements(self):
        """Values of its elements and of those it calls, see read_values()."""
        ids = set(self._get_element_ids().values())
        return read_values(self.env["bpm.element"].sudo().browse(ids))

    @tools.ormcache("self.id", "self.revision")
    def _get_kept_element_facts(self):
        """{as _get_element_ids(): (database id, name, type)}"""
        names, values = self._get_kept_elements()
        name, kind = names.index("name"), names.index("type")
        return {
            key: (id_, values[id_][name], values[id_][kind])
            for key, id_ in self._get_element_ids().items()
            if id_ in values
        }

    def _touch(self):
        """What is kept of the elements of these versions is out of date, also where called.

        A number that nobody had before: one of an undone change could be given out again.
        """
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "WITH RECURSIVE touched AS (SELECT unnest(%s) AS id UNION"
                " SELECT caller_id FROM bpm_version_call_rel JOIN touched ON called_id = id)"
                " UPDATE bpm_process_version SET revision = gen_random_uuid()"
                " WHERE id IN (SELECT id FROM touched)",
                self.ids,
            )
        )
        self.invalidate_model(["revision"], flush=False)

    def _get_error_catchers(self):
        """Ids of elements with an error event on their border, called diagrams included."""
        return {
            element.attached_to
            for element in _all_elements(self._get_diagram())
            if element.attached_to and element.event == "error"
        }


def _all_elements(diagram):
    pending = [diagram]
    while pending:
        one = pending.pop()
        pending += one.called_diagrams.values()
        yield from one.elements.values()
