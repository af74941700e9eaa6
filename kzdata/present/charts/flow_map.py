"""Where trade goes: partners around their reporter, as far off and in the direction they are."""

from __future__ import annotations

import re
from functools import cache
from math import acos, atan2, cos, degrees, fsum, radians, sin, sqrt
from typing import Any, NamedTuple

import pandas as pd

from kzdata.errors import NotAvailable, UnknownCode, did_you_mean
from kzdata.i18n.sentences import Later, Sentence, joined, said, said_number, t
from kzdata.indicators import aggregates
from kzdata.model import codes
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

EARTH = 6371.0088

"""Mean radius of the Earth, km (IUGG)."""

_CHIEF = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}

_ANGLE = re.compile(r"([+-])(\d{2,3})(\d{2})(\d{2})?(?=[+-]|$)")  # ISO 6709: degrees, minutes


class Place(NamedTuple):
    """A point of the Earth, degrees north and east."""

    latitude: float
    longitude: float


@cache
def places() -> dict[str, Place]:
    """The place of each economy, by ISO 3166-1 alpha-3 code."""
    from importlib.resources import files

    import pycountry

    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, Place] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        alpha2, position, zone = line.split("\t")[:3]
        country = pycountry.countries.get(alpha_2=alpha2)
        chief = _CHIEF.get(alpha2)
        if country is not None and (zone == chief if chief else country.alpha_3 not in found):
            found[country.alpha_3] = Place(*map(_angle, _ANGLE.findall(position)))
    return found


def _angle(parts: tuple[str, str, str, str]) -> float:
    sign, whole, minutes, seconds = parts
    value = int(whole) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -value if sign == "-" else value


def distance_km(one: Place, other: Place) -> float:
    """Length of the shortest way on a sphere (great circle), km."""
    a, b = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    return EARTH * acos(max(-1.0, min(1.0, sin(a) * sin(b) + cos(a) * cos(b) * cos(turn))))


def bearing(one: Place, other: Place) -> float:
    """Direction in which the shortest way begins, degrees clockwise from north."""
    a, b = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    return degrees(atan2(sin(turn) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(turn))) % 360


_LARGEST, _LEAST = 0.34, 0.035  # inches: radii

_MOVES = [
    (1 + side * push / 50, radians(turn))
    for turn in (0, *(s * n for n in range(2, 46, 2) for s in (1, -1)))
    for push in range(5)
    for side in (1, -1)
]

"""Tried in turn, its own place first: up to a twelfth nearer or farther, an eighth of a turn."""

_LETTERS = style.SMALL / 72


class Circle(NamedTuple):
    """A partner on the page, in inches from the reporter."""

    partner: str
    x: float
    y: float
    radius: float


def arranged(drawn: pd.DataFrame, scale: float) -> list[Circle]:
    """Circles at their place, the largest first, each moved as little as keeps it free."""
    largest = float(drawn["value"].max())
    found = [Circle("", 0.0, 0.0, 0.12)]
    for row in inputs.each(drawn):
        radius = max(_LEAST, _LARGEST * sqrt(row.value / largest))
        away = scale * sqrt(row.distance_km)
        at = radians(row.bearing_degrees)
        best = Circle(row.partner, away * sin(at), away * cos(at), radius)
        if not _free(best, found):
            tried = [
                best._replace(x=push * away * sin(at + turn), y=push * away * cos(at + turn))
                for push, turn in _MOVES
            ]
            tried.sort(key=lambda c: (c.x - best.x) ** 2 + (c.y - best.y) ** 2)
            best = next((c for c in tried if _free(c, found)), best)
        found.append(best)
    return found[1:]


def _free(circle: Circle, others: list[Circle]) -> bool:
    return all(
        sqrt((circle.x - other.x) ** 2 + (circle.y - other.y) ** 2)
        > circle.radius + other.radius + 0.02
        for other in others
    )


