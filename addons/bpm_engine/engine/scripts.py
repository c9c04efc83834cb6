"""Script tasks: lines of `variable = expression`, nothing else."""

import re

from . import expressions
from .errors import ExpressionError
from .words import told as _

MAX_LINES = 50
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,60})\s*=(?!=)\s*(.+)")
_RESERVED = {"record", "outcome", "outcomes"}


def script_lines(text: str) -> list[tuple[str, str]]:
    """Assignments of a script, checked.

    :raise ExpressionError: a line is no assignment in the language of conditions.
    """
    result = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if not match or match[1] in _RESERVED:
            raise ExpressionError(
                _("“%(line)s”: a script consists of lines like total = price * 2.", line=line[:60]),
                line,
            )
        expressions.check(match[2])
        result.append((match[1], match[2]))
    if not result:
        raise ExpressionError(_("The script is empty; write a line like total = price * 2."))
    if len(result) > MAX_LINES:
        raise ExpressionError(_("The script has more than %(limit)s lines.", limit=MAX_LINES))
    return result
