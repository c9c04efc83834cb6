import hashlib

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import DiagramError, lint, read_diagram
from ..engine.diagram import sketch
from ..engine.xml_source import read_xml
from ..lib.diagram_xml import with_process_id
from .bpm_engine_words import said
from .bpm_facts import Facts


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def _find_callable(self, key):
        """Version in use of the process of that key, if this process may call it."""
        called = self.sudo().search([("key", "=", key)], limit=1)
        companies = {False, self.company_id.id} if self.company_id else {False}
        if called.company_id.id not in companies:
            return self.env["bpm.process.version"]
        return called.published_version_id


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def action_ask_publish(self):
        """Publish at once; with problems or older instances to think of, ask first."""
        self.ensure_one()
        self._check_may_publish()
        if not self._find_problems():
            return self.action_publish()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish %s", self.display_name),
            "res_model": "bpm.publish",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_version_id": self.id},
        }

    def action_publish(self):
        """Put the draft to use: new instances follow it, the version before is retired.

        :return: an action that tells so, or the check of older instances.
        :raise AccessError: the person does not manage processes.
        :raise UserError: it is no draft, or the diagram has errors; lists places and cures.
        """
        self.ensure_one()
        self._check_may_publish()
        self._publish()
        return self._action_after_publish()

    def action_publish_and_start(self):
        """Publish, then begin a first one: at once, or on a record that is chosen next.

        What is to be thought of before (problems, older instances) is asked first, as ever.
        """
        result = self.with_context(bpm_then_start=True).action_ask_publish()
        if result.get("res_model") == "bpm.publish":
            result["context"] = {**result["context"], "bpm_then_start": True}
        return result

    def _check_may_publish(self):
        if not (self.env.su or self.env.user.has_group("bpm_engine.group_manager")):
            raise AccessError(
                self.env._(
                    "Publishing is for those who manage processes. Ask %(who)s.",
                    who=self.process_id.sudo().owner_id.name or self.env._("a manager"),
                )
            )
        if self.state != "draft":
            raise UserError(self.env._("“%s” was published already.", self.display_name))

    def _find_problems(self):
        """What a check finds, errors first; kept on the version for the form."""
        self.ensure_one()
        found = self._lint(self.bpmn_xml, self.process_id)
        self.sudo().problems = found
        return found

    def _lint(self, xml, process):
        """Problems of a diagram as plain dicts: element, code, message, level."""
        try:
            problems = lint(xml or "", Facts(process))
        except DiagramError as error:
            problems = error.problems
        found = [
            {
                "element": problem.element,
                "code": problem.code,
                "message": said(self.env, problem.message),
                "level": problem.level,
            }
            for problem in problems
        ]
        return sorted(found, key=lambda problem: problem["level"] != "error")

    def _refuse_errors(self, problems):
        """:raise UserError: errors among the problems, each with its place."""
        errors = [problem for problem in problems if problem["level"] == "error"]
        if errors:
            raise UserError(
                self.env._(
                    "“%(version)s” cannot be published yet. Repair:\n%(list)s",
                    version=self.display_name,
                    list="\n".join(f"• {problem['message']}" for problem in errors),
                )
            )

    def _publish(self):
        # Two who publish at once: the second waits here, then finds it done.
        self.process_id.sudo().lock_for_update()
        self._refuse_errors(self._find_problems())
        self.sudo().bpmn_xml = with_process_id(self.bpmn_xml, self.process_id.key)
        called = self._find_called_versions()
        diagram = self._read_for_publishing(called)
        older = self.sudo().process_id.published_version_id
        older.state = "retired"
        older.flush_recordset()
        self.sudo().write(self._prepare_publish_values(called))
        # The next draft may come in the same transaction; one draft at a time is an index.
        self.flush_recordset(["state"])
        self._write_elements(diagram)
        self._after_publish(older)

    def _read_for_publishing(self, called):
        try:
            return read_diagram(
                self.bpmn_xml, {version.process_id.key: version._diagram() for version in called}
            )
        except DiagramError as error:
            raise UserError(said(self.env, error)) from error

    def _prepare_publish_values(self, called):
        return {
            "state": "published",
            "sha256": hashlib.sha256(self.bpmn_xml.encode()).hexdigest(),
            "published_by_id": self.env.uid,
            "published_at": fields.Datetime.now(),
            "called_version_ids": [Command.set(called.ids)],
        }

    def _find_called_versions(self):
        """Versions in use of the processes this diagram calls.

        :raise UserError: one of them is not in use, or calls this process in turn.
        """
        process = self.process_id.sudo()
        called = self.browse().sudo()
        for key in sorted(self._called_keys()):
            version = process._find_callable(key)
            if not version:
                raise UserError(
                    self.env._(
                        "The called process “%s” is not in use (or belongs to another company). "
                        "Publish it first, or call another one.",
                        key,
                    )
                )
            called |= version
        self._refuse_call_cycle(called)
        return called

    def _called_keys(self):
        return set(sketch(read_xml(self.bpmn_xml)).called)

    def _refuse_call_cycle(self, called):
        seen, queue = self.browse().sudo(), called
        while queue:
            if self.process_id in queue.process_id:
                raise UserError(
                    self.env._(
                        "“%(process)s” would call itself through “%(called)s”, without end. "
                        "Remove one of the calls.",
                        process=self.process_id.name,
                        called=queue.filtered(
                            lambda version: version.process_id == self.process_id
                        )[0].process_id.name,
                    )
                )
            seen |= queue
            queue = queue.called_version_ids - seen

    def _after_publish(self, older):
        """Hook: the version is in use now; ``older`` was until now, or is empty."""

    def _action_after_publish(self):
        """Ask about older instances at once, else stay on the version."""
        self.process_id.invalidate_recordset(["older_running_count"])
        if self.process_id.older_running_count:
            return self.action_check_older()
        if self.env.context.get("bpm_then_start"):
            return self.process_id.action_begin()
        return self._tell_published()

    def _tell_published(self):
        """A notice how to start it; the form that asked shows the version in use."""
        process = self.process_id
        text = self.env._("“%s” is in use.", process.name)
        if process.start_by_hand:
            text = self.env._("“%s” is in use. “Start it” begins a first one.", process.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # Elements

    def _write_elements(self, diagram):
        """Keep what the diagram says per element: lists, reports and hot changes use it."""
        order = {name: rank for rank, name in enumerate(along_the_flow(diagram))}
        self.env["bpm.element"].sudo().create(
            [
                self._prepare_element_values(element, order[element.id])
                for element in diagram.elements.values()
            ]
            + [
                self._prepare_lane_values(lane, len(order) + rank)
                for rank, lane in enumerate(diagram.lanes.values())
            ]
        )

    def _prepare_element_values(self, element, rank):
        return {
            "version_id": self.id,
            "element_id": element.id,
            "type": element.type,
            "event_kind": element.event or False,
            "name": element.name or False,
            "lane": element.lane or False,
            "parent_element_id": element.parent or False,
            "sequence": rank,
            "settings": element.settings,
            "drawn_settings": element.settings,
        }

    def _prepare_lane_values(self, lane, rank):
        return {
            "version_id": self.id,
            "element_id": lane.id,
            "type": "lane",
            "name": lane.name or False,
            "sequence": rank,
            "settings": lane.settings,
            "drawn_settings": lane.settings,
        }


def along_the_flow(diagram):
    """Ids of the elements in the order in which a token would reach them."""
    targets = {}
    for flow in diagram.flows.values():
        targets.setdefault(flow.source, []).append(flow.target)
    inside, attached = {}, {}
    for element in diagram.elements.values():
        inside.setdefault(element.parent, []).append(element)
        attached.setdefault(element.attached_to, []).append(element.id)
    order, queue = [], _starts(inside.get(None, []))
    queue += [element.id for element in diagram.elements.values()]
    while queue:
        name = queue.pop(0)
        if name in order or name not in diagram.elements:
            continue
        order.append(name)
        nested = _starts(inside.get(name, [])) + [item.id for item in inside.get(name, [])]
        queue = nested + targets.get(name, []) + attached.get(name, []) + queue
    return order


def _starts(elements):
    return [element.id for element in elements if element.type == "startEvent"]