def named(axes: Any, circle: Circle, circles: list[Circle], taken: list[Any], *, own: bool) -> str:
    """Its name, or else its code, within the circle, or else its name or code beside it if free.

    Returns what was written; nothing where there was no room.
    """
    name = style.clean(words.place(circle.partner))
    for text in (name, circle.partner):
        if page.inches(text, style.SMALL) < 1.9 * circle.radius:
            color = "white" if own else style.INK
            taken.append(box(circle.x, circle.y, text))
            write(axes, circle.x, circle.y, text, color=color, path_effects=[])
            return text
    side = 1 if circle.x >= 0 else -1
    for text in (name, circle.partner) if own else (circle.partner,):
        half = page.inches(text, style.SMALL, bold=own) / 2
        beside = circle.radius + half + 0.04
        above = circle.radius + 0.09
        places = [(side * beside, 0), (0, -above), (0, above), (-side * beside, 0)]
        free = [
            (x, y) for x, y in places if free_at(circle.x + x, circle.y + y, text, circles, taken)
        ]
        if free or own:
            x, y = (free or places)[0]
            taken.append(box(circle.x + x, circle.y + y, text))
            weight = "bold" if own else "normal"
            write(axes, circle.x + x, circle.y + y, text, weight=weight)
            return text
    return ""


def free_at(x: float, y: float, text: str, circles: list[Circle], taken: list[Any]) -> bool:
    """Whether a label there stays on the page and lies on no circle and on no other label."""
    room = box(x, y, text)
    edge = style.WIDTH / 2 - style.MARGIN
    inside = room[0] >= -edge and room[2] <= edge
    return inside and not _covers(room, circles) and not any(_meets(room, each) for each in taken)


