from odoo import api, models
from odoo.fields import Domain

#: Open records that get a case at once when a version comes into force; the rest by the job.
TAKEN_AT_ONCE = 1000


class BpmStageCase(models.Model):
    """Taking in records that stand under a regulation and have no case yet."""

    _inherit = "bpm.stage.case"

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
