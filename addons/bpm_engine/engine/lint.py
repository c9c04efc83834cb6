"""Advice while drawing: what would go wrong, in words of business, with the cure."""

import ast
from datetime import UTC, datetime

from . import expressions, starts
from .approval_lint import approval_problems
from .diagram import HUMAN, OF_RECORD, SERVICES, Diagram, sketch
from .errors import DiagramError, ExpressionError, Problem
from .scripts import script_lines
from .structure import structure_problems
from .words import told as _
from .xml_source import read_xml, schema_problems

_WAITING = HUMAN | {"receiveTask", "intermediateCatchEvent", "eventBasedGateway"}
_NAMED = HUMAN | {"serviceTask", "scriptTask", "sendTask", "callActivity", "subProcess"}
_KINDS = {"user", "group", "role", "starter", "starter_manager", "previous"}
_UNITS = {"minute", "hour", "day", "week"}


def lint(diagram_or_xml, facts=None) -> list[Problem]:
    """Everything worth saying about a diagram, however incomplete it is; errors first.

    :param facts: what the database knows: knows_user(login), knows_group(xmlid),
        knows_action(key), knows_field(path), knows_process(key); a method that is missing
        knows everything.
    """
    if isinstance(diagram_or_xml, Diagram):
        diagram = diagram_or_xml
        problems = structure_problems(diagram)
    else:
        try:
            root = read_xml(diagram_or_xml)
            diagram = sketch(root)
        except DiagramError as error:
            return error.problems
        problems = structure_problems(diagram) or schema_problems(root)
    problems += _Lint(diagram, facts).problems()
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda problem: problem.level != "error")


