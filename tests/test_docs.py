"""The guide says what is so: its blocks run, its lists are whole, its pages load nothing."""

from __future__ import annotations

import html.parser
import importlib.util
import re
import subprocess
import sys
import unicodedata
from collections import Counter

import axe_page as seen
import guide_blocks
import pytest
import yaml
from conftest import ROOT

import kzdata as kz
from kzdata.present import cards

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts)
SHELL = [page for page in PAGES if guide_blocks.runnable(page)]
# Their commands are held to be ones that are taken every day, and are carried out at night.
AT_NIGHT = {
    "how-to/add-a-source.md",
    "how-to/add-an-edition.md",
    "how-to/another-country.md",
    "how-to/languages.md",
    "how-to/own-files.md",
}


def called(page):
    return str(page.relative_to(DOCS))


def extension(name):
    pytest.importorskip("sphinx", reason="the guide is built with kzdata[docs]")
    spec = importlib.util.spec_from_file_location(f"guide_{name}", DOCS / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed(page, pattern):
    return re.findall(pattern, (DOCS / page).read_text(encoding="utf-8"), flags=re.M)


def test_every_public_name_has_its_place_in_the_guide():
    named = Counter(listed("reference/functions.md", r"^\.\. auto(?:function|class):: (\w+)$"))
    wanted = Counter([n for n in kz.__all__ if n not in {"charts", "__version__"}])
    assert named == wanted + Counter(kz.charts.__all__)


def test_every_card_has_its_place_and_its_formula():
    blocks = guide_blocks.blocks(DOCS / "reference" / "formulas.md")
    named = [name for b in blocks if b.kind == "cards" for name in b.text.split()]
    assert sorted(named) == sorted(cards.names())
    assert set(extension("cards").typeset()) == set(named)


def letters(text):
    """Letters and digits, compatibility forms unfolded: ² is 2, ½ is 1 and 2."""
    plain = unicodedata.normalize("NFKC", text).replace("⁄", "").replace("ϕ", "φ").casefold()
    return Counter(each for each in plain if each.isalnum())


def from_tex(tex):
    signs = {r"\sum": "Σ", r"\prod": "Π", r"\varphi": "φ", r"\rho": "ρ", r"\beta": "β"}
    signs |= {r"\mu": "μ", r"\pi": "π"}
    for command, sign in signs.items():
        tex = re.sub(re.escape(command) + r"(?![a-z])", sign, tex)
    tex = re.sub(r"\\(ln|log|exp|min|max)(?![a-z])", r"\1", tex)
    return re.sub(r"\\[a-zA-Z]+", "", tex)


@pytest.mark.parametrize("name", sorted(cards.names()))
def test_typeset_formulas_hold_the_letters_of_their_card(name):
    parts = extension("cards").typeset()[name]
    assert letters("".join(w + from_tex(tex) for w, tex in parts)) == letters(kz.card(name).formula)


def test_fractions_are_in_braces():
    """Without them the typesetter reads the 12 of a half as one number."""
    for parts in extension("cards").typeset().values():
        assert not [tex for _, tex in parts if re.search(r"\\frac(?!\{)", tex)]


def test_a_wrong_index_in_a_formula_is_seen():
    assert letters(from_tex(r"\frac{s_{ik}}{w_k}")) == letters("s_ik / w_k")
    assert letters(from_tex(r"\frac{s_{jk}}{w_k}")) != letters("s_ik / w_k")


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_every_block_is_of_a_kind_that_is_carried_out(page):
    known = guide_blocks.BUILT | guide_blocks.SHOWN | {"sh", "console", "python", "math"}
    names = {}
    for block in guide_blocks.blocks(page):
        assert block.kind in known, f"{called(page)}: {block.kind!r}"
        if block.kind == "python":
            made = compile(block.text, called(page), "exec")
            asked = re.findall(r"^(?:from|import) (\w+)", block.text, flags=re.M)
            # What another scheduler's page shows needs that scheduler.
            if not block.caption and all(importlib.util.find_spec(each) for each in asked):
                exec(made, names)
        elif block.kind == "yaml":
            yaml.safe_load(block.text)


def test_a_page_that_shows_what_is_not_so_fails(tmp_path):
    page = tmp_path / "page.md"
    lines = [
        "% not run here: it would fail",
        "```sh",
        "false",
        "```",
        "```{code-block} text",
        ":caption: a.txt",
        "one",
        "```",
        "```{code-block} text",
        ":caption: add to a.txt",
        "two",
        "```",
        "```console",
        "$ cat a.txt",
        "o...e",
        "two",
        "$ echo three",
        "three",
        "```",
    ]
    page.write_text("\n".join(lines))
    guide_blocks.carry_out(page, tmp_path, tmp_path / "home")
    page.write_text("\n".join(lines).replace("\nthree", "\nfour"))
    with pytest.raises(AssertionError, match="echo three"):
        guide_blocks.carry_out(page, tmp_path, tmp_path / "home")
    page.write_text("\n".join(lines[1:4]))
    with pytest.raises(AssertionError, match="false"):
        guide_blocks.carry_out(page, tmp_path, tmp_path / "home")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_what_is_not_run_here_is_at_least_taken(page):
    for block in guide_blocks.blocks(page):
        if block.kind == "sh" and (block.left_out or page.name == "README.md"):
            for line in block.text.splitlines():
                assert guide_blocks.taken(line, ROOT), f"{page.name}: {line}"


@pytest.mark.parametrize("name", sorted(AT_NIGHT))
def test_what_is_run_at_night_only_is_at_least_taken(name):
    typed = [
        line.removeprefix("$ ")
        for block in guide_blocks.blocks(DOCS / name)
        if block.kind in {"sh", "console"}
        for line in block.text.splitlines()
    ]
    lines = [line for line in typed if line.startswith("kzdata ")]
    assert lines
    assert [line for line in lines if not guide_blocks.taken(line, ROOT)] == []


@pytest.mark.parametrize(
    "line", ["make nothing", "kzdata report --fromat html x", "kzdata run --al", "rm -rf x"]
)
def test_what_nobody_takes_is_seen(line):
    assert not guide_blocks.taken(line, ROOT)
    assert guide_blocks.taken("kzdata report x --format html  # a report", ROOT)


@pytest.mark.parametrize(
    "page",
    [pytest.param(p, marks=pytest.mark.nightly) if called(p) in AT_NIGHT else p for p in SHELL],
    ids=called,
)
def test_what_a_page_tells_to_type_does_what_it_shows(page, tmp_path):
    checkout = guide_blocks.copy(ROOT, tmp_path / "kzdata")
    guide_blocks.carry_out(page, checkout, tmp_path / "home")


def examples():
    made = extension("commands")
    return [(c, line) for c, _ in made.commands() for line in made.examples(c)]


def test_every_example_of_a_command_is_one_that_it_takes():
    found = examples()
    assert len(found) > 20
    for command, line in found:
        assert command.name in guide_blocks.typed(line)[1:3], line
        assert guide_blocks.taken(line, ROOT), line


class Loads(html.parser.HTMLParser):
    """What a page makes a browser load, and its images without a description."""

    def __init__(self):
        super().__init__()
        self.loaded, self.mute, self.formulas = [], [], 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.formulas += tag == "math"
        if tag in {"script", "img", "iframe", "source", "audio", "video", "embed", "input"}:
            self.loaded.append(given.get("src") or "")
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload", "preconnect"}:
            self.loaded.append(given.get("href") or "")
        if tag == "img" and not given.get("alt", "").strip("./_").replace("_images", ""):
            self.mute.append(given["src"])
        if tag == "img" and given.get("alt", "").endswith((".png", ".svg")):
            self.mute.append(given["src"])


def elsewhere(address):
    return bool(re.match(r"(?i)\s*(?:[a-z][a-z+.-]*:)?//", address))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pytest.importorskip("sphinx", reason="the guide is built with kzdata[docs]")
    folder = tmp_path_factory.mktemp("guide")
    places = [folder / "trees", DOCS, folder / "html"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", *places],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_the_pages_load_nothing_from_elsewhere(built):
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > len(PAGES)
    formulas = 0
    for page in pages:
        found = Loads()
        found.feed(page.read_text(encoding="utf-8"))
        assert not [each for each in found.loaded if elsewhere(each)], page
        assert not found.mute, page
        formulas += found.formulas
    assert formulas > len(cards.names())
    for sheet in built.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        asked = re.findall(r"(?:@import\s+|url\()\s*['\"]?([^'\")\s]+)", text)
        assert not [each for each in asked if elsewhere(each)], sheet
    for script in built.rglob("*.js"):
        text = script.read_text(encoding="utf-8", errors="replace")
        assert not re.findall(r"(?:import\(|importScripts\(|fetch\()\s*['\"]https?:", text), script


def test_every_code_cell_shows_what_it_gave(built):
    for page in PAGES:
        cells = [b for b in guide_blocks.blocks(page) if b.kind == "code-cell"]
        if not cells:
            continue
        text = (built / page.relative_to(DOCS)).with_suffix(".html").read_text(encoding="utf-8")
        assert text.count('class="cell_input') == len(cells), page
        assert text.count('class="cell_output') == len(cells), page
        assert "Traceback" not in text


chromium = seen.chromium
# A list of pages, prose with charts, tables, the search.
KINDS = ["index.html", "tutorial.html", "reference/columns.html", "search.html"]
NIGHTLY = pytest.mark.nightly


@pytest.mark.browser
@pytest.mark.skipif(bool(seen.why_not()), reason=seen.why_not() or "can be looked at")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("scheme", "width", "pages"),
    [
        ("dark", 360, KINDS),
        pytest.param("light", 1200, ["**/*.html"], marks=NIGHTLY),
        pytest.param("dark", 360, ["**/*.html"], marks=NIGHTLY),
    ],
)
def test_the_guide_has_no_violation(built, chromium, scheme, width, pages):
    for page in sorted(path for name in pages for path in built.glob(name)):
        assert seen.violations(chromium, page, scheme, width) == [], page.name


def test_addresses_elsewhere_are_told_from_paths():
    assert elsewhere("https://cdn.example/x.js")
    assert elsewhere("//cdn.example/x.js")
    assert not elsewhere("_static/x.js?v=1")
