from odoo import api, models
from odoo.tools import SQL


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
        return bool(self._get_bpm_triggers("create") or self._get_stage_rules())

    @api.model
    def _prepare_insert(self, rows):
        """The statement that adds rows; whoever runs it tells the caches."""
        columns = self._get_row_fields(rows)
        # In one piece: hundreds of small SQL objects take longer than the database.
        names = ", ".join(f'"{field.name}"' for field in columns)
        now = "now() AT TIME ZONE 'UTC'"
        line = f"({'%s, ' * len(columns)}%s, {now}, %s, {now})"
        params = []
        for row in rows:
            params += [
                field.convert_to_column_insert(row.get(field.name), self) for field in columns
            ]
            params += [self.env.uid, self.env.uid]
        return SQL(
            f'INSERT INTO "{self._table}" ({names}, create_uid, create_date, write_uid, write_date)'
            f" VALUES {', '.join([line] * len(rows))}",
            *params,
        )

    @api.model
    def _get_row_fields(self, rows):
        return [self._fields[name] for name in dict.fromkeys(n for row in rows for n in row)]

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
        with self.env.protecting(computed, records):
            records.modified([field.name for field in columns], create=True)
