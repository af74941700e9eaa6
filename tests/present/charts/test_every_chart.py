"""What holds for every chart: the way back from its CSV, its title, its words, its colours."""

from __future__ import annotations

import itertools
import re

import pandas as pd
import pytest
from every_chart import EVERY, drawn, given
from sight import SIGHTS, contrast, difference, hexed, lightness
from test_charts import texts

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable
from kzdata.present.charts import style, title_check

every_chart = pytest.mark.parametrize("name", EVERY)


def test_no_chart_is_left_out():
    assert set(EVERY) == set(kz.charts.__all__) - {"Chart", "frame_of"}


@every_chart
def test_drawn_from_its_own_csv_a_chart_is_the_same_to_the_byte(name, tmp_path):
    chart = drawn(name)
    frame = kz.charts.frame_of(chart.save(tmp_path / "chart.csv"))
    keywords = {k: v for k, v in given(name)[1].items() if not isinstance(v, pd.DataFrame)}
    again = getattr(kz.charts, name)(frame, **keywords)
    assert again.svg_bytes() == chart.svg_bytes()
    words = ("name", "title", "subtitle", "alt", "caption")
    assert [getattr(again, each) for each in words] == [getattr(chart, each) for each in words]
    # and the CSV of the second chart is that of the first
    again.save(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "chart.csv").read_bytes()


