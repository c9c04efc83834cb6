"""Bare SpiffWorkflow: the floor of the benches of running processes.

The engine is the library as its own documentation shows it: stock parser, stock
serializer. Two ways to keep its runs, by plain psycopg2, one transaction per step:

least   the least that is safe: one table, one row per run, ``SELECT FOR UPDATE``, load,
        step, save, commit. What was done, by whom and when, who has what to do and what
        is waited for is known to nobody but the library.
same    what the product keeps, in the product's own tables with their indexes and
        references: the run, a line of history for each thing entered and left with the
        time it took, the task with its holder and outcome, the wait by which a message
        or the clock finds the run. Plain statements, several rows in one where there
        are several; no ORM, no rights, no assignment rules, nobody who is told.

"The same persistence" of a ratio is the second; the first is printed beside it.
"""

import contextlib
import io
from datetime import UTC, datetime

import psycopg2
from psycopg2.extras import execute_values
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
AHEAD = TaskState.PREDICTED_MASK | TaskState.FUTURE
#: A plain table, and rows that hold all that the library needs.
TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id serial PRIMARY KEY, state text NOT NULL)"


class Service(ServiceTask):
    """The library leaves it to its user what a service does, and never ends one: this ends."""

    def _execute(self, _task):
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, Service)}


class Bare:
    """The library with the least persistence, on a table of the same database."""

    def __init__(self, database: str, xml: str, key: str):
        _silence_library()
        self.connection = psycopg2.connect(dbname=database)
        parser = Parser()
        parser.add_bpmn_io(io.BytesIO(xml.encode()))
        self.spec, self.subs = parser.get_spec(key), parser.get_subprocess_specs(key)
        self.serializer = _serializer()
        with self.connection, self.connection.cursor() as cr:
            cr.execute(TABLE)

    def close(self):
        self.connection.close()

    def start(self, _record: int) -> int:
        """A new run up to its first wait; its row."""
        workflow = BpmnWorkflow(self.spec, self.subs)
        workflow.do_engine_steps()
        with self.connection, self.connection.cursor() as cr:
            return self._insert(cr, workflow, _record)

    def complete(self, row: int) -> None:
        """Do the one open task."""
        with self._step(row) as workflow:
            task = next(
                task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual
            )
            task.data["outcome"] = "done"
            task.run()

    def message(self, row: int) -> None:
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
            workflow = self.serializer.deserialize_json(self._load(cr, row))
            for task in workflow.get_tasks():
                task.data.setdefault("outcome", None)
            before = self._note(workflow)
            yield workflow
            workflow.do_engine_steps()
            self._save(cr, row, workflow, before)

    def _insert(self, cr, workflow, _record):
        state = self.serializer.serialize_json(workflow)
        cr.execute("INSERT INTO bench_bare (state) VALUES (%s) RETURNING id", [state])
        return cr.fetchone()[0]

    def _load(self, cr, row):
        cr.execute("SELECT state FROM bench_bare WHERE id = %s FOR UPDATE", [row])
        return cr.fetchone()[0]

    def _save(self, cr, row, workflow, _before):
        state = self.serializer.serialize_json(workflow)
        cr.execute("UPDATE bench_bare SET state = %s WHERE id = %s", [state, row])

    def _note(self, _workflow):
        """What is to be known of a run before its step."""
        return None


