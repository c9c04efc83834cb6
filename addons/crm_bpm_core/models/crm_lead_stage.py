from odoo import api, models

#: Value of the unsuccessful end, which is no stage record but an archived lead.
LOST = "lost"


class CrmLead(models.Model):
    """Leads under stage regulations: lost is an end, and won is won however it is set."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "bpm.stage.mixin"]

    def _get_stage_values(self):
        """An archived lead is lost; one with a probability of 100 % claims to be won."""
        values = super()._get_stage_values()
        rules = self._get_stage_rules()
        if not rules or rules.stage_field != "stage_id":
            return values
        active, chances = self._get_raw_values("active"), self._get_raw_values("probability")
        certain = [id_ for id_ in values if active[id_] and (chances[id_] or 0) >= 100]
        certain = self.sudo().browse(certain).filtered(lambda lead: not lead.stage_id.is_won)
        for leads in certain.grouped(lambda lead: (lead.team_id, lead.type)).values():
            won = leads._stage_find(domain=[("is_won", "=", True)])
            values |= {lead.id: str(won.id or "") or values[lead.id] for lead in leads}
        return values | {id_: LOST for id_ in values if not active[id_]}

    @api.model
    def _get_stage_triggers(self, stage_field):
        triggers = super()._get_stage_triggers(stage_field)
        return triggers | {"active", "probability"} if stage_field == "stage_id" else triggers

    @api.model
    def _get_stage_way_fields(self):
        """Becoming an opportunity is a step on the way of a lead (LV-10)."""
        return super()._get_stage_way_fields() | {"type"}

    @api.model
    def _get_stage_choices(self, stage_field):
        """Won stages are ends; being lost stands last."""
        choices = super()._get_stage_choices(stage_field)
        if stage_field != "stage_id":
            return choices
        won = set(self.env["crm.stage"].search([("is_won", "=", True)]).ids)
        for choice in choices:
            choice["is_final"] = choice["is_final"] or int(choice["value"]) in won
        lost = {"value": LOST, "name": self.env._("Lost"), "is_final": True, "is_lost": True}
        return [*choices, lost]

    def _set_stage_value(self, value):
        """Lost and won are set by Odoo's own methods, which also keep its statistics."""
        if value == LOST:
            self.action_set_lost()
            return
        archived = self.filtered(lambda lead: not lead.active)
        if archived:
            archived.write({"active": True, "stage_id": int(value)})
            archived._compute_probabilities()
        super(CrmLead, self - archived)._set_stage_value(value)
