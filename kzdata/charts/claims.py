"""What was said beside what is published: a panel for each measure, a mark for each verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import codes, periods
from kzdata.charts import claim_panel, headline, inputs, marks, page, style, words
from kzdata.charts.chart import Chart
from kzdata.errors import KzdataError, NotAvailable
from kzdata.language import Sentence, joined, said, said_number, t, tn
from kzdata.verdicts.confrontation import COLUMNS

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
    facts = headline.facts(
        shown, *(headline.Fact(float(n), "count") for n in [len(drawn), *counts, *numbers])
    )
    left_out = len(rows) - len(drawn)
    with style.house():
        heights = [claim_panel.ROW * (len(group) + 0.25) for _, group in groups]
        figure, panels = page.sheet(1.0, len(groups), squeeze=False)
        headings = [claim_panel.heading(name, group) for name, group in groups]
        between = 0.42 + 0.16 * max(len(lines) for lines in headings)
        figure.set_figheight(sum(heights) + between * len(groups) + 0.35)
        panels[0, 0].get_gridspec().set_height_ratios(heights)
        figure.subplots_adjust(hspace=between * len(groups) / sum(heights))
        for axes, heading, (name, group) in zip(panels[:, 0], headings, groups, strict=True):
            claim_panel.draw(axes, heading, name[-2], group)
        used = [v for v in claim_panel.VERDICTS if v in counts.index]
        handles = [
            marks.dot(t(label), marker, color, filled=filled)
            for label, marker, color, filled in (claim_panel.VERDICTS[v] for v in used)
        ]
        published = marks.dot(t("Published figure"), "|", style.BLACK)
        published.set_markersize(11)
        published.set_markeredgewidth(2)
        _key(panels[0, 0], [*handles, published], len(headings[0]))
        return page.finish(
            figure,
            name="claims",
            title=headline.checked(title, finding, facts),
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
        bbox_transform=axes.transAxes
        + _points(axes, -claim_panel.LABELS * 72 - 8, 10 + 13 * below),
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
