"""Fetching, against a server on loopback that misbehaves on purpose."""

from __future__ import annotations

import ast
import contextlib
import email.utils
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import zipfile
from datetime import UTC, datetime

import misbehaving as mis
import pytest
import yaml
from click.testing import CliRunner
from conftest import ROOT
from pandas.testing import assert_frame_equal

import kzdata as kz
from kzdata.cli.app import main
from kzdata.errors import NotAvailable, ParameterError, SeedError, UnknownCode
from kzdata.fetch import endpoints, failures
from kzdata.fetch.download import retrieve
from kzdata.fetch.transport import retry_after
from kzdata.readers.payload import WrongFormat
from kzdata.readers.registry import SOURCES

CANARY = "canary-7f3a9d1c5b"


def world_bank(*years: int, rename: str = "", filler: str = "") -> bytes:
    """The bank's answer for Kazakhstan's net inflow; 12.5 a year, which is what a test reads."""
    rows = [
        {
            "indicator": {"id": "BX.KLT.DINV.CD.WD", "value": f"Net inflows{filler}"},
            "country": {"id": "KZ", "value": "Kazakhstan"},
            "countryiso3code": "KAZ",
            "date": str(year),
            "value": 12.5,
            "unit": "",
            "obs_status": "",
            "decimal": 0,
        }
        for year in years
    ]
    for row in rows:
        if rename:
            row[f"new_{rename}"] = row.pop(rename)
    about = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows)}
    return json.dumps([about | {"lastupdated": "2026-07-01"}, rows]).encode()


GOOD = world_bank(2023, 2024)
CSV = (
    b"SERIES_CODE,FREQ,BASE_CURRENCY,COUNTER_CURRENCY,DATA_TYPE,UNIT_MULT,TIME_PERIOD,OBS_VALUE\n"
    b"RER_USD_ILS,D,USD,ILS,OF00,0,2026-03-02,3.073\n"
    b"RER_USD_ILS,D,USD,ILS,OF00,0,2026-03-05,3.072\n"
)


@pytest.fixture
def server():
    with mis.serving() as server:
        yield server


@pytest.fixture
def declare(server, tmp_path):
    """Write a file of endpoints: /a of the server as the World Bank, with what a test changes."""

    def declare(source="worldbank", path="/a", **changes):
        said = {
            "url": server.address + path,
            "types": ["json"],
            "extension": ".json",
            "attempts": 3,
            "backoff_seconds": 0.02,
            "wait_at_most": 2,
            "seconds_between": 0,
            "timeout_seconds": 1,
            "at_most_seconds": 5,
        } | changes
        file = tmp_path / "endpoints.yml"
        file.write_text(yaml.safe_dump({"sources": {source: {"services": {"only": said}}}}))
        return {"declared": file, "out": tmp_path / "raw"}

    return declare


def kept(tmp_path):
    """The bodies and records that stand under a final name."""
    return [
        p
        for p in sorted((tmp_path / "raw").rglob("*"))
        if p.is_file() and ".partial" not in p.parts
    ]


def unfinished(tmp_path):
    """What is on the disk of bodies that were not accepted."""
    return [p for p in (tmp_path / "raw" / ".partial").rglob("*") if p.suffix != ".lock"]


def refused(kind, said, server, declare, *manners, requests=1, **changes):
    """The fetch raises ``kind``, says ``said``, asked so often, and nothing is kept."""
    server.on("/a", *manners)
    where = declare(**changes)
    with pytest.raises(kind, match=said) as caught:
        retrieve(changes.get("source", "worldbank"), **where)
    assert len(server.requests) == requests
    assert kept(where["out"].parent) == []
    assert unfinished(where["out"].parent) == []
    word = "(retryable)" if caught.value.retryable else "(not retryable)"
    assert word in str(caught.value)
    return caught.value


def test_a_body_is_kept_as_it_came_beside_its_record(server, declare, tmp_path):
    server.on("/a", mis.answer(GOOD, ETag='"x"', Set_Cookie="session=1"))
    done = retrieve("worldbank", **declare())
    assert done.path.read_bytes() == GOOD
    record = json.loads((done.path.parent / "fetched.json").read_text())
    assert record == done.record
    assert record["sha256"] == hashlib.sha256(GOOD).hexdigest()
    assert record["url"] == f"{server.address}/a"
    assert record["status"] == 200
    assert record["headers"]["etag"] == '"x"'
    assert "set-cookie" not in record["headers"]
    assert datetime.fromisoformat(record["retrieved"]).tzinfo is not None
    assert record["rows"] == 2
    assert done.frame["value"].tolist() == [12.5, 12.5]
    assert [p.name for p in kept(tmp_path)] == ["fetched.json", "worldbank.json"]
    assert unfinished(tmp_path) == []


