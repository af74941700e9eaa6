"""What was said beside what is published: a panel for each measure, a mark for each verdict."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata.analysis.claims.confrontation import COLUMNS
from kzdata.errors import KzdataError, NotAvailable
from kzdata.i18n.sentences import Sentence, joined, known_word, said, said_number, t, term, tn
from kzdata.model import codes, contract, periods, vocabulary
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.seeds import sources

ROW, LABELS = 0.43, 1.75

"""Inches: the height of a row, the width for who said it."""

VERDICTS = {
    "confirmed": (term("Confirmed"), "o", style.GREEN, True),
    "rounds_to": (term("Rounds to it"), "s", style.VIOLET, True),
    "differs": (term("Differs"), "X", style.ORANGE, True),
    "other_measure": (term("Other measure"), "D", style.WINE, False),
    "unverifiable": (term("Nothing published"), "o", style.CONTEXT, False),
}

"""For each verdict its name in the key, marker, colour, and whether the marker is filled."""


def panel_heading(name: tuple[str, ...], group: pd.DataFrame) -> list[str]:
    """What a panel measures, in lines."""
    dataflow, flow, reporter, partner, unit, length = name
    what = known_word(vocabulary.DATAFLOWS.get(dataflow, dataflow))
    if dataflow == "trade_goods":
        what = t("{flow} of goods", flow=known_word(vocabulary.FLOWS[flow]))
    sides = [words.place(c) for c in (reporter, partner) if c not in (codes.UNKNOWN, "_Z")]
    pair = t("{reporter} with {partner}", reporter=sides[0], partner=sides[1]) if sides[1:] else ""
    unit_words = str(words.scale(_finite(group), unit)[1])
    parts = [what[:1].upper() + what[1:], pair or "".join(map(str, sides)), length, unit_words]
    line = style.clean(", ".join(part for part in parts if part))
    return page.wrap(line, style.BODY, 6.0, bold=True)


def _finite(group: pd.DataFrame) -> list[float]:
    ends = [*group["value"], *group["lower"], *group["upper"], *group["observed_value"]]
    return [v for v in ends if not pd.isna(v) and not math.isinf(v)]


def draw(axes: Any, title: list[str], unit: str, group: pd.DataFrame) -> None:
    """One measure: its heading, and a row for each claim with its range and its verdict."""
    finite = _finite(group)
    factor, _ = words.scale(finite, unit)
    low, high = min(0.0, *finite) / factor, max(0.0, *finite) / factor
    reach = high - low
    axes.set_xlim(low - 0.03 * reach * (low < 0), high + 0.08 * reach if reach else 1)
    style.dress(axes, values="x")
    if not reach:
        axes.set_xticks([0])
    axes.annotate(
        "\n".join(title),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-LABELS * 72 - 6, 4),
        textcoords="offset points",
        va="bottom",
        size=style.BODY,
        weight="bold",
    )
    labels = []
    for place, row in enumerate(inputs.each(group)):
        labels.append(page.shorten(_label(row), style.SMALL, LABELS, 2))
        _claim(axes, place, row, factor)
    axes.set_yticks(range(len(group)), labels, size=style.SMALL)
    axes.set_ylim(len(group) - 0.4, -0.6)


def _label(row: Any) -> str:
    said = row.speaker if isinstance(row.speaker, str) and row.speaker else _publisher(row.source)
    when = "" if row.period == codes.UNKNOWN else str(words.short(row.period))
    return ": ".join(part for part in (when, said) if part)


def _publisher(joined: str) -> str:
    """Who printed the claim: the source that is no official series."""
    names = contract.split_sources(joined)
    own = [name for name in names if name not in sources.manifests()] or names
    return known_word(words.publisher(own[0]))


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
            clip_on=False,
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
    text = known_word(verdict).lower()
    if not pd.isna(row.difference_pct) and row.verdict == "differs":
        text = t("differs by {gap}%", gap=_small(row.difference_pct))
    printed = page.shorten(row.printed, style.SMALL, 1.5, 2)
    below = -5.5 * (1 + printed.count("\n"))
    for line, offset, weight in ((printed, 5.5, "bold"), (text, below, "normal")):
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
            linespacing=1.15,
        )


def _small(percent: float) -> str:
    """One decimal, or one digit where the difference is smaller than that."""
    return style.plain(percent, 1) if abs(percent) >= 0.1 else style.plain(float(f"{percent:.1g}"))


_FROM = "kz.charts.claims(kz.confront(kz.claims(topic='trade'), trade))"

_LONGEST = 60


def claims(confronted: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Claimed figures as marks with their ranges, published ones as a stroke on the same line.

    ``confronted`` is what `kz.confront` returns. Claims of one measure, pair, unit and length of
    period share a panel and an axis, no others do. A bound without an end is an arrow; a claim
    without a figure (a date, words) is not drawn but counted in the caption. Raises `KzdataError`
    for more than 60 claims, `NotAvailable` when none has a figure; other errors and ``title`` as
    in `turnover`.

    >>> import kzdata as kz
    >>> said = kz.claims("trade", partner="ISR")
    >>> found = kz.confront(said, kz.observations("KAZ", "ISR"))
    >>> print(kz.charts.claims(found).title)
    5 of 9 comparable claims agree with the published figure; 3 cannot be compared
    """
    rows = inputs.need(confronted, COLUMNS, _FROM)
    told = rows["lower"].notna() & rows["upper"].notna() & (rows["unit"] != "date")
    drawn = rows[told]
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
    drawn = pd.concat([group for _, group in groups], ignore_index=True)
    shown = pd.concat([drawn, rows[~told]], ignore_index=True)
    counts = drawn["verdict"].value_counts()
    finding, numbers = _finding(counts)
    facts = title_check.facts(
        shown, *(title_check.Fact(float(n), "count") for n in [len(drawn), *counts, *numbers])
    )
    left_out = len(rows) - len(drawn)
    with style.house():
        heights = [ROW * (len(group) + 0.25) for _, group in groups]
        figure, panels = page.sheet(1.0, len(groups), squeeze=False)
        headings = [panel_heading(name, group) for name, group in groups]
        between = 0.42 + 0.16 * max(len(lines) for lines in headings)
        figure.set_figheight(sum(heights) + between * len(groups) + 0.35)
        panels[0, 0].get_gridspec().set_height_ratios(heights)
        figure.subplots_adjust(hspace=between * len(groups) / sum(heights))
        for axes, heading, (name, group) in zip(panels[:, 0], headings, groups, strict=True):
            draw(axes, heading, name[-2], group)
        used = [v for v in VERDICTS if v in counts.index]
        handles = [
            marks.dot(t(label), marker, color, filled=filled)
            for label, marker, color, filled in (VERDICTS[v] for v in used)
        ]
        published = marks.dot(t("Published figure"), "|", style.BLACK)
        published.set_markersize(11)
        published.set_markeredgewidth(2)
        _key(panels[0, 0], [*handles, published], len(headings[0]))
        return page.finish(
            figure,
            name="claims",
            title=title_check.checked(title, finding, facts),
            subtitle=said(
                "Claimed figures and, where one is published for the same measure and period, the "
                "published figure"
            ),
            alt=" ".join(
                [t("Dots with ranges: {finding}.", finding=title or finding), *_examples(drawn)]
            ),
            caption=words.credit(
                drawn,
                said("Lines: what the printed digits and words such as 'about' or 'over' allow."),
                said_number(
                    "Not drawn, for want of a figure: {n} claim.",
                    "Not drawn, for want of a figure: {n} claims.",
                    left_out,
                )
                if left_out
                else "",
            ),
            frame=shown,
        )


