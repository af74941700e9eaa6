"""What was said beside what is published: a panel for each measure, a mark for each verdict."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata import codes, contract, periods, sources
from kzdata.charts import headline, inputs, marks, page, style, words
from kzdata.charts.chart import Chart
from kzdata.errors import KzdataError, NotAvailable

_FROM = "kz.charts.claims(kz.confront(kz.claims(topic='trade'), trade))"
_COLUMNS = [
    "claim",
    "speaker",
    "printed",
    "dataflow",
    "reporter",
    "partner",
    "flow",
    "period",
    "value",
    "lower",
    "upper",
    "unit",
    "observed_value",
    "difference_pct",
    "verdict",
    "source",
]
_LONGEST = 60
_ROW = 0.43  # inches
_LABELS = 1.75  # inches for who said it
VERDICTS = {
    "confirmed": ("Confirmed", "o", style.GREEN, True),
    "rounds_to": ("Rounds to it", "s", style.VIOLET, True),
    "differs": ("Differs", "X", style.ORANGE, True),
    "other_measure": ("Other measure", "D", style.WINE, False),
    "unverifiable": ("Nothing published", "o", style.CONTEXT, False),
}


def claims(confronted: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Claimed figures as marks with their ranges, published ones as a stroke on the same line.

    ``confronted`` is what `kz.confront` returns. Claims of one measure, pair, unit and length of
    period share a panel and an axis, no others do. A bound without an end is an arrow; a claim
    without a figure (a date, words) is left out and counted in the caption. Raises `KzdataError`
    for more than 60 claims, `NotAvailable` when none has a figure; other errors and ``title`` as
    in `turnover`.
    """
    rows = inputs.need(confronted, _COLUMNS, _FROM)
    drawn = rows[rows["lower"].notna() & rows["upper"].notna() & (rows["unit"] != "date")]
    if drawn.empty:
        raise NotAvailable("None of the claims has a figure to draw.", f"Try: {_FROM}")
    if len(drawn) > _LONGEST:
        raise KzdataError(
            f"{len(drawn)} claims are more than one chart can show ({_LONGEST}).",
            'Choose some: confronted[confronted["partner"] == "ISR"]',
        )
    measure = ["dataflow", "flow", "reporter", "partner", "unit"]
    length = drawn["period"].map(_length)
    groups: list[tuple[Any, pd.DataFrame]] = [
        (name, group.sort_values(["period", "claim"]))
        for name, group in drawn.groupby([*(drawn[c] for c in measure), length], sort=True)
    ]
    groups.sort(
        key=lambda each: (-each[1]["observed_value"].notna().sum(), -len(each[1]), str(each[0]))
    )
    shown = pd.concat([group for _, group in groups], ignore_index=True)
    counts = drawn["verdict"].value_counts()
    finding, numbers = _finding(counts)
    facts = headline.facts(
        shown, *(headline.Fact(float(n), "count") for n in [len(drawn), *counts, *numbers])
    )
    left_out = len(rows) - len(drawn)
    with style.house():
        heights = [_ROW * (len(group) + 0.25) for _, group in groups]
        figure, panels = page.sheet(1.0, len(groups), squeeze=False)
        headings = [_heading(figure, name, group) for name, group in groups]
        between = 0.42 + 0.16 * max(len(lines) for lines in headings)
        figure.set_figheight(sum(heights) + between * len(groups) + 0.35)
        panels[0, 0].get_gridspec().set_height_ratios(heights)
        figure.subplots_adjust(hspace=between * len(groups) / sum(heights))
        for axes, heading, (name, group) in zip(panels[:, 0], headings, groups, strict=True):
            _panel(axes, heading, name[-2], group)
        used = [v for v in VERDICTS if v in counts.index]
        handles = [
            marks.dot(label, marker, color, filled=filled)
            for label, marker, color, filled in (VERDICTS[v] for v in used)
        ]
        published = marks.dot("Published figure", "|", style.BLACK)
        published.set_markersize(11)
        published.set_markeredgewidth(2)
        _key(panels[0, 0], [*handles, published], len(headings[0]))
        return page.finish(
            figure,
            name="claims",
            title=headline.checked(title, finding, facts),
            subtitle="Claimed figures and, where one is published for the same measure and "
            "period, the published figure",
            alt=f"Dots with ranges: {title or finding}. {_examples(drawn)}",
            caption=words.credit(
                shown,
                "Lines: what the printed digits and words such as 'about' or 'over' allow.",
                f"{left_out} claims without a figure are not drawn." if left_out else "",
            ),
            frame=shown,
        )


def _length(period: str) -> str:
    months = None if period == codes.UNKNOWN else periods.months_in(period)
    if months is None:
        return ""
    years, rest = divmod(months, 12)
    return f"{months} months" if rest else "full year" if years == 1 else f"{years} years"


def _finding(counts: pd.Series) -> tuple[str, list[int]]:
    agree = int(counts.get("confirmed", 0) + counts.get("rounds_to", 0))
    comparable = agree + int(counts.get("differs", 0))
    rest = int(counts.sum()) - comparable
    numbers = [agree, comparable, rest]
    if not comparable:
        return f"None of the {rest} claimed figures can be compared with a published one", numbers
    if comparable == 1:
        verb = "agrees with" if agree else "differs from"
        said = f"The only comparable claim {verb} the published figure"
    else:
        verb = "agrees" if agree < 2 else "agree"
        said = (
            f"{agree or 'None'} of {comparable} comparable claims {verb} with the published figure"
        )
    return said + (f"; {rest} cannot be compared" if rest else ""), numbers


