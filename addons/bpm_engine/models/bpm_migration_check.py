from odoo import fields, models
from odoo.tools import split_every

from ..engine import EngineError, MigrationError, migration
from ..engine.diagram import HUMAN
from .bpm_engine_words import said
from .bpm_instance import OPEN_STATES

_BATCH = 200


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def action_check_older(self):
        """Check whether instances on older versions can move to the one in use."""
        self.ensure_one()
        return self.published_version_id.action_check_older()


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def action_check_older(self):
        """Verdicts on instances that run on other versions of the process.

        :return: an action that shows the check.
        """
        self.ensure_one()
        change = self.env["bpm.migration"].create(
            {"process_id": self.process_id.id, "version_id": self.id}
        )
        change._check_instances()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Running instances: %s", self.process_id.name),
            "res_model": "bpm.migration",
            "res_id": change.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


class BpmMigration(models.Model):
    _inherit = "bpm.migration"

    def _get_instance_domain(self):
        return [
            ("process_id", "=", self.process_id.id),
            ("version_id", "!=", self.version_id.id),
            ("state", "in", OPEN_STATES),
        ]

    def _check_instances(self):
        """Verdict per instance, in batches; instances are read, never written."""
        self.ensure_one()
        self.check_access("write")
        self.line_ids.filtered(lambda line: line.state in ("open", "failed")).unlink()
        self.mapping_ids.flush_recordset()
        found = self.env["bpm.instance"].search(self._get_instance_domain(), order="id")
        wanting = {}
        for ids in split_every(_BATCH, found.ids):
            # The state of tokens is for the engine only.
            batch = self.env["bpm.instance"].sudo().browse(ids)
            batch.fetch(["engine_state", "version_id"])
            verdicts = [(instance, self._verdict(instance)) for instance in batch]
            self._create_lines(verdicts)
            self._note_wanting(wanting, verdicts)
            batch.invalidate_recordset(["engine_state"])
        if self._write_mappings(wanting):
            # What is proposed has its verdicts too.
            return self._check_instances()
        self.write({"checked_at": fields.Datetime.now(), **self._prepare_from_version(found)})
        return None

    def _prepare_from_version(self, instances):
        groups = self.env["bpm.instance"]._read_group(
            [("id", "in", instances.ids)], ["version_id"], ["__count"], order="__count desc"
        )
        return {"from_version_id": groups[0][0].id} if groups else {}

    def _verdict(self, instance):
        """What would happen to an instance: moved in memory only, as a proof."""
        try:
            execution = instance._load()
            verdict = migration.verdict(execution, self._target())
            if verdict.kind == "needs_mapping" and self._is_mapped(verdict):
                moved = migration.migrate(execution, self._target(), self.mapping)
                return migration.Verdict("moves", self._describe_mapping(verdict), moved=moved)
        except MigrationError as error:
            return migration.Verdict("blocked", error.reasons)
        except EngineError as error:
            return migration.Verdict("blocked", [error.message])
        return verdict

    def _target(self):
        return self.version_id._get_diagram()

    def _is_mapped(self, verdict):
        return all((self.mapping or {}).get(task.element) for task in verdict.tasks)

    def _describe_mapping(self, verdict):
        names = {row.old_element: row for row in self.mapping_ids}
        return [
            self.env._(
                "“%(old)s” goes on with “%(new)s”.",
                old=names[task.element].old_name,
                new=names[task.element].new_element_id.display_name,
            )
            for task in verdict.tasks
        ]

    def _create_lines(self, verdicts):
        self.env["bpm.migration.line"].create(
            [
                {
                    "migration_id": self.id,
                    "instance_id": instance.id,
                    "from_version_id": instance.version_id.id,
                    "verdict": verdict.kind,
                    "reason": "\n".join(said(self.env, reason) for reason in verdict.reasons),
                }
                for instance, verdict in verdicts
            ]
        )

    def _note_wanting(self, wanting, verdicts):
        for instance, verdict in verdicts:
            if verdict.kind == "needs_mapping":
                for task in verdict.tasks:
                    wanting.setdefault(task.element, set()).add(instance.id)

    def _write_mappings(self, wanting):
        """A row per removed step with tokens; decisions taken before are kept.

        :return: whether a step of the same name was proposed for one of them.
        """
        known = {row.old_element: row for row in self.mapping_ids}
        labels = self._old_labels(set(wanting) - set(known))
        namesakes = self._find_namesakes()
        rows = self.env["bpm.migration.mapping"].create(
            [
                {
                    "migration_id": self.id,
                    "old_element": element,
                    "old_name": labels.get(element, element),
                    "count": len(instances),
                    "new_element_id": namesakes.get(labels.get(element), False),
                }
                for element, instances in wanting.items()
                if element not in known
            ]
        )
        for element, row in known.items():
            if not row.new_element_id:
                row.count = len(wanting.get(element, ()))
        for row in self.mapping_ids:
            row.checked_element_id = row.new_element_id
        return bool(rows.new_element_id)

    def _find_namesakes(self):
        """{name: id} of tasks of the new version whose name only one of them has."""
        tasks = self.version_id.element_ids.filtered(lambda one: one.type in HUMAN and one.name)
        return {
            name: same.id for name, same in tasks.grouped("display_name").items() if len(same) == 1
        }

    def _old_labels(self, element_ids):
        elements = self.env["bpm.element"].search(
            [("process_id", "=", self.process_id.id), ("element_id", "in", list(element_ids))]
        )
        return {element.element_id: element.display_name for element in elements}
