from odoo import fields, models


class MailActivity(models.Model):
    """Calls planned by the nightly sweep, and the result every call must have."""

    _inherit = "mail.activity"

    call_reason = fields.Selection(
        [
            ("recession", "Recession"),
            ("monitoring", "Monitoring"),
            ("promised", "Promised"),
            ("next_step", "No next step"),
        ],
        index="btree_not_null",
        help="Why the call was planned. Such an activity is closed with a result.",
    )
    call_result = fields.Selection(
        [
            ("reached", "Reached"),
            ("order", "Will order"),
            ("no_answer", "No answer"),
            ("callback", "Call back later"),
            ("refused", "Refused"),
            ("obsolete", "No longer needed"),
        ],
        copy=False,
    )
    recession_alert_id = fields.Many2one(
        "crm.recession.alert", ondelete="set null", index="btree_not_null"
    )
    nightly_run_id = fields.Many2one(
        "crm.nightly.run", ondelete="set null", index="btree_not_null"
    )

    # One open call a customer and reason: two servers that fire at once
    # cannot plan it twice.
    _one_open_call_uniq = models.UniqueIndex(
        "(res_id, call_reason) WHERE call_reason IN ('monitoring', 'recession', 'next_step') "
        "AND active IS TRUE AND res_model = 'res.partner'",
        "This call is planned already.",
    )
