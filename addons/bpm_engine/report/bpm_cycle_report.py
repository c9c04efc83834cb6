from odoo import fields, models
from odoo.tools import SQL

WEEK = 7 * 86400


class BpmCycleReport(models.Model):
    """One row per instance, for cycle times: median, 90th percentile, per week, late, results."""

    _name = "bpm.cycle.report"
    _description = "Cycle Times of Processes"
    _inherit = ["bpm.percentile.mixin"]
    _auto = False
    _order = "date_start desc"
    _rec_name = "instance_id"
    _depends = {
        "bpm.instance": [
            "process_id",
            "version_id",
            "company_id",
            "starter_id",
            "start_kind",
            "state",
            "result",
            "res_model",
            "date_start",
            "date_end",
        ],
        "bpm.task": ["instance_id", "state", "deadline", "date_done"],
    }

    instance_id = fields.Many2one("bpm.instance", readonly=True)
    process_id = fields.Many2one("bpm.process", readonly=True)
    version_id = fields.Many2one("bpm.process.version", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    starter_id = fields.Many2one("res.users", string="Started By", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["bpm.instance"]._fields["state"].selection, readonly=True
    )
    start_kind = fields.Selection(
        selection=lambda self: self.env["bpm.instance"]._fields["start_kind"].selection,
        readonly=True,
    )
    result = fields.Char(readonly=True)
    date_start = fields.Datetime(string="Started On", readonly=True)
    date_end = fields.Datetime(string="Ended On", readonly=True)
    number = fields.Integer(string="Instances", readonly=True)
    hours_median = fields.Float(
        string="Median Hours",
        readonly=True,
        aggregator="median",
        help="Start to end; half of the instances took longer.",
    )
    hours_p90 = fields.Float(
        string="90th Percentile, Hours",
        readonly=True,
        aggregator="p90",
        help="Start to end; one in ten instances took longer.",
    )
    overdue_share = fields.Float(
        string="With Overdue Tasks, %",
        readonly=True,
        aggregator="avg",
        help="Share of the instances in which a task was or is past its deadline.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT i.id, 1 AS number, i.id AS instance_id, i.process_id, i.version_id, i.company_id,
                   i.starter_id, i.start_kind, i.state, i.result, i.date_start, i.date_end,
                   EXTRACT(EPOCH FROM i.date_end - i.date_start) / 3600 AS hours_median,
                   EXTRACT(EPOCH FROM i.date_end - i.date_start) / 3600 AS hours_p90,
                   CASE WHEN EXISTS (
                       SELECT FROM bpm_task t
                        WHERE t.instance_id = i.id AND t.state != 'cancelled'
                          AND t.deadline < COALESCE(t.date_done, %s)
                   ) THEN 100 ELSE 0 END AS overdue_share
              FROM bpm_instance i
            """,
            fields.Datetime.now(),
        )

    def _get_version_figures(self, domain) -> list[dict]:
        """Per version: instances, median and 90th percentile (seconds), per week, late, results.

        Weeks are counted from the first to the last end, at least one.
        """
        groups = self._read_group(
            domain,
            ["version_id"],
            [
                "__count",
                "hours_median:median",
                "hours_p90:p90",
                "overdue_share:avg",
                "date_end:min",
                "date_end:max",
            ],
        )
        results = self._get_results(domain)
        rows = [
            {
                "version_id": version.id,
                "number": version.number,
                "name": self.env._("Version %(number)s", number=version.number),
                "count": count,
                "median": median * 3600,
                "p90": p90 * 3600,
                "overdue_share": overdue / 100,
                "per_week": count / max(1.0, (last - first).total_seconds() / WEEK),
                "results": results.get(version, []),
            }
            for version, count, median, p90, overdue, first, last in groups
        ]
        return sorted(rows, key=lambda row: row["number"])

    def _get_results(self, domain) -> dict:
        """How the instances of each version ended, the most frequent result first."""
        results: dict = {}
        groups = self._read_group(
            domain, ["version_id", "result"], ["__count"], order="__count desc, result"
        )
        for version, result, count in groups:
            name = result or self.env._("without a result")
            results.setdefault(version, []).append({"name": name, "count": count})
        for rows in results.values():
            total = sum(row["count"] for row in rows)
            for row in rows:
                row["share"] = row["count"] / total
        return results
