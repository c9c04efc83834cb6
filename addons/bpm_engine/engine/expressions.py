"""The small language of conditions, collections and scripts.

It is read with Python's grammar (``grammar``) and then interpreted node by node: nothing is ever
compiled or evaluated by Python, so an expression reaches only what is listed in ``grammar`` and
``operations``. Time and memory are bounded by the size of the text, of numbers, of texts and of
lists.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .errors import ExpressionError
from .grammar import check, kind_of, names, parse, path_of, refuse, tasks, variables
from .operations import (
    BINARY,
    COMPARE,
    FUNCTIONS,
    FUNCTIONS_BY_NAME,
    MAX_ITEMS,
    MAX_NUMBER,
    MAX_TEXT,
    NUMBERS,
    aware,
    comparable,
    day_of,
    same_numbers,
)
from .words import told as _

__all__ = [
    "FUNCTIONS",
    "Context",
    "aware",
    "check",
    "day_of",
    "evaluate",
    "names",
    "parse",
    "tasks",
    "variables",
]


@dataclass
class Context:
    """What an expression may see.

    :param variables: process variables by name.
    :param record: object whose attributes are the readable fields, or a function giving it.
    :param now: function giving the present moment (aware).
    :param zone: time zone in which days are counted and moments without one are meant, or a
        function giving it.
    """

    variables: dict
    record: object = None
    now: Callable = lambda: datetime.now(UTC)
    zone: object = UTC

    def get_zone(self):
        """The time zone; asked for only where a day is needed."""
        return self.zone() if callable(self.zone) else self.zone


def evaluate(expression: str, context: Context):
    """Value of an expression.

    :raise ExpressionError: not in the language, or without an answer; names the piece.
    """
    return _Reader(expression, context).value(parse(expression))


class _Reader:
    """Interprets one checked tree."""

    def __init__(self, expression, context):
        self.text = (expression or "").strip().replace("\n", " ")
        self.context = context

    def value(self, node):
        return getattr(self, "_" + type(node).__name__.lower())(node)

    def fail(self, node, why):
        refuse(node, self.text, why)

    def _constant(self, node):
        return node.value

    def _list(self, node):
        return [self.value(item) for item in node.elts]

    _tuple = _list

    def _name(self, node):
        if node.id == "record":
            self.fail(node, _("name a field of the record, for instance record.name."))
        return self._plain(node, self.context.variables.get(node.id))

    def _attribute(self, node):
        parts = path_of(node).split(".")
        if parts[0] == "record":
            value = self.context.record
            value = value() if callable(value) else value
        else:
            value = self.context.variables.get(parts[0])
        for part in parts[1:]:
            value = self._step(node, value, part)
        return self._plain(node, value)

    def _step(self, node, value, part):
        if value is None or value is False:
            return None
        if isinstance(value, dict):
            return value.get(part)
        if isinstance(value, (str, list, tuple, date, timedelta, *NUMBERS)):
            self.fail(node, _("“%(part)s” cannot be read from a simple value.", part=part))
        try:
            return getattr(value, part)
        except AttributeError as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(
                _(
                    "“%(path)s”: there is no field “%(part)s” to read.",
                    path=path_of(node),
                    part=part,
                ),
                path_of(node),
            ) from None

    def _plain(self, node, value):
        if isinstance(value, str) and len(value) > MAX_TEXT:
            self.fail(node, _("the text is too long."))
        if isinstance(value, list | tuple):
            if len(value) > MAX_ITEMS:
                self.fail(node, _("the list is too long."))
            return list(value)
        simple = (str, bool, dict, date, timedelta, type(None), *NUMBERS)
        if not isinstance(value, simple):
            self.fail(node, _("this is no simple value; name one of its fields."))
        return value

    def _boolop(self, node):
        value = None
        for item in node.values:
            value = self.value(item)
            if bool(value) != isinstance(node.op, ast.And):
                break
        return value

    def _unaryop(self, node):
        value = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (timedelta, *NUMBERS)):
            self.fail(node, _("only numbers can be negative."))
        return -value if isinstance(node.op, ast.USub) else value

    def _binop(self, node):
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            return None
        if isinstance(left, bool) or isinstance(right, bool):
            self.fail(node, _("yes/no values cannot be calculated with."))
        allowed = BINARY[type(node.op)][1]
        if not allowed(left, right):
            self.fail(
                node,
                _(
                    "cannot calculate with %(left)s and %(right)s.",
                    left=kind_of(left),
                    right=kind_of(right),
                ),
            )
        if isinstance(left, date) and isinstance(right, date):
            left, right = same_numbers(left, right, self.context.get_zone())
        else:
            left, right = same_numbers(left, right)
        try:
            return self._bounded(node, BINARY[type(node.op)][0](left, right))
        except (ArithmeticError, OverflowError, ValueError, TypeError):
            self.fail(node, _("this cannot be calculated (division by zero or a value too big)."))

    def _bounded(self, node, value):
        if isinstance(value, NUMBERS) and not abs(value) <= MAX_NUMBER:
            self.fail(node, _("the result is too big."))
        return self._plain(node, value)

    def _compare(self, node):
        left = self.value(node.left)
        for op, item in zip(node.ops, node.comparators, strict=True):
            right = self.value(item)
            if not self._compare_two(node, type(op), left, right):
                return False
            left = right
        return True

    def _compare_two(self, node, op, left, right):
        if op in (ast.In, ast.NotIn):
            return self._contains(node, left, right) == (op is ast.In)
        left, right = self._comparable(left, right)
        if op in (ast.Eq, ast.NotEq, ast.Is, ast.IsNot):
            same = left == right and isinstance(left, bool) == isinstance(right, bool)
            return same == (op in (ast.Eq, ast.Is))
        if left is None or right is None:
            return False
        try:
            return COMPARE[op](left, right)
        except TypeError:
            self.fail(
                node,
                _(
                    "cannot compare %(left)s with %(right)s in size.",
                    left=kind_of(left),
                    right=kind_of(right),
                ),
            )

    def _contains(self, node, left, right):
        if right is None:
            return False
        if isinstance(right, str):
            return isinstance(left, str) and left in right
        if not isinstance(right, list | dict):
            self.fail(node, _("“in” needs a list or a text on its right side."))
        pairs = (self._comparable(left, item) for item in right)
        return any(one == other for one, other in pairs)

    def _comparable(self, left, right):
        of_time = isinstance(left, date) or isinstance(right, date)
        return comparable(left, right, self.context.get_zone() if of_time else UTC)

    def _call(self, node):
        arguments = [self.value(item) for item in node.args]
        try:
            value = FUNCTIONS_BY_NAME[node.func.id](self.context, *arguments)
        except (TypeError, ValueError, ArithmeticError, OverflowError):
            self.fail(node, _("%(name)s() cannot be used with these values.", name=node.func.id))
        return self._bounded(node, value)
