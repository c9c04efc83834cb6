"""Random processes, random progress and random edits, for the engine's and Odoo's tests."""

import itertools
from datetime import timedelta

from .common import bpmn, chain, flow, node

OUTCOMES = ["left", "right", "again", "ok"]
CALLEE = bpmn(
    node("startEvent", "CS")
    + node("userTask", "CT")
    + node("endEvent", "CE")
    + chain("CS", "CT", "CE"),
    key="callee",
)
_LEAVES = ["task", "task", "wait", "late", "remind", "many", "call"]
_EVENTS = ["task", "wait", "late", "many", "call", "hear", "hear", "either", "either", "told"]
_BLOCKS = ["seq", "seq", "seq", "xor", "par", "par", "or", "or", "loop", "sub"]
#: Beside the whole process: a signal starts a task as often as it is given.
ALARM = (
    '<bpmn:subProcess id="Alarm" name="Alarm" triggeredByEvent="true">'
    '<bpmn:startEvent id="AlarmS" name="AlarmS" isInterrupting="false">'
    '<bpmn:signalEventDefinition signalRef="alarm"/></bpmn:startEvent>'
    + node("userTask", "Alarmr")
    + node("endEvent", "AlarmE")
    + chain("AlarmS", "Alarmr", "AlarmE")
    + "</bpmn:subProcess>"
)
_GATES = {"xor": "exclusiveGateway", "par": "parallelGateway", "or": "inclusiveGateway"}
_MANY = (
    "<bpmn:multiInstanceLoopCharacteristics>"
    "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
)


def timer(length):
    return (
        "<bpmn:timerEventDefinition><bpmn:timeDuration "
        f'xsi:type="bpmn:tFormalExpression">{length}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition>"
    )


def message(name):
    return f'<bpmn:messageEventDefinition messageRef="{name}_m"/>'


