import csv
import random
from decimal import Decimal
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..lib import AmountError, amount_in_words

#: lang, currency, amount, expected: the same eight amounts from 1 to 10^9 in every language.
TABLE = Path(__file__).parent / "files" / "amount_words.csv"

#: Written and read by hand: the seams of gender, number and "и".
WORDS = {
    ("ru", "RUB"): {
        "0": "ноль рублей 00 копеек",
        "1.01": "один рубль 01 копейка",
        "2.02": "два рубля 02 копейки",
        "11.11": "одиннадцать рублей 11 копеек",
        "1000": "одна тысяча рублей 00 копеек",
        "22000.22": "двадцать две тысячи рублей 22 копейки",
        "1004567.89": "один миллион четыре тысячи пятьсот шестьдесят семь рублей 89 копеек",
    },
    ("ru", "UAH"): {
        "1.01": "одна гривна 01 копейка",
        "1000002": "один миллион две гривны 00 копеек",
    },
    ("ru", "EUR"): {"21.05": "двадцать один евро 05 центов"},
    ("uk", "UAH"): {
        "1": "одна гривня 00 копійок",
        "2.02": "дві гривні 02 копійки",
        "515.19": "п'ятсот п'ятнадцять гривень 19 копійок",
        "21000": "двадцять одна тисяча гривень 00 копійок",
    },
    ("bg", "BGN"): {
        "1": "един лев и 00 стотинки",
        "21": "двадесет и един лева и 00 стотинки",
        "120": "сто и двадесет лева и 00 стотинки",
        "1000.01": "хиляда лева и 01 стотинка",
        "1005": "хиляда и пет лева и 00 стотинки",
        "21000": "двадесет и една хиляди лева и 00 стотинки",
        "1001000": "един милион и хиляда лева и 00 стотинки",
        "234567.89": "двеста тридесет и четири хиляди петстотин шестдесет и седем лева "
        "и 89 стотинки",
    },
    ("bg", "EUR"): {
        "1.01": "едно евро и 01 евроцент",
        "22.22": "двадесет и две евро и 22 евроцента",
    },
    ("en", "EUR"): {"1.01": "one euro and 01 cent", "22.02": "twenty-two euro and 02 cents"},
    ("en", "USD"): {
        "1": "one dollar and 00 cents",
        "1001": "one thousand and one dollars and 00 cents",
    },
    ("hu", "HUF"): {"1005": "ezeröt forint 00 fillér"},
}  # fmt: skip

#: Another list of the same numerals, to read the words back.
NUMERALS = {
    "ru": """ноль=0 один=1 одна=1 одно=1 два=2 две=2 три=3 четыре=4 пять=5 шесть=6 семь=7 восемь=8
        девять=9 десять=10 одиннадцать=11 двенадцать=12 тринадцать=13 четырнадцать=14 пятнадцать=15
        шестнадцать=16 семнадцать=17 восемнадцать=18 девятнадцать=19 двадцать=20 тридцать=30
        сорок=40 пятьдесят=50 шестьдесят=60 семьдесят=70 восемьдесят=80 девяносто=90 сто=100
        двести=200 триста=300 четыреста=400 пятьсот=500 шестьсот=600 семьсот=700 восемьсот=800
        девятьсот=900 тысяч=1000 миллион=1000000 миллиард=1000000000""",
    "uk": """нуль=0 один=1 одна=1 одне=1 два=2 дві=2 три=3 чотири=4 п'ять=5 шість=6 сім=7 вісім=8
        дев'ять=9 десять=10 одинадцять=11 дванадцять=12 тринадцять=13 чотирнадцять=14
        п'ятнадцять=15 шістнадцять=16 сімнадцять=17 вісімнадцять=18 дев'ятнадцять=19 двадцять=20
        тридцять=30 сорок=40 п'ятдесят=50 шістдесят=60 сімдесят=70 вісімдесят=80 дев'яносто=90
        сто=100 двісті=200 триста=300 чотириста=400 п'ятсот=500 шістсот=600 сімсот=700 вісімсот=800
        дев'ятсот=900 тисяч=1000 мільйон=1000000 мільярд=1000000000""",
    "bg": """нула=0 един=1 една=1 едно=1 два=2 две=2 три=3 четири=4 пет=5 шест=6 седем=7 осем=8
        девет=9 десет=10 единадесет=11 дванадесет=12 тринадесет=13 четиринадесет=14 петнадесет=15
        шестнадесет=16 седемнадесет=17 осемнадесет=18 деветнадесет=19 двадесет=20 тридесет=30
        четиридесет=40 петдесет=50 шестдесет=60 седемдесет=70 осемдесет=80 деветдесет=90 сто=100
        двеста=200 триста=300 четиристотин=400 петстотин=500 шестстотин=600 седемстотин=700
        осемстотин=800 деветстотин=900 хиляд=1000 милион=1000000 милиард=1000000000""",
    "en": """zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11
        twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18
        nineteen=19 twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90
        thousand=1000 million=1000000 billion=1000000000""",
}


