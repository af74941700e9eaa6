import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable, UnknownCode
from kzdata.present import mime

TURNOVER = kz.observations("KAZ", "ISR", start=2023).pipe(kz.turnover).pipe(kz.growth)


def test_a_number_prints_itself_and_knows_its_row():
    now = kz.number(TURNOVER, period="2025")
    assert f"{now}" == "US$193.3\u00a0million"
    assert f"{now:.2}" == "US$193.29\u00a0million"
    assert now.source == "bns_partners_2025"
    assert "row «Израиль»" in now.locator
    assert "X 119242222.86 + M 74045594.36" in now.note


def test_growth_prints_as_a_percentage_with_a_real_minus_and_its_interval():
    change = kz.number(TURNOVER, "growth_pct", period="2025")
    assert f"{change}" == "−18.1%"
    assert change.lower < change.value < change.upper
    assert change.source == "bns_kaz_isr + bns_partners_2025"
    assert "193287817.22 / 236132656.94" in change.note
    assert f"{kz.number(TURNOVER, 'growth_pct', period='2025'):+}" == "−18.1%"
    up = kz.number(
        rows(("X", "2023", 4), ("X", "2024", 5)).pipe(kz.growth), "growth_pct", period="2024"
    )
    assert f"{up:+}" == "+25.0%"


def test_a_missing_value_is_not_available_never_zero():
    missing = kz.number(rows(("X", "2010", None)), period="2010")
    assert f"{missing}" == "not available"


def test_ranks_and_days_are_whole():
    ranked = kz.rank(kz.turnover(kz.observations(source="bns_partners_2025")))
    assert f"{kz.number(ranked, 'rank', partner='ISR')}" == "48"


def test_one_row_or_a_clear_error():
    with pytest.raises(NotAvailable, match="period='1990'"):
        kz.number(TURNOVER, period="1990")
    with pytest.raises(KzdataError, match="3 rows"):
        kz.number(TURNOVER)
    with pytest.raises(UnknownCode, match="growth_pct"):
        kz.number(TURNOVER, "growth_pc", period="2025")
    with pytest.raises(UnknownCode, match="period"):
        kz.number(TURNOVER, perid="2025")
    with pytest.raises(KzdataError, match="format of a Number"):
        f"{kz.number(TURNOVER, period='2025'):,}"


def test_a_sentence_takes_cited_numbers_only():
    said = kz.say(
        "Turnover was {now} in {year}.", now=kz.number(TURNOVER, period="2025"), year="2025"
    )
    assert str(said) == "Turnover was US$193.3\u00a0million in 2025."
    shown = said._repr_mimebundle_()[mime.MIME]
    assert shown["kind"] == "statement"
    assert shown["finding"] is False
    assert shown["numbers"][0]["value"] == pytest.approx(193_287_817.22)
    with pytest.raises(KzdataError, match="bare number"):
        kz.say("Turnover was {now}.", now=193.3)
    twice = kz.say("{now:.2}, or {now}.", now=kz.number(TURNOVER, period="2025"))
    shown = twice._repr_mimebundle_()[mime.MIME]["numbers"]
    assert [each["text"] for each in shown] == ["US$193.29\u00a0million", "US$193.3\u00a0million"]
    with pytest.raises(KzdataError, match="placeholder 'then'"):
        kz.say("Turnover was {then}.", now=kz.number(TURNOVER, period="2025"))


def test_two_amounts_in_a_sentence_or_table_are_no_formula_in_a_notebook():
    pair = {"a": kz.number(TURNOVER, period="2024"), "b": kz.number(TURNOVER, period="2025")}
    shown = kz.say("From {a} to {b}.", **pair)._repr_mimebundle_()
    assert "$" not in shown["text/markdown"]
    assert shown["text/plain"].count("$") == 2
    table = kz.table(rows(("X", "2024", 1), note="$1 and $2"), "t", {"note": "Note"})
    assert 'class="tex2jax_ignore mathjax_ignore"' in table._repr_html_()


def test_a_finding_is_marked_for_the_manifest():
    assert kz.finding("Nothing moved.")._repr_mimebundle_()[mime.MIME]["finding"] is True