def write(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    """A label in the middle of a point."""
    look = {"size": style.SMALL, "color": style.INK, "path_effects": marks.halo()} | look
    axes.text(x, y, text, ha="center", va="center", zorder=7, **look)


def box(x: float, y: float, text: str) -> tuple[float, float, float, float]:
    """The room of a label around its middle: left, lower, right, upper."""
    half = page.inches(text, style.SMALL, bold=True) / 2  # with some air
    return x - half, y - _LETTERS / 2, x + half, y + _LETTERS / 2


def _meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(room: tuple[float, float, float, float], circles: list[Circle]) -> bool:
    left, lower, right, upper = room
    return any(
        sqrt((c.x - min(max(c.x, left), right)) ** 2 + (c.y - min(max(c.y, lower), upper)) ** 2)
        < c.radius
        for c in circles
    )


_FROM = 'kz.charts.flow_map(kz.observations("KAZ", start=2025, end=2025, freq="A"))'

_COLUMNS = ["dataflow", "reporter", "partner", "flow", "product", "period", "value", "unit"]

_COLUMNS += ["source"]

_REACH = 2.75  # inches: the farthest partner from the centre

_LINES = 10  # partners that a line leads to

_BEARINGS = (180, 150, 210, *range(0, 360, 15))  # where a ring may have its name

_RINGS = (1000, 2000, 5000, 10000, 15000)


def flow_map(
    frame: pd.DataFrame, highlight: str = "ISR", top: int = 40, *, title: str | None = None
) -> Chart:
    """The ``top`` partners of one year as circles around the reporter, and ``highlight``.

    A circle's area is turnover. Its distance from the centre is that of the shortest way (on a
    scale of square roots, with rings in km), its direction the compass direction in which that
    way begins; where circles would overlap, the smaller one moves aside. There are no borders and
    no coasts: the map shows nearness and nothing else. Places are the principal cities of the time
    zone database.

    ``frame`` holds X and M rows, or T rows, of many partners in one period. The world and unnamed
    partners take no part; partners without a figure or a place are counted in the caption. Raises
    `UnknownCode` when ``highlight`` is not among the partners, `NotAvailable` where the reporter
    has no place; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.flow_map(kz.observations("KAZ", start=2025, end=2025, freq="A")).title)
    Half of the trade of Kazakhstan in 2025 was with partners within 4,100 km; Israel, ...
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    rows = rows[~rows["partner"].isin(list(codes.SPECIAL))]
    if not (rows["flow"] == "T").all():
        rows = aggregates.turnover(rows[rows["flow"].isin(["X", "M", "T"])])
    reporter, period, unit = (
        inputs.only(rows, column, _FROM) for column in ("reporter", "period", "unit")
    )
    inputs.some(rows["value"], "turnover", _FROM)
    inputs.once(rows, ["partner"], _FROM)
    mine = codes.area(highlight)
    if reporter not in places():
        raise NotAvailable(f"{words.place(reporter)} has no place on the map.", f"Try: {_FROM}")
    rows = _placed(rows, reporter)
    known = rows[(rows["value"] > 0) & rows["distance_km"].notna()]
    if mine not in set(known["partner"]):
        raise UnknownCode(
            f"{highlight!r} is not among the partners of {words.place(reporter)} in {period} that "
            "have a figure and a place.",
            did_you_mean(mine, set(known["partner"])),
        )
    drawn = pd.concat([known.head(top), known[known["partner"] == mine]])
    drawn = drawn.drop_duplicates("partner")
    half = _half(known)
    finding, facts = _finding(known, mine, reporter, half)
    absent = len(rows) - len(known)
    scale = _REACH / sqrt(float(drawn["distance_km"].max()))
    circles = arranged(drawn, scale)
    low = min(-0.9, *(c.y - c.radius for c in circles)) - 0.2
    high = max(0.5, *(c.y + c.radius for c in circles)) + 0.2
    with style.house():
        figure, axes = page.sheet(high - low)
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_xlim(-style.WIDTH / 2 + style.MARGIN, style.WIDTH / 2 - style.MARGIN)
        axes.set_ylim(low, high)
        taken: list[Any] = []
        coded = _draw(axes, circles, mine, reporter, taken)
        _rings(axes, scale, half, circles, taken)
        return page.finish(
            figure,
            name=f"flow-map-{reporter}-{period}".lower(),
            title=title_check.checked(title, finding, [*title_check.facts(rows), *facts]),
            subtitle=t(
                "Turnover in goods of {reporter} by partner, {period}: area is turnover, the way "
                "from the centre is the square root of distance, up is north; the largest circle "
                "is {largest}",
                reporter=words.place(reporter),
                period=words.short(period),
                largest=words.amount(float(known["value"].iloc[0]), unit),
            ),
            alt=t(
                "Map of circles around {reporter}: {finding}. The largest: {largest}.",
                reporter=words.place(reporter),
                finding=title or finding,
                largest=joined([_spoken(row) for row in inputs.each(known.head(5))], "; "),
            ),
            caption=words.credit(
                rows,
                said_number(
                    "{n} partner drawn.",
                    "{n} partners drawn, those with the largest turnover.",
                    len(drawn),
                ),
                t(
                    "Distances between principal cities of the time zone database, by the shortest "
                    "way; where circles would overlap, the smaller one is moved aside."
                ),
                words.codes_named({code: style.clean(words.place(code)) for code in coded}),
                t("Without a figure or a place: {n}.", n=absent) if absent else "",
            ),
            frame=rows.reset_index(drop=True),
        )


def _placed(rows: pd.DataFrame, reporter: str) -> pd.DataFrame:
    """The rows with place, distance and share of the turnover, the largest first."""
    here = places()[reporter]
    there = [places().get(partner) for partner in rows["partner"]]
    values = rows["value"].astype(float)
    placed = rows.assign(
        value=values,
        turnover_share=values / fsum(values.dropna()),  # in whatever order the rows come
        latitude=[each.latitude if each else float("nan") for each in there],
        longitude=[each.longitude if each else float("nan") for each in there],
        distance_km=[round(distance_km(here, p), 1) if p else float("nan") for p in there],
        bearing_degrees=[round(bearing(here, p), 1) if p else float("nan") for p in there],
    )
    return placed.sort_values(["value", "partner"], ascending=[False, True], kind="stable")


def _half(known: pd.DataFrame) -> float:
    """The distance within which half of the turnover of the placed partners stays, km."""
    near = known.sort_values("distance_km", kind="stable")
    return float(near["distance_km"][near["value"].cumsum() >= near["value"].sum() / 2].iloc[0])


def _hundreds(distance: float) -> int:
    return int(round(distance, -2))


def _finding(
    known: pd.DataFrame, mine: str, reporter: str, half: float
) -> tuple[Sentence, list[title_check.Fact]]:
    own = known[known["partner"] == mine].iloc[0]
    share = 100 * float(own["turnover_share"])
    far = [float(_hundreds(each)) for each in (half, own["distance_km"])]
    finding = said(
        "Half of the trade of {reporter} in {period} was with partners within {half} km; "
        "{partner}, {distance} km away, made up {share}",
        reporter=words.place(reporter),
        period=words.short(str(own["period"])),
        half=Later(style.plain, far[0], 0),
        partner=words.place(mine),
        distance=Later(style.plain, far[1], 0),
        share=words.percent(share, 1 if share >= 1 else 2),
    )
    return finding, [*(title_check.Fact(each, "count") for each in far)]


def _spoken(row: Any) -> Sentence:
    return said(
        "{partner} {share} at {distance} km",
        partner=words.place(row.partner),
        share=words.percent(100 * row.turnover_share),
        distance=Later(style.plain, _hundreds(row.distance_km), 0),
    )


def _rings(axes: Any, scale: float, half: float, circles: list[Circle], taken: list[Any]) -> None:
    """Circles of equal distance, each named once where there is room, first that of the half."""
    low, high = axes.get_ylim()
    turns = [radians(n) for n in range(0, 362, 2)]
    for distance in (half, *_RINGS):
        away = scale * sqrt(distance)
        if away > _REACH:
            continue
        own = distance == half
        axes.plot(
            [away * sin(a) for a in turns],
            [away * cos(a) for a in turns],
            color=style.INK if own else style.GRID,
            linewidth=1.1 if own else 0.9,
            linestyle=(0, (3, 3)) if own else "solid",
            zorder=1,
        )
        text = t("half of the trade") if own else t("{n} km", n=style.plain(distance, 0))
        points = [(away * sin(radians(b)), away * cos(radians(b))) for b in _BEARINGS]
        free = (
            (x, y)
            for x, y in points
            if low + 0.1 < y < high - 0.1 and free_at(x, y, text, circles, taken)
        )
        if place := next(free, None):
            taken.append(box(*place, text))
            write(axes, *place, text, color=style.INK if own else style.SOFT)


def _draw(
    axes: Any, circles: list[Circle], mine: str, reporter: str, taken: list[Any]
) -> list[str]:
    """The circles with their names; returns the partners that are named by their code."""
    from matplotlib.patches import Circle as Disc

    axes.plot(0, 0, "D", color=style.BLACK, markersize=7, zorder=4)
    name = style.clean(words.place(reporter))
    taken.append(box(0, -0.16, name))
    write(axes, 0, -0.16, name, weight="bold")
    for circle in circles:
        own = circle.partner == mine
        if own or circle in circles[:_LINES]:
            axes.plot([0, circle.x], [0, circle.y], color=style.GRID, linewidth=0.9, zorder=0.5)
        axes.add_patch(
            Disc(
                (circle.x, circle.y),
                circle.radius,
                facecolor=style.WINE if own else style.LILAC,
                edgecolor="white",
                linewidth=0.6,
                zorder=3,
            )
        )
    order = sorted(circles, key=lambda each: each.partner != mine)
    said = [named(axes, each, circles, taken, own=each.partner == mine) for each in order]
    return [text for each, text in zip(order, said, strict=True) if text == each.partner]
