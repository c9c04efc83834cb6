"""Settings of one element that were changed by two from the same beginning."""

from .settings_words import KEYS

#: How an element reads: its settings, and its name beside them.
NAME = "name"
PARTS = (NAME, *KEYS)


def reading(name: str | bool | None, settings: dict | None) -> dict:
    """Name and settings of an element as one dict; what is not set is left out."""
    return {key: value for key, value in {NAME: name, **(settings or {})}.items() if value}


def merged(base: dict, mine: dict, theirs: dict) -> tuple[dict, list[str]]:
    """Both changes together, each setting for itself.

    :param base: the element as both saw it, see reading().
    :return: as it reads with both (with mine, where both changed the same), and the keys that
        both changed, each in another way.
    """
    result, clashes = {}, []
    for key in sorted({*base, *mine, *theirs}, key=_order):
        was, own, other = base.get(key), mine.get(key), theirs.get(key)
        if own == was:
            own = other
        elif other not in (was, own):
            clashes.append(key)
        if own:
            result[key] = own
    return result, clashes


def split(read: dict) -> tuple[str | bool, dict]:
    """Name and settings again, the other way round than reading()."""
    return read.get(NAME) or False, {key: value for key, value in read.items() if key != NAME}


def _order(key):
    return PARTS.index(key) if key in PARTS else len(PARTS)
