"""Where trade goes: partners around their reporter, as far off and in the direction they are."""

from __future__ import annotations

from math import cos, fsum, radians, sin, sqrt
from typing import Any

import pandas as pd

from kzdata import aggregates, codes
from kzdata.charts import headline, inputs, page, style, words
from kzdata.charts.chart import Chart
from kzdata.charts.circles import Circle, arranged, box, free_at, named, write
from kzdata.charts.places import bearing, distance_km, places
from kzdata.errors import NotAvailable, UnknownCode, did_you_mean
from kzdata.language import Later, Sentence, joined, said, said_number, t

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
            title=headline.checked(title, finding, [*headline.facts(rows), *facts]),
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
