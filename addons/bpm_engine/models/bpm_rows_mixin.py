from odoo import api, models, tools
from odoo.tools import SQL

#: Types of fields whose values are the same in memory, in the database and for every reader.
PLAIN = frozenset(
    ("many2one", "many2one_reference", "char", "text", "selection", "boolean", "integer")
    + ("date", "datetime")
)
#: Types of fields whose values the database takes as the engine gives them.
GIVEN = frozenset(
    ("many2one", "datetime", "many2one_reference", "selection", "integer", "float", "boolean")
)
#: What the database gets for nothing, of the types where that is not NULL.
NOTHING = {"integer": 0, "float": 0.0, "boolean": False}
#: Types of fields where False says that there is nothing.
EMPTY = frozenset(("many2one", "datetime", "many2one_reference", "selection", "char", "text"))


def _get_names(rows):
    """Names of the fields that any of the rows has, in their order."""
    names = {}
    for row in rows:
        names |= row
    return names


class BpmRowsMixin(models.AbstractModel):
    """Rows that the engine writes at every step, in one statement whatever their number.

    The ORM's create() costs more than the rest of a step. What it does besides is not needed
    for these rows or done here: nothing of them is computed and kept, they have no chatter,
    the caches of what refers to them are told, and who watches such records is served.
    """

    _name = "bpm.rows.mixin"
    _description = "Rows Written by the Engine"

    @api.model
    def _insert_rows(self, rows):
        """Add rows as they are given.

        :param rows: dicts of values of stored fields; a field that a row lacks stays empty,
            defaults are the caller's affair.
        :return: the new records, in this order.
        """
        if not rows:
            return self.browse()
        if self._is_watched():
            return self.create(rows)
        self.env.cr.execute(SQL("%s RETURNING id", self._prepare_insert(rows)))
        records = self.browse(row[0] for row in self.env.cr.fetchall())
        self._fill_new(records, rows)
        return records

    @api.model
    def _is_watched(self):
        """Whether processes or stages begin with such records: then they are to be noticed."""
        return self.env.registry.ready and self._has_watchers()

    @api.model
    @tools.ormcache()
    def _has_watchers(self):
        triggers = self.env["bpm.process.trigger"]._watched().get(self._name, {})
        rules = self.env["bpm.regulation"]._get_all_rules()
        return "create" in triggers or self._name in rules

    @api.model
    def _prepare_insert(self, rows):
        """The statement that adds rows; whoever runs it tells the caches."""
        # In one piece: hundreds of small SQL objects take longer than the database.
        head, line, plan = self._get_insert_plan(tuple(_get_names(rows)))
        params, who = [], (self.env.uid, self.env.uid)
        for row in rows:
            for name, convert, nothing, is_empty in plan:
                value = row.get(name)
                if value is None or (is_empty and value is False):
                    params.append(nothing)
                else:
                    params.append(convert(value, self) if convert else value)
            params += who
        return SQL(f"{head} VALUES {', '.join([line] * len(rows))}", *params)

    @api.model
    @tools.ormcache("names")
    def _get_insert_plan(self, names):
        """How rows with these fields are added.

        :return: (beginning of the statement, its part for one row, and for each field its name,
            what converts its values for the database, the value for nothing, whether False
            says so too).
        """
        now = "now() AT TIME ZONE 'UTC'"
        columns = ", ".join(f'"{name}"' for name in names)
        plan = []
        for name in names:
            field = self._fields[name]
            convert = None if field.type in GIVEN else field.convert_to_column_insert
            plan.append((name, convert, NOTHING.get(field.type), field.type in EMPTY))
        return (
            f'INSERT INTO "{self._table}" ({columns}, create_uid, create_date, write_uid,'
            " write_date)",
            f"({'%s, ' * len(names)}%s, {now}, %s, {now})",
            plan,
        )

    @api.model
    def _get_row_fields(self, rows):
        return [self._fields[name] for name in _get_names(rows)]

    @api.model
    def _fill_new(self, records, rows):
        """The ORM knows new rows, and that lists of them are out of date."""
        columns = self._get_row_fields(rows)
        given = {field.name for field in columns} | set(models.MAGIC_COLUMNS)
        for field in columns:
            field._insert_cache(
                records, [field.convert_to_cache(row.get(field.name), records) for row in rows]
            )
            for inverse in self.pool.field_inverses[field] if field.relational else ():
                parents = {row.get(field.name) for row in rows} - {None, False}
                inverse._invalidate_cache(self.env, tuple(parents))
        computed = []
        for field in self._fields.values():
            if field.store and field.column_type and field.name not in given:
                field._insert_cache(records, [None] * len(rows))
            elif field.compute and field.store:
                computed.append(field)
        if self._concerns_others(frozenset(given)):
            with self.env.protecting(computed, records):
                records.modified([field.name for field in columns], create=True)

    @api.model
    @tools.ormcache("given")
    def _concerns_others(self, given):
        """Whether anything but new rows themselves may depend on them.

        Not what refers to them by a many2one: of a new row there is nothing of that kind.
        """
        fields = [self._fields[name] for name in given]
        tree = self.pool.get_trigger_tree([field for field in fields if field.column_type])
        return any(field.store and field.name not in given for field in tree.root) or any(
            inverse.type not in ("many2one", "many2one_reference") for inverse in tree
        )

    # ------------------------------------------------------------------ reading, changing

    def _raw(self, name):
        """Value of a plain field of one record as its column holds it: of a many2one the id."""
        field = self._fields[name]
        try:
            return field._get_cache(self.env)[self._ids[0]]
        except KeyError:
            value = self[name]
            return value.id if field.type == "many2one" else value

    @api.model
    def _read_past_orm(self, records, names):
        """As records.fetch(names), without the search that costs more than the rest of a step.

        :param records: of any model; read as superuser, whom no rule concerns.
        """
        columns = [records._fields[name] for name in names]
        if not all(self._is_plain(field) for field in columns):
            return records.sudo().fetch(names)
        caches = [field._get_cache(records.env) for field in columns]
        if not all(id_ in cache for cache in caches for id_ in records._ids):
            listed = ", ".join(f'"{field.name}"' for field in columns)
            query = SQL(f'SELECT id, {listed} FROM "{records._table}" WHERE id IN %s', records._ids)
            for id_, *values in self.env.execute_query(query):
                for cache, value in zip(caches, values, strict=True):
                    # What is in memory may have to be written yet.
                    cache.setdefault(id_, value)

    @api.model
    def _is_plain(self, field):
        """Whether memory holds a field as its column does, the same for every reader."""
        return (
            field.type in PLAIN
            and field.store
            and field.column_type
            and not field.translate
            and not field.company_dependent
        )

    def _write_past_orm(self, values):
        """As write(), in one short statement, for stored fields that are PLAIN.

        Who watches such records is served, what depends on the fields is computed anew.
        """
        watched = self._get_bpm_triggers("change") or self._get_stage_rules()
        if watched or not self:
            return self.write(values)
        fields = [self._fields[name] for name in values]
        self.flush_recordset(list(values))
        query = SQL(
            f'UPDATE "{self._table}" SET '
            + ", ".join(f'"{field.name}" = %s' for field in fields)
            + ", write_uid = %s, write_date = now() AT TIME ZONE 'UTC' WHERE id IN %s",
            *(None if value is False else value for value in values.values()),
            self.env.uid,
            self._ids,
        )
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_recordset([*values, "write_uid", "write_date"], flush=False)
        for field, value in zip(fields, values.values(), strict=True):
            field._insert_cache(self, [field.convert_to_cache(value, self)] * len(self))
            for inverse in self.pool.field_inverses[field] if field.relational else ():
                inverse._invalidate_cache(self.env)
        self.modified(list(values))
        return True