class _Lint:
    """One look at one diagram."""

    def __init__(self, diagram, facts):
        self.diagram = diagram
        self.facts = facts
        self.found = []

    def problems(self):
        """Everything found."""
        self._ways()
        self._loops_without_stop()
        for element in self.diagram.elements.values():
            self._names(element)
            self._default(element)
            self._people(element)
            self._deadline(element)
            self._form(element)
            self._action(element)
            self._called(element)
            self._timer(element)
            self._loop(element)
            self._script(element)
        self._starts()
        for lane in self.diagram.lanes.values():
            place = _("Lane “%(name)s”", name=lane.name)
            self._who(lane.id, lane.settings.get("assignment"), place)
        for flow in self.diagram.flows.values():
            self._condition(flow)
        return self.found

    def add(self, where, code, text, level="error", place=None):
        """Note a problem.

        :param where: an element or an id
        :param place: what people call it; of elements their names
        """
        label = getattr(where, "label", None)
        if place:
            text = _("%(place)s: %(text)s", place=place, text=text)
        elif label:
            text = _("“%(label)s”: %(text)s", label=label, text=text)
        self.found.append(Problem(getattr(where, "id", where), code, text, level))

    def knows(self, what, value):
        """Whether the database knows something; without a database everything is known."""
        method = getattr(self.facts, f"knows_{what}", None)
        return method is None or bool(method(value))

    def targets(self, element):
        """Elements that follow an element, those over attached events included."""
        flows = [self.diagram.flows[one] for one in element.outgoing]
        found = [self.diagram.elements[one.target] for one in flows if one.target in self._ids]
        return found + [
            other for other in self.diagram.elements.values() if other.attached_to == element.id
        ]

    @property
    def _ids(self):
        return self.diagram.elements

    def _ways(self):
        reached = self._reached()
        for element in self.diagram.elements.values():
            if element.id not in reached:
                self.add(
                    element,
                    "unreachable",
                    _("no way leads here. Draw a flow to it or remove it."),
                )
            if element.type != "endEvent" and not element.outgoing and not element.event_subprocess:
                self.add(
                    element,
                    "dead_end",
                    _("nothing follows. Draw a flow to the next step or to an end event."),
                )

    def _reached(self):
        queue = [
            element
            for element in self.diagram.elements.values()
            if element.type == "startEvent" or element.event_subprocess
        ]
        seen = set()
        while queue:
            element = queue.pop()
            if element.id not in seen:
                seen.add(element.id)
                queue.extend(self.targets(element))
        return seen

    def _loops_without_stop(self):
        """A circle that no person, timer or message interrupts would run hot."""
        quick = {
            element.id
            for element in self.diagram.elements.values()
            if element.type not in _WAITING
            and not (element.type in SERVICES and element.settings.get("action", {}).get("async"))
        }
        state = {}
        for start in quick:
            stack = [(start, iter(self._quick_targets(start, quick)))]
            if state.get(start):
                continue
            state[start] = "open"
            while stack:
                here, following = stack[-1]
                target = next(following, None)
                if target is None:
                    state[here] = "done"
                    stack.pop()
                elif state.get(target) == "open":
                    self.add(
                        self._ids[target],
                        "endless_loop",
                        _(
                            "it stands in a loop that no person, timer or message stops. Put a "
                            "task or a timer into the loop."
                        ),
                        "warning",
                    )
                elif not state.get(target):
                    state[target] = "open"
                    stack.append((target, iter(self._quick_targets(target, quick))))

    def _quick_targets(self, element_id, quick):
        flows = [self.diagram.flows[one] for one in self._ids[element_id].outgoing]
        return [one.target for one in flows if one.target in quick]

    def _names(self, element):
        deciding = element.type in ("exclusiveGateway", "inclusiveGateway")
        if element.name or not (element.type in _NAMED or (deciding and len(element.outgoing) > 1)):
            return
        text = _("the element has no name. Name it after what is done here.")
        if deciding:
            text = _("the element has no name. Name it after the question that is decided here.")
        self.add(element, "no_name", text, "warning")

    def _default(self, element):
        if element.type not in ("exclusiveGateway", "inclusiveGateway"):
            return
        flows = [self.diagram.flows[one] for one in element.outgoing]
        if len(flows) > 1 and not any(flow.is_default for flow in flows):
            self.add(
                element,
                "no_default",
                _(
                    "no outgoing flow is the default. If no condition holds, the process stops "
                    "with an error; mark one flow as the default."
                ),
                "warning",
            )

    def _people(self, element):
        settings = element.settings
        who = settings.get("assignment")
        approval = settings.get("approval")
        approvers = (approval or {}).get("approvers", [])
        for rule in (who, settings.get("escalation"), *approvers):
            self._who(element, rule)
        again = (settings.get("escalation") or {}).get("again")
        if again is not None and not (isinstance(again, float) and 0 < again < 100_000):
            text = _("say after how many hours it is told again, or leave it empty.")
            self.add(element, "again", text)
        for code, text in approval_problems(settings) if approval is not None else ():
            self.add(element, code, text)
        if element.type not in HUMAN or who or approval:
            return
        lane = self.diagram.lane_of(element.id)
        if lane is None or not lane.settings.get("assignment"):
            self.add(
                element,
                "nobody",
                _(
                    "nobody is assigned, so it goes to whoever started the process. Choose a "
                    "person, a group or a role."
                ),
                "warning",
            )

    def _who(self, where, who, place=None):
        if not who:
            return
        kind = who.get("kind")
        user, group = who.get("user") or "", who.get("group") or ""
        if kind not in _KINDS:
            self.add(where, "assignment", _("choose who is meant."), place=place)
        elif kind == "user" and not (user and self.knows("user", user)):
            text = _(
                "the user “%(user)s” is not known or no longer active. Choose another person.",
                user=user,
            )
            self.add(where, "unknown_user", text, place=place)
        elif kind == "group" and not (group and self.knows("group", group)):
            text = _("the group “%(group)s” does not exist. Choose another.", group=group)
            self.add(where, "unknown_group", text, place=place)
        elif kind == "role":
            self._field(where, _("role"), who.get("role"), place)
        elif kind == "previous" and who.get("element") not in self._ids:
            text = _("choose the earlier task whose person is meant.")
            self.add(where, "unknown_task", text, place=place)

    def _field(self, where, what, path, place=None):
        path = (path or "").removeprefix("record.")
        if not path or not self.knows("field", path):
            text = _("%(place)s: %(text)s", place=what, text=_no_field(path))
            self.add(where, "unknown_field", text, place=place)

    def _deadline(self, element):
        deadline = element.settings.get("deadline")
        if not deadline:
            return
        if deadline.get("path"):
            self._field(element, _("deadline"), deadline["path"])
            return
        amount = deadline.get("amount")
        if not isinstance(amount, float) or not 0 < amount < 100_000:
            self.add(element, "deadline", _("the deadline needs a number above zero."))
        elif deadline.get("unit") not in _UNITS:
            self.add(
                element, "deadline", _("choose minutes, hours, days or weeks for the deadline.")
            )

    def _form(self, element):
        for field in element.settings.get("fields", []):
            self._field(element, _("form"), field.get("name"))
        keys = [outcome.get("key") for outcome in element.settings.get("outcomes", [])]
        if not all(keys):
            self.add(element, "outcome", _("a result has no key. Give each button its own."))
        elif len(set(keys)) < len(keys):
            self.add(element, "outcome", _("two results have the same key."))

    def _action(self, element):
        action = element.settings.get("action")
        if action is not None:
            name = action.get("name")
            if not name or not self.knows("action", name):
                self.add(
                    element,
                    "unknown_action",
                    _(
                        "the action “%(name)s” is not among the permitted ones. Choose one from "
                        "the list.",
                        name=name or "",
                    ),
                )
        elif element.type == "serviceTask":
            self.add(element, "no_action", _("choose the action that the system is to perform."))
        elif element.type == "sendTask" and not element.event:
            self.add(element, "no_action", _("choose what is sent: an action or a message."))

    def _called(self, element):
        if element.called and not self.knows("process", element.called):
            self.add(
                element,
                "unknown_process",
                _(
                    "it calls the process “%(process)s”, which is not published.",
                    process=element.called,
                ),
            )

    def _timer(self, element):
        text = (element.timer or {}).get("text", "")
        if text and not text.upper().startswith(("P", "R/")) and not text[:1].isdigit():
            self._expression(element, _("“%(label)s”: timer", label=element.label), text)

    def _starts(self):
        """Starts by a message, a signal or a timer: what would never or doubly begin."""
        seen = set()
        for element in starts.drawn_starts(self.diagram):
            if element.event == "timer":
                self._start_timer(element)
            elif element.event_name and (element.event, element.event_name) in seen:
                self.add(
                    element,
                    "same_start",
                    _(
                        "another start waits for “%(name)s” already; each would begin the process. "
                        "Keep one of them.",
                        name=element.event_name,
                    ),
                )
            seen.add((element.event, element.event_name))

    def _start_timer(self, element):
        try:
            first, count = starts.Schedule(element.timer).first(datetime.now(UTC))
        except ExpressionError as error:
            self.add(element, "start_timer", _("the timer gives no time. %(error)s", error=error))
            return
        if first is None:
            text = _("its time has passed, so it never starts. Choose a later one.")
            self.add(element, "start_passed", text, "warning")
        elif not self.knows("start_records", element.id):
            text = _(
                "after publishing choose on the process, under “By itself”, on which records it "
                "starts, and switch it on."
            )
            self.add(element, "start_records", text, "warning")

    def _loop(self, element):
        loop = element.loop or {}
        place = _("“%(label)s”: repetition", label=element.label)
        texts = [loop.get("cardinality"), loop.get("condition")]
        if (loop.get("collection") or "").startswith(OF_RECORD):
            texts.append(loop["collection"])
        for text in filter(None, texts):
            self._expression(element, place, text)

    def _script(self, element):
        """What its lines name; whether they are lines at all is checked elsewhere."""
        try:
            lines = script_lines(element.script or "") if element.type == "scriptTask" else []
        except ExpressionError:
            return
        for name, text in lines:
            place = _("“%(label)s”: value “%(name)s”", label=element.label, name=name)
            self._expression(element, place, text)

    def _condition(self, flow):
        if not flow.condition:
            return
        source = self._ids.get(flow.source)
        label = source.label if source else flow.source
        place = _("Condition of the flow behind “%(label)s”", label=label)
        if flow.is_default:
            text = _("the default flow needs no condition; it is not looked at.")
            self.add(flow.id, "condition_on_default", text, "warning", place)
        self._expression(flow.id, place, flow.condition)
        self._outcomes(flow, place)

    def _expression(self, where, place, text):
        """Fields and tasks that an expression names; its grammar is checked elsewhere."""
        try:
            paths = expressions.names(text)
            tasks = expressions.tasks(text)
        except ExpressionError:
            return
        where = getattr(where, "id", where)
        for path in sorted(paths):
            if not self.knows("field", path):
                self.add(where, "unknown_field", _no_field(path), place=place)
        for task in sorted(tasks):
            if task not in self._ids:
                text = _(
                    "there is no task “%(task)s”; behind “outcomes.” stands the id of a task.",
                    task=task,
                )
                self.add(where, "unknown_task", text, place=place)

    def _outcomes(self, flow, place):
        known = {"approved", "refused"}
        for element in self.diagram.elements.values():
            known |= {one.get("key") for one in element.settings.get("outcomes", [])}
        drawn = any(one.settings.get("outcomes") for one in self.diagram.elements.values())
        if not drawn:
            return
        for key in sorted(_compared_outcomes(flow.condition) - known):
            text = _(
                "no task has the result “%(key)s”. There are: %(known)s.",
                key=key,
                known=", ".join(sorted(filter(None, known))),
            )
            self.add(flow.id, "unknown_outcome", text, "warning", place)


def _no_field(path):
    return _("the record has no field “%(path)s” that processes may read.", path=path)


def _compared_outcomes(condition):
    """Texts with which the outcome of a task is compared."""
    try:
        tree = expressions.parse(condition)
    except ExpressionError:
        return set()
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        if any(_is_outcome(side) for side in sides):
            found |= {
                one.value
                for side in sides
                for one in ast.walk(side)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return found


def _is_outcome(node):
    if isinstance(node, ast.Attribute):
        node = node.value
        return isinstance(node, ast.Name) and node.id == "outcomes"
    return isinstance(node, ast.Name) and node.id == "outcome"
