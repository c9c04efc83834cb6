from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ..engine.diagram import sketch
from ..engine.xml_source import read_xml
from ..lib.diagram_xml import merge_settings


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def set_hot_many(self, changes):
        """Change several elements at once: all of them, or with one error none.

        :param changes: list of dicts: element_id, settings, name, seen, as of set_hot().
        """
        self.ensure_one()
        for change in changes:
            self.set_hot(**change)

    def set_hot(self, element_id, settings, name=None, reassign=False, older=True, seen=None):
        """Change who, until when, texts or parameters of a published element at once (HU-20).

        :param element_id: id of the element in the diagram.
        :param settings: all its settings, as the diagram would give them.
        :param name: its new name; None: stays.
        :param reassign: tasks that are open now follow, too: who has them and until when.
        :param older: also on older versions that still run, where the element read the same.
        :param seen: dict with ``name`` and ``settings`` as the person saw them before the
            change: what others changed since stays. None: all is replaced.
        :return: dict with ``versions`` (changed) and ``tasks`` (open ones that changed).
        :raise AccessError: only managers may.
        :raise UserError: no such element, the settings do not fit, or somebody else changed
            the same meanwhile.
        """
        self.ensure_one()
        self._check_may_change()
        element = self._get_hot_element(element_id)
        elements = element | (element._find_same_older() if older else element.browse())
        if seen is not None:
            values = element._prepare_seen_values(name, settings or {}, seen)
        elif name is None:
            values = {"settings": settings or {}}
        else:
            values = {"settings": settings or {}, "name": name}
        if values:
            elements.write(values)
        tasks = elements._hand_over_open_tasks() if reassign else 0
        return {"versions": len(elements), "tasks": tasks}

    def _get_hot_element(self, element_id):
        element = self.element_ids.filtered(lambda item: item.element_id == element_id)
        if not element:
            raise UserError(
                self.env._(
                    "“%(element)s” is no element of %(version)s; drafts are changed by drawing.",
                    element=element_id,
                    version=self.display_name,
                )
            )
        return element

    def _check_may_change(self):
        if not (self.env.su or self.env.user.has_group("bpm_engine.group_manager")):
            raise AccessError(
                self.env._("Changes at once are for those who manage processes; draw a draft.")
            )

    def _check_hot(self, element, name, settings):
        """Settings as the engine reads them from a diagram (numbers and flags in their types).

        :raise UserError: with the new settings the element would have errors.
        """
        self.ensure_one()
        current = self._current_xml()
        before = {self._problem_key(item) for item in self._lint(current, self.process_id)}
        merged = merge_settings(current, {element.element_id: (name, settings)})
        new = [
            problem["message"]
            for problem in self._lint(merged, self.process_id)
            if problem["level"] == "error" and self._problem_key(problem) not in before
        ]
        if new:
            raise UserError("\n".join(new))
        return _settings_in(merged, element)

    def _read_hot(self, element, name, settings):
        """Settings in the types of the engine, as _check_hot() gives them, but not checked."""
        self.ensure_one()
        return _settings_in(
            merge_settings(self.bpmn_xml, {element.element_id: (name, settings)}), element
        )

    def _problem_key(self, problem):
        return problem["element"], problem["code"], problem["message"]


def _settings_in(xml, element):
    drawn = sketch(read_xml(xml))
    return {**drawn.elements, **drawn.lanes}[element.element_id].settings


class BpmElement(models.Model):
    _inherit = "bpm.element"

    def _find_same_older(self):
        """The same element in other versions that still run, if it read the same there."""
        self.ensure_one()
        candidates = self.search(
            [
                ("process_id", "=", self.process_id.id),
                ("element_id", "=", self.element_id),
                ("type", "=", self.type),
                ("id", "!=", self.id),
                ("version_id.instance_ids.state", "in", ("running", "incident", "suspended")),
            ]
        )
        return candidates.filtered(
            lambda other: (other.settings or {}) == (self.settings or {})
            and other.name == self.name
        )

    def _hand_over_open_tasks(self):
        """Open tasks of these elements follow their settings as they are now.

        Of a lane: the tasks in it that have no assignment of their own.

        :return: how many changed hands or deadline
        """
        elements = self | self._get_in_lanes()
        tasks = self.env["bpm.task"]
        return len(tasks._reassign_open(elements) | tasks._follow_deadlines(elements))

    def _reword_open_tasks(self):
        """Open tasks and their activities say what their elements say now."""
        tasks = self.env["bpm.task"].sudo()
        found = tasks.search([("element_id", "in", self.ids), ("state", "in", ("todo", "waiting"))])
        for element, opened in found.grouped("element_id").items():
            name = element.name or element.element_id
            opened.filtered(lambda task, name=name: task.name != name).name = name
            note = (element.settings or {}).get("instruction")
            opened.activity_ids.write(
                {"summary": name, "note": plaintext2html(note) if note else False}
            )

    def _get_in_lanes(self):
        found = self.browse()
        for lane in self.filtered(lambda element: element.type == "lane"):
            diagram = lane.version_id._get_diagram()
            found |= lane.version_id.element_ids.filtered(
                lambda element, diagram=diagram, lane=lane: (
                    getattr(diagram.lane_of(element.element_id), "id", None) == lane.element_id
                )
            )
        return found

    def action_hand_over(self):
        """Tasks of this element that are open now follow its settings: who and until when."""
        self.check_access("write")
        count = self._hand_over_open_tasks()
        message = self.env._("%s open tasks have changed.", count)
        kept = len(self.env["bpm.task"]._get_kept(self | self._get_in_lanes()))
        if kept:
            stay = self.env._("%s taken or passed on by people stay with who has them.", kept)
            message = f"{message} {stay}"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }
