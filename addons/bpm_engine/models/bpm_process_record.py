"""The records that processes run on: whether they exist, and what a step reads of them."""

from odoo import api, models, tools
from odoo.tools import SQL


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    @api.model
    def _fetch_existing(self, records):
        """Read of records what their rights, their name and their company depend on.

        Not more: reading all seventy fields of a customer takes longer than a step.

        :return: whether they all exist.
        """
        domain = self.env["ir.rule"]._compute_domain(records._name, "read")
        names = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        names = names & records._fields.keys() | self._get_naming_fields(records._name)
        self.env["bpm.rows.mixin"]._read_past_orm(records.sudo(), names - {"id"})
        return len(self._find_existing(records)) == len(records)

    @api.model
    @tools.ormcache("model_name")
    def _get_naming_fields(self, model_name):
        """Stored fields of which a record's name and company are made.

        Also those behind a stored part of a name: it may be put together anew from them.
        """
        model = self.env[model_name]
        pending, found = ["display_name", "company_id"], set()
        while pending:
            field = model._fields.get(pending.pop())
            if field is None or field.name in found:
                continue
            if field.store and field.column_type:
                found.add(field.name)
            paths = self.pool.field_depends.get(field, ()) if field.compute else ()
            pending += [path.split(".")[0] for path in paths]
        plain = self._get_plain_field(model)
        return frozenset(found | {plain.name} if plain else found)

    @api.model
    def _find_existing(self, records):
        """Those of the records that exist; asks nothing of records that were read already.

        What this transaction has read it would find again: it sees one state of the database,
        and what it deletes itself the ORM forgets.
        """
        field = self._get_plain_field(records)
        if field is None:
            return records.exists()
        known = field._get_cache(records.env)
        new = [id_ for id_ in records._ids if id_ not in known]
        if new:
            column, table = SQL.identifier(field.name), SQL.identifier(records._table)
            rows = self.env.execute_query(
                SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", column, table, new)
            )
            known.update(rows)
        return records.filtered(lambda record: record.id in known)

    @api.model
    def _get_plain_field(self, records):
        """A column that is the same for every reader, to know by it that a record was read."""
        if records._abstract or not records._auto:
            return None
        for name in ("create_date", "create_uid"):
            field = records._fields.get(name)
            if field is not None and field.store and field.column_type and not field.related:
                return field
        return None
