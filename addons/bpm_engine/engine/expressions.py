"""The small language of conditions, collections and scripts.

It is read with Python's grammar and then interpreted node by node: nothing is ever compiled or
evaluated by Python, so an expression reaches only what is listed here. Time and memory are
bounded by the size of the text, of numbers, of texts and of lists.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from .errors import ExpressionError
from .words import told as _

MAX_LENGTH = 1000  # characters of one expression
MAX_DEPTH = 30
MAX_NUMBER = 10**15
MAX_TEXT = 10_000
MAX_ITEMS = 1000

_NUMBERS = (int, float, Decimal)


@dataclass
class Context:
    """What an expression may see.

    :param variables: process variables by name.
    :param record: object whose attributes are the readable fields, or a function giving it.
    :param now: function giving the present moment (aware).
    """

    variables: dict
    record: object = None
    now: Callable = lambda: datetime.now(UTC)


def evaluate(expression: str, context: Context):
    """Value of an expression.

    :raise ExpressionError: not in the language, or without an answer; names the piece.
    """
    return _Reader(expression, context).value(parse(expression))


def check(expression: str) -> None:
    """Refuse an expression that is not in the language, without evaluating it."""
    parse(expression)


def names(expression: str) -> set[str]:
    """Field paths of the record that an expression reads: {"partner_id.user_id"}."""
    return {
        path.removeprefix("record.")
        for path in _paths(parse(expression))
        if path.startswith("record.")
    }


def variables(expression: str) -> set[str]:
    """Names of process variables that an expression reads, except outcome and outcomes."""
    known = {"record", "outcome", "outcomes"}
    return {path.split(".")[0] for path in _paths(parse(expression))} - known


def tasks(expression: str) -> set[str]:
    """Ids of the tasks whose outcome an expression reads."""
    return {
        path.removeprefix("outcomes.")
        for path in _paths(parse(expression))
        if path.startswith("outcomes.")
    }


@lru_cache(maxsize=2000)
def parse(expression: str) -> ast.expr:
    """Syntax tree of an expression of the language, checked node by node."""
    text = (expression or "").strip()
    if not text:
        raise ExpressionError(_("The expression is empty."))
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            _(
                "The expression has %(count)s characters; at most %(limit)s are allowed.",
                count=len(text),
                limit=MAX_LENGTH,
            ),
            text[:40],
        )
    try:
        tree = ast.parse(text.replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _unreadable(text, error) from error
    _check(tree, text, 0)
    return tree


def _unreadable(text, error):
    """Where reading stopped, and what an expression looks like."""
    at = getattr(error, "offset", None) or 0
    pattern = _("“%(text)s” is not a valid expression.", text=text)
    if 0 < at <= len(text):
        pattern = _(
            "“%(text)s” is not a valid expression: it cannot be read from “%(rest)s” on. "
            "Write for instance record.amount > 1000 and record.active.",
            text=text,
            rest=text[at - 1 :][:40],
        )
    return ExpressionError(pattern, text)


def _refuse(node, text, why):
    piece = ast.get_source_segment(text, node) or text
    raise ExpressionError(_("“%(piece)s”: %(why)s", piece=piece, why=why), piece)


def _check(node, text, depth):
    if depth > MAX_DEPTH:
        raise ExpressionError(
            _("The expression is nested deeper than %(limit)s levels.", limit=MAX_DEPTH), text
        )
    checker = _CHECKS.get(type(node))
    if checker is None:
        _refuse(
            node, text, _("%(what)s is not part of the language of conditions.", what=_what(node))
        )
    for child in checker(node, text) or ():
        _check(child, text, depth + 1)


def _what(node):
    return {
        ast.Lambda: _("a function"),
        ast.NamedExpr: _("an assignment"),
        ast.Subscript: _("access by [ ]"),
        ast.JoinedStr: _("a text with { }"),
        ast.Dict: _("a dictionary"),
        ast.IfExp: _("if ... else"),
        ast.Pow: _("power"),
        ast.FloorDiv: "//",
    }.get(type(node), _("this"))


def _kind(value):
    """What people call a kind of value."""
    for types, word in (
        (bool, _("yes/no")),
        (str, _("a text")),
        (_NUMBERS, _("a number")),
        (date, _("a date")),
        (timedelta, _("a duration")),
        ((list, tuple), _("a list")),
    ):
        if isinstance(value, types):
            return word
    return _("something else")


def _check_constant(node, text):
    value = node.value
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        if not abs(value) <= MAX_NUMBER:
            _refuse(node, text, _("the number is too big."))
    elif isinstance(value, str):
        if len(value) > MAX_LENGTH:
            _refuse(node, text, _("the text is too long."))
    else:
        _refuse(node, text, _("only texts, numbers, True, False and None may be written."))


def _check_name(node, text):
    if node.id.startswith("_"):
        _refuse(node, text, _("names beginning with _ are not allowed."))


def _check_attribute(node, text):
    if node.attr.startswith("_"):
        _refuse(node, text, _("names beginning with _ are not allowed."))
    if not isinstance(node.value, ast.Attribute | ast.Name):
        _refuse(node, text, _("a field can only be read from record or from a variable."))
    return [node.value]


def _check_binary(node, text):
    if type(node.op) not in _BINARY:
        _refuse(node, text, _("only + - * / % are allowed."))
    return [node.left, node.right]


def _check_unary(node, text):
    if not isinstance(node.op, ast.Not | ast.USub | ast.UAdd):
        _refuse(node, text, _("only not and - are allowed."))
    return [node.operand]


def _check_compare(node, text):
    for op in node.ops:
        if type(op) not in _COMPARE:
            _refuse(node, text, _("use == != < <= > >= in, not in."))
    return [node.left, *node.comparators]


def _check_call(node, text):
    if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS:
        known = ", ".join(sorted(_FUNCTIONS))
        _refuse(node, text, _("only these functions can be used: %(known)s.", known=known))
    if node.keywords or any(isinstance(item, ast.Starred) for item in node.args):
        _refuse(node, text, _("arguments are given one by one, without names."))
    return node.args


def _check_list(node, text):
    if len(node.elts) > 200:
        _refuse(node, text, _("the list is too long."))
    return node.elts


_CHECKS = {
    ast.Constant: _check_constant,
    ast.Name: _check_name,
    ast.Attribute: _check_attribute,
    ast.BinOp: _check_binary,
    ast.UnaryOp: _check_unary,
    ast.BoolOp: lambda node, text: node.values,
    ast.Compare: _check_compare,
    ast.Call: _check_call,
    ast.List: _check_list,
    ast.Tuple: _check_list,
}


def _path(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id]))


def _paths(tree):
    found, queue = set(), [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Attribute | ast.Name):
            found.add(_path(node))
        elif isinstance(node, ast.Call):
            queue.extend(node.args)
        else:
            queue.extend(ast.iter_child_nodes(node))
    return {path for path in found if path}


class _Reader:
    """Interprets one checked tree."""

    def __init__(self, expression, context):
        self.text = (expression or "").strip().replace("\n", " ")
        self.context = context

    def value(self, node):
        return getattr(self, "_" + type(node).__name__.lower())(node)

    def fail(self, node, why):
        _refuse(node, self.text, why)

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
        parts = _path(node).split(".")
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
        if isinstance(value, (str, list, tuple, date, timedelta, *_NUMBERS)):
            self.fail(node, _("“%(part)s” cannot be read from a simple value.", part=part))
        try:
            return getattr(value, part)
        except AttributeError as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(
                _("“%(path)s”: there is no field “%(part)s” to read.", path=_path(node), part=part),
                _path(node),
            ) from None

    def _plain(self, node, value):
        if isinstance(value, str) and len(value) > MAX_TEXT:
            self.fail(node, _("the text is too long."))
        if isinstance(value, list | tuple):
            if len(value) > MAX_ITEMS:
                self.fail(node, _("the list is too long."))
            return list(value)
        simple = (str, bool, dict, date, timedelta, type(None), *_NUMBERS)
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
        if isinstance(value, bool) or not isinstance(value, (timedelta, *_NUMBERS)):
            self.fail(node, _("only numbers can be negative."))
        return -value if isinstance(node.op, ast.USub) else value

    def _binop(self, node):
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            return None
        if isinstance(left, bool) or isinstance(right, bool):
            self.fail(node, _("yes/no values cannot be calculated with."))
        allowed = _BINARY[type(node.op)][1]
        if not allowed(left, right):
            self.fail(
                node,
                _(
                    "cannot calculate with %(left)s and %(right)s.",
                    left=_kind(left),
                    right=_kind(right),
                ),
            )
        left, right = _same_numbers(left, right)
        try:
            return self._bounded(node, _BINARY[type(node.op)][0](left, right))
        except (ArithmeticError, OverflowError, ValueError, TypeError):
            self.fail(node, _("this cannot be calculated (division by zero or a value too big)."))

    def _bounded(self, node, value):
        if isinstance(value, _NUMBERS) and not abs(value) <= MAX_NUMBER:
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
        left, right = _comparable(left, right)
        if op in (ast.Eq, ast.NotEq, ast.Is, ast.IsNot):
            same = left == right and isinstance(left, bool) == isinstance(right, bool)
            return same == (op in (ast.Eq, ast.Is))
        if left is None or right is None:
            return False
        try:
            return _COMPARE[op](left, right)
        except TypeError:
            self.fail(
                node,
                _(
                    "cannot compare %(left)s with %(right)s in size.",
                    left=_kind(left),
                    right=_kind(right),
                ),
            )

    def _contains(self, node, left, right):
        if right is None:
            return False
        if isinstance(right, str):
            return isinstance(left, str) and left in right
        if not isinstance(right, list | dict):
            self.fail(node, _("“in” needs a list or a text on its right side."))
        return any(_comparable(left, item)[0] == _comparable(left, item)[1] for item in right)

    def _call(self, node):
        arguments = [self.value(item) for item in node.args]
        try:
            value = _FUNCTIONS[node.func.id](self.context, *arguments)
        except (TypeError, ValueError, ArithmeticError, OverflowError):
            self.fail(node, _("%(name)s() cannot be used with these values.", name=node.func.id))
        return self._bounded(node, value)


def _same_numbers(left, right):
    if isinstance(left, Decimal) and isinstance(right, float):
        return float(left), right
    if isinstance(left, float) and isinstance(right, Decimal):
        return left, float(right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return aware(left), aware(right)
    if isinstance(left, datetime) and isinstance(right, date):
        return left.date(), right
    if isinstance(left, date) and isinstance(right, datetime):
        return left, right.date()
    return left, right


def _comparable(left, right):
    """Bring dates, moments and their texts to one kind."""
    if isinstance(left, str) and isinstance(right, date):
        left = _from_text(left)
    elif isinstance(right, str) and isinstance(left, date):
        right = _from_text(right)
    return _same_numbers(left, right)


def _from_text(text):
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return text


def aware(moment: datetime) -> datetime:
    """The moment with its time zone; without one it is meant in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(value):
    return isinstance(value, _NUMBERS)


