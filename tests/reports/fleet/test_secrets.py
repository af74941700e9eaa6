"""What must not leave: keys in files, names, messages, records; and scripts by every route."""

from __future__ import annotations

import base64
import gzip
import html as escaping
import io
import json
import subprocess
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
import reports_sample as sample
from fleet_sample import Checkout

from kzdata.errors import KzdataError, PublishError
from kzdata.reports import build, html
from kzdata.reports.blocks import Document, slug
from kzdata.reports.colophon import plain_name
from kzdata.reports.document import section
from kzdata.reports.redaction import hide, refuse_secrets, secrets
from kzdata.reports.svg import harmless

CANARY = "canary/7f3e+Qz 91&=тайна"
PLAIN = "canary-7f3eQz91-do-not-print"


@pytest.fixture
def canary(monkeypatch):
    monkeypatch.setenv("STATISTICS_API_KEY", CANARY)


def packed(inside):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if isinstance(inside, str):
            inside = f"<t>{inside}</t>"
        archive.writestr("xl/sharedStrings.xml", inside)
    return made.getvalue()


def shifted(text, offset):
    return base64.b64encode(b"x" * offset + text.encode() + b"yz")


@pytest.mark.parametrize(
    "content",
    [
        CANARY.encode(),
        quote(CANARY, safe="").encode(),
        escaping.escape(CANARY).encode(),
        json.dumps(CANARY).encode(),
        CANARY.encode().hex().encode(),
        shifted(CANARY, 0),
        shifted(CANARY, 1),
        shifted(CANARY, 2),
        packed(escaping.escape(CANARY)),
        b'<img src="data:image/svg+xml;base64,' + base64.b64encode(CANARY.encode()) + b'">',
    ],
    ids=[
        "plain",
        "address",
        "html",
        "json",
        "hex",
        "base64",
        "base64+1",
        "base64+2",
        "xlsx",
        "uri",
    ],
)
def test_a_key_is_found_in_every_usual_disguise(canary, content):
    refuse_secrets([("report.html", b"nothing")])
    with pytest.raises(PublishError, match="the value of STATISTICS_API_KEY in a file") as raised:
        refuse_secrets(
            [("a file", b"before " + content + b" after" if content[:2] != b"PK" else content)]
        )
    assert CANARY not in str(raised.value)


def picture(canary, kind, packed):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    made, about = io.BytesIO(), PngInfo()
    add = about.add_itxt if kind == "iTXt" else about.add_text
    add("Comment", f"asked with {canary}", zip=packed)
    Image.new("RGB", (2, 2)).save(made, "png", pnginfo=about)
    return made.getvalue()


def notebook(*outputs, **metadata):
    cell = sample.V4.new_code_cell("1", outputs=list(outputs), execution_count=1)
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell], metadata=metadata)).encode()


def shown(**mimes):
    data = {name.replace("_", "/", 1): each for name, each in mimes.items()}
    return sample.V4.new_output("display_data", data=data)


WRAPPED = "\n".join(PLAIN[at : at + 9] for at in range(0, len(PLAIN), 9))
LONG = base64.encodebytes(b"x" * 50 + PLAIN.encode() + b"y" * 50)
HIDING = {
    "wrapped": WRAPPED.encode(),
    "cut by tags": b"<p>canary-<b>7f3eQz91</b><br/>-do-not<wbr>-print</p>",
    "spans a sign": "".join(f"<span>{each}</span>" for each in PLAIN).encode(),
    "entities": "".join(f"&#{ord(each)};" for each in PLAIN).encode(),
    "zero width": "\u200b".join(PLAIN).encode(),
    "soft hyphens": "\u00ad".join(PLAIN).encode(),
    "colours": b"\x1b[0;31mcanary-\x1b[39;49m7f3eQz91-do-not-print\x1b[0m",
    "address, small": PLAIN.replace("-", "%2d").encode(),
    "address, all": "".join(f"%{ord(each):02x}" for each in PLAIN).encode(),
    "base64, lines": LONG,
    "base64, lines, in JSON": json.dumps({"a": LONG.decode()}).encode(),
    "JSON in JSON": json.dumps({"a": '{"b": "' + PLAIN.replace("-", r"\u002d") + '"}'}).encode(),
    "JSON escapes": b'{"a": "' + PLAIN.replace("-", r"\u002d").encode() + b'"}',
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 in hexadecimal": PLAIN.encode("utf-16-le").hex().encode(),
    "backwards": PLAIN[::-1].encode(),
    "base32": b"key: " + base64.b32encode(PLAIN.encode()),
    "escapes of Python": "".join(f"\\u{ord(each):04x}" for each in PLAIN).encode(),
    "packed by zlib": notebook(
        shown(text_plain=base64.b64encode(zlib.compress(PLAIN.encode())).decode())
    ),
    "gzip": gzip.compress(PLAIN.encode()),
    "PNG text": picture(PLAIN, "tEXt", False),
    "PNG packed text": picture(PLAIN, "tEXt", True),
    "PNG text in Unicode": picture(PLAIN, "iTXt", False),
    "PNG packed in Unicode": picture(PLAIN, "iTXt", True),
    "picture of a notebook": notebook(
        shown(image_png=base64.encodebytes(picture(PLAIN, "tEXt", True)).decode())
    ),
    "widget": notebook(widgets={"state": {"a": {"state": {"value": PLAIN}}}}),
    "lines of a notebook": notebook(shown(text_plain=f"key:\n{WRAPPED}\n")),
    "drawing": f"<svg><text>{PLAIN[:9]}<tspan>{PLAIN[9:]}</tspan></text></svg>".encode(),
    "drawing as data": b'<img src="data:image/svg+xml;charset=utf-8;base64,'
    + base64.b64encode(f"<svg><text>{WRAPPED}</text></svg>".encode()) + b'">',
    "archive in an archive": packed(packed(PLAIN)),
    "runs of a cell": packed("</t></r><r><t>".join([PLAIN[:7], PLAIN[7:]])),
    "stream of a PDF": b"%PDF-1.7\nstream\n" + zlib.compress(PLAIN.encode()) + b"\nendstream",
}  # fmt: skip


