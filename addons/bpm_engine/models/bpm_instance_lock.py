from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

#: What a step reads of the version and the process besides its own row.
VERSION_FIELDS = ("process_id", "state", "number", "sha256", "revision", "company_id")
PROCESS_FIELDS = (
    "key",
    "active",
    "model",
    "company_id",
    "owner_id",
    "run_as_user_id",
    "one_per_record",
    "cancel_on_archive",
)


class BpmInstance(models.Model):
    """One after the other: whoever moves an instance locks it first."""

    _inherit = "bpm.instance"

    def _lock(self):
        """Wait until nobody else works on these instances, then see them as they are.

        Touches the rows, so that a transaction that read them before another one changed
        anything under the lock is repeated instead of going on with what it knew.
        """
        if self and len(self._lock_rows()) != len(self):
            raise UserError(self.env._("This process was deleted in the meantime."))

    def _lock_free(self):
        """As _lock(), but only those at which nobody else works just now.

        :return: the instances that are ours.
        """
        return self._lock_rows("SKIP LOCKED") if self else self

    def _lock_rows(self, others=""):
        """Lock and read in one statement, with what a step needs of version and process."""
        self.flush_recordset()
        self.env["bpm.job"].flush_model(["state", "instance_id"])
        names, wanted, template = self._get_lock_statement()
        query = SQL(template % others, tuple(self.ids))
        # A conflict is no error: the transaction is repeated.
        self.env.cr.execute(query, log_exceptions=False)
        rows = self.env.cr.fetchall()
        # Not by invalidate_recordset(), which forgets of which instance each task is.
        for field in self._fields.values():
            field._invalidate_cache(self.env, self._ids)
        if not rows:
            return self.browse()
        busy, *values = zip(*rows, strict=True)
        columns = dict(zip(wanted, values, strict=True))
        locked = self.browse(columns['i."id"'])
        self._fields["has_open_jobs"]._insert_cache(locked, busy)
        for records, letter, fnames in (
            (locked, "i", names),
            (
                self.env["bpm.process.version"].browse(columns['i."version_id"']),
                "v",
                VERSION_FIELDS,
            ),
            (self.env["bpm.process"].browse(columns['i."process_id"']), "p", PROCESS_FIELDS),
        ):
            for name in fnames:
                if name != "id":
                    field = records._fields[name]
                    field._insert_cache(records, columns[f'{letter}."{name}"'])
        return self.filtered(lambda instance: instance.id in locked._ids)

    @api.model
    @tools.ormcache()
    def _get_lock_statement(self):
        """What _lock_rows() reads and how.

        :return: (fields of the instance, columns in the order of the statement, the statement
            with a place for what to do about rows that others have locked).
        """
        names = [name for name, field in self._fields.items() if field.store and field.column_type]
        wanted = [
            *(f'i."{name}"' for name in names),
            *(f'v."{name}"' for name in VERSION_FIELDS),
            *(f'p."{name}"' for name in PROCESS_FIELDS),
        ]
        statement = (
            "UPDATE bpm_instance i SET write_date = now() AT TIME ZONE 'UTC'"
            " FROM bpm_process_version v, bpm_process p"
            " WHERE v.id = i.version_id AND p.id = i.process_id AND i.id IN (SELECT id"
            " FROM bpm_instance WHERE id IN %%s ORDER BY id FOR NO KEY UPDATE %s)"
            " RETURNING EXISTS (SELECT FROM bpm_job j WHERE j.instance_id = i.id"
            " AND j.state IN ('waiting', 'incident')), "
        )
        return names, wanted, statement + ", ".join(wanted)
