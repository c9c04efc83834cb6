from odoo import api, fields, models

from ..lib.plural import plural_text
from .bpm_regulation_scope import SCOPE_FIELDS

#: So many records are named.
NAMED = 5


class BpmRegulation(models.Model):
    """Before it is saved: which records a changed condition brings in, and which it lets go."""

    _inherit = "bpm.regulation"

    scope_change = fields.Char(
        compute="_compute_scope_change",
        help="What saving it as it stands now does to open records.",
    )

    @api.depends("domain", "company_id", "sequence", "active")
    def _compute_scope_change(self):
        for regulation in self:
            saved = regulation._origin
            in_force = saved.active and saved.sudo().published_version_id
            differs = any(regulation[name] != saved[name] for name in SCOPE_FIELDS)
            told = bool(in_force and differs)
            regulation.scope_change = told and regulation._describe_scope_change()

    def _describe_scope_change(self):
        """How many open records come in and go out, with the first of them by name."""
        try:
            before, after = self._origin._find_own(), self._find_own()
        except (ValueError, KeyError):
            # Half a condition: said when it is saved.
            return False
        # pylint: disable=translation-positional-used; forms of one number, see lib/plural.py
        coming = self._describe_scope_side(
            after - before,
            self.env._(
                "When it is saved, %s open record comes under it at once|"
                "When it is saved, %s open records come under it at once"
            ),
        )
        going = self._describe_scope_side(
            before - after,
            self.env._(
                "When it is saved, %s open record leaves it at once, and its open steps are "
                "withdrawn|When it is saved, %s open records leave it at once, and their open "
                "steps are withdrawn"
            ),
        )
        return " ".join(filter(None, [coming, going])) or self.env._(
            "Saving it changes nothing for the open records."
        )

    def _find_own(self):
        """Open records that this regulation applies to, or would if it were saved as it is."""
        regulation = self.sudo()
        version = regulation._origin.published_version_id
        records = self.env[regulation.model].sudo()
        if not regulation.active:
            return records
        open_records = self.env["bpm.stage.case"]._get_open_domain(version)
        return regulation._filter_own(
            records.search(regulation._get_record_domain() & open_records)
        )

    def _describe_scope_side(self, records, forms):
        if not records:
            return ""
        text = plural_text(self.env, forms, len(records))
        known = records[:NAMED].sudo(False)._filtered_access("read").mapped("display_name")
        if not known:
            return f"{text}."
        return f"{text}: {', '.join(known)}{', …' if len(records) > len(known) else '.'}"
