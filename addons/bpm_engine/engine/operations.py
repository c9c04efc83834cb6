"""What the language of expressions can do with values: operators, comparisons, functions."""

import ast
import operator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

MAX_NUMBER = 10**15
MAX_TEXT = 10_000
MAX_ITEMS = 1000

NUMBERS = (int, float, Decimal)


def same_numbers(left, right, zone=UTC):
    """Bring numbers to one kind; moments to days where days are meant, as the zone has them."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return float(left), right
    if isinstance(left, float) and isinstance(right, Decimal):
        return left, float(right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return aware(left, zone), aware(right, zone)
    if isinstance(left, datetime) and isinstance(right, date):
        return day_of(left, zone), right
    if isinstance(left, date) and isinstance(right, datetime):
        return left, day_of(right, zone)
    return left, right


def comparable(left, right, zone=UTC):
    """Bring dates, moments and their texts to one kind."""
    if isinstance(left, str) and isinstance(right, date):
        left = _from_text(left)
    elif isinstance(right, str) and isinstance(left, date):
        right = _from_text(right)
    return same_numbers(left, right, zone)


def _from_text(text):
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return text


def aware(moment: datetime, zone=UTC) -> datetime:
    """The moment with its time zone; without one it is meant in the zone given."""
    if moment.tzinfo:
        return moment
    localize = getattr(zone, "localize", None)
    return localize(moment) if localize else moment.replace(tzinfo=zone)


def day_of(moment: datetime, zone=UTC) -> date:
    """The day that a moment belongs to where the zone is."""
    return aware(moment, zone).astimezone(zone).date()


def is_number(value):
    return isinstance(value, NUMBERS)


def can_add(left, right):
    return (
        (is_number(left) and is_number(right))
        or (isinstance(left, str) and isinstance(right, str))
        or (isinstance(left, list) and isinstance(right, list))
        or (isinstance(left, date | timedelta) and isinstance(right, timedelta))
        or (isinstance(left, timedelta) and isinstance(right, date))
    )


def can_subtract(left, right):
    return (
        (is_number(left) and is_number(right))
        or (isinstance(left, date | timedelta) and isinstance(right, timedelta))
        or (isinstance(left, date) and isinstance(right, date))
    )


def can_multiply(left, right):
    return (is_number(left) and is_number(right)) or (
        isinstance(left, timedelta) and is_number(right)
    )


BINARY = {
    ast.Add: (operator.add, can_add),
    ast.Sub: (operator.sub, can_subtract),
    ast.Mult: (operator.mul, can_multiply),
    ast.Div: (operator.truediv, can_multiply),
    ast.Mod: (operator.mod, lambda left, right: is_number(left) and is_number(right)),
}
COMPARE = {
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
    return day_of(aware(context.now()), context.get_zone())


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


FUNCTIONS_BY_NAME = {
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
FUNCTIONS = tuple(sorted(FUNCTIONS_BY_NAME))
