from odoo import models

from ..lib.own_context import INTERNAL
from .bpm_instance import OPEN_STATES


class Base(models.AbstractModel):
    _inherit = "base"

    def _move_bpm_instances(self, kept):
        """Processes of records that are merged into another one go on there.

        What has ended goes along, so that the kept record tells the whole story. To be called
        by whatever merges records, before these are deleted.
        """
        gone = self - kept
        if not gone or self._name not in self.env["bpm.instance"]._get_record_models():
            return
        instances = self.env["bpm.instance"].sudo()
        instances.search(
            [("res_model", "=", self._name), ("res_id", "in", gone.ids)], order="id"
        )._move_to_record(kept.sudo())


class BpmInstance(models.Model):
    _inherit = "bpm.instance"

    def _move_to_record(self, record):
        """Take instances to another record of the same model, with all that is open in them."""
        self._lock()
        running = self.filtered(lambda instance: instance.state in OPEN_STATES)
        twice = running._get_running_already(record)
        if twice:
            twice._cancel(
                self.env._("Merged into “%s”, on which it runs already.", record.display_name),
                self.env.uid,
            )
        self._move_open_activities(record)
        self.write({"res_id": record.id})
        self.wait_ids.write({"res_id": record.id})
        for instance in running - twice:
            instance.write(instance._prepare_moved_values(record))
            instance._log(
                "repaired",
                comment=self.env._("Goes on on “%s”: merged.", record.display_name),
                user_id=self.env.uid,
            )

    def _get_running_already(self, record):
        """Those whose process may run once on the record, and does so or will do."""
        taken = set(
            self.search([("res_model", "=", record._name), ("res_id", "=", record.id)]).mapped(
                "single_key"
            )
        )
        twice = self.browse()
        for instance in self.filtered("single_key"):
            key = instance._prepare_moved_values(record)["single_key"]
            if key in taken:
                twice |= instance
            taken.add(key)
        return twice

    def _prepare_moved_values(self, record):
        return {
            "name": f"{self.process_id.name}: {record.display_name}",
            "single_key": f"{self.process_id.id}/{record.id}" if self.single_key else False,
        }

    def _move_open_activities(self, record):
        """Not all merges take activities along, and none may touch those of tasks."""
        activities = self.env["mail.activity"].sudo().with_context(bpm_task_sync=INTERNAL)
        activities.search(
            [
                ("bpm_task_id", "in", self.task_ids.ids),
                ("res_model", "=", record._name),
            ]
        ).write({"res_id": record.id})