@pytest.mark.parametrize("content", HIDING.values(), ids=HIDING)
def test_a_key_is_found_though_it_is_packed_or_divided(monkeypatch, content):
    monkeypatch.setenv("STATISTICS_TOKEN", PLAIN)
    with pytest.raises(PublishError, match="the value of STATISTICS_TOKEN in a file"):
        refuse_secrets([("a file", content)])
    monkeypatch.setenv("STATISTICS_TOKEN", PLAIN.replace("7", "8"))
    refuse_secrets([("a file", content)])  # it was the key that was found, and nothing else


def test_what_is_told_holds_no_key_however_it_is_divided():
    known = {PLAIN: "STATISTICS_TOKEN"}
    for text in (WRAPPED, HIDING["colours"].decode(), HIDING["cut by tags"].decode()):
        told = hide(f"ValueError: {text}!", known)
        assert "[hidden]" in told
        assert "Qz91" not in told


def test_a_key_of_several_lines_is_found_in_a_notebook(monkeypatch):
    key = "-----BEGIN KEY-----\nMIIB/aGVsbG8\nd29ybGQ=\n-----END KEY-----"
    monkeypatch.setenv("SIGNING_KEY", key)
    with pytest.raises(PublishError, match="the value of SIGNING_KEY"):
        refuse_secrets([("a.ipynb", notebook(shown(text_plain=f"is\n{key}\n")))])


def test_a_key_in_the_name_of_a_file_is_found_and_not_told(monkeypatch):
    monkeypatch.setenv("STATISTICS_TOKEN", PLAIN)
    with pytest.raises(PublishError, match=r"in notebooks/\[hidden\]\.ipynb") as raised:
        refuse_secrets([(f"notebooks/{PLAIN}.ipynb", b"{}")])
    assert PLAIN not in str(raised.value)


def test_what_counts_as_a_secret():
    known = secrets(
        {
            "KZDATA_COMTRADE_KEY": "0123456789abcdef",
            "DATABASE_URL": "postgres://user:hunter2hunter2@host/db",
            "DB_PASSWORD": "correct horse",
            "MINE": "ghp_abcdefghijklmnopqrstuvwx",
            "SSH_AUTH_SOCK": "/run/agent.1234",
            "TOKEN_TYPE": "bearer-token",
            "KEYBOARD": "kazakh-cyrillic",
            "API_KEY": "short",
            "PATH": "/usr/bin:/bin:/usr/local/bin",
        }
    )
    assert set(known) == {
        "0123456789abcdef",
        "hunter2hunter2",
        "correct horse",
        "ghp_abcdefghijklmnopqrstuvwx",
    }
    assert hide("say 0123456789abcdef!", known) == "say [hidden]!"


def test_a_run_that_meets_a_secret_publishes_nothing_and_tells_nothing(tmp_path):
    here = Checkout(tmp_path / "here")
    for name, source in {
        "shows": "import os\nos.environ['STATISTICS_TOKEN']",
        "fails": "import os\nraise ValueError('asked with ' + os.environ['STATISTICS_TOKEN'])",
        "packs": "import base64, os\nkey = os.environ['STATISTICS_TOKEN']\n"
        "print(base64.b64encode(b'k=' + key.encode()))",
    }.items():
        here.notebook(name, sample.markdown("# Title"), sample.code(source))
    entries = [
        f"{n}: {{title: T, notebooks: [{n}], formats: [html, xlsx]}}"
        for n in ("shows", "fails", "packs")
    ]
    here.editions("\n".join(entries))
    done = here.call("run", "--json", "--jobs", "1", STATISTICS_TOKEN=PLAIN)
    assert done.returncode == 40
    said = {each["name"]: each for each in json.loads(done.stdout)["editions"]}
    assert "the value of STATISTICS_TOKEN in notebooks/shows.ipynb" in said["shows"]["message"]
    assert "ValueError: asked with [hidden]" in said["fails"]["message"]
    assert "STATISTICS_TOKEN" in said["packs"]["message"]
    assert PLAIN not in done.stdout + done.stderr
    assert subprocess.run(["grep", "-rl", PLAIN, here.folder / "reports"]).returncode == 1
    assert not any((here.report(name)).exists() for name in said)


SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=https://example.org/x.js></sCrIpT>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><body onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=https://example.org/>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "[x](javascript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "![x](https://example.org/pixel.png)",
    "<!--><script>alert(1)</script-->",
]


class Seen(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_nothing_runs(page):
    seen = Seen(page)
    assert not {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "video",
        "svg",
        "math",
    } & set(seen.tags)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        assert "javascript:" not in value.lower() or name in {"alt", "aria-label"}, (
            tag,
            name,
            value,
        )
        if name in {"src", "data", "action"}:
            assert value.startswith("data:image/"), value
        if name == "href":
            assert value.startswith(("#", "data:,", "https://stat.gov.kz")), value
    policies = [v for t, n, v in seen.attributes if n == "content" and "default-src" in v]
    assert policies == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"
    ]
    assert [v for t, n, v in seen.attributes if n == "http-equiv"] == ["Content-Security-Policy"]


def drawing(script):
    inner = script if script.startswith("<s") and "</s" in script else escaping.escape(script)
    return f'<svg xmlns="http://www.w3.org/2000/svg"><text>{inner}</text></svg>'


def by_every_route(script):
    """A document in which the same payload stands wherever a text can come from outside."""
    shown = sample.V4.new_output("display_data", data={"text/markdown": script})
    page = sample.V4.new_output(
        "display_data",
        data={"text/html": f"<table><tr><th>{script}</th></tr><tr><td>{script}</td></tr></table>"},
    )
    bare = sample.V4.new_output("display_data", data={"text/html": script, "text/plain": script})
    printed = sample.V4.new_output("stream", name="stdout", text=script)
    book = sample.book(
        sample.markdown(f"# {script}\n\n{script}\n\n## {script}"),
        sample.shows(
            sample.statement(script, True, [sample.number(script, 1.0, locator=script)]),
            sample.table(script, [("a", script, "string")], [[script]], notes=[script],
                         name=script),
            sample.chart(script, name=script, subtitle=script, alt=script, caption=script),
            sample.sources(), shown, page, bare, printed,
        ),
    )  # fmt: skip
    return Document(
        script, [section(book, script)], as_of=script, edition=script,
        about=[("Parameters", f"partner = {script!r}")],
    )  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_a_script_by_any_route_is_text(script):
    document = by_every_route(script)
    assert_nothing_runs(html.render(document))
    for path in build.figure_files(document):
        assert path == f"figures/{path[8:]}"
        assert set(path) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./"), path
    assert set(slug(script)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script href="https://example.org/x.js"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<rect onclick="alert(1)"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml" onclick="x"/></foreignObject>',
        '<image href="https://example.org/pixel.png"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        "<style>@import url(https://example.org/x.css);</style>",
        '<rect style="fill: url(https://example.org/x)"/>',
        '<x:y xmlns:x="urn:x"><script>alert(1)</script></x:y>',
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<handler xmlns="http://www.w3.org/2001/xml-events">alert(1)</handler><script/>',
    ],
)
def test_a_drawing_runs_and_loads_nothing(inside):
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    cleaned = harmless(f'{head}<rect width="3"/>{inside}</svg>')
    assert 'width="3"' in cleaned
    for word in ("script", "alert", "example.org", "onclick", "onload", "@import", "animate"):
        assert word not in cleaned, cleaned


def test_a_drawing_that_is_harmless_is_kept_byte_for_byte():
    for text in (
        sample.picture()[0],
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,AAAA"/></svg>',
    ):
        assert harmless(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        "<svg",
        "<html/>",
    ],
)
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(KzdataError, match="drawing"):
        harmless(text)


def test_instructions_and_default_attributes_are_left_out():
    text = (
        '<?xml version="1.0"?><?xml-stylesheet href="https://example.org/x.xsl"?>'
        '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>'
        '<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'
    )
    cleaned = harmless(text)
    assert "example.org" not in cleaned
    assert "onload" not in cleaned


def test_a_notebook_of_any_name_makes_a_folder_of_a_plain_one(tmp_path):
    from kzdata.reports.build import folder_name

    place = tmp_path / "<img src=x onerror=alert(1)>.ipynb"
    nbformat.write(sample.book(sample.markdown("# T")), place)
    assert folder_name(place, {}) == "img-src-x-onerror-alert-1"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("01_bilateral.ipynb", "01_bilateral.ipynb"),
        ("<img src=x onerror=alert(1)>.ipynb", "img-src-x-onerror-alert-1.ipynb"),
        ("a b\n.ipynb", "a-b.ipynb"),
        ("..ipynb", "notebook.ipynb"),
        ("отчёт.ipynb", "notebook.ipynb"),
        ("-rf.ipynb", "rf.ipynb"),
    ],
)
def test_an_executed_notebook_has_a_plain_name_in_the_report(name, kept):
    assert plain_name(Path("folder") / name) == kept
