"""Numbers on paper, as the language writes them."""

import re

from odoo.tools.misc import formatLang, get_lang


def paper_number(env, number, digits):
    """A number with its thousands apart.

    Some languages of Odoo, Bulgarian is one, have no sign between thousands; 465766,50 is hard to
    read on screen and too easily misread on an invoice. There a no-break space stands between.
    """
    text = formatLang(env, number, digits=digits)
    lang = get_lang(env)
    if lang.thousands_sep:
        return text
    whole, point, rest = text.partition(lang.decimal_point)
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", "\u00a0", whole) + point + rest
