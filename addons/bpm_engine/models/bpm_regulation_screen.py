from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .bpm_regulation import StageRules
from .bpm_stage_gate import Move

#: So many ids of blocked records go to the client; the counts are exact.
LISTED = 500


class BpmRegulation(models.Model):
    """Questions that screens ask about a regulation: why not, what if."""

    _inherit = "bpm.regulation"

    @api.model
    def why_not(self, res_model, ids, target_value):
        """What records still miss for a stage; for whoever may read them.

        :param target_value: value of the stage, as text.
        :return: list of dicts, one per record under a regulation: id, name, model, from,
            from_name, to, to_name, regulation, first ([value, name] of the stage at which a new
            record may begin), asks (see get_bar) and ``missing``: list of

            - ``kind``: field, domain, related, document, activity (facts), step (open), passed
              (required step of a stage passed over), way (not allowed), comment, status
            - ``key``, ``name``, ``stage`` (where it is demanded), ``text`` (a sentence)
            - ``cure``: {type, text, ...}: field {field, label}, related {field, label},
              domain {fields: names, label}, document {pattern}, activity as fact
              {activity_type_id}, a step's kind {step_id, state, activity_id, user: [id, name]},
              stage {value}, comment, status
        """
        cases_model = self.env["bpm.stage.case"].sudo()
        records = cases_model.sudo(False)._get_readable(res_model, ids).sudo()
        versions = self.sudo()._get_versions_in_force(records)
        values, cases = records._get_stage_values(), cases_model._get_cases(records)
        target = str(target_value)
        moves = [
            Move(r, versions[r.id], cases.get(r.id), values[r.id], target)
            for r in records
            if r.id in versions and values[r.id] != target
        ]
        gate = self.env["bpm.stage.gate"].sudo()
        gate._judge(moves, asked=False)
        return [gate._describe(move) | {"asks": self._get_asks(move)} for move in moves]

    def _get_asks(self, move):
        stage = move.version.stage_ids.filtered(lambda s: s.value == move.from_value)
        return move.version.regulation_id._describe_asks(stage)

    def _describe_asks(self, stage):
        """What leaving the stage demands from the dialog."""
        return {
            "comment": stage.ask_comment,
            "status": stage.ask_status,
            "statuses": [[s.id, s.name] for s in self._get_statuses()],
        }

    # ------------------------------------------------------------ before it is in force

    @api.model
    def _get_version_for_design(self, version_id):
        if not self.env.user.has_group("bpm_engine.group_designer"):
            raise AccessError(self.env._("Only those who draw processes try a regulation."))
        version = self.env["bpm.regulation.version"].browse(version_id).exists()
        if not version:
            raise UserError(self.env._("This version has been deleted."))
        version.check_access("read")
        return version

    @api.model
    def preview(self, version_id):
        """How many open records a version would keep from going on, and by which fact.

        Records are looked at as they are now, in whatever stage of the version they stand;
        ``blocked`` counts those of which a fact of their own stage does not hold.

        :return: {model, open, blocked, facts: [{stage, key, name, kind, count, ids}], steps:
            [{stage, key, name, required, count: would be made}], ids: blocked ones}; ids only
            of records the person may read, at most 500 each.
        """
        version = self._get_version_for_design(version_id)
        regulation = version.regulation_id.sudo()
        found = {"model": regulation.model, "open": 0, "facts": [], "steps": []}
        blocked = set()
        for stage in version.sudo().stage_ids.filtered(lambda s: not s.is_final and not s.is_lost):
            records = self._get_records_at(version.sudo(), stage)
            found["open"] += len(records)
            for fact in stage.fact_ids if records else ():
                failing = fact._get_failing_ids(records)
                blocked |= failing
                found["facts"].append(self._describe_preview(fact, records.browse(failing)))
            for step in stage.step_ids if records else ():
                count = len(step._get_fitting(records))
                found["steps"].append(
                    self._describe_part(step, count) | {"required": step.required}
                )
        ids = self._get_listed(self.env[regulation.model].browse(sorted(blocked)))
        return found | {"blocked": len(blocked), "ids": ids}

    def _get_records_at(self, version, stage):
        """Open records of the regulation that stand at a stage."""
        regulation = version.regulation_id
        model = self.env[regulation.model].sudo()
        value = stage.value
        if model._fields[regulation.stage_field].type == "many2one":
            value = int(value) if value.isdigit() else 0
        return model.search(
            regulation._get_record_domain() & Domain(regulation.stage_field, "=", value)
        )

    def _describe_part(self, part, count):
        return {
            "stage": part.stage_id.name, "key": part.key, "name": part.name,
            "kind": part.kind, "count": count,
        }  # fmt: skip

    def _describe_preview(self, fact, failing):
        ids = self._get_listed(failing.sudo(False))
        return self._describe_part(fact, len(failing)) | {"ids": ids}

    def _get_listed(self, records):
        return records.with_env(self.env)[:LISTED]._filtered_access("read").ids

    @api.model
    def try_on(self, version_id, res_model, res_id):
        """The bar a record would have under a version, as bpm.stage.case.get_bar; steps have
        the state ``planned``. Nothing is written."""
        version = self._get_version_for_design(version_id).sudo()
        cases = self.env["bpm.stage.case"]
        record = cases._get_readable(res_model, res_id)
        if res_model != version.regulation_id.model:
            raise UserError(
                self.env._("“%s” is not the kind of record it is for.", record._description)
            )
        field = version.regulation_id.stage_field
        trial = record.sudo().with_context(bpm_stage_trial=StageRules(field, frozenset(), ()))
        return cases.sudo()._build_bar(trial, version, None) | {"may_move": False}
