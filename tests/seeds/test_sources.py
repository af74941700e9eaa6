"""What a person types for a source of tables: every slip is named with what to type."""

from __future__ import annotations

import hashlib

import pytest

from kzdata.errors import ContractError
from kzdata.readers.shipped import read_source
from kzdata.seeds import sources

FILE = b"reporter,partner,year,exports_musd,imports_musd\nTUR,ISR,2023,5400.1,\n"
WHOLE = {
    "source": "mine",
    "publisher": "Mine",
    "title": "T",
    "published": '"2026-02-10"',
    "licence": "none",
    "reader": "annual_flows",
    "unit": "MUSD",
    "file": "t.csv",
    "sha256": hashlib.sha256(FILE).hexdigest(),
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "t.csv").write_bytes(FILE)
    return tmp_path / "mine"


def loaded(folder, **changed):
    fields = {n: v for n, v in (WHOLE | changed).items() if v is not None}
    path = folder / "manifest.yml"
    path.write_text("\n".join(f"{n}: {v}" for n, v in fields.items()), encoding="utf-8")
    return sources.load(path)


def test_a_whole_one_is_read(folder):
    frame = read_source(folder, loaded(folder))
    assert frame["value"].dropna().tolist() == [5_400_100_000.0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"publisher": None}, "publisher: missing"),
        ({"published": "2026-02-10"}, "published: 2026-02-10 is not text; put it in quotes"),
        ({"sha256": "00"}, "sha256: 0 is not 64 hexadecimal digits"),
        ({"sha256": "abc"}, "sha256: 'abc' is not 64 hexadecimal digits"),
        ({"source": "yours"}, "source: 'yours', but the folder is 'mine'"),
        ({"unit": "mUSD"}, "Did you mean 'MUSD'"),
        ({"file": "u.csv"}, "file: 'u.csv' is not in the folder"),
        ({"licnce": "none"}, "licnce: unknown field. Did you mean 'licence'?"),
        ({"decimals": "one"}, "decimals: 'one' is not a valid integer"),
        ({"flags": "[{flow: X}]"}, "flags 1: periods: missing"),
        (
            {"missing": "[{partner: ARE, periods: 2025, note: n}]"},
            "missing 1: periods: 2025 is not",
        ),
        ({"title": "a: b: c"}, "is not YAML"),
        ({"title": "T\ntitle: U"}, "title: duplicate key"),
    ],
)
def test_a_slip_is_named(folder, changed, said):
    with pytest.raises(ContractError) as caught:
        loaded(folder, **changed)
    assert said in str(caught.value)
    assert str(folder) in str(caught.value)


def test_all_slips_are_named_at_once(folder):
    with pytest.raises(ContractError, match=r"(?s)title: missing.*licence: missing"):
        loaded(folder, title=None, licence=None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "cannot be read as a table"),
        (b"reporter;partner;year\nTUR;ISR;2023\n", "has no column reporter"),
        (FILE.replace(b"year", b"period"), "has no column year"),
        (FILE.replace(b"imports_musd", b"exports_kusd"), "has 2 columns exports_"),
        ("reporter,partner,year,exports_musd,imports_musd\nТ,И,1,2,3\n".encode("cp1251"), "UTF-8"),
        (FILE.replace(b"5400.1", b"n/a"), "'n/a'"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_words(folder, body, said):
    (folder / "t.csv").write_bytes(body)
    manifest = loaded(folder, sha256=f'"{hashlib.sha256(body).hexdigest()}"')
    with pytest.raises(ContractError) as caught:
        read_source(folder, manifest)
    assert said in str(caught.value)
