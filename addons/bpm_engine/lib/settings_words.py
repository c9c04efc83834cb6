"""Settings of an element in short words, for logs and comparisons."""

KEYS = (
    "assignment",
    "deadline",
    "escalation",
    "approval",
    "outcomes",
    "fields",
    "action",
    "instruction",
)


def words(key: str, value) -> str:
    """One setting as a person reads it: "user anna", "2 day (working)"."""
    if not value:
        return "-"
    return _WORDS.get(key, str)(value)


def differences(old: dict, new: dict) -> list[tuple[str, str, str]]:
    """(key, before, after) of each setting that differs."""
    return [
        (key, words(key, (old or {}).get(key)), words(key, (new or {}).get(key)))
        for key in KEYS
        if ((old or {}).get(key) or None) != ((new or {}).get(key) or None)
    ]


def _who(value):
    who = value.get("user") or value.get("group") or value.get("role") or value.get("element")
    return " ".join(part for part in (value.get("kind"), who) if part)


def _deadline(value):
    if value.get("path"):
        text = f"record.{value['path']}"
    else:
        amount = value.get("amount")
        number = f"{amount:g}" if isinstance(amount, float) else str(amount)
        text = f"{number} {value.get('unit') or 'hour'} ({value.get('basis') or 'calendar'})"
    return text + (f", remind {value['remind']:g} h before" if value.get("remind") else "")


def _escalation(value):
    text = f"{value.get('action') or 'notify'} {_who(value)}"
    return text + (f", again every {value['again']:g} h" if value.get("again") else "")


def _approval(value):
    people = ", ".join(_who(approver) for approver in value.get("approvers") or [])
    return f"{value.get('mode') or 'any'}, {value.get('order') or 'parallel'}: {people}"


def _action(value):
    given = ", ".join(f"{name}={text}" for name, text in (value.get("parameters") or {}).items())
    return f"{value.get('name')} ({given})" if given else str(value.get("name"))


_WORDS = {
    "assignment": _who,
    "escalation": _escalation,
    "deadline": _deadline,
    "approval": _approval,
    "outcomes": lambda value: ", ".join(item.get("label") or item.get("key") for item in value),
    "fields": lambda value: ", ".join(
        item.get("name", "") + ("*" if item.get("required") else "") for item in value
    ),
    "action": _action,
}
