"""Numbers with their nouns, in languages with any number of plural forms."""

from babel import Locale, UnknownLocaleError

#: Forms of a text stand in this order; those a language does not have are left out.
FORMS = ("zero", "one", "two", "few", "many", "other")


def plural_text(env, forms, number):
    """The form of a text that fits a number, in the language of ``env``.

    Odoo's translations know no plurals, so one term holds all forms, divided by a bar:
    ``env._("%s working day|%s working days")``. A translation gives as many as its language
    has, in the order of FORMS (Russian: one, few, many, and another for fractions if wanted).

    :param number: int or float, written without needless zeros.
    """
    forms = forms.split("|")
    try:
        rule = Locale.parse(env.lang or "en_US").plural_form
    except (ValueError, UnknownLocaleError):
        rule = Locale.parse("en_US").plural_form
    known = [form for form in FORMS if form in rule.tags or form == "other"]
    form = known.index(rule(number))
    return forms[min(form, len(forms) - 1)] % f"{number:g}"
