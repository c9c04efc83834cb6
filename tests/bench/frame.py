"""Registration, running and reporting of benches; nothing here knows Odoo."""

import dataclasses
import importlib
import json
import pkgutil
import re
import sys
import time
import traceback
from collections.abc import Callable

import tests.bench


@dataclasses.dataclass(frozen=True)
class Bench:
    """A registered bench and what it must reach; no target: it only informs."""

    name: str
    function: Callable
    unit: str = "s"
    max_ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    smoke: bool = True

    @property
    def target(self) -> float | None:
        targets = (self.max_ratio, self.at_most, self.at_least)
        return next((target for target in targets if target is not None), None)

    def target_text(self) -> str:
        if self.max_ratio is not None:
            return f"<= {self.max_ratio:g} x floor"
        if self.at_most is not None:
            return f"<= {self.at_most:g} {self.unit}"
        if self.at_least is not None:
            return f">= {self.at_least:g} {self.unit}"
        return ""

    def reached(self, value, ratio) -> bool:
        if value is None:
            return False
        if self.max_ratio is not None:
            return ratio is not None and ratio <= self.max_ratio
        if self.at_most is not None:
            return value <= self.at_most
        return self.at_least is None or value >= self.at_least


@dataclasses.dataclass(frozen=True)
class Result:
    """What a bench measured, and the floor of the same run where it has one."""

    value: float
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None


class MissingData(Exception):
    """A bench has nothing to measure: it needs a file that nobody gave; no failure."""


#: All registered benches by name, in the order of registration.
REGISTRY: dict[str, Bench] = {}


def bench(name, unit="s", max_ratio=None, at_most=None, at_least=None, smoke=True):
    """Register a bench under a unique name, with at most one kind of target.

    :param max_ratio: highest value / floor
    :param at_most: highest value, in ``unit``
    :param at_least: lowest value, in ``unit``
    :param smoke: also runs at tiny size within the tests
    """

    def register(function):
        if name in REGISTRY:
            raise ValueError(f"Two benches are called {name!r}.")
        if sum(target is not None for target in (max_ratio, at_most, at_least)) > 1:
            raise ValueError(f"Bench {name!r} has several targets; register two benches.")
        REGISTRY[name] = Bench(name, function, unit, max_ratio, at_most, at_least, smoke)
        return function

    return register


def load() -> None:
    """Import every module of this package, which registers its benches."""
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if not module.name.startswith(("test_", "__")):
            importlib.import_module(f"tests.bench.{module.name}")


def chosen(pattern="", smoke=False) -> list[Bench]:
    """Benches whose name has the regular expression; one that none has is an error."""
    found = [
        one
        for one in REGISTRY.values()
        if re.search(pattern, one.name, re.IGNORECASE) and (one.smoke or not smoke)
    ]
    if not found:
        names = "\n  ".join(REGISTRY)
        raise SystemExit(f"error: no bench has a name like NAME={pattern!r}. There are:\n  {names}")
    return found


def run(benches, lab) -> list[dict]:
    """Run all, whatever fails; a failure is a row without a value."""
    rows = []
    print(HEADER, flush=True)
    for one in benches:
        started = time.perf_counter()
        try:
            result = one.function(lab)
            result = result if isinstance(result, Result) else Result(result)
            error, missing = None, None
        except MissingData as reason:
            result, error, missing = None, None, reason
        except Exception:
            result, error, missing = None, traceback.format_exc(), None
        if missing:
            print(f"{one.name:<52} skipped: {missing}", flush=True)
            continue
        rows.append(make_row(one, result))
        print(format_row(one, rows[-1], time.perf_counter() - started), flush=True)
        for note in lab.take_notes():
            print(f"    {note}", flush=True)
        if error:
            print(error, file=sys.stderr, flush=True)
    return rows


def make_row(one: Bench, result: Result | None) -> dict:
    value = result and result.value
    ratio = result and result.ratio
    return {
        "name": one.name,
        "value": _round(value),
        "unit": one.unit,
        "floor": _round(result and result.floor),
        "ratio": _round(ratio),
        "target": one.target,
        "ok": one.reached(value, ratio),
    }


def _round(number):
    """Four significant digits: more would be noise."""
    return None if number is None else float(f"{number:.4g}")


HEADER = (
    f"\n{'bench':<52} {'value':>9} {'unit':<8} {'floor':>9} {'ratio':>7}  {'target':<15} ok   took"
)


def format_row(one: Bench, row: dict, took: float) -> str:
    value, floor, ratio = (
        "-" if row[key] is None else f"{row[key]:.4g}" for key in ("value", "floor", "ratio")
    )
    verdict = "yes" if row["ok"] else ("NO" if row["value"] is not None else "FAIL")
    return (
        f"{one.name:<52} {value:>9} {one.unit:<8} {floor:>9} {ratio:>7}  "
        f"{one.target_text():<15} {verdict:<4} {took:4.0f} s"
    )


def write_json(rows, path) -> None:
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
