import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Below so many records on a side a difference says nothing.
SMALL_SAMPLE = 30

#: Records that reached an end: won or lost, working days from first to last change, and
#: whether a step of theirs was late: done, or given up undone, after its deadline. Reopened
#: records are not closed.
CLOSED = """
    WITH last AS (
        SELECT DISTINCT ON (res_model, res_id) res_model, res_id, version_id, to_value
          FROM bpm_stage_change WHERE regulation_id = %(regulation)s
         ORDER BY res_model, res_id, id DESC
    ), spent AS (
        SELECT res_model, res_id, sum(days) AS days
          FROM bpm_stage_change WHERE regulation_id = %(regulation)s GROUP BY 1, 2
    ), closed AS (
        SELECT l.res_model, l.res_id, l.version_id, NOT coalesce(s.is_lost, false) AS won,
               p.days, c.id AS case_id,
               EXISTS (SELECT 1 FROM bpm_stage_case_step t
                        WHERE t.case_id = c.id AND t.state IN ('done', 'withdrawn')
                          AND t.date_done > t.deadline) AS late
          FROM last l
          JOIN spent p USING (res_model, res_id)
          JOIN bpm_regulation_stage s
            ON s.version_id = l.version_id AND s.value = l.to_value AND s.is_final
          LEFT JOIN bpm_stage_case c USING (res_model, res_id)
    )
"""
FIGURES = """count(*), count(*) FILTER (WHERE won), avg(days), count(*) FILTER (WHERE late)"""

#: Only records that came so far: who was lost before would count against the obligation.
REACHED = """
     WHERE EXISTS (SELECT 1 FROM bpm_stage_change r
                    WHERE r.res_model = c.res_model AND r.res_id = c.res_id
                      AND (%(reach)s::jsonb -> k.key)
                          ?| ARRAY[r.from_value, r.to_value]::text[])
"""
#: All records together and those of each version.
BOTH_SIDES = "GROUP BY GROUPING SETS ((1, 2), (1, 2, 3))"
BY_STEP = (
    """
    SELECT k.key, EXISTS (SELECT 1 FROM bpm_stage_case_step t
                           WHERE t.case_id = c.case_id AND t.key = k.key AND t.state = 'done'),
           c.version_id, {figures}
      FROM closed c CROSS JOIN unnest(%(keys)s) AS k (key)
"""
    + REACHED
    + BOTH_SIDES
)
#: A fact held if the record's version demanded it and nobody passed without it.
BY_FACT = (
    """
    SELECT k.key,
           EXISTS (SELECT 1 FROM bpm_regulation_fact f
                     JOIN bpm_regulation_stage fs ON fs.id = f.stage_id
                    WHERE fs.version_id = c.version_id AND f.key = k.key)
           AND NOT EXISTS (SELECT 1 FROM bpm_stage_change h
                            WHERE h.res_model = c.res_model AND h.res_id = c.res_id
                              AND h.missing @> jsonb_build_array(
                                      jsonb_build_object('key', k.key))),
           c.version_id, {figures}
      FROM closed c CROSS JOIN unnest(%(keys)s) AS k (key)
"""
    + REACHED
    + BOTH_SIDES
)
BY_VERSION = "SELECT version_id, true, {figures} FROM closed c GROUP BY 1"

STAGES = """
    SELECT s.value, count(*), avg(h.days), percentile_cont(0.5) WITHIN GROUP (ORDER BY h.days),
           count(*) FILTER (WHERE n.norm_days > 0 AND h.days > n.norm_days)
      FROM bpm_stage_change h
      JOIN bpm_regulation_stage s ON s.version_id = %(version)s AND s.value = h.from_value
      LEFT JOIN bpm_regulation_stage n ON n.version_id = h.version_id AND n.value = h.from_value
     WHERE h.regulation_id = %(regulation)s
     GROUP BY 1
"""


