import json

import pytest

from kzdata.errors import ContractError, KzdataError, UnknownCode
from kzdata.readers import nbk_fdi, nbk_rates
from kzdata.readers.payload import WrongFormat

RATES = """<?xml version="1.0" encoding="utf-8"?>
<rates><title>Official exchange rates</title><date>01.04.2026</date>
<item><fullname>ДОЛЛАР США</fullname><title>USD</title><description>512.5</description>
<quant>1</quant><index>UP</index><change>1.0</change></item>
<item><fullname>АРМЯНСКИЙ ДРАМ</fullname><title>AMD</title><description>12.72</description>
<quant>10</quant><index/><change/></item>
<item><fullname>ДОНГ</fullname><title>VND</title><description>19.44</description>
<quant>1000</quant><index/><change/></item>
</rates>""".encode()


def test_a_rate_is_per_one_unit_of_the_currency_not_per_quant():
    frame = nbk_rates.read(RATES).set_index("series")
    # 12.72 tenge per 10 drams; the last digit is 0.01 per 10
    assert frame.loc["AMD", ["value", "lower", "upper"]].tolist() == pytest.approx(
        [1.272, 1.2715, 1.2725]
    )
    assert frame.loc["VND", "value"] == pytest.approx(0.01944)
    assert frame.loc["VND", "note"] == "19.44 KZT per 1000 VND"
    assert frame.loc["USD", ["unit", "freq", "period"]].tolist() == ["KZT", "D", "2026-04-01"]


def test_a_holiday_answers_with_another_date_and_is_refused():
    assert len(nbk_rates.read(RATES, asked="2026-04-01")) == 3
    with pytest.raises(KzdataError, match="answers for 2026-04-01, not for 2026-04-04"):
        nbk_rates.read(RATES, asked="2026-04-04")


BOMB = b'<?xml version="1.0"?><!DOCTYPE rates [<!ENTITY a "aaaa">]><rates>&a;</rates>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        # what the bank answers outside its window
        ("Информация отсутствует".encode(), "begins: Информация отсутствует"),
        (RATES.replace(b"<quant>10</quant>", b""), "<item> has no <quant>"),
        (RATES.replace(b"<quant>10</quant>", b"<quant>ten</quant>"), "quant 'ten'"),
        (RATES.replace(b"<date>01.04.2026</date>", b""), "<rates> has no <date>"),
        (RATES.replace(b"01.04.2026", b"32.04.2026"), "is no day"),
        (RATES.replace(b"512.5", b"n/a"), "description 'n/a' is not a number"),
        (RATES.replace(b"<rates>", b"<rss>"), "is not XML"),
        (BOMB, "entities"),
        (b"<rates><date>01.04.2026</date></rates>", "no <item>"),
    ],
)
def test_what_is_no_list_of_rates_is_refused_by_name(body, said):
    with pytest.raises(WrongFormat, match=said):
        nbk_rates.read(body)


def test_two_recorded_days(shared):
    for name, day, aud in (
        ("nbk_00.xml", "2026-04-01", 328.01),
        ("nbk_01.xml", "2026-04-02", None),
    ):
        frame = nbk_rates.read(shared / "samples/nbk" / name, asked=day)
        assert len(frame) == 39
        assert frame["value"].notna().all()
        if aud:
            assert frame.set_index("series").loc["AUD", "value"] == aud


def form(number, *rows, **changed):
    body = {"formId": number, "page": 0, "pageSize": 500, "totalRows": len(rows)}
    listed = [{"report_date": day, "amount": amount} for day, amount in rows]
    return json.dumps(body | {"rows": listed} | changed).encode()


def test_gross_and_net_are_two_dataflows():
    net = nbk_fdi.read(form(310, ("2005-07-01", -586.1)))
    gross = nbk_fdi.read(form(287, ("2005-07-01", 1200.25)))
    assert net["dataflow"].item() == "fdi_net_inflow"
    assert gross["dataflow"].item() == "fdi_gross_inflow"
    # million USD, one printed decimal; the second quarter of 2005 was negative
    assert net["value"].item() == -586_100_000
    assert (net["lower"].item(), net["upper"].item()) == (-586_150_000, -586_050_000)


