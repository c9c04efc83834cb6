"""Small pieces of HTML for the chatter."""

from markupsafe import Markup


def lines_of(title: str, lines: list[str]) -> Markup:
    """A bold title and a list below it; everything escaped."""
    items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("<p><b>%s</b></p><ul>%s</ul>") % (title, items)