@every_chart
def test_another_figure_in_the_csv_draws_another_chart(name, tmp_path):
    """The way back reads the file: a chart that ignored it would pass the test above."""
    chart = drawn(name)
    path = chart.save(tmp_path / "chart.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    frame = kz.charts.frame_of(path)
    assert len(frame) == len(lines) - 1 or '"' in path.read_text(encoding="utf-8")
    keywords = {k: v for k, v in given(name)[1].items() if not isinstance(v, pd.DataFrame)}
    changed = _changed(name, frame)
    assert getattr(kz.charts, name)(changed, **keywords).svg_bytes() != chart.svg_bytes()


def _changed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one figure (or date) of what the chart draws made another."""
    column = DRAWN.get(name, "value")
    frame = frame.copy()
    row = frame.index[frame[column].notna()][0 if name in ("treemap", "flow_map") else -1]
    if column == "date":
        frame.loc[frame.index[0], column] = "1990"
    elif column == "stage":
        frame.loc[row, column] = "contract"
    else:
        frame.loc[row, column] = float(frame.loc[row, column]) * 1.5
    return frame


DRAWN = {
    "back_test": "error_pct",
    "claims": "observed_value",
    "contribution": "contribution",
    "ladder": "stage",
    "mirror": "ratio",
    "official_delivered": "official",
    "share": "value_share",
    "timeline": "date",
}


def test_a_csv_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotAvailable, match=r"figure\.csv"):
        kz.charts.frame_of(tmp_path / "figure.csv")


def test_codes_stay_text_and_missing_stays_missing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "product,period,value,rank,note,at_all\n010121,2024,1.5,3,12,True\n27,2025,,4,,False\n"
    )
    frame = kz.charts.frame_of(path)
    assert frame["product"].tolist() == ["010121", "27"]
    assert frame["period"].tolist() == ["2024", "2025"]
    assert frame["value"].tolist()[0] == 1.5
    assert pd.isna(frame["value"].tolist()[1])
    assert frame["rank"].tolist() == [3, 4]
    assert frame["note"].tolist()[0] == "12"
    assert frame["at_all"].tolist() == [True, False]


def _false(title: str) -> list[str]:
    """The title with each of its numbers false, by turns with a digit more and with another."""
    made = []
    for place, match in enumerate(title_check.NUMBER.finditer(title)):
        start, end = match.span("digits")
        digits = match["digits"]
        if place % 2:
            false = digits[:-1] + str((int(digits[-1]) + 1) % 10)  # 45.2: 45.3
        else:
            whole, point, decimals = re.sub(r"[ ,]", "", digits).partition(".")
            false = whole + "7" + point + decimals  # 45.2: 457.2
        made.append(title[:start] + false + title[end:])
    return made


@every_chart
def test_a_title_with_a_wrong_number_is_refused(name):
    chart = drawn(name)
    assert drawn(name, title=chart.title).title == chart.title
    false = _false(chart.title)
    assert false, chart.title
    for title in false:
        with pytest.raises(KzdataError, match="The data say"):
            drawn(name, title=title)


@every_chart
def test_the_words_are_whole(name):
    chart = drawn(name)
    assert chart.title in chart.alt
    assert re.search(r"\d", chart.alt.replace(chart.title, "")), "the alt text has its own numbers"
    assert chart.caption.startswith(("Source: ", "Sources: "))
    for text in (chart.title, chart.subtitle, chart.alt, chart.caption):
        assert "nan" not in text.lower().split()
        assert "{" not in text
    assert len(chart.frame) > 0


OTHERS = ["ru", "kk", "he"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language"),
    [  # every day a third of the charts, each in one of them
        (name, each)
        if place % len(OTHERS) ** 2 == turn
        else pytest.param(name, each, marks=pytest.mark.nightly)
        for place, name in enumerate(EVERY)
        for turn, each in enumerate(OTHERS)
    ],
)
def test_every_chart_speaks_every_language(name, language):
    english = drawn(name)
    from kzdata.i18n.catalogue import speaking

    with speaking(language):
        chart = drawn(name)
    assert chart.title != english.title
    assert chart.frame.to_csv() == english.frame.to_csv()  # data stay English
    script = {"ru": r"[а-я]", "kk": r"[а-яәғқңөұүһі]", "he": r"[א-ת]"}[language]
    for text in (chart.title, chart.subtitle, chart.alt, chart.caption):
        assert re.search(script, text, re.IGNORECASE), text
        svg = chart.svg()
    assert chart.svg() == svg  # drawn later, when another language is spoken, it is the same
    _stays_on_the_page(chart)


@every_chart
def test_everything_stays_on_the_page(name):
    _stays_on_the_page(drawn(name))


def _stays_on_the_page(chart) -> None:
    page = chart.figure.bbox
    assert page.width == 640
    with style.house():
        renderer = chart.figure.canvas.get_renderer()
        boxes = [text.get_window_extent(renderer) for text in chart.figure.texts]
        boxes += [axes.get_tightbbox(renderer) for axes in chart.figure.axes]
        labels = [
            text.get_window_extent(renderer)
            for axes in chart.figure.axes
            for text in axes.texts
            if axes.get_visible() and text.get_text().strip()
        ]
    for box in [*labels, *(box for box in boxes if box is not None)]:
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1
    assert all(text.get_size() >= style.SMALL for text in chart.figure.texts)


def _looks(chart) -> dict[tuple, str]:
    """The colours that data are drawn in, with the second sign of each: a hatch or a marker."""
    from matplotlib.colors import to_rgba

    found: dict[tuple, str] = {}
    for axes in chart.figure.axes:
        if not axes.get_visible():
            continue
        for patch in axes.patches:
            face, hatch = to_rgba(patch.get_facecolor()), patch.get_hatch()
            color = patch.get_edgecolor() if hatch and hexed(face) == "#ffffff" else face
            found[("patch", hexed(color), hatch or "")] = hexed(color)
        for line in axes.lines:
            marker, color = str(line.get_marker()), hexed(line.get_color())
            if marker not in ("None", "", " "):
                marker += " open" if hexed(line.get_markerfacecolor()) == "#ffffff" else ""
            elif line.get_linewidth() < 1.3:
                continue  # a rule of the plot, not a series
            found[("line", color, marker)] = color
        for points in axes.collections:
            for color in points.get_facecolor():
                found[("dots", hexed(color), "")] = hexed(color)
    marked = {key[1] for key in found if key[0] == "line" and key[2] not in ("None", "", " ")}
    return {  # a range or a bar that belongs to a mark has the mark for its sign
        key: color
        for key, color in found.items()
        if key[0] != "line" or key[2] not in ("None", "", " ") or key[1] not in marked
    }


QUIET = {style.GRID.lower(), "#ffffff"}
"""Surfaces that carry no datum by their colour alone: a rest, a band, a track, always labelled."""


@every_chart
def test_what_is_drawn_has_a_contrast_of_three_to_one(name):
    # WCAG 2.2, 1.4.11
    for color in set(_looks(drawn(name)).values()) - QUIET:
        assert contrast(color, "#ffffff") >= 3, color


@every_chart
def test_words_have_a_contrast_of_four_and_a_half_to_one(name):
    # WCAG 2.2, 1.4.3; a text in a tile stands on its tile
    chart = drawn(name)
    from matplotlib.text import Text

    renderer = chart.figure.canvas.get_renderer()
    for text in chart.figure.findobj(Text):
        if not text.get_text().strip() or not text.get_visible():
            continue
        ground = "#ffffff"
        box = text.get_window_extent(renderer)
        inside = text.axes is not None and text in text.axes.texts  # a key stands on white
        for patch in text.axes.patches if inside else ():
            held = patch.get_window_extent(renderer)
            if not text.get_path_effects() and held.contains(
                (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
            ):
                ground = hexed(patch.get_facecolor())
        assert contrast(hexed(text.get_color()), ground) >= 4.5, (text.get_text(), ground)


@every_chart
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_series_look_alike_to_anybody(name, sight):
    """ΔE*ab of 20 between the colours of a chart, or another hatch or marker beside the colour.

    In grey only lightness is left: 12 points of L*, or the second sign.
    """
    looks = {key: color for key, color in _looks(drawn(name)).items() if color not in QUIET}
    for (one, a), (two, b) in itertools.combinations(looks.items(), 2):
        if a == b or one[2] != two[2] or one[0] != two[0]:
            continue
        if sight == "grey":
            assert abs(lightness(a) - lightness(b)) >= 12, (one, two)
        else:
            assert difference(a, b, sight) >= 20, (one, two)


@every_chart
def test_gaps_and_labels_are_words_the_font_has(name):
    assert not [text for text in texts(drawn(name)) if "�" in text or "\u25a1" in text]
