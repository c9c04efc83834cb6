"""What expressions of a process may see of a record: plain values of readable fields."""

from datetime import UTC

from odoo import fields
from odoo.exceptions import AccessError

from ..engine import ExpressionError


class RecordView:
    """A record with the rights of one person, field by field; nothing else of it.

    A relation to one record is again a view, one to several records is the list of their
    ids. Empty values are None; moments carry their time zone (UTC).
    """

    __slots__ = ("__record",)

    def __init__(self, record):
        self.__record = record

    def __getattr__(self, name):
        record = self.__record
        field = None if name.startswith("_") else record._fields.get(name)
        if field is None:
            raise AttributeError(name)
        allowed = record.env["bpm.process"]._get_expression_fields(record._name)
        if name not in allowed | {"id"} or not record._has_field_access(field, "read"):
            raise ExpressionError(
                record.env._(
                    "The field “%(field)s” of %(model)s cannot be read by a process "
                    "that acts as %(user)s.",
                    field=name,
                    model=record._description,
                    user=record.env.user.name,
                ),
                name,
            )
        return self.__value(record, field)

    def __value(self, record, field):
        if field.name == "id":
            return record.id
        try:
            record.check_access("read")
            value = record[field.name]
        except AccessError as error:
            raise ExpressionError(str(error), field.name) from error
        if field.type in ("many2one", "reference"):
            return RecordView(value) if value else None
        if field.relational:
            return value.ids
        if field.type == "datetime" and value:
            # Whole seconds, as now(): what was made just now is not in the future.
            return value.replace(tzinfo=UTC, microsecond=0)
        if field.type in ("boolean", "integer", "float", "monetary", "many2one_reference"):
            return value
        return None if value is False else value


def records_of(view):
    """The record behind a view, for the code that builds values from it."""
    return view._RecordView__record


def walk(record, path):
    """Value at a path like ``partner_id.user_id`` (a view where it ends at a record)."""
    value = RecordView(record)
    for part in path.split("."):
        if value is None:
            return None
        try:
            value = getattr(value, part)
        except AttributeError as error:
            raise ExpressionError(
                record.env._(
                    "“record.%(path)s”: there is no field “%(part)s”.", path=path, part=part
                ),
                path,
            ) from error
    return value


def naive(moment):
    """Moment without time zone, as the database keeps it."""
    return fields.Datetime.to_datetime(moment.astimezone(UTC).replace(tzinfo=None))
