"""The explorer without a browser: what it offers, what it shows, and why nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT, rows

import kzdata as kz
from kzdata import frame_display
from kzdata.errors import KzdataError, UnknownCode
from kzdata.explorer import absence, choices, front_end, twin
from kzdata.explorer.selection import Selection, selected
from kzdata.explorer.view import view

SHOWN = [
    Selection(),
    Selection(flow="B"),
    Selection(flow="X", source="bns_panel"),
    Selection(partner="TUR", flow="M", start="2015", end="2020"),
    Selection(partner="WLD", freq="M"),
    Selection(partner="WLD", freq="M", flow="B", start="2025-01"),
    Selection(partner="WLD", freq="M", flow="X"),
    Selection(partner="all"),
    Selection(partner="all", flow="M"),
    Selection(partner="WLD", dataflow="fdi_net_inflow"),
]


@pytest.mark.parametrize("chosen", SHOWN, ids=str)
def test_the_line_makes_the_chart_that_is_shown(chosen):
    shown = view(chosen)
    again = eval(shown.line, {"kz": kz})
    assert again.svg() == shown.drawn.chart.svg()
    assert shown.told == ""


def test_a_series_chart_is_the_same_from_its_csv(tmp_path):
    chart = kz.charts.series(kz.observations("KAZ", "WLD", freq="M"))
    frame = pd.read_csv(chart.save(tmp_path / "series.csv"), keep_default_na=False,
                        na_values={c: [""] for c in ("value", "lower", "upper")})  # fmt: skip
    assert kz.charts.series(frame).svg() == chart.svg()


def test_a_series_says_the_change_on_the_same_period_of_the_year_before():
    frame = rows(("X", "2024-01", 50e6), ("X", "2024-02", 1e6), ("X", "2025-01", 60e6))
    chart = kz.charts.series(frame)
    assert chart.title.startswith("Exports of Kazakhstan to Israel rose 20.0 % in Jan 2025")
    with pytest.raises(KzdataError, match="21"):
        kz.charts.series(frame, title="Exports of Kazakhstan to Israel rose 21 % in Jan 2025")
    with pytest.raises(KzdataError, match="shows one"):
        kz.charts.series(pd.concat([frame, rows(("B", "2024-01", 5e6))]))


@pytest.mark.parametrize("language", ["ru", "kk", "he"])
def test_the_view_speaks_the_readers_language(language):
    from kzdata.language import speaking

    with speaking(language):
        told = [view(Selection(partner=p, freq="M")) for p in ("WLD", "all", "FRA")]
        assert told[0].drawn.chart.title != view(Selection()).drawn.chart.title
        gone = view(Selection(reporter="ISR", partner="KAZ"))
        assert "loaded" not in gone.told.split("\n")[0]


def test_every_offered_choice_can_be_shown():
    offered = view(Selection(partner="WLD", freq="M")).options
    for field in ("flow", "freq", "source", "as_of"):
        for label, value in offered[field]:
            shown = view(Selection(partner="WLD", freq="M").but(**{field: value}))
            assert shown.drawn is not None, (field, label)


def test_how_figures_are_recorded_follows_what_is_there_and_who_is_meant_stays():
    settled = choices.choices(Selection(partner="ISR", dataflow="fdi_net_inflow")).selection
    assert (settled.partner, settled.flow, settled.freq) == ("ISR", "_Z", "Q")
    labels = [label for label, _ in choices.choices(settled).options["partner"]]
    assert "Israel (nothing here)" in labels


@pytest.mark.parametrize(
    ("chosen", "kind", "said", "typed"),
    [
        (Selection("ISR", "KAZ"), absence.NOT_LOADED, "What Kazakhstan reports of Israel is.",
         'kz.explore("KAZ", "ISR")'),
        (Selection("FRA"), absence.NOT_LOADED, "that France reports",
         "kzdata fetch comtrade -p reporter=250 -p partner=376 -p period=2025"),
        (Selection(dataflow="fdi_net_inflow"), absence.NOT_LOADED, "with Israel is not loaded",
         "kzdata fetch nbk_fdi -p form=310"),
        (Selection(partner="all", dataflow="fdi_net_inflow"), absence.NOT_LOADED,
         "Partners at hand: World", 'kz.explore("KAZ", "WLD", dataflow="fdi_net_inflow")'),
        (Selection(as_of="2026-01-01"), absence.NOT_KNOWN_YET, "nothing of this was known by 2026-01-01",
         'kz.explore("KAZ", "ISR", as_of="2026-07-31")'),
        (Selection(start="1980", end="1985"), absence.OTHER_PERIODS, "At hand are 1995 to 2025",
         "kzdata fetch comtrade -p reporter=398 -p partner=376 -p period=1985"),
        (Selection(partner="BWA"), absence.NOT_REPORTED, "the list of 197 partners for 2025",
         "kzdata fetch comtrade -p reporter=398 -p partner=72 -p period=2025"),
    ],
    ids=lambda each: getattr(each, "kind", None),
)  # fmt: skip
def test_nothing_is_explained_with_what_to_type(chosen, kind, said, typed):
    gone = view(chosen).absent
    assert gone.kind == kind
    assert said in gone.told
    assert typed in gone.steps


@pytest.mark.parametrize(
    "chosen", [Selection("FRA"), Selection(dataflow="fdi_net_inflow"),
               Selection("ISR", "KAZ", dataflow="fdi_net_inflow"), Selection("FRA", freq="M"),
               Selection("FRA", product="HS6")], ids=str
)  # fmt: skip
def test_the_commands_that_are_named_are_ones_that_can_be_typed(chosen):
    from kzdata.fetch.fetching import prepare
    from kzdata.readers import reading

    commands = [step.split() for step in view(chosen).absent.steps if step.startswith("kzdata")]
    assert commands
    for _, verb, source, *rest in commands:
        if verb == "fetch":
            asked = dict(each.split("=") for each in rest if each != "-p")
            request, _ = prepare(source, asked)
            assert request.url.startswith("https://")
        else:
            assert verb == "load"
            reading.module(source)


def test_a_cell_that_is_published_without_a_figure_is_missing_and_not_zero():
    frame = rows(("X", "2010", None), ("X", "2011", None))
    gone = absence.without_figures(Selection(flow="X"), frame)
    assert gone.kind == absence.MISSING
    assert "2010 to 2011 (status M: missing)" in gone.told
    assert absence.without_figures(Selection(), rows(("X", "2010", 0), ("M", "2010", None))) is None


def test_what_is_misspelt_is_refused_with_the_near_name():
    with pytest.raises(UnknownCode, match="Kazakhstan"):
        kz.explore("Kazakstan")
    with pytest.raises(UnknownCode, match="trade_goods"):
        kz.explore(dataflow="trade_good")
    with pytest.raises(KzdataError, match="Swap"):
        kz.explore(start=2020, end=2010)
    assert selected(partner="All").partner == "all"


def test_the_twin_is_chart_table_and_line_and_the_same_on_every_run():
    first, again = (twin.parts(view(Selection(start="2020"))) for _ in range(2))
    bundles = [[part._repr_mimebundle_() for part in each] for each in (first, again)]
    assert bundles[0] == bundles[1]
    chart, table, line = first
    assert "193.3 million" in chart.title
    assert table.rows[0][:4] == ["2025", "119.2", "74.0", "193.3"]
    assert 'kz.observations("KAZ", "ISR", start=2020, freq="A")' in str(line)
    (gone,) = twin.parts(view(Selection("FRA")))
    assert "- `kzdata fetch comtrade" in str(gone)


def test_a_word_decides_between_live_and_static(monkeypatch):
    monkeypatch.setenv(front_end.VARIABLE, "static")
    assert front_end.answers() is False
    monkeypatch.setenv(front_end.VARIABLE, "maybe")
    with pytest.raises(KzdataError, match="live or static"):
        front_end.answers()
    monkeypatch.delenv(front_end.VARIABLE)
    assert front_end.answers() is False  # no kernel, nobody to answer


@pytest.mark.slow
def test_papermill_keeps_the_twin_and_no_widget(tmp_path):
    code = ["import kzdata as kz", "kz.explore(start=2020)"]
    cells = [{"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": each, "outputs": [],
              "execution_count": None} for n, each in enumerate(code)]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (tmp_path / "in.ipynb").write_text(json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    ))  # fmt: skip
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--log-level", "ERROR"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    made = json.loads((tmp_path / "out.ipynb").read_text())
    outputs = made["cells"][1]["outputs"]
    assert [sorted(each["data"])[-1] for each in outputs] == ["text/plain"] * 3
    assert "image/svg+xml" in outputs[0]["data"]
    assert "widgets" not in made["metadata"]
    assert "widget-view" not in json.dumps(made)


def test_widgets_follow_the_view_and_hold_no_markup_from_data():
    pytest.importorskip("ipywidgets")
    from kzdata.explorer.live import Panel

    explorer = kz.explore()
    panel = Panel(explorer)
    control = panel.controls["partner"]
    control.value = "TUR"
    assert explorer.selection.partner == "TUR"
    assert "&quot;TUR&quot;" in panel.line.value
    panel.controls["flow"].value = "M"
    assert "kz.charts.series(" in explorer.line
    assert explorer.frame["flow"].unique().tolist() == ["M"]
    panel.controls["dataflow"].value = "fdi_net_inflow"
    assert "<code>kzdata fetch nbk_fdi" in panel.figure.value
    assert panel.rows.value == ""


def test_a_frame_of_observations_shows_units_and_flags_and_no_raw_floats():
    frame = kz.observations("KAZ", "ISR", start=2024)
    html = frame_display.shown(frame)
    assert "value, million USD" in html
    assert "167.6" in html
    assert "167590256.94" not in html
    assert "reporter KAZ" in html
    flagged = rows(("X", "2025", 5e6), obs_status="P")
    assert '<abbr title="provisional">P</abbr>' in frame_display.shown(flagged)
    hostile = rows(("X", "2025", 5e6), source="<script>alert(1)</script>")
    assert "<script>" not in frame_display.shown(hostile)
    other = pd.DataFrame({"a": [0.1]})
    assert frame_display.shown(other) == other._repr_html_()


def test_importing_kzdata_in_ipython_shows_frames_so_and_needs_no_pandas_for_it():
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S;"
        "s = S.instance(); import kzdata; assert 'pandas' not in sys.modules;"
        "f = kzdata.observations('KAZ', 'ISR', start=2025);"
        "print(s.display_formatter.format(f)[0]['text/html'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "value, million USD" in run.stdout, run.stderr


@pytest.mark.parametrize("name", sorted(set(kz.__all__) - {"__version__", "charts"}))
def test_the_first_line_of_every_docstring_reads_well(name):
    said = (getattr(kz, name).__doc__ or "").strip().splitlines()
    assert said, name
    assert len(said[0]) <= 100
