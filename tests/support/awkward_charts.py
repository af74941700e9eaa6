"""Inputs that charts meet sooner or later: short, long, empty, tied, huge, tiny, flagged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from conftest import rows
from every_chart import given
from mirror_sample import reports

import kzdata as kz

SOURCE = {"source": "bns_kaz_isr", "published": "2026-09-25"}
LONG = ("SGS", "SHN")  # the longest names that the standard has
_CODES = ["CHN", "RUS", "ITA", "TUR", "UZB", "KGZ", "DEU", "FRA", "NLD", "ESP", "POL", "ROU"]
_CODES += ["GRC", "KOR", "ISR"]
Case = tuple[str, str, pd.DataFrame, dict[str, Any]]


def pair(*years: tuple, scale: float = 1e6, **common: Any) -> pd.DataFrame:
    """(year, exports, imports), None for missing."""
    cells = []
    for year, *sides in years:
        for flow, value in zip("XM", sides, strict=True):
            cells.append((flow, str(year), None if value is None else value * scale))
    return rows(*cells, **common)


def _years(scale: float = 1e6, **common: Any) -> pd.DataFrame:
    made = [(y, 20 + 7 * ((y * 5) % 11), 10 + 3 * ((y * 7) % 5)) for y in range(1995, 2026)]
    made = [(y, None, m) if y in (2001, 2002, 2014) else (y, x, m) for y, x, m in made]
    return pair(*made, scale=scale, **common)


def _flagged() -> pd.DataFrame:
    frame = pair((2020, 30, 10), (2021, 31, 12), (2022, 33, 13), (2023, 28, 15), (2024, 36, 20))
    frame.loc[frame["period"] == "2022", "obs_status"] = "B"
    frame.loc[frame["period"] >= "2023", "obs_status"] = ["E", "E", "P", "P"]
    return frame


def _broken() -> pd.DataFrame:
    old = pair(*((y, 10 + y % 7, 5 + y % 3) for y in range(2000, 2020)), source="wits_kaz_isr")
    return pd.concat([old, pair((2020, 12, 6), (2021, 19, 4))], ignore_index=True)


PAIRS: dict[str, pd.DataFrame] = {
    "one": pair((2024, 30, 20)),
    "two": pair((2023, 30, 20), (2024, 12, 25)),
    "same": pair((2022, 30, 20), (2023, 30, 20), (2024, 30, 20)),
    "zero": pair((2023, 0, 0), (2024, 0, 0)),
    "missing": pair((2023, None, None), (2024, None, None)),
    "ends-in-a-gap": pair((2021, 30, 20), (2022, 33, 22), (2023, None, 20), (2024, None, None)),
    "huge": pair((2022, 1.1, 3.2), (2023, 1.3, 2.8), (2024, 2.4, 1.9), scale=1e12),
    "tiny": pair((2022, 1.1, 3.2), (2023, 1.3, 2.8), (2024, 2.4, 1.9), scale=1e-3),
    "far-apart": pair((2022, 1e-3, 1e-3), (2023, 5, 1), (2024, 1e6, 10), scale=1e6),
    "long": _years(),
    "long-names": _years(reporter=LONG[0], partner=LONG[1]),
    "flagged": _flagged(),
    "new-source-last": pd.concat(
        [pair((2018, 30, 10), (2019, 20, 10), source="wits_kaz_isr"), pair((2020, 50, 10))]
    ),
    "new-source": _broken(),
}


def _monthly(**common: Any) -> pd.DataFrame:
    """Three years of months with a gap."""
    cells = []
    for n in range(36):
        month = f"{2023 + n // 12}-{n % 12 + 1:02d}"
        for flow, size in (("X", 20 + n % 7), ("M", 11 + n % 5)):
            cells.append((flow, month, None if n in (7, 8, 20) else size * 1e6))
    return rows(*cells, **common)


def _of_pairs() -> Iterator[Case]:
    for name, frame in PAIRS.items():
        for chart in ("turnover", "balance"):
            yield chart, name, frame, {}
        yield "series", name, frame[frame["flow"] == "X"], {}
        yield "series", f"{name}-both", frame, {}
    two = PAIRS["two"]
    yield "turnover", "part-last", two, {"partial": rows(("T", "2025-01-01/P11M", 45e6))}
    yield (
        "turnover",
        "part-in-the-middle",
        PAIRS["long"],
        {"partial": rows(("T", "2010-01-01/P11M", 45e6))},
    )
    yield "turnover", "part-of-the-last", two, {"partial": rows(("T", "2024-01-01/P11M", 30e6))}
    yield "turnover", "part-after-many", PAIRS["long"], {"partial": rows(("T", "2026-Q1", 5e6))}
    yield "balance", "deficits", pair((2022, 1, 9), (2023, 2, 9), (2024, 3, 7)), {}
    yield "balance", "level", pair((2022, 9, 9), (2023, 9, 9)), {}
    months = _monthly()
    for flow in "XM":
        yield "series", f"months-{flow}", months[months["flow"] == flow], {}
    yield "series", "months-both", months, {}
    yield "series", "one-month", months[(months["flow"] == "X")].head(1), {}
    negative = rows(*(("B", str(y), (y % 4 - 1.5) * 1e6) for y in range(2010, 2025)))
    yield "series", "balance", negative, {}
    quarters = rows(*(("X", f"{2019 + n // 4}-Q{n % 4 + 1}", (5 + n % 3) * 1e6) for n in range(24)))
    yield "series", "quarters", quarters, {}


def _partners(*values: float | None, codes: str, period: str = "2024") -> pd.DataFrame:
    made = [
        rows(
            ("X", period, value), ("M", period, None if value is None else value / 2), partner=code
        )
        for code, value in zip(codes.split(), values, strict=True)
    ]
    return pd.concat(made, ignore_index=True)


LISTS: dict[str, pd.DataFrame] = {
    "one": _partners(30e6, codes="ISR"),
    "two": _partners(30e6, 20e6, codes="CHN ISR"),
    "ties": _partners(30e6, 20e6, 20e6, 20e6, 5e6, codes="CHN ITA ISR TUR RUS"),
    "missing": _partners(None, None, codes="CHN ISR"),
    "some-missing": _partners(30e6, None, 20e6, 0, codes="CHN ITA ISR TUR"),
    "huge": _partners(3e12, 2e12, 1e6, codes="CHN ITA ISR"),
    "tiny": _partners(3e-3, 2e-3, 1e-3, codes="CHN ITA ISR"),
    "long-names": _partners(
        *(9e6, 8e6, 7e6, 6e6, 5e6, 4e6, 3e6), codes="SGS SHN FLK COD BOL VCT ISR"
    ),
    "neighbours": _partners(
        *(9e6, 8e6, 7e6, 6e6, 5e6, 4e6, 3e6, 2e6), codes="ISR JOR PSE LBN SYR CYP EGY KGZ"
    ),
}


def _of_lists() -> Iterator[Case]:
    for name, frame in LISTS.items():
        yield "ranking", name, frame, {}
        yield "flow_map", name, frame, {}
        for highlight in ("", "ISR"):
            tiles = frame[frame["flow"] == "X"]
            yield "treemap", name + "-own" * bool(highlight), tiles, {"highlight": highlight}
        before = frame.assign(period="2023", value=frame["value"] * 0.9)
        both = pd.concat([before, frame.assign(value=frame["value"] * 1.1)], ignore_index=True)
        both = both[both["flow"] == "X"]
        found = kz.contribution(both, over="partner")
        yield "contribution", name, found[found["period"] == "2024"], {"highlight": "ISR"}
        yield "peers", name, pd.concat([frame.assign(period="2023"), frame]), {}
    products = pd.concat(
        rows(("X", "2024", value * 1e6), product=code)
        for code, value in [("2709", 90), ("7403", 20), ("1001", 9), ("8471", 1), ("2844", 12)]
    )
    yield "treemap", "products", products, {}
    grown = {"CHN": (10, 9), "ITA": (10, 3), "ISR": (1, 0.5), "TUR": (20, 20)}
    fell = pd.concat(
        rows(("X", "2023", a * 1e6), ("X", "2024", b * 1e6), partner=code)
        for code, (a, b) in grown.items()
    )
    found = kz.contribution(fell, over="partner")
    yield "contribution", "falls", found[found["period"] == "2024"], {}
    many = [
        "CHN",
        "RUS",
        "ITA",
        "TUR",
        "UZB",
        "KGZ",
        "DEU",
        "FRA",
        "NLD",
        "ESP",
        "POL",
        "ROU",
        "GRC",
        "KOR",
        "ISR",
    ]
    panels = pd.concat(
        pair(*((y, (n + 1) * (1 + (y * (n + 3)) % 5), 1) for y in range(1995, 2026)), partner=code)
        for n, code in enumerate(many)
    )
    yield "peers", "many", panels, {}
    gaps = panels[~((panels["partner"] == "ITA") & panels["period"].between("2003", "2008"))]
    yield "peers", "gaps", gaps[gaps["partner"].isin(["ISR", "ITA"])], {}
    yield (
        "peers",
        "ends-early",
        panels[~((panels["partner"] == "ISR") & (panels["period"] > "2019"))],
        {},
    )


def _of_shares() -> Iterator[Case]:
    def made(values: list[float | None], whole: float = 100, flow: str = "X") -> pd.DataFrame:
        part = rows(*((flow, str(2015 + n), v) for n, v in enumerate(values)))
        total = rows(*((flow, str(2015 + n), whole) for n in range(len(values))), partner="WLD")
        return kz.share(part, total)

    yield "share", "one", made([3]), {}
    yield "share", "two", made([3, 4]), {}
    yield "share", "same", made([3, 3, 3]), {}
    yield "share", "missing", made([None, None]), {}
    yield "share", "ends-in-a-gap", made([3, 2, 4, None]), {}
    yield "share", "all-of-it", made([100, 99.996]), {}
    yield "share", "tiny", made([3e-7, 1e-7]), {}
    both = pd.concat([made([9, 4, 6]), made([8.9, 4.4, 6.1], flow="M")])
    yield "share", "two-that-end-together", both, {}


def _of_time() -> Iterator[Case]:
    whole, _ = given("back_test")
    yield "back_test", "one", whole.head(1), {}
    yield "back_test", "two", whole.head(2), {}
    yield "back_test", "both-signs", whole.assign(error_pct=whole["error_pct"] + 0.7), {}
    yield "back_test", "large", whole.assign(error_pct=whole["error_pct"] * 900), {}
    yield "back_test", "missing", whole.assign(error_pct=float("nan")), {}
    years = pd.concat([whole.assign(year=whole["year"].astype(int) - 6 * n) for n in range(5)])
    yield "back_test", "long", years, {}
    frame, _ = given("net_inflow")
    yield "net_inflow", "one", frame.head(1), {}
    yield "net_inflow", "four", frame[frame["period"].str[:4] == "2023"], {}
    yield "net_inflow", "missing", frame.assign(value=float("nan")), {}
    yield "net_inflow", "all-negative", frame.assign(value=-frame["value"].abs()), {}
    yield "net_inflow", "huge", frame.assign(value=frame["value"] * 1e4), {}
    yield "net_inflow", "tiny", frame.assign(value=frame["value"] * 1e-11), {}
    long = pd.concat(
        frame.assign(period=[f"{int(p[:4]) - 3 * n}{p[4:]}" for p in frame["period"]])
        for n in range(8)
    )
    yield "net_inflow", "long", long, {}
    yield "net_inflow", "long-name", frame.assign(reporter=LONG[0], partner=LONG[1]), {}
    answers, keywords = given("partial_year")
    yield "partial_year", "no-trade", answers, {}
    yield "partial_year", "no-outcome", answers[answers["answer"] != "outcome"], keywords
    figures = ["value", "lower", "upper"]
    for name, factor in (("huge", 1e5), ("tiny", 1e-11)):
        scaled = answers.assign(**{each: answers[each] * factor for each in figures})
        yield "partial_year", name, scaled, {}
    outside = answers.copy()
    outside.loc[outside["answer"] == "outcome", figures] *= 2
    yield "partial_year", "outside", outside, keywords
    named = answers.assign(reporter=LONG[0], partner=LONG[1])
    yield "partial_year", "long-names", named, {}
    fan, _ = given("vintages")
    yield "vintages", "one-year", fan[fan["period"] == "2022"], {}
    yield "vintages", "one-edition", fan[fan["published"] == "2025-03"], {}
    yield "vintages", "unrevised", fan[fan["period"] == "2019"], {}
    yield "vintages", "missing", fan.assign(value=float("nan")), {}
    yield "vintages", "huge", fan.assign(value=fan["value"] * 1e5), {}
    yield "vintages", "tiny", fan.assign(value=fan["value"] * 1e-11), {}
    yield (
        "vintages",
        "long",
        pd.concat(
            fan.assign(period=[str(int(p) - 5 * n) for p in fan["period"]]) for n in range(6)
        ),
        {},
    )
    outlier = fan.copy()
    outlier.loc[outlier.index[-1], "value"] *= 30
    yield "vintages", "outlier", outlier, {}
    yield "vintages", "negative", fan.assign(flow="B", value=-fan["value"]), {}


def _of_words() -> Iterator[Case]:
    promises, _ = given("ladder")
    yield "ladder", "one", promises.head(1), {}
    yield "ladder", "long-titles", promises.assign(title="Modernisation of everything " * 12), {}
    yield "ladder", "stages", promises.assign(stage=["announced", "operating", "lapsed"]), {}
    yield "ladder", "undated", promises.assign(stage_since="_U"), {}
    many = pd.concat([promises] * 6, ignore_index=True)
    yield "ladder", "many", many, {}
    events, _ = given("timeline")
    dated = events[events["date"].notna()]
    yield "timeline", "one", dated.head(1), {}
    yield "timeline", "two", dated.iloc[[0, -1]], {}
    yield "timeline", "one-day", pd.concat([dated[dated["date"] == "2026-01-27"]] * 3), {}
    yield "timeline", "undated", events[events["date"].isna()], {}
    yield "timeline", "long-titles", dated.head(3).assign(title="A visit of the minister " * 20), {}
    told, _ = given("claims")
    for name, kept in (("one", told.head(1)), ("israel", told[told["partner"] == "ISR"])):
        yield "claims", name, kept, {}
    yield (
        "claims",
        "long-names",
        told.head(3).assign(
            reporter=LONG[0], partner=LONG[1], speaker="A speaker of a very long name " * 5
        ),
        {},
    )
    yield (
        "claims",
        "long-words",
        told.head(3).assign(printed="about a good deal more than " * 6),
        {},
    )
    few = told[told["observed_value"].notna()].head(3)
    figures = ["value", "lower", "upper", "observed_value"]
    for name, factor in (("huge", 1e5), ("tiny", 1e-9)):
        yield "claims", name, few.assign(**{each: few[each] * factor for each in figures}), {}


def _of_mirrors() -> Iterator[Case]:
    def both(*years: tuple) -> pd.DataFrame:
        lines = []
        for year, x, m in years:
            lines += [f"X ISR KAZ TOTAL {year} {x}", f"M KAZ ISR TOTAL {year} {m}"]
        return kz.mirror(reports("\n".join(lines), **SOURCE))

    yield "mirror", "one", both((2020, 10, 14)), {}
    yield "mirror", "equal", both((2019, 10, 10), (2020, 10, 10)), {}
    yield "mirror", "less", both((2019, 10, 4), (2020, 10, 5)), {}
    yield "mirror", "never-both", both((2019, "-", 4), (2020, 10, "-")), {}
    yield "mirror", "wide", both((2019, 10, 4), (2020, 10, 9000), (2021, 10, 1)), {}
    yield "mirror", "huge", both((2019, 1e12, 2e12), (2020, 3e12, 2e12)), {}
    yield "mirror", "tiny", both((2019, 1e-3, 2e-3), (2020, 3e-3, 2e-3)), {}
    years = [(y, "-" if y % 9 == 0 else 10 + y % 5, 12 + y % 7) for y in range(1995, 2026)]
    yield "mirror", "long", both(*years), {}
    lines = "\n".join(
        f"X {a} {b} TOTAL {y} {v}"
        for y in (2019, 2020)
        for a, b, v in [(LONG[0], LONG[1], 10 + y % 5)]
    )
    lines += "\n" + "\n".join(f"M {LONG[1]} {LONG[0]} TOTAL {y} 17" for y in (2019, 2020))
    yield "mirror", "long-names", kz.mirror(reports(lines, **SOURCE)), {}

    def moved(text: str, shares: dict) -> pd.DataFrame:
        frame = reports(text, **SOURCE)
        return kz.official_and_delivered(frame, "kaz-crude-cpc-trieste", shares=shares)

    one = "X KAZ ITA 2709 2023 1000000000"
    germany = {"ITA": {"DEU": (0.3, 0.2, 0.4)}}
    yield "official_delivered", "one", moved(one, germany), {}
    yield "official_delivered", "all-of-it", moved(one, {"ITA": {"DEU": (1, 1, 1)}}), {}
    small = "X KAZ ITA 2709 2023 0.004"
    yield "official_delivered", "tiny", moved(small, germany), {}
    partners = [
        "CHN",
        "DEU",
        "NLD",
        "FRA",
        "ESP",
        "GRC",
        "TUR",
        "ROU",
        "KOR",
        "SGP",
        "IND",
        "CHE",
        "HRV",
    ]
    many = "\n".join(f"X KAZ {p} 2709 2023 {9e8 / (n + 1)}" for n, p in enumerate(partners))
    yield "official_delivered", "many", moved(f"{one}\n{many}", germany), {}
    far = {"ITA": {"SGS": (0.1, 0.05, 0.2), "SHN": (0.1, 0.05, 0.2)}}
    yield "official_delivered", "long-names", moved(one, far), {}


def awkward() -> list[Case]:
    """Every case: the chart, its name, the frame and the keywords."""
    makers = (_of_pairs, _of_lists, _of_shares, _of_time, _of_words, _of_mirrors)
    return [case for maker in makers for case in maker()]