def test_report_date_is_the_day_after_the_quarter_and_rows_come_in_any_order():
    rows = ("2026-01-01", 3), ("2005-04-01T00:00:00", 1), ("2005-07-01", None)
    frame = nbk_fdi.read(form(310, *rows))
    assert frame["period"].tolist() == ["2005-Q1", "2005-Q2", "2025-Q4"]
    assert frame["obs_status"].tolist() == ["A", "M", "A"]
    with pytest.raises(ContractError, match="2005-03-31"):
        nbk_fdi.read(form(310, ("2005-03-31", 1)))


def test_the_form_is_never_guessed():
    bare = json.dumps([{"report_date": "2005-04-01", "amount": 1}]).encode()
    with pytest.raises(UnknownCode, match="form=287"):
        nbk_fdi.read(bare)
    assert nbk_fdi.read(bare, form=310)["dataflow"].item() == "fdi_net_inflow"
    with pytest.raises(WrongFormat, match="is form 287, not 310"):
        nbk_fdi.read(form(287), form=310)
    with pytest.raises(UnknownCode, match="form 299"):
        nbk_fdi.read(form(299))


def test_one_page_of_several_is_refused():
    with pytest.raises(WrongFormat, match="1 rows of 900"):
        nbk_fdi.read(form(310, ("2005-04-01", 1), totalRows=900))
    with pytest.raises(WrongFormat, match="an unknown number"):
        nbk_fdi.read(form(310, ("2005-04-01", 1), totalRows=None, pageSize=1))


def test_a_renamed_field_is_named():
    with pytest.raises(WrongFormat, match=r"'amount' in rows\[0\]"):
        nbk_fdi.read(form(310, rows=[{"report_date": "2005-04-01", "sum": 1}], totalRows=1))


FEED = """<rss version="2.0"><channel><title>Official exchange rates</title>
<item><title>USD</title><pubDate>26.06.2026</pubDate><description>485.4</description>
<quant>1</quant><link/></item>
<item><title>AMD</title><pubDate>26.06.2026</pubDate><description>13.23</description>
<quant>10</quant><link/></item></channel></rss>"""


def test_the_feed_of_today_dates_each_item():
    frame = nbk_rates.read(FEED.encode(), asked="2026-06-26").set_index("series")
    assert frame["value"].to_dict() == pytest.approx({"AMD": 1.323, "USD": 485.4})
    assert frame["period"].unique().tolist() == ["2026-06-26"]
    assert frame["published"].unique().tolist() == ["2026-06-26"]
    older = FEED.replace("26.06.2026", "22.05.18")
    assert nbk_rates.read(older.encode())["period"].unique().tolist() == ["2018-05-22"]
    with pytest.raises(KzdataError, match="answers for 2026-06-26, not for 2026-06-27"):
        nbk_rates.read(FEED.encode(), asked="2026-06-27")
    with pytest.raises(WrongFormat, match="<item> has no <pubDate>"):
        nbk_rates.read(FEED.replace("pubDate", "date").encode())
    with pytest.raises(WrongFormat, match="root <feed>"):
        nbk_rates.read(b"<feed/>")


def report(*rows):
    return json.dumps(list(rows)).encode()


def test_the_banks_other_service_spells_the_date_otherwise_and_nests_the_dimensions():
    def attribute(code, value):
        return {"attrCode": code, "valueCode": value, "valueNameRu": "…"}

    body = report(
        {
            "reportDate": "2005-07-01T00:00:00",
            "amount": -586.1,
            "attributes": [attribute("type", "net"), attribute("amount", "flow")],
        },
        {"reportDate": "2005-04-01", "amount": 12, "attributes": None},
    )
    frame = nbk_fdi.read(body, form=310)
    assert frame["period"].tolist() == ["2005-Q1", "2005-Q2"]
    assert frame["value"].tolist() == [12_000_000, -586_100_000]
    assert frame["series"].tolist() == ["", "flow.net"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"reportdate": "2005-04-01", "amount": 1}, "no field 'report_date'"),
        ({"reportDate": "2005-04-01"}, "no field 'amount'"),
        ({"reportDate": "2005-04-01", "amount": {"value": 1}}, "'amount' in rows.0."),
        ({"reportDate": "2005-04-01", "amount": 1, "type": ["x"]}, "'type' in rows.0."),
        ({"reportDate": "2005-04-01", "amount": 1, "attributes": "x"}, "no list of rows"),
        ({"reportDate": "2005-04-01", "amount": 1, "attributes": [{}]}, "no field 'attrCode'"),
    ],
)
def test_changed_fields_of_the_other_service_are_named(row, said):
    with pytest.raises(WrongFormat, match=said):
        nbk_fdi.read(report(row), form=310)