def _heading(figure: Any, name: tuple[str, ...], group: pd.DataFrame) -> list[str]:
    """What a panel measures, in lines."""
    dataflow, flow, reporter, partner, unit, length = name
    what = contract.DATAFLOWS.get(dataflow, dataflow)
    if dataflow == "trade_goods":
        what = contract.FLOWS[flow] + " of goods"
    sides = [words.place(c) for c in (reporter, partner) if c not in (codes.UNKNOWN, "_Z")]
    unit_words = words.scale(_finite(group), unit)[1]
    parts = [what.capitalize(), " with ".join(sides), length, unit_words]
    heading = style.clean(", ".join(part for part in parts if part))
    return page.wrap(figure, heading, style.BODY, 6.0, bold=True)


def _finite(group: pd.DataFrame) -> list[float]:
    ends = [*group["value"], *group["lower"], *group["upper"], *group["observed_value"]]
    return [v for v in ends if not pd.isna(v) and not math.isinf(v)]


def _panel(axes: Any, heading: list[str], unit: str, group: pd.DataFrame) -> None:
    finite = _finite(group)
    factor, _ = words.scale(finite, unit)
    low, high = min(0.0, *finite) / factor, max(0.0, *finite) / factor
    reach = high - low
    axes.set_xlim(low - 0.03 * reach * (low < 0), high + 0.08 * reach if reach else 1)
    style.dress(axes, values="x")
    if not reach:
        axes.set_xticks([0])
    axes.annotate(
        "\n".join(heading),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-_LABELS * 72 - 6, 4),
        textcoords="offset points",
        va="bottom",
        size=style.BODY,
        weight="bold",
    )
    labels = []
    for place, row in enumerate(inputs.each(group)):
        labels.append(page.shorten(axes.figure, _label(row), style.SMALL, _LABELS, 2))
        _claim(axes, place, row, factor)
    axes.set_yticks(range(len(group)), labels, size=style.SMALL)
    axes.set_ylim(len(group) - 0.4, -0.6)


def _label(row: Any) -> str:
    said = row.speaker if isinstance(row.speaker, str) and row.speaker else _publisher(row.source)
    when = "" if row.period == codes.UNKNOWN else words.short(row.period)
    return ": ".join(part for part in (when, said) if part)


def _publisher(joined: str) -> str:
    """Who printed the claim: the source that is no official series."""
    names = sources.split(joined)
    own = [name for name in names if name not in sources.manifests()] or names
    return words.publisher(own[0])


def _claim(axes: Any, place: int, row: Any, factor: float) -> None:
    verdict, marker, color, filled = VERDICTS[row.verdict]
    left, right = axes.get_xlim()
    low, high = row.lower / factor, row.upper / factor
    axes.plot(
        [max(low, left), min(high, right)], [place, place], color=color, linewidth=2.5, zorder=2
    )
    for bound, end, arrow in ((low, left, 8), (high, right, 9)):
        if math.isinf(bound):
            axes.plot(end, place, marker=arrow, color=color, markersize=7, clip_on=False)
    if not pd.isna(row.value):
        axes.plot(
            row.value / factor,
            place,
            marker,
            color=color,
            markerfacecolor=color if filled else "white",
            markersize=8,
            zorder=4,
        )
    if not pd.isna(row.observed_value):
        published = row.observed_value / factor
        axes.plot(
            [published, published],
            [place - 0.33, place + 0.33],
            color=style.BLACK,
            linewidth=2,
            zorder=3,
        )
    text = verdict.lower()
    if not pd.isna(row.difference_pct) and row.verdict == "differs":
        gap = row.difference_pct
        text += (
            f" by {style.plain(gap, 1) if abs(gap) >= 0.1 else style.plain(float(f'{gap:.1g}'))} %"
        )
    printed = page.shorten(axes.figure, row.printed, style.SMALL, 1.55, 1)
    for line, offset, weight in ((printed, 5.5, "bold"), (text, -5.5, "normal")):
        axes.annotate(
            line,
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(9, offset),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            weight=weight,
            color=style.INK,
        )


def _small(percent: float) -> str:
    """One decimal, or one digit where the difference is smaller than that."""
    return style.plain(percent, 1) if abs(percent) >= 0.1 else style.plain(float(f"{percent:.1g}"))


def _key(axes: Any, handles: list[Any], below: int) -> None:
    """The key of all panels, above the first one's own heading."""
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=axes.transAxes + _points(axes.figure, -_LABELS * 72 - 8, 10 + 13 * below),
        ncol=3 if len(handles) > 4 else len(handles),
        borderaxespad=0,
        handletextpad=0.4,
        columnspacing=1.4,
    )


def _points(figure: Any, x: float, y: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(x / 72, y / 72, figure.dpi_scale_trans)


def _examples(drawn: pd.DataFrame) -> str:
    compared = drawn[drawn["observed_value"].notna()]
    said = [
        f"{row.printed} for {words.short(row.period)}, published "
        f"{words.amount(row.observed_value, row.unit)}"
        for row in inputs.each(compared.head(3))
    ]
    return ("Among them: " + "; ".join(said) + ".") if said else ""
