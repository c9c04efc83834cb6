from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .bpm_regulation import StageRules
from .bpm_stage_gate import Move


class BpmRegulation(models.Model):
    """Questions that screens ask about a regulation: why not, what if."""

    _inherit = "bpm.regulation"

    @api.model
    def why_not(self, res_model, ids, target_value):
        """What records still miss for a stage; for whoever may read them.

        :param target_value: value of the stage, as text.
        :return: list of dicts, one per record under a regulation: id, name, model, from,
            from_name, to, to_name, field (of the stages), regulation, first ([value, name] of the
            stage at which a new record may begin), asks (see get_bar) and ``missing``: list of

            - ``kind``: field, domain, related, document, activity (facts), step (open), passed
              (required step of a stage passed over), unasked (required step that nobody was asked
              for yet), way (not allowed), comment, status
            - ``key``, ``name``, ``stage`` (where it is demanded), ``text`` (a sentence)
            - ``cure``: {type, text, ...}: field, related {field, label} and domain {label}, all
              with the places of their cure (fields: names, links: [[name, label]] to other
              records), document {pattern}, activity as fact {activity_type_id}, a
              step's kind {step_id, state, activity_id, user: [id, name], before: the same of
              the step to be done first}, stage {value, or values: [[value, name]] of the
              ways there are}, ask (see bpm.stage.case.ask_steps), comment, status
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
            "statuses": [list(s) for s in self.env["bpm.stage.status"]._get_offered(self.id)],
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
        trial = record.sudo().with_context(
            bpm_stage_trial=StageRules(field, frozenset(), frozenset(), (), frozenset())
        )
        return cases.sudo()._build_bar(trial, version, None) | {"may_move": False}
