"""Which line of a report is a customer, a contract or a document, and what belongs to it."""

from collections import Counter
from dataclasses import dataclass

from .receivable_words import ACCOUNT, is_document


@dataclass
class Line:
    """A line of a report. Group lines have the role None."""

    number: int
    level: int
    name: str
    values: dict
    role: str | None = None
    customer: str = ""
    contract: str = ""
    has_documents: bool = False


def assign_roles(body, names):
    """Set role, customer and contract of each line.

    :param names: levels that the report announces, the upper first
    """
    if not any(line.level for line in body):
        _assign_levels(body, names)
    parents = _parents(body)
    if "document" in names:
        _assign_from_documents(body, names, parents)
    deepest = max(line.level for line in body)
    known = _levels_of_roles(body, names, deepest)
    for line in body:
        if not line.role and not (names[0] == "account" and ACCOUNT.fullmatch(line.name)):
            line.role = known.get(line.level)
    _name_customers(body, parents)


def _assign_levels(body, names):
    """Without outline, texts tell: documents have their time, others stand before them.

    Lines before the first document of a customer are his name and his contract; a
    contract that follows another of the same customer stands alone.
    """
    if "document" not in names:
        for line in body:
            line.level = len(names) - 1
            if ACCOUNT.fullmatch(line.name):
                line.level = -1
        return
    upper = [name for name in names if name != "document"]
    run = []
    for line in body:
        if is_document(line.name):
            line.level = len(upper)
            _level_run(run, len(upper))
            run = []
        else:
            run.append(line)
    for line in run:
        line.level = 0


def _level_run(run, depth):
    for height, line in enumerate(reversed(run), 1):
        line.level = depth - height
        if height > depth:
            line.level = -1  # a group of customers: its sum is not checked


def _parents(body):
    """The line above each line, by its index; lines of level -1 belong to nobody."""
    stack, parents = [], {}
    for line in body:
        if line.level < 0:
            continue
        while stack and stack[-1].level >= line.level:
            stack.pop()
        parents[id(line)] = stack[-1] if stack else None
        stack.append(line)
    return parents


def _assign_from_documents(body, names, parents):
    upper = [name for name in names if name != "document"]
    for line in body:
        if line.level < 0 or not is_document(line.name):
            continue
        line.role = "document"
        above = parents[id(line)]
        for role in reversed(upper):
            if above is None:
                break
            above.role = above.role or role
            above.has_documents = True
            above = parents[id(above)]


def _levels_of_roles(body, names, deepest):
    """{level: role}: as most lines with documents have it, else counted from the deepest."""
    counted = Counter((line.role, line.level) for line in body if line.role)
    if counted:
        levels = {}
        for (role, level), _times in counted.most_common():
            levels.setdefault(level, role)
        return levels
    return {deepest - height: name for height, name in enumerate(reversed(names))}


def _name_customers(body, parents):
    for line in body:
        above = parents.get(id(line))
        if line.role == "customer":
            line.customer = line.name
        elif above is not None:
            line.customer, line.contract = above.customer, above.contract
        if line.role == "contract":
            line.contract = line.name


def children_of(body, total):
    """(parent, its lines one level below) for each parent; the total is the last parent."""
    parents = _parents(body)
    children = {}
    for line in body:
        if id(line) in parents:
            above = parents[id(line)]
            children.setdefault(id(above) if above else None, []).append(line)
    for line in body:
        if id(line) in children:
            yield line, children[id(line)]
    yield total, children.get(None, [])
