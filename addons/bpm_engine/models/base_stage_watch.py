from collections import defaultdict, namedtuple

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.field_sources import iter_sources
from .bpm_regulation_part import get_paths, read_domain
from .bpm_stage_case_intake import TAKEN_AT_ONCE

#: What is asked about the records of a model: ``fields``: {field: {WatchedWay}}, ``linked``:
#: those ways that end at lines which belong to the record.
StageWatch = namedtuple("StageWatch", "fields linked")
#: A path from a regulated model to the records that are watched, and what hangs on them.
WatchedWay = namedtuple("WatchedWay", "model path about")
#: Which regulation and which steps are meant; who gets the steps.
RULES, PEOPLE = "rules", "people"


class Base(models.AbstractModel):
    """Conditions may ask about other records: the customer, the orders; and people who get
    steps stand on others: the leader on the team. When those change, the records that stand
    under such a regulation are looked at again, all at once."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        watch = self.env["bpm.regulation"]._get_watches().get(self._name)
        if watch and watch.linked:
            cases = self.env["bpm.stage.case"].sudo()
            cases._look_again(cases._find_watching(records, watch.linked))
        return records

    def write(self, vals):
        watch = self.env["bpm.regulation"]._get_watches().get(self._name)
        if not watch or not self or watch.fields.keys().isdisjoint(vals):
            return super().write(vals)
        cases = self.env["bpm.stage.case"].sudo()
        paths = set().union(*(watch.fields[name] for name in vals if name in watch.fields))
        # Afterwards those are not found from which a line was taken away.
        found = cases._find_watching(self, paths & watch.linked)
        result = super().write(vals)
        for meant, ids in cases._find_watching(self, paths).items():
            found[meant] |= ids
        cases._look_again(found)
        return result

    def unlink(self):
        watch = self.env["bpm.regulation"]._get_watches().get(self._name)
        if not watch or not watch.linked:
            return super().unlink()
        cases = self.env["bpm.stage.case"].sudo()
        found = cases._find_watching(self, watch.linked)
        result = super().unlink()
        cases._look_again(found)
        return result


class BpmRegulation(models.Model):
    _inherit = "bpm.regulation"

    @api.model
    @tools.ormcache()
    def _get_watches(self):
        """{model: StageWatch} of what regulations in force ask about other records."""
        fields, linked = defaultdict(lambda: defaultdict(set)), defaultdict(set)
        for model, stage_field, only_if, roles, *rule in self._fetch_in_force():
            if model not in self.env or stage_field not in self.env[model]._fields:
                continue
            _regulation, _version, domain, _company = rule
            texts = (domain, *only_if)
            asked = {path for text in texts for path in get_paths(read_domain(text))}
            for about, paths in ((RULES, asked), (PEOPLE, self._get_people_paths(model, roles))):
                for path in paths:
                    for source in iter_sources(self.env[model], path):
                        self._watch_path(model, source, about, fields, linked)
        return {
            model: StageWatch(dict(names), frozenset(linked[model]))
            for model, names in fields.items()
        }

    def _watch_path(self, model, path, about, fields, linked):
        """Note each record on the way of a path of fields, and how one gets there."""
        names = path.split(".")
        records = self.env[model]
        for place, name in enumerate(names[:-1], 1):
            field = records._fields.get(name)
            if field is None or not field.comodel_name or not field._description_searchable:
                return
            records = self.env[field.comodel_name]
            way = WatchedWay(model, ".".join(names[:place]), about)
            fields[records._name][names[place]].add(way)
            if field.type == "one2many" and field.inverse_name:
                linked[records._name].add(way)
                # A line that is archived or given to another record is as good as gone.
                for key in (field.inverse_name, records._active_name):
                    if key:
                        fields[records._name][key].add(way)


class BpmStageCase(models.Model):
    _inherit = "bpm.stage.case"

    @api.model
    def _find_watching(self, records, ways):
        """{(model, about): ids of records under a regulation to which these records matter}."""
        found = defaultdict(set)
        for model, path, about in ways if records else ():
            asking = self.env[model].sudo().with_context(active_test=False)
            # Of all deals a team ever had, only those matter where its leader has to do something.
            todo = Domain("step_ids.state", "=", "todo") if about == PEOPLE else Domain.TRUE
            domain = Domain(path, "in", records.ids) & Domain(
                "id", "in", self._get_enrolled(asking, todo)
            )
            found[model, about].update(asking._search(domain, order="id"))
        return found

    @api.model
    def _look_again(self, found):
        """Judge anew which regulation and which steps are meant for these records, and whose
        they are.

        :param found: {(model, about): ids}; of more than a thousand the job judges the rest.
        """
        is_left = False
        for (model, about), ids in found.items():
            records = self.env[model].sudo()
            if about == PEOPLE:
                for some in split_every(TAKEN_AT_ONCE, sorted(ids)):
                    self.env["bpm.stage.case.step"].sudo()._follow_people(records.browse(some))
            else:
                self._judge_anew(records.browse(sorted(ids)[:TAKEN_AT_ONCE]))
                is_left = is_left or len(ids) > TAKEN_AT_ONCE
        if is_left:
            self.env.ref("bpm_engine.cron_stage_cases")._trigger()

    @api.model
    def _look_again_at_open(self, model):
        """What regulations are for has been changed: the same for all records on their way."""
        domain = self._get_watched_domain(model)
        cases = self.search(domain, order="res_id", limit=TAKEN_AT_ONCE + 1)
        self._look_again({(model, RULES): set(cases.mapped("res_id"))})

    @api.model
    def _judge_anew(self, records):
        records = records.exists()
        if records:
            versions = self.env["bpm.regulation"]._get_versions_in_force(records)
            self._follow(records, versions, self._get_cases(records), [])

    @api.model
    def _cron_take_in(self):
        """Also looks at all others again: conditions may ask what nobody can watch (computed
        fields, dates that come near), and what a regulation is for may have been changed."""
        result = super()._cron_take_in()
        for model in self.env["bpm.regulation"]._get_all_rules():
            self._judge_open_cases(model)
        return result

    def _get_watched_domain(self, model):
        """Cases of records on their way, for which another regulation or step may be meant."""
        domain = Domain("res_model", "=", model) & Domain("is_ended", "=", False)
        return domain & Domain("stage_id.is_final", "=", False)

    def _judge_open_cases(self, model):
        """All open cases of a model, a thousand per transaction."""
        last, cases = 0, None
        while cases is None or len(cases) == TAKEN_AT_ONCE:
            domain = self._get_watched_domain(model) & Domain("res_id", ">", last)
            cases = self.sudo().search(domain, order="res_id", limit=TAKEN_AT_ONCE)
            self._judge_anew(self.env[model].sudo().browse(cases.mapped("res_id")))
            if len(cases) == TAKEN_AT_ONCE:
                last = cases[-1].res_id
                self.env["ir.cron"]._commit_progress(TAKEN_AT_ONCE)
