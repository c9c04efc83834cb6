import logging
from collections import Counter

import psycopg2

from odoo import fields, models

from ..engine import EngineError, MigrationError, migration
from ..engine.diagram import HUMAN
from .bpm_engine_words import said
from .bpm_instance import OPEN_STATES
from .bpm_instance_host import RETRIED

_logger = logging.getLogger(__name__)

_BATCH = 200
#: So many instances are looked at while the person waits; more in the background.
_AT_ONCE = 100


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
        """Verdict per instance: of a few at once, of many in the background with progress."""
        self.ensure_one()
        self.check_access("write")
        self.line_ids.filtered(lambda line: line.state in ("open", "failed")).unlink()
        count = self.env["bpm.instance"].search_count(self._get_instance_domain())
        self.write(
            {
                "state": "checking",
                "check_count": count,
                "checked_by_id": self.env.uid,
                "stopped": False,
            }
        )
        if count > _AT_ONCE:
            self.env.ref("bpm_engine.ir_cron_migration")._trigger()
            return
        while self.state == "checking":
            self._check_batch()

    def _check_batch(self):
        """Look at the next instances, which are read and never written; close the check if
        none is left.

        :return: how many were looked at.
        """
        batch = self._get_unchecked(_BATCH)
        if not batch:
            self._finish_check()
            return 0
        batch.fetch(["engine_state", "version_id"])
        self._create_lines([(instance, self._try_verdict(instance)) for instance in batch])
        batch.invalidate_recordset(["engine_state"])
        return len(batch)

    def _get_unchecked(self, limit):
        lines = self.env["bpm.migration.line"].sudo()
        known = lines._search([("migration_id", "=", self.id), ("state", "in", ("open", "failed"))])
        domain = [*self._get_instance_domain(), ("id", "not in", known.subselect("instance_id"))]
        # The state of tokens is for the engine only.
        return self.env["bpm.instance"].search(domain, order="id", limit=limit).sudo()

    def _try_verdict(self, instance):
        """One that cannot be looked at stays where it is, and holds up no other."""
        try:
            return self._verdict(instance)
        except RETRIED:
            raise
        except Exception as error:
            _logger.exception("Process instance %s cannot be checked", instance.id)
            return migration.Verdict("blocked", [said(self.env, error) or type(error).__name__])

    def _finish_check(self):
        """All have a verdict: ask for the decisions that are wanting."""
        if self._write_mappings(self._count_wanting()):
            # What is proposed has its verdicts too.
            self.line_ids.filtered(
                lambda line: line.state == "open" and line.verdict == "needs_mapping"
            ).unlink()
            return
        self.write(
            {
                "state": "checked",
                "checked_at": fields.Datetime.now(),
                **self._prepare_from_version(),
            }
        )

    def _count_wanting(self):
        """{removed step: number of instances there}"""
        lines = self.env["bpm.migration.line"].search_fetch(
            [
                ("migration_id", "=", self.id),
                ("state", "=", "open"),
                ("verdict", "=", "needs_mapping"),
            ],
            ["steps"],
        )
        return Counter(step for line in lines for step in line.steps or ())

    def _prepare_from_version(self):
        """The version that most of them run on is compared with the new one."""
        groups = self.env["bpm.migration.line"]._read_group(
            [("migration_id", "=", self.id), ("state", "=", "open")],
            ["from_version_id"],
            ["__count"],
            order="__count desc",
            limit=1,
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
        except psycopg2.Error:
            raise
        except Exception as error:
            # One instance that cannot be read must not hinder the publication.
            return migration.Verdict("blocked", [self._tell_unexpected(error, instance)])
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
                    "steps": self._get_wanting(verdict),
                }
                for instance, verdict in verdicts
            ]
        )

    def _get_wanting(self, verdict):
        """Removed steps for which an instance needs a decision."""
        if verdict.kind != "needs_mapping":
            return False
        return sorted({task.element for task in verdict.tasks})

    def _write_mappings(self, wanting):
        """A row per removed step with tokens; decisions taken before are kept.

        :param wanting: {removed step: number of instances there}
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
                    "count": count,
                    "new_element_id": namesakes.get(labels.get(element), False),
                }
                for element, count in wanting.items()
                if element not in known
            ]
        )
        for element, row in known.items():
            if not row.new_element_id:
                row.count = wanting.get(element, 0)
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
