from odoo import api, models


class Base(models.AbstractModel):
    """How a ready regulation finds or makes the stages of a model."""

    _inherit = "base"

    @api.model
    def _find_ready_stage(self, stage_field, stage, options):
        """Value of the stage that a ready regulation means, or False: it is to be made; hook.

        :param stage: dict of a content (see bpm.regulation.template._get_contents).
        :param options: of the dialog, for instance {"team_id": id}.
        """
        if self._fields[stage_field].type != "many2one":
            return stage["value"]
        wanted = {self.env._(stage["name"]).lower(), stage["name"]._translate("en_US").lower()}
        for choice in self._get_ready_choices(stage_field, stage, options):
            if (choice["name"] or "").strip().lower() in wanted:
                return choice["value"]
        return False

    @api.model
    def _get_ready_choices(self, stage_field, stage, options):
        """Existing stages that a ready regulation may use; hook."""
        return self._get_stage_choices(stage_field)

    @api.model
    def _create_ready_stage(self, stage_field, stage, position, options):
        """Make the stage that a ready regulation means; hook.

        :param position: its place in the regulation, from 0.
        :return: the stage record
        """
        stages = self.env[self._fields[stage_field].comodel_name]
        values = {"name": stage["name"]._translate("en_US"), **stage.get("create", {})}
        if "sequence" in stages._fields:
            values.setdefault("sequence", (position + 1) * 5)
        return stages.create(values)
