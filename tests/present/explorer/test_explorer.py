"""The explorer without a browser: what it offers, what it shows, and why nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT, rows

import kzdata as kz
from kzdata.errors import KzdataError, UnknownCode
from kzdata.present import frame_display
from kzdata.present.explorer import absence, choices, widget
from kzdata.present.explorer.selection import Selection, selected
from kzdata.present.explorer.view import view
from kzdata.store import load, vintages

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
    assert chart.title.startswith("Exports of Kazakhstan to Israel in Jan 2025 rose 20.0%")
    with pytest.raises(KzdataError, match="21"):
        kz.charts.series(frame, title="Exports of Kazakhstan to Israel rose 21% in Jan 2025")
    with pytest.raises(KzdataError, match="shows one"):
        kz.charts.series(pd.concat([frame, rows(("B", "2024-01", 5e6))]))


@pytest.mark.parametrize("language", ["ru", "kk", "he"])
def test_the_view_speaks_the_readers_language(language):
    from kzdata.i18n.catalogue import speaking

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
        (Selection(as_of="2026-01-01"), absence.OTHER_CHOICE, "this was known by 2026-01-01",
         'kz.explore("KAZ", "ISR", as_of="2026-07-31")'),
        (Selection(start="1980", end="1985"), absence.OTHER_CHOICE, "At hand are 1995 to 2025",
         "kzdata fetch comtrade -p reporter=398 -p partner=376 -p period=1985"),
        (Selection(partner="BWA"), absence.NOT_LOADED, "with Botswana is not loaded",
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
    from kzdata.fetch.download import prepare
    from kzdata.readers import registry

    commands = [step.split() for step in view(chosen).absent.steps if step.startswith("kzdata")]
    assert commands
    for _, verb, source, *rest in commands:
        if verb == "fetch":
            asked = dict(each.split("=") for each in rest if each != "-p")
            request, _ = prepare(source, asked)
            assert request.url.startswith("https://")
        else:
            assert verb == "load"
            registry.module(source)


def test_a_cell_that_is_published_without_a_figure_is_missing_and_not_zero():
    frame = rows(("X", "2010", None), ("X", "2011", None))
    gone = absence.without_figures(Selection(flow="X"), frame)
    assert gone.kind == absence.OTHER_CHOICE
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
    first, again = (widget.parts(view(Selection(start="2020"))) for _ in range(2))
    bundles = [[part._repr_mimebundle_() for part in each] for each in (first, again)]
    assert bundles[0] == bundles[1]
    chart, table, line = first
    assert "193.3 million" in chart.title
    assert table.rows[0][:4] == ["2025", "119.2", "74.0", "193.3"]
    assert 'kz.observations("KAZ", "ISR", start=2020, freq="A")' in str(line)
    (gone,) = widget.parts(view(Selection("FRA")))
    assert "- `kzdata fetch comtrade" in str(gone)


def test_a_word_decides_between_live_and_static(monkeypatch):
    monkeypatch.setenv(widget.VARIABLE, "static")
    assert widget.answers() is False
    monkeypatch.setenv(widget.VARIABLE, "maybe")
    with pytest.raises(KzdataError, match="live or static"):
        widget.answers()
    monkeypatch.delenv(widget.VARIABLE)
    assert widget.answers() is False  # no kernel, nobody to answer


@pytest.mark.slow
@pytest.mark.nightly
def test_papermill_keeps_the_twin_and_nbval_finds_it_again(tmp_path):
    code = ["import kzdata as kz", "kz.explore(start=2020)", "kz.explore('FRA')",
            "kz.explore(product='HS2')", "kz.speak('he')", "kz.explore(partner='all')"]  # fmt: skip
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
    again = [sys.executable, "-m", "pytest", "--nbval", "out.ipynb", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True)
    assert "6 passed" in run.stdout, run.stdout


@pytest.mark.parametrize("language", ["en", "ru", "kk", "he"])
def test_the_line_of_the_twin_can_be_pasted_in_every_language(language):
    from kzdata.i18n.catalogue import speaking

    with speaking(language):
        *_, said = widget.parts(view(Selection(flow="B")))
    (line,) = re.findall(r"```python\n(.*)\n```", str(said))
    assert eval(line, {"kz": kz}).frame is not None
    assert line.isascii()


def test_widgets_follow_the_view_and_hold_no_markup_from_data():
    pytest.importorskip("ipywidgets")
    from kzdata.present.explorer.widget import Panel

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


def results():
    trade = kz.observations("KAZ", "ISR")
    year = kz.observations("KAZ", start=2025, end=2025, freq="A").query('partner != "WLD"')
    months = kz.observations("KAZ", "WLD", freq="M", flow="X")
    exports = year[year["flow"] == "X"]
    claims = kz.claims(topic="trade")
    return {
        "observations": trade,
        "turnover": kz.turnover(trade),
        "growth": trade.pipe(kz.turnover).pipe(kz.growth),
        "balance": kz.balance(trade),
        "share": kz.share(year),
        "rank": kz.rank(kz.turnover(year)),
        "partial_year": kz.partial_year("2025-01-01/P11M", trade),
        "back_test": kz.back_test(months, 11),
        "claims": kz.claims(),
        "confront": kz.confront(claims, trade),
        "contradictions": kz.contradictions(kz.claims()),
        "events": kz.events(),
        "commitments": kz.commitments(as_of="2026-03-01"),
        "transit_scenarios": kz.transit_scenarios(),
        "mirror": kz.mirror(kz.both_sides("KAZ", "ISR")),
        "hhi": kz.hhi(exports),
        "theil": kz.theil(exports),
        "verify": kz.verify(),
        "revisions": kz.revisions(
            pd.concat(
                [
                    rows(("X", "2023", 1.1e7), ("X", "2024", 1e7), published="2025-01-31"),
                    rows(("X", "2023", 1.1e7), ("X", "2024", 1.1e7), published="2025-07-31"),
                ]
            )
        ),
    }


def test_every_result_is_shown_with_units_and_without_raw_floats():
    for name, frame in results().items():
        html = frame_display.shown(frame)
        assert "rounded here, whole in the frame" in html, name
        as_published = set(frame.get("printed", []))  # quoted, not ours to round
        cells = {*re.findall(r"<td[^>]*>([^<]*)</td>", html)} - as_published
        raw = [c for c in cells if re.fullmatch(r"[-−]?\d+\.\d{5,}|[-−]?\d{6,}(\.\d+)?|nan|NaN", c)]
        assert not raw, (name, raw[:3])
        money = set(frame.get("unit", [])) == {"USD"}
        assert not money or re.search(r"<th[^>]*>\w+, (million|thousand) USD</th>", html), name


def test_a_result_says_its_answer_and_flags():
    trade = kz.observations("KAZ", "ISR")
    partial = frame_display.shown(kz.partial_year("2025-01-01/P11M", trade))
    assert '<th scope="col">answer</th>' in partial
    assert '<abbr title="estimated">E</abbr>' in partial
    assert '<th scope="col">growth_pct, %</th>' in partial
    mirror = frame_display.shown(kz.mirror(kz.both_sides("KAZ", "ISR")))
    assert "reported, million USD" in mirror
    hostile = kz.hhi(trade[trade["flow"] == "X"]).assign(variant="<script>alert(1)</script>")
    assert "<script>" not in frame_display.shown(hostile)


@pytest.mark.parametrize("language", ["ru", "kk", "he"])
def test_frames_are_shown_whatever_language_is_spoken(language):
    from kzdata.i18n.catalogue import speaking

    frame = kz.observations("KAZ", "ISR", start=2024)
    with speaking(language):
        assert frame_display.shown(frame) == frame_display.shown(frame)
        assert "value, million USD" in frame_display.shown(frame)


def test_results_that_are_no_frames_say_what_they_are():
    trade = kz.observations("KAZ", "ISR", start=2024)
    number = kz.number(trade, period="2025", flow="X")
    said = kz.say("{n} rows", n=kz.row_count(trade, "rows"))
    chart = kz.charts.turnover(trade)
    for each in (number, kz.why(trade.iloc[0]), kz.cite(trade), kz.card("rca"), chart, said):
        said = repr(each)
        assert " object at 0x" not in said
        assert not re.search(r"\d\.\d{5,}", said), said[:200]
    assert (
        repr(number)
        .replace("\N{NO-BREAK SPACE}", " ")
        .startswith("US$119.2 million · trade_goods KAZ ISR X 2025 · bns_partners_2025")
    )


def test_tab_offers_public_names_only():
    offered = dir(kz)
    assert offered == sorted(set(offered))
    assert [each for each in offered if each.startswith("_")] == ["__version__"]
    assert set(offered) == set(kz.__all__)


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


BACI = """t,i,j,k,v,q
2023,398,376,270900,52.051,13
2023,398,490,270900,10,13
2023,398,490,720851,20,13
2023,398,156,270900,20,13
2023,398,156,100199,30,13
2023,490,398,854231,9,NA
2023,490,156,854231,9,NA
2023,490,156,270900,3,NA
"""


@pytest.fixture
def products(tmp_path, monkeypatch):
    """A store with two editions of a product list, one of its areas beyond ISO 3166."""
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path))
    for edition in ("17", "92"):
        path = tmp_path / f"BACI_HS{edition}_Y2023_V202501.csv"
        path.write_text(BACI)
        load.load("baci", path)


def test_products_are_shown_by_one_edition_and_beside_totals(products):
    shown = view(Selection(partner="CHN", flow="X", product="HS6"))
    assert shown.drawn.chart.title == (
        "Cereals made up 60.0% of the exports of Kazakhstan to China in 2023"  # 30 of 50
    )
    assert [row[:3] for row in shown.drawn.table.rows] == [
        ["100199", "Cereals", "30.0"], ["270900", "Mineral fuels and oils", "20.0"]
    ]  # fmt: skip
    assert 'classification == "HS2017"' in shown.line
    one = view(Selection(partner="all", flow="X", product="270900"))
    assert one.drawn.chart.title == (
        # 52.051 of 52.051 + 10 + 20
        "Israel made up 63.4% of the exports of Kazakhstan in product HS270900 in 2023"
    )


def test_where_nobody_gives_a_total_the_products_are_summed(products):
    shown = view(Selection("S19", "CHN"))
    assert (shown.selection.product, shown.frame["value"].item()) == ("SUM", 12_000)  # 9 + 3
    assert shown.line.endswith(".pipe(kz.all_products))")
    among = view(Selection("S19", "all"))
    assert "China made up 57.1% of the exports of Other Asia" in among.drawn.chart.title  # 12 of 21
    assert [label for label, _ in shown.options["product"]] == [
        "Sum of the products at hand", "By subheading (6 digits)"
    ]  # fmt: skip


def test_one_product_alone_is_no_composition(products):
    shown = view(Selection("S19", "KAZ", product="HS6"))
    assert "kz.charts.series(" in shown.line
    assert "made up" not in shown.drawn.chart.title


@pytest.mark.slow
@pytest.mark.parametrize("turns", [15, pytest.param(60, marks=pytest.mark.nightly)])
def test_every_combination_in_reach_is_shown_or_explained_and_made_again_by_its_line(
    products, turns
):
    import random

    steps, seen = random.Random(7), set()
    chosen = Selection(partner="CHN")
    for turn in range(turns):
        field = steps.choice([*live_fields(), "partner"])
        offered = [value for _, value in view(chosen).options[field]]
        chosen = view(chosen).selection.but(**{field: steps.choice(offered)})
        if turn % 15 == 14:
            chosen = Selection(steps.choice(["S19", "KAZ"]), steps.choice(["WLD", "all", "S19"]))
        shown = view(chosen)
        if chosen in seen:
            continue
        seen.add(chosen)
        if shown.absent:
            assert shown.absent.steps, chosen
            continue
        again = eval(shown.line, {"kz": kz})
        if shown.drawn.chart is None:
            pd.testing.assert_frame_equal(again, shown.frame, obj=shown.line)
            assert shown.refusal
        else:
            assert again.svg() == shown.drawn.chart.svg(), shown.line
            rows_ = re.sub(r"^kz\.charts\.\w+\(|\)$", "", shown.line)
            rows_ = re.sub(r", highlight=\"\w+\"$|\.pipe\(kz\.balance\)$", "", rows_)
            pd.testing.assert_frame_equal(eval(rows_, {"kz": kz}), shown.frame, obj=shown.line)
    assert len(seen) > turns / 2


def live_fields():
    return ["dataflow", "reporter", "flow", "product", "freq", "start", "end", "source", "as_of"]


def test_no_question_reads_the_store_of_all_reporters(products, monkeypatch):
    # A year of BACI is gigabytes as a frame; asked for a reporter it is one row group.
    asked, answer = [], vintages.rows
    monkeypatch.setattr(
        vintages, "rows", lambda wanted, *a, **k: asked.append(wanted) or answer(wanted, *a, **k)
    )
    for chosen in (Selection("S19", "WLD"), Selection("DEU"), Selection(start="1980", end="1981")):
        assert view(chosen.but(as_of="2026-11-01")).absent
    assert asked
    assert all("reporter" in wanted for wanted in asked)


@pytest.mark.parametrize(
    ("asked", "said", "typed"),
    [
        ({"product": "2709"}, "nothing is loaded as “2709”", "-p product=2709"),
        ({"product": "HS2"}, "“By chapter (2 digits)”", "-p product=AG2"),
        ({"freq": "M"}, "this is “Annual”", "-p period=202501 -p freq=M"),
        ({"flow": "RX"}, "nothing is loaded as “Re-exports”", "kzdata load comtrade PATH"),
        ({"source": "nbk_fdi_net"}, "“Preferred publication”", "kzdata sources"),
        ({"partner": "all", "flow": "B"}, "not shown where partners or products stand", ""),
    ],
    ids=str,
)
def test_what_is_recorded_otherwise_is_said(asked, said, typed):
    shown = kz.explore(**asked).view
    assert shown.drawn.chart is not None
    assert said in shown.told
    assert typed in shown.told
    assert said in str(widget.parts(shown)[0])
    assert kz.explore().view.told == ""


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ({"partner": "KAZ"}, absence.NOT_LOADED, "of Kazakhstan with Kazakhstan is not loaded"),
        ({"end": 1950}, absence.OTHER_CHOICE, "no figure at hand is of 1950 or before"),
        ({"start": 2030}, absence.OTHER_CHOICE, "no figure at hand is of 2030 or after"),
        ({"as_of": "1900-01-01"}, absence.OTHER_CHOICE, "known by 1900-01-01"),
        ({"as_of": "1900-01-01", "partner": "all"}, absence.OTHER_CHOICE, "all partners"),
        ({"as_of": "2026-07-31", "start": 2030}, absence.OTHER_CHOICE, "At hand are 2025"),
        ({"reporter": "WLD"}, absence.NOT_LOADED, "that the world reports is loaded"),
        ({"dataflow": "energy"}, absence.NOT_LOADED, "oil and other energy"),
        ({"reporter": "S19", "partner": "all"}, absence.NOT_LOADED, "Other Asia"),
        ({"partner": "S19"}, absence.NOT_LOADED, "is not loaded. Partners at hand"),
    ],
    ids=str,
)
def test_odd_combinations_are_explained(asked, kind, said):
    gone = kz.explore(**asked).view.absent
    assert (gone.kind, said in gone.told) == (kind, True), gone
    assert gone.steps
    for step in gone.steps:
        assert "period=2030" not in step
        assert "period=1950" not in step
        if step.startswith("kz."):
            assert eval(step, {"kz": kz}).view.absent is None


def test_what_cannot_be_read_is_refused():
    for asked in ({"source": "bns_panl"}, {"product": "9" * 13}, {"partner": "Atlantis"}):
        with pytest.raises(UnknownCode):
            kz.explore(**asked)


def test_a_named_source_brings_its_frequency():
    assert kz.explore("KAZ", "WLD", source="bns_monthly_totals").selection.freq == "M"


NASTY = (
    '<script>alert(1)</script>"><img src=x onerror=alert(2)> =cmd() \u202etxt &amp; ' + "w" * 300
)


def test_hostile_text_stays_text():
    from html.parser import HTMLParser

    from kzdata.present.explorer import markup
    from kzdata.present.explorer.selection import Asked
    from kzdata.present.explorer.view import View

    frame = rows(("X", "2024", 5e7), ("X", "2025", 6e7), source=NASTY, note=NASTY, locator=NASTY)
    chosen = Selection(flow="X", source=NASTY)
    told = absence.Absence(absence.OTHER_CHOICE, NASTY, (NASTY,))
    options = choices.choices(Selection()).options
    shown = View(chosen, options, frame, None, (told,), Asked(), None, "en")
    gone = View(chosen, options, None, told, (), Asked(), None, "en")
    assert "\u202e" not in shown.line
    with pytest.raises(UnknownCode):  # the line is one call, whatever stands in its quotes
        eval(shown.line, {"kz": kz})
    assert shown.refusal  # no chart credits a source that is in no list
    fine = frame.assign(source="bns_panel")
    drawn = View(Selection(flow="X"), options, fine, None, (), Asked(), None, "en")
    made = "".join(part(each) for part in (markup.figure, markup.rows, markup.line)
                   for each in (shown, gone, drawn))  # fmt: skip
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(made)
    assert "script" not in {tag for tag, _ in tags}
    assert not [a for _, given in tags for a in given if a.startswith("on")]
    assert [given["src"][:26] for tag, given in tags if tag == "img"] == [
        "data:image/svg+xml;base64,"
    ]


def test_a_key_held_down_is_drawn_once():
    pytest.importorskip("ipywidgets")
    import asyncio

    from kzdata.present.explorer.widget import PAUSE, Panel

    async def held():
        panel, drawn = Panel(kz.explore()), []
        panel.figure.observe(drawn.append, names="value")
        for partner in ("TUR", "CHN", "DEU", "UZB"):
            panel.controls["partner"].value = partner
        assert "kz-waiting" in panel.answer._dom_classes
        assert panel.explorer.selection.partner == "UZB"  # what is chosen is known at once
        await asyncio.sleep(20 * PAUSE)
        return panel, drawn

    panel, drawn = asyncio.run(held())
    assert len(drawn) == 1
    assert "Uzbekistan" in panel.figure.value
    assert "kz-waiting" not in panel.answer._dom_classes