class BareKept(Bare):
    """The library with the same persistence: the rows of the product, in its tables."""

    def __init__(self, database: str, xml: str, key: str, user_id: int):
        super().__init__(database, xml, key)
        self.user_id = user_id
        with self.connection, self.connection.cursor() as cr:
            cr.execute(
                "SELECT p.id, v.id, c.id, p.key FROM bpm_process p"
                " JOIN bpm_process_version v ON v.id = p.published_version_id,"
                " res_users u JOIN res_company c ON c.id = u.company_id"
                " WHERE p.key = %s AND u.id = %s",
                [key, user_id],
            )
            self.process_id, self.version_id, self.company_id, self.name = cr.fetchone()
            cr.execute(
                "SELECT element_id, id, name, type FROM bpm_element WHERE version_id = %s",
                [self.version_id],
            )
            self.elements = {element: rest for element, *rest in cr.fetchall()}

    # ------------------------------------------------------------ rows

    def _insert(self, cr, workflow, record):
        now = _now()
        waits = self._waits(workflow)
        cr.execute(
            "INSERT INTO bpm_instance (name, process_id, version_id, res_model, res_id, company_id,"
            " starter_id, start_kind, state, engine_state, step_count, next_due, date_start,"
            " duration_hours, create_uid, create_date, write_uid, write_date) VALUES"
            " (%s, %s, %s, 'res.partner', %s, %s, %s, 'hand', 'running', %s, %s, %s, %s, 0,"
            " %s, %s, %s, %s) RETURNING id",
            [
                f"{self.name}: Run {record}", self.process_id, self.version_id, record,
                self.company_id, self.user_id, self.serializer.serialize_json(workflow),
                len(workflow.tasks), _first_due(waits), now,
                self.user_id, now, self.user_id, now,
            ],
        )  # fmt: skip
        row = cr.fetchone()[0]
        self._add_lines(cr, row, [(None, "started", now, None), *self._events(workflow, {})])
        self._add_open(cr, row, record, workflow, waits, {})
        return row

    def _load(self, cr, row):
        cr.execute("SELECT engine_state, res_id FROM bpm_instance WHERE id = %s FOR UPDATE", [row])
        state, self.record = cr.fetchone()
        return state

    def _save(self, cr, row, workflow, before):
        now = _now()
        waits = self._waits(workflow)
        cr.execute(
            "UPDATE bpm_instance SET engine_state = %s, step_count = step_count + %s,"
            " next_due = %s, write_uid = %s, write_date = %s WHERE id = %s",
            [
                self.serializer.serialize_json(workflow), len(workflow.tasks) - len(before),
                _first_due(waits), self.user_id, now, row,
            ],
        )  # fmt: skip
        self._add_lines(cr, row, self._events(workflow, before))
        over = [
            token
            for token, (was, _since) in before.items()
            if was == "open" and workflow.tasks[token].has_state(TaskState.FINISHED_MASK)
        ]
        self._close(cr, row, workflow, over, now)
        self._add_open(cr, row, self.record, workflow, waits, before)

    def _note(self, workflow):
        """{token: what it was, since when} of all that is not over yet, and of what is."""
        return {
            token: ("open" if task.has_state(LIVE) else "over", task.last_state_change)
            for token, task in workflow.tasks.items()
            if not task.has_state(AHEAD)
        }

    def _events(self, workflow, before):
        """(task, event, moment, seconds) of all that a step did, in its order."""
        found = []
        for token, task in workflow.tasks.items():
            was, since = before.get(token, (None, None))
            if task.task_spec.bpmn_id is None or was == "over" or task.has_state(AHEAD):
                continue
            at = task.last_state_change
            if was is None:
                found.append((task, "entered", at, None))
            if task.has_state(TaskState.FINISHED_MASK):
                if was == "open" and not task.task_spec.manual:
                    found.append((task, "fired", at, None))
                found.append((task, "left", at, at - since if since else 0))
        found.sort(key=lambda line: line[2])
        return [(task, event, _moment(at), took) for task, event, at, took in found]

    def _add_lines(self, cr, row, events):
        now = _now()
        lines = []
        for task, event, at, took in events:
            element = task.task_spec.bpmn_id if task else None
            _id, name, kind = self.elements.get(element, (None, None, None))
            manual = event == "left" and task.task_spec.manual
            user = self.user_id if manual or event == "started" else None
            lines.append(
                (
                    row, self.process_id, self.version_id, self.company_id, element, name, kind,
                    str(task.id) if task else None, event, at, user, took, False,
                    "done" if manual else None, self.user_id, now, self.user_id, now,
                )
            )  # fmt: skip
        execute_values(
            cr,
            "INSERT INTO bpm_log (instance_id, process_id, version_id, company_id, element,"
            " element_name, element_type, token, event, at, user_id, duration, overdue, outcome,"
            " create_uid, create_date, write_uid, write_date) VALUES %s",
            lines,
        )

    def _close(self, cr, row, workflow, tokens, now):
        """Tasks that are done, waits that are over."""
        for token in tokens:
            if workflow.tasks[token].task_spec.manual:
                cr.execute(
                    "UPDATE bpm_task SET state = 'done', outcome = 'done', outcome_label = 'Done',"
                    " date_done = %s, done_by_id = %s, write_uid = %s, write_date = %s"
                    " WHERE instance_id = %s AND token = %s",
                    [now, self.user_id, self.user_id, now, row, str(token)],
                )
            else:
                cr.execute(
                    "DELETE FROM bpm_wait WHERE instance_id = %s AND token = %s", [row, str(token)]
                )

    def _waits(self, workflow):
        """(task, kind, name, due) of the events that are waited for."""
        found = []
        for task in workflow.event_manager.tasks.values():
            if task.has_state(LIVE):
                definition = task.task_spec.event_definition
                value = task.internal_data.get("event_value")
                kind = "timer" if value else "message"
                due = datetime.fromisoformat(value).astimezone(UTC) if value else None
                name = None if value else definition.name
                found.append((task, kind, name, due and due.replace(tzinfo=None)))
        return found

    def _add_open(self, cr, row, record, workflow, waits, before):
        """Tasks and waits of tokens that have just come."""
        now = _now()
        for task, kind, name, due in waits:
            if task.id not in before:
                cr.execute(
                    "INSERT INTO bpm_wait (instance_id, element_id, token, kind, name, due,"
                    " res_model, res_id, create_uid, create_date, write_uid, write_date)"
                    " VALUES (%s, %s, %s, %s, %s, %s, 'res.partner', %s, %s, %s, %s, %s)",
                    [
                        row, self.elements[task.task_spec.bpmn_id][0], str(task.id), kind, name,
                        due, record, self.user_id, now, self.user_id, now,
                    ],
                )  # fmt: skip
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            if task.id not in before:
                self._add_task(cr, row, record, task, now)

    def _add_task(self, cr, row, record, task, now):
        element_id, name, _kind = self.elements[task.task_spec.bpmn_id]
        cr.execute(
            "INSERT INTO bpm_task (name, instance_id, process_id, company_id, res_model, res_id,"
            " element_id, token, index, user_id, state, date_start, why,"
            " create_uid, create_date, write_uid, write_date)"
            " VALUES (%s, %s, %s, %s, 'res.partner', %s, %s, %s, 0, %s, 'todo', %s, %s,"
            " %s, %s, %s, %s)",
            [
                name, row, self.process_id, self.company_id, record, element_id, str(task.id),
                self.user_id, now, "The starter", self.user_id, now, self.user_id, now,
            ],
        )  # fmt: skip
        cr.execute(
            "INSERT INTO bpm_instance_participant_rel (instance_id, user_id) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING",
            [row, self.user_id],
        )


def _now():
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _moment(stamp):
    return datetime.fromtimestamp(stamp, UTC).replace(tzinfo=None)


def _first_due(waits):
    return min((due for *_rest, due in waits if due), default=None)


def _serializer():
    """The library's own, which must be told of service tasks."""
    config = {**DEFAULT_CONFIG, Service: BpmnTaskSpecConverter}
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))


def _silence_library():
    import logging

    for name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
        logging.getLogger(name).setLevel(logging.WARNING)
