"""Numbers, dates and texts as people and programs write them in tables."""

import contextlib
import datetime as dt
import math
import re

EXCEL_EPOCH = dt.datetime(1899, 12, 30)
# Excel's day numbers of 1982 to 2119; other numbers are no dates.
EXCEL_DAYS = (30_000, 80_000)
YEARS = (1970, 2100)
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\u2007'’\t"))
CURRENCIES = re.compile(r"(руб\.?|р\.|rub|eur|usd|лв\.?|грн\.?|[₽€$£₴])", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ T,].*)?$")
YEAR_FIRST = re.compile(r"(\d{4})[./-]?(\d{2})[./-]?(\d{2})(?:[ T].*)?$")


def parse_text(value):
    """The text of a cell; a whole number without '.0', nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).replace("\x00", "").split())


def parse_number(value):
    """A number from a cell, or ValueError.

    >>> parse_number("1 234,50")
    1234.5
    >>> parse_number("1,234.50"), parse_number("1.234,50"), parse_number("12-")
    (1234.5, 1234.5, -12.0)
    >>> parse_number("(15)"), parse_number("1.234.567")
    (-15.0, 1234567.0)
    """
    if isinstance(value, bool):
        raise ValueError("not a number")
    if isinstance(value, int | float):
        number = float(value)
    else:
        number = _number_of_text(str(value))
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _number_of_text(text):
    with contextlib.suppress(ValueError):
        return float(text)  # most cells: plain
    text = CURRENCIES.sub("", text.translate(SPACES)).replace("−", "-")
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1]
    if text.endswith("-"):
        text = "-" + text[:-1]
    text = _with_decimal_point(text)
    if not NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return -float(text) if negative else float(text)


def _with_decimal_point(text):
    """The last of both separators is the decimal one; one alone is, if it comes once."""
    commas, points = text.count(","), text.count(".")
    if commas and points:
        decimal, thousands = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        if text.count(decimal) > 1:
            raise ValueError("not a number")
        return text.replace(thousands, "").replace(decimal, ".")
    if commas > 1:
        return text.replace(",", "")
    if points > 1:
        return text.replace(".", "")
    return text.replace(",", ".")


def parse_date(value):
    """A day from a cell, or ValueError. Day comes before month, as in dd.mm.yyyy.

    >>> parse_date("31.01.2026"), parse_date("2026-01-31 23:10:00")
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    >>> parse_date(46053), parse_date("31/1/26")
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    """
    day = _date_of(value)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError("no date of our times")
    return day


def _date_of(value):
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _date_of_excel(value)
    text = str(value).strip()
    if match := YEAR_FIRST.match(text):
        year, month, day = match.groups()
        return dt.date(int(year), int(month), int(day))
    if match := DAY_FIRST.match(text):
        day, month, year = match.groups()
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    return _date_of_excel(float(text))


def _date_of_excel(number):
    if not EXCEL_DAYS[0] <= number < EXCEL_DAYS[1]:
        raise ValueError("not a date")
    return (EXCEL_EPOCH + dt.timedelta(days=number)).date()
