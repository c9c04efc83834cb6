from odoo import api, fields, models
from odoo.exceptions import AccessError


class BpmCatalogueMixin(models.AbstractModel):
    """Something ready that addons bring, to be used and changed (AT-07, AL-02).

    Using it makes an ordinary record of its own; nothing that is changed there is ever
    overwritten by an update, and the catalogue keeps the original.
    """

    _name = "bpm.catalogue.mixin"
    _description = "Entry of a Catalogue"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Char(translate=True)
    description = fields.Text(translate=True)
    people = fields.Char(translate=True, help="Who takes part in it.")
    model = fields.Char(
        string="Made For",
        help="Technical name of the kind of record it is meant for; empty: any, chosen when it "
        "is used.",
    )
    model_id = fields.Many2one("ir.model", compute="_compute_model_id")
    purpose = fields.Text(compute="_compute_purpose", help="The description, as people read it.")

    @api.depends("model")
    def _compute_model_id(self):
        """The kind of record, if the addon that brings it is installed."""
        for entry in self:
            known = entry.model in self.env
            entry.model_id = known and self.env["ir.model"]._get(entry.model)

    @api.depends("description")
    def _compute_purpose(self):
        for entry in self:
            entry.purpose = entry._get_description()

    def _get_description(self):
        """What it is for, without the line ends of the file it came in."""
        return " ".join((self.description or "").split())

    def _get_use_action(self, wizard):
        """Opens the dialog that makes something of this entry.

        :raise AccessError: only those who draw processes do.
        """
        self.ensure_one()
        if not self.env.user.has_group("bpm_engine.group_designer"):
            raise AccessError(
                self.env._(
                    "Using something ready is for those who draw processes. Ask one of them."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use “%s”", self.name),
            "res_model": wizard,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_template_id": self.id},
        }