def test_packed_in_transit_stays_packed_and_is_read(server, declare):
    server.on("/a", mis.packed(GOOD))
    done = retrieve("worldbank", **declare())
    assert done.path.name == "worldbank.json.gz"
    assert gzip.decompress(done.path.read_bytes()) == GOOD
    assert len(done.frame) == 2
    assert server.requests[0][1]["accept-encoding"] == "gzip"


def test_replay_equals_live_and_opens_no_connection(server, declare):
    server.on("/a", mis.answer(GOOD))
    where = declare()
    live = retrieve("worldbank", **where)
    again = retrieve("worldbank", replay=True, **where)
    assert len(server.requests) == 1
    assert again.record == live.record
    assert again.path == live.path
    assert_frame_equal(again.frame, live.frame)
    assert_frame_equal(again.frame, kz.read("worldbank", live.path))


def test_replay_takes_the_latest_and_tells_a_damaged_body(server, declare, tmp_path):
    server.on("/a", mis.answer(world_bank(2023)), mis.answer(GOOD))
    where = declare()
    with pytest.raises(NotAvailable, match="no recorded answer"):
        retrieve("worldbank", replay=True, **where)
    first, second = retrieve("worldbank", **where), retrieve("worldbank", **where)
    assert first.path != second.path
    assert len(retrieve("worldbank", replay=True, **where).frame) == 2
    second.path.write_bytes(GOOD.replace(b"12.5", b"99.5"))
    with pytest.raises(failures.NotKept, match="its record says"):
        retrieve("worldbank", replay=True, **where)


HTML = b"<!DOCTYPE html><html><head><style>p{}</style></head><body>Under maintenance</body></html>"
LONG = world_bank(*range(1950, 2025))
CHUNKED_HEAD = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
)
MANY_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: many\r\nContent-Type: application/json\r\n\r\n"


def flooding(piece: bytes):
    """Chunks without an end, as fast as they are taken."""

    def manner(headers, handler):
        said = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        handler.wfile.write(mis.head(200, said))
        chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        while True:  # until the client hangs up
            handler.wfile.write(chunk)

    return manner


def raw(text: bytes):
    return lambda headers, handler: handler.wfile.write(text)


def changed(path: tuple, value) -> bytes:
    """The bank's answer with one field, somewhere inside, of another kind."""
    answer = json.loads(GOOD)
    inner = answer
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(answer).encode()