def read(words, language):
    """The number that words stand for."""
    values = dict(pair.split("=") for pair in NUMERALS[language].split())
    total = group = 0
    for word in words.replace(",", "").replace("-", " ").split():
        stem = word if word in values else word.rstrip("аиівоея")
        if word in ("и", "and"):
            continue
        if word == "hundred":  # the only numeral that multiplies within its group
            group *= 100
            continue
        value = int(values[word if word in values else stem])
        if value >= 1000:
            total, group = total + (group or 1) * value, 0
        else:
            group += value
    return total + group


@tagged("standard", "at_install")
class TestAmountWords(BaseCase):
    """TN-28, SK-06, LV-15: printed forms name the amount in words."""

    def test_by_hand(self):
        """Gender, number and joints, as a reader of the language wrote them."""
        for (language, currency), samples in WORDS.items():
            for amount, expected in samples.items():
                with self.subTest(language=language, currency=currency, amount=amount):
                    self.assertEqual(amount_in_words(amount, currency, language), expected)

    def test_table(self):
        """The contract style in eight pairs of language and currency, to 10^9."""
        with TABLE.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 64)
        for row in rows:
            language, currency, amount = row["lang"], row["currency"], row["amount"]
            with self.subTest(language=language, currency=currency, amount=amount):
                self.assertEqual(amount_in_words(amount, currency, language), row["expected"])

    def test_reads_back(self):
        """10 000 random amounts in each language: the words give the number again."""
        rng = random.Random(20)
        for language, currency in (
            ("ru", "RUB"), ("uk", "UAH"), ("bg", "EUR"), ("en", "EUR"),
        ):  # fmt: skip
            unit = {"ru": "рубл", "uk": "грив", "bg": "евро", "en": "euro"}[language]
            for _number in range(10_000):
                amount = rng.randrange(10 ** rng.randint(1, 12))
                words = amount_in_words(amount, currency, language)
                whole = words[: words.index(f" {unit}")]
                self.assertEqual(read(whole, language), amount, words)
                self.assertEqual(amount_in_words(amount, currency, language), words)

    def test_all_words(self):
        """Hundredths in words, too, with their own gender."""
        self.assertEqual(
            amount_in_words("5.02", "RUB", "ru_RU", "words"), "пять рублей две копейки"
        )
        self.assertEqual(
            amount_in_words("5.21", "BGN", "bg_BG", "words"), "пет лева и двадесет и една стотинки"
        )

    def test_kinds_of_numbers(self):
        """A whole number counts units, not hundredths; halves are rounded up."""
        for amount in (5, 5.0, "5", Decimal("5.004"), Decimal("4.995")):
            self.assertEqual(amount_in_words(amount, "RUB", "ru"), "пять рублей 00 копеек")

    def test_no_words_for_it(self):
        """Another currency or language: digits and the code, not another language's words."""
        self.assertEqual(amount_in_words(5, "KZT", "ru"), "5.00 KZT")
        self.assertEqual(amount_in_words("5.1", "RUB", "de_DE"), "5.10 RUB")

    def test_refused(self):
        """What is no amount is said so."""
        for amount in (-1, 10**12, "much", "NaN", "Infinity"):
            with self.subTest(amount=amount), self.assertRaises(AmountError):
                amount_in_words(amount, "RUB", "ru")
