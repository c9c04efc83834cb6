from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .bpm_instance import OPEN_STATES
from .bpm_instance_lock import PROCESS_FIELDS, VERSION_FIELDS

#: What a start reads of a process.
START_FIELDS = (*PROCESS_FIELDS, "published_version_id", "state", "start_by_hand")
FIND_BY_KEY = (
    "SELECT p.id, v.id, ARRAY(SELECT res_groups_id FROM bpm_process_group_rel g"
    " WHERE g.bpm_process_id = p.id), "
    + ", ".join(
        [f'p."{name}"' for name in START_FIELDS] + [f'v."{name}"' for name in VERSION_FIELDS]
    )
    + ", %s FROM bpm_process p LEFT JOIN bpm_process_version v"
    " ON v.id = p.published_version_id WHERE p.key = %s AND p.active"
)


class BpmProcess(models.Model):
    """Starting processes."""

    _inherit = "bpm.process"

    # ------------------------------------------------------------------ called from outside

    def action_start(self, res_ids=None, variables=None):
        """Start this process by hand, on each of the records.

        :param res_ids: ids of records of the process's model; None for a process without one.
        :param variables: first process variables: plain values by name.
        :return: ids of the instances started.
        :raise AccessError: the person may not start it, or may not read a record.
        :raise UserError: not published, archived, not offered by hand, already running on a
            record, or a first step fails; then nothing is started.
        """
        self.ensure_one()
        if not self.sudo().start_by_hand:
            raise UserError(
                self.env._("“%s” is not started by hand; it starts by itself.", self.sudo().name)
            )
        return self._start_checked(res_ids, variables).ids

    @api.model
    def start(self, key, res_model=None, res_id=None, variables=None):
        """Start a process by its key; for other systems and addons.

        :param key: key of the process.
        :param res_model: model of the record, as the process demands; None without a record.
        :param res_id: id of the record, or a list of ids.
        :param variables: first process variables: plain values by name.
        :return: id of the instance, or the list of ids if a list was given.
        :raise UserError: unknown key, wrong model, and all of action_start().
        """
        process = self.sudo()._find_by_key(key)
        if not process:
            raise UserError(self.env._("There is no process with the key “%s”.", key))
        if (process.model or None) != (res_model or None):
            raise UserError(
                self.env._(
                    "“%(process)s” runs on %(model)s, not on %(other)s.",
                    process=process.name,
                    model=process.model or self.env._("no record"),
                    other=res_model or self.env._("no record"),
                )
            )
        several = isinstance(res_id, list | tuple)
        ids = list(res_id) if several else [res_id] if res_id else None
        started = process.sudo(False)._start_checked(ids, variables)
        return started.ids if several else started.id

    def _find_by_key(self, key):
        """The active process of a key; one statement brings what a start needs to know."""
        version = self.env["bpm.process.version"]
        self.flush_model([*START_FIELDS, "key", "name"])
        version.flush_model(VERSION_FIELDS)
        rows = self.env.execute_query(
            SQL(FIND_BY_KEY, self._field_to_sql("p", "name"), key),
        )
        if not rows:
            return self.browse()
        process_id, version_id, group_ids, *values = rows[0]
        process, version = self.browse(process_id), version.browse(version_id)
        self._fields["group_ids"]._insert_cache(process, [tuple(group_ids)])
        for record, names in ((process, START_FIELDS), (version, VERSION_FIELDS)):
            for name in names:
                record._fields[name]._insert_cache(record, [values.pop(0)])
        self._fields["name"]._insert_cache(process, values)
        return process

    # ------------------------------------------------------------------ rights

    def _start_checked(self, res_ids, variables):
        """Start as the present user, with all his rights checked."""
        self._check_may_start()
        records = self._get_start_records(res_ids)
        if variables is not None and not isinstance(variables, dict):
            raise UserError(self.env._("Variables are given as names with values."))
        return self._start(records, variables).sudo(False)

    def _check_may_start(self):
        """Refuse a person without the right to start, or a process that is not in use."""
        if not self._can_start(self.env.user):
            raise AccessError(
                self.env._(
                    "You may not start “%s”. Ask its owner to add your group.", self.sudo().name
                )
            )
        self.check_access("read")
        self._check_in_use()

    def _can_start(self, user):
        """Whether a person belongs to those who may start it."""
        groups = self.sudo().group_ids
        if not groups:
            return user.has_group("bpm_engine.group_user")
        return bool(groups & user.sudo().all_group_ids)

    def _check_in_use(self):
        process = self.sudo()
        if not process.active:
            raise UserError(self.env._("“%s” is archived; restore it first.", process.name))
        if not process.published_version_id:
            raise UserError(
                self.env._("“%s” has no published version yet; publish one.", process.name)
            )

    def _get_start_records(self, res_ids):
        """Records to start on, readable by the present user; None for a process without."""
        model = self.sudo().model
        if not model:
            if res_ids:
                raise UserError(self.env._("“%s” runs without a record.", self.sudo().name))
            return None
        if not res_ids:
            raise UserError(self.env._("Choose the record on which to start “%s”.", self.name))
        records = self.env[model].browse(res_ids)
        if not self._fetch_existing(records):
            raise UserError(self.env._("A record was deleted in the meantime; reload the page."))
        records.check_access("read")
        return records

    def _check_not_running(self, records):
        if not self.sudo().one_per_record:
            return
        running = self._get_running(records)
        if running:
            raise UserError(
                self.env._(
                    "“%(process)s” is already running on %(records)s.",
                    process=self.sudo().name,
                    records=", ".join(records.sudo().browse(running).mapped("display_name")[:5]),
                )
            )

    def _get_running(self, records):
        """Ids of the records on which this process runs at present."""
        instances = (
            self.env["bpm.instance"]
            .sudo()
            .search(
                [
                    ("process_id", "=", self.id),
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("state", "in", OPEN_STATES),
                ]
            )
        )
        return sorted(set(instances.mapped("res_id")))

    # ------------------------------------------------------------------ starting

    def _start(self, records=None, variables=None, kind="hand", starter=None, start_event=None):
        """Start one instance per record (one without a record), without checking rights.

        :param records: records of the process's model, several at once, or None.
        :param variables: first process variables.
        :param kind: how it starts, a value of bpm.instance.start_kind.
        :param starter: who counts as the starter; the present user if None.
        :param start_event: id of the start event drawn for it; the plain one if None.
        :raise UserError: not in use, already running, or a first step fails.
        """
        self.ensure_one()
        self._check_in_use()
        if records is not None:
            self._check_not_running(records)
        instances = self._create_instances(records, kind, starter, start_event=start_event)
        instances._start_run(variables, instances._prepare_started_lines(), start_event)
        return instances

    def _create_instances(self, records, kind, starter, **values):
        process = self.sudo()
        starter = starter or self.env.user
        targets = records.sudo() if records is not None else [None]
        model = self.env["bpm.instance"].sudo()
        # Its own history tells who started it: no note in the chatter besides. The database
        # refuses a second instance on the same record right here.
        return model._insert_instances(
            [process._prepare_instance_values(record, kind, starter) | values for record in targets]
        )

    def _prepare_instance_values(self, record, kind, starter):
        """Values of a new instance on a record (or None)."""
        self.ensure_one()
        company = self.company_id
        if record is not None and "company_id" in record._fields:
            company = record.company_id or company
        name = f"{self.name}: {record.display_name}" if record is not None else self.name
        single = self.one_per_record and record is not None
        return {
            "name": name,
            "process_id": self.id,
            "version_id": self.published_version_id.id,
            "res_model": record._name if record is not None else False,
            "res_id": record.id if record is not None else False,
            "company_id": (company or self.env.company).id,
            "starter_id": starter.id,
            "start_kind": kind,
            "single_key": f"{self.id}/{record.id}" if single else False,
        }

    # ------------------------------------------------------------------ who it acts as

    @api.model
    @tools.ormcache("user_id")
    def _is_working(self, user_id):
        """Whether a user is active; kept until a user is archived (res.users sees to that)."""
        return self.env["res.users"].sudo().browse(user_id).active

    @api.model_create_multi
    def create(self, vals_list):
        """See write()."""
        processes = super().create(vals_list)
        processes._check_act_as()
        self.env.registry.clear_cache()
        return processes

    def write(self, vals):
        """Only managers lend rights; what is watched may change with model and archiving.

        :raise AccessError: a designer lets a process act as somebody else, or takes it over.
        """
        if "owner_id" in vals:
            self._check_may_take_over(vals["owner_id"])
        result = super().write(vals)
        if {"run_as_user_id", "owner_id"} & set(vals):
            self._check_act_as()
        if {"active", "model_id"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def _check_may_take_over(self, owner_id):
        """The owner decides on proposals and may do any task: nobody makes himself one."""
        user = self.env.user
        if self.env.su or user.has_group("bpm_engine.group_manager"):
            return
        for process in self.sudo():
            owner = process.owner_id
            if owner.id != owner_id and owner != user:
                raise AccessError(
                    self.env._(
                        "Only a process manager may give “%(process)s” another owner.",
                        process=process.name,
                    )
                )

    def _check_act_as(self):
        """Only a manager may let a process act with the rights of somebody else."""
        # No constraint of the ORM: those run as superuser, who may everything.
        user = self.env.user
        if self.env.su or user.has_group("bpm_engine.group_manager"):
            return
        for process in self.sudo():
            others = (process.run_as_user_id | process.owner_id) - user
            if others:
                raise AccessError(
                    self.env._(
                        "Only a process manager may let “%(process)s” act as %(users)s.",
                        process=process.name,
                        users=", ".join(others.mapped("name")),
                    )
                )
