from odoo import fields, models
from odoo.tools import SQL


class BpmTaskReport(models.Model):
    """One row per human task: who had it, how long, with what outcome, in time or late."""

    _name = "bpm.task.report"
    _description = "Tasks of Processes"
    _inherit = ["bpm.percentile.mixin"]
    _auto = False
    _order = "date_start desc"
    _rec_name = "task_id"
    _depends = {
        "bpm.task": [
            "instance_id",
            "process_id",
            "company_id",
            "element_id",
            "user_id",
            "done_by_id",
            "group_id",
            "state",
            "outcome_label",
            "date_start",
            "date_done",
            "deadline",
        ],
        "bpm.instance": ["version_id"],
        "bpm.element": ["name"],
    }

    task_id = fields.Many2one("bpm.task", readonly=True)
    instance_id = fields.Many2one("bpm.instance", readonly=True)
    process_id = fields.Many2one("bpm.process", readonly=True)
    version_id = fields.Many2one("bpm.process.version", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    element_name = fields.Char(string="Step", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, help="Who did it; else who has it."
    )
    group_id = fields.Many2one("res.groups", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["bpm.task"]._fields["state"].selection, readonly=True
    )
    outcome_label = fields.Char(string="Outcome", readonly=True)
    date_start = fields.Datetime(string="Given On", readonly=True)
    date_done = fields.Datetime(string="Done On", readonly=True)
    deadline = fields.Datetime(readonly=True)
    number = fields.Integer(string="Tasks", readonly=True)
    hours_median = fields.Float(
        string="Median Hours",
        readonly=True,
        aggregator="median",
        help="From giving the task until it was done; half of the tasks took longer.",
    )
    hours_p90 = fields.Float(
        string="90th Percentile, Hours",
        readonly=True,
        aggregator="p90",
        help="From giving the task until it was done; one in ten tasks took longer.",
    )
    overdue_share = fields.Float(
        string="Overdue, %", readonly=True, aggregator="avg", help="Share past the deadline."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT t.id, 1 AS number, t.id AS task_id, t.instance_id, t.process_id, i.version_id,
                   t.company_id, COALESCE(e.name, t.name) AS element_name,
                   COALESCE(t.done_by_id, t.user_id) AS user_id, t.group_id, t.state,
                   t.outcome_label, t.date_start, t.date_done, t.deadline,
                   EXTRACT(EPOCH FROM t.date_done - t.date_start) / 3600 AS hours_median,
                   EXTRACT(EPOCH FROM t.date_done - t.date_start) / 3600 AS hours_p90,
                   CASE WHEN t.deadline < COALESCE(t.date_done, %s)
                        THEN 100 ELSE 0 END AS overdue_share
              FROM bpm_task t
              JOIN bpm_instance i ON i.id = t.instance_id
              LEFT JOIN bpm_element e ON e.id = t.element_id
             WHERE t.state IN ('todo', 'done')
            """,
            fields.Datetime.now(),
        )
