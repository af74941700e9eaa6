"""Charts of awkward inputs: drawn so that one would publish them, or refused with a reason."""

from __future__ import annotations

import itertools
import re
from functools import cache

import pandas as pd
import pytest
from awkward_charts import Case, awkward
from every_chart import EVERY
from matplotlib.text import Text

import kzdata as kz
from kzdata.errors import KzdataError
from kzdata.present.charts import style

# What crowds a chart or breaks its line is looked at every day, the rest of the matrix at night.
CROWDED = re.compile(r"long|-gap")


@cache
def cases() -> list[Case]:
    return awkward()


def refused(chart: str, name: str) -> bool:
    """Whether an input cannot be drawn."""
    if chart in ("ranking", "flow_map", "peers", "treemap") and name.startswith("some-missing"):
        return False
    return name.endswith(("missing", "missing-own", "missing-both")) or (chart, name) in (
        ("contribution", "some-missing"),
        ("peers", "one"),
        ("mirror", "never-both"),
        ("vintages", "one-edition"),
        ("vintages", "negative"),
        ("timeline", "undated"),
    )


def labels(chart) -> list[tuple[str, object]]:
    """Every upright text in the axes as it is drawn, with the room it takes."""
    found = []
    with style.house():
        chart.figure.draw_without_rendering()
        renderer = chart.figure.canvas.get_renderer()
        for axes in chart.figure.axes:
            if not axes.get_visible():
                continue
            # The three titles among them: in the middle, to the left, to the right.
            texts = [each for each in axes.get_children() if isinstance(each, Text)]
            if axes.axison:
                for axis in (axes.xaxis, axes.yaxis):
                    low, high = sorted(axis.get_view_interval())
                    texts += [
                        tick.label2 if tick.label2.get_visible() else tick.label1
                        for tick in axis.get_major_ticks()
                        if low <= tick.get_loc() <= high
                    ]
            if axes.get_legend():
                texts += axes.get_legend().get_texts()
            found += [
                (text.get_text(), text.get_window_extent(renderer))
                for text in texts
                if text.get_text().strip() and text.get_visible() and not text.get_rotation()
            ]
    return found


def collisions(chart) -> list[tuple]:
    """Pairs of labels that lie on each other, and labels that leave the page."""
    page = chart.figure.bbox
    found: list[tuple] = []
    drawn = labels(chart)
    for (one, a), (other, b) in itertools.combinations(drawn, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > 2 and down > 3:
            found.append((one, other, round(across), round(down)))
    for text, box in drawn:
        if not (page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1 and page.y0 - 1 <= box.y0):
            found.append((text, "leaves the page"))
    return found


def everyday() -> dict[str, str]:
    """The first crowded input of each chart."""
    crowded = [(chart, name) for chart, name, *_ in cases() if CROWDED.search(name)]
    return dict(reversed(crowded))


def test_every_chart_is_in_the_everyday_sample():
    assert everyday().keys() == set(EVERY)


@pytest.mark.slow
@pytest.mark.parametrize("daily", [True, pytest.param(False, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("draw", EVERY)
def test_awkward_inputs_are_drawn_whole_and_again_from_their_csv(draw, daily, tmp_path, subtests):
    for chart, name, frame, more in cases():
        if chart != draw or refused(chart, name) or (name == everyday()[chart]) != daily:
            continue
        with subtests.test(name):
            whole_and_again(draw, frame, more, tmp_path / f"{name}.csv")


def whole_and_again(draw, frame, more, path) -> None:
    chart = getattr(kz.charts, draw)(frame, **more)
    assert collisions(chart) == []
    for text in (chart.title, chart.subtitle, chart.alt, chart.caption):
        assert not re.search(r"\bnan\b|[{}]|\binf\b|\d\.\de[-+]?\d", text, re.IGNORECASE), text
        assert "rose 0.0%" not in text
        assert not re.search(r"US\$0\.0(?!\d)", text), text
    figures = " ".join(text for text, _ in labels(chart))
    assert not re.search(r"\de[-+]?\d\d", figures), figures
    keywords = {k: v for k, v in more.items() if not isinstance(v, pd.DataFrame)}
    again = getattr(kz.charts, draw)(kz.charts.frame_of(chart.save(path)), **keywords)
    assert again.svg_bytes() == chart.svg_bytes()
    words = ("title", "subtitle", "alt", "caption")
    assert [getattr(again, each) for each in words] == [getattr(chart, each) for each in words]


def test_what_cannot_be_drawn_is_refused_with_the_next_thing_to_do(subtests):
    asked = [case for case in cases() if refused(*case[:2])]
    assert len(asked) > len(EVERY)
    for chart, name, frame, more in asked:
        with subtests.test(f"{chart}-{name}"), pytest.raises(KzdataError, match=r"\n  \S"):
            getattr(kz.charts, chart)(frame, **more)
