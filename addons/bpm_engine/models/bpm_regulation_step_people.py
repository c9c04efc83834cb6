from collections import namedtuple

from odoo import models

from ..lib.stage_people import LEADER_PATHS
from .bpm_sight_words import path_text


class Holder(namedtuple("Holder", "user why substitution")):
    """Who gets a step, why, and the absence because of which it is not somebody else."""

    __slots__ = ()

    def prepare_values(self):
        """Values of the steps of this person."""
        return {
            "user_id": self.user.id,
            "why": self.why,
            "substitution_id": self.substitution.id,
        }


class BpmRegulationStep(models.Model):
    """Who gets a step: never nobody, and always with a reason in words."""

    _inherit = "bpm.regulation.step"

    def _get_people(self, records, kind=None):
        """{record id: Holder}; in bulk.

        :param kind: of the assignment, if it is to be another than that of the step.
        """
        self.ensure_one()
        records = records.sudo()
        found = getattr(self, f"_get_people_{kind or self.assign_kind}")(records)
        owner = self.stage_id.version_id.regulation_id._get_active_owner()
        people = [user for user, _why in found.values() if user]
        absences = self._get_absences(self.env["res.users"].sudo().union(*people))
        holders = {}
        for record in records:
            company = _get_company(record)
            user, why = self._settle(*found.get(record.id, (None, "")), owner, company)
            holders[record.id] = self._stand_in(user, why, absences, company)
        return holders

    def _settle(self, user, why, owner, company):
        """The person, or the owner of the regulation: whoever does not work in the company of
        the record could not even see it."""
        if not user or user.share:
            return owner, self.env._("%s: nobody there, so the owner of the regulation", why)
        if not user.active:
            text = self.env._("%(why)s: %(user)s has left, so the owner of the regulation",
                              why=why, user=user.name)  # fmt: skip
            return owner, text
        if company and company not in user.company_ids:
            text = self.env._(
                "%(why)s: %(user)s does not work in %(company)s, so the owner of the regulation",
                why=why,
                user=user.name,
                company=company.name,
            )
            return owner, text
        return user, why

    def _get_absences(self, people):
        """{absent person: absences that hold today}, of these people and of their substitutes."""
        found, asked = {}, people.browse()
        while people:
            current = self.env["bpm.substitution"]._get_current(people)
            current = current.filtered(lambda absence: absence._is_for_steps())
            found |= current.grouped("user_id")
            asked |= people
            people = current.substitute_id - asked
        return found

    def _stand_in(self, user, why, absences, company):
        """Holder: the person, or whoever stands in for an absent one and works in the company."""
        first, seen = self.env["bpm.substitution"], user
        while user in absences:
            absence = absences[user].filtered(
                lambda a, seen=seen: a._is_for_steps(company) and a.substitute_id not in seen
            )[:1]
            if not absence:
                break
            why = self.env._("%(why)s: stands in for %(user)s", why=why, user=user.name)
            first = first or absence
            user = absence.substitute_id
            seen |= user
        return Holder(user, why, first)

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
        group = self.sudo().assign_group_id.name
        why = self.env._("Fewest open steps in %s", group)
        open_steps = self._get_load(members)
        load = {user: open_steps.get(user, 0) for user in members}
        found = {}
        for record in records:
            company = _get_company(record)
            able = [user for user in load if not company or company in user.company_ids]
            found[record.id] = (members.browse(), group)
            if able:
                user = min(able, key=lambda person: (load[person], person.id))
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


def _get_company(record):
    """The record's company, empty if it is everybody's."""
    return "company_id" in record._fields and record.company_id