def zip_bomb(*, lying=False) -> bytes:
    """8 MB of blanks in a few kB, with its true size in its directory or one of 9 bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 2**23)
    true, false = (2**23).to_bytes(4, "little"), (9).to_bytes(4, "little")
    return packed.getvalue().replace(true, false) if lying else packed.getvalue()


# Fails once and for all: one request. (kind, said, manner, changes of the endpoint)
REFUSED = [
    (failures.RequestRefused, "answered 404: no such", mis.answer(b"no such series", 404)),
    (failures.WrongType, "type text/html.*Under maint", mis.answer(HTML, kind="text/html")),
    (failures.WrongType, "type application/pdf", mis.answer(b"%PDF", kind="application/pdf")),
    (failures.WrongType, "packed its answer as br", mis.answer(b"x", Content_Encoding="br")),
    (failures.WrongType, "packed .* as deflate", mis.answer(GOOD, Content_Encoding="deflate")),
    (failures.EmptyAnswer, "answered 200 with no body", mis.answer(b"")),
    (failures.EmptyAnswer, "answered 200 with no body", mis.chunked(b"")),
    (failures.EmptyAnswer, "answered 204 with no body", mis.bare(204)),
    # no JSON, or not the bank's
    (failures.Unreadable, "HTML page, not data", mis.answer(HTML)),
    (failures.Unreadable, "not complete JSON", mis.answer(b"%PDF-1.7")),
    (failures.Unreadable, "not complete JSON", mis.answer(GOOD[:-9])),  # cut at the source
    (failures.Unreadable, "not complete JSON", mis.answer(GOOD, announce=-40)),  # false length
    (failures.Unreadable, "no list of rows", mis.answer(b'[{"message":5}]')),
    (failures.Unreadable, "refusal: 120", mis.answer(
        b'[{"message":[{"id":"120","key":"Invalid value","value":"no such country"}]}]')),
    # a field is gone or of another kind: named by the reader
    (failures.Unreadable, "no field 'date'", mis.answer(world_bank(2024, rename="date"))),
    (failures.Unreadable, "no field 'value'", mis.answer(world_bank(2024, rename="value"))),
    (failures.Unreadable, "no field 'id' in rows.1.", mis.answer(
        changed((1, 1, "country"), {"iso": "KZ"}))),
    (failures.Unreadable, "no field 'id' in rows.0.; it has: str", mis.answer(
        changed((1, 0, "indicator"), "BX.KLT"))),
    (failures.Unreadable, "field 'value' in rows.0.", mis.answer(
        changed((1, 0, "value"), {"amount": 12.5}))),
    (failures.Unreadable, "'soon' cannot be read", mis.answer(changed((1, 0, "date"), "soon"))),
    (failures.Unreadable, "pages is 'many'", mis.answer(changed((0, "pages"), "many"))),
    # other charsets, announced or not
    (failures.Unreadable, "not UTF-8", mis.answer(b"\xff\xfe[1]")),
    (failures.Unreadable, "not UTF-8", mis.answer(
        GOOD.decode().replace("Net inflows", "Flux nets réels").encode("latin-1"),
        kind="application/json; charset=utf-8")),
    (failures.Unreadable, "not UTF-8", mis.answer(
        GOOD.decode().encode("utf-16"), kind="application/json; charset=utf-16")),
    # archives: damaged, or larger than they may be, whatever they say of themselves
    (failures.Unreadable, "damaged archive", mis.answer(
        gzip.compress(GOOD)[:-9], Content_Encoding="gzip")),
    (failures.TooLarge, "more than 1,048,576 bytes unpacked", mis.packed(b" " * 2**23),
        {"max_unpacked": 2**20}),
    (failures.TooLarge, "unpacked", mis.answer(zip_bomb()), {"max_unpacked": 2**20}),
    ((failures.TooLarge, failures.Unreadable), "unpacked|damaged", mis.answer(zip_bomb(lying=True)),
        {"max_unpacked": 2**20}),
    # more bytes than allowed: announced, in chunks, and in chunks without an end
    (failures.TooLarge, "more than 100 bytes", mis.answer(GOOD), {"max_bytes": 100}),
    (failures.TooLarge, "more than 100 bytes", mis.chunked(GOOD), {"max_bytes": 100}),
    (failures.TooLarge, "more than 1,048,576 bytes", flooding(b" " * 65536), {"max_bytes": 2**20}),
    # waits beyond the endpoint's: said, and not waited
    (failures.Busy, "Ask again later, in 3,600 s", mis.answer(b"{}", 429, Retry_After="3600")),
    (failures.Busy, "answered 429", mis.answer(
        b"{}", 429, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")),
    (failures.Busy, "answered 429", mis.answer(b"{}", 429, Retry_After="9" * 400)),
]  # fmt: skip

# Asked for again, three times in all.
RETRIED = [
    (failures.Busy, "answered 500: oops", mis.answer(b"oops", 500)),
    (failures.TooSlow, "sent nothing", mis.silent, {"timeout_seconds": 0.2}),
    # cut: by its length, by its last chunk (though all data came), by its content, by a reset
    (failures.CutShort, r"broke off .*received \d+ bytes, expected \d+",
        mis.answer(GOOD[:-40], announce=40)),
    (failures.CutShort, "broke off", mis.chunked(GOOD[:-40], ends=False)),
    (failures.CutShort, "broke off", mis.chunked(GOOD, ends=False)),
    (failures.CutShort, "not complete JSON", mis.endless(GOOD[:-40])),
    (failures.CutShort, "damaged archive", mis.endless(gzip.compress(GOOD)[:-9])),
    (failures.CutShort, "broke off",
        mis.reset(mis.head(200, {"Content-Length": "999"}) + GOOD[:99])),
    # not HTTP
    (failures.Unreachable, "127.0.0.1 broke", raw(b"GARBAGE\r\n\r\n")),
    (failures.CutShort, "127.0.0.1 broke", raw(CHUNKED_HEAD + b"zz\r\n" + GOOD)),
    (failures.Unreachable, "127.0.0.1 broke", raw(MANY_LENGTH + GOOD[:-40])),
    (failures.Unreachable, "127.0.0.1 broke",
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30_000 + b"\r\n" + GOOD)),
    (failures.Unreachable, "127.0.0.1 broke",
        raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n" + GOOD)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("requests", "case"), [(1, case) for case in REFUSED] + [(3, case) for case in RETRIED]
)
def test_what_fails_is_told_and_never_kept(server, declare, requests, case):
    kind, said, manner, changes = (*case, {})[:4]
    begun = time.monotonic()
    failure = refused(kind, said, server, declare, manner, requests=requests, **changes)
    assert failure.retryable == (requests == 3 or kind is failures.Busy)
    assert isinstance(failure, WrongFormat) == isinstance(failure, failures.Unreadable)
    assert failure.__context__ is None
    assert time.monotonic() - begun < 30  # none waits for what a server says


@pytest.mark.parametrize("in_head", [False, True])
def test_an_answer_that_drips_is_ended_at_its_time(server, declare, in_head):
    begun = time.monotonic()
    refused(
        failures.TooSlow, "did not end its answer within 0.5 s", server, declare,
        mis.dripping(GOOD, in_head=in_head), attempts=1, at_most_seconds=0.5,
    )  # fmt: skip
    assert time.monotonic() - begun < 3  # and the server drips for 8 s


CUT = mis.ranged(LONG, stop=9000)
RESET = mis.reset(
    mis.head(200, {"Content-Type": "application/json", "Accept-Ranges": "bytes", "ETag": '"one"',
                   "Content-Length": str(len(LONG))}) + LONG[:7000]
)  # fmt: skip
NEWER = world_bank(*range(1950, 2026))
WRONG_RANGE = mis.answer(LONG[5:], 206, Content_Range=f"bytes 5-{len(LONG) - 1}/{len(LONG)}")


@pytest.mark.parametrize(
    ("manners", "body", "ranges"),
    [
        ([mis.answer(b"oops", 500), mis.answer(b"", 502), mis.answer(GOOD)], GOOD, {None}),
        ([mis.answer(GOOD[:-40], announce=40), mis.reset(), mis.chunked(GOOD)], GOOD, {None}),
        ([CUT, mis.ranged(LONG)], LONG, {"bytes=9000-"}),
        ([CUT, mis.answer(b"", 503), mis.ranged(LONG)], LONG, {"bytes=9000-"}),
        # the system may drop on a reset what was not read yet
        ([RESET, mis.ranged(LONG)], LONG, {None, "bytes=7000-"}),
        # another edition meanwhile, or a range of something else: begun again
        ([CUT, mis.ranged(NEWER, '"two"')], NEWER, {"bytes=9000-"}),
        ([CUT, WRONG_RANGE, mis.ranged(LONG)], LONG, {None}),
        ([CUT, mis.answer(b"", 416), mis.ranged(LONG)], LONG, {None}),
    ],
)
def test_the_last_of_several_answers_is_whole(server, declare, manners, body, ranges):
    server.on("/a", *manners)
    assert retrieve("worldbank", **declare()).path.read_bytes() == body
    assert len(server.requests) == len(manners)
    last = server.requests[-1][1]
    assert last.get("range") in ranges
    assert last.get("if-range") == ('"one"' if "range" in last else None)


def test_no_server_is_unreachable(declare, server, tmp_path):
    where = declare(url="http://127.0.0.1:9/a", attempts=2)
    with pytest.raises(
        failures.Unreachable, match=r"127\.0\.0\.1 broke before an answer"
    ) as caught:
        retrieve("worldbank", **where)
    assert caught.value.retryable


def test_delimited_text_without_an_end_is_taken_when_two_answers_agree(server, declare):
    """A line less is a valid file: only a second answer shows that the first was cut."""
    whole, cut = mis.endless(CSV, "text/csv"), mis.endless(CSV[: CSV.rindex(b"RER")], "text/csv")
    where = declare("boi_rates", types=["csv"], extension=".csv", ends_itself=False, attempts=4)
    server.on("/a", cut, whole, whole)
    assert retrieve("boi_rates", **where).path.read_bytes() == CSV
    assert len(server.requests) == 3
    server.on("/a", mis.chunked(CSV, kind="text/csv"))  # this one says where it ends
    assert len(retrieve("boi_rates", **where).frame) == 2
    assert len(server.requests) == 4


def test_retry_after_is_honoured(server, declare):
    said = json.dumps({"message": "Rate limit is exceeded. Try again in 1 seconds."}).encode()
    server.on("/a", mis.answer(said, 429, Retry_After="1"), mis.answer(GOOD))
    heard = []
    begun = time.monotonic()
    retrieve("worldbank", notice=heard.append, **declare())
    assert time.monotonic() - begun >= 1
    assert "worldbank answered 429" in heard[0]
    assert "Asking again in 1.0 s (attempt 2 of 3)" in heard[0]


def test_retry_after_is_a_number_or_a_date():
    soon = email.utils.format_datetime(datetime.fromtimestamp(time.time() + 90, UTC), usegmt=True)
    assert 85 < retry_after(soon) <= 90
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("7") == 7
    assert [retry_after(text) for text in ("", "-1", "soon", "1.5", "²")] == [None] * 5


def test_an_answer_as_long_as_its_cap_is_cut_off(server, declare):
    names = "typeCode freqCode period reporterCode partnerCode flowCode classificationCode cmdCode"
    row = dict.fromkeys([*names.split(), "partner2Code", "motCode", "mosCode", "customsCode"], "0")
    row["primaryValue"] = 1
    body = json.dumps({"count": 500, "data": [row] * 500, "error": ""}).encode()
    server.on("/a", mis.answer(body))
    with pytest.raises(failures.Unreadable, match=r"exactly 500 rows.*cut off"):
        retrieve("comtrade", **declare("comtrade"))


def test_a_redirect_elsewhere_is_refused(server, declare):
    server.on("/b", mis.answer(GOOD))
    port = server.server_address[1]
    for to in (
        f"http://localhost:{port}/b",
        "https://example.org/a",
        "ftp://127.0.0.1/a",
        "",
        "http://user:pass@127.0.0.1/a",
        "https://[bad",
        f"http://127.0.0.1:{port + 1}/b",
    ):
        server.requests.clear()
        refused(failures.RedirectRefused, "not declared", server, declare, mis.moved(to))
    server.requests.clear()
    refused(failures.RedirectRefused, "5 times", server, declare, mis.moved("/a"), requests=5)


def test_redirects_at_home_and_to_declared_hosts_are_followed(server, declare, monkeypatch):
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", CANARY)
    port = server.server_address[1]
    server.on("/b", mis.answer(GOOD))
    server.on("/a", mis.moved("/b?signature=1", 301), mis.moved(f"http://localhost:{port}/b"))
    where = declare(redirects=["localhost"], key_header="X-Key")
    assert retrieve("worldbank", **where).record["final_url"] == f"{server.address}/b"
    assert [headers.get("x-key") for _, headers in server.requests] == [CANARY, CANARY]
    retrieve("worldbank", **where)
    assert [headers.get("x-key") for _, headers in server.requests[2:]] == [CANARY, None]


def everything_written(folder):
    return b"".join(p.read_bytes() + str(p).encode() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    "manner",
    [
        mis.answer(GOOD),
        mis.answer(world_bank(2024, filler=CANARY)),
        mis.packed(world_bank(2024, filler=CANARY)),
        mis.chunked(world_bank(2024, filler=CANARY), ends=False),
        mis.answer(b'{"message": "no right for ' + CANARY.encode() + b'"}', 401),
        mis.answer((b"x" * 190) + CANARY.encode(), 429, Retry_After="0"),
        mis.answer(b"x", kind=f"text/{CANARY}"),
        mis.answer(GOOD, ETag=f'"{CANARY}"'),
        mis.answer(json.dumps({"data": [{CANARY: 1}], "count": 1}).encode()),
        mis.moved(f"https://{CANARY}.example.org/?key={CANARY}"),
        mis.moved(f"/a?key={CANARY}"),
        mis.reset(mis.head(200, {"Content-Length": "99", "X": CANARY}) + CANARY.encode()),
        mis.reset(CANARY.encode()),
    ],
)
def test_the_key_is_in_a_header_and_nowhere_else(server, declare, manner, tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", CANARY)
    server.on("/a", manner)
    where = declare(key_header="X-Key", needs_key=True)
    said, shown = [], ""
    try:
        retrieve("worldbank", notice=said.append, **where)
    except failures.FetchError as failure:
        told = traceback.TracebackException.from_exception(failure, capture_locals=True)
        shown = "".join(told.format()) + repr(failure) + repr(failure.__dict__)
    done = CliRunner().invoke(
        main,
        ["fetch", "worldbank", "--endpoints", str(where["declared"]), "--out", str(where["out"])],
    )
    assert server.requests[0][1]["x-key"] == CANARY
    assert not any(CANARY in target for target, _ in server.requests)
    assert CANARY not in shown + " ".join(said) + done.output + str(done.exception)
    assert CANARY.encode() not in everything_written(tmp_path)
    packed = [gzip.decompress(p.read_bytes()) for p in tmp_path.rglob("*.gz")]
    assert CANARY.encode() not in b"".join(packed)


def test_a_key_comes_by_the_environment_only(server, declare, monkeypatch):
    server.on("/a", mis.answer(GOOD))
    where = declare(
        key_header="X-Key", needs_key=True, query={"q": "{q}"},
        parameters={"q": {"default": "", "help": "text"}},
    )  # fmt: skip
    with pytest.raises(failures.NoKey, match="KZDATA_WORLDBANK_KEY"):
        retrieve("worldbank", **where)
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", "short")
    with pytest.raises(failures.NoKey, match="does not hold a key") as caught:
        retrieve("worldbank", **where)
    assert "short" not in str(caught.value)
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", CANARY + "\r\nHost: elsewhere")
    with pytest.raises(failures.NoKey) as caught:
        retrieve("worldbank", **where)
    assert CANARY not in str(caught.value)
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", CANARY)
    with pytest.raises(failures.KeyEchoed, match="parameter holds the key") as caught:
        retrieve("worldbank", {"q": CANARY}, **where)
    assert CANARY not in str(caught.value)
    assert server.requests == []


def test_a_key_may_come_from_the_keyring(server, declare, tmp_path, monkeypatch):
    (tmp_path / "keyring.py").write_text(
        f"def get_password(service, user):\n"
        f"    return {CANARY!r} if (service, user) == ('kzdata', 'worldbank') else None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    server.on("/a", mis.answer(GOOD))
    retrieve("worldbank", **declare(key_header="X-Key", needs_key=True))
    assert server.requests[0][1]["x-key"] == CANARY
    monkeypatch.delitem(sys.modules, "keyring")
    assert CANARY.encode() not in everything_written(tmp_path / "raw")


@pytest.fixture
def certificate(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate")
    file = tmp_path / "localhost.pem"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    subprocess.run(
        ["openssl", *asked.split(), "subjectAltName=DNS:localhost", "-keyout", file, "-out",
         file.with_suffix(".crt")], check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


def test_tls_is_checked_bounded_and_not_left(certificate, declare, monkeypatch):
    monkeypatch.setenv("no_proxy", "localhost")
    with mis.serving(certificate) as secure:
        where = declare(url=f"{secure.address}/a", at_most_seconds=0.5, attempts=1)
        secure.on("/a", mis.answer(GOOD))
        with pytest.raises(failures.Untrusted, match="not trusted here: self") as caught:
            retrieve("worldbank", **where)
        assert not caught.value.retryable
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
        assert retrieve("worldbank", **where).path.read_bytes() == GOOD
        secure.on("/a", mis.dripping(GOOD))
        with pytest.raises(failures.TooSlow, match="did not end"):
            retrieve("worldbank", **where)
        secure.on("/a", mis.moved(secure.address.replace("https", "http") + "/a"))
        with pytest.raises(failures.RedirectRefused, match="http://localhost"):
            retrieve("worldbank", **where)


def test_a_proxy_makes_a_tunnel_and_never_sees_the_key(certificate, declare, monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    monkeypatch.setenv("KZDATA_WORLDBANK_KEY", CANARY)
    with mis.serving(certificate) as secure, mis.tunnel() as proxy:
        where = declare(url=f"{secure.address}/a", key_header="X-Key", attempts=1)
        secure.on("/a", mis.answer(GOOD))
        monkeypatch.setenv("https_proxy", proxy.address.replace("//", "//user:pass@"))
        assert retrieve("worldbank", **where).path.read_bytes() == GOOD
        assert secure.requests[0][1]["x-key"] == CANARY
        assert proxy.heads[0].startswith(b"CONNECT localhost:")
        assert b"Proxy-Authorization: Basic dXNlcjpwYXNz" in proxy.heads[0]  # user:pass
        assert CANARY.encode() not in b"".join(proxy.heads)
        for wrong in ("gopher://user:pass@127.0.0.1:1", "http://user:pass@127.0.0.1:9"):
            monkeypatch.setenv("https_proxy", wrong)
            with pytest.raises(failures.Unreachable) as caught:
                retrieve("worldbank", **where)
            assert "pass" not in str(caught.value)


def test_a_kill_leaves_no_half_body_and_the_next_run_continues(server, declare, tmp_path):
    body = world_bank(*range(1950, 2025))
    server.on("/a", mis.ranged(body, pause=0.5), mis.ranged(body))
    where = declare()
    words = [sys.executable, "-c", "from kzdata.cli.fetch import fetch; fetch()", "worldbank",
             "--endpoints", str(where["declared"]), "--out", str(where["out"])]  # fmt: skip
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    part = where["out"] / ".partial"
    until = time.monotonic() + 20
    while not any(p.stat().st_size for p in part.rglob("body")) and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert kept(tmp_path) == []
    (here,) = part.rglob("body")
    assert 0 < here.stat().st_size < len(body)
    assert retrieve("worldbank", **where).path.read_bytes() == body
    assert server.requests[1][1]["range"].startswith("bytes=")
    assert unfinished(tmp_path) == []


def test_two_at_once_both_arrive_and_the_host_gets_its_pause(server, declare, tmp_path):
    server.on("/a", mis.answer(GOOD))
    where = declare(seconds_between=0.6)
    words = [sys.executable, "-c", "from kzdata.cli.fetch import fetch; fetch()", "worldbank",
             "--endpoints", str(where["declared"]), "--out", str(where["out"])]  # fmt: skip
    begun = time.monotonic()
    both = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait(30) for each in both] == [0, 0]
    assert time.monotonic() - begun >= 0.6
    assert len(kept(tmp_path)) == 4


def test_a_sample_of_an_archive_is_read_and_every_crc_checked(server, declare, tmp_path):
    def release(rows: bytes) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("BACI_HS92_Y2020_V202601.csv", b"t,i,j,k,v,q\n")
            archive.writestr("BACI_HS92_Y2021_V202601.csv", rows)
            archive.writestr("Readme.txt", "about")
        return packed.getvalue()

    good = release(b"t,i,j,k,v,q\n2021,398,376,10121,1.5,         NA\n")
    where = declare(
        "baci", types=["zip"], extension=".zip", reading="sample", compressed=False,
        member=r"BACI_.*_Y\d{4}_.*\.csv",
    )  # fmt: skip
    zipped = "application/zip"
    server.on("/a", mis.answer(good, kind=zipped))
    done = retrieve("baci", **where)
    assert done.path.read_bytes() == good
    assert done.frame is None
    assert retrieve("baci", replay=True, **where).record == done.record
    for body, said in (
        (release(b"t,i,j,k,value,q\n2021,398,376,10121,1.5,1\n"), "lacks the column v"),
        (good.replace(b"10121", b"10122"), "damaged archive: Bad CRC"),
        (good[:-30], "damaged archive"),
    ):
        server.on("/a", mis.answer(body, kind=zipped))
        with pytest.raises(failures.Unreadable, match=said):
            retrieve("baci", **where)


def test_a_list_of_files_needs_its_fields(server, declare):
    server.on("/a", mis.answer(b'{"count": 0, "data": []}'), mis.answer(b'{"count": 0}'))
    where = declare("comtrade_bulk", reading="fields", fields=["count", "data"])
    assert retrieve("comtrade_bulk", **where).frame is None
    with pytest.raises(failures.Unreadable, match="no field 'data'"):
        retrieve("comtrade_bulk", **where)


def test_a_folder_that_cannot_be_written_is_said(server, declare, tmp_path):
    server.on("/a", mis.answer(GOOD))
    (tmp_path / "file").write_text("in the way")
    where = declare() | {"out": tmp_path / "file" / "raw"}
    with pytest.raises(failures.NotKept, match="could not be written"):
        retrieve("worldbank", **where)


def test_the_command_says_what_it_did_and_draws_no_bar_in_a_log(server, declare, monkeypatch):
    server.on("/a", mis.answer(GOOD), mis.answer(HTML))
    where = declare()
    monkeypatch.setenv("KZDATA_HOME", str(where["out"].parent / "home"))
    words = ["fetch", "worldbank", "--endpoints", str(where["declared"])]
    live = CliRunner().invoke(main, words)
    assert live.exit_code == 0, live.output
    assert "worldbank only: 2 observations" in live.stdout
    assert str(where["out"].parent / "home" / "raw" / "worldbank") in live.stdout
    assert live.stderr == ""
    replayed = CliRunner().invoke(main, [*words, "--replay"])
    assert replayed.stdout == live.stdout
    failed = CliRunner().invoke(main, words)
    assert (failed.exit_code, failed.stdout) == (30, "")
    assert "HTML page" in failed.stderr
    assert "(not retryable)" in failed.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["comtrde"], "Did you mean 'comtrade'"),
        (["comtrade", "-p", "reporter=398"], "period: is needed"),
        (["comtrade", "-p", "reporter=KAZ/..", "-p", "period=2024"], "reporter: is not numbers"),
        (["comtrade", "-p", "subscription-key=" + CANARY], "name=value"),
        (["comtrade", "-p", "key=" + CANARY], "key: comtrade preview has no such parameter"),
        (["worldbank", "-p", "country=a/../b", "-p", "indicator=BX."], "country: is not codes"),
        (["sdmx_json", "--service", "ecbb"], "Did you mean 'ecb'"),
    ],
)
def test_what_cannot_be_asked_is_not_asked(words, said):
    done = CliRunner().invoke(main, ["fetch", *words])
    assert done.exit_code == 2
    assert said in done.stderr
    assert CANARY not in done.output


def test_show_asks_nothing(monkeypatch):
    monkeypatch.setenv("KZDATA_COMTRADE_KEY", CANARY)
    words = [
        "fetch",
        "comtrade",
        "-p",
        "reporter=398",
        "-p",
        "partner=376",
        "-p",
        "period=2024",
        "--show",
    ]
    said = CliRunner().invoke(main, words).stdout
    assert "https://comtradeapi.un.org/data/v1/get/C/A/HS?reporterCode=398" in said
    assert "partner2Code=0&motCode=0&customsCode=C00&mosCode=0" in said
    assert "at hand, in a header" in said
    assert CANARY not in said


def test_every_source_of_files_is_declared_and_can_be_asked():
    known = endpoints.load()
    assert set(known) == set(SOURCES)
    for source, services in known.items():
        for service, each in services.items():
            assert each.url.startswith("https://")
            assert each.truncation, f"{source} {service} does not say how a cut answer shows"
            assert each.seconds_between >= 0.5
            assert not [name for name in each.query if "key" in name.lower()]
    with pytest.raises(UnknownCode, match="no service 'x'"):
        endpoints.request("baci", {}, service="x", endpoints=known)
    with pytest.raises(ParameterError, match="version: is needed"):
        endpoints.request("baci", {}, service="release", endpoints=known)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "http://example.org/a"}, "url: is not https"),
        ({"url": "https://example.org/a?key=1"}, "url: carries a query"),
        ({"acept": "*/*"}, "only: acept: unknown field. Did you mean 'accept'"),
        ({"types": "json"}, "only: types: 'json' is not a valid list"),
        ({"attempts": "often"}, "only: attempts: 'often' is not a valid integer"),
        ({"parameters": {"a": {}}}, "parameters: a: help: missing"),
        ({"query": {"a": "{b}"}}, "{b}: unknown parameter"),
        ({"needs_key": True}, "key_header: is missing"),
        ({"reading": "half"}, "reading: 'half' is not one of whole"),
    ],
)
def test_a_wrong_declaration_is_refused(declare, changes, said):
    where = declare(**changes)
    with pytest.raises(SeedError, match=said):
        retrieve("worldbank", **where)


NETWORK = {
    "aiohttp", "ftplib", "http", "httpx", "keyring", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_transport_of_fetch_can_open_a_connection():
    opens = {
        path.relative_to(ROOT / "kzdata").as_posix()
        for path in (ROOT / "kzdata").rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in NETWORK or name.startswith("urllib.request")
    }
    # Warm processes talk over a pair of sockets that has no address.
    pairs = {f"kernels/{name}.py" for name in ("client", "server", "worker")}
    assert opens - pairs == {"fetch/transport.py"}
    for name in pairs:
        said = (ROOT / "kzdata" / name).read_text(encoding="utf-8")
        assert not re.search(r"AF_INET|create_connection|\.(connect|bind|listen)\(", said)


def test_importing_kzdata_loads_no_network():
    code = "import sys, kzdata; print([m for m in ('ssl', 'kzdata.fetch') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_watch_does_not_outlive_the_answer(server, declare):
    server.on("/a", mis.answer(GOOD), mis.answer(b"{}", 404))
    where = declare()
    retrieve("worldbank", **where)
    with contextlib.suppress(failures.RequestRefused):
        retrieve("worldbank", **where)
    until = time.monotonic() + 2
    while any(isinstance(each, threading.Timer) for each in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_plain_bytes_announced_as_gzip_are_named_for_what_they_are(server, declare):
    server.on("/a", mis.answer(GOOD, Content_Encoding="gzip"))
    done = retrieve("worldbank", **declare())
    assert (done.path.name, done.path.read_bytes()) == ("worldbank.json", GOOD)
    assert len(done.frame) == 2


def test_a_wait_until_a_date_is_waited(server, declare):
    until = datetime.fromtimestamp(time.time() + 2, UTC)
    date = email.utils.format_datetime(until, usegmt=True)
    server.on("/a", mis.answer(b"{}", 503, Retry_After=date), mis.answer(GOOD))
    begun = time.monotonic()
    assert len(retrieve("worldbank", **declare()).frame) == 2
    assert time.monotonic() - begun > 0.7  # dates have no fractions of a second
