from odoo.exceptions import UserError


class StageRefused(UserError):
    """A record may not change its stage; says what is missing and what cures it.

    The text is for people and for programs that only show texts. ``context`` travels to
    the web client with the error (``error.data.context.bpm_stage``): a list of
    ``{"id", "name", "from", "to", "missing": [item, ...]}``, one per refused record; items
    are described at ``bpm.regulation.why_not``.
    """

    def __init__(self, message, refusals=()):
        super().__init__(message)
        self.context = {"bpm_stage": list(refusals)}
