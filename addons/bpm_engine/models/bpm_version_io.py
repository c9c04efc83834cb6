from odoo import api, models

from ..engine import read_diagram
from ..lib.diagram_xml import merge_settings

#: Problems for which a file of another tool is refused; the others can be repaired here.
_REFUSING = {
    "doctype",
    "empty",
    # The canvas does not show it, so nobody could repair it here.
    "loose_flow",
    "no_process",
    "not_bpmn",
    "schema",
    "several_processes",
    "too_big",
    "too_deep",
    "too_many",
    "xml",
}


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _diagram(self):
        """The diagram as the engine runs it, with the versions it calls."""
        self.ensure_one()
        called = {version.process_id.key: version._diagram() for version in self.called_version_ids}
        return read_diagram(self.bpmn_xml, called)

    def _current_xml(self):
        """Diagram with the hot changes of its elements merged in."""
        self.ensure_one()
        changed = self.sudo().element_ids.filtered("changed_at")
        if not changed:
            return self.bpmn_xml
        return merge_settings(
            self.bpmn_xml,
            {element.element_id: (element.name, element.settings) for element in changed},
        )

    @api.model
    def lint_xml(self, xml, process_id):
        """Check a diagram while it is drawn.

        :param process_id: database id of the process it is for.
        :return: list of dicts: element, code, message, level ("error" or "warning").
        """
        self.check_access("read")
        process = self.env["bpm.process"].browse(process_id)
        process.check_access("read")
        return self._lint(xml, process)

    @api.model
    def read_bpmn(self, xml):
        """Check a file of another tool before it replaces the drawing.

        :return: ``{"xml": text or False, "problems": [...]}``; False when it is refused, and
            then the problems say where and why.
        """
        self.check_access("read")
        text = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else xml or ""
        text = text.lstrip("\ufeff")
        problems = self._lint(text, self.env["bpm.process"])
        refused = any(problem["code"] in _REFUSING for problem in problems)
        return {"xml": False if refused else text, "problems": problems}

    def export_bpmn(self):
        """The diagram as it is now, hot changes included, with a name for the file.

        :return: ``{"name": "visa_v3.bpmn", "xml": text}``
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "name": f"{self.process_id.key}_v{self.number}.bpmn",
            "xml": self._current_xml(),
        }

    def action_export(self):
        """Download the diagram as a .bpmn file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/bpm_engine/version/{self.id}/bpmn",
            "target": "download",
        }

    def get_affected(self):
        """Who is affected by a change: what is open now, per element of the diagram.

        :return: dict: element id -> {"tasks": open tasks, "waits": waits, "instances": running
            instances with either}; over all versions of the process.
        """
        self.ensure_one()
        self.check_access("read")
        affected = {}
        for model, key, domain in (
            ("bpm.task", "tasks", [("state", "in", ("todo", "waiting"))]),
            ("bpm.wait", "waits", []),
        ):
            groups = self.env[model]._read_group(
                [("instance_id.process_id", "=", self.process_id.id), *domain],
                ["element_id"],
                ["__count", "instance_id:array_agg"],
            )
            for element, count, instances in groups:
                entry = affected.setdefault(
                    element.element_id or "", {"tasks": 0, "waits": 0, "instances": set()}
                )
                entry[key] += count
                entry["instances"].update(instances)
        return {
            name: {**entry, "instances": len(entry["instances"])}
            for name, entry in affected.items()
        }
