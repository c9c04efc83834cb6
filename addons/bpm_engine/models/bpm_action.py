from odoo import api, fields, models


class BpmAction(models.Model):
    """Something a service task may do: the whitelist, kept by a manager.

    Authors of diagrams can only name an action of this list; what it may touch and
    with whose rights it runs is decided here.
    """

    _name = "bpm.action"
    _description = "Action of Processes"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, copy=False, help="Name by which diagrams refer to it.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("activity", "Plan an activity"),
            ("set", "Set fields"),
            ("stage", "Move to a stage"),
            ("mail", "Send an e-mail"),
            ("message", "Post a message"),
            ("record", "Create a record"),
            ("server", "Run a server action"),
            ("process", "Start a process"),
            ("event", "Send a message to waiting processes"),
        ],
        required=True,
        default="message",
    )
    description = fields.Text(translate=True, help="What it does, for the author of a diagram.")
    model_id = fields.Many2one(
        "ir.model", string="For", ondelete="cascade", help="Empty: any kind of record."
    )
    model = fields.Char(related="model_id.model", store=True)
    is_async = fields.Boolean(
        string="In the Background",
        help="Runs in a job after the step, with retries: for all that leaves this system.",
    )
    max_tries = fields.Integer(default=5)
    run_as_user_id = fields.Many2one("res.users", help="Empty: as the process says.")
    activity_type_id = fields.Many2one("mail.activity.type")
    template_id = fields.Many2one("mail.template")
    server_action_id = fields.Many2one("ir.actions.server")
    target_model_id = fields.Many2one("ir.model", string="Creates", ondelete="cascade")
    started_process_id = fields.Many2one("bpm.process", string="Starts")
    value_ids = fields.One2many("bpm.action.value", "action_id", copy=True)

    _key_uniq = models.UniqueIndex("(key)", "Another action has this key already.")

    @api.model
    @api.readonly
    def name_references(self, texts):
        """Names of records that addons bring, for people who read a diagram.

        :param list texts: external ids such as "crm.stage_lead2"
        :return: {text: name of the record}, of those that exist and that the reader may see
        """
        names = {}
        for text in texts[:50]:
            record = self.env.ref(text, raise_if_not_found=False) if "." in text else None
            if record and record.has_access("read"):
                names[text] = record.display_name
        return names
