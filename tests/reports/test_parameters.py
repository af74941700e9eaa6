"""What a notebook can be asked, and what it is not."""

from __future__ import annotations

import pytest
import reports_sample as sample

from kzdata.errors import ParameterError
from kzdata.reports.parameters import REQUIRED, Parameter, bind, bind_declared, declared, parameters

CELL = '''
"""What this notebook can be asked."""
reporter: str = "KAZ"  # who reports
partner: str = "ISR"  # trade partner, ISO 3166 alpha-3
start: int = 2015
code: str = ""  # HS code
shares: list[float] = [0.05, 0.15]  # of December
log: bool = False
top = 10  # how many partners
end: int | None = None
'''


def test_declared_reads_names_types_defaults_and_help():
    found = {each.name: each for each in declared(CELL)}
    assert found["partner"] == Parameter("partner", "str", "ISR", "trade partner, ISO 3166 alpha-3")
    assert found["start"] == Parameter("start", "int", 2015, "")
    assert found["shares"].default == [0.05, 0.15]
    assert found["top"].type == "int"
    assert found["end"] == Parameter("end", "int | None", None, "")
    assert declared("partner: str  # no default")[0].default is REQUIRED


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "start: int = 2000 + 15",
        "start: int = 'x'",
        "x: complex = 1",
        "a = b = 1",
        "start: int = (",
        "x: str = open('f')",
    ],
)
def test_a_parameters_cell_holds_nothing_but_literals(source):
    with pytest.raises(ParameterError, match="parameters cell"):
        declared(source)


@pytest.mark.parametrize("text", ["nan", "inf", "-1e999"])
def test_what_is_no_finite_number_is_refused(tmp_path, text):
    path = sample.save(tmp_path / "t.ipynb", sample.code("f: list[float] = [0.5]", "parameters"))
    for given, as_text in (({"f": text}, True), ({"f": [float(text)]}, False)):
        with pytest.raises(ParameterError, match="f: the number is not finite"):
            bind(path, given, as_text=as_text)
    with pytest.raises(ParameterError, match="f: the number is not finite"):
        bind(path, {"f": [10**400]})


def test_parameters_of_a_file(tmp_path):
    path = sample.bilateral(tmp_path / "01_bilateral.ipynb")
    assert [each.name for each in parameters(path)] == ["partner", "start", "as_of"]
    assert bind(path, {"start": 2018}) == {
        "partner": "ISR",
        "start": 2018,
        "as_of": "2026-01-27",
    }


def bound(given, *, as_text=False):
    return bind_declared(declared(CELL), given, where="x", as_text=as_text)


def test_strings_are_read_by_the_declared_type():
    given = {"code": "010121", "start": "2018", "shares": "0.1, 0.2", "log": "true", "end": ""}
    assert bound(given, as_text=True) == {
        "reporter": "KAZ",
        "partner": "ISR",
        "start": 2018,
        "code": "010121",  # neither 10121 nor, in base eight, 4177
        "shares": [0.1, 0.2],
        "log": True,
        "top": 10,
        "end": None,
    }
    assert bound({"code": "NO"}, as_text=True)["code"] == "NO"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", "2018"),
        ("start", True),
        ("start", 2018.0),
        ("start", 18),
        ("code", 10121),
        ("code", None),
        ("shares", 0.1),
        ("shares", ["a"]),
        ("log", 1),
        ("partner", "ISRAELL"),
        ("partner", ""),
        ("shares", []),
    ],
)
def test_python_values_must_have_the_type_and_the_meaning(name, value):
    with pytest.raises(ParameterError, match=name):
        bound({name: value})


@pytest.mark.parametrize(("name", "text"), [("start", "x"), ("start", "2_018"), ("log", "maybe")])
def test_strings_that_are_no_such_value(name, text):
    with pytest.raises(ParameterError, match=name):
        bound({name: text}, as_text=True)


def test_areas_may_be_named_and_become_codes():
    assert bound({"partner": "Israel"})["partner"] == "ISR"
    assert bound({"partner": "tur"})["partner"] == "TUR"


@pytest.mark.parametrize("day", ["2026-13-01", "27.01.2026", "20260127", "2026-W05-2", "today"])
def test_as_of_is_a_day(day):
    with pytest.raises(ParameterError, match="year-month-day"):
        bind_declared(declared('as_of: str = "2026-01-27"'), {"as_of": day}, where="x")


@pytest.mark.parametrize(("text", "good"), [("2018", True), ("2025-Q3", True), ("Q3 2025", False)])
def test_start_as_text_is_a_period_as_sdmx_writes_it(text, good):
    known = declared('start: str = "2015"')
    if good:
        assert bind_declared(known, {"start": text}, where="x") == {"start": text}
    else:
        with pytest.raises(ParameterError, match="SDMX"):
            bind_declared(known, {"start": text}, where="x")


def test_a_period_may_be_printed_in_any_way_that_can_be_read():
    known = declared('period: str = "2025-01-01/P11M"  # the partial year')
    given = {"period": "January–November 2024"}
    assert bind_declared(known, given, where="x") == {"period": "2024-01-01/P11M"}
    with pytest.raises(ParameterError, match="period: "):
        bind_declared(known, {"period": "13M2025"}, where="x")


@pytest.mark.parametrize(
    "cell",
    ["level: float = 0.8", "sure: float = 0.8  # probability of the interval", "level: int = 0"],
)
@pytest.mark.parametrize("level", ["0", "1", "-1", "80", "nan"])
def test_a_probability_lies_between_0_and_1(cell, level):
    (known,) = declared(cell)
    with pytest.raises(ParameterError, match=known.name):
        bind_declared([known], {known.name: level}, where="x", as_text=True)
    if known.type == "float":
        bound = bind_declared([known], {known.name: "0.95"}, where="x", as_text=True)
        assert bound == {known.name: 0.95}


def test_a_share_that_may_be_one_is_no_probability():
    known = declared("top: float = 0.5  # share of the whole")
    assert bind_declared(known, {"top": 1.0}, where="x") == {"top": 1.0}


def test_all_problems_are_told_at_once_with_the_right_names():
    known = declared("partner: str  # with whom\nstart: int = 2015  # first year")
    with pytest.raises(ParameterError) as caught:
        bind_declared(known, {"strat": 1, "start": "x"}, where="bilateral")
    message = str(caught.value)
    assert "'strat' is not one of its parameters. Did you mean 'start'?" in message
    assert "partner: is missing" in message
    assert "start: 'x' is a str, expected int" in message
    assert "partner: str (required)  # with whom" in message
    assert "start: int = 2015  # first year" in message
