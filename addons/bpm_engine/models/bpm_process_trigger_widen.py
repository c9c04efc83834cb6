"""On a process in use managers widen what starts it; designers switch off and narrow."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.orm.domains import DomainAnd

#: What a designer leaves as it is in a start of a process in use.
FIXED = ("process_id", "kind", "message_name", "interval_number", "interval_type", "next_run")
#: Settings of a process on which it depends who starts it, how often and on what.
REACH = ("active", "start_by_hand", "one_per_record", "group_ids", "model_id", "company_id")


class BpmProcessTrigger(models.Model):
    _inherit = "bpm.process.trigger"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: a designer adds a start to a process in use."""
        triggers = super().create(vals_list)
        if not self.env["bpm.process"]._may_widen_starts():
            triggers._filter_in_use()._refuse_wider()
        return triggers

    def write(self, vals):
        """:raise AccessError: a designer lets a process in use start more often than before."""
        if self.env["bpm.process"]._may_widen_starts():
            return super().write(vals)
        before = {trigger.id: trigger._get_start_reach() for trigger in self._filter_in_use()}
        result = super().write(vals)
        # One that was moved to a process in use is new there.
        wider = self._filter_in_use().filtered(
            lambda trigger: trigger.id not in before or not trigger._is_within(before[trigger.id])
        )
        wider._refuse_wider()
        return result

    def _filter_in_use(self):
        in_use = self.sudo().process_id._filter_in_use()
        return self.filtered(lambda trigger: trigger.sudo().process_id in in_use)

    def _refuse_wider(self):
        if self:
            raise AccessError(
                self.env._(
                    "“%(process)s” is in use: only a process manager adds or widens what starts "
                    "it. You may switch a start off, or add conditions that leave records out.",
                    process=self[0].sudo().process_id.name,
                )
            )

    def _get_start_reach(self):
        """When and on what it starts, comparable with _is_within()."""
        trigger = self.sudo()
        domain = trigger._get_domain()
        return {
            "fixed": [trigger[name] for name in FIXED],
            "active": trigger.active,
            "fields": set(trigger.field_ids.ids),
            "none": domain.is_false(),
            "conditions": _get_conditions(domain),
        }

    def _is_within(self, before):
        """Whether it starts on no more than before, as far as can be read off its settings.

        :param before: what _get_start_reach() gave then.
        """
        now = self._get_start_reach()
        if now["fixed"] != before["fixed"] or (now["active"] and not before["active"]):
            return False
        fewer = now["fields"] and now["fields"] <= before["fields"]
        if not fewer and now["fields"] != before["fields"]:
            return False
        if self.kind == "change" and not now["fields"]:
            # It starts where a record comes to match: under other conditions others do.
            return now["conditions"] == before["conditions"]
        return now["none"] or all(one in now["conditions"] for one in before["conditions"])


def _get_conditions(domain):
    """What must hold all together; nothing where every record matches."""
    if domain.is_true():
        return []
    return list(domain.children) if isinstance(domain, DomainAnd) else [domain]


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def write(self, vals):
        """:raise AccessError: a designer widens who starts a process in use, or on what."""
        if self._may_widen_starts() or not set(REACH) & set(vals):
            return super().write(vals)
        before = [(process, process._get_start_reach()) for process in self._filter_in_use()]
        result = super().write(vals)
        for process, reach in before:
            process._refuse_wider([name for name in REACH if not process._keeps(name, reach)])
        return result

    @api.model
    def _may_widen_starts(self):
        return self.env.su or self.env.user.has_group("bpm_engine.group_manager")

    def _filter_in_use(self):
        """Those with a version in use, whatever their own row says."""
        versions = self.env["bpm.process.version"].sudo()
        domain = [("process_id", "in", self.ids), ("state", "=", "published")]
        groups = versions._read_group(domain, ["process_id"])
        return self.browse([process.id for (process,) in groups])

    def _get_start_reach(self):
        process = self.sudo()
        return {name: process[name] for name in REACH}

    def _keeps(self, name, before):
        """Whether a setting lets nobody and nothing more start it than before."""
        old, new = before[name], self.sudo()[name]
        if new == old:
            return True
        if name == "group_ids":
            # Without groups: all who work in processes.
            allowed = old or self.env.ref("bpm_engine.group_user").sudo()
            return bool(new) and all(group.all_implied_ids & allowed for group in new)
        if name == "one_per_record":
            return new
        if name == "company_id":
            return not old
        return name in ("active", "start_by_hand") and not new

    def _refuse_wider(self, names):
        if names:
            labels = self.fields_get(names, ["string"])
            raise AccessError(
                self.env._(
                    "“%(process)s” is in use: only a process manager may change “%(fields)s” so "
                    "that more people start it, or on more records.",
                    process=self.sudo().name,
                    fields="”, “".join(labels[name]["string"] for name in names),
                )
            )
