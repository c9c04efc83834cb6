"""The reader's tasks in the menu of activities, at the top of every page."""

from odoo import api, fields, models

#: Tasks shown there; the others are behind "all".
SYSTRAY_TASKS = 6


class BpmTask(models.Model):
    _inherit = "bpm.task"

    @api.model
    def _get_systray(self, limit=SYSTRAY_TASKS):
        """Open tasks of the reader, the most urgent first.

        :return: {tasks: what buttons need, record, deadline, due; total: of all of them}
        """
        domain = [("user_id", "=", self.env.uid), ("state", "=", "todo")]
        # PostgreSQL sorts what has no deadline behind what has one.
        tasks = self.search(domain, limit=limit, order="deadline, id")
        total = len(tasks) if len(tasks) < limit else self.search_count(domain)
        return {"tasks": [task._describe_for_systray() for task in tasks], "total": total}

    def _describe_for_systray(self):
        self.ensure_one()
        return {
            **self._describe_for_buttons(),
            "record": self.record_name or "",
            "model": self.res_model or False,
            "res_id": self.res_id or False,
            "deadline": fields.Datetime.to_string(self.deadline) or False,
            "is_overdue": self.is_overdue,
        }
