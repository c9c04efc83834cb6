"""Two managers on one version in use: what the other changed meanwhile stays."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib.settings_merge import NAME, merged, reading, split
from ..lib.settings_words import words


class BpmElement(models.Model):
    _inherit = "bpm.element"

    def _prepare_seen_values(self, name, settings, seen):
        """What to write, so that only what the person changed is changed.

        :param seen: {"name": .., "settings": ..} as they stood when the person began.
        :return: values of name and settings; {} when nothing differs from what stands there.
        :raise UserError: somebody changed the same in another way meanwhile.
        """
        self.ensure_one()
        base = reading(seen.get("name"), seen.get("settings"))
        name = base.get(NAME) if name is None else name
        # In the types of the engine: a browser sends numbers as text.
        mine = reading(name, self.version_id._read_hot(self, name, settings))
        now = reading(self.name, self.settings)
        both, clashes = merged(base, mine, now)
        if clashes:
            raise UserError(self._tell_clash(clashes, now))
        if both == now:
            return {}
        name, settings = split(both)
        return {"name": name, "settings": settings}

    def _tell_clash(self, clashes, now):
        stands = [
            self.env._(
                "• %(what)s, now: %(value)s",
                what=self._part_label(key),
                value=self._part_words(key, now),
            )
            for key in clashes
        ]
        return self.env._(
            "%(person)s changed “%(element)s” at %(time)s, after you had opened it:\n%(list)s\n"
            "Applying yours would undo that, so nothing was applied. Drop your changes to see what "
            "stands there now, then change it again.",
            person=self.sudo().changed_by_id.name or self.env._("Somebody"),
            element=self.display_name,
            time=format_datetime(self.env, self.changed_at, dt_format="short"),
            list="\n".join(stands),
        )

    def _part_label(self, key):
        """A part of an element's settings as the panel of the designer calls it."""
        _ = self.env._
        labels = {
            NAME: _("title"),
            "assignment": _("who does it"),
            "deadline": _("until when"),
            "escalation": _("when it is late"),
            "approval": _("who decides together"),
            "outcomes": _("answers"),
            "fields": _("fields to fill in"),
            "action": _("action"),
            "instruction": _("instruction"),
        }
        return labels.get(key, key)

    def _part_words(self, key, read):
        return read.get(NAME) or "-" if key == NAME else words(key, read.get(key))
