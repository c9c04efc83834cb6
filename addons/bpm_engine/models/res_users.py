from odoo import api, fields, models

from .bpm_task import LATER, OVERDUE, TODAY


class ResUsers(models.Model):
    _inherit = "res.users"

    bpm_absence_ids = fields.One2many("bpm.substitution", "user_id", string="Absences")

    def _get_bpm_manager(self):
        """Whom the person reports to: by the staff's hierarchy, by the sales team.

        Both belong to other addons and are used where those are installed; extend it
        for an organisation that is kept elsewhere. Empty: not known.
        """
        self.ensure_one()
        for path in ("employee_id.parent_id.user_id", "sale_team_id.user_id"):
            manager = self.env["bpm.task"]._walk(self, path)
            if manager and manager != self:
                return manager
        return self.browse()

    def _get_bpm_calendar(self, company):
        """(working hours, resource) of the person, else the company's and none."""
        resource = self.resource_ids.filtered(
            lambda r: r.calendar_id and r.company_id in (company, company.browse())
        )[:1]
        return resource.calendar_id or company.resource_calendar_id, resource

    @api.model
    def _get_activity_groups(self):
        """The systray also counts tasks of one's groups that nobody has taken yet."""
        groups = super()._get_activity_groups()
        to_take = self._get_bpm_to_take()
        return [*groups, to_take] if to_take else groups

    @api.model
    def _get_bpm_to_take(self):
        tasks = self.env["bpm.task"]
        counts = dict(tasks._read_group(tasks._get_to_take_domain(), ["due"], ["__count"]))
        if not counts:
            return None
        model = self.env["ir.model"]._get("bpm.task")
        overdue, today = counts.get(OVERDUE, 0), counts.get(TODAY, 0)
        planned = counts.get(LATER, 0)
        return {
            "id": model.id,
            "name": self.env._("Tasks to take"),
            "model": "bpm.task",
            "type": "activity",
            "icon": "/bpm_engine/static/description/icon.png",
            "domain": list(tasks._get_to_take_domain()),
            "total_count": overdue + today + planned,
            "today_count": today,
            "overdue_count": overdue,
            "planned_count": planned,
            "view_type": "list",
        }