def test_a_table_shows_rounded_figures_and_keeps_full_ones():
    table = kz.table(
        TURNOVER, "Turnover", {"period": "Year", "value": "Turnover", "growth_pct": "Growth"}
    )
    assert table.headers == ["Year", "Turnover, million USD", "Growth, %"]
    assert table.rows[-1] == ["2025", "193.3", "−18.1"]
    assert table.rows[0][2] == "n/a"
    shown = table._repr_mimebundle_()[mime.MIME]
    assert shown["data"][-1]["value"] == pytest.approx(193_287_817.22)
    assert shown["data"][-1]["locator"]
    assert shown["data"][0]["growth_pct"] is None
    assert [f["type"] for f in shown["schema"]["fields"][:2]] == ["string", "number"]


def test_codes_are_shown_in_words_and_kept_in_the_data():
    frame = rows(("T", "2025-01-01/P11M", 162.4e6), source="bns_panel", obs_status="P")
    columns = {c: c for c in ("period", "partner", "flow", "obs_status", "source")}
    table = kz.table(frame, "t", columns)
    assert table.rows == [
        [
            "January–November 2025",
            "Israel",
            "turnover",
            "provisional",
            "Bureau of National Statistics of the Republic of Kazakhstan",
        ]
    ]
    assert table._repr_mimebundle_()[mime.MIME]["data"][0]["period"] == "2025-01-01/P11M"


def test_mixed_units_carry_their_own_in_each_cell():
    mixed = pd.concat([rows(("X", "2024", 5e6)), rows(("X", "2023", 7e6), unit="EUR")])
    table = kz.table(mixed, "Mixed", {"value": "Value"})
    assert [row[0] for row in table.rows] == ["US$5.0\u00a0million", "€7.0\u00a0million"]


def test_counts_ordinals_and_open_bounds_read_plainly():
    frame = pd.concat(
        [
            rows(("X", "2024", 150), unit="count"),
            rows(("X", "2024", 12), unit="ordinal"),
            rows(("X", "2024", 7e6), upper=float("inf")),
        ]
    )
    table = kz.table(frame, "t", {"value": "Value", "upper": "Upper"})
    assert [row[0] for row in table.rows] == ["150", "12 (ordinal)", "US$7.0\u00a0million"]
    assert table.rows[2][1] == "no bound (USD)"


def test_hostile_text_in_a_table_is_escaped():
    frame = rows(("X", "2024", 1), note="<script>alert(1)</script>")
    page = kz.table(frame, "<b>t</b>", {"note": "<i>h</i>"})._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_a_column_that_is_not_there_and_an_empty_frame():
    with pytest.raises(UnknownCode, match="value"):
        kz.table(TURNOVER, "t", {"valu": "v"})
    empty = kz.table(TURNOVER.head(0), "Nothing", {"period": "Year", "value": "Value"})
    assert empty.rows == []
    assert "Nothing of this kind is loaded." in empty.notes


def test_cite_names_publisher_date_and_copy_once():
    text = str(kz.cite(TURNOVER, TURNOVER))
    assert text.count("final edition of 2025") == 1
    assert "Bureau of National Statistics" in text
    assert "2026-07" in text
    with pytest.raises(KzdataError, match="no column 'source'"):
        kz.cite(pd.DataFrame({"value": [1]}))
    with pytest.raises(UnknownCode, match="bns_panel"):
        kz.cite(rows(("X", "2024", 1), source="bns_pane"))


def test_what_is_not_zero_is_not_printed_as_zero():
    tiny = rows(("T", "2025", 2600.0)).assign(value_share=1.8e-8, growth_pct=-0.0234)
    assert f"{kz.number(tiny, 'value_share'):.2}" == "0.0000018%"  # 1.8e-8 × 100
    assert f"{kz.number(tiny, 'growth_pct')}" == "−0.023%"
    table = kz.table(tiny, "t", {"value": "Value", "value_share": "Share"})
    assert table.headers[0] == "Value, thousand USD"
    assert table.rows == [["2.6", "<0.01"]]


def test_a_column_steps_down_to_the_scale_of_its_figures():
    def shown(*values):
        flows = rows(*(("T", str(2020 + n), each) for n, each in enumerate(values)))
        table = kz.table(flows, "t", {"value": "Value"})
        return table.headers[0], [row[0] for row in table.rows]

    assert shown(236.1e6, 2_600.0) == ("Value, million USD", ["236.1", "0.0"])
    assert shown(0.1e6) == ("Value, million USD", ["0.1"])
    assert shown(99e3) == ("Value, thousand USD", ["99.0"])
    assert shown(7.0) == ("Value, USD", ["7.0"])
    assert shown(0.0) == ("Value, million USD", ["0.0"])


def test_a_printed_zero_of_a_currency_has_no_decimals():
    assert str(kz.number(rows(("X", "2025", 0.0)))) == "US$0"