def _length(period: str) -> str:
    months = None if period == codes.UNKNOWN else periods.months_in(period)
    if months is None:
        return ""
    years, rest = divmod(months, 12)
    if rest:
        return tn("{n} month", "{n} months", months)
    return t("full year") if years == 1 else tn("{n} year", "{n} years", years)


def _finding(counts: pd.Series) -> tuple[Sentence, list[int]]:
    agree = int(counts.get("confirmed", 0) + counts.get("rounds_to", 0))
    comparable = agree + int(counts.get("differs", 0))
    rest = int(counts.sum()) - comparable
    numbers = [agree, comparable, rest]
    parts = {"agree": agree, "comparable": comparable, "rest": rest}
    if not comparable:
        return said_number(
            "The only claimed figure cannot be compared with a published one",
            "None of the {n} claimed figures can be compared with a published one",
            rest,
        ), numbers
    if comparable == 1:
        return _only(bool(agree), rest), numbers
    if not agree:
        return said(
            "None of {comparable} comparable claims agree with the published figure; {rest} cannot "
            "be compared"
            if rest
            else "None of {comparable} comparable claims agree with the published figure",
            **parts,
        ), numbers
    if agree == 1:
        return said(
            "1 of {comparable} comparable claims agrees with the published figure; {rest} cannot "
            "be compared"
            if rest
            else "1 of {comparable} comparable claims agrees with the published figure",
            **parts,
        ), numbers
    return said(
        "{agree} of {comparable} comparable claims agree with the published figure; {rest} cannot "
        "be compared"
        if rest
        else "{agree} of {comparable} comparable claims agree with the published figure",
        **parts,
    ), numbers


def _only(agrees: bool, rest: int) -> Sentence:
    if agrees:
        return said(
            "The only comparable claim agrees with the published figure; {rest} cannot be compared"
            if rest
            else "The only comparable claim agrees with the published figure",
            rest=rest,
        )
    return said(
        "The only comparable claim differs from the published figure; {rest} cannot be compared"
        if rest
        else "The only comparable claim differs from the published figure",
        rest=rest,
    )


def _key(axes: Any, handles: list[Any], below: int) -> None:
    """The key of all panels, above the first one's own heading."""
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=axes.transAxes + _points(axes, -LABELS * 72 - 8, 10 + 13 * below),
        ncol=3 if len(handles) > 4 else len(handles),
        borderaxespad=0,
        handletextpad=0.4,
        columnspacing=1.4,
    )


def _points(axes: Any, x: float, y: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(x / 72, y / 72, axes.figure.dpi_scale_trans)


def _examples(drawn: pd.DataFrame) -> list[str]:
    compared = drawn[drawn["observed_value"].notna()]
    examples = [
        said(
            "{printed} for {period}, published {value}",
            printed=row.printed,
            period=words.short(row.period),
            value=words.amount(row.observed_value, row.unit),
        )
        for row in inputs.each(compared.head(3))
    ]
    return [t("Among them: {examples}.", examples=joined(examples, "; "))] if examples else []
