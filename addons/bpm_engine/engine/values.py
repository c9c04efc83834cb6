"""Process variables are plain JSON; here they are checked, copied and merged."""

import json
import math

from .errors import DataError
from .words import told as _

MAX_DATA = 256 * 1024  # bytes of JSON that one token may carry
MAX_NESTING = 20


def copy(value):
    """Copy of a plain value; several times faster than copy.deepcopy."""
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy(item) for item in value]
    return value


def clean(data: dict | None, what: str = "data") -> dict:
    """Copy of `data` as plain JSON.

    :raise DataError: something in it is no plain value, or it is too big; names the place.
    """
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise DataError(
            _(
                "%(place)s: a dictionary of variables is expected, not %(kind)s.",
                place=what,
                kind=_kind(data),
            )
        )
    result = _clean(data, what, 0)
    if len(json.dumps(result)) > MAX_DATA:
        raise DataError(
            _(
                "%(place)s: more than %(limit)s KB in the variables of one process. Keep "
                "documents and lists on records and only their ids in the process.",
                place=what,
                limit=MAX_DATA // 1024,
            )
        )
    return result


def _clean(value, place, depth):
    if depth > MAX_NESTING:
        raise DataError(
            _("%(place)s: nested deeper than %(limit)s levels.", place=place, limit=MAX_NESTING)
        )
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DataError(
                _("%(place)s: %(value)s is no number that can be stored.", place=place, value=value)
            )
        return value
    if isinstance(value, list | tuple):
        return [_clean(item, f"{place}[{at}]", depth + 1) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            _key(key, place): _clean(item, f"{place}.{key}", depth + 1)
            for key, item in value.items()
        }
    raise DataError(
        _(
            "%(place)s: %(kind)s cannot be stored in a process. Use text, numbers, yes/no, lists "
            "or dictionaries; give dates as text (2026-01-31).",
            place=place,
            kind=_kind(value),
        )
    )


def _key(key, place):
    if not isinstance(key, str):
        raise DataError(_("%(place)s: the key %(key)s is no text.", place=place, key=repr(key)))
    return key


def _kind(value):
    return _("a value of type %(name)s", name=type(value).__name__)


def merge(base, ours, theirs):
    """Unite what two parallel branches made of `base`.

    What only one branch changed is kept; dictionaries are united key by key; list items that
    were added on either side are all kept; of two different single values `theirs` wins.
    """
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_dicts(base if isinstance(base, dict) else {}, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _merge_lists(base if isinstance(base, list) else [], ours, theirs)
    return theirs


_GONE = object()


def _merge_dicts(base, ours, theirs):
    result = {}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        value = merge(base.get(key, _GONE), ours.get(key, _GONE), theirs.get(key, _GONE))
        if value is not _GONE:
            result[key] = copy(value)
    return result


def _merge_lists(base, ours, theirs):
    size = len(base)
    if ours[:size] == base and theirs[:size] == base:
        return copy(ours) + copy(theirs[size:])
    return copy(ours) + [copy(item) for item in theirs if item not in ours]
