from odoo import api, fields, models

from ..lib.plural import plural_text


class BpmRegulation(models.Model):
    """What the buttons of a regulation's screens open."""

    _inherit = "bpm.regulation"

    version_count = fields.Integer(compute="_compute_counts", string="Versions")
    change_count = fields.Integer(compute="_compute_counts", string="Changes of Stages")
    override_count = fields.Integer(
        compute="_compute_counts",
        string="Overrides",
        help="Changes of stages that somebody pushed through with a reason.",
    )

    bypass_count = fields.Integer(
        compute="_compute_counts",
        string="Bypasses",
        help="Changes of stages by other programs that pass the rules, such as an exchange.",
    )

    @api.depends("version_ids")
    def _compute_counts(self):
        changes = self.env["bpm.stage.change"].sudo()
        found = changes._read_group(
            [("regulation_id", "in", self.ids)], ["regulation_id", "kind"], ["__count"]
        )
        counts = {(regulation.id, kind): count for regulation, kind, count in found}
        for regulation in self:
            regulation.version_count = len(regulation.version_ids)
            regulation.override_count = counts.get((regulation.id, "override"), 0)
            regulation.bypass_count = counts.get((regulation.id, "bypass"), 0)
            regulation.change_count = sum(
                count for (id_, _kind), count in counts.items() if id_ == regulation.id
            )

    def action_open_draft(self):
        """Make or continue the draft and open it; the stages are loaded into a new one."""
        draft = self.action_new_draft()
        if not draft.stage_ids:
            draft.load_stages()
        return draft._get_open_action()

    def action_open_published(self):
        """Open the version in force, else the newest there is."""
        self.ensure_one()
        return (self.published_version_id or self.version_ids[:1])._get_open_action()

    def action_open_versions(self):
        """All versions of this regulation."""
        return self._get_list_action("bpm_engine.bpm_regulation_version_action")

    def action_open_changes(self):
        """History of the stages of all records under it."""
        return self._get_list_action("bpm_engine.bpm_stage_change_action")

    def action_open_overrides(self):
        """Changes of stages that were pushed through with a reason."""
        action = self._get_list_action("bpm_engine.bpm_stage_change_action")
        return action | {"context": {"search_default_overrides": 1}}

    def action_open_bypasses(self):
        """Changes of stages by programs that may pass the rules."""
        action = self._get_list_action("bpm_engine.bpm_stage_change_action")
        return action | {"context": {"search_default_bypasses": 1}}

    def action_open_worth(self):
        """What each obligation of the regulation brings."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("bpm_engine.bpm_regulation_worth_action")
        return action | {"params": {"regulation_id": self.id}, "display_name": self.name}

    def _get_list_action(self, xml_id):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return action | {"domain": [("regulation_id", "=", self.id)], "context": {}}


class BpmRegulationVersion(models.Model):
    _inherit = "bpm.regulation.version"

    def _get_open_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def get_board(self):
        """The whole wording as a row of stages with their cards.

        :return: {model, model_name, state, editable, may_add: whether there are stages to add,
            problems: [text] of a draft, stages: [{id, name, color, is_final, is_lost, norm_days,
            notes: [text], steps, facts}]}; steps and facts: {id, name, kind, text, notes: [text]},
            steps also required
        """
        self.ensure_one()
        self.check_access("read")
        is_draft = self.state == "draft"
        return {
            "model": self.model,
            "model_name": self.env["ir.model"]._get(self.model).name,
            "state": self.state,
            "editable": is_draft and self.env.user.has_group("bpm_engine.group_designer"),
            "problems": self.sudo()._get_problems() if is_draft else [],
            "may_add": is_draft and self._may_add_stage(),
            "stages": [stage._describe_card() for stage in self.stage_ids],
        }

    def _may_add_stage(self):
        addable = self.get_addable_stages()
        return bool(addable["choices"] or addable["may_create"])


class BpmRegulationStage(models.Model):
    _inherit = "bpm.regulation.stage"

    model = fields.Char(related="version_id.model")

    def _describe_card(self):
        return {
            "id": self.id, "name": self.name, "color": self.color, "is_final": self.is_final,
            "is_lost": self.is_lost, "norm_days": self.norm_days,
            "notes": self._describe_notes(),
            "steps": [step._describe_card() for step in self.step_ids],
            "facts": [fact._describe_card() for fact in self.fact_ids],
        }  # fmt: skip

    def _describe_notes(self):
        """What else the stage demands or forbids, in short."""
        if self.is_final:
            return []
        notes = []
        if self.next_ids:
            names = ", ".join(self.next_ids.mapped("name"))
            notes.append(self.env._("Leads only to: %s", names))
        if not self.may_go_back:
            notes.append(self.env._("No way back"))
        if not self.may_lose:
            notes.append(self.env._("Not to be lost freely"))
        if self.ask_comment:
            notes.append(self.env._("Asks for a comment"))
        if self.ask_status:
            notes.append(self.env._("Asks for a short status"))
        return notes


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    version_id = fields.Many2one(related="stage_id.version_id")
    model = fields.Char(related="stage_id.version_id.model")

    def _describe_card(self):
        step = self.sudo()
        labels = dict(self._fields["assign_kind"]._description_selection(self.env))
        who = step.assign_user_id.name if self.assign_kind == "user" else ""
        who = step.assign_group_id.name if self.assign_kind == "group" else who
        who = self._describe_role() if self.assign_kind == "role" else who
        until = plural_text(self.env, self._get_deadline_forms(), self.deadline_number)
        return {
            "id": self.id, "name": self.name, "kind": self.kind, "required": self.required,
            "text": f"{who or labels[self.assign_kind]} · {until}", "notes": self._describe_notes(),
        }  # fmt: skip

    def _describe_notes(self):
        """When it starts, if not at once and for each record."""
        notes = [self.env._("After “%s”", self.after_id.name)] if self.after_id else []
        if (self.domain or "[]").strip() not in ("", "[]"):
            notes.append(self.env._("Only if a condition holds"))
        return notes

    def _get_deadline_forms(self):
        # pylint: disable=translation-positional-used; forms of one number, see lib/plural.py
        return {
            "hours": self.env._("%s working hour|%s working hours"),
            "days": self.env._("%s working day|%s working days"),
            "calendar": self.env._("%s calendar day|%s calendar days"),
        }[self.deadline_unit]


class BpmRegulationFact(models.Model):
    _inherit = "bpm.regulation.fact"

    version_id = fields.Many2one(related="stage_id.version_id")
    model = fields.Char(related="stage_id.version_id.model")
    domain_model = fields.Char(compute="_compute_domain_model")

    @api.depends("kind", "field_id", "stage_id.version_id.regulation_id.model")
    def _compute_domain_model(self):
        for fact in self:
            relation = fact.kind == "related" and fact.sudo().field_id.relation
            fact.domain_model = relation or fact.model

    def _describe_card(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        label = self.sudo().field_id.field_description or self.activity_type_id.name
        text = f"{labels[self.kind]}: {label}" if label else labels[self.kind]
        ways = ", ".join(self.to_stage_ids.mapped("name"))
        notes = [self.env._("Only on the way to: %s", ways)] if ways else []
        return {"id": self.id, "name": self.name, "kind": self.kind, "text": text, "notes": notes}


class BpmStageChange(models.Model):
    _inherit = "bpm.stage.change"

    missing_names = fields.Char(compute="_compute_missing_names", string="Was Missing")

    @api.depends("missing")
    def _compute_missing_names(self):
        for change in self:
            change.missing_names = ", ".join(item["name"] for item in change.missing or ())

    def action_open_record(self):
        """The record whose stage was changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
