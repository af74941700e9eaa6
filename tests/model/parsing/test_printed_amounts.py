"""Printed amounts in four languages: value, unit, interval, qualifier; and what is refused."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest

from kzdata.errors import KzdataError, ParseError, UnknownCode
from kzdata.i18n.formats import format_amount
from kzdata.model.parsing.printed_amounts import Amount, parse_amount

M, BN = 1e6, 1e9

# value, unit, lower, upper, qualifier
ENGLISH = {
    "US$162.4 million": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "about US$162.4 million": (162_400_000, "USD", 162_350_000, 162_450_000, "about"),
    "roughly $236 million": (236 * M, "USD", 235.5 * M, 236.5 * M, "about"),
    "$53.7 million": (53_700_000, "USD", 53_650_000, 53_750_000, None),
    "upwards of $500 million": (500 * M, "USD", 500 * M, inf, "over"),
    "some US$500 million": (500 * M, "USD", 450 * M, 550 * M, "about"),
    "approximately 500": (500, None, 450, 550, "about"),
    "approx. 500": (500, None, 450, 550, "about"),
    "c. 500": (500, None, 450, 550, "about"),
    "About 150": (150, None, 145, 155, "about"),
    "about 25%": (25, "percent", 24.5, 25.5, "about"),
    "around 30": (30, None, 25, 35, "about"),
    "an estimated 5,000 tonnes": (5000, "t", 4500, 5500, "about"),
    "~US$5m": (5 * M, "USD", 4.5 * M, 5.5 * M, "about"),
    "more than 1,000": (1000, None, 1000, inf, "over"),
    "over 300": (300, None, 300, inf, "over"),
    "in excess of €1.5bn": (1.5 * BN, "EUR", 1.5 * BN, inf, "over"),
    "at least 12": (12, None, 12, inf, "at_least"),
    "not less than US$1.5 billion": (1.5 * BN, "USD", 1.5 * BN, inf, "at_least"),
    "$500 million+": (500 * M, "USD", 500 * M, inf, "at_least"),
    "500-plus": (500, None, 500, inf, "at_least"),
    "less than 5 per cent": (5, "percent", -inf, 5, "under"),
    "up to 25%": (25, "percent", -inf, 25, "up_to"),
    "no more than 25 percent": (25, "percent", -inf, 25, "up_to"),
    "nearly 500 million": (500 * M, None, 450 * M, 500 * M, "almost"),
    "almost −5%": (-5, "percent", -5, -4.5, "almost"),
    "€161.4m": (161_400_000, "EUR", 161_350_000, 161_450_000, None),
    "EUR 124.2 m": (124_200_000, "EUR", 124_150_000, 124_250_000, None),
    "USD 162.4 mln": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "162.4 mln USD": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "$162.4M": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "$28 bn": (28 * BN, "USD", 27.5 * BN, 28.5 * BN, None),
    "€1.2bln": (1.2 * BN, "EUR", 1.15 * BN, 1.25 * BN, None),
    "500K": (500_000, None, 499_500, 500_500, None),
    "2 trillion tenge": (2e12, "KZT", 1.5e12, 2.5e12, None),
    "162.4 million U.S. dollars": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "₪5.0 million": (5 * M, "ILS", 4_950_000, 5_050_000, None),
    "NIS 5 million": (5 * M, "ILS", 4.5 * M, 5.5 * M, None),
    "A$5m": (5 * M, "AUD", 4.5 * M, 5.5 * M, None),
    "1'234 CHF": (1234, "CHF", 1233.5, 1234.5, None),
    "1,234 million": (1234 * M, None, 1233.5 * M, 1234.5 * M, None),
    "1.234 million": (1_234_000, None, 1_233_500, 1_234_500, None),
    "$1,234,567": (1_234_567, "USD", 1_234_566.5, 1_234_567.5, None),
    "1,234,567.8": (1_234_567.8, None, 1_234_567.75, 1_234_567.85, None),
    "−18.1%": (-18.1, "percent", -18.15, -18.05, None),
    "-18.1%": (-18.1, "percent", -18.15, -18.05, None),
    "+5.2%": (5.2, "percent", 5.15, 5.25, None),
    "–€5.0m": (-5 * M, "EUR", -5_050_000, -4_950_000, None),
    "€−5.0m": (-5 * M, "EUR", -5_050_000, -4_950_000, None),
    "minus US$586.1 million": (-586_100_000, "USD", -586_150_000, -586_050_000, None),
    "5 percentage points": (5, "pp", 4.5, 5.5, None),
    "1.5 million barrels": (1_500_000, "bbl", 1_450_000, 1_550_000, None),
    "about 220 thousand barrels per day": (220_000, "bbl/d", 215_000, 225_000, "about"),
    "80,000 b/d": (80_000, "bbl/d", 79_999.5, 80_000.5, None),
    "0": (0, None, -0.5, 0.5, None),
    "10–25%": (nan, "percent", 10, 25, "between"),
    "25 - 30 %": (nan, "percent", 25, 30, "between"),
    "between 10 and 25 percent": (nan, "percent", 10, 25, "between"),
    "from 10% to 25%": (nan, "percent", 10, 25, "between"),
    "$10–25 million": (nan, "USD", 10 * M, 25 * M, "between"),
    "$10 million–$25 million": (nan, "USD", 10 * M, 25 * M, "between"),
    "−5–−2%": (nan, "percent", -5, -2, "between"),
    "about 60–75%": (nan, "percent", 55, 75.5, "between"),  # 60 ± 5 … 75 ± 0.5
}
RUSSIAN = {
    "162,4 млн долл. США": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "162,4 млн долларов США": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "162,4 миллиона долларов": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "$162,4 млн": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "162,4 млн $": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "5 млн. долл.США": (5 * M, "USD", 4.5 * M, 5.5 * M, None),
    "1 234,5 тыс.": (1_234_500, None, 1_234_450, 1_234_550, None),
    "1\u00a0234,5\u202fтыс. долл.": (1_234_500, "USD", 1_234_450, 1_234_550, None),
    "₸78,5 млрд": (78.5 * BN, "KZT", 78.45 * BN, 78.55 * BN, None),
    "78,5 млрд тенге": (78.5 * BN, "KZT", 78.45 * BN, 78.55 * BN, None),
    "2,5 трлн тг": (2.5e12, "KZT", 2.45e12, 2.55e12, None),
    "−5,0 млн евро": (-5 * M, "EUR", -5_050_000, -4_950_000, None),
    "0,850 млн": (850_000, None, 849_500, 850_500, None),
    "1,234 млн": (1_234_000, None, 1_233_500, 1_234_500, None),
    "2.5 млрд": (2.5 * BN, None, 2.45 * BN, 2.55 * BN, None),
    "1.234.567,89 евро": (1_234_567.89, "EUR", 1_234_567.885, 1_234_567.895, None),
    "1 млрд 347,5 млн тенге": (1_347_500_000, "KZT", 1_347_450_000, 1_347_550_000, None),
    "1 млн 200 тыс. 345 долларов": (1_200_345, "USD", 1_200_344.5, 1_200_345.5, None),
    "более 500 миллионов долларов": (500 * M, "USD", 500 * M, inf, "over"),
    "свыше 1 тыс.": (1000, None, 1000, inf, "over"),
    "не менее чем 300": (300, None, 300, inf, "at_least"),
    "300 и более": (300, None, 300, inf, "at_least"),
    "около 25 процентов": (25, "percent", 24.5, 25.5, "about"),
    "порядка 162,4 млн долл.": (162_400_000, "USD", 162_350_000, 162_450_000, "about"),
    "примерно 500": (500, None, 450, 550, "about"),
    "почти 500 млн": (500 * M, None, 450 * M, 500 * M, "almost"),
    "менее 5 тонн": (5, "t", -inf, 5, "under"),
    "до 25 %": (25, "percent", -inf, 25, "up_to"),
    "не более 25-ти %": (25, "percent", -inf, 25, "up_to"),
    "минус 5,3 процента": (-5.3, "percent", -5.35, -5.25, None),
    "5 п.п.": (5, "pp", 4.5, 5.5, None),
    "2,1 процентного пункта": (2.1, "pp", 2.05, 2.15, None),
    "80 тыс. баррелей в сутки": (80_000, "bbl/d", 79_500, 80_500, None),
    "12 баррелей": (12, "bbl", 11.5, 12.5, None),
    "1,5 тыс. тонн": (1500, "t", 1450, 1550, None),
    "10 млн юаней": (10 * M, "CNY", 9.5 * M, 10.5 * M, None),
    "5 млрд рублей": (5 * BN, "RUB", 4.5 * BN, 5.5 * BN, None),
    "20 новых шекелей": (20, "ILS", 19.5, 20.5, None),
    "от 10 до 25 %": (nan, "percent", 10, 25, "between"),
    "от 5 до 10 млн долларов": (nan, "USD", 5 * M, 10 * M, "between"),
    "между 10 и 25 процентами": (nan, "percent", 10, 25, "between"),
    "1,5–2,5 тыс.": (nan, None, 1500, 2500, "between"),
}
KAZAKH = {
    "162,4 млн АҚШ доллары": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "162,4 миллион АҚШ долларын": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "78,5 млрд теңге": (78.5 * BN, "KZT", 78.45 * BN, 78.55 * BN, None),
    "78,5 миллиард теңгенің": (78.5 * BN, "KZT", 78.45 * BN, 78.55 * BN, None),
    "500 млн доллардан астам": (500 * M, "USD", 500 * M, inf, "over"),
    "500 миллионнан астам АҚШ доллары": (500 * M, "USD", 500 * M, inf, "over"),
    "500 млн-нан астам теңге": (500 * M, "KZT", 500 * M, inf, "over"),
    "300-ден астам": (300, None, 300, inf, "over"),
    "25%-дан артық": (25, "percent", 25, inf, "over"),
    "180 миллион доллардан асты": (180 * M, "USD", 180 * M, inf, "over"),
    "162,4 млн долларға жуық": (162_400_000, "USD", 162_350_000, 162_450_000, "about"),
    "300-ге жуық": (300, None, 250, 350, "about"),
    "шамамен 500 млн": (500 * M, None, 450 * M, 550 * M, "about"),
    "шамамен 500 млн-ға жуық": (500 * M, None, 450 * M, 550 * M, "about"),
    "кемінде 25 пайыз": (25, "percent", 25, inf, "at_least"),
    "кем дегенде 300": (300, None, 300, inf, "at_least"),
    "25 пайыздан кем": (25, "percent", -inf, 25, "under"),
    "25 пайызға дейін": (25, "percent", -inf, 25, "up_to"),
    "500 млн дерлік": (500 * M, None, 450 * M, 500 * M, "almost"),
    "1,5 мың тонна": (1500, "t", 1450, 1550, None),
    "1 234,5 мың": (1_234_500, None, 1_234_450, 1_234_550, None),
    "5 мың 300 теңге": (5300, "KZT", 5299.5, 5300.5, None),
    "5 млн еуро": (5 * M, "EUR", 4.5 * M, 5.5 * M, None),
    "10 мен 25 пайыз аралығында": (nan, "percent", 10, 25, "between"),
    "10-нан 25 пайызға дейін": (nan, "percent", 10, 25, "between"),
    "10 пайыздан 25 пайызға дейін": (nan, "percent", 10, 25, "between"),
}
HEBREW = {
    "162.4 מיליון דולר": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "כ-162.4 מיליון דולר": (162_400_000, "USD", 162_350_000, 162_450_000, "about"),
    "כ־25%": (25, "percent", 24.5, 25.5, "about"),
    "בכ-236 מיליון דולר": (236 * M, "USD", 235.5 * M, 236.5 * M, "about"),
    "כ-1,234 טון": (1234, "t", 1233.5, 1234.5, "about"),
    "בערך 500": (500, None, 450, 550, "about"),
    "$162.4 מיליון": (162_400_000, "USD", 162_350_000, 162_450_000, None),
    "5 מיליוני דולרים": (5 * M, "USD", 4.5 * M, 5.5 * M, None),
    '5 מיליארד דולר ארה"ב': (5 * BN, "USD", 4.5 * BN, 5.5 * BN, None),
    "1.2 מיליארד ₪": (1.2 * BN, "ILS", 1.15 * BN, 1.25 * BN, None),
    "20 אלף ש״ח": (20_000, "ILS", 19_500, 20_500, None),
    '162.4 מלש"ח': (162_400_000, "ILS", 162_350_000, 162_450_000, None),
    "161.4 מיליון אירו": (161_400_000, "EUR", 161_350_000, 161_450_000, None),
    "78.5 מיליארד טנגה": (78.5 * BN, "KZT", 78.45 * BN, 78.55 * BN, None),
    "יותר מ-500 מיליון דולר": (500 * M, "USD", 500 * M, inf, "over"),
    "למעלה מ־300": (300, None, 300, inf, "over"),
    "מעל 300": (300, None, 300, inf, "over"),
    "לפחות 300": (300, None, 300, inf, "at_least"),
    "פחות מ-5 מיליארד שקל": (5 * BN, "ILS", -inf, 5 * BN, "under"),
    "עד 25%": (25, "percent", -inf, 25, "up_to"),
    "כמעט 25 אחוזים": (25, "percent", 24.5, 25, "almost"),
    "\u200f\u200e−18.1%": (-18.1, "percent", -18.15, -18.05, None),
    "מינוס 5.3 אחוזים": (-5.3, "percent", -5.35, -5.25, None),
    "בין 10 ל-25 אחוז": (nan, "percent", 10, 25, "between"),
    "בין 10% ל־25%": (nan, "percent", 10, 25, "between"),
}
PRINTED = {**ENGLISH, **RUSSIAN, **KAZAKH, **HEBREW}

# Each refusal with a piece that its message has to name.
REFUSED = {
    "": "empty",
    "$": "no number",
    "about": "no number",
    "million": "'million'",
    "тыс. млн": "'тыс.'",
    "мың": "'мың'",
    "5 тыс. млн": "'млн'",
    "5 million million": "'million'",
    "5 млн 10 млн": "scales do not fall",
    "5 млн 200": "units or a fraction",
    "1,5 млн 200 тыс.": "decimals",
    "1.2.3 million": "'1.2.3'",
    "1,2,3": "'1,2,3'",
    "1,23,456": "'1,23,456'",
    "12 34": "'12 34'",
    "007": "'007'",
    "1,234 567": "'1,234 567'",
    "1,234": "1234 or 1.234",
    "$1,234": "1234 or 1.234",
    "1.234": "1234 or 1.234",
    "1.234 млн": "1234 or 1.234",  # dots are decimal points on many Russian pages, not on all
    "1,234 mln": "1234 or 1.234",
    ".5": "'.'",
    "5,": "','",
    "--5": "'-'",
    "- 5": "sign stands apart",
    "− 5 %": "sign stands apart",
    "(5.0)": "'('",
    "$5 $": "'USD' and 'USD'",
    '$5 מלש"ח': "'ILS' and 'USD'",
    "$5 EUR": "'USD' and 'EUR'",
    "5 USD EUR": "'EUR'",
    "$5 %": "'USD' and 'percent'",
    "¥500": "'¥'",
    "5 ביליון דולר": "'ביליון'",
    "5 канадских долларов": "'канадских'",
    "20 франков": "'франков'",
    "5‰": "'‰'",
    "1e6": "'e'",
    "25¹": "'¹'",
    "25*": "'*'",
    "٢٥": "'٢٥'",
    "one million": "'one'",
    "half a million": "'half a'",
    "полмиллиона": "'полмиллиона'",
    "екі миллион": "'екі'",
    "חצי מיליון": "'חצי'",
    "5 hundred": "'hundred'",
    "500 doctors": "'doctors'",
    "300 мамандар": "'мамандар'",
    "$5 million a day": "'a day'",
    "25–10%": "25 back to 10",
    "5 million–10": "only the first end",
    "$5–€10": "'USD' and 'EUR'",
    "−5–10%": "sign",
    "over 10–25%": "range is a qualifier",
    "over about 5": "'about'",
    "от 10 %": "'%'",
}


@pytest.mark.parametrize(("printed", "expected"), PRINTED.items())
def test_printed_amount_is_read(printed, expected):
    found = parse_amount(printed)
    assert isinstance(found, Amount)
    if isnan(expected[0]):
        assert isnan(found.value)
        assert found[1:] == expected[1:]
    else:
        assert found == expected
    assert type(found.value) is type(found.lower) is type(found.upper) is float


@pytest.mark.parametrize(("printed", "named"), REFUSED.items())
def test_refusal_names_the_piece_and_what_to_type(printed, named):
    with pytest.raises(ParseError) as refusal:
        parse_amount(printed)
    assert named in refusal.value.fact
    assert refusal.value.hint


@pytest.mark.parametrize("value", [None, 5, 5.0])
def test_only_text_is_read(value):
    with pytest.raises(ParseError, match="is not text"):
        parse_amount(value)


def test_language_settles_what_digits_leave_open():
    assert parse_amount("1,234", language="en").value == 1234
    assert parse_amount("1.234", language="en").value == 1.234
    assert parse_amount("1,234", language="he").value == 1234
    assert parse_amount("1,234", language="ru").value == 1.234
    assert parse_amount("1,234", language="kk").value == 1.234
    with pytest.raises(ParseError, match=r"1234 or 1\.234"):
        parse_amount("1.234", language="ru")
    with pytest.raises(ParseError, match=r"1234 or 1\.234"):
        parse_amount("1,234 million", language="ru")  # the word and the argument disagree
    # Structure speaks for itself, in any language.
    assert parse_amount("162.4 million", language="ru").value == 162_400_000
    with pytest.raises(UnknownCode, match="fr"):
        parse_amount("5", language="fr")


def test_arithmetic_is_decimal():
    assert 16.4 * 1e6 != 16_400_000  # why: binary floats
    assert parse_amount("16.4 million").value == 16_400_000
    assert parse_amount("0.1").lower == 0.05


FORMATTED = {
    (162_400_000, "USD", "en"): "US$162.4 million",
    (162_400_000, "USD", "ru"): "162,4 млн долл. США",
    (162_400_000, "USD", "kk"): "162,4 млн АҚШ доллары",
    (162_400_000, "USD", "he"): "162.4 מיליון דולר",
    (-5_000_000, "EUR", "en"): "−€5.0 million",
    (78.5e9, "KZT", "en"): "₸78.5 billion",
    (78.5e9, "KZT", "ru"): "78,5 млрд тенге",
    (78.5e9, "KZT", "kk"): "78,5 млрд теңге",
    (5e6, "CHF", "en"): "CHF 5.0 million",
    (-18.1, "percent", "en"): "−18.1%",
    (-18.1, "percent", "ru"): "−18,1 %",
    (-18.1, "percent", "kk"): "−18,1%",
    (-18.1, "percent", "he"): "\u200e−18.1%",
    (1_500_000, "t", "en"): "1.5 million tonnes",
    (1_500_000, "bbl", "ru"): "1,5 млн барр.",
    (1500, "count", "en"): "1,500",
    (1500, None, "ru"): "1 500",
    (12.5, "count", "en"): "12.5",
    (2.1, "pp", "en"): "2.1 percentage points",
    (999_960, "USD", "en"): "US$1.0 million",  # not "1,000.0 thousand"
    (-0.04, "percent", "en"): "0.0%",  # no sign before a zero
    (nan, "USD", "en"): "not available",
    (nan, "USD", "ru"): "нет данных",
    (nan, "percent", "kk"): "дерек жоқ",
    (nan, None, "he"): "אין נתון",
}


@pytest.mark.parametrize(("asked", "printed"), FORMATTED.items(), ids=str)
def test_amounts_are_written(asked, printed):
    assert format_amount(*asked).replace("\u00a0", " ") == printed


def test_scale_and_decimals_can_be_asked_for():
    def show(**asked):
        return format_amount(162_387_654, "USD", **asked).replace("\u00a0", " ")

    assert show(scale="", decimals=0) == "US$162,387,654"
    assert show(scale="thousand") == "US$162,387.7 thousand"
    assert show(scale="billion", decimals=3) == "US$0.162 billion"
    assert show(decimals=0) == "US$162 million"
    with pytest.raises(KzdataError, match="crore"):
        show(scale="crore")
    with pytest.raises(KzdataError, match="infinite"):
        format_amount(inf, "USD")
    with pytest.raises(UnknownCode, match="fr"):
        format_amount(1, "USD", "fr")


def test_numbers_do_not_break_across_lines():
    for language in ("en", "ru", "kk", "he"):
        assert " " not in format_amount(1_234_567_890, "USD", language, scale="million")
