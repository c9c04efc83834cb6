"""What several regulations share: external ids, the ends of a way."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CALL = "mail.mail_activity_data_call"
MEETING = "mail.mail_activity_data_meeting"
LETTER = "mail.mail_activity_data_email"
TODO = "mail.mail_activity_data_todo"
UPLOAD = "mail.mail_activity_data_upload_document"

WON = {
    "key": "won",
    "name": _lt("Won"),
    "is_final": True,
    "create": {"is_won": True, "sequence": 70},
}
LOST = {"key": "lost", "name": _lt("Lost"), "value": "lost", "is_final": True, "is_lost": True}
