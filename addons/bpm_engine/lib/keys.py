"""Technical keys from names as people write them."""

import re
import unicodedata

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        [*"abvgdee", "zh", *"ziyklmnoprstufh", "ts", "ch", "sh", "sch", "", "y", "", "e"]
        + ["yu", "ya", "i", "yi", "ye", "g"],
        strict=True,
    )
)
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
MAX_LENGTH = 60


def key_of(name: str, fallback: str = "process") -> str:
    """A short technical key of a name: "Visa: оплата" -> "visa_oplata"."""
    text = "".join(_CYRILLIC.get(letter, letter) for letter in (name or "").lower())
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:MAX_LENGTH].rstrip("_")
    return f"p_{text}" if text[:1].isdigit() else text or fallback


def free_key(wanted: str, taken: set[str]) -> str:
    """The key itself, or with the first free number behind it."""
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}_{number}", number + 1
    return key
