"""English: how periods and amounts are printed.

A table maps a kind of word to its values, and a value to its printed forms, separated by commas;
``month[- s]`` stands for "month, months".
"""

from __future__ import annotations

DECIMAL_MARK = "."

PERIODS = {
    "month": {
        1: "January, Jan",
        2: "February, Feb, Febr",
        3: "March, Mar",
        4: "April, Apr",
        5: "May",
        6: "June, Jun",
        7: "July, Jul",
        8: "August, Aug",
        9: "September, Sep, Sept",
        10: "October, Oct",
        11: "November, Nov",
        12: "December, Dec",
    },
    "ordinal": {1: "first", 2: "second", 3: "third", 4: "fourth"},
    "roman": {
        1: "I, Ⅰ",
        2: "II, Ⅱ",
        3: "III, Ⅲ",
        4: "IV, Ⅳ",
        5: "V, Ⅴ",
        6: "VI, Ⅵ",
    },
    "suffix": {"": "st, nd, rd, th"},
    "cardinal": {
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        11: "eleven",
        12: "twelve",
    },
    "first": {"": "first"},
    "year": {"": "year[- s], calendar year[- s], full year, CY"},
    "half": {"": "H, HY, S, half, half year, semester, half of the year"},
    "quarter": {"": "Q, QTR, quarter, quarter of the year"},
    "quarters": {"": "quarters"},
    "months": {"": "M, mo, mos, mth[- s], month[- s], month period"},
    "in": {"": "in, for, during, over, throughout, in the course of"},
    "of": {"": "of"},
    "the": {"": "the"},
    "from": {"": "from"},
    "to": {"": "to, through, thru"},
    "between": {"": "between"},
    "and": {"": "and, &"},
    "refused": {
        "is relative to a date that the text does not give": (
            "last, previous, past, prior, preceding, this, current, next, recent, recently, "
            "today, yesterday, now, ago, YTD, LTM, TTM, year to date, earlier, coming"
        ),
        "names a fiscal year, which starts in a different month from country to country": (
            "FY, fiscal, fiscal year, financial, financial year, marketing"
        ),
        "leaves one end of the period open": (
            "since, by, before, after, until, till, as of, as at, up to, from the start of"
        ),
        "names no exact months": (
            "early, late, mid, beginning, start, end, middle, spring, summer, autumn, fall, "
            "winter, about, around, circa, decade"
        ),
    },
}

AMOUNTS = {
    "scale": {
        3: "thousand[- s], k, thsd, thd, ths",
        6: "million[- s], mn, m",
        9: "billion[- s], bn, b",
        12: "trillion[- s], tn, trn",
    },
    "currency": {
        "USD": "US dollar[- s], U.S. dollar[- s], United States dollar[- s], dollar[- s]",
        "EUR": "euro[- s]",
        "KZT": "tenge[- s], Kazakhstani tenge, Kazakh tenge, Kazakhstan tenge",
        "ILS": "shekel[- s], new shekel[- s], Israeli shekel[- s], new Israeli shekel[- s]",
        "GBP": "pound[- s], pound[- s] sterling, British pound[- s]",
        "RUB": "ruble[- s], rouble[- s], Russian ruble[- s], Russian rouble[- s]",
        "CNY": "yuan, renminbi, Chinese yuan",
        "JPY": "yen, Japanese yen",
        "CHF": "Swiss franc[- s]",
        "TRY": "Turkish lira[- s]",
        "AED": "UAE dirham[- s]",
    },
    "measure": {
        "percent": "percent, per cent, pct",
        "pp": "percentage point[- s], pp, p.p., ppt[- s]",
        "t": "t, tonne[- s], metric ton[- s], metric tonne[- s]",
        "bbl": "barrel[- s], bbl[- s]",
        "bbl/d": "barrel[- s] per day, barrel[- s] a day, bpd, b/d, bbl/d",
    },
    "qualifier": {
        "about": (
            "about, around, approximately, approx, some, roughly, circa, ca, c, an estimated, "
            "estimated at, on the order of, in the order of, in the region of"
        ),
        "over": (
            "over, more than, above, exceeding, upwards of, upward of, in excess of, just over, "
            "a little over, slightly over, well over, just above, slightly more than, "
            "a little more than, greater than, north of"
        ),
        "at_least": (
            "at least, no less than, not less than, no fewer than, not fewer than, a minimum of"
        ),
        "under": (
            "under, less than, fewer than, below, just under, just below, slightly less than, "
            "a little less than, a little under"
        ),
        "up_to": (
            "up to, at most, no more than, not more than, not exceeding, as much as, as many as, "
            "a maximum of"
        ),
        "almost": "almost, nearly, close to, just short of",
    },
    "qualifier_after": {
        "at_least": "or more, plus, and more",
        "up_to": "or less, or fewer",
    },
    "from": {"": "from"},
    "to": {"": "to"},
    "between": {"": "between"},
    "and": {"": "and"},
    "minus_word": {"": "minus, negative"},
    "refused": {
        "is a number in words; only digits are read": (
            "one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, twenty, "
            "thirty, forty, fifty, half, half a, a half, quarter, dozen[- s], hundred[- s], "
            "several, few, a few, many, a, an, couple, tens"
        ),
        "makes the amount a rate; only the amount itself is read": "per, a day, a year, annually",
    },
}

DISPLAY = {
    "scale": {name: name for name in ("thousand", "million", "billion", "trillion")},
    "unit": {
        "t": "tonnes",
        "bbl": "barrels",
        "bbl/d": "barrels per day",
        "pp": "percentage points",
    },
    "missing": "not available",
}

# How a period is written: by its SDMX frequency, or as a range of years, months or days.
PHRASES = {
    "A": "{year}",
    "S": "{nth} half of {year}",
    "Q": "{nth} quarter of {year}",
    "M": "{month} {year}",
    "D": "{day} {of_month} {year}",
    "years": "{year}–{year2}",
    "months": "{month}–{month2} {year}",
    "across": "{month} {year} – {month2} {year2}",
    "days": "{day} {of_month} {year} – {day2} {of_month2} {year2}",
}

NTH = {
    "S": ("first", "second"),
    "Q": ("first", "second", "third", "fourth"),
}

MONTHS = "January February March April May June July August September October November December"

MONTHS_IN_DATES = MONTHS
