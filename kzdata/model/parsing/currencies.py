"""Currency signs and codes that every language shares."""

from __future__ import annotations

from collections.abc import Hashable

SYMBOLS: dict[str, dict[Hashable, str]] = {
    "currency": {
        "USD": "$, US$, U.S.$, $US",
        "EUR": "€",
        "KZT": "₸",
        "ILS": "₪",
        "GBP": "£, UK£",
        "RUB": "₽",
        "UAH": "₴",
        "TRY": "₺",
        "AZN": "₼",
        "GEL": "₾",
        "INR": "₹",
        "KRW": "₩",
        "AUD": "A$, AU$",
        "CAD": "C$, CA$",
        "NZD": "NZ$",
        "HKD": "HK$",
        "SGD": "S$",
        "CNY": "CN¥",
        "JPY": "JP¥",
    },
    "measure": {"percent": "%"},
    "qualifier": {
        "about": "~, ≈",
        "over": ">",
        "under": "<",
        "at_least": "≥",
        "up_to": "≤",
    },
    # Printed in all of them, and on pages in half a dozen more with either decimal mark.
    "scale": {6: "mln, mio", 9: "bln, mrd, mlrd", 12: "trln"},
    "refused": {
        "is the sign of the yuan and of the yen; write CNY or JPY": "¥, ￥",
        "may mean a negative number or an aside; write −5.0": "(, )",
    },
}

# ISO 4217, codes of money in circulation.
ISO_4217 = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
    """.split()  # noqa: SIM905 (a list of 150 lines would not be read)
)
