"""New tasks for the open tokens of processes."""

from odoo import api, fields, models

from ..lib.reader import keeping_env


class BpmTask(models.Model):
    _inherit = "bpm.task"

    @api.model
    def _create_for(self, instance, open_tasks):
        """Tasks for tokens of a process that wait for a person.

        Tokens that have a task already are left alone, so that it may be repeated.

        :param open_tasks: the engine's OpenTask objects (id, element, lane, data, index)
        :return: the new tasks
        """
        pairs = [(instance, open_task) for open_task in open_tasks]
        return self._create_batch(self.sudo()._filter_new(pairs))

    @api.model
    def _create_batch(self, pairs):
        """As _create_for, for many instances at once and for tokens without tasks only.

        :param pairs: [(instance, OpenTask)]
        """
        model = self.sudo()
        if not pairs:
            return self.browse()
        values, memo = [], {}
        for (instance, task), element in zip(pairs, model._get_elements(pairs), strict=True):
            values += model._prepare_rows(instance.sudo(), task, element, memo)
        tasks = model._create_rows(values)
        tasks._begin(new=True)
        return tasks

    @api.model
    def _create_rows(self, rows):
        """Tasks; where programs want no activities, in one statement."""
        if not self.env.context.get("bpm_quiet") or self._is_watched():
            return self.create(rows)
        given = []
        for row in rows:
            instance = self.env["bpm.instance"].browse(row["instance_id"])
            given.append(
                {
                    "process_id": instance.process_id.id,
                    "company_id": instance.company_id.id,
                    "res_model": instance.res_model,
                    "res_id": instance.res_id,
                    "state": "todo",
                    **row,
                }
            )
        return self._insert_rows(given)

    @api.model
    def _filter_new(self, pairs):
        known = self._read_group(
            [
                ("instance_id", "in", [instance.id for instance, _task in pairs]),
                ("token", "in", [str(task.id) for _instance, task in pairs]),
                ("state", "in", ("todo", "waiting")),
            ],
            ["instance_id", "token"],
        )
        known = {(instance.id, token) for instance, token in known}
        return [(i, task) for i, task in pairs if (i.id, str(task.id)) not in known]

    @api.model
    def _get_elements(self, pairs):
        """Elements of the tokens in their order, read together."""
        found = [
            instance._get_element(task.element, getattr(task, "process", None))
            for instance, task in pairs
        ]
        elements = self.env["bpm.element"].sudo().union(*found)
        return [element.with_prefetch(elements._prefetch_ids) for element in found]

    # ------------------------------------------------------------ values

    @api.model
    def _prepare_rows(self, instance, open_task, element, memo):
        """Values of the token's task, or of the votes it asks for."""
        approval = (element.settings or {}).get("approval")
        if approval:
            return self._prepare_votes(instance, open_task, element, approval, memo)
        return [self._prepare_row(instance, open_task, element, None, memo)]

    @api.model
    def _prepare_row(self, instance, open_task, element, rule, memo):
        """:param rule: assignment to use instead of the element's, or None"""
        env = keeping_env(self.env, instance.process_id)
        found = self.with_env(env)._find_holder(
            instance.with_env(env), element, rule, open_task.data, memo
        )
        return {
            "instance_id": instance.id,
            "element_id": element.id,
            "name": element.name or open_task.element,
            "token": str(open_task.id),
            "index": open_task.index or 0,
            "user_id": found.user.id,
            "group_id": found.group.id,
            "original_user_id": found.original.id,
            "drawn_holder": found.key,
            "substitution_id": found.substitution.id,
            "why": found.why,
            "date_start": fields.Datetime.now(),
        }

    def _begin(self, new=False):
        """Deadlines, activities and news for tasks whose turn has come.

        :param new: they have just been created, so they have no activities yet.
        """
        tasks = self.filtered(lambda t: t.state == "todo")
        tasks._set_deadlines()
        # Those whose turn comes later, too: they see what is to come to them.
        self._add_participants()
        tasks._sync_activities(new)
        tasks._tell_groups()

    def _tell_groups(self):
        """Members see in their systray that something can be taken; one notice per group."""
        free = self.filtered(lambda t: t.group_id and not t.user_id and t.state == "todo")
        for group in self.group_id:
            new = free.filtered(lambda t, g=group: t.group_id == g)
            group._bus_send(
                "mail.activity/updated",
                {"activity_created": True, "count_diff": len(new)} if new else {"count_diff": 0},
            )
