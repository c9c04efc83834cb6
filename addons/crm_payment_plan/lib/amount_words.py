"""Amounts of money in words, as contracts, invoices and acts want them.

Own tables for Russian, Ukrainian and Bulgarian, because num2words has no Bulgarian and puts
Russian thousands and millions into the gender of the currency; English and Hungarian numbers
have neither gender nor cases and come from num2words.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from num2words import num2words

#: Above this nobody writes words; a mistyped amount is likelier.
LIMIT = Decimal(10) ** 12


class AmountError(ValueError):
    """An amount that cannot be put in words: negative, too large, or no number."""


@dataclass(frozen=True)
class Noun:
    """What is counted: gender (m, f, n) and its forms after one, after two to four, after five.

    Languages with fewer forms repeat the last one.
    """

    gender: str
    one: str
    few: str
    many: str


@dataclass(frozen=True)
class Language:
    """Numerals of a language of Slavic grammar."""

    units: dict  # gender -> words for 0..2
    below_twenty: tuple  # 3..19
    tens: tuple  # 20, 30 .. 90
    hundreds: tuple  # 100, 200 .. 900
    scales: tuple  # thousand, million, milliard
    joint: str = ""  # between the unit and its hundredths
    is_bulgarian: bool = False

    def noun(self, number: int, noun: Noun) -> str:
        """The form of a noun after a number."""
        if self.is_bulgarian:
            return noun.one if number == 1 else noun.many
        if number % 10 == 1 and number % 100 != 11:
            return noun.one
        if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:
            return noun.few
        return noun.many

    def words(self, number: int, gender: str) -> str:
        """A whole number in words, agreeing with a noun of this gender."""
        if not number:
            return self.units[gender][0]
        groups = []
        for power in range(len(self.scales), -1, -1):
            group = number // 1000**power % 1000
            if group:
                groups.append(self._group(group, power, gender))
        if not self.is_bulgarian:
            return " ".join(word for numerals, scale in groups for word in [*numerals, *scale])
        texts = []
        for numerals, scale in groups:
            # Bulgarian: "и" before the last numeral of each group, "сто двадесет и два" ...
            *first, last = numerals
            texts.append(" ".join([*first, "и", last, *scale] if first else [last, *scale]))
        # ... and before the last group if it has but one numeral, "хиляда и сто".
        if len(groups) > 1 and len(groups[-1][0]) == 1:
            texts.insert(-1, "и")
        return " ".join(texts)

    def _group(self, group: int, power: int, gender: str):
        """Numerals and scale word of three digits."""
        if not power:
            return self._below_thousand(group, gender), []
        scale = self.scales[power - 1]
        if self.is_bulgarian and power == 1 and group == 1:
            return [scale.one], []
        return self._below_thousand(group, scale.gender), [self.noun(group, scale)]

    def _below_thousand(self, number: int, gender: str) -> list:
        words = []
        if number >= 100:
            words.append(self.hundreds[number // 100 - 1])
            number %= 100
        if number >= 20:
            words.append(self.tens[number // 10 - 2])
            number %= 10
        if number > 2:
            words.append(self.below_twenty[number - 3])
        elif number:
            words.append(self.units[gender][number])
        return words


class Library:
    """A language whose numerals num2words writes right."""

    def __init__(self, code: str, joint: str, has_plural: bool):
        self.code, self.joint, self.has_plural = code, joint, has_plural

    def noun(self, number: int, noun: Noun) -> str:
        """The form of a noun after a number."""
        return noun.many if self.has_plural and number != 1 else noun.one

    def words(self, number: int, _gender: str) -> str:
        """A whole number in words."""
        return num2words(number, lang=self.code)


def _split(text):
    return tuple(text.split())


LANGUAGES = {
    "ru": Language(
        {
            "m": ("ноль", "один", "два"),
            "f": ("ноль", "одна", "две"),
            "n": ("ноль", "одно", "два"),
        },
        _split(
            "три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
            "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
        ),
        _split("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
        _split("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
        (
            Noun("f", "тысяча", "тысячи", "тысяч"),
            Noun("m", "миллион", "миллиона", "миллионов"),
            Noun("m", "миллиард", "миллиарда", "миллиардов"),
        ),
    ),
    "uk": Language(
        {
            "m": ("нуль", "один", "два"),
            "f": ("нуль", "одна", "дві"),
            "n": ("нуль", "одне", "два"),
        },
        _split(
            "три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять "
            "чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять"
        ),
        _split("двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто"),
        _split("сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот"),
        (
            Noun("f", "тисяча", "тисячі", "тисяч"),
            Noun("m", "мільйон", "мільйони", "мільйонів"),
            Noun("m", "мільярд", "мільярди", "мільярдів"),
        ),
    ),
    "bg": Language(
        {
            "m": ("нула", "един", "два"),
            "f": ("нула", "една", "две"),
            "n": ("нула", "едно", "две"),
        },
        _split(
            "три четири пет шест седем осем девет десет единадесет дванадесет тринадесет "
            "четиринадесет петнадесет шестнадесет седемнадесет осемнадесет деветнадесет"
        ),
        _split("двадесет тридесет четиридесет петдесет шестдесет седемдесет осемдесет деветдесет"),
        _split(
            "сто двеста триста четиристотин петстотин шестстотин седемстотин осемстотин деветстотин"
        ),
        (
            Noun("f", "хиляда", "хиляди", "хиляди"),
            Noun("m", "милион", "милиона", "милиона"),
            Noun("m", "милиард", "милиарда", "милиарда"),
        ),
        joint="и ",
        is_bulgarian=True,
    ),
    "en": Library("en", "and ", has_plural=True),
    "hu": Library("hu", "", has_plural=False),
}


def _same(gender, text):
    return Noun(gender, text, text, text)


#: (currency, language) -> the unit and its hundredth part.
NOUNS = {
    ("RUB", "ru"): (
        Noun("m", "рубль", "рубля", "рублей"),
        Noun("f", "копейка", "копейки", "копеек"),
    ),
    ("UAH", "ru"): (
        Noun("f", "гривна", "гривны", "гривен"),
        Noun("f", "копейка", "копейки", "копеек"),
    ),
    ("EUR", "ru"): (_same("m", "евро"), Noun("m", "цент", "цента", "центов")),
    ("USD", "ru"): (
        Noun("m", "доллар США", "доллара США", "долларов США"),
        Noun("m", "цент", "цента", "центов"),
    ),
    ("RUB", "uk"): (
        Noun("m", "рубль", "рублі", "рублів"),
        Noun("f", "копійка", "копійки", "копійок"),
    ),
    ("UAH", "uk"): (
        Noun("f", "гривня", "гривні", "гривень"),
        Noun("f", "копійка", "копійки", "копійок"),
    ),
    ("EUR", "uk"): (_same("m", "євро"), Noun("m", "цент", "центи", "центів")),
    ("USD", "uk"): (
        Noun("m", "долар США", "долари США", "доларів США"),
        Noun("m", "цент", "центи", "центів"),
    ),
    ("BGN", "bg"): (
        Noun("m", "лев", "лева", "лева"),
        Noun("f", "стотинка", "стотинки", "стотинки"),
    ),
    ("EUR", "bg"): (_same("n", "евро"), Noun("m", "евроцент", "евроцента", "евроцента")),
    ("USD", "bg"): (
        Noun("m", "щатски долар", "щатски долара", "щатски долара"),
        Noun("m", "цент", "цента", "цента"),
    ),
    ("EUR", "en"): (_same("n", "euro"), Noun("n", "cent", "cents", "cents")),
    ("USD", "en"): (Noun("n", "dollar", "dollars", "dollars"), Noun("n", "cent", "cents", "cents")),
    ("RUB", "en"): (
        Noun("n", "rouble", "roubles", "roubles"),
        Noun("n", "kopeck", "kopecks", "kopecks"),
    ),
    ("UAH", "en"): (
        Noun("n", "hryvnia", "hryvnias", "hryvnias"),
        Noun("n", "kopiyka", "kopiykas", "kopiykas"),
    ),
    ("BGN", "en"): (
        Noun("n", "lev", "leva", "leva"),
        Noun("n", "stotinka", "stotinki", "stotinki"),
    ),
    ("HUF", "en"): (
        Noun("n", "forint", "forints", "forints"),
        Noun("n", "fillér", "fillérs", "fillérs"),
    ),
    ("HUF", "hu"): (_same("n", "forint"), _same("n", "fillér")),
    ("EUR", "hu"): (_same("n", "euró"), _same("n", "cent")),
    ("USD", "hu"): (_same("n", "dollár"), _same("n", "cent")),
}


def has_words(currency: str, lang: str) -> bool:
    """Whether the tables have words for this currency in this language."""
    return (currency, _code(lang)) in NOUNS


def _code(lang):
    return lang.replace("-", "_").split("_")[0].lower()


def amount_in_words(amount, currency: str, lang: str, style: str = "contract") -> str:
    """An amount in words.

    :param amount: in units of the currency (an ``int`` too: 5 is five roubles); rounded half up
        to hundredths.
    :param currency: ISO 4217 code.
    :param lang: language, with or without country (``ru``, ``ru_RU``).
    :param style: ``contract`` ("один рубль 05 копеек") or ``words`` ("один рубль пять копеек").
    :return: the words; digits and the code ("5.00 KZT") if the tables have no words for this
        currency in this language, never another language's words.
    :raise AmountError: the amount is no number, negative, or a trillion or more.
    """
    try:
        value = Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation as error:
        raise AmountError(f"“{amount}” is not an amount of money.") from error
    if not value.is_finite() or not 0 <= value < LIMIT:
        raise AmountError(f"{value} is below zero or a trillion and more: no words for it.")
    code = _code(lang)
    nouns = NOUNS.get((currency, code))
    if not nouns:
        return f"{value} {currency}"
    language = LANGUAGES[code]
    whole, part = int(value), int(value * 100) % 100
    unit, subunit = nouns
    counted = f"{part:02}" if style == "contract" else language.words(part, subunit.gender)
    return (
        f"{language.words(whole, unit.gender)} {language.noun(whole, unit)} "
        f"{language.joint}{counted} {language.noun(part, subunit)}"
    )
