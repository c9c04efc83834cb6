"""What belongs to the language of expressions: Python's grammar, checked piece by piece."""

import ast
from datetime import date, timedelta
from functools import lru_cache

from .errors import ExpressionError
from .operations import BINARY, COMPARE, FUNCTIONS_BY_NAME, MAX_NUMBER, NUMBERS
from .words import told as _

MAX_LENGTH = 1000  # characters of one expression
MAX_DEPTH = 30


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


def refuse(node, text, why):
    piece = ast.get_source_segment(text, node) or text
    raise ExpressionError(_("“%(piece)s”: %(why)s", piece=piece, why=why), piece)


def _check(node, text, depth):
    if depth > MAX_DEPTH:
        raise ExpressionError(
            _("The expression is nested deeper than %(limit)s levels.", limit=MAX_DEPTH), text
        )
    checker = _CHECKS.get(type(node))
    if checker is None:
        refuse(
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


def kind_of(value):
    """What people call a kind of value."""
    for types, word in (
        (bool, _("yes/no")),
        (str, _("a text")),
        (NUMBERS, _("a number")),
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
            refuse(node, text, _("the number is too big."))
    elif isinstance(value, str):
        if len(value) > MAX_LENGTH:
            refuse(node, text, _("the text is too long."))
    else:
        refuse(node, text, _("only texts, numbers, True, False and None may be written."))


def _check_name(node, text):
    if node.id.startswith("_"):
        refuse(node, text, _("names beginning with _ are not allowed."))


def _check_attribute(node, text):
    if node.attr.startswith("_"):
        refuse(node, text, _("names beginning with _ are not allowed."))
    if not isinstance(node.value, ast.Attribute | ast.Name):
        refuse(node, text, _("a field can only be read from record or from a variable."))
    return [node.value]


def _check_binary(node, text):
    if type(node.op) not in BINARY:
        refuse(node, text, _("only + - * / % are allowed."))
    return [node.left, node.right]


def _check_unary(node, text):
    if not isinstance(node.op, ast.Not | ast.USub | ast.UAdd):
        refuse(node, text, _("only not and - are allowed."))
    return [node.operand]


def _check_compare(node, text):
    for op in node.ops:
        if type(op) not in COMPARE:
            refuse(node, text, _("use == != < <= > >= in, not in."))
    return [node.left, *node.comparators]


def _check_call(node, text):
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS_BY_NAME:
        known = ", ".join(sorted(FUNCTIONS_BY_NAME))
        refuse(node, text, _("only these functions can be used: %(known)s.", known=known))
    if node.keywords or any(isinstance(item, ast.Starred) for item in node.args):
        refuse(node, text, _("arguments are given one by one, without names."))
    return node.args


def _check_list(node, text):
    if len(node.elts) > 200:
        refuse(node, text, _("the list is too long."))
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


def path_of(node):
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
            found.add(path_of(node))
        elif isinstance(node, ast.Call):
            queue.extend(node.args)
        else:
            queue.extend(ast.iter_child_nodes(node))
    return {path for path in found if path}
