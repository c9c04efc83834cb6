from odoo import models

from ..lib.field_sources import follow_path, iter_sources
from ..lib.stage_people import LEADER_PATHS, PERSONS, RESPONSIBLE_FIELDS
from .bpm_regulation import StageRules
from .bpm_regulation_part import read_domain


class BpmRegulation(models.Model):
    """Which fields of a record matter to its regulations: those of others cost nothing."""

    _inherit = "bpm.regulation"

    def _prepare_rules(self, model, stage_field, rules, conditions, roles):
        """StageRules of a model.

        :param roles: paths to people who get steps; an empty one stands for the team's leader.
        """
        people = self._get_people_fields(model, roles)
        return StageRules(
            stage_field,
            self._get_triggers(model, stage_field, rules, conditions) | people,
            self._get_deciding(model, rules),
            rules,
            people,
        )

    def _get_people_fields(self, model, roles):
        """Fields of the record by whose change somebody else gets its steps."""
        paths = RESPONSIBLE_FIELDS | self._get_people_paths(model, roles)
        records = self.env[model]
        heads = {source.split(".")[0] for path in paths for source in iter_sources(records, path)}
        return frozenset(heads & records._fields.keys())

    def _get_people_paths(self, model, roles):
        """Paths of fields that lead to the people who get steps by a role or as leader.

        A role may end at a record that has a responsible of its own, as a team has its leader.
        """
        paths = set(filter(None, roles)).union(LEADER_PATHS if "" in roles else ())
        for path in tuple(paths):
            end = follow_path(self.env[model], path)
            if end is not None and end._name not in PERSONS and "user_id" in end._fields:
                paths.add(f"{path}.user_id")
        return paths

    def _get_triggers(self, model, stage_field, rules, conditions):
        """Fields of the record that decide about its stage, regulation or steps."""
        names = set(self.env[model]._get_stage_triggers(stage_field))
        names |= self._get_deciding(model, rules)
        return frozenset(names | self._get_asked_fields(model, conditions))

    def _get_deciding(self, model, rules):
        """Fields of the record that decide which regulation applies to it."""
        domains = [domain for _regulation, _version, domain, _company in rules]
        names = self._get_asked_fields(model, domains)
        if any(company for *_rule, company in rules):
            names.add("company_id")
        return frozenset(names)

    def _get_asked_fields(self, model, domains):
        """Fields of the record that texts of domains ask about, or from which they lead on;
        with them the fields from which those are computed."""
        paths = {c.field_expr for text in domains for c in read_domain(text).iter_conditions()}
        sources = {source for path in paths for source in iter_sources(self.env[model], path)}
        return {source.split(".")[0] for source in sources}

    def _filter_enrolled(self, records, regulation_id):
        """Of a regulation that asks about a field which is gone: those under it stay, no new
        ones come; its owner is told (see bpm_regulation_broken.py)."""
        cases = self.env["bpm.stage.case"]._get_cases(records)
        return records.filtered(
            lambda r: r.id in cases and cases[r.id].regulation_id.id == regulation_id
        )
