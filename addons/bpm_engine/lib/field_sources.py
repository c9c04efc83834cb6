"""What a computed field is computed from: there its value is changed by people."""

from odoo.models import MAGIC_COLUMNS

#: Fields that a computed one depends on without being what a person would fill in for it.
TECHNICAL = frozenset({"active", "company_id", *MAGIC_COLUMNS})
#: So far it is followed what a computed field is computed from.
DEPTH = 3


def iter_sources(records, path, depth=DEPTH, seen=None):
    """A path of fields, and the paths to whatever it is computed from.

    Nobody ever writes ``amount_total`` of an order: ``order_line.price_unit`` is written.

    :param records: where the paths begin.
    :param path: dotted names of fields.
    :return: generator of paths, each once.
    """
    seen = set() if seen is None else seen
    if path in seen:
        return
    seen.add(path)
    yield path
    way, _dot, name = path.rpartition(".")
    if way:
        yield from iter_sources(records, way, depth, seen)
    owner = follow_path(records, way)
    field = owner is not None and owner._fields.get(name)
    for source in field.get_depends(owner)[0] if field and depth else ():
        if TECHNICAL.isdisjoint(source.split(".")):
            whole = f"{way}.{source}" if way else source
            yield from iter_sources(records, whole, depth - 1, seen)


def follow_path(records, way):
    """Empty records at the end of a way of fields; None if it leads to none."""
    for name in way.split(".") if way else ():
        field = records._fields.get(name)
        if field is None or not field.comodel_name:
            return None
        records = records.env[field.comodel_name]
    return records
