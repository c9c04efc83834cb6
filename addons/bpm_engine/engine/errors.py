"""What can go wrong, said so that a person can repair it."""

from dataclasses import dataclass

from .words import told as _


@dataclass(frozen=True)
class Problem:
    """One thing to repair in a diagram: where, what, and how bad."""

    element: str | None
    code: str
    message: str
    level: str = "error"


class EngineError(Exception):
    """Anything the engine refuses; the text is meant for people.

    :param element: id of the diagram's element at which it happened, if known.
    """

    #: Of the work of the system during which it happened (see facts.Place), if any.
    place = None

    def __init__(self, message: str, element: str | None = None):
        super().__init__(message)
        self.message = message
        self.element = element

    def __str__(self):
        return self.message


class DiagramError(EngineError):
    """A diagram is refused; `problems` names each place and reason."""

    def __init__(self, problems: list[Problem]):
        super().__init__(
            "\n".join(problem.message for problem in problems),
            problems[0].element if problems else None,
        )
        self.problems = list(problems)


class ExpressionError(EngineError):
    """An expression is refused or has no answer; `piece` is the part that is to blame."""

    def __init__(self, message: str, piece: str = "", element: str | None = None):
        super().__init__(message, element)
        self.piece = piece


class BpmnError(EngineError):
    """A business error that the diagram may catch at the border of an element.

    :param code: error code as drawn in the diagram ("NO_STOCK").
    """

    def __init__(self, code: str, message: str = "", element: str | None = None):
        super().__init__(message or _("Business error %(code)s", code=code), element)
        self.code = code


class StepLimitError(EngineError):
    """The process goes round without end; nothing of this run may be kept."""


class DataError(EngineError):
    """A process variable is no plain value (text, number, yes/no, list, dictionary)."""


class StateError(EngineError):
    """The saved state does not belong to the diagram, or the task is not open."""


class MigrationError(EngineError):
    """A running process cannot be taken over; `reasons` says why in words."""

    def __init__(self, reasons: list[str]):
        super().__init__("\n".join(reasons))
        self.reasons = list(reasons)
