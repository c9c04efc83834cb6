"""Processes (BPMN 2.0) without a database: reading, checking, running, changing.

Knows nothing of Odoo. The models save what Execution.dump() gives and do what it asks of its
host; every message of these modules is meant to be read by people.
"""

from . import errors, values, operations, grammar, expressions, xml_source, settings, diagram
from . import scripts, periods, timers, gateways, repeated, specs
from . import structure, starts, parser, workflow, state, compaction, facts, steps, reset, beside
from . import execution, migration, xes
from .diagram import Diagram, Element, Flow, Lane
from .errors import (
    BpmnError,
    DataError,
    DiagramError,
    EngineError,
    ExpressionError,
    MigrationError,
    Problem,
    StateError,
    StepLimitError,
)
from .execution import Execution
from .facts import LogEvent, OpenTask, Thrown, Wait
from .lint import lint
from .parser import normalize, read_diagram
