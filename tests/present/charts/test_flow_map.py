"""The flow map and the fan of vintages: places, distances, revisions, and what is refused."""

from __future__ import annotations

from math import hypot, pi, sqrt

import pandas as pd
import pytest
from conftest import rows
from every_chart import drawn, given
from test_charts import texts

import kzdata as kz
from kzdata.errors import KzdataError, MeasureMismatch, NotAvailable, UnknownCode
from kzdata.present.charts.flow_map import (
    EARTH,
    Place,
    _placed,
    arranged,
    bearing,
    distance_km,
    places,
)

MILLION = 1e6


def test_places_are_the_chief_cities_of_the_time_zone_database():
    # zone.tab: KZ +4315+07657 Asia/Almaty; IL +314650+0351326; RU +554521+0373704 Europe/Moscow
    assert places()["KAZ"] == Place(43 + 15 / 60, 76 + 57 / 60)
    assert places()["ISR"] == pytest.approx((31.780556, 35.223889), abs=1e-6)
    assert places()["RUS"] == pytest.approx((55.755833, 37.617778), abs=1e-6)
    assert places()["ARG"].latitude < 0 > places()["ARG"].longitude
    assert len(places()) > 240


def test_distance_and_bearing_on_a_sphere():
    pole, east, here = Place(90, 0), Place(0, 90), Place(0, 0)
    # a quarter of the circumference: π/2 · 6371.0088 = 10,007.6 km
    assert distance_km(here, pole) == pytest.approx(pi / 2 * EARTH)
    assert distance_km(here, east) == pytest.approx(pi / 2 * EARTH)
    assert distance_km(here, here) == 0
    assert [bearing(here, each) for each in (pole, east)] == pytest.approx([0, 90])
    assert bearing(east, here) == pytest.approx(270)
    # Paris to New York is 5,837 km
    assert distance_km(Place(48.8566, 2.3522), Place(40.7128, -74.006)) == pytest.approx(
        5837, abs=2
    )


def partners(*cells) -> pd.DataFrame:
    return pd.concat(
        [rows(("X", "2024", v * MILLION), ("M", "2024", 0), partner=p) for p, v in cells]
    )


def test_circles_are_as_large_and_as_far_as_they_say():
    chart = kz.charts.flow_map(partners(("CHN", 64), ("RUS", 16), ("ISR", 4)))
    discs = {round(p.radius, 6): p.center for p in chart.figure.axes[0].patches}
    # areas as 64 : 16 : 4, radii as 8 : 4 : 2
    radii = sorted(discs, reverse=True)
    assert [r / radii[0] for r in radii] == pytest.approx([1, 0.5, 0.25], abs=1e-4)
    shown = chart.frame.set_index("partner")
    away = {r: hypot(*discs[r]) for r in radii}
    scale = away[radii[0]] / sqrt(shown.loc["CHN", "distance_km"])
    assert away[radii[1]] == pytest.approx(scale * sqrt(shown.loc["RUS", "distance_km"]), rel=0.1)
    assert discs[radii[0]][0] > 0  # China is east of Kazakhstan
    assert discs[radii[2]][0] < 0  # and Israel west
    # China alone is over half of 84; Shanghai is 4,106 km from Almaty
    assert chart.title == (
        "Half of the trade of Kazakhstan in 2024 was with partners within 4,100 km; Israel, "
        "3,800 km away, made up 4.8%"  # 4 / 84
    )
    assert "China 76.2% at 4,100 km" in chart.alt
    assert {"Israel", "Kazakhstan", "half of the trade", "1,000 km"} <= set(texts(chart))


def test_no_circle_lies_on_another_and_none_moves_far():
    frame, _ = given("flow_map")
    known = _placed(kz.turnover(frame[frame["partner"] != "WLD"]), "KAZ")
    known = known.dropna(subset=["distance_km", "value"]).head(40)
    scale = 2.75 / sqrt(known["distance_km"].max())
    circles = arranged(known, scale)
    for n, one in enumerate(circles):
        for other in circles[n + 1 :]:
            assert hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius
    for circle, far in zip(circles, known["distance_km"], strict=True):
        assert hypot(circle.x, circle.y) == pytest.approx(scale * sqrt(far), rel=0.0801)


def test_what_has_no_figure_or_place_is_counted():
    frame = pd.concat([partners(("CHN", 64), ("ISR", 4)), rows(("X", "2024", None), partner="FRA")])
    chart = kz.charts.flow_map(frame)
    assert "Without a figure or a place: 1." in chart.caption
    with pytest.raises(UnknownCode, match="'FRA'"):
        kz.charts.flow_map(frame, "FRA")
    with pytest.raises(KzdataError, match="4,900"):
        kz.charts.flow_map(frame, title="Half of the trade was within 4,900 km")


def test_revisions_are_drawn_as_the_change_from_the_first_edition():
    chart = drawn("vintages")
    levels, fan = chart.figure.axes
    newest, first = (list(line.get_ydata()) for line in levels.lines)
    assert newest == [80, 96.5, 109.5, 157.5, 134]
    assert first == [80, 95, 110, 150, 140]
    dots = {line.get_marker(): line for line in fan.lines}
    # 96.5/95, 109.5/110, 157.5/150, 134/140 less 1, in percent; 2019 did not change
    assert list(dots["o"].get_ydata()) == pytest.approx([0, 1.5789, -0.4545, 5, -4.2857], abs=1e-4)
    # the edition between: 80, 96.5, 108/110, 161/150
    assert list(dots["D"].get_ydata()) == pytest.approx([0, 1.5789, -1.8182, 7.3333], abs=1e-4)
    assert chart.title == (
        "Later editions revised 4 of 5 annual figures, most of all 2022: up by 5.0%"
    )
    assert "was US$150.0 million in the edition of Mar 2023 and is US$157.5 million" in chart.alt
    # (0 + 1.579 + 0.455 + 5 + 4.286) / 5 = 2.26
    assert "without its sign is 2.3 percent" in chart.alt
    assert "3 editions from Mar 2023 to Mar 2025" in chart.subtitle


def editions(*values) -> pd.DataFrame:
    return pd.concat(
        [
            rows(("X", "2020", value * MILLION), published=f"202{n}-01")
            for n, value in enumerate(values, start=1)
        ]
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((100, 90), "revised 1 of 1 annual figure, most of all 2020: down by 10.0%"),
        ((100, 100), "left the figure of 1 year as it was first published"),
        ((100, 130, 100), "left the figure of 1 year as it was first published"),
    ],
)
def test_the_title_of_the_vintages_follows_the_newest_edition(values, said):
    assert kz.charts.vintages(editions(*values)).title.endswith(said)


def test_vintages_of_one_edition_or_of_two_sources_are_refused():
    with pytest.raises(NotAvailable, match="published twice"):
        kz.charts.vintages(editions(100))
    two = pd.concat([editions(100, 90), editions(80).assign(source="wits_kaz_isr")])
    with pytest.raises(MeasureMismatch, match="source"):
        kz.charts.vintages(two)
    with pytest.raises(KzdataError, match="30"):
        kz.charts.vintages(editions(100, 90), title="Revised up by 30.0%")
