"""Where trade goes: partners around their reporter, as far off and in the direction they are."""

from __future__ import annotations

from math import cos, fsum, radians, sin, sqrt
from typing import Any, NamedTuple

import pandas as pd

from kzdata import aggregates, codes
from kzdata.charts import headline, inputs, marks, page, style, words
from kzdata.charts.chart import Chart
from kzdata.charts.places import bearing, distance_km, places
from kzdata.errors import NotAvailable, UnknownCode, did_you_mean
from kzdata.language import Later, Sentence, joined, said, t

_FROM = 'kz.charts.flow_map(kz.observations("KAZ", start=2025, end=2025, freq="A"))'
_COLUMNS = ["dataflow", "reporter", "partner", "flow", "product", "period", "value", "unit"]
_COLUMNS += ["source"]
_REACH, _LARGEST, _LEAST = 2.75, 0.34, 0.035  # inches: the farthest partner, radii of circles
_LINES = 10  # partners that a line leads to
_RINGS = (1000, 2000, 5000, 10000, 15000)
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
    circles = _arranged(drawn, scale)
    low = min(-0.9, *(c.y - c.radius for c in circles)) - 0.2
    high = max(0.5, *(c.y + c.radius for c in circles)) + 0.2
    with style.house():
        figure, axes = page.sheet(high - low)
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_xlim(-style.WIDTH / 2 + style.MARGIN, style.WIDTH / 2 - style.MARGIN)
        axes.set_ylim(low, high)
        _rings(axes, scale, half)
        _draw(axes, circles, mine, reporter)
        return page.finish(
            figure,
            name=f"flow-map-{reporter}-{period}".lower(),
            title=headline.checked(title, finding, [*headline.facts(rows), *facts]),
            subtitle=t(
                "Turnover in goods of {reporter} by partner, {period}: area is turnover, the way "
                "from the centre is distance, up is north; the largest circle is {largest}",
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
                t(
                    "{n} partners drawn, those with the largest turnover. Distances between "
                    "principal cities of the time zone database, by the shortest way; where "
                    "circles would overlap, the smaller one is moved aside.",
                    n=len(drawn),
                ),
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
) -> tuple[Sentence, list[headline.Fact]]:
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
    return finding, [*(headline.Fact(each, "count") for each in far)]


def _spoken(row: Any) -> Sentence:
    return said(
        "{partner} {share} at {distance} km",
        partner=words.place(row.partner),
        share=words.percent(100 * row.turnover_share),
        distance=Later(style.plain, _hundreds(row.distance_km), 0),
    )


def _arranged(drawn: pd.DataFrame, scale: float) -> list[Circle]:
    """Circles at their place, the largest first, each moved as little as keeps it free."""
    largest = float(drawn["value"].max())
    found = [Circle("", 0.0, 0.0, 0.12)]
    for row in inputs.each(drawn):
        radius = max(_LEAST, _LARGEST * sqrt(row.value / largest))
        away = scale * sqrt(row.distance_km)
        at = radians(row.bearing_degrees)
        tried = [
            Circle(row.partner, push * away * sin(at + turn), push * away * cos(at + turn), radius)
            for push, turn in _MOVES
        ]
        true = tried[0]
        free = [c for c in tried if _free(c, found)] or [true]
        found.append(min(free, key=lambda c: (c.x - true.x) ** 2 + (c.y - true.y) ** 2))
    return found[1:]


def _free(circle: Circle, others: list[Circle]) -> bool:
    return all(
        sqrt((circle.x - other.x) ** 2 + (circle.y - other.y) ** 2)
        > circle.radius + other.radius + 0.02
        for other in others
    )


def _rings(axes: Any, scale: float, half: float) -> None:
    low, high = axes.get_ylim()
    turns = [radians(n) for n in range(0, 362, 2)]
    for distance in (*_RINGS, half):
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
        points = [(away * sin(radians(b)), away * cos(radians(b))) for b in (180, 150, 30, 90)]
        seen = [(x, y) for x, y in points if low + 0.1 < y < high - 0.1]
        if seen and (own or abs(away - scale * sqrt(half)) > 0.2):
            text = t("half of the trade") if own else t("{n} km", n=style.plain(distance, 0))
            axes.annotate(
                text,
                seen[0],
                ha="center",
                va="center",
                size=style.SMALL,
                color=style.INK if own else style.SOFT,
                path_effects=marks.halo(),
                zorder=6,
            )


def _draw(axes: Any, circles: list[Circle], mine: str, reporter: str) -> None:
    from matplotlib.patches import Circle as Disc

    axes.plot(0, 0, "D", color=style.BLACK, markersize=7, zorder=4)
    name = style.clean(words.place(reporter))
    taken = [_box(axes.figure, 0, -0.16, name)]
    _write(axes, 0, -0.16, name, weight="bold")
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
    for circle in sorted(circles, key=lambda each: each.partner != mine):
        _name(axes, circle, circles, taken, own=circle.partner == mine)


def _name(axes: Any, circle: Circle, circles: list[Circle], taken: list[Any], *, own: bool) -> None:
    """Its name, or else its code, within the circle, or else its name or code beside it if free."""
    figure = axes.figure
    name = style.clean(words.place(circle.partner))
    for text in (name, circle.partner):
        if page.inches(figure, text, style.SMALL) < 1.9 * circle.radius:
            color = "white" if own else style.INK
            _write(axes, circle.x, circle.y, text, color=color, path_effects=[])
            return
    side = 1 if circle.x >= 0 else -1
    for text in (name, circle.partner) if own else (circle.partner,):
        half = page.inches(figure, text, style.SMALL, bold=own) / 2
        beside = circle.radius + half + 0.04
        above = circle.radius + 0.09
        places = [(side * beside, 0), (0, -above), (0, above), (-side * beside, 0)]
        free = [
            (x, y)
            for x, y in places
            if not _covers(box := _box(figure, circle.x + x, circle.y + y, text), circles)
            and not any(_meets(box, each) for each in taken)
        ]
        if free or own:
            x, y = (free or places)[0]
            taken.append(_box(figure, circle.x + x, circle.y + y, text))
            weight = "bold" if own else "normal"
            _write(axes, circle.x + x, circle.y + y, text, weight=weight)
            return
    if circle.radius > 0.1:
        _write(axes, circle.x, circle.y, circle.partner)


def _write(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    look = {"size": style.SMALL, "color": style.INK, "path_effects": marks.halo()} | look
    axes.annotate(text, (x, y), ha="center", va="center", zorder=7, **look)


def _box(figure: Any, x: float, y: float, text: str) -> tuple[float, float, float, float]:
    half = page.inches(figure, text, style.SMALL, bold=True) / 2  # with some air
    return x - half, y - _LETTERS / 2, x + half, y + _LETTERS / 2


def _meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(box: tuple[float, ...], circles: list[Circle]) -> bool:
    return any(
        sqrt(
            (c.x - min(max(c.x, box[0]), box[2])) ** 2 + (c.y - min(max(c.y, box[1]), box[3])) ** 2
        )
        < c.radius
        for c in circles
    )
