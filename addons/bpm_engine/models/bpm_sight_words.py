"""Times and moments as people say them, in the language of the reader."""

from odoo.tools import format_datetime

MINUTE, HOUR, DAY = 60, 3600, 86400


def duration_text(env, seconds: float) -> str:
    """45 s, 12 min, 3 h 20 min, 2 d 4 h: never more than two units."""
    seconds = max(0, round(seconds or 0))
    if seconds < MINUTE:
        return env._("%(number)s s", number=seconds)
    if seconds < HOUR:
        return env._("%(number)s min", number=round(seconds / MINUTE))
    if seconds < DAY:
        hours, minutes = divmod(seconds // MINUTE, 60)
        text = env._("%(number)s h", number=hours)
        return f"{text} {env._('%(number)s min', number=minutes)}" if minutes else text
    days, hours = divmod(seconds // HOUR, 24)
    text = env._("%(number)s d", number=days)
    return f"{text} {env._('%(number)s h', number=hours)}" if hours else text


def moment_text(env, moment, stored=False) -> str:
    """Day and minute in the reader's time zone and language, without the seconds.

    :param stored: the text is kept for other readers, so it names its time zone.
    """
    form = "d MMM y HH:mm z" if stored else "d MMM y HH:mm"
    # Who is written to need not be the user of the environment, as in reader_env().
    return format_datetime(env, moment, tz=env.context.get("tz"), dt_format=form)


def path_text(records, path: str) -> str:
    """Labels of a path of fields, as people read it: "Customer › Salesperson"."""
    labels = []
    for name in filter(None, path.split(".")):
        field = records._fields.get(name) if records is not None else None
        if field is None:
            break
        labels.append(field._description_string(records.env))
        records = records.env[field.comodel_name] if field.comodel_name else None
    return " › ".join(labels)
