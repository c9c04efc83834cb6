import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

CASE_COLUMNS = (
    "res_model", "res_id", "regulation_id", "version_id", "stage_id", "value", "origin_id",
    "entered_at", "company_id",
)  # fmt: skip

#: One statement for records that go the same way; what differs comes in arrays.
SAVE_CASES = """
    INSERT INTO bpm_stage_case (res_model, res_id, regulation_id, version_id, stage_id, value,
                origin_id, company_id, entered_at, create_uid, write_uid, create_date, write_date)
         SELECT %(model)s, t.res_id, %(regulation)s, %(version)s, %(stage)s, %(value)s,
                t.origin_id, t.company_id, %(now)s, %(uid)s, %(uid)s, %(now)s, %(now)s
           FROM unnest(%(ids)s::int[], %(origins)s::int[], %(companies)s::int[])
                AS t (res_id, origin_id, company_id)
    ON CONFLICT (res_model, res_id) DO UPDATE
            SET regulation_id = EXCLUDED.regulation_id, version_id = EXCLUDED.version_id,
                stage_id = EXCLUDED.stage_id, value = EXCLUDED.value,
                origin_id = EXCLUDED.origin_id, company_id = EXCLUDED.company_id,
                entered_at = EXCLUDED.entered_at, write_uid = EXCLUDED.write_uid, is_ended = NULL,
                write_date = EXCLUDED.write_date
      RETURNING id
"""
SAVE_CHANGES = """
    INSERT INTO bpm_stage_change (res_model, res_id, record_name, company_id, regulation_id,
                version_id, from_value, from_name, to_value, to_name, user_id, at, days, comment,
                status_id, kind, reason, missing, create_uid, write_uid, create_date, write_date)
         SELECT %(model)s, t.res_id, t.name, t.company_id, %(regulation)s,
                %(version)s, %(from_value)s, %(from_name)s, %(to_value)s, %(to_name)s, %(uid)s,
                %(now)s, t.days, %(comment)s, %(status)s, t.kind, t.reason, t.missing::jsonb,
                %(uid)s, %(uid)s, %(now)s, %(now)s
           FROM unnest(%(ids)s::int[], %(names)s::text[], %(companies)s::int[],
                       %(days)s::float[], %(kinds)s::text[], %(reasons)s::text[],
                       %(missing)s::text[])
                AS t (res_id, name, company_id, days, kind, reason, missing)
"""


