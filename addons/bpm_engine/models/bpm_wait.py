from odoo import fields, models
from odoo.tools import SQL


class BpmWait(models.Model):
    """What a running process waits for: a moment, a message or a signal."""

    _name = "bpm.wait"
    _description = "Wait of a Process"
    _order = "due, id"
    _rec_name = "name"

    instance_id = fields.Many2one("bpm.instance", required=True, ondelete="cascade", index=True)
    element_id = fields.Many2one("bpm.element", ondelete="set null")
    token = fields.Char()
    kind = fields.Selection(
        [("timer", "Time"), ("message", "Message"), ("signal", "Signal")], required=True
    )
    name = fields.Char(help="Name of the message or signal.")
    due = fields.Datetime()
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    _name_idx = models.Index("(kind, name, res_model, res_id)")

    def _drop(self):
        """Take away waits that are over, at every step of a process.

        Nothing refers to a wait, so the search for what does, seven queries and an empty
        cache, is spared.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(SQL("DELETE FROM bpm_wait WHERE id IN %s", tuple(self.ids)))
        self.env["bpm.instance"].invalidate_model(["wait_ids"], flush=False)
        self.invalidate_recordset(flush=False)