class BpmRegulation(models.Model):
    """What a regulation is worth: do its obligations pay?"""

    _inherit = "bpm.regulation"

    @api.model
    def get_worth(self, regulation_id):
        """Win rate, cycle time and lateness with and without each obligation, by version.

        Closed records only; for a step those that reached its stage, for a fact those that
        got past its stage. With a step: it was done. With a fact: the version demanded it and
        nobody passed without it. So overrides and former versions make the contrast; a
        difference is no proof of a cause, and small samples are marked. What a later version
        dropped stands here too: was it right to drop it? For "See processes".

        :return: {steps, facts: [{key, name, stage, until, with, without, small, gain,
            versions: [{number, with, without, small, gain}]}], where ``until`` is the number
            of the last version that demanded it, 0 if it is demanded now,
            versions: [{id, number, note, published_at, figures}], stages: [{value, name,
            norm_days, count, days, median_days, over_norm}], overrides}; figures {count, won,
            win_rate, days (working), late}: rates are 0..1 or None without records; gain is
            the difference of the win rates.
        """
        regulation = self.browse(regulation_id)
        regulation.check_access("read")
        if not self.env.user.has_group("bpm_engine.group_viewer"):
            raise AccessError(self.env._("Figures of all records are for those who see all."))
        regulation = regulation.sudo()
        self.env.flush_all()
        version = regulation.published_version_id or regulation.version_ids[:1]
        steps = regulation._get_parts("step_ids").filtered("required")
        return {
            "steps": regulation._compare(BY_STEP, steps, version),
            "facts": regulation._compare(BY_FACT, regulation._get_parts("fact_ids"), version),
            "versions": regulation._get_version_figures(),
            "stages": regulation._get_stage_times(version),
            "overrides": self.env["bpm.stage.change"]
            .sudo()
            .search_count([("regulation_id", "=", regulation.id), ("kind", "=", "override")]),
        }

    def _query(self, text, **params):
        params["regulation"] = self.id
        text = text.format(figures=FIGURES)
        return self.env.execute_query(SQL(text, **params))

    def _get_parts(self, name):
        """Parts of all versions that were in force, each in its last wording."""
        versions = self.version_ids.filtered(lambda v: v.state != "draft").sorted("number")
        last = {part.key: part for version in versions for part in version.stage_ids[name]}
        order = versions[::-1].stage_ids[name]
        return order.filtered(lambda part: last[part.key] == part)

    def _compare(self, query, parts, version):
        """Both sides of each obligation, together and by version."""
        keys = parts.mapped("key")
        reach = json.dumps({part.key: self._get_reach(part) for part in parts})
        rows = self._query(CLOSED + query, keys=keys, reach=reach) if keys else []
        sides = {(key, id_, with_it): _figures(*rest) for key, with_it, id_, *rest in rows}
        numbers = sorted((v.number, v.id) for v in self.version_ids)
        found = []
        for part in parts:
            is_now = part.stage_id.version_id == version
            found.append({
                "key": part.key, "name": part.name, "stage": part.stage_id.name,
                "until": 0 if is_now else part.stage_id.version_id.number,
                **_contrast(sides, part.key, None),
                "versions": [
                    {"number": number, **_contrast(sides, part.key, id_)}
                    for number, id_ in numbers
                    if (part.key, id_, True) in sides or (part.key, id_, False) in sides
                ],
            })  # fmt: skip
        return found

    def _get_reach(self, part):
        """Values of stages by which one sees that a record came as far as this part."""
        stage = part.stage_id
        later = stage.version_id.stage_ids.filtered(lambda s: not s.is_lost and stage._is_before(s))
        reached = stage | later if part._name == "bpm.regulation.step" else later
        return reached.mapped("value")

    def _get_version_figures(self):
        """Before and after each change."""
        figures = {row[0]: _figures(*row[2:]) for row in self._query(CLOSED + BY_VERSION)}
        return [
            {
                "id": version.id,
                "number": version.number,
                "note": version.change_note or "",
                "published_at": version.published_at,
                "figures": figures.get(version.id) or _figures(),
                "small": (figures.get(version.id) or _figures())["count"] < SMALL_SAMPLE,
            }
            for version in self.version_ids.sorted("number")
            if version.state != "draft"
        ]

    def _get_stage_times(self, version):
        """Time in each stage against its norm, in working days; norm of the time's version."""
        rows = {row[0]: row[1:] for row in self._query(STAGES, version=version.id)}
        found = []
        for stage in version.stage_ids:
            count, days, median, over = rows.get(stage.value, (0, None, None, 0))
            found.append({
                "value": stage.value, "name": stage.name, "norm_days": stage.norm_days,
                "count": count, "days": days, "median_days": median, "over_norm": over,
            })  # fmt: skip
        return found


def _contrast(sides, key, version_id):
    """Figures with and without an obligation; of a version, or (None) of all."""
    yes = sides.get((key, version_id, True)) or _figures()
    no = sides.get((key, version_id, False)) or _figures()
    both = yes["count"] and no["count"]
    return {
        "with": yes,
        "without": no,
        "small": min(yes["count"], no["count"]) < SMALL_SAMPLE,
        "gain": yes["win_rate"] - no["win_rate"] if both else None,
    }


def _figures(count=0, won=0, days=None, late=0):
    return {
        "count": count,
        "won": won,
        "win_rate": won / count if count else None,
        "days": float(days) if days is not None else None,
        "late": late / count if count else None,
    }
