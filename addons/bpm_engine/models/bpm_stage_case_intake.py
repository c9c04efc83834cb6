from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from .bpm_stage_case_step import OPEN_STATES

#: Open records that get a case at once when a version comes into force; the rest by the job.
TAKEN_AT_ONCE = 1000


class BpmStageCase(models.Model):
    """Taking in records that stand under a regulation and have no case yet."""

    _inherit = "bpm.stage.case"

    @api.model
    def _enrol(self, records, versions, entering=()):
        """Cases for records that stand under a regulation but have none yet.

        Those that came to an end before anybody regulated them get no steps.

        :param entering: ids of those that somebody brings under it just now.
        """
        values = records._get_stage_values() if records else {}
        records = records.filtered(lambda record: values[record.id])
        if records:
            records -= self._bring_back(records, versions, values)
        if records:
            ended = records.filtered(
                lambda record: (
                    record.id not in entering
                    and values[record.id] in self._get_ends(versions[record.id]).mapped("value")
                )
            )
            for some, start in ((ended, False), (records - ended, True)):
                self._place(some, versions, values, {}, start)

    @api.model
    def _bring_back(self, records, versions, values):
        """Records that ended their way without a regulation, and stand where they stood then,
        go on as if they had never left; returns them."""
        groups = defaultdict(self.sudo().browse)
        for id_, case in self._get_ended(records).items():
            if case.value == values[id_]:
                groups[versions[id_]] |= case
        back = records.browse()
        for version, cases in groups.items():
            cases.is_ended = False
            self._adopt(cases, version)
            back |= records.browse(cases.mapped("res_id"))
        return back

    @api.model
    def _take_over(self, version):
        """A version comes into force: cases of the former one and open records go under it.

        Who is on the way goes over at once, as the gate is to know what is still to be done;
        of those that have come to an end, and of records without a case, all but the first
        thousand are left to the job.
        """
        self._adopt_former(version, self._get_busy_domain(version))
        rest = self._adopt_former(version, limit=TAKEN_AT_ONCE)
        rest = self._bring_back_ended(version) or rest
        if self._take_in(version) or rest:
            self.env.ref("bpm_engine.cron_stage_cases")._trigger()

    @api.model
    def _get_busy_domain(self, version):
        """Cases on the way, or at an end with something still to be done there."""
        ends = self._get_ends(version).mapped("value")
        return ~Domain("value", "in", ends) | Domain("step_ids.state", "in", OPEN_STATES)

    @api.model
    def _adopt_former(self, version, domain=Domain.TRUE, limit=None):
        """Put cases of former versions under this one; returns whether more may be left."""
        domain &= Domain("regulation_id", "=", version.regulation_id.id)
        domain &= Domain("version_id", "!=", version.id) & Domain("is_ended", "=", False)
        ids = self.sudo().search(domain, limit=limit, order="id").ids
        for batch in split_every(TAKEN_AT_ONCE, ids):
            self._adopt(self.sudo().browse(batch), version)
            # Not all of them at once in memory.
            self.env.invalidate_all()
        return bool(limit) and len(ids) == limit

    @api.model
    def _bring_back_ended(self, version, after=0):
        """Records at an end whose way ended with the regulation that is in force again.

        :return: id of the last case looked at, 0 if there are no more.
        """
        domain = Domain("regulation_id", "=", version.regulation_id.id)
        domain &= Domain("is_ended", "=", True) & Domain("id", ">", after)
        domain &= Domain("value", "in", self._get_ends(version).mapped("value"))
        cases = self.sudo().search(domain, limit=TAKEN_AT_ONCE, order="id")
        records = self.env[version.regulation_id.sudo().model].sudo().browse(cases.mapped("res_id"))
        records = records.exists()
        versions = self.env["bpm.regulation"]._get_versions_in_force(records)
        records = records.filtered(lambda record: versions.get(record.id) == version)
        self._bring_back(records, versions, records._get_stage_values() if records else {})
        return cases[-1].id if len(cases) == TAKEN_AT_ONCE else 0

    @api.model
    def _take_in(self, version, after=0):
        """Enrol open records without a case, a thousand at most, in the order of their ids.

        Those that another regulation comes first for are passed over.

        :param after: id of the last record that was looked at.
        :return: id of the last record looked at now, 0 if there are no more.
        """
        regulation = version.regulation_id.sudo()
        records = self.env[regulation.model].sudo()
        domain = regulation._get_record_domain() & self._get_open_domain(version)
        domain &= Domain("id", "not in", self._get_enrolled(records)) & Domain("id", ">", after)
        records = records.search(domain, limit=TAKEN_AT_ONCE, order="id")
        versions = self.env["bpm.regulation"]._get_versions_in_force(records)
        self._enrol(records.filtered(lambda r: versions.get(r.id) == version), versions)
        return records[-1].id if len(records) == TAKEN_AT_ONCE else 0

    @api.model
    def _get_enrolled(self, records, domain=Domain.TRUE):
        """Subselect of the ids of records under a regulation.

        :param domain: of their cases.
        """
        domain &= Domain("res_model", "=", records._name) & Domain("is_ended", "=", False)
        return self.sudo()._search(domain).subselect("res_id")

    @api.model
    def _get_ended(self, records):
        """{record id: its case}, of records that were under a regulation once."""
        return self._find_cases(records, Domain("is_ended", "=", True)) if records else {}

    @api.model
    def _get_open_domain(self, version):
        """Records at a stage of the version that is no end."""
        regulation = version.regulation_id
        values = (version.stage_ids - self._get_ends(version)).mapped("value")
        field = self.env[regulation.model]._fields[regulation.stage_field]
        if field.type == "many2one":
            values = [int(value) for value in values if value.isdigit()]
        return Domain(field.name, "in", values)

    @api.model
    def _get_ends(self, version):
        return version.stage_ids.filtered(lambda stage: stage.is_final or stage.is_lost)

    @api.model
    def _cron_take_in(self):
        """Nightly, and after publishing for many records: whoever is missing is taken in.

        Also catches records that came under a regulation by a change of another record.
        """
        for rules in self.env["bpm.regulation"]._get_all_rules().values():
            for _regulation, version_id, _domain, _company in rules.versions:
                version = self.env["bpm.regulation.version"].browse(version_id)
                while self._adopt_former(version, limit=TAKEN_AT_ONCE):
                    self.env["ir.cron"]._commit_progress(TAKEN_AT_ONCE)
                self._go_on(self._bring_back_ended, version)
                self._go_on(self._take_in, version)

    def _go_on(self, take, version):
        """A thousand per transaction, until there are no more; ends although some of those
        looked at stay where they are."""
        last = take(version)
        while last:
            self.env["ir.cron"]._commit_progress(TAKEN_AT_ONCE)
            last = take(version, last)
