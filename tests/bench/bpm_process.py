"""Processes for the benches of the engine: drawn, published, run; and bare SpiffWorkflow.

The floor is the library as its own documentation shows it (stock parser, stock
serializer), with the least persistence that is safe: one table, one row per run,
``SELECT FOR UPDATE``, load, step, save, commit, by plain psycopg2.
"""

import contextlib
import io

import psycopg2

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:bench" id="D">'
    '<message id="Go" name="go"/>'
)
CHECK = (
    '<exclusiveGateway id="Which{n}" name="Which?" default="Which{n}_Note{n}"/>'
    '<serviceTask id="Note{n}" name="Note"><extensionElements>'
    '<bpm:action name="bench_note" async="false"/></extensionElements></serviceTask>'
    '<endEvent id="Other{n}" name="Other"/>'
    '<sequenceFlow id="Which{n}_Other{n}" sourceRef="Which{n}" targetRef="Other{n}">'
    '<conditionExpression xsi:type="tFormalExpression">outcome == "other"'
    "</conditionExpression></sequenceFlow>"
)
#: Quoted, because the library takes times for Python; the product takes both.
WAITS = {
    "user": '<userTask id="{id}" name="{id}"><extensionElements>'
    '<bpm:assignment kind="starter"/></extensionElements></userTask>',
    "timer": '<intermediateCatchEvent id="{id}" name="{id}"><timerEventDefinition>'
    "<timeDuration>'PT1H'</timeDuration></timerEventDefinition></intermediateCatchEvent>",
    "message": '<intermediateCatchEvent id="{id}" name="{id}">'
    '<messageEventDefinition messageRef="Go"/></intermediateCatchEvent>',
}
#: Bare runs: a plain table, and rows that hold all that the library needs.
TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id serial PRIMARY KEY, state text NOT NULL)"


def draw(key: str, *kinds: str) -> str:
    """A process that waits once for each kind; behind each a choice and a service.

    Ten elements for two waits, as in the study of the library.
    """
    body = ['<startEvent id="Begin" name="Begin"/>', '<endEvent id="Finish" name="Finish"/>']
    order = ["Begin"]
    for n, kind in enumerate(kinds):
        body += [WAITS[kind].format(id=f"Wait{n}"), CHECK.format(n=n)]
        order += [f"Wait{n}", f"Which{n}", f"Note{n}"]
    order.append("Finish")
    flows = "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in zip(order, order[1:], strict=False)
    )
    process = f'<process id="{key}" isExecutable="true">{"".join(body)}{flows}</process>'
    return f"{HEAD}{process}</definitions>"


def publish(env, key: str, xml: str, **values):
    """A process with this drawing in use, started by hand or from anywhere."""
    if not env["bpm.action"].search([("key", "=", "bench_note")]):
        env["bpm.action"].create({"name": "Note", "key": "bench_note", "kind": "set"})
    process = env["bpm.process"].search([("key", "=", key)])
    if not process:
        process = env["bpm.process"].create(
            {"name": key, "key": key, "owner_id": env.ref("base.user_admin").id, **values}
        )
    version = process.draft_version_id or process.published_version_id.action_new_draft_version()
    version.bpmn_xml = xml
    version.action_publish()
    return process


class Bare:
    """Bare SpiffWorkflow on a table of the same database."""

    def __init__(self, database: str, xml: str, key: str):
        from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser

        _silence_library()
        self.connection = psycopg2.connect(dbname=database)
        parser = BpmnParser()
        parser.add_bpmn_io(io.BytesIO(xml.encode()))
        self.spec, self.subs = parser.get_spec(key), parser.get_subprocess_specs(key)
        self.serializer = _serializer()
        with self.connection, self.connection.cursor() as cr:
            cr.execute(TABLE)

    def close(self):
        self.connection.close()

    def start(self) -> int:
        """A new run up to its first wait; its row."""
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

        workflow = BpmnWorkflow(self.spec, self.subs)
        workflow.do_engine_steps()
        with self.connection, self.connection.cursor() as cr:
            state = self.serializer.serialize_json(workflow)
            cr.execute("INSERT INTO bench_bare (state) VALUES (%s) RETURNING id", [state])
            return cr.fetchone()[0]

    def complete(self, row: int) -> None:
        """Do the one open task."""
        from SpiffWorkflow.util.task import TaskState

        with self._step(row) as workflow:
            task = next(
                task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual
            )
            task.data["outcome"] = "done"
            task.run()

    def message(self, row: int) -> None:
        from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
        from SpiffWorkflow.bpmn.util.event import BpmnEvent

        with self._step(row) as workflow:
            workflow.send_event(BpmnEvent(MessageEventDefinition("go"), payload={"outcome": "x"}))

    def fire(self, row: int) -> None:
        """Let the one timer go off, an hour before its time."""
        with self._step(row) as workflow:
            for task in workflow.event_manager.tasks.values():
                task.internal_data["event_value"] = "2020-01-01T00:00:00+00:00"
            workflow.refresh_timers()

    @contextlib.contextmanager
    def _step(self, row):
        with self.connection, self.connection.cursor() as cr:
            cr.execute("SELECT state FROM bench_bare WHERE id = %s FOR UPDATE", [row])
            workflow = self.serializer.deserialize_json(cr.fetchone()[0])
            for task in workflow.get_tasks():
                task.data.setdefault("outcome", None)
            yield workflow
            workflow.do_engine_steps()
            state = self.serializer.serialize_json(workflow)
            cr.execute("UPDATE bench_bare SET state = %s WHERE id = %s", [state, row])


def _serializer():
    """The library's own, which must be told of service tasks."""
    from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
    from SpiffWorkflow.bpmn.specs.defaults import ServiceTask

    config = {**DEFAULT_CONFIG, ServiceTask: BpmnTaskSpecConverter}
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))


def _silence_library():
    import logging

    for name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
        logging.getLogger(name).setLevel(logging.WARNING)