class BpmStageCase(models.Model):
    """A record under a regulation: which version, which stage, since when."""

    _name = "bpm.stage.case"
    _description = "Record under a Stage Regulation"
    _order = "id desc"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    regulation_id = fields.Many2one(
        "bpm.regulation", required=True, readonly=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        "bpm.regulation.version", required=True, readonly=True, ondelete="restrict", index=True
    )
    stage_id = fields.Many2one(
        "bpm.regulation.stage", readonly=True, ondelete="restrict", index=True
    )
    value = fields.Char(readonly=True, help="Value of the stage field when it was last judged.")
    origin_id = fields.Many2one(
        "bpm.regulation.stage",
        readonly=True,
        ondelete="restrict",
        help="The stage at which it was lost, for the way back.",
    )
    entered_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    step_ids = fields.One2many("bpm.stage.case.step", "case_id", readonly=True)
    is_ended = fields.Boolean(
        readonly=True,
        index="btree_not_null",
        help="No regulation applies to the record any more; who did what is kept.",
    )

    _record_uniq = models.UniqueIndex(
        "(res_model, res_id)", "A record stands under one regulation at a time."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for model, cases in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse(cases.mapped("res_id")).exists()
                # Whoever may not read a record is not told its name.
                records = records._filtered_access("read")
                names = dict(zip(records.ids, records.mapped("display_name"), strict=True))
            for case in cases:
                case.display_name = names.get(case.res_id) or f"{model} {case.res_id}"

    @api.model
    def _get_cases(self, records):
        """{record id: its case}, of records under a regulation."""
        return self._find_cases(records, Domain("is_ended", "=", False))

    @api.model
    def _find_cases(self, records, domain):
        domain &= Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
        cases = self.sudo().search_fetch(domain, CASE_COLUMNS)
        return {case.res_id: case for case in cases}

    def _get_present_steps(self, names, domain=Domain.TRUE):
        """The present rounds of these cases' steps, withdrawn ones apart, in order.

        :param names: fields to be read with them.
        """
        domain &= Domain("case_id", "in", self.ids) & Domain("is_current", "=", True)
        domain &= Domain("state", "!=", "withdrawn")
        steps = self.env["bpm.stage.case.step"].sudo()
        return steps.search_fetch(domain, names, order="sequence, id")

    # ------------------------------------------------------------ following the records

    @api.model
    def _follow(self, records, versions, cases, moves, under=None):
        """Bring cases in line with their records after a write that was let pass.

        :param under: {record id: id of its regulation before}, None if that cannot have changed.
        """
        self._close(records, [case for id_, case in cases.items() if id_ not in versions])
        moved = {move.record.id for move in moves}
        self._switch(records, versions, cases, moved)
        if moves:
            self._log(moves)
            self._leave(moves)
            self._enter(moves)
        same = [case.id for id_, case in cases.items() if id_ in versions and id_ not in moved]
        self.env["bpm.stage.case.step"].sudo()._reconsider(self.sudo().browse(same))
        stayed = [id_ for id_ in versions if id_ not in cases and id_ not in moved]
        entering = {
            id_
            for id_ in (stayed if under is not None else ())
            if versions[id_].regulation_id.id != under.get(id_)
        }
        self._enrol(records.browse(stayed), versions, entering)

    @api.model
    def _log(self, moves):
        """One row of history per move, in bulk."""
        groups = defaultdict(list)
        for move in moves:
            groups[move.version, move.from_value, move.to_value].append(move)
        for (version, from_value, to_value), some in groups.items():
            names = {stage.value: stage.name for stage in version.stage_ids}
            way = {
                "from_value": from_value or None, "from_name": names.get(from_value),
                "to_value": to_value or None, "to_name": names.get(to_value),
            }  # fmt: skip
            self.env.cr.execute(SAVE_CHANGES, way | self._prepare_log(version, some))
        self.env["bpm.stage.change"].invalidate_model()

    def _prepare_log(self, version, moves):
        """Parameters of SAVE_CHANGES for moves that go the same way."""
        gate = self.env["bpm.stage.gate"]
        records = moves[0].record.browse([move.record.id for move in moves])
        cases = [move.case for move in moves if move.case]
        days = self._get_days_by_case(cases, self.env.cr.now())
        regulation = version.regulation_id
        return self._prepare_save(records, version) | {
            "names": records._get_record_names(),
            "days": [days.get(move.case, 0.0) for move in moves],
            "comment": gate._get_comment() or None,
            "status": gate._get_status(regulation).id or None,
            "kinds": [move.kind for move in moves],
            "reasons": [move.reason or None for move in moves],
            "missing": [json.dumps(move.missing) if move.missing else None for move in moves],
        }

    def _prepare_save(self, records, version):
        """Parameters that history and cases share."""
        return {
            "model": records._name,
            "ids": records.ids,
            "companies": self._get_company_ids(records),
            "regulation": version.regulation_id.id,
            "version": version.id,
            "uid": self.env.uid,
            "now": self.env.cr.now(),
        }

    @api.model
    def _enter(self, moves):
        """Note the new stage and start its steps."""
        cases = {move.record.id: move.case for move in moves if move.case}
        versions = {move.record.id: move.version for move in moves}
        values = {move.record.id: move.to_value for move in moves}
        records = moves[0].record.browse(list(values))
        self._place(records, versions, values, cases)

    @api.model
    def _place(self, records, versions, values, cases, start=True):
        """Note where records stand now, and start the steps of those stages.

        What they did before they were under no regulation counts.

        :param start: False for records that ended long ago.
        """
        new = records.filtered(lambda record: record.id not in cases)
        ended = self._get_ended(new)
        groups = defaultdict(list)
        for id_ in records.ids:
            groups[versions[id_], values[id_]].append(id_)
        for (version, value), ids in groups.items():
            stage = version.stage_ids.filtered(lambda s, v=value: s.value == v)
            origins = [self._get_origin(cases.get(id_), stage).id or None for id_ in ids]
            params = self._prepare_save(records.browse(ids), version)
            params |= {"stage": stage.id or None, "value": value, "origins": origins}
            placed = self._save(params)
            again = self.browse([ended[id_].id for id_ in ids if id_ in ended])
            again.sudo().step_ids._adopt(version)
            if start:
                self.env["bpm.stage.case.step"]._open(placed, stage)

    def _get_origin(self, case, stage):
        """The stage at which the record was lost."""
        if not case:
            return stage.browse()
        return case.stage_id if stage.is_lost and not case.stage_id.is_lost else case.origin_id

    @api.model
    def _save(self, params):
        """Insert or update by SAVE_CASES; returns the cases."""
        self.flush_model()
        self.env.cr.execute(SAVE_CASES, params)
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model()
        return self.sudo().browse(ids)

    @api.model
    def _leave(self, moves):
        """What is still open at the stages left is withdrawn."""
        cases = self.browse([move.case.id for move in moves if move.case])
        steps = cases.sudo().step_ids if len(cases) < 50 else self._search_steps(cases)
        open_steps = steps.filtered(lambda s: s.state in ("todo", "waiting"))
        open_steps._withdraw()

    def _search_steps(self, cases):
        return (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search([("case_id", "in", cases.ids), ("state", "in", ("todo", "waiting"))])
        )

    @api.model
    def _get_company_ids(self, records):
        """Ids of the records' companies or None; without such a field the present one."""
        if "company_id" not in records._fields:
            return [self.env.company.id] * len(records)
        return list(records._get_raw_values("company_id").values())

    # ------------------------------------------------------------ ends

    @api.model
    def _close(self, records, cases):
        """No regulation applies any more: open steps are withdrawn, the case ends.

        What was done and who gave which approval stays, as proof and for the way back.
        """
        cases = self.sudo().browse([case.id for case in cases])
        if cases:
            cases.step_ids._withdraw()
            cases.is_ended = True

    @api.model
    def _forget(self, model, ids):
        """The records are deleted; the history of their stages stays."""
        self.sudo().search([("res_model", "=", model), ("res_id", "in", ids)]).unlink()
