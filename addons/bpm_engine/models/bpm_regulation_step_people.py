from odoo import models

from ..lib.stage_people import LEADER_PATHS
from .bpm_sight_words import path_text


class BpmRegulationStep(models.Model):
    """Who gets a step: never nobody, and always with a reason in words."""

    _inherit = "bpm.regulation.step"

    def _get_people(self, records):
        """{record id: (user, why)}; in bulk."""
        self.ensure_one()
        records = records.sudo()
        found = getattr(self, f"_get_people_{self.assign_kind}")(records)
        owner = self.stage_id.version_id.regulation_id._get_active_owner()
        stand_ins = self._get_stand_ins({user.id for user, _why in found.values() if user})
        return {
            record.id: self._settle(*found.get(record.id, (None, "")), owner, stand_ins)
            for record in records
        }

    def _settle(self, user, why, owner, stand_ins):
        """The person, the stand-in of an absent one, or the owner of the regulation."""
        if not user or user.share:
            return owner, self.env._("%s: nobody there, so the owner of the regulation", why)
        if not user.active:
            text = self.env._("%(why)s: %(user)s has left, so the owner of the regulation",
                              why=why, user=user.name)  # fmt: skip
            return owner, text
        if user.id in stand_ins:
            text = self.env._("%(why)s: stands in for %(user)s", why=why, user=user.name)
            return stand_ins[user.id], text
        return user, why

    def _get_stand_ins(self, user_ids):
        """{absent user's id: who stands in today}"""
        today = self.env["bpm.substitution"].sudo()._fields["date_from"].context_today(self)
        absences = (
            self.env["bpm.substitution"]
            .sudo()
            .search(
                [
                    ("user_id", "in", list(user_ids)),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                    ("process_ids", "=", False),
                ]
            )
        )
        return {a.user_id.id: a.substitute_id for a in absences if a.substitute_id.active}

    def _get_people_responsible(self, records):
        people = records._get_stage_responsible()
        return {id_: (user, self.env._("Responsible")) for id_, user in people.items()}

    def _get_people_role(self, records):
        why = path_text(records, self.assign_path or "") or self.env._("Role")
        return {record.id: (self._walk(record, self.assign_path), why) for record in records}

    def _get_people_leader(self, records):
        why = self.env._("Leader of the team")
        return {record.id: (self._walk(record, *LEADER_PATHS), why) for record in records}

    def _get_people_user(self, records):
        user = self.sudo().assign_user_id
        return dict.fromkeys(records.ids, (user, self.env._("Named in the regulation")))

    def _get_people_mover(self, records):
        return dict.fromkeys(records.ids, (self.env.user, self.env._("Brought it to the stage")))

    def _get_people_group(self, records):
        """Each goes to the member with the fewest open steps; everybody of the group may do it."""
        members = self.sudo().assign_group_id.all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        why = self.env._("Fewest open steps in %s", self.sudo().assign_group_id.name)
        open_steps = self._get_load(members)
        load = {user: open_steps.get(user, 0) for user in members}
        found = {}
        for record in records if members else ():
            user = min(load, key=lambda person: (load[person], person.id))
            load[user] += 1
            found[record.id] = (user, why)
        return found

    def _get_load(self, users):
        groups = (
            self.env["bpm.stage.case.step"]
            .sudo()
            ._read_group(
                [("user_id", "in", users.ids), ("state", "=", "todo")], ["user_id"], ["__count"]
            )
        )
        return dict(groups)

    def _walk(self, record, *paths):
        """The first user at the end of one of the paths, through a partner if need be."""
        for path in paths:
            found = record
            for name in path.split("."):
                if name not in found._fields or found._fields[name].comodel_name is None:
                    found = None
                    break
                found = found[name][:1]
            if found is not None and found._name == "res.partner":
                found = found.user_ids[:1]
            if found is not None and "user_id" in found._fields and found._name != "res.users":
                found = found.user_id
            if found is not None and found._name == "res.users" and found:
                return found
        return self.env["res.users"]
