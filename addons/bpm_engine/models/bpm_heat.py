from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..sight.flow_map import SILENT
from .bpm_sight_words import duration_text

#: Below so many passes a median says little; such steps are not called the slowest.
FEW_PASSES = 3


class BpmHeat(models.AbstractModel):
    """Where processes spend their time: figures per element and per version.

    Figures come from bpm.log in a few grouped queries that obey the reader's rules.
    ``options`` of the public methods, all optional: date_from and date_to (days of the
    reader's time zone, both included), version_id, user_id (who did it), company_id.
    A period that ends in the past also shows what was open at its end.
    """

    _name = "bpm.heat"
    _description = "Heat Map of a Process"

    @api.model
    def get_heat(self, process_id: int, options: dict | None = None) -> dict:
        """Diagram, figures per element and per version, and one sentence on the slowest.

        :raises AccessError: the reader lacks "See processes"
        :raises UserError: no such process, or the period ends before it begins
        """
        process = self._get_process(process_id)
        scope = self._get_scope(process, options or {})
        version = scope["version"] or process.published_version_id or process.version_ids[:1]
        elements = self._get_elements(scope, version)
        return {
            "process": {"id": process.id, "name": process.name},
            "bpmn_xml": version.bpmn_xml or "",
            "version_id": scope["version"].id,
            "shown_version": version.display_name,
            "as_of": fields.Datetime.to_string(scope["until"]) if scope["is_past"] else False,
            "elements": elements,
            "sentence": self._describe_slowest(elements),
            "proposals": self.env["bpm.proposal"]._count_pinned(process),
            "proposal_version_id": version.id,
            **self._get_choices(process),
            **self._get_versions(scope),
        }

    def _get_process(self, process_id: int):
        self._check_viewer()
        process = self.env["bpm.process"].browse(process_id).exists()
        if not process:
            raise UserError(self.env._("This process does not exist any more."))
        process.check_access("read")
        return process

    @api.model
    def _check_viewer(self):
        if not (self.env.su or self.env.user.has_group("bpm_engine.group_viewer")):
            raise AccessError(
                self.env._(
                    "Figures of processes are for people with the right “See processes”; "
                    "an administrator gives it in the user's form."
                )
            )

    # What is looked at

    def _get_scope(self, process, options: dict) -> dict:
        since, until = self._get_period(options)
        now = fields.Datetime.now()
        version = self.env["bpm.process.version"].browse(options.get("version_id") or [])
        if version and version.process_id != process:
            raise UserError(self.env._("This version belongs to another process."))
        return {
            "process": process,
            "version": version,
            "since": since,
            "until": until or now,
            "is_past": bool(until and until < now),
            "user_id": options.get("user_id") or False,
            "company_id": options.get("company_id") or False,
        }

    def _get_period(self, options: dict) -> tuple[datetime | None, datetime | None]:
        """First and last moment in UTC of whole days in the reader's time zone."""
        try:
            first = fields.Date.to_date(options.get("date_from") or None)
            last = fields.Date.to_date(options.get("date_to") or None)
        except ValueError as error:
            raise UserError(self.env._("A day of the period is not a date.")) from error
        if first and last and first > last:
            raise UserError(self.env._("The period ends before it begins; exchange its days."))
        since = self._get_midnight(first) if first else None
        until = self._get_midnight(last + timedelta(days=1)) if last else None
        return since, until and until - timedelta(seconds=1)

    def _get_midnight(self, day) -> datetime:
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_log_domain(self, scope: dict) -> Domain:
        """Rows of history in the scope; hook for further filters."""
        domain = Domain("process_id", "=", scope["process"].id)
        # The index begins with the version.
        versions = scope["version"] or scope["process"].sudo().version_ids
        domain &= Domain("version_id", "in", versions.ids) & Domain("at", "<=", scope["until"])
        if scope["since"]:
            domain &= Domain("at", ">=", scope["since"])
        if scope["company_id"]:
            domain &= Domain("company_id", "=", scope["company_id"])
        if scope["user_id"]:
            domain &= Domain("user_id", "=", scope["user_id"])
        return domain

    def _get_instance_domain(self, scope: dict) -> Domain:
        domain = Domain("process_id", "=", scope["process"].id)
        if scope["version"]:
            domain &= Domain("version_id", "=", scope["version"].id)
        if scope["company_id"]:
            domain &= Domain("company_id", "=", scope["company_id"])
        return domain

    def _get_alive_domain(self, scope: dict) -> Domain:
        """Instances that were running at the end of the period."""
        started = Domain("date_start", "<=", scope["until"])
        if not scope["is_past"]:
            return self._get_instance_domain(scope) & Domain("date_end", "=", False)
        ended = Domain("date_end", "=", False) | Domain("date_end", ">", scope["until"])
        return self._get_instance_domain(scope) & started & ended

    # Figures per element

    def _get_elements(self, scope: dict, version) -> list[dict]:
        """One dict per element, in the order of the flow; what the diagram shown lacks last."""
        passes = self._get_passes(scope)
        waiting = self._get_waiting(scope)
        tasks = self._get_open_tasks(scope)
        if scope["user_id"]:
            waiting = {element: (row["count"], row["since"]) for element, row in tasks.items()}
        drawn = {element.element_id: element for element in version.sudo().element_ids}
        names = self._get_old_names(scope, {*passes, *waiting, *tasks} - set(drawn))
        result = []
        for key in [*drawn, *sorted(names)]:
            element = drawn.get(key)
            figures = self._prepare_figures(passes.get(key), waiting.get(key), tasks.get(key))
            name, kind = (element.name, element.type) if element else names[key]
            result.append(
                {
                    "element": key,
                    "name": name or key,
                    "type": kind,
                    "drawn": bool(element),
                    "is_silent": not name and kind in SILENT,
                    **figures,
                }
            )
        return result

    @staticmethod
    def _prepare_figures(passed: dict | None, waiting: tuple | None, tasks: dict | None) -> dict:
        passed, tasks = passed or {}, tasks or {}
        count = passed.get("count", 0)
        return {
            "count": count,
            "median": passed.get("median") or 0.0,
            "p90": passed.get("p90") or 0.0,
            "total": passed.get("total") or 0.0,
            "overdue": passed.get("overdue", 0),
            "overdue_share": passed.get("overdue", 0) / count if count else 0.0,
            "waiting": waiting[0] if waiting else 0,
            "since": fields.Datetime.to_string(waiting[1]) if waiting else False,
            "waiting_overdue": tasks.get("overdue", 0),
        }

    def _get_passes(self, scope: dict) -> dict[str, dict]:
        """How often, how long and how late each element was left in the period; seconds."""
        Log = self.env["bpm.log"]
        Log.flush_model()
        query = Log._search(self._get_log_domain(scope) & Domain("event", "=", "left"))
        query.groupby = SQL("bpm_log.element")
        rows = self.env.execute_query_dict(
            query.select(
                SQL("bpm_log.element"),
                SQL("COUNT(*) AS count"),
                SQL("COUNT(*) FILTER (WHERE bpm_log.overdue) AS overdue"),
                SQL("SUM(bpm_log.duration) AS total"),
                SQL(
                    "PERCENTILE_CONT(ARRAY[0.5, 0.9]) "
                    "WITHIN GROUP (ORDER BY bpm_log.duration) AS marks"
                ),
            )
        )
        for row in rows:
            row["median"], row["p90"] = row.pop("marks") or (0.0, 0.0)
        return {row["element"]: row for row in rows if row["element"]}

    def _get_waiting(self, scope: dict) -> dict[str, tuple]:
        """Tokens that stood at each element at the end of the period, and since when.

        A token stands where it was entered more often than left: twice where a decision put
        it on another step of a new version, and since the first time. Only the history of
        instances alive at that moment is read.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT element, COUNT(*), MIN(since) FROM %s standing
                WHERE element IS NOT NULL
                GROUP BY element
                """,
                self._prepare_standing(scope),
            )
        )
        return {element: (count, since) for element, count, since in rows}

    def _prepare_standing(self, scope: dict) -> SQL:
        """Subselect of these tokens: instance, element, since when, the row that tells it."""
        self.env.flush_all()
        alive = self.env["bpm.instance"]._search(self._get_alive_domain(scope))
        return SQL(
            """(
            SELECT log.instance_id,
                   (ARRAY_AGG(log.element ORDER BY log.id DESC))[1] AS element,
                   CASE WHEN MIN(log.token) IS NULL OR BOOL_OR(log.event = 'left')
                        THEN MAX(log.at) FILTER (WHERE log.event = 'entered')
                        ELSE MIN(log.at) FILTER (WHERE log.event = 'entered')
                   END AS since,
                   MAX(log.id) FILTER (WHERE log.event = 'entered') AS entered_id
              FROM bpm_log log
             WHERE log.instance_id IN %s
               AND log.event IN ('entered', 'left', 'cancelled')
               AND log.at <= %s
             GROUP BY log.instance_id, COALESCE(log.token, log.element)
            HAVING COUNT(*) FILTER (WHERE log.event = 'entered') >
                   COUNT(*) FILTER (WHERE log.event != 'entered')
            )""",
            alive.subselect(),
            scope["until"],
        )

    def _get_open_tasks(self, scope: dict) -> dict[str, dict]:
        """Tasks open at the end of the period per element: count, overdue, oldest."""
        query = self.env["bpm.task"]._search(self._get_open_task_domain(scope))
        link = query.join("bpm_task", "element_id", "bpm_element", "id", "element_id")
        element = SQL.identifier(link, "element_id")
        query.groupby = element
        late = SQL("bpm_task.deadline < %s", scope["until"])
        rows = self.env.execute_query_dict(
            query.select(
                SQL("%s AS element", element),
                SQL("COUNT(*) AS count"),
                SQL("COUNT(*) FILTER (WHERE %s) AS overdue", late),
                SQL("MIN(bpm_task.date_start) AS since"),
            )
        )
        return {row["element"]: row for row in rows}

    def _get_open_task_domain(self, scope: dict) -> Domain:
        domain = Domain("process_id", "=", scope["process"].id)
        if scope["version"]:
            domain &= Domain("instance_id.version_id", "=", scope["version"].id)
        if scope["company_id"]:
            domain &= Domain("company_id", "=", scope["company_id"])
        if scope["user_id"]:
            domain &= Domain("user_id", "=", scope["user_id"])
        todo = Domain("state", "=", "todo")
        if not scope["is_past"]:
            return domain & todo
        until = scope["until"]
        later = Domain("date_done", ">", until)
        return domain & Domain("date_start", "<=", until) & (todo | later)

    def _get_old_names(self, scope: dict, keys: set) -> dict[str, tuple]:
        """Names of elements that only other versions have."""
        elements = (
            self.env["bpm.element"]
            .sudo()
            .search(
                [("process_id", "=", scope["process"].id), ("element_id", "in", list(keys))],
                order="version_id, id",
            )
        )
        known = {element.element_id: (element.name, element.type) for element in elements}
        return {key: known.get(key, (key, "")) for key in keys}

    def _describe_slowest(self, elements: list[dict]) -> str:
        """One sentence that names the slowest element; empty without any pass."""
        passed = [element for element in elements if element["count"] and element["median"] > 0]
        enough = [element for element in passed if element["count"] >= FEW_PASSES] or passed
        if not enough:
            return ""
        slowest = max(enough, key=lambda element: element["median"])
        whole = sum(element["total"] for element in passed)
        text = self.env._(
            "The slowest step is “%(name)s”: half of %(count)s passes took %(median)s or longer, "
            "one in ten more than %(p90)s; it takes %(share)s %% of the time of all steps.",
            name=slowest["name"],
            count=slowest["count"],
            median=duration_text(self.env, slowest["median"]),
            p90=duration_text(self.env, slowest["p90"]),
            share=round(100 * slowest["total"] / whole),
        )
        if slowest["median"] == max(element["median"] for element in passed):
            return text
        rare = self.env._("Steps passed less than %s times say too little.", FEW_PASSES)
        return f"{text} {rare}"

    # Choices

    def _get_choices(self, process) -> dict:
        versions = process.version_ids.filtered(lambda v: v.state != "draft")
        people = self._get_people(process)
        return {
            "version_choices": [{"id": v.id, "name": v.display_name} for v in versions],
            "people": sorted(
                ({"id": user.id, "name": user.name} for user in people),
                key=lambda person: person["name"],
            ),
            "companies": [{"id": c.id, "name": c.name} for c in self.env.companies],
        }

    def _get_people(self, process):
        """Whoever had a task of it that the reader may see; years of tasks are not read."""
        Task = self.env["bpm.task"]
        Task.flush_model(["process_id", "user_id"])
        # From one person to the next along the index; joined, all tasks would be read.
        query = Task._search([("process_id", "=", process.id), ("user_id", "!=", False)])
        tasks = query.select(SQL("bpm_task.user_id"))
        rows = self.env.execute_query(
            SQL(
                "WITH RECURSIVE people AS ((%(tasks)s ORDER BY bpm_task.user_id LIMIT 1)"
                " UNION ALL SELECT (%(tasks)s AND bpm_task.user_id > people.user_id"
                " ORDER BY bpm_task.user_id LIMIT 1)"
                " FROM people WHERE people.user_id IS NOT NULL)"
                " SELECT user_id FROM people WHERE user_id IS NOT NULL",
                tasks=tasks,
            )
        )
        return self.env["res.users"].browse(row[0] for row in rows)
