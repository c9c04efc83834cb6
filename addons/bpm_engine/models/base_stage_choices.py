from odoo import api, models
from odoo.fields import Command, Domain

from .bpm_regulation_part import read_domain


class Base(models.AbstractModel):
    """Which stages the records of a regulation can have, where stages belong to something."""

    _inherit = "base"

    @api.model
    def _get_stage_choice_domain(self, stage_field):
        """Stages offered to a draft; hook.

        Where the regulation is for the tasks of a project, the stages of that project; the same
        with teams, and whatever else both records and stages know. The condition of the
        regulation comes by the context (see ``bpm.regulation._get_stage_scope``).
        """
        stages = self.env[self._fields[stage_field].comodel_name]
        # Personal stages, as tasks know them, are nobody else's way.
        domain = Domain("user_id", "=", False) if "user_id" in stages._fields else Domain.TRUE
        for link, path, operator, value in self._get_stage_owners(stages):
            # Stages of no team are everybody's.
            domain &= Domain(".".join([link, *path]), operator, value) | Domain(link, "=", False)
        return domain

    @api.model
    def _prepare_stage_owners(self, stages):
        """Values of a new stage: it belongs to what the regulation is for."""
        values = {}
        for link, path, operator, value in self._get_stage_owners(stages):
            owners = self.env[stages._fields[link].comodel_name]
            asked = Domain(".".join(path) or "id", operator, value)
            values[link] = [Command.set(owners.search(asked).ids)]
        return values

    @api.model
    def _get_stage_owners(self, stages):
        """What the regulation's condition says of the owners of stages.

        :return: [(field of stages that leads to their owners, way from there, operator, value)]
        """
        found = []
        for condition in _get_demanded(read_domain(self.env.context.get("bpm_stage_records"))):
            name, *path = condition.field_expr.split(".")
            link = self._get_stage_link(stages, name)
            if link and condition.operator in (("=", "in", "ilike") if path else ("=", "in")):
                found.append((link, path, condition.operator, condition.value))
        return found

    @api.model
    def _get_stage_link(self, stages, name):
        """Field of stages that leads to what a field of the record leads to, or False."""
        owner = self._fields.get(name)
        if owner is None or owner.type != "many2one":
            return False
        links = (
            field.name
            for field in stages._fields.values()
            if field.type == "many2many" and field.comodel_name == owner.comodel_name
        )
        return next(links, False)


class BpmRegulation(models.Model):
    _inherit = "bpm.regulation"

    def _get_stage_scope(self):
        """The model, knowing for which of its records this regulation is."""
        return self.env[self.model].with_context(bpm_stage_records=self.domain)


class BpmRegulationStage(models.Model):
    _inherit = "bpm.regulation.stage"

    def _get_gone(self, stage_field):
        """Those whose stage does not exist any more, however many stages there are."""
        records = self.env[self.version_id.regulation_id.model]
        known = {choice["value"] for choice in records._get_stage_choices(stage_field)}
        gone = self.filtered(lambda stage: stage.value not in known)
        if records._fields[stage_field].type == "many2one":
            ids = [int(stage.value) for stage in gone if stage.value.isdigit()]
            there = set(
                self.env[records._fields[stage_field].comodel_name].browse(ids).exists().ids
            )
            gone = gone.filtered(
                lambda stage: not stage.value.isdigit() or int(stage.value) not in there
            )
        return gone


def _get_demanded(domain):
    """Conditions that every record of a domain meets."""
    parts = domain.children if getattr(domain, "OPERATOR", "") == "&" else (domain,)
    return [part for part in parts if hasattr(part, "field_expr")]
