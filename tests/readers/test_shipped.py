import pandas as pd
import pytest
import yaml

from kzdata.errors import ContractError, KzdataError, UnknownCode
from kzdata.model import amounts
from kzdata.readers import nbk_fdi
from kzdata.readers.shipped import read_source
from kzdata.seeds import sources
from kzdata.settings import HOME
from kzdata.store import query

MANIFEST = {
    "source": "wits_kaz_isr",
    "published": "2026-09-25",
    "file": "t.csv",
    "unit": "kUSD",
    "reader": "annual_flows",
}


def manifest_of(folder, text, **changed):
    import hashlib

    (folder / "t.csv").write_text(text, encoding="utf-8")
    return MANIFEST | {"sha256": hashlib.sha256(text.encode()).hexdigest()} | changed


def test_the_committed_tidy_table_is_what_raw_and_manifests_give_byte_for_byte():
    assert query.tidy_csv(query.build_tidy()) == query.TIDY.read_bytes()


def test_every_series_of_the_flagship_is_there():
    frame = query.everything()
    counts = frame.groupby("source").size().to_dict()
    # two flows a year or month: 29 + 6 years, 220 - 1 + 1 missing row, 65 + 1, 197, 90; 85 quarters
    assert counts == {
        "wits_kaz_isr": 2 * 29,
        "bns_kaz_isr": 2 * 6,
        "wits_panel": 2 * 220,
        "bns_panel": 2 * 66,
        "bns_partners_2025": 2 * 197,
        "bns_monthly_totals": 2 * 90,
        "nbk_fdi_net": 85,
    }


def test_partners_of_2025_sum_to_the_published_national_totals():
    partners = query.observations(source="bns_partners_2025")
    totals = partners.groupby("flow")["value"].sum()
    # Bureau of National Statistics, 2025 final: 79,229,500.548 and 65,430,964.027 thousand USD
    assert totals["X"] == pytest.approx(79_229_500_548, abs=1_000)
    assert totals["M"] == pytest.approx(65_430_964_027, abs=1_000)


def test_missing_at_source_is_a_row_without_a_value_never_zero():
    row = query.observations("KAZ", "RUS", start=2010, end=2010)
    assert row["value"].isna().all()
    assert (row["obs_status"] == "M").all()
    assert set(row["flow"]) == {"X", "M"}


def test_declared_flags_reach_the_cells():
    total = query.observations("KAZ", "WLD", freq="M", start="2022-09", end="2022-09")
    assert (total["obs_status"] == "U").all()
    assert total["note"].str.contains("sum of the regions").all()


def test_an_empty_cell_is_missing(tmp_path):
    manifest = manifest_of(
        tmp_path, "reporter,partner,year,exports_kusd,imports_kusd\nKAZ,ISR,2001,,0.0\n"
    )
    frame = read_source(tmp_path, manifest).set_index("flow")
    assert pd.isna(frame.loc["X", "value"])
    assert frame.loc["X", "obs_status"] == "M"
    assert frame.loc["M", "value"] == 0.0


def test_a_changed_file_is_refused(tmp_path):
    manifest = manifest_of(tmp_path, "reporter,partner,year,exports_kusd,imports_kusd\n")
    (tmp_path / "t.csv").write_text("tampered")
    with pytest.raises(KzdataError, match="SHA-256"):
        read_source(tmp_path, manifest)


def test_an_unknown_reader_and_a_bad_number_are_named(tmp_path):
    text = "reporter,partner,year,exports_kusd,imports_kusd\nKAZ,ISR,2001,x,1\n"
    with pytest.raises(UnknownCode, match="annual_flow"):
        read_source(tmp_path, manifest_of(tmp_path, text, reader="annual_flow"))
    with pytest.raises(ContractError, match="'x'"):
        read_source(tmp_path, manifest_of(tmp_path, text))


def test_a_flag_for_a_cell_that_is_not_there_is_refused(tmp_path):
    text = "reporter,partner,year,exports_kusd,imports_kusd\nKAZ,ISR,2001,1,1\n"
    flag = {"flow": "X", "periods": ["1999"], "obs_status": "U", "note": "n"}
    with pytest.raises(KzdataError, match="flags X 1999"):
        read_source(tmp_path, manifest_of(tmp_path, text, flags=[flag]))


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        # half a unit of the last printed digit
        ("162.4", {"unit": "MUSD"}, (162_400_000, 162_350_000, 162_450_000)),
        # 167.59 copied with six significant digits is 167.590: half of 0.001 million
        (
            "167.59",
            {"unit": "MUSD", "significant_digits": 6},
            (167_590_000, 167_589_500, 167_590_500),
        ),
        ("0.0", {"unit": "kUSD", "decimals": 5}, (0, -0.005, 0.005)),
        ("-586.1", {"unit": "MUSD"}, (-586_100_000, -586_150_000, -586_050_000)),
    ],
)
def test_printed_digits_give_the_interval(text, declared, expected):
    found = amounts.parse(text, {"source": "s", **declared})
    assert found == pytest.approx(expected)


def test_the_nbk_form_dates_a_quarter_one_day_late():
    assert nbk_fdi.quarter_before("2005-04-01") == "2005-Q1"
    assert nbk_fdi.quarter_before("2026-01-01") == "2025-Q4"
    with pytest.raises(ContractError, match="2005-03-31"):
        nbk_fdi.quarter_before("2005-03-31")


def test_negative_net_inflow_is_kept():
    flows = query.observations(
        "KAZ", "WLD", dataflow="fdi_net_inflow", start="2005-Q2", end="2005-Q2"
    )
    assert flows["value"].item() == -586_115_690.0


def test_every_manifest_names_what_a_citation_needs():
    for name, manifest in sources.manifests().items():
        for key in ("publisher", "title", "series", "edition", "published", "accessed_via", "url"):
            assert manifest.get(key), f"{name} lacks {key}"
        assert yaml.safe_load((HOME / "data/raw" / name / "manifest.yml").read_text()) == manifest
