from odoo import api, fields, models


class BpmProcessTrigger(models.Model):
    """One way in which a process starts by itself."""

    _name = "bpm.process.trigger"
    _description = "Start of a Process"
    _order = "process_id, sequence, id"

    process_id = fields.Many2one("bpm.process", required=True, ondelete="cascade", index=True)
    model = fields.Char(related="process_id.model", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("create", "A record is created"),
            ("change", "A field changes"),
            ("time", "At a time"),
            ("message", "A message arrives"),
            ("signal", "A signal is given"),
        ],
        default="create",
        required=True,
    )
    domain = fields.Char(
        default="[]",
        help="Only for records that match; for a change, records that match afterwards and did "
        "not match before, unless fields are named.",
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        "bpm_process_trigger_field_rel",
        string="Fields",
        domain="[('model', '=', model), ('store', '=', True)]",
        help="For a change: the fields whose change starts the process, a stage for instance.",
    )
    interval_number = fields.Integer(default=1)
    interval_type = fields.Selection(
        [("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        default="days",
    )
    next_run = fields.Datetime(
        index=True, help="For a time: when it starts next, for each record that matches."
    )
    message_name = fields.Char(
        string="Message or Signal",
        index="btree_not_null",
        help="For a message or a signal: its name as other systems send it.",
    )
    summary = fields.Char(compute="_compute_summary", help="When it starts, in words.")

    @api.depends(
        "kind",
        "active",
        "domain",
        "field_ids",
        "interval_number",
        "interval_type",
        "next_run",
        "message_name",
    )
    def _compute_summary(self):
        for trigger in self:
            trigger.summary = trigger._describe()

    def _describe(self):
        if self.kind == "message":
            return self.env._("message “%s”", self.message_name or "?")
        if self.kind == "signal":
            return self.env._("signal “%s”", self.message_name or "?")
        some = self.domain and self.domain.strip() not in ("[]", "")
        which = self.env._("matching records") if some else self.env._("every record")
        if self.kind == "change":
            names = ", ".join(self.sudo().field_ids.mapped("field_description"))
            return self.env._(
                "%(which)s, when %(fields)s changes", which=which, fields=names or self.env._("it")
            )
        if self.kind == "time":
            units = dict(self._fields["interval_type"]._description_selection(self.env))
            return self.env._(
                "every %(number)s %(unit)s",
                number=self.interval_number,
                unit=units.get(self.interval_type, "").lower(),
            )
        return which
