from contextlib import contextmanager

from odoo import api, models

from ..lib.own_context import INTERNAL
from ..lib.stage_people import RESPONSIBLE_FIELDS
from .bpm_regulation import StageRules


class BypassReason(str):
    """Why a program passes the regulations; made by :meth:`Base._with_stage_bypass` only.

    A value of this type cannot come from a browser, so nobody forges a bypass by RPC.
    """

    __slots__ = ()


@contextmanager
def all_or_nothing(env):
    """What happens inside is undone, in the database and in memory, when it raises.

    Unlike ``cr.savepoint()`` it leaves the hooks that run before the commit alone
    (tracking of changes), so that a regulated write differs in nothing from another.
    """
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            yield
            env.flush_all()
    except Exception:
        env.transaction.clear()
        raise


class Base(models.AbstractModel):
    """Every write path of every model ends here: the one place where stages are guarded.

    Models without a regulation in force pay one look into a cache.
    """

    _inherit = "base"

    # ------------------------------------------------------------ guarded paths

    @api.model_create_multi
    def create(self, vals_list):
        rules = self._get_stage_rules()
        if not rules:
            return super().create(vals_list)
        with all_or_nothing(self.env):
            records = super().create(vals_list)
            before = dict.fromkeys(records.ids, False)
            records.with_context(bpm_stage_creating=INTERNAL)._pass_stage_gate(before)
        return records

    def write(self, vals):
        rules = self._get_stage_rules()
        if not rules or rules.triggers.isdisjoint(vals) or not self:
            return super().write(vals)
        before = self._get_stage_values()
        under = None if rules.deciding.isdisjoint(vals) else self._get_stage_regulations()
        with all_or_nothing(self.env):
            result = super().write(vals)
            self._pass_stage_gate(before, under)
            if not rules.people.isdisjoint(vals):
                self.env["bpm.stage.case.step"].sudo()._follow_people(self)
        return result

    def copy_data(self, default=None):
        """A copy begins where its way begins: what is proven for a record is not for its copy."""
        vals_list = super().copy_data(default)
        rules = self._get_stage_rules()
        if rules and rules.stage_field not in (default or ()):
            versions = self.env["bpm.regulation"].sudo()._get_versions_in_force(self.sudo())
            for record, vals in zip(self, vals_list, strict=True):
                if record.id in versions and vals.get(rules.stage_field):
                    vals |= record._prepare_stage_beginning(rules, versions[record.id])
        return vals_list

    def _prepare_stage_beginning(self, rules, version):
        """Values with which a copy begins at the first stage of its regulation; hook."""
        for stage in version.stage_ids.filtered(lambda stage: not stage.is_final):
            if self._is_stage_value(stage.value):
                is_record = self._fields[rules.stage_field].type == "many2one"
                return {rules.stage_field: int(stage.value) if is_record else stage.value}
        return {}

    def unlink(self):
        models_with_cases = self.env["bpm.regulation"]._get_models_with_cases()
        ids = self.ids if self._name in models_with_cases else None
        result = super().unlink()
        if ids:
            self.env["bpm.stage.case"]._forget(self._name, ids)
        return result

    def _pass_stage_gate(self, before, under=None):
        """Rules bind everybody, also those who may not read them: they are read as superuser.

        :param under: {record id: id of the regulation it was under}, None if what was written
            cannot change that.
        """
        reason = self.env.context.get("bpm_stage_bypass")
        may_bypass = self.env.su and isinstance(reason, BypassReason)
        gate = self.env["bpm.stage.gate"].sudo()
        gate._pass(self.sudo(), before, reason if may_bypass else "", under)

    def _get_stage_regulations(self):
        """{record id: id of the regulation in force for it}; without those under none."""
        versions = self.env["bpm.regulation"].sudo()._get_versions_in_force(self.sudo())
        return {id_: version.regulation_id.id for id_, version in versions.items()}

    def _get_stage_rules(self):
        """What is regulated on this model (see bpm.regulation._get_all_rules) or None.

        A draft on trial is in force for nobody yet, so its field comes by the context; a
        browser cannot send a value of that type.
        """
        trial = self.env.context.get("bpm_stage_trial")
        if isinstance(trial, StageRules):
            return trial
        return self.env["bpm.regulation"]._get_all_rules().get(self._name)

    def _with_stage_bypass(self, reason):
        """These records, for a program that may pass the regulations; it is logged.

        Only effective as superuser (``records.sudo()._with_stage_bypass("sync with 1C")``).
        In the context it is the key ``bpm_stage_bypass``; a text put there by hand, which
        might have come from a browser, has no effect.

        :param reason: which program passes and why, kept in the history of stages.
        """
        return self.with_context(bpm_stage_bypass=BypassReason(reason))

    # ------------------------------------------------------------ hooks for models

    def _get_stage_values(self):
        """{record id: value of the stage as text, False without one}; hook.

        A model whose way also ends by other means than its stage field (a lead is lost by
        archiving) overrides it together with the other hooks here.
        """
        rules = self._get_stage_rules()
        name = rules.stage_field if rules else False
        if not name:
            return dict.fromkeys(self.ids, False)
        values = self._get_raw_values(name)
        if self._fields[name].type == "many2one":
            return {id_: str(value) if value else False for id_, value in values.items()}
        return {id_: value or False for id_, value in values.items()}

    def _get_raw_values(self, name):
        """{record id: value of a stored field as the cache holds it: of a record its id}.

        Thousands of records are judged at once; a recordset per value would cost more than
        the rest of the judgement.
        """
        records = self.sudo()
        field = records._fields[name]
        records._recompute_recordset([name])
        records.fetch([name])
        cache = field._get_cache(records.env)
        return {id_: cache.get(id_) for id_ in records._ids}

    def _get_record_names(self):
        """Names of these records, in order."""
        field = self._fields.get(self._rec_name)
        plain = self.__class__._compute_display_name is models.BaseModel._compute_display_name
        if not plain or not field or field.type != "char" or not field.store or field.translate:
            return self.mapped("display_name")
        return [name or "" for name in self._get_raw_values(field.name).values()]

    @api.model
    def _get_stage_triggers(self, stage_field):
        """Fields whose change may change the stage; hook."""
        field = self._fields[stage_field]
        depends = field.get_depends(self)[0] if field.compute else ()
        names = {stage_field, *(path.split(".")[0] for path in depends)}
        return names

    @api.model
    def _get_stage_way_fields(self):
        """Fields by which a record goes on from one regulation to the following; hook.

        Whoever leaves a regulation by such a field must have come to its end.
        """
        return frozenset()

    @api.model
    def _get_stage_choices(self, stage_field):
        """The stages a regulation may know, in order; hook.

        :return: list of dicts: value, name, is_final, is_lost.
        """
        field = self._fields[stage_field]
        if field.type != "many2one":
            labels = field._description_selection(self.env)
            return [{"value": value, "name": label} for value, label in labels]
        stages = self.env[field.comodel_name]
        stages = stages.search(self._get_stage_choice_domain(stage_field), limit=200)
        return [
            {
                "value": str(stage.id),
                "name": stage.display_name,
                "is_final": bool("fold" in stage._fields and stage.fold),
            }
            for stage in stages
        ]

    @api.model
    def _is_stage_value(self, value):
        """Whether the stage field could have this value, given as text; hook."""
        field = self._fields[self._get_stage_rules().stage_field]
        if field.type != "many2one":
            return value in field.get_values(self.env)
        stages = self.env[field.comodel_name].sudo()
        # No id of the database is longer.
        return value.isdigit() and len(value) < 10 and bool(stages.browse(int(value)).exists())

    def _set_stage_value(self, value):
        """Go to a stage as a person would; hook for values that are no stage record."""
        rules = self._get_stage_rules()
        if self._fields[rules.stage_field].type == "many2one":
            value = int(value)
        self.write({rules.stage_field: value})

    def _get_stage_phone(self):
        """Number that a step "call" of this record dials, or an empty text; hook."""
        self.ensure_one()
        for name in ("phone", "partner_phone"):
            if name in self._fields and self[name]:
                return self[name]
        partner = self["partner_id"] if "partner_id" in self._fields else None
        return partner.phone or "" if partner is not None and partner._name == "res.partner" else ""

    def _get_stage_responsible(self):
        """{record id: the user who is responsible for it}; hook."""
        records = self.sudo()
        for name in sorted(RESPONSIBLE_FIELDS):
            if name in self._fields and self._fields[name].comodel_name == "res.users":
                return {record.id: record[name][:1] for record in records}
        return {record.id: record.create_uid for record in records}
