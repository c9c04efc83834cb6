"""What the columns of a table mean, guessed from their headings and first values."""

import re


def heading_words(header):
    """A heading in small letters, all punctuation between words read as a space.

    >>> heading_words("Сумма_док., руб")
    'сумма док руб'
    """
    return " ".join(re.split(r"[\s_\-./,:№#]+", str(header).lower())).strip()


def guess_columns(words, headers, samples=(), parsers=None):
    """{target: column index}; a target that no heading names is left out.

    :param words: {target: headings, the surest first}, in the order of guessing
    :param samples: some rows of cells
    :param parsers: {target: function that must read at least one of its cells}
    """
    mapping = {}
    for surest in (True, False):
        for target in words:
            if target not in mapping:
                parse = (parsers or {}).get(target)
                taken = mapping.values()
                index = _guess_column(words[target], headers, samples, taken, surest, parse)
                if index is not None:
                    mapping[target] = index
    return mapping


def _guess_column(words, headers, samples, taken, surest, parse):
    for word in words:
        for index, header in enumerate(headers):
            text = heading_words(header)
            found = text == word if surest else re.search(rf"\b{word}", text)
            if found and index not in taken and _fits(parse, index, samples):
                return index
    return None


def _fits(parse, index, samples):
    cells = [row[index] for row in samples if row[index] not in (None, "")]
    return not parse or not cells or any(_parses(parse, cell) for cell in cells)


def _parses(parse, cell):
    try:
        parse(cell)
    except (ValueError, OverflowError):
        return False
    return True
