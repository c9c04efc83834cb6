"""What is wrong with a decision of several people as it is drawn."""

from .words import told as _

#: What answers may mean; with "neutral" one agrees, with a remark.
_MEANINGS = {"positive", "neutral", "negative"}


def approval_problems(settings):
    """(code, text) of each flaw of an approval; of its answers those drawn by hand.

    An answer whose meaning nobody gave would count as an approval whatever its button says,
    and a refusal would pass as consent.

    :param dict settings: of a task with an ``approval``.
    """
    approval = settings["approval"]
    approvers = approval["approvers"]
    if not approvers:
        yield "no_approvers", _("nobody approves. Add at least one approver.")
    yield from _quorum_problems(approval, approvers)
    yield from _answer_problems(settings.get("outcomes") or [])


def _quorum_problems(approval, approvers):
    quorum = approval.get("quorum")
    if approval.get("mode") != "quorum":
        return
    if not (isinstance(quorum, int) and 0 < quorum):
        yield "quorum", _("say how many approvals are enough.")
    elif quorum > len(approvers) and all(one.get("kind") == "user" for one in approvers):
        yield (
            "quorum",
            _(
                "%(wanted)s approvals are wanted but only %(count)s persons approve.",
                wanted=quorum,
                count=len(approvers),
            ),
        )


def _answer_problems(outcomes):
    unclear = [one for one in outcomes if one.get("style") not in _MEANINGS]
    for one in unclear:
        yield (
            "answer_meaning",
            _(
                "several people decide, so say of the answer “%(answer)s” whether it means yes "
                "or no.",
                answer=one.get("label") or one.get("key") or "",
            ),
        )
    if not outcomes or unclear:
        return
    refusing = [one for one in outcomes if one["style"] == "negative"]
    if not refusing:
        yield (
            "no_refusal",
            _("several people decide, but no answer refuses. Mark the one that means no."),
        )
    elif len(refusing) == len(outcomes):
        yield (
            "no_consent",
            _("several people decide, but every answer refuses. Mark the one that means yes."),
        )
