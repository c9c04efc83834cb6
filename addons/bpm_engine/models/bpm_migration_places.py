import json

from odoo import fields, models


class BpmMigrationLine(models.Model):
    """The history of open tasks that a decision has put on another step."""

    _inherit = "bpm.migration.line"

    def _log_places(self, user, back=False):
        """The step that is gone is withdrawn, the one it goes on with is entered.

        Without it the history, and so the heat map, would leave the token where it was. It keeps
        its id, by which its first entering still tells since when somebody waits for it.

        :param user: who has moved them, or taken them back.
        :param back: they were taken back: the reverse.
        """
        decided = self.filtered("migration_id.mapping")
        lines = []
        for line, task, old, new in decided._get_places():
            for values in line._prepare_place_values(task, old, new, back):
                lines.append({**values, "user_id": user.id or self.env.uid})
        self.env["bpm.log"].sudo()._append(lines)

    def _get_places(self):
        """[(line, task, element before, element after)] of open tasks, one for each token."""
        followers = [(line, json.loads(line.sudo().state_before)["followers"]) for line in self]
        rows = [(line, *row) for line, kinds in followers for row in kinds["bpm.task"]]
        tasks = self.env["bpm.task"].sudo().browse([task_id for _line, task_id, *_rest in rows])
        elements = self.env["bpm.element"].sudo().browse([row[2] for row in rows])
        there = set(tasks.exists().ids)
        places = {}
        for (line, *_ids), task, old in zip(rows, tasks, elements, strict=True):
            if task.id not in there or task.state not in ("todo", "waiting"):
                continue
            change = line.migration_id
            new = change._find_element(old, change.mapping)
            if new and new.element_id != old.element_id:
                # People who vote share a token.
                places.setdefault((line, task.token), (line, task, old, new))
        return list(places.values())

    def _prepare_place_values(self, task, old, new, back):
        """Two rows of history: withdrawn here, entered there."""
        change, now = self.migration_id, fields.Datetime.now()
        came, (source, target) = task.date_start, (old, new)
        versions = self.from_version_id, change.version_id
        if back:
            came, (source, target) = change.moved_at, (new, old)
            versions = versions[::-1]
        shared = {
            "instance_id": self.instance_id.id,
            "process_id": change.process_id.id,
            "company_id": task.company_id.id,
            "token": task.token,
            "at": now,
        }
        return [
            {
                **shared,
                **self._prepare_element_values(source, versions[0]),
                "event": "cancelled",
                "duration": (now - came).total_seconds() if came else 0,
                "comment": self.env._(
                    "“%(old)s” goes on with “%(new)s”.",
                    old=source.display_name,
                    new=target.display_name,
                ),
            },
            {
                **shared,
                **self._prepare_element_values(target, versions[1]),
                "event": "entered",
            },
        ]

    def _prepare_element_values(self, element, version):
        return {
            "version_id": version.id,
            "element": element.element_id,
            "element_name": element.name,
            "element_type": element.type,
        }


class BpmMigration(models.Model):
    _inherit = "bpm.migration"

    def _find_element(self, old, mapping):
        """Where an open step stands on the new version; empty if it is gone."""
        ids = self.version_id._get_element_ids()
        wanted = (mapping or {}).get(old.element_id, old.element_id)
        return old.browse(ids.get((old.process_id.key, wanted)) or ids.get((None, wanted)))
