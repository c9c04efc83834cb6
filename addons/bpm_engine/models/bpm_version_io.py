from lxml import etree

from odoo import Command, api, models

from ..engine import DiagramError, read_diagram
from ..engine.xml_source import read_xml
from ..lib.diagram_xml import merge_settings, text_of
from ..lib.foreign_bpmn import take_over
from ..lib.pools import drop_undrawn_pools, keep_pool, pools_of
from .bpm_engine_words import said
from .bpm_facts import Facts

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
        :raise AccessError: the person does not draw: the answers tell which people, groups and
            processes there are.
        """
        self.check_access("create")
        process = self.env["bpm.process"].browse(process_id)
        process.check_access("read")
        return self._lint(xml, process)

    @api.model
    def read_bpmn(self, xml, process_id=False, chosen=None):
        """Check a file of another tool before it replaces the drawing.

        What other tools say about people, deadlines and conditions is taken over where we have
        the same.

        :param process_id: the process it is for: its kind of record knows fields.
        :param chosen: of a file with several pools, the id of the process to take.
        :return: ``{"xml": text or False, "problems": [...], "pools": [...], "notes": [...]}``.
            Without text either the file is refused, and the problems say where and why, or
            one of the pools (id, name, steps) is to be chosen. The notes name what was not
            taken over, element by element.
        :raise AccessError: the person does not draw, see lint_xml().
        """
        self.check_access("create")
        text = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else xml or ""
        text = text.lstrip("\ufeff")
        pools, notes = [], []
        try:
            root = read_xml(text)
        except DiagramError:
            root = None
        if root is not None:
            pools = pools_of(root)
            if len(pools) > 1 and chosen not in [pool["id"] for pool in pools]:
                return {"xml": False, "problems": [], "pools": pools, "notes": []}
            text, notes = self._take_over(root, text, len(pools) > 1 and chosen, process_id)
        problems = self._lint(text, self.env["bpm.process"])
        refused = any(problem["code"] in _REFUSING for problem in problems)
        return {
            "xml": False if refused else text,
            "problems": problems,
            "pools": pools,
            "notes": notes,
        }

    def _take_over(self, root, text, chosen, process_id):
        """The file in our terms; as it came when there was nothing to translate.

        :return: text, notes on what was left out.
        """
        before = etree.tostring(root)
        lost = keep_pool(root, chosen) if chosen else []
        drop_undrawn_pools(root)
        left = take_over(root, Facts(self.env["bpm.process"].browse(process_id or [])))
        notes = [{"element": "", "message": said(self.env, told)} for told in lost]
        notes += [{"element": note["element"], "message": self._tell_left(note)} for note in left]
        return (text if etree.tostring(root) == before else text_of(root)), notes

    def _tell_left(self, note):
        return self.env._(
            "“%(label)s”: not taken over: %(what)s.",
            label=note["label"],
            what=", ".join(dict.fromkeys(said(self.env, told) for told in note["left"])),
        )

    @api.model
    def import_other_pools(self, xml, process_id, chosen):
        """A draft process of each pool of a file but the one that was chosen.

        :param process_id: the process into which the chosen one goes: the others run on the
            same kind of record.
        :return: list of {"id", "name"} of the new processes.
        :raise AccessError: the person may not draw processes.
        """
        self.check_access("create")
        process = self.env["bpm.process"].browse(process_id)
        process.check_access("read")
        made = self.env["bpm.process"]
        for pool in pools_of(read_xml(xml)):
            if pool["id"] == chosen:
                continue
            answer = self.read_bpmn(xml, process_id, pool["id"])
            if answer["xml"]:
                made |= made.create(self._prepare_pool_values(process, pool, answer["xml"]))
        return [{"id": one.id, "name": one.name} for one in made]

    def _prepare_pool_values(self, process, pool, xml):
        return {
            "name": pool["name"],
            "model_id": process.model_id.id,
            "company_id": process.company_id.id,
            "category": process.category,
            "version_ids": [Command.create({"bpmn_xml": xml})],
        }

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
