from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .bpm_sight_words import duration_text

#: Done tasks of so many days tell how fast a person works.
RECENT_DAYS = 28
#: So many tasks of a holder are shown before somebody asks for more.
SHOWN_TASKS = 200


class BpmBoard(models.AbstractModel):
    """Who holds what: open tasks per person, and giving them to somebody else."""

    _name = "bpm.board"
    _description = "Who Holds What"

    @api.model
    def get_board(self, process_id: int | bool = False) -> dict:
        """Rows per holder, the one with most overdue tasks first, and totals.

        "See processes" sees everybody, others themselves and what their groups may take.
        """
        is_head = self._is_head()
        domain = self._get_open_domain(process_id)
        recent = self._get_recent(process_id)
        people: dict = {}
        for row in self._get_figures(domain):
            holder = (row["user_id"] or 0, 0 if row["user_id"] else row["group_id"] or 0)
            self._add_figures(people.setdefault(holder, self._prepare_row(holder)), row)
        names = self._get_named(people.values())
        rows = [self._finish_row(row, recent, names) for row in people.values()]
        rows.sort(key=lambda row: (not row["user_id"], -row["overdue"], -row["open"], row["name"]))
        return {
            "is_head": is_head,
            "can_reassign": self._can_reassign(),
            "rows": rows,
            "open": sum(row["open"] for row in rows),
            "overdue": sum(row["overdue"] for row in rows),
            "processes": self._get_process_choices(),
        }

    @api.model
    def get_tasks(
        self, user_id: int | bool, group_id: int | bool, process_id=False, limit=SHOWN_TASKS
    ) -> dict:
        """Open tasks of one holder for the board, the oldest deadline first.

        :return: tasks, at most ``limit`` of them, and their number in total
        """
        domain = self._get_open_domain(process_id) & Domain("user_id", "=", user_id)
        if not user_id:
            domain &= Domain("group_id", "=", group_id)
        Task = self.env["bpm.task"]
        tasks = Task.search(domain, order="deadline, date_start, id", limit=limit)
        total = Task.search_count(domain) if len(tasks) == limit else len(tasks)
        return {"tasks": self._prepare_tasks(tasks), "total": total}

    def _prepare_tasks(self, tasks) -> list[dict]:
        now = fields.Datetime.now()
        return [
            {
                "id": task.id,
                "name": task.name,
                "instance_id": task.instance_id.id,
                "instance": task.instance_id.sudo().name,
                "company_id": task.company_id.id,
                "deadline": fields.Datetime.to_string(task.deadline) or False,
                "age": duration_text(self.env, (now - task.date_start).total_seconds()),
                "overdue": task.is_overdue,
            }
            for task in tasks
        ]

    @api.model
    def reassign(self, task_ids: list[int], user_id: int, reason: str = "") -> int:
        """Give open tasks to another person; the number given.

        :raises AccessError: only managers of processes give away others' tasks
        :raises UserError: a task is not open any more, or cannot go to that person
        """
        if not self._can_reassign():
            raise AccessError(
                self.env._(
                    "Only a manager of processes gives tasks of others to somebody else; "
                    "delegate your own in the task."
                )
            )
        tasks = self.env["bpm.task"].browse(task_ids).exists()
        tasks.check_access("read")
        closed = tasks.filtered(lambda task: task.state != "todo")
        if closed or not tasks:
            raise UserError(
                self.env._(
                    "These tasks are not open any more, refresh the board: %(names)s",
                    names=", ".join(closed.mapped("name")),
                )
            )
        tasks.action_delegate(user_id, reason)
        return len(tasks)

    @api.model
    def _is_head(self) -> bool:
        return self.env.user.has_group("bpm_engine.group_viewer")

    @api.model
    def _can_reassign(self) -> bool:
        return self.env.user.has_group("bpm_engine.group_manager")

    def _get_open_domain(self, process_id=False) -> Domain:
        """Open tasks the reader may see here; record rules narrow it further."""
        domain = Domain("state", "=", "todo")
        if process_id:
            domain &= Domain("process_id", "=", process_id)
        if not self._is_head():
            free = Domain("user_id", "=", False) & Domain(
                "group_id", "in", self.env.user.all_group_ids.ids
            )
            domain &= Domain("user_id", "=", self.env.uid) | free
        return domain

    def _get_figures(self, domain: Domain) -> list[dict]:
        """Per holder and process: open, overdue, oldest; one query."""
        query = self.env["bpm.task"]._search(domain)
        holder = SQL("bpm_task.user_id, bpm_task.group_id, bpm_task.process_id")
        query.groupby = holder
        late = SQL("bpm_task.deadline < %s", fields.Datetime.now())
        return self.env.execute_query_dict(
            query.select(
                holder,
                SQL("COUNT(*) AS open"),
                SQL("COUNT(*) FILTER (WHERE %s) AS overdue", late),
                SQL("MIN(bpm_task.date_start) AS oldest"),
            )
        )

    @staticmethod
    def _prepare_row(holder: tuple) -> dict:
        user_id, group_id = holder
        return {
            "key": f"{user_id}-{group_id}",
            "user_id": user_id,
            "group_id": group_id,
            "open": 0,
            "overdue": 0,
            "oldest": None,
            "processes": {},
        }

    @staticmethod
    def _add_figures(row: dict, figures: dict):
        row["open"] += figures["open"]
        row["overdue"] += figures["overdue"]
        row["oldest"] = min(filter(None, (row["oldest"], figures["oldest"])), default=None)
        process = row["processes"].setdefault(figures["process_id"], {"open": 0, "overdue": 0})
        process["open"] += figures["open"]
        process["overdue"] += figures["overdue"]

    @api.model
    def _get_named(self, rows) -> dict:
        """{model: all records that these rows name}, to be read together."""
        ids = {
            "res.users": {row["user_id"] for row in rows},
            "res.groups": {row["group_id"] for row in rows},
            "bpm.process": {process for row in rows for process in row["processes"]},
        }
        return {model: self.env[model].sudo().browse(found - {0}) for model, found in ids.items()}

    def _finish_row(self, row: dict, recent: dict[int, int], named: dict) -> dict:
        """Names, words and the outlook: how many days the open tasks last at the usual pace.

        :param named: see :meth:`_get_named`
        """

        def known(model, ids):
            return named[model].browse(ids).with_prefetch(named[model]._prefetch_ids)

        user = known("res.users", row["user_id"] or ())
        group = known("res.groups", row["group_id"] or ())
        now = fields.Datetime.now()
        processes = known("bpm.process", row["processes"])
        done = recent.get(row["user_id"], 0) if row["user_id"] else 0
        oldest = row.pop("oldest")
        return {
            **row,
            "name": user.name or group.name or self.env._("Nobody"),
            "active": user.active if user else True,
            "oldest_text": duration_text(self.env, (now - oldest).total_seconds())
            if oldest
            else "",
            "done": done,
            "days_left": round(row["open"] * RECENT_DAYS / done) if done else None,
            "processes": [
                {"id": process.id, "name": process.name, **row["processes"][process.id]}
                for process in processes
            ],
        }

    def _get_recent(self, process_id) -> dict[int, int]:
        """Tasks done per person in the last four weeks."""
        domain = Domain("state", "=", "done")
        domain &= Domain("date_done", ">=", fields.Datetime.now() - timedelta(days=RECENT_DAYS))
        if process_id:
            domain &= Domain("process_id", "=", process_id)
        if not self._is_head():
            domain &= Domain("done_by_id", "=", self.env.uid)
        groups = self.env["bpm.task"]._read_group(domain, ["done_by_id"], ["__count"])
        return {user.id: count for user, count in groups}

    def _get_process_choices(self) -> list[dict]:
        groups = self.env["bpm.task"]._read_group(self._get_open_domain(), ["process_id"])
        processes = [process.sudo() for (process,) in groups]
        return [{"id": process.id, "name": process.name} for process in processes]