def _can_add(left, right):
    return (
        (_is_number(left) and _is_number(right))
        or (isinstance(left, str) and isinstance(right, str))
        or (isinstance(left, list) and isinstance(right, list))
        or (isinstance(left, date | timedelta) and isinstance(right, timedelta))
        or (isinstance(left, timedelta) and isinstance(right, date))
    )


def _can_subtract(left, right):
    return (
        (_is_number(left) and _is_number(right))
        or (isinstance(left, date | timedelta) and isinstance(right, timedelta))
        or (isinstance(left, date) and isinstance(right, date))
    )


def _can_multiply(left, right):
    return (_is_number(left) and _is_number(right)) or (
        isinstance(left, timedelta) and _is_number(right)
    )


_BINARY = {
    ast.Add: (operator.add, _can_add),
    ast.Sub: (operator.sub, _can_subtract),
    ast.Mult: (operator.mul, _can_multiply),
    ast.Div: (operator.truediv, _can_multiply),
    ast.Mod: (operator.mod, lambda left, right: _is_number(left) and _is_number(right)),
}
_COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: None,
    ast.NotIn: None,
}


def _today(context):
    return context.now().date()


def _now(context):
    return aware(context.now())


def _days(context, count):
    return timedelta(days=float(count))


def _hours(context, count):
    return timedelta(hours=float(count))


def _len(context, value):
    return 0 if value is None else len(value)


def _extreme(function):
    def extreme(context, *values):
        if len(values) == 1:
            values = values[0]
        values = [value for value in values if value is not None]
        return function(values) if values else None

    return extreme


def _abs(context, value):
    return None if value is None else abs(value)


def _round(context, value, digits=0):
    if value is None:
        return None
    if abs(digits) > 15:
        raise ValueError(digits)
    return round(value, int(digits)) if digits else round(value)


def _lower(context, value):
    return None if value is None else str.lower(value)


_FUNCTIONS = {
    "today": _today,
    "now": _now,
    "days": _days,
    "hours": _hours,
    "len": _len,
    "min": _extreme(min),
    "max": _extreme(max),
    "abs": _abs,
    "round": _round,
    "lower": _lower,
}
FUNCTIONS = tuple(sorted(_FUNCTIONS))
