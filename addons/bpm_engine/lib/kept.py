"""Definitions kept in memory in the form of the ORM's cache, so that a step need not read them."""


def read_values(records):
    """What the database has of records, for :func:`give_values`.

    Only plain columns that are the same for every reader: nothing translated.

    :return: (names of fields, {id: values in this order}).
    """
    names = [
        name
        for name, field in records._fields.items()
        if field.store
        and field.column_type
        and field.prefetch
        and not field.translate
        and not field.company_dependent
        and name != "id"
    ]
    # What this transaction has made may have to be computed yet.
    records._recompute_recordset(names)
    records.fetch(names)
    caches = [records._fields[name]._get_cache(records.env) for name in names]
    return names, {
        record_id: tuple(cache.get(record_id) for cache in caches) for record_id in records._ids
    }


def give_values(record, kept):
    """Put kept values of a record where the ORM looks first; what it knows already stays.

    :param kept: what read_values() gave.
    """
    names, values = kept
    for name, value in zip(names, values.get(record.id, ()), strict=False):
        record._fields[name]._insert_cache(record, [value])