class Drawing:
    """A block-structured process that can be edited at random.

    Leaves: a task, a timer to wait for, a task with a timer that interrupts it or reminds
    beside it, a task for two, a call. Blocks: a row, the three gateways, a loop, a sub-process.

    :param events: also with messages to wait for, alone, before a timer or beside a task, and
        with an event sub-process.
    """

    def __init__(self, rng, depth=3, events=False):
        self.rng = rng
        self.events = events
        self.leaves = _EVENTS if events else _LEAVES
        self.numbers = itertools.count()
        self.tree = ["seq", *(self.block(depth - 1) for _ in range(3))]

    def fresh(self, prefix):
        return f"{prefix}{next(self.numbers)}"

    def leaf(self, kind="task"):
        return [kind, self.fresh("T")]

    def block(self, depth):
        kind = self.rng.choice([*_BLOCKS, *self.leaves] if depth else self.leaves)
        if kind in self.leaves:
            return self.leaf(kind)
        if kind == "seq":
            return ["seq", *(self.block(depth - 1) for _ in range(self.rng.randint(1, 3)))]
        if kind in ("loop", "sub"):
            return [kind, self.fresh("L"), self.block(depth - 1)]
        return [kind, self.fresh("G"), self.block(depth - 1), self.block(depth - 1)]

    def nodes(self, tree=None):
        tree = tree or self.tree
        yield tree
        for child in tree[1:]:
            if isinstance(child, list):
                yield from self.nodes(child)

    def edit(self):
        """Change the drawing at one place."""
        node_ = self.rng.choice(list(self.nodes()))
        old = list(node_)
        kind = self.rng.choice(
            ["before", "after", "par", "xor", "or", "sub", "remove", "timer", "timer", "replace"]
        )
        new = self.leaf(self.rng.choice(self.leaves))
        if kind in _GATES:
            node_[:] = [kind, self.fresh("G"), old, new]
        elif kind == "sub":
            node_[:] = ["sub", self.fresh("L"), old]
        elif kind == "remove":
            node_[:] = self.leaf()
        elif kind == "timer" and old[0] in ("task", "late", "remind"):
            # The same task gains, loses or changes its attached timer.
            node_[0] = self.rng.choice(["task", "late", "remind"])
        elif kind == "replace":
            node_[:] = new
        else:
            node_[:] = ["seq", new, old] if kind == "before" else ["seq", old, new]

    def xml(self, key="test"):
        parts = []
        first, last = self.draw(self.tree, parts)
        body = node("startEvent", "Start") + "".join(parts) + node("endEvent", "End")
        body += flow("Start", first) + flow(last, "End")
        if not self.events:
            return bpmn(body, key=key)
        heard = [tree[1] for tree in self.nodes() if tree[0] in ("hear", "either", "told")]
        roots = "".join(f'<bpmn:message id="{name}_m" name="{name}"/>' for name in heard)
        return bpmn(body + ALARM, roots + '<bpmn:signal id="alarm" name="alarm"/>', key)

    def draw(self, tree, parts):
        """Add a block to the parts; ids of its first and last element."""
        kind = tree[0]
        if kind == "seq":
            ends = [self.draw(child, parts) for child in tree[1:]]
            parts.extend(flow(a[1], b[0]) for a, b in itertools.pairwise(ends))
            return ends[0][0], ends[-1][1]
        if kind in self.leaves or kind in _LEAVES:
            return self._draw_leaf(kind, tree[1], parts)
        if kind == "sub":
            return self._draw_sub(tree[1], tree[2], parts)
        if kind == "loop":
            return self._draw_loop(tree[1], tree[2], parts)
        return self._draw_gates(kind, tree[1], tree[2:], parts)

    def _draw_leaf(self, kind, name, parts):
        if kind == "wait":
            parts.append(node("intermediateCatchEvent", name, timer("P2D")))
            return name, name
        if kind == "call":
            parts.append(node("callActivity", name, calledElement="callee"))
            return name, name
        if kind in ("hear", "either"):
            return self._draw_message(kind, name, parts)
        parts.append(node("userTask", name, _MANY if kind == "many" else ""))
        if kind == "late":
            parts.append(node("boundaryEvent", f"{name}b", timer("P3D"), attachedToRef=name))
            parts.append(node("userTask", f"{name}x") + node("exclusiveGateway", f"{name}m"))
            parts.append(chain(f"{name}b", f"{name}x", f"{name}m") + flow(name, f"{name}m"))
            return name, f"{name}m"
        if kind in ("remind", "told"):
            attached = {"attachedToRef": name, "cancelActivity": "false"}
            event = timer("P1D") if kind == "remind" else message(name)
            parts.append(node("boundaryEvent", f"{name}b", event, **attached))
            parts.append(node("userTask", f"{name}r") + node("endEvent", f"{name}e"))
            parts.append(chain(f"{name}b", f"{name}r", f"{name}e"))
        return name, name

    def _draw_message(self, kind, name, parts):
        parts.append(node("intermediateCatchEvent", name, message(name)))
        if kind == "hear":
            return name, name
        asked, late, merged = (f"{name}{letter}" for letter in "gtm")
        parts.append(node("eventBasedGateway", asked) + node("exclusiveGateway", merged))
        parts.append(node("intermediateCatchEvent", late, timer("P2D")))
        parts.append(chain(asked, name, merged) + chain(asked, late, merged))
        return asked, merged

    def _draw_sub(self, name, child, parts):
        inside = []
        first, last = self.draw(child, inside)
        ends = node("startEvent", f"{name}s") + node("endEvent", f"{name}e")
        ends += flow(f"{name}s", first) + flow(last, f"{name}e")
        parts.append(node("subProcess", name, ends + "".join(inside)))
        return name, name

    def _draw_loop(self, name, child, parts):
        opened, asked, closed, behind = (f"{name}{letter}" for letter in "oqcx")
        first, last = self.draw(child, parts)
        parts.append(node("userTask", asked) + flow(last, asked) + flow(asked, closed))
        parts.append(node("exclusiveGateway", opened) + flow(opened, first))
        parts.append(node("exclusiveGateway", closed, default=f"{closed}_{behind}"))
        parts.append(node("task", behind) + flow(closed, behind))
        parts.append(flow(closed, opened, "outcome == 'again'"))
        return opened, behind

    def _draw_gates(self, kind, name, children, parts):
        opened, closed = f"{name}o", f"{name}c"
        ends = [self.draw(child, parts) for child in children]
        conditions = {"xor": ("outcome == 'left'", None), "par": (None, None)}.get(
            kind, ("outcome != 'right'", "outcome != 'left'")
        )
        default = {"xor": f"{opened}_{ends[1][0]}", "or": f"{opened}_{closed}"}.get(kind)
        settings = {"default": default} if default else {}
        parts.append(node(_GATES[kind], opened, **settings) + node(_GATES[kind], closed))
        for (first, last), condition in zip(ends, conditions, strict=True):
            parts.append(flow(opened, first, condition) + flow(last, closed))
        if kind == "or":
            parts.append(flow(opened, closed))
        return opened, closed


def heard(execution):
    """Names of the messages that are waited for."""
    return sorted(wait.name for wait in execution.waits() if wait.kind == "message")


def play(execution, rng, steps, outcomes, once=True):
    """Complete random open tasks and let timers go off; nothing may be doubled or stand still.

    :param once: in the drawing a token is at one place once, save for tasks of several.
    """
    for _step in range(steps):
        tasks = execution.open_tasks()
        due = execution.next_due
        names = heard(execution)
        if not tasks and not due and not names:
            break
        # Reminders of an earlier round may still be open; one process may be called at once
        # from several places.
        places = [
            (task.element, task.index)
            for task in tasks
            if task.process != "callee" and not task.element.endswith("r")
        ]
        assert once is False or len(places) == len(set(places)), "a token was doubled"
        if names and (not (tasks or due) or rng.random() < 0.2):
            execution.message(rng.choice(names))
            # Not the last thing that happens: it begins anew each time.
            if rng.random() < 0.2:
                execution.signal("alarm")
        elif due and (not tasks or rng.random() < 0.2):
            execution.host.clock = max(execution.host.clock, due + timedelta(seconds=1))
            execution.fire_due(execution.host.clock)
        else:
            execution.complete(rng.choice(tasks).id, {"outcome": rng.choice(outcomes)})
