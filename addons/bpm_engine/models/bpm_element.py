from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.markup import lines_of
from ..lib.settings_words import KEYS, differences

#: What may change on a published version at once; all else is structure.
_HOT = {"name", "settings"}


class BpmElement(models.Model):
    """An element of a version's diagram with its changeable properties.

    ``settings`` holds who, until when, outcomes, form fields, texts and action
    parameters, first as drawn, later as changed at once by a manager (HU-20).
    """

    _name = "bpm.element"
    _description = "Element of a Process"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "bpm.process.version", required=True, ondelete="cascade", index=True
    )
    process_id = fields.Many2one(related="version_id.process_id", store=True, index=True)
    element_id = fields.Char(required=True, string="Id in the Diagram")
    type = fields.Char(required=True, help="BPMN name: userTask, exclusiveGateway ...")
    event_kind = fields.Char(help="timer, message, signal, error ... for events.")
    name = fields.Char()
    lane = fields.Char()
    parent_element_id = fields.Char(help="The sub-process it lies in.")
    sequence = fields.Integer(help="Order along the flow.")
    settings = fields.Json(default=dict)
    drawn_settings = fields.Json(readonly=True, help="As published; to compare and to undo.")
    changed_by_id = fields.Many2one("res.users", readonly=True)
    changed_at = fields.Datetime(readonly=True)
    summary = fields.Char(compute="_compute_summary", help="Its settings in one line.")

    _element_uniq = models.UniqueIndex(
        "(version_id, element_id)", "An element stands once in a version."
    )

    def _compute_display_name(self):
        for element in self:
            element.display_name = element.name or element.element_id

    def _get_action_settings(self):
        """Which action it runs, with which parameters: {} if none is named."""
        return (self.settings or {}).get("action") or {}

    def _compute_summary(self):
        for element in self:
            said = differences({}, element.settings)
            element.summary = " · ".join(after for _key, _before, after in said)

    @api.model_create_multi
    def create(self, vals_list):
        """What is kept of elements is read anew."""
        elements = super().create(vals_list)
        elements.version_id._touch()
        return elements

    def unlink(self):
        """See create()."""
        versions = self.version_id
        result = super().unlink()
        versions._touch()
        return result

    def write(self, vals):
        """Hot changes are for managers, checked, stamped and told in the version's chatter.

        :raise AccessError: not a manager, or another field than name and settings.
        :raise UserError: the new settings do not fit; names what and the cure.
        """
        hot = _HOT & set(vals)
        if not self.env.su and set(vals) - _HOT:
            raise AccessError(
                self.env._("Only name and settings of an element can be changed here.")
            )
        if not hot:
            result = super().write(vals)
            self.version_id._touch()
            return result
        self.check_access("write")
        stamp = {"changed_by_id": self.env.uid, "changed_at": fields.Datetime.now()}
        for element in self:
            name, old = element.name, element.settings or {}
            super(BpmElement, element).write({**element._prepare_hot_values(vals), **stamp})
            element._log_change(name, old)
        self.sudo().version_id._touch()
        self._reword_open_tasks()
        return True

    def _prepare_hot_values(self, vals):
        """The new values, checked, and in the form in which the engine reads settings."""
        new = vals.get("settings", self.settings) or {}
        self._check_structure_kept(self.settings or {}, new)
        settings = self.version_id._check_hot(self, vals.get("name", self.name), new)
        return {**vals, "settings": settings}

    def _check_structure_kept(self, old, new):
        """Outcome keys and the action itself are structure: flows and rights hang on them."""
        unknown = set(new) - set(KEYS)
        if unknown:
            raise UserError(self.env._("Unknown settings: %s.", ", ".join(sorted(unknown))))
        same_keys = self._outcome_keys(old) == self._outcome_keys(new)
        same_action = (old.get("action") or {}).get("name") == (new.get("action") or {}).get("name")
        if not same_keys or not same_action:
            raise UserError(
                self.env._(
                    "“%(element)s”: outcomes can be renamed at once, but not added or removed, "
                    "and the action cannot be replaced: flows depend on them. Draw this in a new "
                    "draft.",
                    element=self.display_name,
                )
            )

    def _outcome_keys(self, settings):
        return {outcome.get("key") for outcome in settings.get("outcomes") or []}

    def _log_change(self, old_name, old_settings):
        lines = [
            self.env._("%(what)s: %(before)s → %(after)s", what=key, before=before, after=after)
            for key, before, after in differences(old_settings, self.settings)
        ]
        if (old_name or "") != (self.name or ""):
            lines.insert(0, self.env._("name: %(old)s → %(new)s", old=old_name, new=self.name))
        if lines:
            title = self.env._("“%s” changed, in effect at once", old_name or self.element_id)
            self.version_id.sudo()._message_log(body=lines_of(title, lines), author_id=self._me())

    def _me(self):
        return self.env.user.partner_id.id

    def action_reset(self):
        """Back to what was drawn and published."""
        for element in self:
            element.write({"settings": element.drawn_settings or {}})
