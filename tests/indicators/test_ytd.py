import pandas as pd
import pytest
from conftest import rows

from kzdata.errors import KzdataError, MeasureMismatch, PeriodMismatch
from kzdata.indicators.ytd import difference_ytd
from kzdata.model import contract


def editions(*cells, **common):
    """Year-to-date exports of 2025; cells are (months, value, published)."""
    made = [
        rows(
            ("X", spelt(months), value),
            published=published,
            obs_status="M" if value is None else "P",
            **common,
        )
        for months, value, published in cells
    ]
    return pd.concat(made, ignore_index=True)


def spelt(months):
    return {1: "2025-01", 12: "2025"}.get(months, f"2025-01-01/P{months}M")


def test_months_from_the_editions_of_one_year():
    frame = difference_ytd(
        editions((1, 100, "2025-03"), (2, 250, "2025-04"), (3, 420, "2025-05"))
    ).set_index("period")
    assert frame["value"].to_dict() == {"2025-01": 100, "2025-02": 150, "2025-03": 170}
    assert frame["basis"].to_dict() == {
        "2025-01": "reported",
        "2025-02": "derived",
        "2025-03": "derived",
    }
    march = frame.loc["2025-03"]
    # 420 ± 0.5 less 250 ± 0.5
    assert (march["lower"], march["upper"]) == (169, 171)
    assert march["note"] == "2025-01-01/P3M less 2025-01-01/P2M"
    assert march["published"] == "2025-05"
    assert not frame["negative"].any()
    contract.check(frame.reset_index().drop(columns="negative"))


def test_december_is_the_year_less_eleven_months():
    frame = difference_ytd(editions((11, 900, "2026-01"), (12, 1000, "2026-02")))
    assert frame.set_index("period")["value"].to_dict() == {"2025-01-01/P11M": 900, "2025-12": 100}


def test_a_small_negative_is_kept_and_flagged():
    frame = difference_ytd(editions((1, 100, "2025-03"), (2, 98, "2025-04"))).iloc[-1]
    assert (frame["value"], frame["obs_status"], frame["negative"]) == (-2, "U", True)
    assert "revised the months before downwards (-2% of it)" in frame["note"]


def test_negative_investment_is_no_revision():
    made = editions((1, 100, "2025-03"), (2, 40, "2025-04"), flow="_Z", dataflow="fdi_net_inflow")
    frame = difference_ytd(made).iloc[-1]
    assert (frame["value"], frame["obs_status"], frame["negative"]) == (-60, "P", False)


def test_a_missing_edition_makes_two_months_missing_and_a_skipped_one_a_longer_span():
    missing = difference_ytd(
        editions((1, 100, "2025-03"), (2, None, "2025-04"), (3, 420, "2025-05"))
    )
    assert missing["obs_status"].tolist() == ["P", "M", "M"]
    skipped = difference_ytd(editions((1, 100, "2025-03"), (3, 420, "2025-05")))
    assert skipped["period"].tolist() == ["2025-01", "2025-02-01/P2M"]
    assert skipped["value"].tolist() == [100, 320]


def test_one_release_of_all_spans_needs_no_month_of_publication():
    frame = difference_ytd(editions((1, 100, "2026"), (2, 250, "2026")))
    assert frame["value"].tolist() == [100, 150]


def test_series_and_years_are_differenced_apart():
    one = editions((1, 100, "2025-03"), (2, 250, "2025-04"))
    other = editions((1, 10, "2025-03"), (2, 30, "2025-04"), partner="RUS")
    frame = difference_ytd(pd.concat([one, other], ignore_index=True))
    cells = frame.set_index(["partner", "period"])["value"].to_dict()
    assert cells == {
        ("ISR", "2025-01"): 100,
        ("ISR", "2025-02"): 150,
        ("RUS", "2025-01"): 10,
        ("RUS", "2025-02"): 20,
    }


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        # the January–June of the final edition, a year later
        (editions((5, 500, "2025-07"), (6, 700, "2026-07")), "delays of publication"),
        (editions((5, 500, "2025-12"), (6, 700, "2025-08")), "delays of publication"),
        (editions((6, 690, "2025-08"), (6, 700, "2025-08-20")), "publications of one span"),
        (editions((5, 500, "2025-07"), (6, 700, "2025")), "cannot be placed"),
        (
            pd.concat(
                [
                    editions((11, 900, "2026-01")),
                    editions((12, 1000, "2026-02")).assign(obs_status="A"),
                ]
            ),
            "preliminary and final",
        ),
        (
            editions((11, 900, "2026-01"), (12, 1000, "2026-02")).assign(
                edition=["preliminary", "final"]
            ),
            "preliminary and final",
        ),
        (
            editions((5, 500, "2025-07"), (6, 700, "2025-08")).assign(source=["a", "b"]),
            r"several sources \(a, b\)",
        ),
    ],
)
def test_mixed_vintages_are_refused(frame, said):
    with pytest.raises(MeasureMismatch, match=said):
        difference_ytd(frame.reset_index(drop=True))


@pytest.mark.parametrize("period", ["2025-02", "2025-Q2", "2025-04-01/P3M", "2024-01-01/P2Y"])
def test_what_is_not_cumulative_from_january_is_refused(period):
    with pytest.raises(PeriodMismatch, match="not cumulative from January"):
        difference_ytd(rows(("X", period, 1)))


def test_an_empty_frame_and_a_frame_that_is_not_tidy():
    assert difference_ytd(contract.empty()).empty
    with pytest.raises(KzdataError, match="lacks the columns"):
        difference_ytd(pd.DataFrame({"period": ["2025"]}))
