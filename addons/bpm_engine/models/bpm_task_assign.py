"""Who gets a task: the drawn rule, the lane's, the starter's; absences; never nobody."""

from datetime import timedelta
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, format_date

from .bpm_sight_words import path_text

#: What is read past the ORM to know whether somebody may be away.
PRESENCE = {
    "bpm.substitution": ("user_id", "date_from", "date_to"),
    "resource.calendar.leaves": ("resource_id", "date_from", "date_to"),
    "resource.resource": ("user_id",),
}


class Holder(NamedTuple):
    """Who has a task and why."""

    user: models.BaseModel
    group: models.BaseModel
    why: str
    original: models.BaseModel
    substitution: models.BaseModel

    @property
    def key(self):
        """Whom the assignment names, whoever stands in: to see later whether it is the same."""
        named = self.group or self.original or self.user
        return f"{named._name},{named.id}"


class BpmTask(models.Model):
    _inherit = "bpm.task"

    @api.model
    def _find_holder(self, instance, element, rule=None, data=None, memo=None):
        """Person or group for a task of an element, and why, in words.

        :param dict rule: an assignment; else the element's, its lane's, or the starter
        :param dict memo: what was found about people, kept over several calls
        """
        rule = rule or self._get_rule(instance, element)
        users, group, words = self._apply_rule(rule, instance, data or {})
        if group:
            if group.sudo().all_user_ids.filtered(lambda u: u.active and not u.share):
                empty = self.env["res.users"]
                return Holder(empty, group, words, empty, self.env["bpm.substitution"])
            words = self.env._("%s, but nobody is in it", words)
        user = users.filtered("active")[:1] or users[:1]
        return self._find_present(user, words, instance, {} if memo is None else memo)

    @api.model
    def _get_rule(self, instance, element):
        """The element's assignment, else its lane's, else the starter."""
        settings = element.settings or {}
        rule = settings.get("assignment") or settings.get("lane_assignment")
        if not rule and element:
            rule = self._get_lane_rule(element)
        return rule or {"kind": "starter"}

    @api.model
    def _get_lane_rule(self, element):
        """Who works in the element's lane, as it is now: changed at once like elements (HU-20)."""
        version = element.version_id
        lane = version._get_diagram().lane_of(element.element_id)
        kept = lane and version.element_ids.filtered(lambda e: e.element_id == lane.id)
        return ((kept.settings if kept else lane and lane.settings) or {}).get("assignment")

    # ------------------------------------------------------------ presence

    @api.model
    def _find_present(self, user, words, instance, memo):
        """The person, or who stands in, or the process owner, or a manager of processes."""
        nobody = self.env["res.users"]
        words = words if user else self.env._("%s: nobody", words)
        present, substitution, words = self._stand_in(user, words, instance, memo)
        if not present:
            owner = instance.process_id.owner_id
            words = self.env._("%(why)s; so the process owner", why=words)
            present, more, words = self._stand_in(owner, words, instance, memo)
            substitution = substitution or more
        if not present:
            present = self._get_last_resort(instance)
            words = self.env._("%(why)s; so a manager of processes", why=words)
        original = user if user and user != present else nobody
        return Holder(present, self.env["res.groups"], words, original, substitution)

    @api.model
    def _stand_in(self, user, words, instance, memo, depth=5):
        """Follow absences from a person to somebody who is there.

        :return: person (may be empty), first substitution used, the story in words
        """
        none = self.env["bpm.substitution"]
        first, seen = none, user
        while user:
            if user not in memo:
                there = not self._may_be_away(user)
                memo[user] = (
                    none if there else none._get_current(user),
                    False if there else self._is_on_leave(user),
                )
            absences, is_on_leave = memo[user]
            absence = absences.filtered(
                lambda a: a._covers(instance.process_id, instance.company_id)
            )[:1]
            if not absence and user.active and not is_on_leave:
                return user, first, words
            words = self._describe_absence(user, absence, words)
            first = first or absence
            user = absence.substitute_id - seen
            seen |= user
            if len(seen) > depth:
                break
        return self.env["res.users"], first, words

    @api.model
    def _describe_absence(self, user, absence, words):
        if absence:
            return self.env._(
                "%(why)s; %(who)s is away until %(until)s, %(substitute)s stands in",
                why=words,
                who=user.name,
                until=format_date(self.env, absence.date_to),
                substitute=absence.substitute_id.name,
            )
        if not user.active:
            return self.env._("%(why)s; %(who)s no longer works here", why=words, who=user.name)
        return self.env._("%(why)s; %(who)s is on leave", why=words, who=user.name)

    @api.model
    def _may_be_away(self, user):
        """Whether it is worth to ask for absences and leaves of a person: seldom.

        Wider than both by a day; an organisation that keeps absences elsewhere extends it.
        """
        for model, names in PRESENCE.items():
            self.env[model].flush_model(names)
        now = fields.Datetime.now()
        ((found,),) = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM bpm_substitution WHERE user_id = %(user)s"
                " AND date_from <= %(late)s AND date_to >= %(early)s) OR EXISTS ("
                "SELECT FROM resource_resource r JOIN resource_calendar_leaves l"
                " ON l.resource_id = r.id WHERE r.user_id = %(user)s"
                " AND l.date_from <= %(late)s AND l.date_to >= %(early)s)",
                user=user.id,
                early=now - timedelta(days=1),
                late=now + timedelta(days=1),
            )
        )
        return found

    @api.model
    def _is_on_leave(self, user):
        """Away by the working-time calendar (leave of the person's resource), now and for
        at least a day more: an hour at the dentist's is no absence."""
        now = fields.Datetime.now()
        return bool(
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_count(
                [
                    ("resource_id.user_id", "=", user.id),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", now),
                    ("date_to", ">=", now + timedelta(days=1)),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_last_resort(self, instance):
        return self._get_process_managers(instance)[:1] or self.env.ref("base.user_root")

    @api.model
    def _get_process_managers(self, instance):
        """Managers of processes in the instance's company, the administrator last."""
        managers = self.env.ref("bpm_engine.group_manager").sudo().all_user_ids
        managers = managers.filtered(
            lambda u: u.active and u.id != SUPERUSER_ID and instance.company_id in u.company_ids
        )
        admin = self.env.ref("base.user_admin", raise_if_not_found=False) or managers.browse()
        return (managers - admin) | (managers & admin)

    # ------------------------------------------------------------ rules

    @api.model
    def _apply_rule(self, rule, instance, data):
        """:return: users, group, the rule in words; extend by a method _rule_<kind>"""
        kind = rule.get("kind") or ("user" if rule.get("user") else "starter")
        apply = getattr(self, f"_rule_{kind}", None)
        if not apply:
            words = self.env._("Unknown rule “%s”", rule.get("kind"))
            return self.env["res.users"], self.env["res.groups"], words
        return apply(rule, instance, data)

    @api.model
    def _found(self, users, words, group=None):
        return users.sudo(), group or self.env["res.groups"], words

    @api.model
    def _rule_user(self, rule, instance, data):
        """A person by login; or a variable of the process that holds a login or an id."""
        login = rule.get("user")
        users = self._users_by_login(login)
        if not users and data.get(login):
            value = data[login]
            users = (
                self.env["res.users"].sudo().browse(value).exists()
                if isinstance(value, int)
                else self._users_by_login(value)
            )
        name = users.name or login
        return self._found(users, self.env._("The process names %s", name))

    @api.model
    def _users_by_login(self, login):
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search([("login", "=", str(login))], limit=1) if login else users.browse()

    @api.model
    def _rule_group(self, rule, instance, data):
        """Anybody of a group, named by its external id or "#id"."""
        name = str(rule.get("group") or "")
        groups = self.env["res.groups"].sudo()
        if name.startswith("#") and name[1:].isdigit():
            group = groups.browse(int(name[1:])).exists()
        else:
            group = self.env.ref(name, raise_if_not_found=False) if "." in name else groups
            group = group.sudo() if group and group._name == "res.groups" else groups
        words = self.env._("Anybody of the group “%s”", group.display_name or name)
        return self._found(self.env["res.users"], words, group)

    @api.model
    def _rule_starter(self, rule, instance, data):
        starter = instance.starter_id
        self._read_people(starter)
        return self._found(starter, self.env._("%s started the process", starter.name or ""))

    @api.model
    def _read_people(self, users):
        """Read of persons only what finding a holder asks for, where nobody is told.

        An activity asks for so much of them that reading all at once is quicker.
        """
        if self.env.context.get("bpm_quiet"):
            rows = self.env["bpm.rows.mixin"]
            rows._read_past_orm(users, ("active", "share", "partner_id", "company_id"))
            rows._read_past_orm(users.partner_id, ("name",))

    @api.model
    def _rule_starter_manager(self, rule, instance, data):
        starter = instance.starter_id
        manager = starter.sudo()._get_bpm_manager()
        words = self.env._(
            "The manager of %(starter)s, who started it: %(manager)s",
            starter=starter.name,
            manager=manager.name or self.env._("not known"),
        )
        return self._found(manager, words)

    @api.model
    def _rule_previous(self, rule, instance, data):
        """Whoever did an earlier task of the same run, the last time it was done."""
        task = self.search(
            [
                ("instance_id", "=", instance.id),
                ("element_id.element_id", "=", rule.get("element")),
                ("state", "=", "done"),
            ],
            order="date_done desc, id desc",
            limit=1,
        )
        words = self.env._(
            "Whoever did “%(task)s”: %(who)s",
            task=task.name or rule.get("element"),
            who=task.done_by_id.name or self.env._("not done yet"),
        )
        return self._found(task.done_by_id, words)

    @api.model
    def _rule_role(self, rule, instance, data):
        """A field path on the record that ends at a user, or at a partner or employee
        who has one."""
        path = rule.get("role") or ""
        record = instance._get_record_or_none()
        users = self._users_of(self._walk(record, path))
        words = self.env._(
            "%(role)s: %(who)s",
            role=path_text(record, path) or self.env._("Role"),
            who=users[:1].name or self.env._("empty"),
        )
        return self._found(users, words)

    @api.model
    def _walk(self, record, path):
        """Follow a path of fields. :return: the last value; None if there is no such path"""
        value = record
        for name in filter(None, path.split(".")):
            if not isinstance(value, models.BaseModel) or name not in value._fields:
                return None
            value = value.sudo()[:1][name]
        return value

    @api.model
    def _users_of(self, value):
        """Users behind a value of a role: users, users of partners, of employees."""
        nobody = self.env["res.users"].sudo()
        if not isinstance(value, models.BaseModel) or not value:
            return nobody
        value = value.sudo()
        if value._name == "res.users":
            return value
        name = "user_ids" if value._name == "res.partner" else "user_id"
        if name in value._fields and value._fields[name].comodel_name == "res.users":
            return value.with_context(active_test=False)[name]
        return nobody

    # ------------------------------------------------------------ at once (HU-20)

    @api.model
    def _reassign_open(self, element):
        """Open tasks of an element go to whom its assignment names now.

        Votes keep their holders: who approves is decided when the approval begins. So do tasks
        that somebody took from the group named, and those that were passed on, or escalated,
        while the assignment names whom it named before.

        :return: the tasks that changed hands
        """
        moved = self.browse()
        for task in self._get_following(element):
            found = self._find_holder(task.instance_id, task.element_id)
            if task._stays_as_it_went(found):
                task.drawn_holder = found.key
                if found.group and task.user_id:
                    task.group_id = found.group
            elif found.user != task.user_id or found.group != task.group_id:
                task.write({"drawn_holder": found.key, "group_id": found.group.id})
                task._assign(found.user, found.why, substitution=found.substitution)
                moved |= task
        return moved

    @api.model
    def _get_following(self, elements):
        """Open tasks that follow the assignment of their elements."""
        return self.sudo().search(
            [("element_id", "in", elements.ids), ("state", "=", "todo"), ("is_vote", "=", False)]
        )

    @api.model
    def _get_kept(self, elements):
        """Open tasks that somebody has by choice of people, not by the assignment."""
        return self._get_following(elements).filtered(
            lambda task: task._stays_as_it_went(
                task._find_holder(task.instance_id, task.element_id)
            )
        )

    def _stays_as_it_went(self, found):
        """Whether people gave or took the task otherwise than the assignment says, and may.

        :param Holder found: whom the assignment names now
        """
        self.ensure_one()
        holder = self.user_id
        if holder == found.user and self.group_id == found.group:
            return False
        if holder and (not holder.active or holder == found.original):
            return False
        if holder and found.group and holder in found.group.sudo().all_user_ids:
            return True
        if self.drawn_holder:
            return self.drawn_holder == found.key
        # Made before it was kept whom the assignment named.
        return bool(holder) and self.original_user_id == (found.original or found.user)
