from odoo import api, models
from odoo.fields import Domain

#: So many ids of records go to the client; the counts are exact.
LISTED = 500


class BpmRegulation(models.Model):
    """What a version would do to the records that are there, before it is in force."""

    _inherit = "bpm.regulation"

    @api.model
    def preview(self, version_id):
        """How many open records a version would keep from going on, and by what.

        Records are looked at as they are now, in whatever stage of the version they stand;
        ``blocked`` counts those for which no way on is free, because a fact does not hold or a
        required step is not done; what is asked only on the way to certain stages bars that way
        alone. ``now`` in each place is the same count for the version in
        force, 0 without one, so that one sees what the change adds.

        :return: {model, open, blocked, listed: how many ids at most, now, ids,
            facts: [{stage, key, name, kind, count, now, ids}], steps: [{stage, key, name, kind,
            required, count (would start), undone (of a required one), now (undone),
            ids (undone)}], ways: [text] (what changes about the ways between stages)}; ids only
            of records the person may read, at most ``listed`` each.
        """
        version = self._get_version_for_design(version_id)
        regulation = version.regulation_id.sudo()
        found = self._preview(version.sudo())
        present = regulation.published_version_id - version.sudo()
        now = self._preview(present) if present else {"blocked": set(), "facts": {}, "steps": {}}
        return {
            "model": regulation.model,
            "open": found["open"],
            "blocked": len(found["blocked"]),
            "listed": LISTED,
            "now": len(now["blocked"]),
            "ids": self._get_listed(regulation.model, found["blocked"]),
            "facts": [
                self._describe_part(fact, failing)
                | {"count": len(failing), "now": len(now["facts"].get(fact.key, (0, ()))[1])}
                for fact, failing in found["facts"].values()
            ],
            "steps": [
                self._describe_part(step, undone)
                | {
                    "required": step.required,
                    "count": starting,
                    "undone": len(undone),
                    "now": len(now["steps"].get(step.key, (0, 0, ()))[2]),
                }
                for step, starting, undone in found["steps"].values()
            ],
            "ways": version.sudo()._describe_changed_ways(present) if present else [],
        }

    def _preview(self, version):
        """{open, blocked: ids, facts: {key: (fact, ids)}, steps: {key: (step, how many would
        start, ids of those whose way it bars)}} of the records that are there."""
        found = {"open": 0, "blocked": set(), "facts": {}, "steps": {}}
        for stage in version.stage_ids.filtered(lambda s: not s.is_final and not s.is_lost):
            records = self._get_records_at(version, stage)
            if not records:
                continue
            found["open"] += len(records)
            failing = {fact: fact._get_failing_ids(records) for fact in stage.fact_ids}
            found["facts"] |= {fact.key: (fact, ids) for fact, ids in failing.items()}
            found["blocked"] |= stage._get_barred_ids(records, failing)
            begun = self._get_begun(records, stage.step_ids)
            for step in stage.step_ids:
                fitting = set(step._get_fitting(records).ids)
                there, done = begun.get(step.key, (set(), set()))
                undone = fitting - done if step.required else set()
                found["blocked"] |= undone
                found["steps"][step.key] = (step, len(fitting - there), undone)
        return found

    def _get_begun(self, records, steps):
        """{key: (ids of records that have the step, ids of those that did it)}"""
        rows = (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search_fetch(
                [
                    ("case_id.res_model", "=", records._name),
                    ("case_id.res_id", "in", records.ids),
                    ("key", "in", steps.mapped("key")),
                    ("is_current", "=", True),
                    ("state", "!=", "withdrawn"),
                ],
                ["key", "state", "case_id"],
            )
        )
        begun = {}
        for row in rows:
            there, done = begun.setdefault(row.key, (set(), set()))
            there.add(row.case_id.res_id)
            if row.state == "done":
                done.add(row.case_id.res_id)
        return begun

    def _get_records_at(self, version, stage):
        """Open records that the regulation would apply to and that stand at a stage."""
        regulation = version.regulation_id
        model = self.env[regulation.model].sudo()
        value = stage.value
        if model._fields[regulation.stage_field].type == "many2one":
            value = int(value) if value.isdigit() else 0
        records = model.search(
            regulation._get_record_domain() & Domain(regulation.stage_field, "=", value)
        )
        return regulation._filter_own(records)

    def _describe_part(self, part, ids):
        return {
            "stage": part.stage_id.name, "key": part.key, "name": part._get_preview_name(),
            "kind": part.kind,
            "ids": self._get_listed(part.stage_id.version_id.regulation_id.model, ids),
        }  # fmt: skip

    def _get_listed(self, model, ids):
        records = self.env[model].browse(sorted(ids)).with_env(self.env(su=False))
        return records[:LISTED]._filtered_access("read").ids


class BpmRegulationVersion(models.Model):
    _inherit = "bpm.regulation.version"

    def _describe_changed_ways(self, other):
        """In sentences, how the ways between stages differ from those of another version."""
        before = {stage.value: stage for stage in other.stage_ids}
        texts = []
        for stage in self.stage_ids:
            former = before.get(stage.value)
            if not former:
                texts.append(self.env._("“%s” is a stage of the way now.", stage.name))
                continue
            notes, old_notes = stage._describe_notes(), former._describe_notes()
            texts += [f"{stage.name}: {note}" for note in notes if note not in old_notes]
            texts += [
                self.env._("%(stage)s: no longer “%(note)s”", stage=stage.name, note=note)
                for note in old_notes
                if note not in notes
            ]
        kept = set(self.stage_ids.mapped("value"))
        texts += [
            self.env._("“%s” is no stage of the way any more.", stage.name)
            for stage in other.stage_ids
            if stage.value not in kept
        ]
        return texts
