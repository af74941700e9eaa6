"""Charts of the mirror, of transit, of contributions and shares: what is drawn is in the frame."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import rows
from hypothesis import given
from hypothesis import strategies as some
from mirror_sample import reports
from test_charts import texts

import kzdata as kz
from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable
from kzdata.present.charts import style
from kzdata.present.charts.tiles import squarified

MILLION = 1e6
SOURCE = {"source": "bns_kaz_isr", "published": "2026-09-25"}


def mirrored(text: str, **common) -> pd.DataFrame:
    return kz.mirror(reports(text, **(SOURCE | common)))


PAIRS = mirrored("""
X ISR KAZ TOTAL 2019 10000000
M KAZ ISR TOTAL 2019 14000000
M KAZ ISR TOTAL 2020 20000000
X ISR KAZ TOTAL 2021 20000000
M KAZ ISR TOTAL 2021 24000000
""")


def test_mirror_draws_both_reports_the_gap_and_the_band():
    chart = kz.charts.mirror(PAIRS)
    above, below = chart.figure.axes
    importer, exporter = above.lines[:2]
    assert list(importer.get_ydata()) == [14, 20, 24]
    assert list(exporter.get_ydata())[0::2] == [10, 20]
    assert pd.isna(exporter.get_ydata()[1])  # 2020 is a gap, not a zero
    (dots,) = below.collections
    assert dots.get_offsets().tolist() == [[2019, 1.4], [2021, 1.2]]
    (band,) = below.patches
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((1, 1.06))
    assert {"1.40", "1.20", "freight and insurance"} <= set(texts(chart))
    assert chart.title == (
        "Kazakhstan recorded 1.20 to 1.40 times what Israel reported: more than freight explains "
        "in all 2 years compared"
    )
    assert "2019 1.40, 2021 1.20" in chart.alt
    assert "1.06" in chart.caption
    assert "million US dollars" in chart.subtitle


def test_mirror_says_less_mixed_and_one_year():
    def titled(*pairs):
        lines = [
            f"{flow} {ends} TOTAL {year} {amount}"
            for year, x, m in pairs
            for flow, ends, amount in (("X", "ISR KAZ", x), ("M", "KAZ ISR", m))
        ]
        return kz.charts.mirror(mirrored("\n".join(lines))).title

    assert titled((2020, 100, 80), (2021, 100, 50)).endswith(
        "reported: less in all 2 years compared"
    )
    # 1.03 lies within 1.06, 1.30 does not
    assert titled((2020, 100, 103), (2021, 100, 130)).endswith("in 1 of 2 years compared")
    assert titled((2020, 100, 5)) == (
        "Kazakhstan recorded 0.05 times the goods that Israel reported sending in 2020"
    )


def test_a_wide_range_of_ratios_has_a_logarithmic_axis_with_plain_numbers():
    frame = mirrored("X ISR KAZ TOTAL 2020 100\nM KAZ ISR TOTAL 2020 6")
    chart = kz.charts.mirror(frame)
    assert chart.figure.axes[1].get_yscale() == "log"
    assert {"0.1", "1"} <= set(texts(chart))


def test_mirror_refuses_one_sided_trade_and_two_flows():
    with pytest.raises(NotAvailable, match=r"reported by both.*\n.*kzdata load"):
        kz.charts.mirror(mirrored("X ISR KAZ TOTAL 2020 100"))
    with pytest.raises(MeasureMismatch):
        kz.charts.mirror(
            mirrored("X ISR KAZ TOTAL 2020 1\nM KAZ ISR TOTAL 2020 1\nX KAZ ISR TOTAL 2020 1")
        )
    with pytest.raises(KzdataError, match=r"1\.90"):
        kz.charts.mirror(PAIRS, title="Kazakhstan recorded 1.90 times what Israel reported")
    with pytest.raises(ContractError, match=r"kz\.both_sides"):
        kz.charts.mirror(rows(("X", "2020", 1)))


CRUDE = reports(
    """
