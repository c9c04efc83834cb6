from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

#: Fewer ended instances on either side prove nothing yet.
SMALL_SAMPLE = 20
_LEAST_DAYS = 30


class BpmProposal(models.Model):
    """What a change brought: instances started before and after it came into effect.

    Both periods are equally long, and at least 30 days. Instances that were moved in
    the middle count on neither side.
    """

    _inherit = "bpm.proposal"

    effect = fields.Json(
        compute="_compute_effect",
        string="Effect in Figures",
        help="Cycle time, overdue and loss share before and after, with the size of the samples.",
    )
    effect_html = fields.Html(compute="_compute_effect", string="Effect", sanitize=False)

    @api.depends("state", "implemented_version_id.published_at")
    def _compute_effect(self):
        for proposal in self:
            since = proposal.implemented_version_id.sudo().published_at
            known = proposal.state == "done" and since
            proposal.effect = proposal._measure(since) if known else False
            proposal.effect_html = proposal._describe_effect() if known else False

    def _measure(self, since):
        """:return: dict with before, after (each: ended, running, median_hours, loss_share,
        overdue_share, step_median_hours) and is_small."""
        now = fields.Datetime.now()
        length = max(now - since, timedelta(days=_LEAST_DAYS))
        before = self._measure_period(since - length, since, False)
        after = self._measure_period(since, since + length, True)
        small = min(before["ended"], after["ended"]) < SMALL_SAMPLE
        return {"before": before, "after": after, "is_small": small}

    def _measure_period(self, start, end, after):
        cohort = self._get_cohort_sql(start, end, after)
        totals = self.env.execute_query_dict(self._get_totals_sql(cohort))[0]
        steps = self.env.execute_query_dict(self._get_steps_sql(cohort))[0]
        ended = totals["ended"]
        return {
            "ended": ended,
            "running": totals["running"],
            "median_hours": totals["median_hours"],
            "loss_share": totals["lost"] / ended if ended else None,
            "overdue_share": steps["overdue"] / steps["steps"] if steps["steps"] else None,
            "step_median_hours": steps["step_median_hours"],
        }

    def _get_cohort_sql(self, start, end, after):
        """Instances started in a period, on versions up to or since the change."""
        self.env["bpm.instance"].flush_model()
        number = self.implemented_version_id.number
        side = SQL("v.number >= %s", number) if after else SQL("v.number < %s", number)
        return SQL(
            """SELECT i.id, i.state, i.duration_hours FROM bpm_instance i
                 JOIN bpm_process_version v ON v.id = i.version_id
                WHERE i.process_id = %s AND i.date_start >= %s AND i.date_start < %s AND %s""",
            self.process_id.id,
            start,
            end,
            side,
        )

    def _get_totals_sql(self, cohort):
        return SQL(
            """SELECT count(*) FILTER (WHERE state IN ('done', 'cancelled')) AS ended,
                      count(*) FILTER (WHERE state NOT IN ('done', 'cancelled')) AS running,
                      count(*) FILTER (WHERE state = 'cancelled') AS lost,
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_hours)
                          FILTER (WHERE state = 'done') AS median_hours
                 FROM (%s) AS cohort""",
            cohort,
        )

    def _get_steps_sql(self, cohort):
        """Human steps that were left: of the element it is about, else of all."""
        self.env["bpm.log"].flush_model()
        about = SQL("AND l.element = %s", self.element) if self.element else SQL("")
        return SQL(
            """SELECT count(*) AS steps, count(*) FILTER (WHERE l.overdue) AS overdue,
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY l.duration) / 3600
                          AS step_median_hours
                 FROM bpm_log l JOIN (%s) AS cohort ON cohort.id = l.instance_id
                WHERE l.event = 'left' AND l.element_type IN ('userTask', 'manualTask', 'task')
                      %s""",
            cohort,
            about,
        )

    def _describe_effect(self):
        effect = self.effect
        rows = [
            (self.env._("Instances that ended"), "ended", "{:.0f}"),
            (self.env._("Instances still running"), "running", "{:.0f}"),
            (self.env._("From start to end, median, hours"), "median_hours", "{:.1f}"),
            (self.env._("This step, median, hours"), "step_median_hours", "{:.1f}"),
            (self.env._("Tasks overdue"), "overdue_share", "{:.0%}"),
            (self.env._("Cancelled"), "loss_share", "{:.0%}"),
        ]
        body = Markup("").join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
            % (label, *(_shown(effect[side][key], form) for side in ("before", "after")))
            for label, key, form in rows
            if key != "step_median_hours" or self.element
        )
        head = Markup("<thead><tr><th></th><th class='text-end'>%s</th>") % self.env._("Before")
        head += Markup("<th class='text-end'>%s</th></tr></thead>") % self.env._("After")
        table = Markup("<table class='table table-sm w-auto'>%s<tbody>%s</tbody></table>")
        return table % (head, body) + self._warn_effect(effect)

    def _warn_effect(self, effect):
        texts = []
        if effect["is_small"]:
            texts.append(
                self.env._(
                    "Small samples: fewer than %s ended on one side. This proves nothing yet.",
                    SMALL_SAMPLE,
                )
            )
        if effect["after"]["running"] > effect["after"]["ended"]:
            texts.append(
                self.env._(
                    "More are running than ended since: those that take long are still missing, "
                    "so “after” looks shorter than it is."
                )
            )
        icon = Markup("<p><i class='fa fa-exclamation-triangle me-1'></i>%s</p>")
        return Markup("").join(icon % text for text in texts)


def _shown(value, form):
    return "-" if value is None else form.format(value)
