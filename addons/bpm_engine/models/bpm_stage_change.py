from odoo import fields, models


class BpmStageChange(models.Model):
    """History of a record's stages: from, to, who, when, comment, short status, override.

    Only ever added to: whoever passed the rules over cannot wipe it out.
    """

    _name = "bpm.stage.change"
    _description = "Change of a Stage"
    _inherit = ["bpm.history.mixin"]
    _order = "id desc"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    record_name = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    regulation_id = fields.Many2one("bpm.regulation", ondelete="set null", index=True)
    version_id = fields.Many2one("bpm.regulation.version", ondelete="set null", index=True)
    from_value = fields.Char(readonly=True)
    from_name = fields.Char(readonly=True)
    to_value = fields.Char(readonly=True)
    to_name = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    days = fields.Float(readonly=True, help="Working days the record stood in the stage it left.")
    comment = fields.Text(readonly=True)
    status_id = fields.Many2one(
        "bpm.stage.status", readonly=True, string="Short Status", ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("normal", "By the rules"),
            ("override", "Override"),
            ("bypass", "Bypass of another program"),
        ],
        default="normal",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why it was overridden, or which program passed.")
    missing = fields.Json(readonly=True, help="What was missing when it was overridden.")

    _record_idx = models.Index("(res_model, res_id, id)")
    _at_idx = models.Index("(res_model, at)")

    def _get_purge_refusal(self):
        return self.env._("The history of stages cannot be changed or deleted.")

    def _describe_for_client(self):
        self.ensure_one()
        return {
            "id": self.id,
            "at": fields.Datetime.to_string(self.at),
            "user": [self.user_id.id, self.user_id.name],
            "from": self.from_name or "",
            "to": self.to_name or "",
            "days": self.days,
            "comment": self.comment or "",
            "status": self.status_id.name or "",
            "kind": self.kind,
            "reason": self.reason or "",
            "missing": [item["name"] for item in self.missing or ()],
        }
