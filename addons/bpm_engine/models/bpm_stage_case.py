import json
from collections import defaultdict

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.work_clock import WorkClock

#: Open records that get a case at once when a version comes into force; the rest by the job.
TAKEN_AT_ONCE = 1000

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
                entered_at = EXCLUDED.entered_at, write_uid = EXCLUDED.write_uid,
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

    _record_uniq = models.UniqueIndex(
        "(res_model, res_id)", "A record stands under one regulation at a time."
    )

    @api.depends("res_model", "res_id")
    def _compute_display_name(self):
        for model, cases in self.grouped("res_model").items():
            if model not in self.env:
                cases.display_name = model
                continue
            for case in cases:
                case.display_name = self.env[model].browse(case.res_id).exists().display_name

    @api.model
    def _get_cases(self, records):
        """{record id: its case}"""
        cases = self.sudo().search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )
        return {case.res_id: case for case in cases}

    # ------------------------------------------------------------ following the records

    @api.model
    def _follow(self, records, versions, cases, moves):
        """Bring cases in line with their records after a write that was let pass."""
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
        self._enrol(records.browse(stayed), versions)

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
                "to_value": to_value, "to_name": names.get(to_value),
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
    def _place(self, records, versions, values, cases):
        """Note where records stand now, and start the steps of those stages."""
        groups = defaultdict(list)
        for id_ in records.ids:
            groups[versions[id_], values[id_]].append(id_)
        for (version, value), ids in groups.items():
            stage = version.stage_ids.filtered(lambda s, v=value: s.value == v)
            origins = [self._get_origin(cases.get(id_), stage).id or None for id_ in ids]
            params = self._prepare_save(records.browse(ids), version)
            params |= {"stage": stage.id or None, "value": value, "origins": origins}
            placed = self._save(params)
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

    # ------------------------------------------------------------ taking records in

    @api.model
    def _enrol(self, records, versions):
        """Cases for records that stand under a regulation but have none yet."""
        values = records._get_stage_values() if records else {}
        records = records.filtered(lambda record: values[record.id])
        if records:
            versions = {record.id: versions[record.id] for record in records}
            self._place(records, versions, values, {})

    @api.model
    def _take_over(self, version):
        """A version comes into force: cases of the former one and open records go under it."""
        cases = self.sudo().search([("regulation_id", "=", version.regulation_id.id)])
        self._adopt(cases, version)
        if self._take_in(version, TAKEN_AT_ONCE) >= TAKEN_AT_ONCE:
            self.env.ref("bpm_engine.cron_stage_cases")._trigger()

    @api.model
    def _take_in(self, version, limit):
        """Enrol up to ``limit`` open records without a case; returns how many."""
        regulation = version.regulation_id.sudo()
        records = self.env[regulation.model].sudo()
        domain = regulation._get_record_domain() & self._get_open_domain(version)
        domain &= Domain("id", "not in", self._get_enrolled(records))
        records = records.search(domain, limit=limit, order="id")
        versions = self.env["bpm.regulation"]._get_versions_in_force(records)
        self._enrol(records.filtered(lambda r: versions.get(r.id) == version), versions)
        return len(records)

    @api.model
    def _get_enrolled(self, records):
        return self.sudo()._search([("res_model", "=", records._name)]).subselect("res_id")

    @api.model
    def _get_open_domain(self, version):
        """Records at a stage of the version that is no end."""
        regulation = version.regulation_id
        values = version.stage_ids.filtered(lambda s: not s.is_final and not s.is_lost)
        values = values.mapped("value")
        field = self.env[regulation.model]._fields[regulation.stage_field]
        if field.type == "many2one":
            values = [int(value) for value in values if value.isdigit()]
        return Domain(field.name, "in", values)

    @api.model
    def _cron_take_in(self):
        """Nightly, and after publishing for many records: whoever is missing is taken in.

        Also catches records that came under a regulation by a change of another record.
        """
        for rules in self.env["bpm.regulation"]._get_all_rules().values():
            for _regulation, version_id, _domain, _company in rules.versions:
                version = self.env["bpm.regulation.version"].browse(version_id)
                while self._take_in(version, TAKEN_AT_ONCE) >= TAKEN_AT_ONCE:
                    self.env["ir.cron"]._commit_progress(TAKEN_AT_ONCE)

    @api.model
    def _settle(self, regulation):
        """A regulation is no longer in force: its cases go under another one, or end."""
        cases = self.sudo().search([("regulation_id", "=", regulation.id)])
        for batch in split_every(TAKEN_AT_ONCE, cases.ids):
            some = self.sudo().browse(batch)
            records = self.env[regulation.model].sudo().browse(some.mapped("res_id")).exists()
            versions = self.env["bpm.regulation"]._get_versions_in_force(records)
            known = {case.res_id: case for case in some}
            self._close(records, [case for id_, case in known.items() if id_ not in versions])
            self._switch(records, versions, known, set())

    # ------------------------------------------------------------ another regulation or version

    @api.model
    def _switch(self, records, versions, cases, moved):
        """The deciding field has changed: those records go under another regulation."""
        groups = defaultdict(list)
        for id_, case in cases.items():
            if id_ in versions and case.regulation_id != versions[id_].regulation_id:
                groups[versions[id_]].append(case.id)
        for version, ids in groups.items():
            some = self.sudo().browse(ids)
            former = {case.res_id: case.regulation_id.name for case in some}
            # Steps of the stage that a moved record enters are started by the move.
            staying = some.filtered(lambda case: case.res_id not in moved)
            withdrawn = self._adopt(staying, version) | self._adopt(some - staying, version, False)
            self._tell_switch(records, former, version, withdrawn)

    @api.model
    def _adopt(self, cases, version, start=True):
        """Put cases under a version: what is done stays done, by key or kind and name.

        :return: the steps that were withdrawn.
        """
        steps = self.env["bpm.stage.case.step"].sudo()
        if not cases:
            return steps
        stages = {stage.value: stage for stage in version.stage_ids}
        for value, some in cases.grouped("value").items():
            stage = stages.get(value)
            some.write(
                {
                    "regulation_id": version.regulation_id.id,
                    "version_id": version.id,
                    "stage_id": stage.id if stage else False,
                }
            )
        for origin, some in cases.filtered("origin_id").grouped("origin_id").items():
            some.origin_id = stages.get(origin.value)
        withdrawn = steps.search([("case_id", "in", cases.ids)])._adopt(version)
        for stage, some in cases.grouped("stage_id").items() if start else ():
            steps._open(some, stage)
        return withdrawn

    @api.model
    def _tell_switch(self, records, former, version, withdrawn):
        """Say in the chatter which regulation applies now and what was withdrawn."""
        if not hasattr(records, "_message_log_batch"):
            return
        names = defaultdict(list)
        for step in withdrawn:
            names[step.case_id.res_id].append(step.name)
        bodies = {
            id_: self._describe_switch(name, version.regulation_id.name, names[id_])
            for id_, name in former.items()
        }
        records.browse(list(bodies))._message_log_batch(bodies)

    def _describe_switch(self, before, after, withdrawn):
        text = self.env._(
            "The regulation “%(after)s” applies now instead of “%(before)s”. Steps already "
            "done stay done.",
            after=after,
            before=before,
        )
        if withdrawn:
            text += " " + self.env._("Withdrawn: %s.", ", ".join(withdrawn))
        return text

    @api.model
    def _close(self, records, cases):
        """No regulation applies any more: open steps are withdrawn, the case ends."""
        cases = self.sudo().browse([case.id for case in cases])
        if cases:
            cases.step_ids._withdraw()
            cases.unlink()

    @api.model
    def _forget(self, model, ids):
        """The records are deleted; the history of their stages stays."""
        self.sudo().search([("res_model", "=", model), ("res_id", "in", ids)]).unlink()

    # ------------------------------------------------------------ time

    @api.model
    def _get_days_by_case(self, cases, until):
        """{case: working days since it entered its stage}, by the company's calendar."""
        groups = defaultdict(list)
        for case in cases:
            groups[case.company_id or self.env.company].append(case)
        found = {}
        for company, some in groups.items():
            spans = [(case.entered_at, until) for case in some]
            found.update(zip(some, self._get_work_days(company, spans), strict=True))
        return found

    @api.model
    def _get_work_days(self, company, spans):
        """Working days of each (start, stop), naive UTC; one look at the calendar.

        A company without a calendar counts calendar days.
        """
        calendar = company.resource_calendar_id
        if not calendar or not spans:
            return [(stop - start).total_seconds() / 86400 for start, stop in spans]
        first = pytz.utc.localize(min(start for start, _stop in spans))
        last = pytz.utc.localize(max(stop for _start, stop in spans))
        intervals = calendar._work_intervals_batch(first, last)[False] if first < last else ()
        clock = WorkClock((_naive(start), _naive(stop)) for start, stop, _meta in intervals)
        day = (calendar.hours_per_day or 8) * 3600
        return [clock.seconds(start, stop) / day for start, stop in spans]


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