X KAZ ITA 2709 2023 1000000000
X KAZ DEU 2709 2023 200000000
X KAZ CHN 2709 2023 300000000
""",
    **SOURCE,
)


def test_official_and_delivered_stand_together_with_both_totals():
    moved = kz.official_and_delivered(
        CRUDE, "kaz-crude-cpc-trieste", shares={"ITA": {"DEU": (0.3, 0.2, 0.4)}}
    )
    chart = kz.charts.official_delivered(moved)
    (axes,) = chart.figure.axes
    drawn = {
        label: [p.get_width() for p in axes.patches if p.get_facecolor() == color]
        for label, color in (
            ("official", _rgba(style.LILAC)),
            ("sure", _rgba(style.WINE)),
            ("range", _rgba("white")),
        )
    }
    # Italy, Germany, China by what they can have at most: 1000, 600, 300 million
    assert drawn["official"] == [1000, 200, 300]
    # Italy keeps 600 to 800, Germany gets 200 + 200 to 200 + 400, China is not touched
    assert drawn["sure"] == pytest.approx([600, 400, 300])
    assert drawn["range"] == pytest.approx([200, 200])
    assert {"600 to 800", "400 to 600", "300"} <= set(texts(chart))
    assert "official total US$1.5 billion, delivered total US$1.5 billion" in chart.subtitle
    assert chart.title == (
        "Booked under Italy: US$1.0 billion; delivered there: between US$600.0 million and "
        "US$800.0 million"
    )


def _rgba(color: str):
    from matplotlib.colors import to_rgba

    return to_rgba(color)


def test_partners_beyond_the_ten_drawn_are_one_bar_and_the_sum_holds():
    codes = ["ITA", "DEU", "CHN", "FRA", "NLD", "ROU", "ESP", "POL", "GRC", "HRV", "IND", "TUR"]
    lines = [f"X KAZ {code} 2709 2023 {100 - n}" for n, code in enumerate(codes)]
    moved = kz.official_and_delivered(
        reports("\n".join(lines), **SOURCE), "kaz-crude-cpc-trieste", shares={"ITA": {"AUT": 0.5}}
    )
    chart = kz.charts.official_delivered(moved)
    bars = [p for p in chart.figure.axes[0].patches if p.get_facecolor() == _rgba(style.LILAC)]
    assert len(bars) == 11
    assert sum(p.get_width() for p in bars) == pytest.approx(sum(range(89, 101)))
    assert "All others" in texts(chart)
    assert "Austria" in texts(chart)  # touched, though not among the largest


def test_a_missing_part_has_no_total():
    frame = CRUDE.assign(value=[1.0, float("nan"), 2.0])
    moved = kz.official_and_delivered(frame, "kaz-crude-cpc-trieste", shares={"ITA": {"AUT": 0.5}})
    with pytest.raises(NotAvailable, match="totals are not known"):
        kz.charts.official_delivered(moved)


def contributions(*cells, over="partner", **asked) -> pd.DataFrame:
    """(code, before, after) in millions, of exports of Kazakhstan in 2023 and 2024."""
    made = [
        rows(("X", "2023", before * MILLION), ("X", "2024", after * MILLION), **{over: code})
        for code, before, after in cells
    ]
    found = kz.contribution(pd.concat(made, ignore_index=True), over=over)
    return found[found["period"] == "2024"]


def test_contributions_follow_on_each_other_and_end_at_the_growth():
    chart = kz.charts.contribution(
        contributions(("ITA", 60, 40), ("CHN", 30, 36), ("ISR", 10, 9)), highlight="ISR"
    )
    bars = [(p.get_x(), p.get_width()) for p in chart.figure.axes[0].patches]
    # of a base of 100: +6, −1, −20, together −15
    assert bars == [
        pytest.approx((0, 6)), pytest.approx((6, -1)), pytest.approx((5, -20)),
        pytest.approx((0, -15)),
    ]  # fmt: skip
    assert chart.title == (
        "Exports of Kazakhstan across 3 partners fell 15.0% in 2024; Italy alone took away 20.0 "
        "percentage points"
    )
    assert {"+6.0", "−1.0", "−20.0", "−15.0"} <= set(texts(chart))
    assert "Israel −1.0" in chart.alt


def test_the_rest_of_the_contributions_is_one_bar():
    cells = [("ITA", 50, 60), ("CHN", 20, 21), ("ISR", 20, 18), ("TUR", 10, 10.5)]
    chart = kz.charts.contribution(contributions(*cells), top=2)
    bars = [p.get_width() for p in chart.figure.axes[0].patches]
    # Italy +10, Israel −2, the others +1 and +0.5, together +9.5
    assert bars == pytest.approx([10, -2, 1.5, 9.5])
    assert chart.title.endswith("rose 9.5% in 2024; Italy alone added 10.0 percentage points")


def test_titles_of_contributions_follow_the_signs():
    up_against = kz.charts.contribution(
        contributions(("ITA", 50, 40), ("CHN", 25, 34), ("TUR", 25, 31))
    )
    assert "rose 5.0% in 2024, although Italy took away 10.0" in up_against.title
    down_against = kz.charts.contribution(
        contributions(("ITA", 50, 60), ("CHN", 25, 17), ("TUR", 25, 18))
    )
    assert "fell 5.0% in 2024, although Italy added 10.0" in down_against.title
    goods = {"classification": "HS2017"}
    frame = contributions(("27", 60, 66), ("10", 40, 40), over="product", **goods)
    assert "in 2 products rose 6.0%" in kz.charts.contribution(frame).title
    assert "Mineral fuels and oils" in texts(kz.charts.contribution(frame))


def test_a_missing_contribution_is_no_bar():
    with pytest.raises(NotAvailable, match="base total is zero"):
        kz.charts.contribution(contributions(("ITA", 0, 5)))


def exports(*cells, **common) -> pd.DataFrame:
    made = [rows(("X", "2024", v * MILLION), partner=code, **common) for code, v in cells]
    return pd.concat(made, ignore_index=True)


def test_tiles_are_shares_and_the_rest_is_one_tile():
    frame = exports(("ITA", 50), ("CHN", 30), ("TUR", 14), ("FRA", 5), ("ISR", 1))
    chart = kz.charts.treemap(frame, highlight="ISR", top=2)
    tiles = chart.figure.axes[0].patches
    areas = [p.get_width() * p.get_height() for p in tiles]
    # Italy, China, Israel, then Türkiye and France together
    assert [area / sum(areas) for area in areas] == pytest.approx([0.50, 0.30, 0.01, 0.19])
    assert chart.title == "Italy made up 50.0% of the exports of Kazakhstan in 2024, Israel 1.0%"
    assert "Israel, 1.0%" in texts(chart)
    assert "2 others\n19.0%" in texts(chart)
    shown = chart.frame.set_index("partner")
    assert shown["value_share"].sum() == pytest.approx(1)
    assert shown.loc["FRA", "value"] == 5 * MILLION
    assert shown.loc["FRA", "locator"] == "sum of 1 rows"


def test_products_are_summed_by_chapter_and_a_missing_one_is_counted():
    frame = exports(("ISR", 1), classification="HS2017")
    made = [
        frame.assign(product=code, value=value)
        for code, value in (("270900", 6.0), ("271012", 2.0), ("100199", 2.0), ("720241", None))
    ]
    chart = kz.charts.treemap(pd.concat(made, ignore_index=True))
    assert chart.title.startswith("Mineral fuels and oils made up 80.0%")
    assert chart.frame["product"].tolist() == ["27", "10", "72"]
    assert pd.isna(chart.frame["value"].tolist()[2])  # missing, and so without a tile
    assert len(chart.figure.axes[0].patches) == 2
    assert "Without a figure: 1." in chart.caption


def test_a_treemap_refuses_a_total_among_its_parts():
    with pytest.raises(MeasureMismatch, match="WLD"):
        kz.charts.treemap(exports(("ITA", 1), ("WLD", 2)))
    with pytest.raises(MeasureMismatch):
        kz.charts.treemap(pd.concat([exports(("ITA", 1)), exports(("CHN", 1)).assign(flow="M")]))
    with pytest.raises(NotAvailable):
        kz.charts.treemap(exports(("ITA", float("nan")), ("CHN", float("nan"))))


@given(
    some.lists(some.floats(1e-3, 1e3), min_size=1, max_size=40),
    some.floats(1, 10),
    some.floats(1, 10),
)
def test_tiles_fill_the_page_and_none_covers_another(values, width, height):
    parts = [(str(n), v) for n, v in enumerate(sorted(values, reverse=True))]
    tiles = squarified(parts, width, height)
    assert [tile.code for tile in tiles] == [code for code, _ in parts]
    slack = 1e-6 * width * height
    for tile, (_, value) in zip(tiles, parts, strict=True):
        assert tile.width * tile.height == pytest.approx(
            width * height * value / sum(values), rel=1e-6
        )
        assert -1e-6 <= tile.x <= tile.x + tile.width <= width + 1e-6
        assert -1e-6 <= tile.y <= tile.y + tile.height <= height + 1e-6
    for n, one in enumerate(tiles):
        for other in tiles[n + 1 :]:
            over = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert max(over, 0) * max(down, 0) <= slack


def test_a_squarified_page_is_that_of_the_paper():
    # Bruls, Huizing and van Wijk (2000), figure 5: 6 6 4 3 2 2 1 in a rectangle of 6 by 4
    tiles = squarified(
        [(c, v) for c, v in zip("abcdefg", (6, 6, 4, 3, 2, 2, 1), strict=True)], 6, 4
    )
    found = [(round(t.width, 2), round(t.height, 2)) for t in tiles]
    assert found[:2] == [(3, 2), (3, 2)]  # the first row: two tiles of 3 by 2 along the left side
    assert found[2:4] == [(1.71, 2.33), (1.29, 2.33)]  # 4 and 3 side by side: 12/7 and 9/7 wide


def test_the_same_frame_gives_the_same_bytes():
    frame = exports(("ITA", 50), ("CHN", 30))
    assert kz.charts.treemap(frame).svg_bytes() == kz.charts.treemap(frame).svg_bytes()
    assert kz.charts.mirror(PAIRS).png() == kz.charts.mirror(PAIRS).png()
