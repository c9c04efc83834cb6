from odoo import api, models
from odoo.exceptions import UserError


class BpmStageCase(models.Model):
    """What screens ask about a record's stages, and their one way to change the stage."""

    _inherit = "bpm.stage.case"

    @api.model
    def _get_readable(self, res_model, res_ids, operation="read"):
        """Records named by a client, after checking its right to them.

        :raise UserError: there is no such model. :raise AccessError: no right.
        """
        if res_model not in self.env or not self.env[res_model]._auto:
            raise UserError(self.env._("There are no records of the kind “%s”.", res_model))
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        records = self.env[res_model].browse(ids).exists()
        records.check_access(operation)
        return records

    @api.model
    @api.readonly
    def get_bar(self, res_model, res_id):
        """The stages of a record with the present one's steps; False without a regulation.

        Readable by whoever may read the record. A form gets it with its record instead, by
        the context key ``bpm_stage_bar`` of ``web_read`` (see models/base_stage_bar.py).

        :return: dict

            - ``regulation`` {id, name, version_id, number}; ``stage_field``; ``value`` (text)
            - ``stages``: list of {value, name, state: done|current|next|later, is_final,
              is_lost, color, norm_days, kind: forward|back|lost|refused (the way there),
              missing: number of missing items}
            - ``steps`` of the present stage: {id, key, after_key (of the step it waits for), name,
              kind, required, state, user, group: [id, name] or False, deadline, date_done
              (UTC text), overdue, done_by, comment, instruction, why, phone (to dial),
              activity_id, category, icon, instance_id, next: the one to do next, may_do: by the
              asking person}
            - ``missing``: {stage value: [item]}, items as in bpm.regulation.why_not
            - ``next``: value of the stage that comes next, or False
            - ``days`` in the stage so far, in working days; ``norm_days``
            - ``asks``: {comment, status: demanded on leaving?, statuses: [[id, name]]}
            - ``may_override``, ``may_move`` of the asking person
        """
        record = self._get_readable(res_model, res_id)
        return self._get_bar(record)

    @api.model
    def move(self, res_model, res_ids, target, comment=None, status_id=None, override_reason=None):
        """Bring records to a stage with what the one dialog asked.

        :param target: value of the stage, as text.
        :param override_reason: of a person who may override; noted with what was missing.
        :return: the new bar of a single record, True for several.
        :raise StageRefused: something is missing; AccessError: no right to write.
        """
        records = self._get_readable(res_model, res_ids, "write")
        if not records._get_stage_rules():
            raise UserError(self.env._("No regulation is in force for “%s”.", records._description))
        self._check_target(records, str(target))
        records.with_context(
            bpm_stage_comment=comment or "",
            bpm_stage_status=status_id or False,
            bpm_stage_override=override_reason or "",
        )._set_stage_value(str(target))
        return self.get_bar(res_model, records.id) if len(records) == 1 else True

    def _check_target(self, records, value):
        """:raise UserError: it is no stage at all, or none any more.

        An end that is no value of the field, as being lost, stands in the regulation.
        """
        versions = self.env["bpm.regulation"].sudo()._get_versions_in_force(records.sudo())
        known = {stage.value for version in versions.values() for stage in version.stage_ids}
        is_record = records._fields[records._get_stage_rules().stage_field].type == "many2one"
        ghost = is_record and value.isdigit()
        if (ghost or value not in known) and not records._is_stage_value(value):
            raise UserError(self.env._("This stage does not exist (any more). Reload the page."))

    @api.model
    def ask_steps(self, res_model, res_ids):
        """Ask for the steps that are meant for records by now and were not asked for yet.

        :raise AccessError: no right to write.
        """
        records = self._get_readable(res_model, res_ids, "write")
        if records._get_stage_rules():
            self.sudo()._bring_in_line(records.sudo())
        return True

    @api.model
    def get_history(self, res_model, res_id, limit=20):
        """Changes of a record's stage, newest first, for whoever may read the record.

        :return: list of {id, at, user: [id, name], from, to, days, comment, status, kind,
            reason, missing: list of names}
        """
        record = self._get_readable(res_model, res_id)
        changes = (
            self.env["bpm.stage.change"]
            .sudo()
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)], limit=limit)
        )
        return [change._describe_for_client() for change in changes]


class BpmStageCaseStep(models.Model):
    _inherit = "bpm.stage.case.step"

    def action_remind(self):
        """Tell the person once more, by the usual notification of an activity."""
        for model, cases in self.sudo().case_id.grouped("res_model").items():
            self.env["bpm.stage.case"]._get_readable(model, cases.mapped("res_id"))
        self.sudo().activity_ids.filtered("active").action_notify()
        return True
