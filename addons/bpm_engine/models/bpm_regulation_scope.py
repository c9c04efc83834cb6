from odoo import api, models, tools

from .bpm_regulation_part import read_domain

#: What decides for which records a regulation is; it is changed without a new version.
SCOPE_FIELDS = {"active", "sequence", "domain", "company_id"}

#: Models whose records were under a regulation once.
EVER_IN_FORCE = """
    SELECT DISTINCT r.model
      FROM bpm_regulation r
      JOIN bpm_regulation_version v ON v.regulation_id = r.id AND v.state != 'draft'
"""


class BpmRegulation(models.Model):
    """For which records a regulation is: a change of that takes effect at once."""

    _inherit = "bpm.regulation"

    @api.model
    @tools.ormcache()
    def _get_models_with_cases(self):
        """Models whose records have left something behind, also under what was retired."""
        return frozenset(model for (model,) in self._fetch_rows(EVER_IN_FORCE))

    def write(self, vals):
        if SCOPE_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_scopes()
        result = super().write(vals)
        self._follow_scopes(before)
        return result

    @api.model
    def _is_tried_before(self, other, regulation):
        return (other.sequence, other.id) < (regulation.sequence, regulation._origin.id)

    def _filter_own(self, records):
        """Those of these records that this regulation is the first to fit, as the gate looks
        for it: in its place among those in force, whether it is in force itself or not."""
        self.ensure_one()
        rules = self._get_all_rules().get(self.model)
        own = self._filter_fitting(records, read_domain(self.domain), self.company_id.id)
        for id_, _version, domain, company in rules.versions if rules else ():
            other = self.sudo().browse(id_)
            if id_ != self._origin.id and self._is_tried_before(other, self):
                own -= self._filter_fitting(own, read_domain(domain), company)
        return own

    def _get_scopes(self):
        """{model: regulations in force with whom they are for, in their order}"""
        rules = self.env["bpm.regulation"]._get_all_rules()
        return {
            model: list(rules[model].versions) if model in rules else []
            for model in set(self.mapped("model"))
        }

    def _follow_scopes(self, before):
        """Bring records in line where another regulation may apply to them now.

        Steps of a regulation that was archived go away at once; of the others the first
        thousand records, the rest by the job.
        """
        after = self._get_scopes()
        changed = self.sudo().filtered(lambda r: before[r.model] != after[r.model])
        cases = self.env["bpm.stage.case"].sudo()
        for regulation in changed:
            version = regulation.published_version_id
            if not regulation.active:
                cases._settle(regulation)
            elif version:
                cases._look_again_at_open(regulation.model)
                cases._take_over(version)
